"""Findings open, are seen again or are contradicted, and never vanish (E.0.6).

A finding leaves the open list only by a conclusion that a person records. Where a later file contradicts it, it says so and since
when; where the contradiction goes, that goes too. A concluded one that the data first lets go and then bears out again is reopened.
History keeps the trace.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from hashlib import blake2b
from typing import Any

import orjson
from asyncpg import Range

from hub.rules.rule import Rule, reference_date, school_year
from hub.storage.history import columns_of
from hub.storage.publishing import Publication

OPEN = "待核查"
CONCLUDED = "销号"


@dataclass(frozen=True)
class Seen:
    """What became of a rule's findings: how many stand, how many are new, how many were contradicted today."""

    found: int
    opened: int
    contradicted: int


async def keep(
    publication: Publication, rule: Rule, found: Sequence[Any], *, on: date, looked_in: list[dict[str, str]], persons: list[int] | None
) -> Seen:
    """Bring a rule's findings to what was found: of everybody, or of some persons only."""
    year = school_year(on)
    now = {finding_id(rule, row["subject"], year, row["part"]): row for row in found}
    narrowed = "" if persons is None else " and person = any($4::bigint[])"
    before = {
        row["id"]: row
        for row in await publication.connection.fetch(
            f"select * from finding where division = $1 and rule = $2 and school_year = $3{narrowed}",
            publication.division, rule.name, year, *([] if persons is None else [persons]),
        )
    }
    changed = [*_seen(publication, rule, on, year, now, before, looked_in), *_unseen(before, now, on)]
    await _write(publication, changed)
    stand = len(now) if persons is None else await publication.connection.fetchval(
        "select count(*) from finding where division = $1 and rule = $2 and school_year = $3 and contradicted_on is null",
        publication.division, rule.name, year,
    )
    return Seen(stand, sum(1 for id_ in now if id_ not in before), sum(1 for row in changed if row["contradicted_on"] == on))


def finding_id(rule: Rule, subject: int, year: int, part: str = "") -> int:
    """The id of a rule's finding about a subject in a school year: it is the same finding, however often it is found."""
    digest = blake2b(f"{rule.name}/{subject}/{year}{'/' if part else ''}{part}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _seen(
    publication: Publication, rule: Rule, on: date, year: int, now: dict[int, Any], before: dict[int, Any], looked_in: list[dict[str, str]]
) -> Iterable[dict[str, Any]]:
    """New findings, and known ones whose evidence, severity or contradiction changed."""
    for id_, row in now.items():
        told = {
            "kind": row["kind"],
            "severity": row["severity"],
            "confidence": row["confidence"],
            "township": row["township"],
            "school": row["school"],
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
                "reveals": rule.reveals,
                "valid": Range(on, None),
            }
        elif old["contradicted_on"] or (old["status"] != CONCLUDED and _differs(old, told)):
            again = {"status": OPEN, "conclusion": None, "concluded_on": None, "reopened": old["reopened"] + 1} if old["status"] == CONCLUDED else {}
            yield {**dict(old), **told, **again, "rule_version": rule.version, "last_seen_on": on, "contradicted_on": None}


def _unseen(before: dict[int, Any], now: dict[int, Any], on: date) -> Iterable[dict[str, Any]]:
    """Findings that the data no longer bears out: contradicted since today, and still there."""
    for id_, old in before.items():
        if id_ not in now and old["contradicted_on"] is None:
            yield {**dict(old), "contradicted_on": on}


def _differs(old: Any, told: dict[str, Any]) -> bool:
    """Whether a finding says something else than before; when its sources were looked into does not count."""
    if any(old[name] != told[name] for name in ("kind", "severity", "confidence", "township", "school")):
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
