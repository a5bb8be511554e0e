"""Alarms for the auditor: at night, of many, of numbers and glasses; the log has a line that names nobody."""

import json
import logging
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import asyncpg
import pytest

from hub.access.alarms import AGAIN, MANY, Watch, is_night
from hub.auditing import looked
from hub.query.cursors import local_id
from hub.refusal import Refusal
from hub.storage.database import Database
from tests.flow import DIVISION

ASK = "{ accessAlarms(first: 50) { totalCount nodes { kind who role hour people answers } } }"


@pytest.mark.parametrize(
    ("hour", "minute", "night"),
    [(13, 59, False), (14, 0, True), (21, 59, True), (22, 0, False), (4, 0, False)],  # of the day in UTC: 22:00 to 6:00 in China
)
def test_night_is_chinas(hour, minute, night):
    assert is_night(datetime(2026, 10, 20, hour, minute, tzinfo=UTC)) is night


def test_the_log_says_once_an_hour_that_there_is_an_alarm_and_names_nobody(caplog):
    watch, noon = Watch(), datetime(2026, 10, 20, 4, tzinfo=UTC)
    with caplog.at_level(logging.WARNING, "hub.access"):
        assert watch.note("demo:a", "team.lead", {str(n) for n in range(MANY)}, noon) == []
        assert watch.note("demo:a", "team.lead", {"0"}, noon) == []  # the same again is nobody more
        assert watch.note("demo:b", "team.lead", {"x"}, noon) == []
        assert watch.note("demo:a", "team.lead", {str(MANY)}, noon) == ["MANY"]
        assert watch.note("demo:a", "team.lead", {"more"}, noon) == []
        assert watch.note("demo:a", "team.lead", {"one"}, noon + timedelta(hours=1)) == []
        assert watch.note("demo:a", "team.lead", {"one"}, noon + timedelta(hours=11)) == ["NIGHT"]
        assert watch.note("demo:a", "team.lead", set(), noon + timedelta(hours=12)) == []  # of nobody
    assert len(caplog.messages) == 2 and not any("demo:a" in one for one in caplog.messages)


async def test_the_auditor_is_told_which_account_and_hour(ask, database):
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    no = 1000

    async def entry(who: str, at: datetime, persons: list[int], **more) -> None:
        nonlocal no
        no += 1
        told = json.dumps({"who": who, "role": "team.lead", **more})
        await admin.execute("insert into audit_entry (division, no, at, entry, persons, leaf, chain) values ($1, $2, $3, $4, $5, '', '')", DIVISION, no, at, told, persons)

    noon, night = datetime(2026, 10, 20, 4, 10, tzinfo=UTC), datetime(2026, 10, 20, 14, 0, tzinfo=UTC)
    await entry("many", noon, list(range(MANY)))
    await entry("many", noon + timedelta(minutes=40), [1, MANY])  # one more than may be
    await entry("few", noon, list(range(MANY)))
    await entry("few", noon + timedelta(minutes=50), [MANY])  # in the next hour
    await entry("late", night, [1])
    await entry("late of nobody", night, [])
    await entry("early", datetime(2026, 10, 20, 21, 59, 59, tzinfo=UTC), [1, 2])
    await entry("morning", datetime(2026, 10, 20, 22, 0, tzinfo=UTC), [1])
    await entry("opens", noon, [7], opened="NUMBER")
    await entry("breaks", noon, [8], glass_broken=3)
    told = (await ask("auditor", ASK))["data"]["accessAlarms"]
    found = {(one["kind"], one["who"], one["people"], one["answers"]) for one in told["nodes"] if not one["who"].startswith("demo:")}
    assert found == {("MANY", "many", MANY + 1, 2), ("NIGHT", "late", 1, 1), ("NIGHT", "early", 2, 1), ("NUMBER", "opens", 1, 1), ("GLASS", "breaks", 1, 1)}
    assert "data" not in await ask("lead", ASK)
    writer = ask.app.answering.audit
    for now, hours in ((noon + timedelta(minutes=50), 0), (noon + timedelta(minutes=50, seconds=59), 0), (noon + timedelta(minutes=51), 1), (noon + timedelta(hours=9), 2)):
        await writer._count_hours(now)  # an hour is counted once, a minute after its end
        assert await admin.fetchval("select count(distinct hour) from audit_hour") == hours
        counted = (await ask("auditor", ASK))["data"]["accessAlarms"]
        assert [one for one in counted["nodes"] if not one["who"].startswith("demo:")] == [one for one in told["nodes"] if not one["who"].startswith("demo:")]
    await admin.execute("delete from audit_entry where no > 1000 and at < $1", noon + timedelta(minutes=45))
    assert "many" in [one["who"] for one in (await ask("auditor", ASK))["data"]["accessAlarms"]["nodes"]]  # what is counted is not looked through again
    pages = (await ask("auditor", "{ accessAlarms(first: 2) { pageInfo { endCursor } nodes { who } } }"))["data"]["accessAlarms"]
    more = (await ask("auditor", 'query ($c: String) { accessAlarms(first: 50, after: $c) { nodes { who } } }', c=pages["pageInfo"]["endCursor"]))["data"]["accessAlarms"]
    assert [one["who"] for one in (pages["nodes"] + more["nodes"])] == [one["who"] for one in told["nodes"]]
    await admin.close()


