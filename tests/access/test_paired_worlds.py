"""Worlds that differ only in why: who may see the consequence and not the reason gets the same bytes, by the same statements, about the same rows."""

import asyncio
import json
import os
import random
from dataclasses import replace
from datetime import date

import asyncpg
import httpx
import orjson
import pytest
from graphql import GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument
from sqlalchemy.dialects.postgresql import DATERANGE, INT8RANGE, JSONB

from hub.access import refusals
from hub.access.accounts import Account, write_accounts
from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.access.sealing import Keys
from hub.query.cursors import global_id
from hub.query.policy import CATALOGUE, Policy
from hub.rules import RULES
from hub.steps.check import check
from hub.storage import tables
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.web import create_app
from schema.declared import seen_by
from tests.access.people import EVERYBODY, TOWNSHIP
from tests.flow import DIVISION, carry, number, write_csv
from tests.queries.conftest import ALLOWANCE, DISABLED, TOWNS, fill
from tests.queries.random_data import IDS, PEOPLE, PERSON, TODAY, _rows, fill_at_random

ON = date(2026, 11, 24)
WORLDS = int(os.environ.get("WORLDS", "3"))  # the long tests make more of them
HIDDEN_LIST = "justice.prisoners_children"
PERSONS = "persons(first: 100%s) { totalCount nodes { id name age sex township enrolments { id state grade school { name } } } edges { cursor } pageInfo { hasNextPage endCursor } }"
#: What each account asks: lists, counts, filters, orders, pages, errors, ids of what is hidden, times, provenance, sources, reasons of links, names of rules.
COMMON = [
    "{ %s }" % (PERSONS % ""),
    *("{ %s }" % (PERSONS % f", orderBy: {order}") for order in ("NAME", "BIRTH_DATE", "TOWNSHIP")),
    *("{ %s }" % (PERSONS % f", filter: {{{told}}}") for told in ("ageFrom: 6", "ageTo: 15, enrolled: true", "enrolled: false", "sex: \"女性\"", "nameContains: \"王\"", "parentInPrison: true", "rule: \"unenrolled_prisoners_children\"", "hasFinding: true", "onMinimumLivingAllowance: true", "disabled: true")),
    "{ children(first: 2) { totalCount edges { cursor } } }",
    "{ persons(first: 3, asKnownAt: 3) { totalCount nodes { id name } } }",
    '{ persons(first: 50, on: "2026-01-31") { totalCount nodes { id } } }',
    '{ persons(first: 3, after: "x") { totalCount } }',
    "{ persons(first: 3) { nodes { custodies { facility } } } }",
    "{ persons(first: 3) { nodes { parentSituations { situation } } } }",
    "{ persons(first: 100) { nodes { id absenceSpells { days reason } movements { kind reason note } signals { kind } vocationalEnrolments { id } graduations { id } } } }",
    "{ publication businessDate divisions { code name children(first: 1) { totalCount } } }",
    "{ schools(first: 50) { totalCount nodes { id name enrolments { id } absenceSpells { id } } } }",
    "{ sources { name asOf } }",
    "{ supportMeasures(first: 50) { totalCount nodes { programme label } } }",
    "{ findings(first: 50) { totalCount nodes { id kind rule { name } status } } }",
    "{ __schema { types { name fields { name } inputFields { name } } } }",
]
OWN = {
    "township": ["{ persons(first: 100) { nodes { id guardianships { relation } kinships { relation } residences { address } findings { id kind } leftBehindFiles { id } } } childCounts(groupBy: AGE) { key count } }",
                 "{ divisions { findings(first: 20) { totalCount nodes { id } } } }"],
    "education": ["{ persons(first: 100) { nodes { id mentions { id name provenance { source rowNumber asOf } } guardianships { relation provenance { source department linkTier } } identity { links { role tier score } verdicts { id } } schoolingStatements { status provenance { source } } } } }",
                  "{ linkReviews(first: 100) { totalCount nodes { id kind score reasons { name weight } mention { id } other { id } verdict { id } } } }"],
    "supervisor": ["{ childCounts(groupBy: TOWNSHIP) { key count } }"],
}  # fmt: skip
NAMES = ("school", "village", "township", "supervisor", "education")


async def insert(connection: asyncpg.Connection, table: str, chance: random.Random, **told) -> None:
    """One row of a table: random, but for what is told."""
    row = _rows(tables.metadata.tables[table], table.removesuffix("_history"), 9_000 + chance.randrange(10**9), chance, table.endswith("_history"))
    if not row:
        return
    row = row[0] | told
    for column in tables.metadata.tables[table].c:
        if isinstance(column.type, JSONB):
            row[column.name] = orjson.dumps(row[column.name]).decode()
        elif isinstance(column.type, (DATERANGE, INT8RANGE)):
            row[column.name] = asyncpg.Range(*row[column.name])
    names = [c.name for c in tables.metadata.tables[table].c if c.computed is None]
    await connection.execute(f"insert into {table} ({', '.join(chr(34) + n + chr(34) for n in names)}) values ({', '.join(f'${i + 1}' for i in range(len(names)))})", *(row[n] for n in names))


