"""The attack matrix: every account × every field × every path to it, compared with an oracle that reads the rules a second time.

Fields: named on a row, in a filter, in introspection. Rows: by list, by count, by id of any kind, nested, as known before, on another
day. Nothing here asks the policy what it thinks.
"""

import asyncio
import random
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import asynccontextmanager
from datetime import date
from functools import cache
from typing import Any

import asyncpg
import httpx
import orjson
import pytest
import pytest_asyncio
from graphql import GraphQLInputObjectType, GraphQLObjectType, get_named_type, is_leaf_type, is_required_argument

from hub.access.accounts import write_accounts
from hub.access.catalogue import FILE
from hub.query.cursors import global_id
from hub.query.pruning import is_structure
from hub.storage.database import Database
from hub.web import create_app
from schema.declared import graph
from tests.access.people import EVERYBODY, TOWNSHIP
from tests.conftest import cloned
from tests.queries.random_data import IDS, PEOPLE, PERSON, TODAY, fill_at_random

TOLD = tomllib.loads(FILE.read_text(encoding="utf-8"))
NO_KIND = global_id("Nope", 1)
NOTHING = "nothingOfTheKind"
MOST_ERRORS, ROOTS = 5, 10  # of one document
NEWER = {"accept": "application/graphql-response+json"}
ACCOUNTS = {account.name: account for account in EVERYBODY}


def granted(account) -> set[str]:
    """The fields that an account may see for its purpose, read from the file by other means than the hub's."""
    items = {
        item
        for grant in TOLD["授权"].values()
        if account.role in grant["角色"] and account.purpose in grant["用途"] and TOLD["版本"][grant["自"]]["日期"] <= date.today().isoformat()
        for item in grant["信息项"]
    }
    return {f"{type_}.{field}" for item in items for type_, fields in TOLD["信息项"][item]["字段"].items() for field in fields}


def at_once(items: Iterable[Any], most: int) -> Iterator[tuple[Any, ...]]:
    """The items, so many in one document: thousands of documents that ask one thing each would say no more."""
    waiting = list(items)
    for begin in range(0, len(waiting), most):
        yield tuple(waiting[begin : begin + most])


class City:
    """A served hub over random people, and what is so in its database, seen by its administrator."""

    def __init__(self, client: httpx.AsyncClient, made, watch: asyncpg.Connection) -> None:
        self.client, self.made, self.watch = client, made, watch
        self.token = cache(made.token)

    async def ask(self, name: str, query: str, **variables) -> dict:
        sent = {"authorization": f"Bearer {self.token(name)}", "hub-purpose": self.made.named(name).purpose, **NEWER}
        return (await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)).json()

    async def refusal(self, name: str, type_: str, told: str) -> list[str]:
        """What is said of some fields of a type, none of which is there."""
        answer = await self.ask(name, f"query ($id: ID!) {{ node(id: $id) {{ ... on {type_} {{ {told} }} }} }}", id=IDS["Person"][0])
        assert "data" not in answer, told
        return [error["message"] for error in answer["errors"]]

    async def at(self, name: str, ids: Iterable[str], *roots: str) -> dict[str, list[Any]]:
        """Root field, with its arguments -> for each id what is there, or the words of the error about it."""
        said: dict[str, list[Any]] = {root: [] for root in roots}
        for some in at_once(ids, ROOTS // len(roots)):
            declared = ", ".join(f"$i{n}: ID!" for n in range(len(some)))
            asked = {f"r{r}_{n}": root.replace("$id", f"$i{n}") for r, root in enumerate(roots) for n in range(len(some))}
            body = " ".join(f"{alias}: {told} {{ __typename }}" for alias, told in asked.items())
            answer = await self.ask(name, f"query ({declared}) {{ {body} }}", **{f"i{n}": id_ for n, id_ in enumerate(some)})
            told = answer["data"] | {error["path"][0]: error["message"] for error in answer.get("errors", ())}
            for r, root in enumerate(roots):
                said[root] += [told[f"r{r}_{n}"] for n in range(len(some))]
        return said

    async def in_care(self, account) -> set[int]:
        """The people in an account's care today, by SQL of its own."""
        match account.role:
            case "township.inspector":
                rows = await self.watch.fetch("select id from person_resolved where township = any($1) and valid @> $2::date", list(account.care), TODAY)
            case "village.worker":
                rows = await self.watch.fetch("select id from person_resolved where township || '/' || village = any($1) and valid @> $2::date", list(account.care), TODAY)
            case "education.school":
                rows = await self.watch.fetch("select person as id from enrolment where school::text = any($1) and valid @> $2::date", list(account.care), TODAY)
            case _:
                rows = await self.watch.fetch("select id from person_resolved")
        assert rows, "this account sees nobody: the test would tell nothing"
        return {row["id"] for row in rows}


@pytest.fixture(scope="module")
def random_people(filled_once):
    """The database of random people."""

    async def fill():
        filling = await asyncpg.connect(filled_once.dsn("hub_writer"))
        await fill_at_random(filling, random.Random(11))
        await filling.execute("update person_resolved set village = '甲村', township = $1 where id % 3 = 0", TOWNSHIP)
        await filling.close()

    asyncio.run(fill())
    return filled_once


@pytest.fixture
def database(random_people, database_factory):
    """A copy of them for each test that changes them."""
    with database_factory(random_people) as copy:
        yield copy


@pytest.fixture
async def city(database):
    async with served(database) as city:
        yield city


@pytest.fixture(scope="module")
def unchanged(random_people, cluster, tmp_path_factory):
    """A copy of them for all tests that only ask."""
    with cloned(cluster, tmp_path_factory.mktemp("unchanged"), random_people) as copy:
        yield copy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def asked(unchanged):
    """One hub for all of these: what it keeps of each account's graph serves the next test too."""
    async with served(unchanged) as city:
        yield city


@asynccontextmanager
async def served(database):
    made = write_accounts(database.home, EVERYBODY)
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
    app = create_app(database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), HUB_WITHOUT_TOKEN="refused"), Database(None, logins))
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        yield City(client, made, watch)
    await watch.close()
    await app.answering.close()


