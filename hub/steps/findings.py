"""Findings open, are seen again or are contradicted, and never vanish (E.0.6).

A finding leaves the open list only by a conclusion that a person records. Where a later file contradicts it, it says so and since
when; where the contradiction goes, that goes too. A concluded one that the data first lets go and then bears out again is reopened.
History keeps the trace.

A verdict on who is who changes no fact: where it undoes what a verdict did to a finding, the finding is as it was before; and one that only a
person had whom verdicts made is concluded with that person, as an error of the data (E.0.6: 13).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from asyncpg import Range

from hub.domain.values.concluding import OUT_OF_SCHOOL, SHOWN_BY_LISTS, SHOWN_WITHIN
from hub.rules.rule import SEVERITIES, Rule, reference_date, school_year
from hub.storage.history import columns_of
from hub.storage.outbox import put_written
from hub.storage.publishing import VERDICT, Publication

OPEN = "待核查"
CONCLUDED = "销号"
ERROR = "13"  # 信息错误/重复/查无此人
IDENTITY_CORRECTED = "身份更正：所据身份由核对结论合并或拆分，已改正"


@dataclass(frozen=True)
class Seen:
    """What became of a rule's findings: how many stand, how many are new, how many were contradicted today."""

    found: int
    opened: int
    contradicted: int


async def keep(
    publication: Publication, rule: Rule, found: Sequence[Any], *, on: date, looked_in: list[dict[str, str]], before: dict[int, Any], whole: bool
) -> Seen:
    """Bring a rule's findings, as they were ``before``, to what was found: of everybody, or of some persons only."""
    year = school_year(on)
    now = {finding_id(rule, row["subject"], year, row["part"]): row for row in found}
    undone, made = ({}, set()) if publication.kind != VERDICT or not before else await _by_verdicts(publication, list(before))
    changed = [*_seen(publication, rule, on, year, now, before, looked_in, undone), *_unseen(before, now, on, undone, made)]
    await _write(publication, changed)
    await _note_corrected(publication, [row["id"] for row in changed if _corrected(row, before, undone, made)], on)
    stand = len(now) if whole else await publication.connection.fetchval(
        "select count(*) from finding where division = $1 and rule = $2 and school_year = $3 and contradicted_on is null",
        publication.division, rule.name, year,
    )
    return Seen(stand, sum(1 for id_ in now if id_ not in before), sum(1 for row in changed if row["contradicted_on"] == on))


async def findings_before(publication: Publication, year: int, persons: list[int] | None) -> dict[str, dict[int, Any]]:
    """The findings of each rule as they stand: of everybody, or of some persons only."""
    narrowed = "" if persons is None else " and person = any($3::bigint[])"
    rows = await publication.connection.fetch(
        f"select * from finding where division = $1 and school_year = $2{narrowed}", publication.division, year, *([] if persons is None else [persons])
    )
    told: dict[str, dict[int, Any]] = {}
    for row in rows:
        told.setdefault(row["rule"], {})[row["id"]] = row
    return told


async def unconcluded_before(publication: Publication, year: int, rules: Sequence[str], persons: list[int] | None) -> dict[int, dict[str, dict[int, Any]]]:
    """What rules found of persons in earlier school years and nobody has concluded: school year -> rule -> findings; of everybody, or of some persons only."""
    narrowed = "" if persons is None else " and person = any($5::bigint[])"
    rows = await publication.connection.fetch(
        f"select * from finding where division = $1 and school_year < $2 and rule = any($3) and status <> $4 and person is not null{narrowed} order by school_year",
        publication.division, year, list(rules), CONCLUDED, *([] if persons is None else [persons]),
    )
    told: dict[int, dict[str, dict[int, Any]]] = {}
    for row in rows:
        told.setdefault(row["school_year"], {}).setdefault(row["rule"], {})[row["id"]] = row
    return told