async def another_world(connection: asyncpg.Connection, chance: random.Random) -> None:
    """A parent goes to prison or comes home: the fact, the list's rows and people, what rules found of it, what was reviewed and concluded."""
    person = PERSON + chance.choice(PEOPLE)
    always = {"valid": (date(2025, 1, 1), None)}
    for table in ("custody", "parent_situation", "custody_history", "parent_situation_history", "assistance"):
        for _ in range(chance.randrange(3)):
            await insert(connection, table, chance, person=person, **({} if table.endswith("_history") else always))
    if chance.random() < 0.3:
        await connection.execute("delete from custody where id % 3 = $1", chance.randrange(3))
        await connection.execute("update parent_situation set situation = $1 where person = $2", chance.choice(("服刑在押", "死亡", "失联")), person)
    for table in ("guardianship", "kinship", "residence", "schooling_statement", "guardianship_history", "residence_history"):
        for _ in range(chance.randrange(2)):
            await insert(connection, table, chance, person=person, source=HIDDEN_LIST, **({} if table.endswith("_history") else always))
    mention = 9_000 + chance.randrange(10**9)
    await insert(connection, "mention", chance, id=mention, source=HIDDEN_LIST, record=mention, hash=1, **always)
    await insert(connection, "record", chance, id=mention, hash=1, source=HIDDEN_LIST)
    await insert(connection, "identity", chance, id=mention, person=person, **always)
    await insert(connection, "link_review", chance, mention=mention, other=chance.randrange(1, 6))
    await insert(connection, "link_verdict", chance, mention=chance.randrange(1, 6), other=mention)
    found = 9_000 + chance.randrange(10**9)
    await insert(connection, "finding", chance, id=found, person=person, reveals="custody", rule="unenrolled_prisoners_children", status="待核查", **always)
    await insert(connection, "conclusion", chance, finding=found, publication=chance.randrange(1, 6))


LISTS = (
    "disabled_persons.certificate", "disabled_persons.survey", "disabled_persons.unenrolled_list", "health.disability_screening", "civil_affairs.minimum_living_allowance",
    "civil_affairs.minimum_living_allowance_household", "civil_affairs.disability_subsidy", "civil_affairs.destitute_support", "poverty_relief.household", "finance.aid_payment",
)  # fmt: skip


async def another_list(connection: asyncpg.Connection, chance: random.Random) -> None:
    """Somebody comes on the federation's lists or on those of assistance, or leaves them: the facts, the lists' rows and people, who lives
    together, what rules found of it, what was reviewed and concluded, and by how many lists a child is known."""
    person = PERSON + chance.choice(PEOPLE)
    always = {"valid": (date(2025, 1, 1), None)}
    for table in ("certificate", "assessment", "assistance", "payment", "certificate_history", "assistance_history"):
        for _ in range(chance.randrange(3)):
            await insert(connection, table, chance, person=person, **({} if table.endswith("_history") else always))
    if chance.random() < 0.3:
        await connection.execute("delete from certificate where id % 3 = $1", chance.randrange(3))
        await connection.execute("delete from assistance where id % 3 = $1", chance.randrange(3))
    for table in ("guardianship", "kinship", "residence", "schooling_statement", "guardianship_history", "residence_history"):
        for _ in range(chance.randrange(2)):
            await insert(connection, table, chance, person=person, source=chance.choice(LISTS), **({} if table.endswith("_history") else always))
    household = 9_000 + chance.randrange(10**9)
    await insert(connection, "household", chance, id=household, kind="LIVING")
    for table in ("membership", "membership_history"):
        told = {} if table.endswith("_history") else always
        await insert(connection, table, chance, person=person, household=household, household_kind="LIVING", source=chance.choice(LISTS), **told)
    await connection.execute("update person_resolved set living_household = $2 where id = $1", person, household)
    mention = 9_000 + chance.randrange(10**9)
    await insert(connection, "mention", chance, id=mention, source=chance.choice(LISTS), record=mention, hash=1, **always)
    await insert(connection, "record", chance, id=mention, hash=1, source=chance.choice(LISTS))
    await insert(connection, "identity", chance, id=mention, person=person, **always)
    await insert(connection, "link_review", chance, mention=mention, other=chance.randrange(1, 6))
    await insert(connection, "link_verdict", chance, mention=chance.randrange(1, 6), other=mention)
    for reveals, rule in (("certificate", "unenrolled_disabled"), ("assistance", "unenrolled_poor"), ("assistance", "entitlement_gap"), ("payment", "payment_returned")):
        found = 9_000 + chance.randrange(10**9)
        await insert(connection, "finding", chance, id=found, person=person, reveals=reveals, rule=rule, status="待核查", **always)
        await insert(connection, "conclusion", chance, finding=found, publication=chance.randrange(1, 6))
        await insert(connection, "finding_event", chance, finding=found, person=person, reveals=reveals, rule=rule)
    await connection.execute("update register_entry set sources = sources + 1 where person = $1", person)


