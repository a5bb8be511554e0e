"""What needs a second person: a number opens for ten minutes and only so often, a glass is broken for half an hour and looked at."""

import json
from types import SimpleNamespace

import asyncpg
import pytest

from hub.access import requests
from hub.auditing import looked
from hub.query.cursors import global_id, local_id
from hub.storage.database import Database
from tests.access.people import TOWNSHIP
from tests.flow import DIVISION

ASK = "mutation ($p: ID!, $w: Identifier!, $r: String!, $f: ID) { askAccess(input: {personId: $p, what: $w, reason: $r, findingId: $f}) { __typename ... on AccessStands { no endsAt } ... on AccessRefused { field reason } } }"
DECIDE = "mutation ($n: Int!, $a: Boolean!) { decideAccess(input: {no: $n, agreed: $a}) { __typename ... on AccessStands { no endsAt } ... on AccessRefused { field reason } } }"
OPENED = "{ __typename ... on IdentifierRevealed { value until } ... on AccessRefused { field reason } ... on AccessTooOften { reason seconds } }"
REVEAL = f"mutation ($p: ID!, $w: Identifier!, $n: Int, $f: ID) {{ revealIdentifier(input: {{personId: $p, what: $w, requestNo: $n, findingId: $f}}) {OPENED} }}"
GLASS = "mutation ($p: ID!, $r: String!) { breakGlass(input: {personId: $p, reason: $r}) { __typename ... on AccessStands { no endsAt } ... on AccessRefused { field reason } } }"


@pytest.fixture
async def watch(database, ask):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


async def child(ask, name: str = "lead", fields: str = "number phone") -> dict:
    return (await ask(name, "{ children(first: 20, filter: {enrolled: true}) { nodes { id %s } } }" % fields))["data"]["children"]["nodes"][1]  # noqa: UP031


async def agreed(ask, person: str, what: str = "NUMBER") -> int:
    asked = (await ask("education", ASK, p=person, w=what, r="核对学籍重号"))["data"]["askAccess"]
    assert asked["__typename"] == "AccessStands" and asked["endsAt"] is None, asked
    told = (await ask("manager", DECIDE, n=asked["no"], a=True))["data"]["decideAccess"]
    assert told["endsAt"] is not None, told
    return asked["no"]


async def test_a_number_opens_by_a_second_persons_agreement_and_the_audit_has_it(ask, watch):
    person = await child(ask)
    before = (await ask("education", REVEAL, p=person["id"], w="NUMBER"))["data"]["revealIdentifier"]
    assert before["field"] == "requestNo"
    no = await agreed(ask, person["id"])
    told = (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]
    assert len(told["value"]) == 18 and told["value"][:4] == person["number"][:4] and told["value"][-3:] == person["number"][-3:]
    entry = json.loads(await watch.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["opened"] == "NUMBER" and entry["request"] == no and entry["persons"] == [local_id(person["id"], "Person")]
    assert told["value"] not in json.dumps([dict(row) for row in await watch.fetch("select entry, persons from audit_entry")], default=str)
    assert await watch.fetchval("select count(*) from access_use") == 1


async def test_it_opens_nothing_else_nobody_else_and_not_for_longer(ask, watch):
    person, other = (await ask("education", "{ children(first: 2, filter: {enrolled: true}) { nodes { id } } }"))["data"]["children"]["nodes"]
    no = await agreed(ask, person["id"])

    async def refused(name: str = "education", **changed) -> dict:
        return (await ask(name, REVEAL, **{"p": person["id"], "w": "NUMBER", "n": no, **changed}))["data"]["revealIdentifier"]

    assert (await refused(p=other["id"]))["field"] == "requestNo"
    assert (await refused(w="PHONE"))["field"] == "requestNo"
    assert (await refused(w="CERTIFICATE_NUMBER"))["field"] == "what"  # its mask is not granted for this purpose
    assert (await refused(name="lead"))["field"] == "requestNo"
    assert (await refused(n=no + 1))["field"] == "requestNo"
    assert (await refused(p=global_id("Person", 5)))["field"] == "personId"
    assert "data" not in await ask("school", REVEAL, p=person["id"], w="NUMBER", n=no)
    await watch.execute("update access_request set ends_at = now() + interval '1 second' where no = $1", no)
    assert "value" in await refused()
    await watch.execute("update access_request set ends_at = now() - interval '1 second' where no = $1", no)
    assert (await refused())["field"] == "requestNo"


async def test_one_in_an_operation_and_so_many_in_an_hour(ask, watch):
    person = await child(ask)
    no = await agreed(ask, person["id"])
    twice = "mutation ($p: ID!, $n: Int) { a: revealIdentifier(input: {personId: $p, what: NUMBER, requestNo: $n}) %s b: revealIdentifier(input: {personId: $p, what: NUMBER, requestNo: $n}) %s }" % (OPENED, OPENED)  # noqa: UP031
    told = (await ask("education", twice, p=person["id"], n=no))["data"]
    assert "value" in told["a"] and told["b"]["reason"] == "one number in one operation"
    for _ in range(requests.OPENED_AN_HOUR - 1):
        assert "value" in (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]
    often = (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]
    assert often["__typename"] == "AccessTooOften" and 3500 < often["seconds"] <= 3600
    await watch.execute("update access_use set at = at - interval '59 minutes'")
    assert (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]["__typename"] == "AccessTooOften"
    await watch.execute("update access_use set at = at - interval '1 minute'")
    assert "value" in (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]


async def test_whoever_asks_does_not_decide_and_nobody_decides_twice(ask, watch):
    person = await child(ask)
    asked = (await ask("education", ASK, p=person["id"], w="NUMBER", r="核对"))["data"]["askAccess"]["no"]
    await watch.execute("update access_request set asked_by = 'demo:manager' where no = $1", asked)
    assert (await ask("manager", DECIDE, n=asked, a=True))["data"]["decideAccess"]["reason"].startswith("whoever asks does not decide")
    with pytest.raises(asyncpg.CheckViolationError):
        await watch.execute("update access_request set decided_by = asked_by where no = $1", asked)
    await watch.execute("update access_request set asked_by = 'demo:education' where no = $1", asked)
    assert "data" not in await ask("education", DECIDE, n=asked, a=True)
    assert (await ask("manager", DECIDE, n=asked, a=False))["data"]["decideAccess"]["endsAt"] is None
    assert (await ask("manager", DECIDE, n=asked, a=True))["data"]["decideAccess"]["reason"] == "it is decided already"
    assert (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=asked))["data"]["revealIdentifier"]["field"] == "requestNo"
    listed = (await ask("manager", "{ accessRequests { totalCount nodes { no kind askedBy agreed reason } } }"))["data"]["accessRequests"]
    assert listed["nodes"] == [{"no": asked, "kind": "NUMBER", "askedBy": "demo:education", "agreed": False, "reason": "核对"}]


