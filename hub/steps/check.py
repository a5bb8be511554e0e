"""Check: each rule at the business date, for everybody or only for those whom publications have touched since; the findings are the same.

A rule that has not run on that day, in that version and to the end, or whose facts of the city itself changed, is run for everybody.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Coroutine, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

import asyncpg

from hub.domain.noun import Owner
from hub.domain.nouns import NOUNS
from hub.rules import DEFINITIONS
from hub.rules.rule import Definition, Rule, needed, nouns_read, numbered, reference_date, school_year, tables_read, words_needed
from hub.steps import school_age_register
from hub.steps.findings import CONCLUDED, Seen, findings_before, keep, look_again, unconcluded_before
from hub.steps.recheck import take_touched
from hub.storage.outbox import put_overdue
from hub.storage.publishing import Publication

CITYS = frozenset(name for name, noun in NOUNS.items() if noun.owner is Owner.CITY)
JUDGED = "judged"
TELLS_PERSONS = "select exists (select from pg_attribute where attrelid = ('pg_temp.' || $1)::regclass and attname = 'person')"
ONE_BY_ONE = 200  # rows: so few are read through sooner than an index is made
MANY, SHARE = 2_000, 0.3  # from so many touched and this share of all on, everybody is rechecked
#: Children -> (person, programme, answer, reason) for each programme.
Judge = Callable[[list[int]], Coroutine[Any, Any, list[tuple[int, str, str, str]]]]


@dataclass(frozen=True)
class RuleOutcome:
    """What one rule did in a run; ``found`` counts all that stands, also where only some persons were looked at."""

    rule: Rule
    on: date
    found: int
    opened: int
    contradicted: int
    refused: str | None = None
    persons: int | None = None  # how many were rechecked; None: everybody

    def told(self) -> str:
        """One line for a person."""
        if self.refused:
            return f"{self.rule.number} {self.rule.title_zh} {self.rule.title_en}: not checked on {self.on}: {self.refused}"
        among = "" if self.persons is None else f" ({self.persons} persons rechecked)"
        return (
            f"{self.rule.number} {self.rule.title_zh} {self.rule.title_en} on {self.on}: {self.found} found, "
            f"{self.opened} new, {self.contradicted} contradicted by later data{among}"
        )


async def check(
    publication: Publication, rules: Sequence[Rule], *, on: date, everybody: bool = False, judge: Judge | None = None
) -> list[RuleOutcome]:
    """Run every rule in force; a rule whose source is missing or too old is refused, and opens nothing.

    ``judge`` answers what programmes say of some children; without it the rules about entitlements wait for the next run.
    """
    judged = [rule for rule in rules if JUDGED in rule.reads]
    touched = await take_touched(publication, leave=bool(judged) and judge is None)
    everybody = everybody or await _many(publication, len(touched))
    rules = rules if judge else [rule for rule in rules if rule not in judged]
    year = school_year(on)
    fresh = await freshness(publication)
    outcomes: dict[str, RuleOutcome] = {}
    runs: dict[bool, list[Rule]] = {True: [], False: []}
    for rule in rules:
        if not rule.in_force(on):
            continue
        refused = too_old(rule, fresh, on)
        if refused:
            outcomes[rule.name] = RuleOutcome(rule, on, 0, 0, 0, refused)
            continue
        runs[everybody or not await _stands(publication, rule, on)].append(rule)
    defined: list[Definition] = []  # words that now mean what they do for ``persons``
    persons: list[int] | None = None
    for whole, chosen in runs.items():
        if not chosen:
            continue
        defined, persons = [], None if whole else touched
        told = {"division": publication.division, "on": on, "ref": reference_date(year), "persons": persons}
        if persons != []:
            defined = needed(chosen, DEFINITIONS)
            await define(publication, defined, told, year)
        before = {} if persons == [] else await findings_before(publication, year, persons)
        waiting = [rule for rule in chosen if rule in judged]
        others = partial(_run_each, publication, [rule for rule in chosen if rule not in judged], on, told, fresh, before, outcomes)
        if judge and waiting and persons != []:
            defined += await _judge(publication, judge, told, year, defined, others)
        else:
            await others()
        await _run_each(publication, waiting, on, told, fresh, before, outcomes)
    for outcome in outcomes.values():
        await _note_run(publication, outcome.rule.name, outcome.rule.version, year, outcome.found, outcome.refused)
    await _register(publication, on, None if everybody else touched, (persons, defined))
    for whole, chosen in runs.items():
        await _look_again(publication, chosen, on, None if whole else touched, judge)
    await put_overdue(publication, CONCLUDED)
    return [outcomes[rule.name] for rule in rules if rule.name in outcomes]


async def _many(publication: Publication, touched: int) -> bool:
    """Whether so many are touched that looking at everybody costs less than picking them out."""
    return touched > MANY and touched > SHARE * await publication.connection.fetchval(
        "select count(*) from person_resolved where division = $1", publication.division
    )


async def _judge(
    publication: Publication, judge: Judge, told: dict[str, Any], year: int, defined: Sequence[Definition], meanwhile: Callable[[], Awaitable[None]] | None = None
) -> list[Definition]:
    """Have the programmes judged for the children who may be entitled to something; the words that were defined for it.

    The judge reads what is published by a connection of its own: what is to be done ``meanwhile`` keeps the publication's at work.
    """
    connection = publication.connection
    more = [word for word in words_needed(["aid_candidate"], DEFINITIONS) if word not in defined]
    await define(publication, more, told, year)
    children = [row["person"] for row in await connection.fetch("select person from aid_candidate order by person")]
    judging = asyncio.create_task(judge(children))
    try:
        if meanwhile:
            await meanwhile()
        answers = await judging
    finally:
        judging.cancel()
    await connection.copy_records_to_table(JUDGED, columns=["person", "programme", "answer", "reason"], records=answers)
    await connection.execute(f"analyze {JUDGED}")
    return more


async def define(publication: Publication, words: Sequence[Definition], told: dict[str, Any], year: int) -> None:
    """Compute what words mean, each once, as temporary tables of this transaction."""
    if not words:
        return
    connection, values = publication.connection, shared_values(year) | told
    await connection.execute(f"drop table if exists {', '.join(f'pg_temp.{word.name}' for word in words)}")
    for word in words:
        statement = numbered(word.sql, values)
        made = await connection.execute(f"create temp table {word.name} on commit drop as {statement.text}", *statement.values)
        if int(made.split()[-1]) > ONE_BY_ONE and told["persons"] is None and await connection.fetchval(TELLS_PERSONS, word.name):
            await connection.execute(f"create index on {word.name} (person)")  # rules ask of one person at a time too
        await connection.execute(f"analyze {word.name}")  # of one without rows too: the planner takes what it was told nothing of for ten pages


async def refused_by_database(connection: asyncpg.Connection, division: int, rule: Rule, on: date) -> str | None:
    """Why the database would not take a rule's statement; None where it would. The statement is prepared over empty tables, and never run."""
    year = school_year(on)
    told = {"division": division, "on": on, "ref": reference_date(year), "persons": None}
    values = shared_values(year) | told
    trial = connection.transaction()
    await trial.start()
    try:
        for word in needed([rule], DEFINITIONS):
            statement = numbered(word.sql, values)
            await connection.execute(f"create temp table {word.name} on commit drop as {statement.text} with no data", *statement.values)
        await connection.prepare(rule.statement(values, year).text)
    except asyncpg.PostgresError as refused:
        return str(refused).partition("\n")[0]
    finally:
        await trial.rollback()
    return None