def fields():
    """Every field of the graph that an item has."""
    for type_ in graph.types.type_map.values():
        if isinstance(type_, GraphQLObjectType) and not is_structure(type_.name) and type_.name not in ("Query", "Mutation", "Subscription"):
            for name, field in type_.fields.items():
                yield type_.name, name, field


def chosen(name: str, field) -> str:
    given = ", ".join(f'{arg}: "{"name" if arg == "field" else "x"}"' for arg, told in field.args.items() if is_required_argument(told))
    return f"{name}{f'({given})' if given else ''}{'' if is_leaf_type(get_named_type(field.type)) else ' { __typename }'}"


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(ACCOUNTS))
async def test_a_field_that_is_not_granted_is_an_unknown_one_by_every_name(asked, name):
    """By fragment on its type, in introspection, and in filters; and what is granted is there."""
    seen = granted(ACCOUNTS[name])
    told = await asked.ask(name, "{ __schema { types { name fields { name } inputFields { name } } } }")
    shown = {f"{type_['name']}.{field['name']}" for type_ in told["data"]["__schema"]["types"] for field in (type_["fields"] or type_["inputFields"] or ()) if not is_structure(type_["name"])}
    assert shown <= seen, sorted(shown - seen)
    hidden: dict[str, dict[str, Any]] = defaultdict(dict)
    for type_, field, declared in fields():
        if f"{type_}.{field}" not in seen:
            hidden[type_][field] = declared
    for type_, of_it in hidden.items():
        unknown = await asked.refusal(name, type_, NOTHING)
        for some in at_once(of_it, MOST_ERRORS - 1):  # one may be of the fragment itself
            expected = [one for one in unknown if NOTHING not in one] + [one.replace(NOTHING, field) for field in some for one in unknown if NOTHING in one]
            assert await asked.refusal(name, type_, " ".join(chosen(field, of_it[field]) for field in some)) == expected, (type_, some)
    filters = graph.types.type_map["ChildFilter"]
    assert isinstance(filters, GraphQLInputObjectType)
    for field in filters.fields:
        if f"ChildFilter.{field}" not in seen:
            for root in ("children { totalCount }", "persons { totalCount }", "childCounts { count }"):
                value = {"rule": '"unenrolled_disabled"', "sex": '"女性"'}.get(field, "1" if field.startswith("age") else '"x"' if field in ("township", "nameContains") else "true")
                list_, rest = root.split(" ", 1)
                given = f"groupBy: SEX, filter: {{{field}: {value}}}" if list_ == "childCounts" else f"filter: {{{field}: {value}}}"
                assert "data" not in await asked.ask(name, f"{{ {list_}({given}) {rest} }}"), (field, root)


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(ACCOUNTS))
async def test_people_outside_the_care_are_not_there_by_any_path(asked, name):
    account = ACCOUNTS[name]
    seen = granted(account)
    theirs = {global_id("Person", one) for one in await asked.in_care(account)}
    if "Query.persons" not in seen:
        for query in ("{ persons { totalCount } }", "{ children { totalCount } }", '{ person(id: "x") { __typename } }'):
            assert "data" not in await asked.ask(name, query)
        unknown, *nodes = (await asked.at(name, (NO_KIND, *IDS["Person"]), "node(id: $id)"))["node(id: $id)"]
        assert all(one == unknown for one in nodes)
        return
    listed = (await asked.ask(name, "{ persons(first: 100) { totalCount nodes { id } } }"))["data"]["persons"]
    assert {node["id"] for node in listed["nodes"]} == theirs and listed["totalCount"] == len(theirs)
    for when in ("", "(asKnownAt: 3)", '(on: "2026-01-01")', "(asKnownAt: 3, on: \"2025-06-01\")"):
        inside = when.strip("()")
        told = await asked.ask(name, "{ persons%s { nodes { id } } }" % (f"({inside}, first: 100)" if inside else "(first: 100)"))
        assert {node["id"] for node in told["data"]["persons"]["nodes"]} <= theirs, when
        ids = [global_id("Person", PERSON + n) for n in PEOPLE]
        roots = [f"{root}(id: $id{f', {inside}' if inside else ''})" for root in ("person", "child", "nodeAt")]
        for root, said in (await asked.at(name, ids, *roots)).items():
            assert {id_ for id_, told in zip(ids, said, strict=True) if isinstance(told, dict)} <= theirs, root
    for order in ("NAME", "BIRTH_DATE", "TOWNSHIP"):
        told = await asked.ask(name, f"{{ persons(first: 100, orderBy: {order}) {{ edges {{ cursor node {{ id }} }} }} }}")
        assert {edge["node"]["id"] for edge in told["data"]["persons"]["edges"]} == theirs
    if "Query.childCounts" in seen:
        counted = (await asked.ask(name, "{ childCounts(groupBy: SEX) { count } children(first: 0) { totalCount } }"))["data"]
        assert sum(group["count"] for group in counted["childCounts"]) == counted["children"]["totalCount"] <= len(theirs)
    if "Division.children" in seen:
        told = (await asked.ask(name, "{ divisions { children(first: 100) { nodes { id } totalCount } } }"))["data"]["divisions"]
        assert {node["id"] for one in told for node in one["children"]["nodes"]} <= theirs


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(ACCOUNTS))
async def test_every_kind_of_node_is_only_of_those_in_the_care(asked, name):
    """By id; of a row that hangs on a person, the person must be theirs. What these rights do not have is not there at all."""
    account = ACCOUNTS[name]
    seen, theirs = granted(account), await asked.in_care(account)
    now, before = "node(id: $id)", "nodeAt(id: $id, asKnownAt: 3)"
    unknown = {root: told for root, [told] in (await asked.at(name, [NO_KIND], now, before)).items()}
    narrow = account.role in ("township.inspector", "village.worker", "education.school")
    for kind, ids in IDS.items():
        type_ = graph.types.type_map[kind]
        if f"{kind}.id" not in seen:
            said = await asked.at(name, ids, now, before)
            assert all(one == unknown[root] for root in said for one in said[root]), kind
            continue
        for n, (id_, told) in enumerate(zip(ids, (await asked.at(name, ids, now))[now], strict=True)):
            if not narrow or not isinstance(told, dict):
                continue
            if kind == "RoundRow":  # as findings are: of the township, wherever the person is by now
                assert await asked.watch.fetchval("select township from round_row where id = $1", n + 1) in account.care, id_
            elif "person" in type_.fields and kind != "Finding":
                table = next(noun for noun in _tables() if "".join(word.capitalize() for word in noun.split("_")) == kind)
                assert {row["person"] for row in await asked.watch.fetch(f"select person from {table} where id = $1", n + 1)} & theirs, (kind, id_)
            elif kind in ("Mention", "Record"):
                raise AssertionError((kind, id_))


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.parametrize("name", sorted(ACCOUNTS))
async def test_what_introspection_shows_is_asked_for_or_answered_by_something_that_is_there(asked, name):
    """No enum, union or input that only hidden fields use."""
    of_type = "kind name ofType { kind name ofType { kind name ofType { kind name } } }"
    field = f"name type {{ {of_type} }}"
    told = await asked.ask(name, f"{{ __schema {{ types {{ kind name inputFields {{ {field} }} fields {{ {field} args {{ {field} }} }} possibleTypes {{ name }} }} }} }}")
    shown = {one["name"]: one for one in told["data"]["__schema"]["types"] if not one["name"].startswith("__")}

    def named(type_) -> str:
        return type_["name"] or named(type_["ofType"])

    used = {named(one["type"]) for type_ in shown.values() for field in (type_["fields"] or type_["inputFields"] or ()) for one in (field, *field.get("args", ()))}
    kinds = {one["name"] for one in shown.values() if one["kind"] in ("ENUM", "UNION", "INPUT_OBJECT", "SCALAR")} - {"Boolean", "String"}  # which the language itself needs
    assert kinds <= used, sorted(kinds - used)