async def test_a_request_that_nobody_decides_is_void_and_reasons_hold_no_numbers(ask, watch):
    person = await child(ask)
    assert (await ask("education", ASK, p=person["id"], w="NUMBER", r="电话13900000000"))["data"]["askAccess"]["field"] == "reason"
    assert (await ask("education", ASK, p=person["id"], w="NUMBER", r=" "))["data"]["askAccess"]["field"] == "reason"
    asked = (await ask("education", ASK, p=person["id"], w="NUMBER", r="核对"))["data"]["askAccess"]["no"]
    await watch.execute("update access_request set asked_at = now() - make_interval(hours => $2) where no = $1", asked, requests.ASKED_HOURS)
    assert "anew" in (await ask("manager", DECIDE, n=asked, a=True))["data"]["decideAccess"]["reason"]


async def test_a_telephone_opens_by_an_open_case_in_sight(ask, watch):
    found = (await ask("lead", "{ findings(first: 50) { nodes { id person { id } } } }"))["data"]["findings"]["nodes"][0]
    other = await child(ask)
    key = local_id(found["person"]["id"], "Person")
    told = (await ask("lead", REVEAL, p=found["person"]["id"], w="PHONE", f=found["id"]))["data"]["revealIdentifier"]
    assert told.get("value") or told["reason"] == "the hub has no such number of this person, or it was erased"
    assert (await ask("lead", REVEAL, p=other["id"], w="PHONE", f=found["id"]))["data"]["revealIdentifier"]["field"] == "findingId"
    assert (await ask("lead", REVEAL, p=found["person"]["id"], w="NUMBER", f=found["id"]))["data"]["revealIdentifier"]["field"] == "requestNo"
    await watch.execute("update finding set status = '销号' where person = $1", key)
    assert (await ask("lead", REVEAL, p=found["person"]["id"], w="PHONE", f=found["id"]))["data"]["revealIdentifier"]["field"] == "findingId"


