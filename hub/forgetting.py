"""Forget somebody for good: what lists said of the person, what was made of it, and the sealed numbers (个人信息保护法 47; domain G.10).

A source row goes with its own subject, and with it what it said of others: whoever is known from such rows alone goes too, whoever is known from others
is told anew from these. What stays: the id, which means nobody any more; the audit, requests, uses and corrections, which are kept for three years at
least and name ids, without what somebody wrote in them; files as received, for 180 days; and a cell of somebody else's row that names the person, which
goes with that one.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

import asyncpg
from sqlalchemy import Table

from hub.auditing import record
from hub.domain.values.concealed import spells_number
from hub.identity.linking import relink_by_verdict
from hub.keeping import BLINDS
from hub.opening import Hub
from hub.query.policy import SUBJECT
from hub.refusal import Refusal
from hub.rules import RULES
from hub.steps.assemble import prepare, rehome
from hub.steps.check import check
from hub.steps.resolve import resolve
from hub.storage.columns import metadata
from hub.storage.publishing import NothingPublished, Publication, publishing

KIND = "forget"
#: Tables that name ids alone and are kept whole (G.9): who looked, asked, was let in, what became of an id, and which findings a round's frozen list had.
KEPT = frozenset({"person_id", "person_id_history", "identity_event", "audit_entry", "access_request", "access_use", "access_block", "correction", "round_row"})
APART = frozenset({"round_result", "finding_event", "conclusion"})  # what was answered, told and concluded, of which the writer deletes nothing but by a function of the owner's
ROWS_OF_A_MENTION = ("mention", "mention_history", "identity", "identity_history")
ROWS_OF_A_RECORD = ("record", "record_period", "record_period_history")
ROWS_OF_A_PERSON = ("person_resolved", "person_resolved_history")


@dataclass(frozen=True)
class Forgotten:
    """What goes, or would go: people – those that only their rows name among them –, rows of tables, and sealed numbers."""

    people: int
    rows: int
    numbers: int


async def forget(hub: Hub, people: Collection[int], *, by: str, because: str, dry_run: bool, lasting: bool = True) -> Forgotten:
    """Remove people from every table, as one publication; the audit has it before. Refusal where a list names one of them to this day.

    ``lasting``: no delivery seals their numbers anew.
    """
    connection, division = hub.connection, hub.division
    if not by.strip() or not because.strip():
        raise Refusal("say who forgets (--by) and why (--because)")
    names = await connection.fetch("select distinct p.name from person_id i join person_resolved p on p.division = i.division and p.id = i.current where i.division = $1 and i.id = any($2::bigint[])", division, list(people))
    if spells_number(because) or any(row["name"] and row["name"] in because for row in names):
        raise Refusal("--because stays in the audit for ever: say why without a name or a number")
    if unknown := sorted(set(people) - {row["id"] for row in await connection.fetch("select id from person_id where division = $1 and id = any($2::bigint[])", division, list(people))}):
        raise Refusal(f"there is no person {unknown[0]}")
    await record(hub, "hub forget", about=[str(one) for one in people], by=by, because=because, dry_run=dry_run)
    if still := await connection.fetchval(STILL_NAMED, division, list(people)):
        raise Refusal(f"{', '.join(still)} names the person to this day: have the department take the row out, or the next delivery brings it back")
    told = Forgotten(0, 0, 0)
    async with publishing(connection, division=division, kind=KIND, by=by, business_date=hub.today()) as publication:
        await prepare(publication)
        beside = await _gather(publication, people)
        rows = [await _delete(connection, table, condition, division) for table, condition in _told_of()]
        rows.append(await connection.fetchval(ANSWERED, division))
        for words in WORDS:
            await connection.execute(words, division)
        numbers = await _numbers(connection, division, lasting)
        gone = await connection.fetchval("select count(*) from gone_person g join person_id p on p.division = $1 and p.id = g.id and p.current = p.id", division)
        told = Forgotten(gone, sum(rows), numbers)
        if dry_run:
            raise NothingPublished
        if beside:
            await _tell_anew(hub, publication, beside)
    return told


async def _gather(publication: Publication, people: Collection[int]) -> list[int]:
    """Who and which rows go, in temporary tables. Returns the mentions of whoever stays and was told by such a row too."""
    connection, division = publication.connection, publication.division
    for statement in (
        "create temp table gone_person (id bigint primary key) on commit drop",
        "create temp table gone_mention (id bigint primary key) on commit drop",
        "create temp table gone_record (id bigint primary key) on commit drop",
        "create temp table gone_finding (id bigint primary key) on commit drop",
        "create temp table gone_blind (blind bytea primary key) on commit drop",
    ):
        await connection.execute(statement)
    await connection.execute("insert into gone_person select o.id from person_id p join person_id o on o.division = $1 and o.current = p.current where p.division = $1 and p.id = any($2::bigint[])"
                             " on conflict do nothing", division, list(people))  # fmt: skip
    for statement in GATHERED:
        await connection.execute(statement, division)
    for table, column in await connection.fetch(BLINDS):
        await connection.execute(f"insert into gone_blind select t.{column} from {table} t where t.division = $1 and t.{column} is not null and ({_condition(metadata.tables[table])}) on conflict do nothing", division)
    return [row["id"] for row in await connection.fetch("select distinct i.id from identity i where i.division = $1 and i.person in (select person from beside) and i.id not in (select id from gone_mention)", division)]


def _told_of() -> Iterator[tuple[str, str]]:
    """Every table with rows that go, and which these are; households, in which nobody stands then, come last."""
    for table in sorted(metadata.tables.values(), key=lambda one: one.name == "household"):
        if condition := _condition(table):
            yield table.name, condition


def _condition(table: Table) -> str:
    """Which rows of a table go; nothing where none can."""
    columns = set(table.columns.keys())
    if table.name in KEPT | APART:
        return ""
    if table.name in ROWS_OF_A_MENTION:
        return "t.id in (select id from gone_mention)"
    if table.name in ROWS_OF_A_RECORD:
        return "t.id in (select id from gone_record)"
    if table.name in ROWS_OF_A_PERSON:
        return "t.id in (select id from gone_person)"
    if table.name == "household":
        return NOBODYS
    mentions = [one for one in sorted(columns) if one == "mention" or one.endswith("_mention") or (one == "other" and "mention" in columns)]
    told = [f"t.{one} in (select id from gone_mention)" for one in mentions]
    told += ["t.record in (select id from gone_record)"] if "record" in columns else []
    told += ["t.person in (select id from gone_person)"] if "person" in columns else []
    return " or ".join(told)


async def _delete(connection: asyncpg.Connection, table: str, condition: str, division: int) -> int:
    told = await connection.execute(f"delete from {table} t where t.division = $1 and ({condition})", division)
    return int(told.split()[-1])


async def _numbers(connection: asyncpg.Connection, division: int, lasting: bool) -> int:
    """Take the numbers that no row holds any more out of the vault."""
    for table, column in await connection.fetch(BLINDS):
        await connection.execute(f"delete from gone_blind g using {table} t where t.division = $1 and t.{column} = g.blind", division)
    if lasting:
        await connection.execute("insert into erased (division, blind) select $1, blind from gone_blind on conflict do nothing", division)
    told = await connection.execute("delete from vault v using gone_blind g where v.division = $1 and v.blind = g.blind", division)
    return int(told.split()[-1])


async def _tell_anew(hub: Hub, publication: Publication, mentions: Collection[int]) -> None:
    """Link and choose anew for whoever such a row told of too, by the rows that are left."""
    await publication.connection.executemany("insert into in_told values ($1)", [(one,) for one in mentions])
    await relink_by_verdict(publication, hub.keys, mentions)
    await rehome(publication)
    await resolve(publication)
    await check(publication, RULES, on=publication.business_date)


#: Requests and corrections stay, by ids; what somebody wrote in them about the person does not.
WORDS = (
    "update correction set statement = '—', answer = case when answer is not null then '—' end, extension = case when extension is not null then '—' end where division = $1 and person in (select id from gone_person)",
    "update access_request set reason = '—' where division = $1 and person in (select id from gone_person)",
)
#: Delete what was answered, told and concluded about whoever is known nowhere any more (0028_erased.sql).
ANSWERED = "select delete_of_forgotten($1, array(select id from gone_person), array(select id from gone_finding))"
#: The lists that name one of some people ($2) to this day.
STILL_NAMED = """select array_agg(distinct m.source order by m.source) from person_id p join person_id o on o.division = $1 and o.current = p.current
  join identity i on i.division = $1 and i.person = o.id join mention m on m.division = $1 and m.id = i.id and upper_inf(m.valid)
 where p.division = $1 and p.id = any($2::bigint[])"""
#: A household in which nobody stands, and never stood.
NOBODYS = " and ".join(
    f"not exists (select from {table} h where h.division = t.division and h.{column} = t.id)"
    for table, column in (
        ("membership", "household"), ("membership_history", "household"), ("hukou_registration", "household"), ("hukou_registration_history", "household"),
        ("assistance", "household"), ("assistance_history", "household"), ("mention", "register_household"), ("mention_history", "register_household"),
        ("mention", "living_household"), ("mention_history", "living_household"), ("identity", "household"), ("person_resolved", "register_household"),
        ("person_resolved_history", "register_household"), ("person_resolved", "living_household"), ("person_resolved_history", "living_household"),
    )
)  # fmt: skip
#: The mentions of those people, the rows whose subject they are, whom these rows name beside, and who is known from them alone.
GATHERED = (
    """insert into gone_mention select id from identity where division = $1 and person in (select id from gone_person)
       union select h.id from identity_history h where h.division = $1 and h.person in (select id from gone_person)
                and not exists (select from identity i where i.division = $1 and i.id = h.id)""",
    f"""insert into gone_record select record from mention where division = $1 and role = '{SUBJECT}' and id in (select id from gone_mention)
        union select record from mention_history where division = $1 and role = '{SUBJECT}' and id in (select id from gone_mention)""",
    """insert into gone_mention select id from mention where division = $1 and record in (select id from gone_record)
       union select id from mention_history where division = $1 and record in (select id from gone_record) on conflict do nothing""",
    """create temp table beside on commit drop as select distinct person from identity
        where division = $1::int and id in (select id from gone_mention) and person not in (select id from gone_person)""",
    """insert into gone_person select b.person from beside b
        where not exists (select from identity i where i.division = $1 and i.person = b.person and i.id not in (select id from gone_mention)) on conflict do nothing""",
    "insert into gone_person select p.id from person_id p where p.division = $1 and p.current in (select id from gone_person) on conflict do nothing",
    """insert into gone_finding select id from finding where division = $1 and person in (select id from gone_person)
       union select id from finding_history where division = $1 and person in (select id from gone_person)""",
)