def shared_values(year: int) -> dict[str, Any]:
    """The parameters of all definitions, which rules may use too."""
    return {name: one.value(year) for word in DEFINITIONS.values() for name, one in word.parameters.items()}


async def freshness(publication: Publication) -> dict[str, date]:
    """The latest business date of each source that ever delivered."""
    rows = await publication.connection.fetch(
        "select source, max(as_of) as as_of from delivery where division = $1 and state = 'PUBLISHED' group by source", publication.division
    )
    return {row["source"]: row["as_of"] for row in rows}


def too_old(rule: Rule, fresh: dict[str, date], on: date) -> str | None:
    """Why a rule cannot be run on a day; None where it can (D-32)."""
    for need in rule.needs:
        if need.source not in fresh:
            return f"{need.source} has never delivered"
        age = (on - fresh[need.source]).days
        if age > need.max_age_days:
            return f"{need.source} is {age} days old (limit {need.max_age_days}); ask for a new delivery"
    return None


async def standing(publication: Publication, rule: Rule, year: int) -> int:
    """How many findings of a rule the data bears out."""
    found: int = await publication.connection.fetchval(
        "select count(*) from finding where division = $1 and rule = $2 and school_year = $3 and contradicted_on is null",
        publication.division, rule.name, year,
    )
    return found


async def _run_each(
    publication: Publication, rules: Sequence[Rule], on: date, told: dict[str, Any], fresh: dict[str, date], before: dict[str, dict[int, Any]], outcomes: dict[str, RuleOutcome]
) -> None:
    """Run some rules and note what each did in ``outcomes``; one of which nothing that it reads has changed is not run."""
    persons = told["persons"]
    for rule in rules:
        if persons == [] or (persons is not None and rule.subject != "person"):
            seen = Seen(await standing(publication, rule, school_year(on)), 0, 0)
        else:
            seen = await _run(publication, rule, on, told, fresh, before.get(rule.name, {}))
        outcomes[rule.name] = RuleOutcome(rule, on, seen.found, seen.opened, seen.contradicted, None, None if persons is None else len(persons))


