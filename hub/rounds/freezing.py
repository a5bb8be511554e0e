"""Freeze the list of a round: open findings at a date as known at a publication, sampled by a seed, divided by township.

The list is a function of what the round keeps of itself and of the two time axes alone, so that it can be drawn again whenever.
"""

import secrets
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from hashlib import blake2b, sha256
from typing import Any

import asyncpg

from hub.casework.conclusions import DEPARTMENTS
from hub.domain.values.concealed import spells_number
from hub.rules import RULES
from hub.steps.findings import CONCLUDED
from hub.storage.history import known_at
from hub.storage.publishing import Publication


class NotOpened(Exception):
    """A round that cannot be opened, or is not there: which field, and what it needs."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True)
class Wanted:
    """What a round is to be about. No rules: refused; no townships: all; ``sample``: of each township at most so many."""

    title: str
    rules: tuple[str, ...]
    departments: tuple[str, ...]
    townships: tuple[str, ...] = ()
    sample: int | None = None
    seed: str = ""
    frozen_on: date | None = None
    known: int | None = None


@dataclass(frozen=True)
class Frozen:
    """A row of the list: the finding as it was, and its place in its township's sheet from 1 on."""

    finding: int
    place: int
    township: str | None
    person: int | None
    rule: str
    version: int
    reveals: str
    checksum: str


async def open_round(publication: Publication, wanted: Wanted, *, by: str, department: str) -> int:
    """Freeze the list and keep it; the round's number. NotOpened where it cannot be."""
    connection, division = publication.connection, publication.division
    newest = publication.no - 1
    known = newest if wanted.known is None else wanted.known
    day = wanted.frozen_on or publication.business_date
    _refuse(wanted, by, department, known, newest, day, publication.business_date)
    seed = wanted.seed or secrets.token_hex(8)
    rows = await draw(connection, division, known=known, on=day, rules=wanted.rules, townships=wanted.townships, sample=wanted.sample, seed=seed)
    if not rows:
        raise NotOpened("rules", "no finding of these rules was open there then: the list would be empty")
    no = publication.no
    reveals = sorted({noun for rule in RULES if rule.name in wanted.rules for noun in rule.reveals} | {row.reveals for row in rows if row.reveals})
    await connection.execute(
        """insert into inspection_round (division, id, publication, title, frozen_on, known, rules, townships, sample, seed, departments, reveals, size, fingerprint, by, department)
           values ($1, $2, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)""",
        division, no, wanted.title.strip(), day, known, sorted(set(wanted.rules)), sorted(set(wanted.townships)), wanted.sample, seed,
        sorted(set(wanted.departments)), reveals, len(rows), fingerprint(rows), by, department,
    )  # fmt: skip
    await connection.executemany(
        """insert into round_row (division, id, publication, round, finding, place, township, person, rule, version, checksum, reveals)
           values ($1, $2, $3, $3, $4, $5, $6, $7, $8, $9, $10, $11)""",
        [(division, row_id(no, r.finding), no, r.finding, r.place, r.township, r.person, r.rule, r.version, r.checksum, r.reveals) for r in rows],
    )
    return no


async def draw(
    connection: asyncpg.Connection, division: int, *, known: int, on: date, rules: Sequence[str], townships: Sequence[str], sample: int | None, seed: str, by_rule: bool = False
) -> list[Frozen]:
    """The list as both axes give it: findings open on the day, as known at the publication, in the order of the sheets.

    The seed gives the order, so that a row's place tells nothing of its rule. ``by_rule``: the order that a round may have been handed out in too, rule by rule.
    """
    found = await connection.fetch(
        f"""select * from {known_at("finding")} f
             where valid @> $3::date and status <> $4 and rule = any($5) and (cardinality($6::text[]) = 0 or township = any($6))""",
        division, known, on, CONCLUDED, list(rules), list(townships),
    )  # fmt: skip
    by_township: dict[str, list[Any]] = defaultdict(list)
    for row in found:
        by_township[row["township"] or ""].append(row)
    drawn = []
    for _, theirs in sorted(by_township.items()):
        chosen = sorted(theirs, key=lambda row: blake2b(f"{seed}/{row['id']}".encode(), digest_size=16).digest())[:sample]
        ordered = sorted(chosen, key=lambda row: (row["rule"], row["id"])) if by_rule else chosen
        drawn += [_frozen(row, place, "" if by_rule else seed) for place, row in enumerate(ordered, start=1)]
    return drawn