def every_field(account: Account) -> list[str]:
    """Every field that an account has, by every list it has: rows with what is plain, and each edge of a row with what is plain and its own edges."""
    types = seen_by(Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))).types
    asked = []

    def open_(field) -> bool:
        return not any(is_required_argument(told) for told in field.args.values())

    def shown(type_, depth: int) -> str:
        parts = ["__typename"]
        for name, field in type_.fields.items():
            below = get_named_type(field.type)
            if open_(field) and (is_leaf_type(below) or (depth and isinstance(below, GraphQLObjectType))):
                page = "(first: 3)" if "first" in field.args else ""
                parts.append(name if is_leaf_type(below) else f"{name}{page} {{ {shown(below, depth - 1)} }}")
        return " ".join(parts)

    for root, field in types.query_type.fields.items():
        below = get_named_type(field.type)
        if not open_(field) or not isinstance(below, GraphQLObjectType):
            continue
        rows = get_named_type(below.fields["nodes"].type) if "nodes" in below.fields else below
        head, tail = (f"{{ {root}(first: %d) {{ totalCount edges {{ cursor }} nodes {{ ", "} } }") if rows is not below else (f"{{ {root} {{ ", "} }")
        asked.append((head % 100 if "%d" in head else head) + shown(rows, 0) + tail)
        for name, edge in rows.fields.items():
            target = get_named_type(edge.type)
            if root != "children" and open_(edge) and isinstance(target, GraphQLObjectType):
                page = "(first: 5)" if "first" in edge.args else ""
                asked.append((head % 14 if "%d" in head else head) + f"{name}{page} {{ {shown(target, 1)} }}" + tail)
    return asked


class World:
    """What an account is told now: every answer, the statements it took, and whom the audit names."""

    def __init__(self, client: httpx.AsyncClient, app, made, watch: asyncpg.Connection) -> None:
        self.client, self.app, self.made, self.watch = client, app, made, watch

    async def told(self, name: str, hidden: list[str], queries: list[str] | None = None) -> list:
        sent = {"authorization": f"Bearer {self.made.token(name)}", "hub-purpose": self.made.named(name).purpose}
        statements: list[str] = []
        self.app.answering.noted = statements.append
        before = await self.watch.fetchval("select coalesce(max(no), 0) from audit_entry")
        told = []
        for query in COMMON + OWN.get(name, []) if queries is None else queries:
            told.append((await self.client.post("/graphql", json={"query": query}, headers=sent)).content)
        for id_ in hidden:
            query = {"query": "query ($id: ID!) { node(id: $id) { __typename id } nodeAt(id: $id, asKnownAt: 4) { id } }", "variables": {"id": id_}}
            told.append((await self.client.post("/graphql", json=query, headers=sent)).content)
        entries = [json.loads(row["entry"]) for row in await self.watch.fetch("select entry from audit_entry where no > $1 order by no", before)]
        return [told, statements, [{key: value for key, value in entry.items() if key not in ("no", "at")} for entry in entries]]


@pytest.fixture(autouse=True)
def every_refusal_is_noted(monkeypatch):
    """Not once a minute: what the audit says of refusals is compared too, and does not hang on when it was said before."""
    monkeypatch.setattr(refusals, "AGAIN", 0)


@pytest.fixture(scope="module")
def random_people(filled_once):
    """The database of random people."""

    async def people():
        filling = await asyncpg.connect(filled_once.dsn("hub_writer"))
        await fill_at_random(filling, random.Random(21))
        await filling.execute("update person_resolved set village = '甲村', township = $1 where id % 3 = 0", TOWNSHIP)
        for n in PEOPLE:  # whom an open list names is there, whatever closed ones say
            await is_named(filling, 800 + n, "public_security.household_register", "户主", 1, None, PERSON + n)
        await filling.close()

    asyncio.run(people())
    return filled_once


@pytest.fixture
async def world(random_people, database_factory):
    with database_factory(random_people) as database:
        async for one in served(database):
            yield one


async def served(database):
    made = write_accounts(database.home, EVERYBODY)
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
    app = create_app(database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_WITHOUT_TOKEN="refused"), Database(None, logins))
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        yield World(client, app, made, watch)
    await watch.close()
    await app.answering.close()


