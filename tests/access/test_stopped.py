"""Reading of too many stops: not one person more than may be in an hour, on both roads, until somebody else lets the account read on."""

import json

import asyncpg
import pytest

from hub.access import alarms
from hub.auditing import let_read
from hub.refusal import Refusal
from tests.flow import DIVISION

LOOK = "query ($n: Int!, $a: String) { children(first: $n, after: $a) { pageInfo { endCursor } nodes { id name } } }"
REQUESTS = '{ accessRequests(waiting: %s) { nodes { no kind askedBy role reason agreed } } }'
DECIDE = "mutation ($n: Int!, $a: Boolean!) { decideAccess(input: {no: $n, agreed: $a}) { __typename ... on AccessRefused { reason } } }"


@pytest.fixture
async def watch(database, ask, monkeypatch):
    monkeypatch.setattr(alarms, "STOP", 8)
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


async def stopped_at(ask, name: str = "lead") -> int:
    """Read page after page until it is stopped; how many people were told."""
    told, after = 0, None
    for _ in range(10):
        answer = await ask(name, LOOK, n=3, a=after)
        if "data" not in answer:
            assert "second person" in answer["errors"][0]["message"], answer
            return told
        page = answer["data"]["children"]
        told, after = told + len(page["nodes"]), page["pageInfo"]["endCursor"]
    raise AssertionError("it was never stopped")


async def test_it_stops_before_the_answer_that_would_be_too_much_and_only_what_is_personal(ask, watch):
    assert await stopped_at(ask) == 6  # the third page would have made nine
    entry = json.loads(await watch.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["who"] == "demo:lead" and entry["persons"] == [] and entry["stopped"] == 1
    assert "data" not in await ask("lead", "{ children(first: 1) { nodes { id } } }")  # the same people again neither
    assert "data" not in await ask("lead", "{ children(first: 1) { totalCount } }")
    assert (await ask("lead", "{ publication }"))["data"]["publication"] is not None
    assert (await ask("education", LOOK, n=3))["data"]["children"]["nodes"]  # nobody else is


async def test_the_same_people_again_are_nobody_more(ask, watch):
    for _ in range(5):
        assert len((await ask("lead", LOOK, n=8))["data"]["children"]["nodes"]) == 8
    assert "data" not in await ask("lead", LOOK, n=9)


COUNT = "query ($f: ChildFilter) { children(filter: $f) { totalCount } }"


async def test_asking_for_counts_by_name_stops_as_reading_does(ask, watch):
    """Whoever asks of one after another whether a parent is in prison reads nobody's name, and asks about everybody."""
    await watch.execute("update person_resolved set name = '第' || id || '人'")
    names = [row["name"] for row in await watch.fetch("select name from person_resolved group by name order by name limit 9")]
    for name in names[:8]:
        assert "data" in await ask("lead", COUNT, f={"nameContains": name, "parentInPrison": True})
    assert "data" not in await ask("lead", COUNT, f={"nameContains": names[8], "parentInPrison": True})
    assert (await watch.fetchval("select asked_by from access_request where kind = 'READING'")) == "demo:lead"


async def test_another_process_and_another_hour_keep_it_stopped(ask, watch):
    await stopped_at(ask)
    admission = ask.app.answering.admission
    admission.stopped, admission._asked, admission.watch = frozenset(), float("-inf"), alarms.Watch()  # as a process that has seen none of it
    assert "data" not in await ask("lead", LOOK, n=1)


async def test_what_was_read_before_a_process_began_counts(ask, watch):
    """A restart within the hour is no new hour: the audit knows of whom was read."""
    first = (await ask("lead", LOOK, n=6))["data"]["children"]
    ask.app.answering.admission.watch = alarms.Watch()
    assert len((await ask("lead", LOOK, n=6))["data"]["children"]["nodes"]) == 6  # the same are nobody more
    ask.app.answering.admission.watch = alarms.Watch()
    assert "data" not in await ask("lead", LOOK, n=3, a=first["pageInfo"]["endCursor"])


async def test_only_a_second_person_lets_it_read_on_and_the_count_begins_anew(ask, watch, served_again):
    await stopped_at(ask)
    [request] = (await ask("manager", REQUESTS % "true"))["data"]["accessRequests"]["nodes"]
    assert request | {"no": 1} == {"no": 1, "kind": "READING", "askedBy": "demo:lead", "role": "team.lead", "reason": "more than 8 people within an hour", "agreed": None}
    await watch.execute("update access_request set asked_at = now() - interval '100 hours'")  # it does not become void by waiting
    assert "data" not in await ask("lead", DECIDE, n=request["no"], a=True)
    assert (await ask("manager", DECIDE, n=request["no"], a=False))["data"]["decideAccess"]["__typename"] == "AccessStands"
    await served_again()
    assert "data" not in await ask("lead", LOOK, n=1)
    assert (await ask("manager", DECIDE, n=request["no"], a=True))["data"]["decideAccess"]["__typename"] == "AccessStands"
    await served_again()
    assert await stopped_at(ask) == 6  # and again after as many
    assert await watch.fetchval("select count(*) from access_request where kind = 'READING'") == 2


async def test_the_verb_releases_no_other_request_and_leaves_an_entry(ask, watch, database, served_again):
    from types import SimpleNamespace

    from hub.storage.database import Database

    await stopped_at(ask)
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    logins = Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})
    hub = SimpleNamespace(settings=database.settings(), connection=writer, division=DIVISION, database=logins)
    for no, by in ((2, "审核员"), (1, " "), (1, "demo:lead")):
        with pytest.raises(Refusal):
            await let_read(hub, no, by=by)
    assert await let_read(hub, 1, by="审核员") == "demo:lead"
    entry = json.loads(await watch.fetchval("select entry from audit_entry order by no desc limit 1"))
    assert entry["operation"] == "hub access release" and entry["request"] == 1
    await served_again()
    assert (await ask("lead", LOOK, n=3))["data"]["children"]["nodes"]
    await writer.close()
