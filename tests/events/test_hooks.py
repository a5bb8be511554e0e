"""Web-hooks against a server that misbehaves: signed, at least once, in order, and none lost over a restart."""

import asyncio
import json
import os
import signal
import socket
import threading
import time
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncpg
import pytest

from hub.casework.conclusions import record_conclusion
from hub.events import hooks
from hub.events.hooks import AT_ONCE, Hook, _goes_safely, digest, read_hooks, send, signature
from hub.refusal import Refusal
from hub.rules import RULES
from hub.storage.outbox import event_id
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.processes import run_alone
from tests.rules.city import ON, City

DAY = timedelta(days=1)
SECRET = b"a secret of thirty-two characters"


class Office(ThreadingHTTPServer):
    """A department's server: does what it is told for its next requests, and keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.will: list[object] = []
        self.got: list[dict] = []
        self.digests: list[dict] = []
        self.signed: list[bool] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def hook(self) -> Hook:
        return Hook("education", f"http://127.0.0.1:{self.server_port}/x", SECRET)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        will = self.server.will.pop(0) if self.server.will else 200
        if will == "drip":
            for _ in range(50):
                try:
                    self.wfile.write(b"x")
                except OSError:
                    return
                time.sleep(0.05)
            return
        if will == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.server.signed.append(self.headers["hub-signature"] == signature(SECRET, body))
        told = json.loads(body)
        self.server.got += told.get("events", [])
        self.server.digests += [told["digest"]] if "digest" in told else []
        if will == "take and hang up":  # it has them, and the hub cannot know
            self.connection.shutdown(socket.SHUT_RDWR)
            return
        self.send_response(will)
        self.send_header("location", "http://127.0.0.1:1/")
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def office():
    server = Office()
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture
async def city(database):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, "unenrolled_disabled")
    await made.deliver()
    yield made
    await connection.close()


async def told(city, office, on: date = ON):
    waits = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    return await send(city.connection, DIVISION, office.hook, today=on, wait=wait), waits


def ours(office) -> list[dict]:
    return [one for one in office.got if one["rule"] == "unenrolled_disabled"]


async def test_new_changed_and_overdue_once_each(city, office):
    await city.child()
    finding = await city.one()
    sent, waits = await told(city, office)
    assert sent.failed == "" and waits == [] and [one["kind"] for one in ours(office)] == ["new"] and all(office.signed)
    assert "王" not in json.dumps(office.got, ensure_ascii=False) and str(finding["person"]) not in json.dumps(office.got)
    count = len(office.got)
    assert (await told(city, office))[0].events == 0 and len(office.got) == count
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        await record_conclusion(publication, finding=finding["id"], code="15", by="甲", department="education", note=None, document=None)
    await told(city, office)
    assert [(one["kind"], one["status"]) for one in ours(office)] == [("new", "待核查"), ("changed", "属实")]
    await city.check(finding["due_on"])  # on the day itself it is not late
    await told(city, office)
    assert [one["kind"] for one in ours(office)] == ["new", "changed"]
    for later in (1, 2):
        await city.check(finding["due_on"] + later * DAY)
        await told(city, office)
    assert [one["kind"] for one in ours(office)] == ["new", "changed", "overdue"]
    await city.fact("enrolment", finding["person"], source="education.student_register", school=None, state="在读", grade=3)
    await city.check(finding["due_on"] + 2 * DAY)
    await told(city, office)
    assert [one["kind"] for one in ours(office)] == ["new", "changed", "overdue", "contradicted"]
    assert len({one["id"] for one in office.got}) == len(office.got)


async def test_a_server_that_misbehaves_is_tried_again_and_nothing_is_lost(city, office):
    await city.child()
    await city.one()
    office.will = [500, "hang up", 302, "take and hang up", 200]
    sent, waits = await told(city, office)
    assert sent.failed == "" and waits == [1, 2, 4, 8] and all(office.signed)
    ids = [one["id"] for one in ours(office)]
    assert len(ids) == 4 and len(set(ids)) == 1  # at least once, by the same id
    await city.child(date(2014, 4, 4))
    await city.check()
    office.will = [503] * 6
    sent, _ = await told(city, office)
    assert sent.failed == "answered 503 (6 tries)" and sent.events == 0
    office.got.clear()
    sent, _ = await told(city, office)  # another process later: the mark is in the database
    assert [one["kind"] for one in ours(office)] == ["new"] and ours(office)[0]["id"] not in ids


async def test_who_answers_drop_by_drop_holds_nobody_up(city, office, monkeypatch):
    monkeypatch.setattr(hooks, "TIMEOUT", 0.2)
    await city.child()
    await city.check()
    office.will = ["drip"] * 6
    sent, _ = await told(city, office)
    assert sent.failed == "TimeoutError (6 tries)"
    assert (await told(city, office))[0].failed == "" and ours(office)


async def test_what_tells_of_custody_goes_to_nobody_who_may_not_read_of_it(city, office, database):
    await city.child()
    finding = (await city.one())["id"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):  # an event is never changed
        await city.connection.execute("update finding_event set reveals = 'custody'")
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("update finding_event set reveals = 'custody', rule = 'unenrolled_of_prisoners' where finding = $1", finding)
    await admin.close()
    await told(city, office)
    assert ours(office) == []
    justice = Hook("justice", office.hook.url, SECRET)
    await send(city.connection, DIVISION, justice, today=ON)
    assert [one["rule"] for one in office.got if one["rule"] == "unenrolled_of_prisoners"] == ["unenrolled_of_prisoners"]
    assert "unenrolled_of_prisoners" not in (await digest(city.connection, DIVISION, "education", ON))["counts"]
    assert (await digest(city.connection, DIVISION, "justice", ON))["counts"]["unenrolled_of_prisoners"] == {"NEW": 1}


@pytest.mark.parametrize(
    ("reveals", "told_of"),
    [
        ("custody", {"justice", "supervision"}),
        ("certificate", {"education", "disabled_persons", "civil_affairs", "justice", "supervision"}),
        ("assistance", {"education", "civil_affairs", "supervision"}),
        ("", {"education"}),  # whose rule it is
    ],
)
async def test_what_a_finding_reveals_goes_to_the_departments_that_may_read_it(city, office, database, reveals, told_of):
    """By the catalogue on that day; labour, finance and the townships' office have no role that may read any of it."""
    await city.child()
    finding = (await city.one())["id"]
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("update finding_event set reveals = $2 where finding = $1", finding, reveals)
    await admin.execute("update finding set reveals = $2 where id = $1", finding, reveals)
    await admin.close()
    heard = set()
    for department in ("education", "disabled_persons", "civil_affairs", "justice", "supervision", "labour", "finance", "township", "public_security"):
        office.got.clear()
        await send(city.connection, DIVISION, Hook(department, office.hook.url, SECRET), today=ON + DAY)
        sent = any(one["rule"] == "unenrolled_disabled" for one in office.got)
        assert ("unenrolled_disabled" in (await digest(city.connection, DIVISION, department, ON))["counts"]) is sent
        heard |= {department} if sent else set()
    assert heard == told_of