async def many_worlds(world: World, name: str, times: int) -> None:
    chance = random.Random(5)
    hidden = [id_ for kind in ("Custody", "ParentSituation", "Finding", "Conclusion", "Assistance", "LinkReview") for id_ in IDS[kind][:3]] if name == "school" else IDS["Custody"][:5]
    await world.told(name, hidden)  # so that plans are there
    first = await world.told(name, hidden)
    assert any(b'"totalCount":' in one and b'"totalCount":0' not in one for one in first[0]), "this account sees nobody: the test would tell nothing"
    for n in range(times):
        await another_world(world.watch, chance)
        now = await world.told(name, hidden)
        for asked, one, other in zip(COMMON + OWN.get(name, []) + hidden, first[0], now[0], strict=True):
            assert one == other, (n, asked, one[:2000], other[:2000])
        assert now[1] == first[1] and now[2] == first[2], n


@pytest.mark.parametrize("name", NAMES)
async def test_worlds_that_differ_in_who_is_in_prison_are_the_same_to_everybody_who_may_not_know_why(world, name):
    await many_worlds(world, name, 2 * WORLDS)


@pytest.mark.parametrize("name", NAMES)
async def test_worlds_that_differ_in_who_is_on_the_lists_of_the_disabled_and_the_poor_are_the_same_by_every_field(world, name):
    """To school, village, township, supervisor and the register's clerk."""
    await world.watch.execute("update household set kind = case when id % 2 = 0 then 'LIVING' else 'REGISTER' end")
    await world.watch.execute("update membership set household_kind = 'REGISTER', source = 'public_security.household_register' where id % 2 = 0")
    await world.watch.execute("update mention set source = 'education.student_register' where id % 2 = 0")
    queries = COMMON + OWN.get(name, []) + every_field(world.made.named(name))
    hidden = [id_ for kind in ("Certificate", "Assistance", "Payment", "Assessment") for id_ in IDS[kind][:2]]
    await world.told(name, hidden, queries)
    first = await world.told(name, hidden, queries)
    assert sum(b'"data":{' in one for one in first[0]) > len(every_field(world.made.named(name))) * 0.9, [(q, one) for q, one in zip(queries, first[0], strict=False) if b'"data":{' not in one][-5:]
    chance = random.Random(8)
    for n in range(WORLDS):
        await another_list(world.watch, chance)
        now = await world.told(name, hidden, queries)
        for asked, one, other in zip(queries + hidden, first[0], now[0], strict=True):
            assert one == other, (n, asked, one[:2000], other[:2000])
        assert now[1] == first[1] and now[2] == first[2], n


CLOSED_LISTS = ("justice.prisoners_children", "civil_affairs.minimum_living_allowance")
#: Two closed lists come one after the other, each in a publication of its own, then one that everybody may see.
CAME = {7: CLOSED_LISTS[0], 8: CLOSED_LISTS[1], 9: "education.student_register"}


async def lists_come(connection: asyncpg.Connection) -> None:
    """Each list brings a child that no other has."""
    await connection.execute("delete from delivery")
    chance = random.Random(3)
    always = {"valid": (date(2020, 1, 1), None)}
    for no, source in CAME.items():
        await connection.execute("insert into publication (division, no, business_date, kind, by) values ($1, $2, $3, 'delivery', 'test')", DIVISION, no, date(2026, 11, 10 + no))
        await connection.execute(
            """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state, reasons, notices, publication, rows_read, rows_new)
               values ($1, $2::bigint, $3, '1', 'x', '[]', '[]', $4, 'PUBLISHED', '["12"]', '["3"]', $2::bigint, 100, $5)""",
            DIVISION, no, source, date(2026, 11, 10 + no), no,
        )  # fmt: skip
        child = {"name": "吴小雨", "birth_date": date(2014, 5, no), "born_from": date(2014, 5, no), "born_to": date(2014, 5, no), "township": TOWNSHIP, "village": "甲村", "known_from": no}
        await insert(connection, "person_resolved", chance, id=PERSON + 500 + no, **child, **always)
        await insert(connection, "enrolment", chance, id=500 + no, person=PERSON + 500 + no, school=1, source="education.student_register", known_from=no, **always)
        await insert(connection, "mention", chance, id=500 + no, source=source, record=500 + no, hash=1, known_from=no, **always)
        await insert(connection, "identity", chance, id=500 + no, person=PERSON + 500 + no, known_from=no, **always)