async def _run(publication: Publication, rule: Rule, on: date, told: dict[str, Any], fresh: dict[str, date], before: dict[int, Any]) -> Seen:
    year = school_year(on)
    statement = rule.statement(shared_values(year) | told, year)
    found = await publication.connection.fetch(statement.text, *statement.values)
    looked_in = [{"source": need.source, "as_of": fresh[need.source].isoformat()} for need in sorted(rule.needs, key=lambda need: need.source)]
    return await keep(publication, rule, found, on=on, looked_in=looked_in, before=before, whole=told["persons"] is None)


async def _look_again(publication: Publication, rules: Sequence[Rule], on: date, persons: list[int] | None, judge: Judge | None) -> None:
    """Look again at what was found of persons in earlier school years and is not concluded: by the facts of the day and that year's own reference date."""
    by_person = {rule.name: rule for rule in rules if rule.subject == "person"}
    for year, before in (await unconcluded_before(publication, school_year(on), list(by_person), persons)).items():
        chosen = [by_person[name] for name in before]
        whose = sorted({row["person"] for theirs in before.values() for row in theirs.values()})
        told = {"division": publication.division, "on": on, "ref": reference_date(year), "persons": whose}
        defined = needed(chosen, DEFINITIONS)
        await define(publication, defined, told, year)
        if judge and any(JUDGED in rule.reads for rule in chosen):
            await _judge(publication, judge, told, year, defined)
        for rule in chosen:
            statement = rule.statement(shared_values(year) | told, year)
            await look_again(publication, rule, await publication.connection.fetch(statement.text, *statement.values), before[rule.name], on=on, year=year)


async def _register(publication: Publication, on: date, touched: list[int] | None, defined: tuple[list[int] | None, Sequence[Definition]]) -> None:
    """Bring the register of children of compulsory age to the day, after the rules; what they defined for the same persons is not computed again."""
    year, word = school_year(on), DEFINITIONS[school_age_register.WORD]
    stands = await _stood(publication, school_age_register.NAME, school_age_register.VERSION, CITYS & tables_read([word], DEFINITIONS), on)
    persons = touched if stands else None
    if persons != []:
        told = {"division": publication.division, "on": on, "ref": reference_date(year), "persons": persons}
        words = words_needed([word.name], DEFINITIONS)
        same = [word for word in defined[1] if "finding" not in word.reads] if defined[0] == persons else []  # what the rules found is new
        await define(publication, [word for word in words if word not in same], told, year)
        await school_age_register.write_register(publication, on=on, persons=persons)
    entries = await publication.connection.fetchval(
        "select count(*) from register_entry where division = $1 and school_year = $2", publication.division, year
    )
    await _note_run(publication, school_age_register.NAME, school_age_register.VERSION, year, entries, None)


async def _stands(publication: Publication, rule: Rule, on: date) -> bool:
    return await _stood(publication, rule.name, rule.version, _of_everybody(rule), on)


def _of_everybody(rule: Rule) -> set[str]:
    """The tables of which a new row concerns everybody: the city's own, and those that the rule names."""
    return set(CITYS & nouns_read(rule, DEFINITIONS)) | set(rule.whole)


async def _stood(publication: Publication, name: str, version: str, tables: Collection[str], on: date) -> bool:
    """Whether the last run was on this day, in this version and to the end, and some tables are as they were."""
    last = await publication.connection.fetchrow(
        """select r.publication, r.rule_version, r.refused, p.business_date from rule_run r
             join publication p on p.division = r.division and p.no = r.publication
            where r.division = $1 and r.rule = $2 order by r.publication desc limit 1""",
        publication.division, name,
    )
    if last is None or last["refused"] or last["rule_version"] != version or last["business_date"] != on:
        return False
    for table in sorted(tables):
        if await publication.connection.fetchval(
            f"""select exists (select from {table} where division = $1 and known_from > $2)
                    or exists (select from {table}_history where division = $1 and upper(known) > $2)""",
            publication.division, last["publication"],
        ):
            return False
    return True


async def _note_run(publication: Publication, name: str, version: str, year: int, found: int, refused: str | None) -> None:
    await publication.connection.execute(
        """insert into rule_run (division, publication, rule, rule_version, reference_date, found, refused)
           values ($1, $2, $3, $4, $5, $6, $7)""",
        publication.division, publication.no, name, version, reference_date(year), found, refused,
    )
