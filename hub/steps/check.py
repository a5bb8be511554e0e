"""Check: each rule at the business date; its findings open, are seen again or are contradicted, and never vanish.

A finding leaves the open list only by a conclusion that a person records. Where a later file contradicts it, it says so and
since when; where the contradiction goes, that goes too; history keeps the trace.
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
class RuleOutcome:
    """What one rule did in a run."""

    rule: Rule
    on: date
    found: int
    opened: int
    contradicted: int
    refused: str | None = None

    def told(self) -> str:
        """One line for a person."""
        if self.refused:
            return f"{self.rule.number} {self.rule.title_zh} {self.rule.title_en}: not checked on {self.on}: {self.refused}"
        return (
            f"{self.rule.number} {self.rule.title_zh} {self.rule.title_en} on {self.on}: {self.found} found, "
            f"{self.opened} new, {self.contradicted} contradicted by later data"
        )


async def check(publication: Publication, rules: Sequence[Rule], *, on: date) -> list[RuleOutcome]:
    """Run every rule in force; a rule whose source is missing or too old is refused, and opens nothing."""
    return [await _run(publication, rule, on) for rule in rules if rule.in_force(on)]


async def _run(publication: Publication, rule: Rule, on: date) -> RuleOutcome:
    fresh = await freshness(publication, rule)
    refused = _too_old(rule, fresh, on)
    year = school_year(on)
    if refused:
        outcome = RuleOutcome(rule, on, 0, 0, 0, refused)
        await _note_run(publication, rule, year, outcome)
        return outcome
    statement, values = rule.statement(division=publication.division, on=on, ref=reference_date(year))
    found = await publication.connection.fetch(statement, *values)
    missing = [{"source": source, "as_of": as_of.isoformat()} for source, as_of in sorted(fresh.items())]
    now = {finding_id(rule, row["person"], year): row for row in found}
    before = {
        row["id"]: row
        for row in await publication.connection.fetch(
            "select * from finding where division = $1 and rule = $2 and school_year = $3", publication.division, rule.name, year
        )
    }
    changed = [*_seen(publication, rule, on, year, now, before, missing), *_unseen(before, now, on)]
    await _write(publication, changed)
    opened = sum(1 for id_ in now if id_ not in before)
    outcome = RuleOutcome(rule, on, len(now), opened, sum(1 for row in changed if row["contradicted_on"] == on))
    await _note_run(publication, rule, year, outcome)
    return outcome


async def freshness(publication: Publication, rule: Rule) -> dict[str, date]:
    """The latest business date of each source a rule needs, where it ever delivered."""
    rows = await publication.connection.fetch(
        "select source, max(as_of) as as_of from delivery where division = $1 and state = 'PUBLISHED' and source = any($2::text[]) group by source",
        publication.division,
        [need.source for need in rule.needs],
    )
    return {row["source"]: row["as_of"] for row in rows}


def finding_id(rule: Rule, person: int, year: int) -> int:
    """The id of a rule's finding about a person in a school year: it is the same finding, however often it is found."""
    digest = blake2b(f"{rule.name}/{person}/{year}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)


def _too_old(rule: Rule, fresh: dict[str, date], on: date) -> str | None:
    for need in rule.needs:
        if need.source not in fresh:
            return f"{need.source} has never delivered"
        age = (on - fresh[need.source]).days
        if age > need.max_age_days:
            return f"{need.source} is {age} days old (limit {need.max_age_days}); ask for a new delivery"
    return None


def _seen(
    publication: Publication, rule: Rule, on: date, year: int, now: dict[int, Any], before: dict[int, Any], missing: list[dict[str, str]]
) -> Iterable[dict[str, Any]]:
    """New findings, and known ones whose evidence, severity or contradiction changed."""
    for id_, row in now.items():
        told = {
            "kind": row["kind"],
            "severity": row["severity"],
            "confidence": row["confidence"],
            "township": row["township"],
            "school": row["school"],
            "evidence": orjson.dumps({"sides": orjson.loads(row["sides"]), "looked_in": missing}).decode(),
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
                "subject": "person",
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
        elif old["status"] != CONCLUDED and (old["contradicted_on"] or _differs(old, told)):
            yield {**dict(old), **told, "last_seen_on": on, "contradicted_on": None, "person": row["person"]}


def _unseen(before: dict[int, Any], now: dict[int, Any], on: date) -> Iterable[dict[str, Any]]:
    """Open findings that the data no longer bears out: contradicted since today, and still there."""
    for id_, old in before.items():
        if id_ not in now and old["status"] != CONCLUDED and old["contradicted_on"] is None:
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


async def _note_run(publication: Publication, rule: Rule, year: int, outcome: RuleOutcome) -> None:
    await publication.connection.execute(
        """insert into rule_run (division, publication, rule, rule_version, reference_date, found, refused)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        publication.division,
        publication.no,
        rule.name,
        rule.version,
        reference_date(year),
        outcome.found,
        outcome.refused,
    )
