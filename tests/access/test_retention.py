"""Retention (G.10): by the day and not before, said first, recorded, and the audit's chain stays whole."""

import os
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from types import SimpleNamespace

import asyncpg
import orjson
import pytest

from hub import retention
from hub.access.sealing import Keys
from hub.auditing import record, verify_audit
from hub.retention import Removed, keep, years_before
from hub.steps.pull import RawStore
from hub.storage.database import Database
from tests.flow import DIVISION

TODAY = date(2026, 10, 20)


@pytest.fixture
async def opened(database):
    """A copy of the small city, opened as a verb opens it, on any day."""
    settings = database.settings(HUB_BUSINESS_DATE=str(TODAY))
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    keys = Keys.load_or_make(settings.key_file)
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}

    @asynccontextmanager
    async def on(day: date = TODAY):
        yield SimpleNamespace(
            settings=settings, connection=connection, division=DIVISION, keys=keys, database=Database(None, logins), today=lambda: day, raw=RawStore(settings.home / "raw", keys)
        )

    yield on
    await connection.close()


async def test_a_file_as_received_is_kept_for_180_days(opened, tmp_path):
    async with opened() as hub:
        digest = hub.raw.keep(b"x")
        [path] = [one for one in hub.raw.folder.iterdir() if digest in one.name]
        for days, gone in ((180, 0), (181, 1)):
            at = datetime.combine(TODAY - timedelta(days), datetime.min.time()).timestamp() + 43200
            os.utime(path, (at, at))
            assert (await keep(hub, by="甲", dry_run=True)).files == gone and path.exists()
        assert (await keep(hub, by="甲", dry_run=False)).files == 1 and not path.exists()
        entry = orjson.loads(await _as_auditor(hub, "select entry from audit_entry order by no desc limit 1"))
        assert entry["operation"] == "hub keep" and entry["by"] == "甲" and entry["received_files"] == 1


@pytest.mark.parametrize(
    ("state", "received", "gone"),
    [
        ("DROPPED", TODAY - timedelta(30), 0), ("DROPPED", TODAY - timedelta(31), 1), ("REPLAYED", TODAY - timedelta(31), 1),
        ("OPEN", TODAY - timedelta(31), 0), ("OPEN", date(2025, 9, 1), 0), ("OPEN", date(2025, 8, 31), 1), ("REPAIRED", date(2025, 8, 31), 1),
    ],
)  # fmt: skip
async def test_a_row_of_the_quarantine_is_kept_thirty_days_after_its_decision_or_two_school_years(opened, state, received, gone):
    async with opened() as hub:
        await hub.connection.execute("delete from quarantine")
        await hub.connection.execute(
            "insert into quarantine (division, delivery, sheet, row, source, payload, problems, state, publication) select division, id, '', 1, source, '{}', '[]', $1, 1 from delivery limit 1", state
        )
        await hub.connection.execute("update delivery set received_at = $1::date + interval '12 hours'", received)
        before = await hub.connection.fetchval("select max(no) from publication")
        assert (await keep(hub, by="甲", dry_run=True)).quarantined == gone
        assert await hub.connection.fetchval("select count(*) from quarantine") == 1
        assert (await keep(hub, by="甲", dry_run=False)).quarantined == gone
        assert await hub.connection.fetchval("select count(*) from quarantine") == 1 - gone
        assert await hub.connection.fetchval("select max(no) from publication") == before + gone
        assert await keep(hub, by="甲", dry_run=False) == Removed(0, 0, 0, 0, 0)


async def test_who_is_long_past_school_on_no_list_and_in_no_case_is_forgotten(opened, monkeypatch):
    async with opened() as hub:
        run, fetch = hub.connection.execute, hub.connection.fetchval
        person = await fetch("select p.id from person_resolved p join vault v on v.blind = p.number_blind where not exists (select from finding f where f.person = p.id) order by p.id limit 1")
        limit, since = years_before(TODAY, 22), years_before(TODAY, 5)

        async def due() -> int:
            return (await keep(hub, by="甲", dry_run=True)).people

        await run("update person_resolved set born_to = $1 where id = $2", limit - timedelta(1), person)
        assert await due() == 0  # a list names the person to this day
        await run("update mention set valid = daterange('2000-01-01', $1) where id in (select id from identity where person = $2)", since, person)
        assert await due() == 1
        await run("update mention set valid = daterange('2000-01-01', $1) where id in (select id from identity where person = $2)", since + timedelta(1), person)
        assert await due() == 0
        await run("update mention set valid = daterange('2000-01-01', $1) where id in (select id from identity where person = $2)", since, person)
        await run("update person_resolved set born_to = $1 where id = $2", limit, person)
        assert await due() == 0  # twenty-two, and not a day more
        await run("update person_resolved set born_to = $1 where id = $2", limit - timedelta(1), person)
        [other] = await hub.connection.fetch("select id, person from finding where person is not null limit 1")
        await run("update finding set person = $1, concluded_on = null where id = $2", person, other["id"])
        assert await due() == 0  # a case is open
        await run("update finding set concluded_on = $1 where id = $2", since, other["id"])
        assert await due() == 1
        before = await fetch("select count(*) from vault")
        would = await keep(hub, by="甲", dry_run=True)
        assert await fetch("select count(*) from vault") == before
        done = await keep(hub, by="甲", dry_run=False)
        assert done == would and done.numbers > 0 and await fetch("select count(*) from vault") == before - done.numbers
        assert await due() == 0
        assert not await fetch("select exists (select from person_resolved where id = $1)", person)
        assert str(person) in await _as_auditor(hub, "select entry from audit_entry order by no desc limit 1")
        await record(hub, "test")
        verdict = await verify_audit(hub)
        assert verdict.good and verdict.entries >= 3


async def _as_auditor(hub, statement: str):
    connection = await hub.database.connect("auditor")
    try:
        return await connection.fetchval(statement)
    finally:
        await connection.close()


def test_years_before_a_leap_day():
    assert years_before(date(2028, 2, 29), 5) == date(2023, 2, 28) and years_before(TODAY, 5) == date(2021, 10, 20)
    assert retention.SCHOOL_YEARS == 2
