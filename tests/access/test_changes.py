"""What a change may keep, and what a refused one leaves: nothing, and nobody is told of it."""

import asyncpg
import pytest

from hub.access.blocks import NotBlocked, meant
from hub.query.aiming import MOST_TEXT

ASK = "mutation ($p: ID!, $r: String!) { askAccess(input: {personId: $p, what: NUMBER, reason: $r}) { __typename } }"
CONCLUDE = "mutation ($i: ConcludeFindingInput!) { concludeFinding(input: $i) { __typename ... on ConclusionRefused { field } } }"


@pytest.fixture
async def admin(database):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


@pytest.mark.parametrize("text, says", [
    ("理" * (MOST_TEXT + 1), "characters at most"), ("\u200b", "nothing to see"), ("\u202e\u2066 \ufeff", "nothing to see"), ("\u3164\u2800", "nothing to see"),
])  # fmt: skip
async def test_a_text_without_an_end_or_with_nothing_to_see_is_not_kept(ask, admin, text, says):
    [child] = (await ask("lead", "{ children(first: 1) { nodes { id } } }"))["data"]["children"]["nodes"]
    told = await ask("education", ASK, p=child["id"], r=text)
    assert "data" not in told and "reason: " in told["errors"][0]["message"] and says in told["errors"][0]["message"], told
    literal = ASK.replace(", $r: String!", "").replace("$r", f'"{text}"')
    assert says in (await ask("education", literal, p=child["id"]))["errors"][0]["message"]
    assert await admin.fetchval("select count(*) from access_request") == 0
    for good in ("理" * MOST_TEXT, "پاراز\u200cي", "👩\u200d👦 家访"):
        assert (await ask("education", ASK, p=child["id"], r=good))["data"]["askAccess"]["__typename"] == "AccessStands"


async def test_a_refused_conclusion_publishes_nothing(ask, admin):
    [finding] = (await ask("lead", "{ findings(first: 1) { nodes { id } } }"))["data"]["findings"]["nodes"]
    department = ask.app.answering.admission.accounts.named("lead").department
    before = await admin.fetchval("select max(no) from publication")
    for changed, field in (({"code": "77"}, "code"), ({"code": "04"}, "document"), ({"code": "99", "note": "x"}, "code"), ({"department": "justice"}, "department"), ({"findingId": "x"}, "findingId")):
        told = await ask("lead", CONCLUDE, i={"findingId": finding["id"], "code": "15", "by": "a", "department": department} | changed)
        assert told["data"]["concludeFinding"] == {"__typename": "ConclusionRefused", "field": field}
    assert await admin.fetchval("select max(no) from publication") == before


def test_nobody_is_blocked_by_a_name_that_no_account_has():
    known = {"demo:planner", "demo:lead", "service:labour", "zhang"}
    assert meant("demo:planner", known) == "demo:planner"
    with pytest.raises(NotBlocked, match="perhaps demo:planner is meant"):
        meant("planner", known)
    with pytest.raises(NotBlocked, match="perhaps service:labour is meant"):
        meant("service:labor", known)
    with pytest.raises(NotBlocked, match="there are demo:lead, demo:planner, service:labour, zhang"):
        meant("王", known)