async def test_a_digest_of_each_day_that_is_over(city, office):
    for month in (1, 2, 3):
        await city.child(date(2015, month, 3))
    await city.check()
    finding = await city.connection.fetchval("select min(id) from finding where rule = 'unenrolled_disabled'")
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        await record_conclusion(publication, finding=finding, code="04", by="甲", department="education", note=None, document="在读证明 1 号")
    await told(city, office)
    assert office.digests == []  # the day is not over
    for _ in range(2):
        await told(city, office, ON + 2 * DAY)
    assert [one["day"] for one in office.digests] == ["2026-11-24", "2026-11-25"]
    first, second = office.digests
    assert first["counts"]["unenrolled_disabled"] == {"NEW": 3, "CHANGED": 1} and second["counts"] == {}
    assert len(first["findings"]["NEW"]) == sum(kinds.get("NEW", 0) for kinds in first["counts"].values()) and first["left_out"] == 0
    owned = [rule.name for rule in RULES if rule.owner == "education"]
    assert first["open"] == await city.connection.fetchval("select count(*) from finding where status <> '销号' and rule = any($1)", owned)
    assert "王" not in json.dumps(office.digests, ensure_ascii=False)


async def test_who_answers_only_days_later_has_the_digests_of_all_of_them(city, office):
    await city.child(date(2015, 5, 3))
    await city.check()
    office.will = [500] * 100
    assert (await told(city, office, ON))[0].failed
    office.will = []
    await told(city, office, ON + 2 * DAY)
    assert [one["day"] for one in office.digests] == ["2026-11-24", "2026-11-25"]


