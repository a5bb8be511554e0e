"""The heart of the suite: random operations over random data give the same JSON on both roads. It is never loosened."""

import asyncio
import os
import random
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import pytest
from graphql.execution.values import get_variable_values

from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.access.viewer import TESTER
from hub.query import paging
from hub.query.documents import Documents
from hub.query.limits import AD_HOC, TRUSTED
from hub.query.marks import unmarked
from hub.query.policy import ALLOWS_EVERYTHING, CATALOGUE, Policy
from hub.query.reading import BadInput
from schema.declared import api_of, graph, seen_by
from schema.scope import Context
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.queries import random_operations
from tests.queries.random_data import TODAY, fill_at_random, fill_audit_at_random
from tests.queries.random_operations import Operations

LARGE = replace(TRUSTED, cost=10**9, page=AD_HOC.page)
SECOND_ROAD = frozenset(line for line in (Path(__file__).parents[2] / "hub" / "query" / "second_road.txt").read_text(encoding="utf-8").splitlines() if "." in line and not line.startswith("#"))


class BothRoads:
    """One database, asked on both roads."""

    def __init__(self, connection: asyncpg.Connection, engine: Any, policy: Policy = ALLOWS_EVERYTHING, care: frozenset[str] = frozenset()) -> None:
        self.connection, self.engine, self.policy, self.care = connection, engine, policy, care
        self.documents, self.api = Documents(seen_by(policy)), api_of(policy)
        self.fell = 0

    async def first(self, document: str, variables: dict[str, Any]) -> Any:
        """The answer of the one statement; None where the second road must answer."""
        known = self.documents.find(document, LARGE)
        operation = known.operation(None)
        assert not known.errors and operation, (known.errors, document)
        told = dict(get_variable_values(graph.types, operation.variable_definitions or (), variables).coerced)
        told |= self.policy.request(DIVISION, TODAY, self.care)
        plan = self.documents.plan(known, operation, told, self.policy, LARGE)
        if plan.sql is None:
            return None
        try:
            parameters = plan.parameters(told)
        except BadInput:
            return None
        row = await self.connection.fetchrow(plan.sql, *parameters)
        return None if row["refused"] else orjson.loads(unmarked(plan.answer(row))[0])["data"]

    async def second(self, document: str, variables: dict[str, Any]) -> Any:
        """The answer of the resolvers."""
        async with self.engine.connect() as connection:
            await connection.exec_driver_sql("set transaction isolation level repeatable read, read only")
            for name, value in self.policy.settings(DIVISION, TODAY, self.care).items():
                await connection.exec_driver_sql(f"select set_config('hub.{name}', '{value}', true)")
            context = Context(connection, DIVISION, TODAY, lambda: None, self.policy, TESTER)
            answer = await self.api.execute(document, variable_values=variables, context_value=context)
            await context.settled()
            return answer

    async def agree(self, document: str, variables: dict[str, Any]) -> Any:
        """The answer that both give."""
        one = await self.first(document, variables)
        two = await self.second(document, variables)
        if one is None:
            self.fell += 1
            return two.data
        told = orjson.loads(orjson.dumps(two.data, default=str))
        assert not two.errors and one == told, f"{document}\n{variables}\n{two.errors}\n{difference(one, told)}"
        return one


def difference(first: Any, second: Any, path: str = "") -> str:
    """Where two answers differ first, and what each says there."""
    if isinstance(first, dict) and isinstance(second, dict) and list(first) == list(second):
        return next((told for name in first if (told := difference(first[name], second[name], f"{path}.{name}"))), "")
    if isinstance(first, list) and isinstance(second, list) and len(first) == len(second):
        return next((told for i in range(len(first)) if (told := difference(first[i], second[i], f"{path}[{i}]"))), "")
    return "" if first == second else f"at {path}:\nfirst:  {first}\nsecond: {second}"


@pytest.fixture(scope="module")
def random_rows(filled_once):
    """The database of random rows."""

    async def fill():
        writer = await asyncpg.connect(filled_once.dsn("hub_writer"))
        await fill_at_random(writer, random.Random(7))
        await fill_audit_at_random(writer, random.Random(7))
        await writer.close()

    asyncio.run(fill())
    return filled_once


@pytest.fixture
def database(random_rows, database_factory):
    """A copy of them for each test."""
    with database_factory(random_rows) as copy:
        yield copy


@pytest.fixture
async def roads(database):
    from hub.storage.database import Database

    engine = Database(None, {"reader": database.dsn("hub_reader")}).engine("reader")
    connection = await asyncpg.connect(database.dsn("hub_reader"))
    yield BothRoads(connection, engine)
    await connection.close()
    await engine.dispose()


async def agree_on(roads: BothRoads, seed: int, times: int, fallen: float = 0.1, *, few: bool = False) -> Operations:
    """Ask both roads so many operations, of a few fields each or of any number; the operations tell what was covered."""
    operations = Operations(seed, SECOND_ROAD)
    operations.few = few
    for _ in range(times):
        operations.learn(await roads.agree(*operations.make()))
    assert roads.fell <= times * fallen, f"{roads.fell} of {times} were answered by the second road"
    return operations


async def test_random_operations_agree_and_leave_nothing_out(roads):
    times = int(os.environ.get("OPERATIONS", "120"))
    operations = await agree_on(roads, int(os.environ.get("SEED", "1")), times)
    operations.deep = True
    for _ in range(700):  # what is rarely drawn is drawn on for
        if not operations.everything() - set(operations.asked):
            break
        operations.learn(await roads.agree(*operations.make()))
    missing = operations.everything() - set(operations.asked)
    assert not missing, sorted(missing)


async def test_many_operations_of_few_fields_agree(roads):
    """With the other tests here they are the two thousand of each run: in a small one its arguments count."""
    await agree_on(roads, int(os.environ.get("SEED", "9")), int(os.environ.get("OPERATIONS", "1100")), few=True)


async def test_large_pages_agree_too(roads, monkeypatch):
    """Lists of a large page's rows are read once for all of them; here every page counts as large."""
    monkeypatch.setattr(paging, "LARGE_PAGE", 1)
    await agree_on(roads, 1, int(os.environ.get("OPERATIONS", "120")))


@pytest.mark.parametrize("account", [one for one in EVERYBODY if one.name not in ("operator", "auditor", "manager")], ids=lambda one: one.name)
async def test_both_roads_agree_for_every_class_of_rights(roads, monkeypatch, account, database):
    """Over the graph that the class has: what is masked, left out or hidden is so on both, rows of lists that tell why among it."""
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    for table in ("mention", "mention_history", "record", "enrolment", "guardianship", "residence", "residence_history"):
        await writer.execute(f"update {table} set source = 'justice.prisoners_children' where id % 3 = 0")
    await writer.close()
    roads.policy, roads.care = Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, date.today())), frozenset(account.care)
    seen = seen_by(roads.policy)
    roads.documents, roads.api = Documents(seen), api_of(roads.policy)
    filters = getattr(seen.types.type_map.get("ChildFilter"), "fields", {})
    monkeypatch.setattr(random_operations, "graph", seen)
    monkeypatch.setattr(random_operations, "FILTERS", {name: type_ for name, type_ in random_operations.FILTERS.items() if name in filters})
    await agree_on(roads, 5, int(os.environ.get("OPERATIONS", "40")), 0.2)  # of few fields more arguments cannot be used


@pytest.mark.long
@pytest.mark.parametrize("seed", range(20))
async def test_a_hundred_thousand_random_operations_agree(roads, seed):
    await agree_on(roads, 100 + seed, 5000)