def _tables() -> list[str]:
    from hub.storage.tables import FACTS

    return list(FACTS)


async def test_a_masked_name_is_masked_wherever_it_could_be_told(city):
    """In the answer, in a filter, in the order and its cursors."""
    told = (await city.ask("supervisor", "{ persons(first: 100) { nodes { id name formerName } edges { cursor } } }"))["data"]["persons"]
    whole = {global_id("Person", row["id"]): row["name"] for row in await city.watch.fetch("select id, name from person_resolved")}
    for node in told["nodes"]:
        assert node["name"] == (None if whole[node["id"]] is None else whole[node["id"]][:1] + "*")
    for text in {name for name in whole.values() if name and len(name) > 1}:
        found = (await city.ask("supervisor", "query ($t: String) { persons(first: 100, filter: {nameContains: $t}) { totalCount } }", t=text))["data"]["persons"]["totalCount"]
        assert found == sum(1 for name in whole.values() if name is not None and text in name[:1] + "*"), text
    assert [node["id"] for node in told["nodes"]] == sorted((node["id"] for node in told["nodes"]), key=lambda id_: next(n for n in range(200) if global_id("Person", PERSON + n) == id_))


async def test_small_groups_are_left_out_for_who_may_see_nobody(city):
    real = {row["township"]: row["n"] for row in await city.watch.fetch("select township, count(*) as n from person_resolved where born_to > $1::date group by 1", date(TODAY.year - 18, TODAY.month, TODAY.day))}
    told = (await city.ask("leader", "{ childCounts(groupBy: TOWNSHIP) { key count } }"))["data"]["childCounts"]
    assert {group["key"]: group["count"] for group in told} == {town: n for town, n in real.items() if n >= 6}
    assert any(0 < n < 6 for n in real.values())