async def test_a_glass_opens_one_person_at_once_and_the_second_person_ends_it(ask, watch):
    """An inspector sees nobody of another township; through the glass that one child, with the rights of the role and no more."""
    person = (await ask("lead", '{ children(first: 50) { nodes { id township } } }'))["data"]["children"]["nodes"]
    outside, another = [one for one in person if one["township"] != TOWNSHIP][:2]
    look = "query ($id: ID!) { person(id: $id) { id name enrolments { id } } children(first: 100) { totalCount nodes { id } } }"
    before = (await ask("township", look, id=outside["id"]))["data"]
    assert before["person"] is None
    told = (await ask("township", GLASS, p=outside["id"], r="孩子夜里走失，急需联系学校"))["data"]["breakGlass"]
    assert told["__typename"] == "AccessStands" and told["endsAt"]
    after = (await ask("township", look, id=outside["id"]))["data"]
    assert after["person"]["id"] == outside["id"] and after["children"]["totalCount"] == before["children"]["totalCount"] + 1
    assert (await ask("township", look, id=another["id"]))["data"]["person"] is None
    assert "data" not in await ask("township", "query ($id: ID!) { person(id: $id) { custodies { facility } } }", id=outside["id"])
    entry = json.loads(await watch.fetchval("select entry from audit_entry order by no desc limit 1"))
    marked = json.loads(await watch.fetchval("select entry from audit_entry where entry like '%\"glass\":%' order by no desc limit 1"))
    assert marked["glass"] == [told["no"]] and entry["who"] == "demo:township"
    assert (await ask("township", GLASS, p=outside["id"], r="再看一次，还没找到"))["data"]["breakGlass"]["field"] == "personId"
    waiting = (await ask("manager", "{ accessRequests(waiting: true) { nodes { no kind reason } } }"))["data"]["accessRequests"]["nodes"]
    assert waiting == [{"no": told["no"], "kind": "GLASS", "reason": "孩子夜里走失，急需联系学校"}]
    assert (await ask("manager", DECIDE, n=told["no"], a=False))["data"]["decideAccess"]["__typename"] == "AccessStands"
    assert (await ask("township", look, id=outside["id"]))["data"] == before


async def test_a_glass_ends_by_itself_and_nobody_breaks_many(ask, watch, served_again):
    people = (await ask("lead", "{ children(first: 50) { nodes { id township } } }"))["data"]["children"]["nodes"]
    outside = [one for one in people if one["township"] != TOWNSHIP]
    look = "query ($id: ID!) { person(id: $id) { id } }"
    for one in outside[: requests.GLASS_A_DAY]:
        assert (await ask("township", GLASS, p=one["id"], r="紧急情况一二三"))["data"]["breakGlass"]["__typename"] == "AccessStands"
    assert "no more" in (await ask("township", GLASS, p=outside[requests.GLASS_A_DAY]["id"], r="紧急情况一二三"))["data"]["breakGlass"]["reason"]
    await watch.execute(f"update access_request set ends_at = ends_at - interval '{requests.GLASS_MINUTES} minutes'")
    await served_again()
    assert (await ask("township", look, id=outside[0]["id"]))["data"]["person"] is None
    assert (await ask("township", GLASS, p=outside[0]["id"], r="短"))["data"]["breakGlass"]["field"] == "reason"


async def test_no_token_may_bring_what_the_hub_puts_beside_a_care():
    from hub.access.tokens import _viewer
    from hub.access.viewer import Kind, NotAdmitted

    for care in ("person/1", "seen/210281001", "department/justice"):
        with pytest.raises(NotAdmitted):
            _viewer("x", Kind.PERSON, {"hub_department": "township", "hub_role": "township.inspector", "hub_care": [care]}, 1)


async def test_the_familys_page_has_a_request_once_and_says_whether_the_number_was_opened(ask, watch, database, tmp_path):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
    hub = SimpleNamespace(settings=database.settings(), connection=connection, division=DIVISION, database=Database(None, logins))
    person = await child(ask)
    before = await looked(hub, local_id(person["id"], "Person"), tmp_path / "page.html", by="审计科")
    no = await agreed(ask, person["id"])
    refused = (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no + 1))["data"]["revealIdentifier"]
    assert refused["__typename"] == "AccessRefused"
    asked = await looked(hub, local_id(person["id"], "Person"), tmp_path / "page.html", by="审计科")
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert asked == before + 3 and "未打开" in page and "逐个查看" not in page  # asked, refused, and the page before
    assert "value" in (await ask("education", REVEAL, p=person["id"], w="NUMBER", n=no))["data"]["revealIdentifier"]
    assert await looked(hub, local_id(person["id"], "Person"), tmp_path / "page.html", by="审计科") == asked + 2
    assert "完整号码（逐个查看）" in (tmp_path / "page.html").read_text(encoding="utf-8")
    await watch.execute("delete from audit_entry where no = (select max(no) from audit_entry where not (entry::jsonb ? 'begins') and entry::jsonb ? 'act')")
    assert await looked(hub, local_id(person["id"], "Person"), tmp_path / "page.html", by="审计科") == asked + 3  # what was begun and never told is there
    await connection.close()
