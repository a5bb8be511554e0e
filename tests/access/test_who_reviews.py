"""Who may review identity: the register's clerk and the team's lead, and never by a list whose naming somebody tells what they may not see."""

from pathlib import Path

import asyncpg
import pytest

from hub.access.catalogue import read_catalogue
from hub.query.cursors import local_id

OUTCOME = "{ __typename ... on LinkDecided { persons { id } } ... on LinkRefused { field reason } }"
DECIDE = f"mutation ($input: DecideLinkInput!) {{ decideLink(input: $input) {OUTCOME} }}"
WITHDRAW = f"mutation ($input: WithdrawVerdictInput!) {{ withdrawVerdict(input: $input) {OUTCOME} }}"
PEOPLE = "{ children(first: 2) { nodes { id mentions { id provenance { source } } } } }"


@pytest.mark.parametrize("name", ["education", "lead"])
async def test_who_reviews_decides_and_takes_back_by_the_account(ask, database, name):
    people = (await ask(name, PEOPLE))["data"]["children"]["nodes"]
    pair = {"mentionId": people[0]["mentions"][0]["id"], "otherId": people[1]["mentions"][0]["id"]}
    told = (await ask(name, DECIDE, input={**pair, "same": True, "by": "somebody else", "reason": "核对了户口簿"}))["data"]["decideLink"]
    assert len(told["persons"]) == 1, told
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    assert await watch.fetchval("select by from link_verdict") == f"demo:{name}"  # the account, whatever the input says
    told = (await ask(name, WITHDRAW, input={**pair, "by": "x"}))["data"]["withdrawVerdict"]
    assert {one["id"] for one in told["persons"]} == {one["id"] for one in people}
    assert "data" in await ask(name, "{ linkReviews { totalCount } }")
    await watch.close()


@pytest.mark.parametrize("name", ["education", "lead"])
async def test_who_reviews_merges_by_the_account_and_the_lead_alone_sees_what_became_of_ids(ask, database, name):
    one, other = (await ask(name, PEOPLE))["data"]["children"]["nodes"]
    merge = f"mutation ($input: MergePersonsInput!) {{ mergePersons(input: $input) {OUTCOME} }}"
    told = await ask(name, merge, input={"personId": one["id"], "otherId": other["id"], "by": "somebody else", "reason": "核对了户口簿"})
    assert len(told["data"]["mergePersons"]["persons"]) == 1, told
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    assert await watch.fetchval("select by from link_verdict") == f"demo:{name}"
    await watch.close()
    seen = await ask(name, "{ children(first: 1) { nodes { identity { events { kind } } } } }")
    assert ("data" in seen) == (name == "lead"), seen


@pytest.mark.parametrize("name", ["school", "township", "civil", "planner", "supervisor", "operator", "auditor", "justice"])
async def test_nobody_else_does(ask, name):
    names = {"decideLink": "DecideLink", "leaveUndecided": "LeaveUndecided", "mergePersons": "MergePersons", "splitPerson": "SplitPerson"}
    for query in ("{ linkReviews { totalCount } }", *(f"mutation ($input: {kind}Input!) {{ {does}(input: $input) {{ __typename }} }}" for does, kind in names.items())):
        assert "data" not in await ask(name, query, input={"same": True, "by": "x", "reason": "x"})