async def test_a_conclusion_is_recorded_only_for_ones_own_department_and_findings_in_sight(city):
    mutation = 'mutation ($f: ID!, $d: String!) { concludeFinding(input: {findingId: $f, code: "15", by: "x", department: $d}) { ... on ConclusionRefused { field reason } ... on ConclusionRecorded { publication } } }'
    open_ = await city.watch.fetchval("select id from finding where status <> '销号' and reveals = '' and valid @> $1::date order by id limit 1", TODAY)
    await city.watch.execute("update finding set rule = 'unenrolled_of_prisoners' where id = $1", open_)  # which justice concludes
    id_ = global_id("Finding", open_)
    assert "data" not in await city.ask("education", mutation, f=id_, d="education")
    assert (await city.ask("member", mutation, f=id_, d="education"))["data"]["concludeFinding"]["field"] == "department"
    assert "publication" in (await city.ask("member", mutation, f=id_, d="justice"))["data"]["concludeFinding"]
    assert await city.watch.fetchval("select by from conclusion where finding = $1 order by publication desc limit 1", open_) == "demo:member", "whatever name the input gives"
    assert await city.watch.fetchval("select by from publication where kind = 'conclusion'") == "demo:member"


async def test_the_same_answer_whoever_is_hidden(city):
    """Two worlds that differ only in who is in prison are byte for byte the same to a school, a township and a supervisor."""
    queries = {
        "school": "{ persons(first: 100) { totalCount nodes { id name age enrolments { state school { name } } absenceSpells { days } } } }",
        "township": "{ persons(first: 100) { totalCount nodes { id name findings { id kind } guardianships { relation } } } childCounts(groupBy: AGE) { key count } }",
        "supervisor": "{ persons(first: 100, orderBy: BIRTH_DATE) { totalCount nodes { id name } } schools { nodes { name enrolments { grade } } } }",
    }
    before = {name: orjson.dumps(await city.ask(name, query)) for name, query in queries.items()}
    await city.watch.execute("delete from custody")
    await city.watch.execute("update parent_situation set situation = '服刑在押'")
    assert {name: orjson.dumps(await city.ask(name, query)) for name, query in queries.items()} == before