async def test_two_processes_do_not_tell_the_same_at_once(city, office, database):
    await city.child()
    await city.one()
    other = await asyncpg.connect(database.dsn("hub_writer"))
    both = await asyncio.gather(*(send(one, DIVISION, office.hook, today=ON) for one in (city.connection, other)))
    await other.close()
    assert len(office.got) == len({one["id"] for one in office.got}) == sum(sent.events for sent in both)


KILLED = """
import os, signal, sys
from hub.storage import crash_points
wanted = sys.argv[1]
def watch(name):
    if name == wanted:
        os.kill(os.getpid(), signal.SIGKILL)
crash_points.watchers.append(watch)
sys.argv = ["hub", *sys.argv[2:]]
from hub.cli import main
main()
"""


async def test_the_sender_is_killed_at_every_point_and_nothing_is_lost(city, office, database):
    """Three whole requests' worth of events; what was answered and not yet marked comes again by the same ids, and nothing else does."""
    for nth in range(AT_ONCE):
        await city.child(date(2015, 1, 1) + nth * DAY)
    await city.check()
    environ = {**os.environ, **database.environ(HUB_BUSINESS_DATE=ON.isoformat())}
    path = database.home / "hooks.toml"
    path.write_text(f'[education]\nurl = "{office.hook.url}"\nsecret = "{SECRET.decode()}"\n')
    path.chmod(0o600)

    def run(point: str, *verb: str) -> int:
        return run_alone(KILLED, point, *verb, env=environ).returncode

    owned = [rule.name for rule in RULES if rule.owner == "education"]
    written = [event_id(row) for row in await city.connection.fetch("select * from finding_event where rule = any($1) order by publication, finding, kind", owned)]
    assert len(written) > AT_ONCE
    came = []
    for point, requests in (("hook.before", 0), ("hook.answered", 1), ("hook.marked", 1), ("hook.before", 0), ("hook.answered", 1)):
        before = len(office.got)
        assert await asyncio.to_thread(run, point, "round", "tell") == -signal.SIGKILL, point
        came.append(len(office.got) - before)
        assert (came[-1] > 0) is (requests == 1)
    assert await asyncio.to_thread(run, "", "worker", "--once") == 0
    got = [one["id"] for one in office.got]
    assert set(written) <= set(got) and all(office.signed)
    again = [id_ for id_ in got if got.count(id_) > 1]
    assert set(again) == {*written[:AT_ONCE], *written[AT_ONCE : 2 * AT_ONCE]} and all(got.count(id_) == 2 for id_ in again)
    assert list(dict.fromkeys(got))[: len(written)] == written  # in order


def test_hooks_are_read_from_a_private_file(tmp_path):
    assert read_hooks(tmp_path) == []
    path = tmp_path / "hooks.toml"
    path.write_text(f'[education]\nurl = "https://x.example/"\nsecret = "{SECRET.decode()}"\n')
    path.chmod(0o644)
    with pytest.raises(Refusal, match="chmod 600"):
        read_hooks(tmp_path)
    path.chmod(0o600)
    assert read_hooks(tmp_path) == [Hook("education", "https://x.example/", SECRET)]
    for wrong in ('[education]\nurl = "http://x.example/"\nsecret = "' + "x" * 32 + '"', '[education]\nurl = "https://x/"\nsecret = "short"', "education = 1", "["):
        path.write_text(wrong)
        with pytest.raises(Refusal):
            read_hooks(tmp_path)


@pytest.mark.parametrize(
    ("url", "safe"),
    [("https://a.example/x", True), ("http://127.0.0.1:8150/x", True), ("http://[::1]:8150/", True), ("http://a.example/x", False), ("https:///x", False), ("http://[bad", False),
     ("http://localhost:pw@10.0.0.9/x", False), ("http://127.0.0.1:8150@a.example/x", False), ("ftp://127.0.0.1/x", False)],
)  # fmt: skip
def test_events_go_by_tls_or_stay_on_this_machine(url, safe):
    assert _goes_safely(url) is safe
