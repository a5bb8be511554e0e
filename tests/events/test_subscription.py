"""The subscription to findings: what a viewer may see and nothing else, in the audit before it leaves, and over when the rights are."""

import asyncio
import time
from datetime import date, timedelta

import asyncpg
import orjson
import pytest

from hub.access.accounts import write_accounts
from hub.access.blocks import block
from hub.answering import Request
from hub.casework.conclusions import record_conclusion
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.web import create_app
from schema.events import AT_ONCE
from tests.access.people import EVERYBODY, TOWNSHIP
from tests.flow import DIVISION
from tests.rules.city import ON, City

ASKED = "subscription ($a: Int, $n: Int) { findings(after: $a, first: $n) { id kind publication findingId rule township status dueOn } }"


@pytest.fixture
async def city(database):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, "unenrolled_disabled")
    await made.deliver()
    yield made
    await connection.close()


@pytest.fixture
async def listen(database):
    """The answers of a subscription as an account."""
    made = write_accounts(database.home, EVERYBODY)
    settings = database.settings(HUB_BUSINESS_DATE=ON.isoformat(), HUB_WITHOUT_TOKEN="refused")
    answering = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})).answering

    async def listening(name: str, **variables: int):
        asking = await answering.admission.admit(f"Bearer {made.token(name)}", made.named(name).purpose)
        async for answer in answering.events(Request(ASKED, variables, asking=asking)):
            yield orjson.loads(answer.body)

    listening.answering = answering
    yield listening
    await answering.close()


async def told(listen, name: str, answers: int = 1, after: int = 0) -> list[dict]:
    async with asyncio.timeout(20):
        return [one for body in [body async for body in listen(name, a=after, n=answers)] for one in body["data"]["findings"]]


async def test_new_changed_contradicted_and_overdue_as_the_outbox_has_them(city, listen, database):
    child = await city.child()
    finding = await city.one()
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        await record_conclusion(publication, finding=finding["id"], code="15", by="甲", department="education", note=None, document=None)
    await city.check(finding["due_on"] + timedelta(days=1))
    await city.fact("enrolment", child, source="education.student_register", school=None, state="在读", grade=3)
    await city.check(finding["due_on"] + timedelta(days=1))
    events = [one for one in await told(listen, "lead", 4) if one["rule"] == "unenrolled_disabled"]
    assert [(one["kind"], one["status"]) for one in events] == [("NEW", "待核查"), ("CHANGED", "属实"), ("OVERDUE", "属实"), ("CONTRADICTED", "属实")]
    assert len({one["findingId"] for one in events}) == 1 and events[0]["dueOn"] == finding["due_on"].isoformat()
    rows = await city.connection.fetch("select entry from audit_entry order by no")
    entries = [orjson.loads(row["entry"]) for row in rows]
    assert len(entries) == 4 and all(str(child) in str(entry) and "FindingEvent.kind" in str(entry) for entry in entries)


async def test_it_comes_at_the_commit(city, listen):
    await city.child()
    hearing = listen("lead")
    first = asyncio.ensure_future(anext(hearing))
    await asyncio.sleep(0.5)
    await city.check()
    body = await asyncio.wait_for(first, 5)
    assert {one["publication"] for one in body["data"]["findings"]} == {1}
    await hearing.aclose()


async def test_a_large_publication_comes_a_hundred_at_a_time_and_whole(city, listen):
    for nth in range(AT_ONCE):
        await city.registered(date(2014, 1, 1 + nth % 28))
    await city.child()
    await city.check()
    count = await city.connection.fetchval("select count(*) from finding_event")
    assert count > AT_ONCE
    events = await told(listen, "lead", -(-count // AT_ONCE))
    assert len({one["id"] for one in events}) == len(events) == count


@pytest.mark.parametrize("name", ["township", "lead", "member", "school", "village", "leader"])
async def test_each_sees_what_is_theirs(city, listen, name):
    """Three events: of the township, of another one, and one that tells of custody in the township."""
    writer = city.connection
    rows = [(1, TOWNSHIP, ""), (2, "210281002", ""), (3, TOWNSHIP, "custody")]
    async with publishing(writer, division=DIVISION, kind="check", by="t", business_date=ON):
        for finding, township, reveals in rows:
            await writer.execute(
                "insert into finding_event values ($1, 1, $2, 'NEW', 'unenrolled_disabled', $3, $4, '待核查', $5, $6)", DIVISION, finding, finding, township, ON, reveals
            )
    seen = {"township": 1, "lead": 3, "member": 3, "village": None, "school": None, "leader": None}[name]
    hearing = listen(name, a=0)
    body = await asyncio.wait_for(anext(hearing), 5)
    await hearing.aclose()
    if seen is None:
        assert "errors" in body and "data" not in body
    else:
        assert len(body["data"]["findings"]) == seen, body


async def test_it_ends_within_five_seconds_of_the_rights(city, listen):
    await city.child()
    await city.check()
    hearing = listen("lead", a=0)
    assert (await anext(hearing))["data"]["findings"]
    await block(city.connection, DIVISION, "demo:lead", by="security", reason="test")
    began = time.monotonic()
    assert await anext(hearing, None) is None and time.monotonic() - began < 5


async def test_no_audit_no_event(city, listen, monkeypatch):
    await city.child()
    await city.check()

    async def down(entry):
        from hub.access.audit import AuditDown

        raise AuditDown

    monkeypatch.setattr(listen.answering.audit, "write", down)
    hearing = listen("lead", a=0)
    body = await anext(hearing)
    assert "audit" in body["errors"][0]["message"] and "data" not in body
    assert await anext(hearing, None) is None