async def test_a_mention_in_a_list_that_tells_why_is_not_there_for_the_clerk(ask, database):
    """The same row, told by the justice list: neither listed, nor found by id, nor to be decided on; the lead has it."""
    [first, second] = (await ask("education", PEOPLE))["data"]["children"]["nodes"]
    hidden = first["mentions"][0]["id"]
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    key = local_id(hidden, "Mention")
    await watch.execute("update mention set source = 'justice.prisoners_children' where id = $1", key)
    other = local_id(second["mentions"][0]["id"], "Mention")
    no = await watch.fetchval("select max(no) from publication")
    await watch.execute(
        "insert into link_review (division, id, kind, score, reasons, mention, other, valid, known_from) select division, 77, 'BAND', 1, '[]', $1, $2, daterange(null, null), $3 from mention where id = $1 limit 1", key, other, no
    )
    count = "{ linkReviews(first: 100) { totalCount nodes { mention { id } other { id } } } }"
    clerk, lead = [(await ask(name, count))["data"]["linkReviews"] for name in ("education", "lead")]
    assert lead["totalCount"] == clerk["totalCount"] + 1
    assert hidden in str(lead) and hidden not in str(clerk)
    query = "query ($id: ID!) { node(id: $id) { __typename } nodeAt(id: $id) { __typename } }"
    assert (await ask("education", query, id=hidden))["data"] == {"node": None, "nodeAt": None}
    assert (await ask("lead", query, id=hidden))["data"]["nodeAt"] == {"__typename": "Mention"}
    refused = {"mentionId": hidden, "otherId": second["mentions"][0]["id"], "same": False, "by": "x", "reason": "x"}
    told = (await ask("education", DECIDE, input=refused))["data"]["decideLink"]
    never = (await ask("education", DECIDE, input=refused | {"mentionId": hidden[:-4] + ("AAA=" if not hidden.endswith("AAA=") else "BBB=")}))["data"]["decideLink"]
    assert told == {"__typename": "LinkRefused", "field": "mentionId", "reason": "there is no such mention"} and never["__typename"] == "LinkRefused"
    assert "justice." not in str(await ask("education", "{ children(first: 50) { nodes { mentions { provenance { source } } identity { links { role } } } } }"))
    await watch.close()


async def test_the_clerk_reviews_the_federations_rows_where_disability_is_in_sight(ask, database):
    """Placing pupils, not checking the register: there the row is not there."""
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    mention, other = [row["id"] for row in await watch.fetch("select id from mention where source = 'disabled_persons.certificate' order by id limit 2")]
    await watch.execute(
        "insert into link_review (division, id, kind, score, reasons, mention, other, valid, known_from) select division, 78, 'BAND', 1, '[]', $1, $2, daterange(null, null), 1 from mention where id = $1 limit 1", mention, other
    )
    await watch.close()
    query = "{ linkReviews(first: 100) { totalCount nodes { mention { id role } other { id } } } }"
    placing, checking, lead = [(await ask(name, query))["data"]["linkReviews"]["totalCount"] for name in ("placement", "education", "lead")]
    assert placing == checking + 1 and lead >= placing
    count = "{ children(first: 50) { nodes { mentions { id certificateNumber } } } }"
    assert any(one["certificateNumber"] for child in (await ask("placement", count))["data"]["children"]["nodes"] for one in child["mentions"])
    assert not any(one["certificateNumber"] for child in (await ask("education", count))["data"]["children"]["nodes"] for one in child["mentions"])


def test_a_source_that_tells_an_item_is_a_source_that_there_is():
    shipped = {f"{path.parent.name}.{path.stem}" for path in Path("connectors").glob("*/*.toml")}
    for item in read_catalogue().items.values():
        for source in item.sources:
            assert any(one.startswith(source) if source.endswith(".") else one == source for one in shipped), source


async def test_a_pair_for_review_and_other_mentions_are_no_one_pair(ask, database):
    first, second = (await ask("lead", PEOPLE))["data"]["children"]["nodes"]
    ids = [child["mentions"][0]["id"] for child in (first, second)]
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    await watch.execute(
        """insert into link_review (division, id, kind, score, reasons, mention, other, valid, known_from)
           select division, 77, 'BAND', 1, '[]', $1, $2, daterange(null, null), (select max(no) from publication) from mention where id = $1 limit 1""",
        *(local_id(id_, "Mention") for id_ in ids),
    )
    await watch.close()
    (review,) = [r["id"] for r in (await ask("lead", "{ linkReviews(first: 100) { nodes { id mention { id } } } }"))["data"]["linkReviews"]["nodes"] if r["mention"]["id"] == ids[0]]
    told = {"reviewId": review, "same": False, "by": "x", "reason": "核对了户口簿"}
    strangers = [mention["id"] for mention in first["mentions"][1:2]]
    refused = (await ask("lead", DECIDE, input={**told, "mentionId": ids[0], "otherId": strangers[0]}))["data"]["decideLink"]
    assert refused["field"] == "reviewId" and "other mentions" in refused["reason"]
    assert (await ask("lead", DECIDE, input={**told, "otherId": ids[0]}))["data"]["decideLink"]["__typename"] == "LinkDecided"