@pytest.mark.parametrize("name", NAMES)
async def test_which_closed_list_came_first_is_told_by_no_publication(world, name):
    """The two lists are exchanged: who came with the one came with the other. Every answer is the same, as known at every publication."""
    await lists_come(world.watch)
    account = world.made.named(name)
    known = [f'{{ persons(first: 100, asKnownAt: {no}, filter: {{nameContains: "吴"}}) {{ totalCount nodes {{ id name township age }} }} }}' for no in range(5, 10)]
    queries = COMMON + OWN.get(name, []) + every_field(account) + known
    before = await world.told(name, [], queries)
    await world.watch.execute("update delivery set source = case publication when 7 then $1 else $2 end, rows_new = 100 - rows_new where publication in (7, 8)", *reversed(CLOSED_LISTS))
    await world.watch.execute("update mention set source = case id when 507 then $1 else $2 end where id in (507, 508)", *reversed(CLOSED_LISTS))
    after = await world.told(name, [], queries)
    for asked, one, other in zip(queries, before[0], after[0], strict=True):
        assert one == other, (asked, one[:2000], other[:2000])
    assert (await world.told(name, [], known))[0][-1].count("吴".encode()) == 3, "this account sees none of them: the test would tell nothing"


@pytest.mark.parametrize(("name", "counts"), [*((name, [0, 0, 0, 0, 3]) for name in NAMES), ("planner", [0, 0, 0, 2, 3]), ("lead", [0, 0, 1, 2, 3])])
async def test_what_a_closed_list_changed_is_known_once_an_open_one_has_come(world, name, counts):
    """From publication 5 on; the planner may see the second list, the lead both."""
    await lists_come(world.watch)
    sent = {"authorization": f"Bearer {world.made.token(name)}", "hub-purpose": world.made.named(name).purpose}
    ask = "query ($n: Int) { a: persons(first: 100, asKnownAt: $n, filter: {nameContains: \"吴\"}) { totalCount nodes { id } } }"
    for wrapped in (ask, ask.replace("nodes", "__typename nodes")):
        told = [(await world.client.post("/graphql", json={"query": wrapped, "variables": {"n": no}}, headers=sent)).json() for no in range(5, 10)]
        assert [one["data"]["a"]["totalCount"] for one in told] == counts


@pytest.mark.parametrize(("name", "sources"), [
    ("education", {"education.student_register"}), ("township", {"education.student_register"}), ("planner", {CLOSED_LISTS[1], "education.student_register"}),
    ("lead", set(CAME.values())), ("leader", set(CAME.values())), ("operator", set(CAME.values())),
])  # fmt: skip
async def test_a_delivery_of_a_closed_list_is_not_there_for_who_sees_people(world, name, sources):
    """Who sees nobody may know how fresh each list is."""
    await lists_come(world.watch)
    sent = {"authorization": f"Bearer {world.made.token(name)}", "hub-purpose": world.made.named(name).purpose}
    answer = (await world.client.post("/graphql", json={"query": "{ deliveries(first: 50) { totalCount nodes { source publication } } sources { name asOf } }"}, headers=sent)).json()
    assert {node["source"] for node in answer["data"]["deliveries"]["nodes"]} == sources == {source["name"] for source in answer["data"]["sources"]}
    assert answer["data"]["deliveries"]["totalCount"] == len(sources)


@pytest.mark.parametrize(("name", "own"), [
    ("leader", set()), ("supervisor", set()), ("township", set()), ("education", {"education.student_register"}), ("planner", {"education.student_register"}),
    ("justice", {CLOSED_LISTS[0]}), ("civil", {CLOSED_LISTS[1]}), ("operator", set(CAME.values())),
])  # fmt: skip
async def test_how_many_rows_a_delivery_had_is_told_to_its_own_department(world, name, own):
    """One child more on a list of few is a small number; who runs the hub sees how each delivery fared."""
    await lists_come(world.watch)
    sent = {"authorization": f"Bearer {world.made.token(name)}", "hub-purpose": world.made.named(name).purpose}
    counts = "rowsRead rowsNotData rowsNew rowsChanged rowsUnchanged rowsQuarantined rowsRefused recordsEnded"
    answer = (await world.client.post("/graphql", json={"query": f"{{ deliveries(first: 50) {{ nodes {{ source reasons notices {counts} }} }} }}"}, headers=sent)).json()
    for node in answer["data"]["deliveries"]["nodes"]:
        told = [node[count] for count in counts.split()]
        assert None not in told if node["source"] in own else (set(told), node["reasons"], node["notices"]) == ({None}, [], []), node
    assert own <= {node["source"] for node in answer["data"]["deliveries"]["nodes"]}


async def is_named(connection: asyncpg.Connection, id_: int, source: str, role: str, since: int, born: date | None, person: int | None = None) -> str:
    """A list names somebody from a publication on; his or her id."""
    chance, always, person = random.Random(id_), {"valid": (date(2020, 1, 1), None)}, person or PERSON + id_
    if person == PERSON + id_:
        told = {"name": "孙大", "birth_date": born, "born_from": born, "born_to": born, "township": TOWNSHIP, "village": "甲村"}
        await insert(connection, "person_resolved", chance, id=person, known_from=since, **told, **always)
    await insert(connection, "mention", chance, id=id_, source=source, role=role, record=id_, hash=1, known_from=since, **always)
    await insert(connection, "identity", chance, id=id_, person=person, known_from=since, **always)
    return global_id("Person", person)


