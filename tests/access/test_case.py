"""A purpose about a case: it must be open and the viewer's, opens its child and family wherever they live, and nobody else."""

import json

import asyncpg
import httpx
import pytest

from hub.query.cursors import global_id
from tests.access.people import TOWNSHIP
from tests.flow import DIVISION

PEOPLE = "{ persons(first: 100) { totalCount nodes { id name township } } }"
ELSEWHERE = "210281002"


@pytest.fixture
async def city(database, ask):
    """The small city with an open finding of the township's, about a child who has moved elsewhere, and one of another township's."""
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    rows = await admin.fetch("select id from person_resolved where number_blind is not null order by birth_date desc, id limit 2")
    child, other = (row["id"] for row in rows)
    await admin.execute("update person_resolved set township = $2 where id = $1", child, ELSEWHERE)
    for no, (person, township, reveals) in enumerate([(child, TOWNSHIP, ""), (other, ELSEWHERE, ""), (other, TOWNSHIP, "custody")], start=1):
        await admin.execute(
            """insert into finding (division, id, known_from, valid, rule, rule_version, person, subject, school_year, reference_date, severity, confidence, status, township,
                                    opened_on, last_seen_on, reopened, evidence, reveals)
               values ($1, $2, 1, '[2026-01-01,)', 'unenrolled', '1', $3, $3::bigint::text, 2026, '2026-09-01', '中', 'NUMBER', '待核查', $4, '2026-09-01', '2026-09-01', 0, '{"sides": [], "looked_in": []}', $5)""",
            DIVISION, 900 + no, person, township, reveals,
        )  # fmt: skip
    yield child, other, admin
    await admin.close()


async def answered(ask, name: str, query: str, case: object = None, purpose: str = "case_work", **variables) -> tuple[int, dict]:
    sent = {"authorization": f"Bearer {ask.made.token(name)}", "hub-purpose": purpose} | ({"hub-case": str(case)} if case is not None else {})
    async with httpx.AsyncClient(transport=httpx.ASGITransport(ask.app), base_url="http://hub") as client:
        answer = await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)
        return answer.status_code, answer.json()


async def test_the_child_of_a_case_and_its_family_are_there_wherever_they_live_and_nobody_else(city, ask):
    child, _, admin = city
    status, told = await answered(ask, "township", PEOPLE, global_id("Finding", 901))
    family = {row["id"] for row in await admin.fetch(
        """select guardian as id from guardianship where person = $1 and guardian is not null
           union select o.id from person_resolved c join person_resolved o using (register_household) where c.id = $1 union select $1""", child)}  # fmt: skip
    found = {one["id"]: one["township"] for one in told["data"]["persons"]["nodes"]}
    assert status == 200 and set(found) == {global_id("Person", one) for one in family} and found[global_id("Person", child)] == ELSEWHERE
    assert told["data"]["persons"]["totalCount"] == len(family) < await admin.fetchval("select count(*) from person_resolved")
    everybody = (await answered(ask, "lead", PEOPLE, 901))[1]["data"]["persons"]
    assert {one["id"] for one in everybody["nodes"]} == set(found)  # also for who reaches the county
    one = (await answered(ask, "township", "query ($i: ID!) { person(id: $i) { findings { id } number } }", 901, i=global_id("Person", child)))[1]["data"]["person"]
    assert one["findings"] == [{"id": global_id("Finding", 901)}] and "*" in one["number"]


async def test_the_audit_has_the_case(city, ask):
    _, _, admin = city
    await answered(ask, "township", PEOPLE, 901)
    entry = json.loads(await admin.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["case"] == "901" and entry["purpose"] == "case_work" and entry["persons"]


@pytest.mark.parametrize("case, purpose, name, words", [
    (None, "case_work", "township", "is about a case"),
    ("", "case_work", "township", "is about a case"),
    (902, "case_work", "township", "no such open case of yours"),  # another township's
    (903, "case_work", "township", "no such open case of yours"),  # it tells of custody, which the role may not know
    (999, "case_work", "lead", "no such open case of yours"),
    ("x", "case_work", "lead", "no such open case of yours"),
    (global_id("Person", 901), "case_work", "lead", "no such open case of yours"),
    (901, "visit", "township", "takes no case"),
    (901, "case_work", "school", "no grant for this purpose"),
    (901, "case_work", "operator", "no grant for this purpose"),
])  # fmt: skip
async def test_whoever_has_no_such_case_is_not_let_in(city, ask, case, purpose, name, words):
    status, told = await answered(ask, name, PEOPLE, case, purpose)
    assert status == 403 and "data" not in told and words in told["errors"][0]["message"], told


async def test_a_case_that_is_concluded_is_closed_at_once(city, ask):
    _, _, admin = city
    assert (await answered(ask, "township", PEOPLE, 901))[0] == 200
    await admin.execute("update finding set status = '销号' where id = 901")
    assert (await answered(ask, "township", PEOPLE, 901))[0] == 403


async def test_counts_and_ids_reach_nobody_beside_the_case(city, ask):
    child, other, admin = city
    status, told = await answered(ask, "township", "query ($i: ID!) { person(id: $i) { id } node(id: $i) { id } children { totalCount } }", 901, i=global_id("Person", other))
    household = await admin.fetchval("select count(distinct register_household) from person_resolved where id = any($1::bigint[])", [child, other])
    assert status == 200 and told["data"]["children"]["totalCount"] >= 1
    if household == 2:
        assert told["data"]["person"] is None and told["data"]["node"] is None


async def test_the_case_is_sent_once(city, ask):
    sent = [("authorization", f"Bearer {ask.made.token('township')}"), ("hub-purpose", "case_work"), ("hub-case", "901"), ("hub-case", "902")]
    async with httpx.AsyncClient(transport=httpx.ASGITransport(ask.app), base_url="http://hub") as client:
        answer = await client.post("/graphql", json={"query": PEOPLE}, headers=sent)
    assert answer.status_code == 400 and "twice" in answer.text
