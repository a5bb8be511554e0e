"""Web-hooks against a server that misbehaves: signed, at least once, in order, and none lost over a restart."""

import json
import socket
import threading
from datetime import date, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncpg
import pytest

from hub.casework.conclusions import record_conclusion
from hub.events.hooks import Hook, read_hooks, send, signature
from hub.refusal import Refusal
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.rules.city import ON, City

DAY = timedelta(days=1)
SECRET = b"a secret of thirty-two characters"


class Office(ThreadingHTTPServer):
    """A department's server: does what it is told for its next requests, and keeps what it got."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.will: list[object] = []
        self.got: list[dict] = []
        self.signed: list[bool] = []
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def hook(self) -> Hook:
        return Hook("education", f"http://127.0.0.1:{self.server_port}/x", SECRET)


class Handler(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"]))
        will = self.server.will.pop(0) if self.server.will else 200
        if will == "hang up":
            self.connection.shutdown(socket.SHUT_RDWR)
            self.close_connection = True
            return
        self.server.signed.append(self.headers["hub-signature"] == signature(SECRET, body))
        self.server.got += json.loads(body)["events"]
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


async def told(city, office, home, on: date = ON):
    waits = []

    async def wait(seconds: float) -> None:
        waits.append(seconds)

    return await send(city.connection, DIVISION, office.hook, home, today=on, wait=wait), waits


def ours(office) -> list[dict]:
    return [one for one in office.got if one["rule"] == "unenrolled_disabled"]


async def test_new_changed_and_overdue_once_each(city, office, tmp_path):
    await city.child()
    finding = await city.one()
    sent, waits = await told(city, office, tmp_path)
    assert sent.failed == "" and waits == [] and [one["kind"] for one in ours(office)] == ["new"] and all(office.signed)
    assert "王" not in json.dumps(office.got, ensure_ascii=False) and str(finding["person"]) not in json.dumps(office.got)
    count = len(office.got)
    assert (await told(city, office, tmp_path))[0].events == 0 and len(office.got) == count
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        await record_conclusion(publication, finding=finding["id"], code="15", by="甲", department="education", note=None, document=None)
    await told(city, office, tmp_path)
    assert [(one["kind"], one["status"]) for one in ours(office)] == [("new", "待核查"), ("changed", "属实")]
    await told(city, office, tmp_path, finding["due_on"])  # on the day itself it is not late
    assert [one["kind"] for one in ours(office)] == ["new", "changed"]
    for _ in range(2):
        await told(city, office, tmp_path, finding["due_on"] + DAY)
    assert [one["kind"] for one in ours(office)] == ["new", "changed", "overdue"]


async def test_a_server_that_misbehaves_is_tried_again_and_nothing_is_lost(city, office, tmp_path):
    await city.child()
    await city.one()
    office.will = [500, "hang up", 302, "take and hang up", 200]
    sent, waits = await told(city, office, tmp_path)
    assert sent.failed == "" and waits == [1, 2, 4, 8] and all(office.signed)
    ids = [one["id"] for one in ours(office)]
    assert len(ids) == 4 and len(set(ids)) == 1  # at least once, by the same id
    await city.child(date(2014, 4, 4))
    await city.check()
    office.will = [503] * 6
    sent, _ = await told(city, office, tmp_path)
    assert sent.failed == "answered 503 (6 tries)" and sent.events == 0
    office.got.clear()
    sent, _ = await told(city, office, tmp_path)  # another process later: the mark is on the disk
    assert [one["kind"] for one in ours(office)] == ["new"] and ours(office)[0]["id"] not in ids


async def test_what_tells_of_custody_goes_to_nobody_but_justice(city, office, tmp_path):
    await city.child()
    finding = (await city.one())["id"]
    await city.connection.execute("update finding set reveals = 'custody' where id = $1", finding)
    await told(city, office, tmp_path)
    assert ours(office) == []


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