NAMED_SUN = 'query ($n: Int) { persons(first: 100, asKnownAt: $n, filter: {nameContains: "孙大"}) { totalCount nodes { id name age } } }'


@pytest.mark.parametrize("name", ["village", "township", "supervisor", "education", "police", "disabled"])
async def test_a_grown_up_whom_only_a_closed_list_names_is_not_there(world, name):
    """By no list, count, name or id: being there without a row that one may see would tell the list."""
    queries = COMMON + OWN.get(name, [])
    before = await world.told(name, [global_id("Person", PERSON + 701)], queries)
    prisoner = await is_named(world.watch, 701, HIDDEN_LIST, "服刑人员", 4, date(1980, 2, 3))
    after = await world.told(name, [prisoner], queries)
    for asked, one, other in zip([*queries, "node"], before[0], after[0], strict=True):
        assert one == other, (asked, one[:2000], other[:2000])
    assert after[2] == before[2]


@pytest.mark.parametrize(("name", "source", "role", "born", "there"), [
    ("lead", HIDDEN_LIST, "服刑人员", date(1980, 2, 3), True),
    ("police", HIDDEN_LIST, "服刑人员", date(1980, 2, 3), False), ("police", HIDDEN_LIST, "服刑人员", None, False),
    ("police", "public_security.household_register", "主体", date(1980, 2, 3), True), ("police", HIDDEN_LIST, "主体", None, True),
    ("planner", HIDDEN_LIST, "服刑人员", date(1980, 2, 3), False), ("planner", CLOSED_LISTS[1], "主体", date(1980, 2, 3), True), ("education", CLOSED_LISTS[1], "主体", date(1980, 2, 3), False),
    ("education", HIDDEN_LIST, "主体", date(2008, 11, 25), True), ("education", HIDDEN_LIST, "主体", date(2008, 11, 24), False), ("township", HIDDEN_LIST, "主体", date(2014, 2, 3), True),
    ("disabled", "disabled_persons.certificate", "主体", date(1980, 2, 3), True), ("civil", "disabled_persons.certificate", "主体", date(1980, 2, 3), False),
])  # fmt: skip
async def test_who_is_there_though_a_closed_list_names_him(world, name, source, role, born, there):
    """A child is, or who may be one: children at no school are looked for, whoever knows of them (E.2, A-87)."""
    id_ = await is_named(world.watch, 701, source, role, 4, born)
    sent = {"authorization": f"Bearer {world.made.token(name)}", "hub-purpose": world.made.named(name).purpose}
    for query in (NAMED_SUN, NAMED_SUN.replace("nodes {", "nodes { __typename")):
        answer = (await world.client.post("/graphql", json={"query": query}, headers=sent)).json()["data"]["persons"]
        assert answer["totalCount"] == len(answer["nodes"]) == there
    by_id = (await world.client.post("/graphql", json={"query": "query ($i: ID!) { node(id: $i) { id } }", "variables": {"i": id_}}, headers=sent)).json()["data"]["node"]
    assert by_id == ({"id": id_} if there else None)


async def test_a_grown_up_is_there_from_when_an_open_list_names_him(world):
    """As known before, he is not: else the past would tell that another list knew him already."""
    await world.watch.execute("delete from delivery")
    await is_named(world.watch, 701, HIDDEN_LIST, "服刑人员", 3, date(1980, 2, 3))
    await is_named(world.watch, 702, "public_security.household_register", "主体", 5, None, PERSON + 701)
    sent = {"authorization": f"Bearer {world.made.token('police')}", "hub-purpose": "data_check"}
    told = [(await world.client.post("/graphql", json={"query": NAMED_SUN, "variables": {"n": no}}, headers=sent)).json()["data"]["persons"]["totalCount"] for no in (2, 3, 4, 5, 6, None)]
    assert told == [0, 0, 0, 1, 1, 1]


@pytest.mark.parametrize(("name", "query"), [
    ("disabled", "{ persons(first: 100) { nodes { certificates { id } assessments { id } } } }"),
    ("civil", "{ persons(first: 100) { nodes { assistances { id } livingHousehold { id } findings { rule { name } } } } }"),
    ("planner", "{ persons(first: 100) { nodes { assistances { id } certificates { id } livingHousehold { id } } } }"),
    ("lead", "{ persons(first: 100) { nodes { mentions { id } } } divisions { schoolAgeRegister(first: 30) { nodes { sources } } } }"),
])  # fmt: skip
async def test_whose_job_it_is_does_see_who_is_on_them(world, name, query):
    sent = {"authorization": f"Bearer {world.made.token(name)}", "hub-purpose": world.made.named(name).purpose}
    seen = set()
    for n in range(4):
        answer = await world.client.post("/graphql", json={"query": query}, headers=sent)
        assert "errors" not in answer.json(), answer.text
        seen.add(answer.content)
        await another_list(world.watch, random.Random(n))
    assert len(seen) > 1