async def draw_again(connection: asyncpg.Connection, division: int, no: int) -> tuple[list[Frozen], bool]:
    """A round's list drawn anew from the two axes, and whether it is the one that was handed out."""
    told = await round_of(connection, division, no)

    async def drawn(by_rule: bool) -> list[Frozen]:
        return await draw(
            connection, division, known=told["known"], on=told["frozen_on"], rules=told["rules"], townships=told["townships"], sample=told["sample"], seed=told["seed"], by_rule=by_rule
        )

    rows = await drawn(False)
    if fingerprint(rows) != told["fingerprint"]:
        earlier = await drawn(True)
        rows = earlier if fingerprint(earlier) == told["fingerprint"] else rows
    kept = await connection.fetch("select checksum from round_row where division = $1 and round = $2 order by township nulls first, place", division, no)
    return rows, fingerprint(rows) == told["fingerprint"] and sorted(row.checksum for row in rows) == sorted(row["checksum"] for row in kept)


async def round_of(connection: asyncpg.Connection, division: int, no: int) -> Any:
    """A round. NotOpened where there is none."""
    told = await connection.fetchrow("select * from inspection_round where division = $1 and id = $2", division, no)
    if told is None:
        raise NotOpened("round", "there is no such round")
    return told


def sheet_number(seed: str, finding: int) -> int:
    """A finding's number on a sheet that may not tell its rule: its id is made of the rule, so that who knows the child could try all rules."""
    return int.from_bytes(blake2b(str(finding).encode(), digest_size=8, key=_key(seed)).digest(), "big", signed=True)


def row_id(no: int, finding: int) -> int:
    """The id of a finding's row in a round."""
    return int.from_bytes(blake2b(f"round/{no}/{finding}".encode(), digest_size=8).digest(), "big", signed=True)


def fingerprint(rows: Sequence[Frozen]) -> str:
    """What two equal lists have in common, and no two others: SHA-256 over the rows' checksums in order."""
    return sha256("\n".join(row.checksum for row in rows).encode()).hexdigest()


def _frozen(row: Any, place: int, seed: str) -> Frozen:
    said = "/".join(str(row[name]) for name in ("id", "township", "person", "rule", "kind", "severity", "status", "version"))
    checksum = blake2b(f"{place}/{said}".encode(), digest_size=8, key=_key(seed) if seed else b"").hexdigest()
    return Frozen(row["id"], place, row["township"], row["person"], row["rule"], row["version"], row["reveals"], checksum)


def _key(seed: str) -> bytes:
    return blake2b(seed.encode()).digest()


def _refuse(wanted: Wanted, by: str, department: str, known: int, newest: int, day: date, today: date) -> None:
    names = {rule.name for rule in RULES}
    if not wanted.title.strip() or spells_number(wanted.title):
        raise NotOpened("title", "give the round a title, without any citizen, bank or telephone number")
    if not by.strip():
        raise NotOpened("by", "say who opens it")
    if not wanted.rules or set(wanted.rules) - names:
        raise NotOpened("rules", f"name the rules whose findings are looked into, of {', '.join(sorted(names))}")
    if len(set(wanted.departments)) < 2 or set(wanted.departments) - set(DEPARTMENTS):
        raise NotOpened("departments", f"a joint round has two departments at least, of {', '.join(DEPARTMENTS)}")
    if department not in wanted.departments:
        raise NotOpened("departments", f"who opens a round takes part in it: {department} is not among its departments")
    if wanted.sample is not None and wanted.sample < 1:
        raise NotOpened("sample", "of each township at least one row, or leave it out for all")
    if not 1 <= known <= newest:
        raise NotOpened("known", f"there is no publication {known}; the newest is {newest}")
    if day > today:
        raise NotOpened("frozenOn", f"{day} is yet to come; today is {today}")
