"""A plan for who may not read every list: what only a closed one could tell is not known, of every child alike; what an open one says stands."""

import asyncpg
import pytest

from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.query.cursors import local_id
from hub.query.policy import CATALOGUE, Policy
from hub.storage.database import Database
from tests.access.people import EVERYBODY
from tests.queries.test_two_roads import TODAY, BothRoads
from tests.rules.city import City

PRISONERS, WELFARE = "justice.prisoners_children", "civil_affairs.child_welfare"
CHILD_PLAN = "{ childPlan(personId: \"%s\") { facts { says source } disagreements programmes { code answer reason reasonEn missing settledBy } } }"
HOUSEHOLD = "{ aidPlan(householdId: \"%s\") { members { name } children { person { id } programmes { code answer reason missing } } } }"
CHILDREN = "{ children(first: 20) { nodes { id registerHousehold { id } guardianships { relation } } } }"


@pytest.fixture
async def city(database):
    """Facts into the small city."""
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield City(connection, "")
    await connection.close()


async def cared_for(ask) -> list[dict]:
    """The children of whom a parent is the guardian."""
    return [node for node in (await ask("planner", CHILDREN))["data"]["children"]["nodes"] if {"relation": "母亲"} in node["guardianships"]]


def key(child: dict) -> int:
    """The child's own."""
    return local_id(child["id"], "Person")


async def answers(ask, name: str, child: str) -> dict[str, dict]:
    """Programme -> what it says."""
    return {told["code"]: told for told in (await ask(name, CHILD_PLAN % child))["data"]["childPlan"]["programmes"]}


async def test_who_may_not_read_of_prisoners_is_not_told_that_a_parent_can_care(ask):
    children = await cared_for(ask)
    assert len(children) > 5
    for child in children:
        told, lead = await answers(ask, "planner", child["id"]), await answers(ask, "lead", child["id"])
        assert (told["F06"]["answer"], told["F06"]["missing"], told["F06"]["settledBy"]) == ("UNKNOWN", ["父亲情形", "母亲情形"], "civil_affairs")
        assert "无权查看" in told["F06"]["reason"] and lead["F06"]["answer"] == "NOT_DUE"
        assert {code: one["answer"] for code, one in told.items() if code != "F06"} == {code: one["answer"] for code, one in lead.items() if code != "F06"}


async def test_a_parent_in_prison_changes_no_byte_of_a_plan_for_who_may_not_read_of_it(ask, city):
    child = (await cared_for(ask))[0]
    asked = [CHILD_PLAN % child["id"], HOUSEHOLD % child["registerHousehold"]["id"]]
    before = [(await ask("planner", one), await ask("lead", one)) for one in asked]
    person = key(child)
    for role in ("父亲", "母亲"):
        await city.fact("parent_situation", person, source=PRISONERS, parent_role=role, situation="服刑在押", parent=person)
    after = [(await ask("planner", one), await ask("lead", one)) for one in asked]
    assert [told for told, _ in before] == [told for told, _ in after]
    assert all(was != now for (_, was), (_, now) in zip(before, after, strict=True))
    assert (await answers(ask, "lead", child["id"]))["F06"]["answer"] == "UNKNOWN"  # the list of whom civil affairs recognises has not come


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        ({"父亲": "正常"}, "NOT_DUE"),  # by an open list a parent can care
        ({"父亲": "死亡", "母亲": "死亡"}, "NOT_DUE"),  # the orphans' programme applies
        ({"父亲": "死亡"}, "UNKNOWN"),
    ],
)
async def test_what_an_open_list_says_of_a_parent_stands(ask, city, told, answer):
    child = (await cared_for(ask))[0]
    for role, situation in told.items():
        await city.fact("parent_situation", key(child), source=WELFARE, parent_role=role, situation=situation)
    assert (await answers(ask, "planner", child["id"]))["F06"]["answer"] == (await answers(ask, "lead", child["id"]))["F06"]["answer"] == answer


async def test_that_an_allowance_ended_is_open_where_a_later_situation_may_be_closed(ask, city):
    child = (await cared_for(ask))[0]
    ended = {"programme": "F06", "state": "停保", "stopped": "2026-10-01", "stop_reason": "父母恢复抚养能力"}
    await city.fact("assistance", key(child), source=WELFARE, **ended)
    planner, lead = await answers(ask, "planner", child["id"]), await answers(ask, "lead", child["id"])
    assert [(planner[code]["answer"], lead[code]["answer"]) for code in ("F05", "F06")] == [("UNKNOWN", "NOT_DUE")] * 2


async def test_both_roads_say_the_same_of_it(ask, database):
    account = next(one for one in EVERYBODY if one.name == "planner")
    policy = Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))
    child = (await cared_for(ask))[0]
    engine = Database(None, {"reader": database.dsn("hub_reader")}).engine("reader")
    connection = await asyncpg.connect(database.dsn("hub_reader"))
    roads = BothRoads(connection, engine, policy)
    for asked in (CHILD_PLAN % child["id"], HOUSEHOLD % child["registerHousehold"]["id"]):
        assert "无权查看" in str(await roads.agree(asked, {}))
    await connection.close()
    await engine.dispose()