async def test_the_lead_who_may_know_does_see_the_difference(world):
    """Else the worlds would not differ at all."""
    query = "{ persons(first: 100) { nodes { custodies { facility } mentions { id } findings { id } } } }"
    sent = {"authorization": f"Bearer {world.made.token('lead')}", "hub-purpose": "joint_inspection"}
    one = (await world.client.post("/graphql", json={"query": query}, headers=sent)).content
    await another_world(world.watch, random.Random(5))
    assert (await world.client.post("/graphql", json={"query": query}, headers=sent)).content != one


@pytest.mark.long
async def test_a_thousand_worlds_are_the_same_to_a_school(world):
    await many_worlds(world, "school", 1000)


PRISON = ["序号", "罪犯编号", "服刑人员姓名", "服刑人员身份证号", "服刑人员性别", "羁押监所", "刑期起止", "未成年子女姓名", "子女性别", "子女出生日期", "子女身份证号", "现监护人姓名", "监护人与子女关系", "监护人电话", "户籍地", "子女现住址"]


async def told_of_a_city(database, tmp_path, child: int) -> list[bytes]:
    """The whole flow with a justice list that names one child, and what the school of all of them is told then."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    settings = database.settings(HUB_BUSINESS_DATE="2026-10-20", HUB_WITHOUT_TOKEN="refused")
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    Keys.load_or_make(tmp_path.parent / "sealing.json")  # one hub's keys in both worlds: ids are keyed hashes
    settings.key_file.write_bytes((tmp_path.parent / "sealing.json").read_bytes())
    keys = Keys.load_or_make(settings.key_file)
    await fill(connection, keys, tmp_path / "in", 12)
    born = date(2012 + child % 6, 1 + child % 12, 1 + child % 28)
    theirs, parents = number(born, 100 + child * 2), number(date(1985, 5, 5), 100 + child, area="210297")
    row = ["1", "F001", f"李{chr(0x5E00 + child)}", parents, "女", "某监狱", "20240101-20280101", f"王{chr(0x4E00 + child)}", "女", f"{born:%Y%m%d}", theirs, "孙秀兰", "祖母", "13911112222", "瓦房店市仙浴湾镇", "瓦房店市仙浴湾镇望海村"]
    write_csv(tmp_path / "justice", "服刑人员未成年子女_202610.csv", [PRISON, row])
    await carry(connection, keys, tmp_path / "justice")
    schools = await connection.fetch("select distinct school from enrolment where school is not null order by 1")
    assert await connection.fetchval("select count(*) from parent_situation") == 1
    await connection.close()
    made = write_accounts(database.home, [Account("school", "", "education", "education.school", "enrolment_check", tuple(str(row["school"]) for row in schools))])
    app = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    sent = {"authorization": f"Bearer {made.token('school')}", "hub-purpose": "enrolment_check"}
    queries = [*COMMON, "{ persons(first: 100) { nodes { id name formerName sex birthDate born age ethnicGroup township village hukouTownship } } }"]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        told = [(await client.post("/graphql", json={"query": query}, headers=sent)).content for query in queries]
    await app.answering.close()
    return told


async def test_through_the_whole_flow_a_school_is_told_the_same_whoever_the_justice_list_names(database_factory, tmp_path):
    with database_factory() as one, database_factory() as other:
        (tmp_path / "one").mkdir(), (tmp_path / "other").mkdir()
        first, second = await told_of_a_city(one, tmp_path / "one", 1), await told_of_a_city(other, tmp_path / "other", 2)
    for n, (a, b) in enumerate(zip(first, second, strict=True)):
        assert a == b, (n, a[:3000], b[:3000])
    assert global_id("Person", 1)[:6] in first[0].decode()


async def told_of_lists(database, tmp_path, on_them: int) -> dict[str, list[bytes]]:
    """The whole flow with a federation's list and a list of assistance that name one child and say nothing else that is new – an
    address that they alone give is the child's by decision; what everybody who may not know why is told then, by every field that they have."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    settings = database.settings(HUB_BUSINESS_DATE="2026-11-24", HUB_WITHOUT_TOKEN="refused")
    settings.key_file.parent.mkdir(parents=True, exist_ok=True)
    Keys.load_or_make(tmp_path.parent / "sealing.json")
    settings.key_file.write_bytes((tmp_path.parent / "sealing.json").read_bytes())
    keys = Keys.load_or_make(settings.key_file)
    disabled, allowance = [DISABLED], [ALLOWANCE]
    for i in (0, on_them):  # one is on them in both worlds
        born = date(2012 + i % 6, 1 + i % 12, 1 + i % 28)
        theirs, parents = number(born, 100 + i * 2), number(date(1985, 5, 5), 100 + i, area="210297")
        name, parent, town = f"王{chr(0x4E00 + i)}", f"李{chr(0x5E00 + i)}", TOWNS[i % len(TOWNS)]
        disabled.append([str(i), theirs + "52", name, "女", "智力", "二级", f"{born:%Y%m%d}", parent, "", town])
        allowance.append([str(i), f"DB{i:05d}", parent, parents, name, "长女", theirs, "女", f"{born:%Y%m%d}", town, "", "", "农村低保"])
    await fill(connection, keys, tmp_path / "in", 12)
    write_csv(tmp_path / "lists", "持证残疾人_202610.csv", disabled)
    write_csv(tmp_path / "lists", "城乡低保对象_202610.csv", allowance)
    await carry(connection, keys, tmp_path / "lists", released=True)
    async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=ON) as publication:
        await check(publication, RULES, on=ON)
    for noun in ("certificate", "assistance"):
        assert await connection.fetchval(f"select count(distinct person) from {noun} where valid @> $1::date", ON) == 2, noun
    assert await connection.fetchval("select count(*) from finding where reveals in ('certificate', 'assistance')") > 0
    schools = [str(row["school"]) for row in await connection.fetch("select distinct school from enrolment where school is not null order by 1")]
    homes = sorted({(row["township"], row["village"] or "") for row in await connection.fetch("select township, village from person_resolved where township is not null")})
    await connection.close()
    care = {"school": tuple(schools), "township": tuple(sorted({town for town, _ in homes})), "village": tuple(f"{town}/{village}" for town, village in homes if village)}
    made = write_accounts(database.home, [replace(account, care=care.get(account.name, ())) for account in EVERYBODY if account.name in NAMES])
    app = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    told: dict[str, list[bytes]] = {}
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        for name in NAMES:
            sent = {"authorization": f"Bearer {made.token(name)}", "hub-purpose": made.named(name).purpose}
            for query in of_the_city(made.named(name)):
                told.setdefault(name, []).append((await client.post("/graphql", json={"query": query}, headers=sent)).content)
    await app.answering.close()
    return told