async def test_the_family_is_given_a_page_that_names_offices_and_no_account(ask, database, tmp_path):
    """Every look under any id the child ever had; nothing of what was seen; that it was made is on it too. Who reads it need not know of a parent in prison (G.8)."""
    settings = database.settings(HUB_BUSINESS_DATE="2026-10-20")
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
    hub = SimpleNamespace(settings=settings, connection=connection, division=DIVISION, database=Database(None, logins))
    [child] = (await ask("lead", "{ children(first: 1) { nodes { id name custodies { facility } } } }"))["data"]["children"]["nodes"]
    key = local_id(child["id"], "Person")
    assert await looked(hub, key, tmp_path / "page.html", by="审计科") == 2
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "联合核查组长" in page and "联合核查" in page and "其他受限信息项" in page and "个人信息保护法" in page
    assert child["name"] not in page and "demo:lead" not in page and page.count("<tr>") == 3
    assert (await ask("justice", "{ children(first: 20) { nodes { id name custodies { facility } } } }"))["data"]["children"]["nodes"]
    told = json.dumps({"who": "demo:justice", "role": "justice.officer", "purpose": "custody_care", "fields": ["Custody.facility", "Child.name"]})
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    of_before = json.dumps({"who": "demo:lead", "role": "x", "purpose": "<script>1</script>", "fields": []})  # a purpose that the catalogue no longer has
    for no, entry in ((999, told), (1000, of_before)):
        await admin.execute("insert into audit_entry (division, no, at, entry, persons, leaf, chain) values ($1, $2, now(), $3, $4, '', '')", DIVISION, no, entry, [key])
    await admin.close()
    assert await looked(hub, key, tmp_path / "page.html", by="审计科") == 6
    page = (tmp_path / "page.html").read_text(encoding="utf-8")
    assert "<script" not in page and "&lt;script&gt;1" in page
    assert "有关部门工作人员" in page and "儿童关爱保护" in page and not any(word in page for word in ("服刑", "羁押", "司法"))
    with pytest.raises(Refusal):
        await looked(hub, 5, tmp_path / "other.html", by="审计科")
    await connection.close()


def test_a_process_looks_anew_what_an_account_has_read_in_others_after_so_many_people():
    watch, at = Watch(), datetime(2026, 11, 24, 3, tzinfo=UTC)
    assert not watch.knows("lead", at)
    watch.looked("lead", "team.lead", ["1", "2"], at)
    watch.note("lead", "team.lead", [str(n) for n in range(1, AGAIN + 2)], at)
    assert watch.knows("lead", at)
    watch.note("lead", "team.lead", [str(AGAIN + 2)], at)
    assert not watch.knows("lead", at) and not watch.knows("lead", at + timedelta(hours=1))
