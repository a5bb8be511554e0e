"""Versions: what the rows of one record have said of its subject, from delivery to delivery.

A natural key may end in a name, and two people of one name may have it, side by side or one after the other. A record is one person's:
where rows under one key are of two people, the delivery is staged again so that each has a record of its own. Another number beside the
same name, a near birth date and the same family is a correction: the mention keeps the number that it had before (D-27).
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Any

from hub.contract.model import SUBJECT
from hub.contract.numbers import near as near_date
from hub.domain.values.dates import PartialDate
from hub.identity import names
from hub.identity.evidence import NO_KIN
from hub.steps.page import Own
from hub.steps.stage import Stage


class SeveralPeople(Exception):
    """Raised while a delivery is staged: these keys (their own records) are several people's, and their rows must be told apart."""

    def __init__(self, keys: frozenset[int]) -> None:
        super().__init__(f"{len(keys)} keys are several people's")
        self.keys = keys


@dataclass(frozen=True)
class Said:
    """What one version of a record says of its subject."""

    mention: int
    since: date
    hash: int
    own: Own
    name: str | None
    numbers: frozenset[bytes]  # as written, trusted or not: citizen, student and certificate numbers
    papers: frozenset[bytes]  # student and certificate numbers alone
    family: frozenset[tuple[Any, ...]]  # the household and what the subject is in it; kin named beside it


async def compare_versions(stage: Stage) -> None:
    """Keep the earlier number of each mention of the delivery whose number was corrected; SeveralPeople where records have passed to others."""
    records = await _versions(stage)
    if not stage.apart and (keys := _passed_on(stage, records)):
        raise SeveralPeople(frozenset(keys))
    earlier = [(said.mention, said.since, number) for versions in records.values() for said, number in _corrected(versions)]
    if earlier:
        await stage.publication.connection.executemany(
            "update in_mention set earlier_blind = $3 where id = $1 and lower(valid) = $2 and earlier_blind is null", earlier
        )


def two_people(one: Said, other: Said) -> bool:
    """Whether two rows of one key are of two people: birth dates that are no slip of each other, and no number in common.

    Of one family's rows both must give a valid number: a year in a date alone is sooner mistyped than a family has two of one name.
    Under another name a student or certificate number in common says nothing, since a column of them may have slipped by a row, and any two dates are
    two people's; of a name that differs in one character alone, and where a row gives no valid number, a date near the other may be the same one put right.
    """
    if one.own.born is None or other.own.born is None:
        return False
    numbered = one.own.number is not None and other.own.number is not None
    near = near_dates(one.own.born, other.own.born)
    if one.name and other.name and (level := names.level(one.name, other.name)) not in names.AGREE:
        return not one.own.fits(other.own) and one.own.born != other.own.born and (numbered or not near or level not in (names.HALF, names.SYLLABLE))
    if near:
        return False
    return one.numbers.isdisjoint(other.numbers) and (numbered or one.family.isdisjoint(other.family))


def one_corrected(one: Said, other: Said) -> bool:
    """Whether two numbers of one record are one person's."""
    if one.own.born is None or other.own.born is None or one.name != other.name:
        return False
    return near_dates(one.own.born, other.own.born) and not (one.papers.isdisjoint(other.papers) and one.family.isdisjoint(other.family))


def near_dates(one: date, other: date) -> bool:
    """Whether one date may be a slip of the other."""
    return near_date(one, PartialDate(other.year, other.month, other.day))


def _passed_on(stage: Stage, records: dict[int, list[Said]]) -> set[int]:
    """The keys whose records say something of somebody else than before, or that a row has taken though another is the holder's."""
    keys = set()
    for record, versions in records.items():
        for said in _now(stage, record, versions):
            before = [one for one in versions if one.hash != said.hash]
            if not any(said.own.fits(one.own) for one in before) and any(two_people(said, one) for one in before):
                keys.add(stage.doubles.get(record, record))
    for double, key in stage.doubles.items():
        for said in _now(stage, double, records.get(double, ())):
            now = _now(stage, key, records.get(key, ()))
            holders = [one for one in records.get(key, ()) if said.own.fits(one.own)]
            if holders and now and not any(one in holders for one in now):
                keys.add(key)
    return keys


def _now(stage: Stage, record: int, versions: Collection[Said]) -> list[Said]:
    """Of a record's versions those that the delivery tells."""
    return [one for one in versions if one.hash == stage.seen.get(record)]


def _corrected(versions: list[Said]) -> list[tuple[Said, bytes]]:
    """The versions that give another number than one of before, each with that."""
    found, earlier = [], None
    numbered = [said for said in versions if said.own.number]
    for before, said in pairwise(numbered):
        if before.own.number != said.own.number:
            earlier = before.own.number if one_corrected(before, said) else None
        if earlier:
            found.append((said, earlier))
    return found


async def _versions(stage: Stage) -> dict[int, list[Said]]:
    """The versions, from the first day on, of the delivery's records whose subject's number or birth date is not always the same, and of its doubles."""
    connection, division = stage.publication.connection, stage.publication.division
    others = "in_mention" if stage.window.late else "mention"
    changed = [row["id"] for row in await connection.fetch(CHANGED.replace("OTHERS", others), division, SUBJECT, list(stage.doubles))]
    if not changed:
        return {}
    beside = defaultdict(set)
    for row in await connection.fetch(BESIDE, division, changed, sorted(NO_KIN)):
        beside[row["anchor"], row["since"]].add((row["role"], row["name_key"]))
    records: dict[int, list[Said]] = defaultdict(list)
    for row in await connection.fetch(VERSIONS, division, changed):
        records[row["record"]].append(_said(row, beside[row["id"], row["since"]]))
    return records


def _said(row: Any, beside: Collection[tuple[str, str]]) -> Said:
    papers = frozenset(filter(None, (row["student_number_blind"], row["certificate_number_blind"])))
    homes = [(kind, row[kind], row["relation"]) for kind in ("register_household", "living_household") if row[kind] and row["relation"] and row["relation"] not in NO_KIN]
    return Said(
        row["id"],
        row["since"],
        row["hash"],
        Own(row["number_blind"] if row["number_state"] == "valid" else None, row["birth_date"]),
        row["name_key"],
        papers | frozenset(filter(None, (row["number_blind"],))),
        papers,
        frozenset(homes) | frozenset(beside),
    )


TOLD = "(select {0} from in_mention union all select {0} from mention where division = $1)"
#: The subjects of the delivery whose number or birth date differs from what another version says, and those of its doubles.
CHANGED = """
    select n.id from in_mention n join OTHERS o on o.division = $1 and o.id = n.id
     where n.role = $2 and n.anchor is null and (n.number_blind <> o.number_blind or n.birth_date <> o.birth_date)
    union
    select id from in_mention where role = $2 and record = any($3::bigint[])"""
SAID = """id, record, hash, lower(valid) as since, number_state, number_blind, birth_date, name_key, relation, register_household, living_household,
          student_number_blind, certificate_number_blind"""
VERSIONS = f"select * from {TOLD.format(SAID)} told where id = any($2::bigint[]) order by record, since"
BESIDE = f"""select * from {TOLD.format("anchor, lower(valid) as since, role, name_key, relation")} told
              where anchor = any($2::bigint[]) and name_key is not null and relation <> all($3::text[])"""