def of_the_city(account: Account) -> list[str]:
    """What an account asks of a city; not of deliveries, whose ids and times differ from one run to the next."""
    return [query for query in COMMON + OWN.get(account.name, []) + every_field(account) if "deliveries" not in query]


async def test_through_the_whole_flow_nobody_is_told_whom_the_lists_of_the_disabled_and_the_poor_name(database_factory, tmp_path):
    with database_factory() as one, database_factory() as other:
        (tmp_path / "one").mkdir(), (tmp_path / "other").mkdir()
        first, second = await told_of_lists(one, tmp_path / "one", 1), await told_of_lists(other, tmp_path / "other", 5)
    for name in NAMES:
        queries = of_the_city(next(account for account in EVERYBODY if account.name == name))
        assert any(b"Person" in told for told in first[name])
        for query, a, b in zip(queries, first[name], second[name], strict=True):
            assert a == b, (name, query, a[:3000], b[:3000])


LINKS = "{ persons(first: 100) { nodes { id mentions { id provenance { linkTier linkScore } } links { tier score reasons { evidence weight } } identity { links { role tier score reasons { name weight } } } } } }"
CONFIDENCE = "{ findings(first: 100) { totalCount nodes { id confidence } } }"


@pytest.mark.parametrize(("name", "told_apart"), [*((name, False) for name in (*NAMES, "placement", "planner", "federation", "civil", "justice")), ("lead", True)])
async def test_how_sure_a_link_is_tells_no_closed_list(world, name, told_apart):
    """A row without a number is alone, or sure by the row that says most for it, which may be on a list that one may not read."""
    await world.watch.execute("update mention set source = 'education.student_register'")
    await world.watch.execute("update finding set reveals = ''")
    queries, told = [LINKS, LINKS.replace("nodes {", "nodes { __typename"), CONFIDENCE, *every_field(world.made.named(name))], []
    for tier, score, reasons in (("ALONE", 0, "[]"), ("NAME", 7.125, '[["guardian", 7.125]]')):
        await world.watch.execute("update identity set tier = $1, score = $2, reasons = $3 where id % 2 = 0", tier, score, reasons)
        await world.watch.execute("update finding set confidence = $1", tier)
        await world.watch.execute("""update finding set evidence = evidence || jsonb_build_object('sides', coalesce(
            (select jsonb_agg(side || jsonb_build_object('tier', $1::text)) from jsonb_array_elements(evidence->'sides') side), '[]'))""", tier)
        told.append((await world.told(name, [], queries))[0])
    assert (told[0] != told[1]) == told_apart, [(q, a[:900], b[:900]) for q, a, b in zip(queries, *told, strict=True) if a != b]