async def look_again(publication: Publication, rule: Rule, found: Sequence[Any], before: dict[int, Any], *, on: date, year: int) -> None:
    """Say of an earlier school year's findings whether the data still bears them out; nothing else of them changes, and none opens."""
    now = {finding_id(rule, row["subject"], year, row["part"]) for row in found}
    await _write(publication, [{**dict(old), "contradicted_on": None if id_ in now else on} for id_, old in before.items() if (id_ in now) is not (old["contradicted_on"] is None)])


def finding_id(rule: Rule, subject: int, year: int, part: str = "") -> int:
    """The id of a rule's finding about a subject in a school year: it is the same finding, however often it is found."""
    digest = blake2b(f"{rule.name}/{subject}/{year}{'/' if part else ''}{part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _reveals(rule: Rule, row: Any) -> str:
    """What a finding tells of by being there: nothing, or one of the nouns that its rule declares."""
    told: str = row["reveals"]
    if told not in ("", *rule.reveals):
        raise ValueError(f"a finding of {rule.name} reveals {told}, which the rule does not declare")
    return told


def _seen(
    publication: Publication, rule: Rule, on: date, year: int, now: dict[int, Any], before: dict[int, Any], looked_in: list[dict[str, str]],
    undone: dict[int, Any],
) -> Iterable[dict[str, Any]]:
    """New findings, and known ones whose evidence, severity or contradiction changed."""
    for id_, row in now.items():
        told = {
            "kind": row["kind"],
            "severity": row["severity"],
            "confidence": row["confidence"],
            "township": row["township"],
            "school": row["school"],
            "reveals": _reveals(rule, row),
            "evidence": orjson.dumps({"sides": orjson.loads(row["sides"]), "looked_in": looked_in}).decode(),
        }
        old = before.get(id_)
        if old is None:
            yield {
                **told,
                "division": publication.division,
                "id": id_,
                "rule": rule.name,
                "rule_version": rule.version,
                "person": row["person"],
                "subject": rule.subject,
                "school_year": year,
                "reference_date": reference_date(year),
                "status": OPEN,
                "opened_on": on,
                "last_seen_on": on,
                "due_on": on + timedelta(days=rule.due_days),
                "contradicted_on": None,
                "conclusion": None,
                "concluded_on": None,
                "reopened": 0,
                "valid": Range(on, None),
            }
        elif old["contradicted_on"] or (old["status"] != CONCLUDED and _differs(old, told)) or _unshown(old, on) or _another_fact(old, told):
            was = undone.get(id_)
            if was and was["contradicted_on"] is None and (was["status"] == CONCLUDED or not _differs(was, told)):
                yield dict(was)
                continue
            again = {"status": OPEN, "conclusion": None, "concluded_on": None, "reopened": old["reopened"] + 1, "due_on": on + timedelta(days=rule.due_days)} if old["status"] == CONCLUDED else {}
            yield {**dict(old), **told, **again, "rule_version": rule.version, "last_seen_on": on, "contradicted_on": None}


def _unseen(before: dict[int, Any], now: dict[int, Any], on: date, undone: dict[int, Any], made: set[int]) -> Iterable[dict[str, Any]]:
    """Findings that the data no longer bears out: contradicted since today, and still there."""
    for id_, old in before.items():
        if id_ in now or old["contradicted_on"] is not None:
            continue
        if id_ in undone and undone[id_]["contradicted_on"]:
            yield dict(undone[id_])
        elif id_ in made and old["status"] == OPEN:  # only the person whom verdicts made had it
            yield {**dict(old), "contradicted_on": on, "status": CONCLUDED, "conclusion": ERROR, "concluded_on": on}
        else:
            yield {**dict(old), "contradicted_on": on}


async def _by_verdicts(publication: Publication, ids: list[int]) -> tuple[dict[int, Any], set[int]]:
    """Of some findings, those whose last change a verdict made, as they were before; and those that a verdict opened."""
    undone = await publication.connection.fetch(
        """select h.* from finding f join publication p on p.division = $1 and p.no = f.known_from and p.kind = $3
             join finding_history h on h.division = $1 and h.id = f.id and upper(h.known) = f.known_from
            where f.division = $1 and f.id = any($2::bigint[])""",
        publication.division, ids, VERDICT,
    )  # fmt: skip
    made = await publication.connection.fetch(
        """select f.id from finding f left join lateral (select min(lower(known)) as no from finding_history h where h.division = $1 and h.id = f.id) first on true
             join publication p on p.division = $1 and p.no = coalesce(first.no, f.known_from) and p.kind = $3
            where f.division = $1 and f.id = any($2::bigint[])""",
        publication.division, ids, VERDICT,
    )  # fmt: skip
    return {row["id"]: row for row in undone}, {row["id"] for row in made}


def _corrected(row: dict[str, Any], before: dict[int, Any], undone: dict[int, Any], made: set[int]) -> bool:
    """Whether a finding ends here with the person whom verdicts had made, and not by going back to how it was."""
    id_ = row["id"]
    ends = id_ in made and row["status"] == CONCLUDED and before[id_]["status"] == OPEN
    return ends and not (id_ in undone and undone[id_]["status"] == CONCLUDED)


async def _note_corrected(publication: Publication, ids: list[int], on: date) -> None:
    """The conclusions of findings that ended with the person whom they were about."""
    if not ids:
        return
    await publication.connection.executemany(
        """insert into conclusion (division, finding, publication, code, status, note, by, department, "on") values ($1, $2, $3, $4, $5, $6, $7, 'data_bureau', $8)""",
        [(publication.division, id_, publication.no, ERROR, CONCLUDED, IDENTITY_CORRECTED, publication.by, on) for id_ in ids],
    )


def _unshown(old: Any, on: date) -> bool:
    """Whether a finding ended by what the departments' lists had to show since, and have not."""
    ended = old["status"] == CONCLUDED and old["rule"] in OUT_OF_SCHOOL and old["conclusion"] in SHOWN_BY_LISTS
    return bool(ended and on >= old["concluded_on"] + SHOWN_WITHIN)


def _another_fact(old: Any, told: dict[str, Any]) -> bool:
    """Whether what was concluded has become another fact and a graver one: a suspected dropout who is one by now (A-62) was not what somebody looked into."""
    risen = SEVERITIES.index(told["severity"]) < SEVERITIES.index(old["severity"])
    return bool(old["status"] == CONCLUDED and old["kind"] != told["kind"] and risen)


def _differs(old: Any, told: dict[str, Any]) -> bool:
    """Whether a finding says something else than before; when its sources were looked into does not count."""
    if any(old[name] != told[name] for name in ("kind", "severity", "confidence", "township", "school", "reveals")):
        return True
    was, now = orjson.loads(old["evidence"]), orjson.loads(told["evidence"])
    return bool(was["sides"] != now["sides"])


async def _write(publication: Publication, rows: list[dict[str, Any]]) -> None:
    """Replace findings by their new versions; the old ones go to history."""
    if not rows:
        return
    columns = columns_of("finding")
    listed = ", ".join(columns)
    connection = publication.connection
    await connection.execute(
        "create temp table if not exists in_finding on commit drop as select * from finding with no data; truncate in_finding"
    )
    await connection.copy_records_to_table("in_finding", columns=columns, records=[tuple(row[c] for c in columns) for row in rows])
    await connection.execute(
        f"""with gone as (delete from finding t using in_finding s where t.division = s.division and t.id = s.id returning t.*)
            insert into finding_history ({listed}, known) select {listed}, int8range(known_from, $1) from gone where known_from < $1""",
        publication.no,
    )
    await connection.execute(f"insert into finding ({listed}, known_from) select {listed}, $1 from in_finding", publication.no)
    await put_written(publication, [row["id"] for row in rows])
