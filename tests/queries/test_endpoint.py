"""The endpoint: how long it may take, what leaves when something breaks, trusted documents, sockets and streams."""

import asyncio
import logging
import random
import threading
import time
from contextlib import asynccontextmanager

import asyncpg
import httpx
import orjson
import pytest
from starlette.testclient import TestClient

import hub.answering
import hub.web
from hub.answering import Answering, Request
from hub.query.limits import AD_HOC
from hub.query.marks import unmarked
from hub.query.plans import SECOND_ROAD, Plan
from hub.query.trusted import sha256
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.web import create_app
from tests.flow import DIVISION
from tests.queries.random_data import TODAY, fill_at_random

NEWER = {"accept": "application/graphql-response+json"}
PAGE = "query ($n: Int) { children(first: $n) { nodes { id } } }"


def logins(database):
    return Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})


@pytest.fixture
def app_of(database, tmp_path):
    def made(**settings):
        return create_app(database.settings(HUB_BUSINESS_DATE=TODAY.isoformat(), **settings), logins(database))

    return made


@asynccontextmanager
async def client_of(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        yield client
    await app.answering.close()


async def answer_of(answering: Answering, sql: str, monkeypatch) -> dict:
    monkeypatch.setattr(answering.documents, "plan", lambda *_: Plan(sql))
    return orjson.loads((await answering.answer(Request("{ publication }"))).body)


async def test_a_statement_is_ended_in_postgresql_at_the_deadline(database, app_of, monkeypatch):
    monkeypatch.setattr(hub.answering, "DEADLINE", 1)
    app = app_of()
    began = time.perf_counter()
    told = await answer_of(app.answering, "select ''::bytea as answer, pg_sleep(30) is null as refused", monkeypatch)
    assert "longer than 1 s" in told["errors"][0]["message"] and told["data"] is None and time.perf_counter() - began < 3
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    assert not await watch.fetch("select 1 from pg_stat_activity where query like '%pg_sleep(30)%' and state = 'active' and pid <> pg_backend_pid()")
    await watch.close()
    await app.answering.close()


@asynccontextmanager
async def nobody_may_read_people(database):
    """A lock before which every statement about people waits; how many of ours wait is asked of `waiting`."""
    holder, watch = await asyncpg.connect(database.dsn("hub_owner")), await asyncpg.connect(database.dsn("hub_admin"))

    async def waiting() -> int:
        return await watch.fetchval("select count(*) from pg_stat_activity where application_name = 'children-hub reader' and state = 'active'")

    async with holder.transaction():
        await holder.execute("lock table person_resolved in access exclusive mode")
        yield waiting
    await holder.close()
    await watch.close()


async def until(waiting, count: int) -> None:
    for _ in range(100):
        if await waiting() == count:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(f"{await waiting()} statements run, {count} should")


def use_resolvers(answering: Answering, monkeypatch) -> None:
    monkeypatch.setattr(answering.documents, "plan", lambda *_: SECOND_ROAD)


@pytest.mark.parametrize("road", ["first", "second"])
@pytest.mark.parametrize("accept", [b"application/json", b"text/event-stream"])
async def test_who_leaves_ends_what_runs_in_postgresql(database, app_of, monkeypatch, road, accept):
    app, left = app_of(), asyncio.Event()
    if road == "second":
        use_resolvers(app.answering, monkeypatch)
    messages = [{"type": "http.request", "body": orjson.dumps({"query": "{ persons { totalCount } }"}), "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message):
        raise AssertionError("there is nobody to tell")

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"accept", accept)]}
    async with nobody_may_read_people(database) as waiting:
        request = asyncio.create_task(app(scope, receive, send if accept != b"text/event-stream" else _hears))
        await until(waiting, 1)
        left.set()
        await asyncio.wait_for(request, 5)
        await until(waiting, 0)
    again = await app.answering.answer(Request("{ persons { totalCount } }"))  # its connection is good for the next
    assert orjson.loads(again.body) == {"data": {"persons": {"totalCount": 0}}}
    await app.answering.close()


async def _hears(message):
    """A client that left hears nothing more."""


async def test_a_subscription_streams_before_there_is_anything_to_tell(app_of, monkeypatch):
    """What lies between takes a stream without a header for dead; the client may go, and nothing is left behind."""
    monkeypatch.setattr(hub.web, "STREAM_AFTER", 0.05)
    app, left, heard = app_of(), asyncio.Event(), asyncio.Queue()
    messages = [{"type": "http.request", "body": orjson.dumps({"query": "subscription { publications { no } }"}), "more_body": False}]

    async def receive():
        if messages:
            return messages.pop()
        await left.wait()
        return {"type": "http.disconnect"}

    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": [(b"host", b"127.0.0.1"), (b"content-type", b"application/json"), (b"accept", b"text/event-stream")]}
    request = asyncio.create_task(app(scope, receive, heard.put))
    began = await asyncio.wait_for(heard.get(), 5)
    assert began["type"] == "http.response.start" and began["status"] == 200 and not request.done()
    left.set()
    await asyncio.wait_for(request, 5)
    await app.answering.close()


async def test_the_resolvers_too_are_ended_at_the_deadline(database, app_of, monkeypatch):
    app = app_of()
    monkeypatch.setattr(hub.answering, "DEADLINE", 1)  # of the operation; PostgreSQL's own, of a statement, stays at 10
    use_resolvers(app.answering, monkeypatch)
    async with nobody_may_read_people(database) as waiting:
        told = orjson.loads((await app.answering.answer(Request("{ persons { totalCount } }"))).body)
        await until(waiting, 0)
    assert "longer than 1 s" in told["errors"][0]["message"] and told["data"] is None
    await app.answering.close()


async def test_internals_stay_inside_and_the_log_has_the_id(app_of, monkeypatch, caplog):
    app = app_of()
    with caplog.at_level(logging.ERROR):
        told = await answer_of(app.answering, "select 'secret'::int as answer, false as refused", monkeypatch)
    [error] = told["errors"]
    assert "secret" not in orjson.dumps(told).decode() + caplog.text and error["message"].split()[-1] in caplog.text
    await app.answering.close()


async def test_too_many_at_once_are_asked_to_come_back(app_of, monkeypatch):
    app = app_of()
    app.answering.readers.size, app.answering.readers.wait = 0, 0.1
    async with client_of(app) as client:
        told = await client.post("/graphql", json={"query": "{ publication }"})
    assert told.status_code == 503 and told.headers["retry-after"] == "2" and "busy" in told.text


async def test_the_newer_media_type_has_status_codes_and_no_data_where_nothing_ran(app_of):
    async with client_of(app_of()) as client:
        for query, variables, status in (("{ nothing }", None, 400), ("{", None, 400), (PAGE, {"n": "x"}, 400), ("{ publication }", None, 200)):
            told = await client.post("/graphql", json={"query": query, "variables": variables}, headers=NEWER)
            assert told.status_code == status and ("data" in told.json()) == (status == 200), told.text
            assert told.headers["content-type"] == "application/graphql-response+json; charset=utf-8"
            older = await client.post("/graphql", json={"query": query, "variables": variables})
            assert older.status_code == 200 and older.headers["content-type"] == "application/json; charset=utf-8"
        assert (await client.get("/graphql", params={"query": "{ publication }"}, headers=NEWER)).json() == {"data": {"publication": 0}}
        told = await client.get("/graphql", params={"query": "mutation { concludeFinding(input: {}) { __typename } }"}, headers=NEWER)
        assert told.status_code == 400 and "data" not in told.json()
        assert (await client.put("/graphql", json={})).status_code == 405
        assert (await client.post("/graphql", json={"query": "{ publication }"}, headers={"accept": "image/png"})).status_code == 406
        assert (await client.post("/graphql", content=b"x" * 300_000, headers={"content-type": "application/json"})).status_code == 413
        assert (await client.post("/graphql", json={"query": "{ publication }"}, headers={"sec-fetch-site": "cross-site"})).status_code == 403


async def test_a_media_type_is_read_with_its_parameters(app_of):
    asked = orjson.dumps({"query": "{ publication }"})
    async with client_of(app_of()) as client:
        for told, kind in (
            ("application/graphql-response+json;q=0, application/json", "application/json"),
            ("application/json;q=0, */*", "application/graphql-response+json"),
            ("application/json;q=0.5, application/graphql-response+json", "application/graphql-response+json"),
            ("*/*", "application/json"),
        ):
            answer = await client.post("/graphql", content=asked, headers={"accept": told, "content-type": "application/json; x=y"})
            assert answer.status_code == 200 and answer.headers["content-type"].startswith(f"{kind};"), (told, answer.text)
        refused = await client.post("/graphql", content=asked, headers={"accept": "application/json;q=0", "content-type": "application/json"})
        assert refused.status_code == 406
        for type_, status in (("application/json; x=y; charset=gbk", 415), ('application/json; charset="UTF-8"', 200)):
            assert (await client.post("/graphql", content=asked, headers={"content-type": type_})).status_code == status


async def test_what_is_malformed_is_told_in_the_hubs_own_words(app_of):
    async with client_of(app_of()) as client:
        for wrong, words, status in (
            ('{ children(filter: {nameContains: "\\u{0}"}) { totalCount } }', "U+0000", 400),
            ('{ children(filter: {nameContains: "a\\u{000000}b"}) { totalCount } }', "U+0000", 400),
            ('{ children(filter: {nameContains: "\\u0000"}) { totalCount } }', "U+0000", 400),
            ("{ children(first: %s) { totalCount } }" % ("9" * 5000), "1000 digits", 400),
            ('{ children(on: "２０２６-01-01") { totalCount } }', "a day is written as", 400),
            ('{ children(on: "2026-02-30") { totalCount } }', "a day is written as", 400),
            ("subscription { publications { no } }", "event by event", 400),
        ):
            told = await client.post("/graphql", json={"query": wrong}, headers=NEWER)
            assert told.status_code == status and "data" not in told.json(), told.text
            message = told.json()["errors"][0]["message"]
            assert words in message and "isoformat" not in message and "Exceeds" not in message, message
        kept = await client.post("/graphql", json={"query": '{ children(filter: {nameContains: "\\u{10}"}) { totalCount } }'}, headers=NEWER)
        assert kept.json()["data"] == {"children": {"totalCount": 0}}
        told = await client.post("/graphql", json={"query": "query ($d: Date) { children(on: $d) { totalCount } }", "variables": {"d": "2026-13-01"}}, headers=NEWER)
        assert "a day is written as" in told.text and "month must be" not in told.text


async def test_trusted_documents_are_asked_by_hash_and_may_be_the_only_ones(app_of, tmp_path):
    folder = tmp_path / "trusted"
    folder.mkdir()
    (folder / "page.graphql").write_text(PAGE)
    for only in ("no", "yes"):
        async with client_of(app_of(HUB_TRUSTED=str(folder), HUB_TRUSTED_ONLY=only)) as client:
            for told in ({"documentId": "sha256:" + sha256(PAGE)}, {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": sha256(PAGE)}}}):
                assert (await client.post("/graphql", json={**told, "variables": {"n": 1000}})).json() == {"data": {"children": {"nodes": []}}}
            assert "PersistedQueryNotFound" in (await client.post("/graphql", json={"documentId": "0" * 64})).text
            asked = (await client.post("/graphql", json={"query": "{ publication }"}, headers=NEWER)).json()
            assert ("data" in asked) == (only == "no")


@pytest.mark.parametrize("mode", ["force_generic_plan", "force_custom_plan"])
async def test_answers_do_not_depend_on_the_kind_of_plan(database, app_of, mode):
    """And both scopes of one connection hold: the divisions of the statement before are gone."""
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.close()
    answering = app_of().answering
    reader = await asyncpg.connect(database.dsn("hub_reader"), server_settings={"plan_cache_mode": mode})
    document = answering.documents.find("query ($t: String) { persons(filter: {township: $t, disabled: true}) { totalCount nodes { name certificates { level } } } }", AD_HOC)
    operation = document.operation(None)
    for township in ("210281001", "210281002", None):
        asking = await answering.admission.admit("", "")
        variables = answering.variables(document, operation, {"t": township}, asking)
        plan = answering.documents.plan(document, operation, variables, asking.policy, AD_HOC)
        told = [orjson.loads(unmarked((await reader.fetchrow(plan.sql, *plan.parameters(variables | scope)))["answer"])[0]) for scope in ({}, {"@divisions": "1"}, {}) * 3]
        assert told[0::3] == told[2::3] and all(one["data"]["persons"]["totalCount"] == 0 for one in told[1::3])
    assert told[0]["data"]["persons"]["totalCount"] > 0
    await reader.close()
    await answering.close()


async def test_who_asks_what_is_known_does_not_wait_for_a_plan_in_the_making(app_of, monkeypatch):
    from hub.query import documents

    answering = app_of().answering
    compiled, begun = documents.compile_plan, threading.Event()

    def slowly(*told):
        begun.set()
        time.sleep(0.6)
        return compiled(*told)

    known = Request("{ children { totalCount } }")
    assert (await answering.answer(known)).body == b'{"data":{"children":{"totalCount":0}}}'
    monkeypatch.setattr(documents, "compile_plan", slowly)
    new = asyncio.create_task(answering.answer(Request("{ children { again: totalCount } }")))
    while not begun.is_set():
        await asyncio.sleep(0.01)
    assert (await answering.answer(known)).body == b'{"data":{"children":{"totalCount":0}}}'
    assert not new.done()
    assert (await new).body == b'{"data":{"children":{"again":0}}}'
    await answering.close()


async def test_a_subscription_hears_of_a_publication_at_its_commit(database, app_of):
    answering = app_of().answering
    events = answering.events(Request("subscription { publications(after: 0, first: 2) { no kind businessDate } }"))
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    told = []
    for kind in ("delivery", "check"):
        async with publishing(writer, division=DIVISION, kind=kind, by="test", business_date=TODAY):
            pass
        told.append(orjson.loads((await anext(events)).body)["data"]["publications"])
    assert told == [{"no": n, "kind": kind, "businessDate": "2026-11-24"} for n, kind in ((1, "delivery"), (2, "check"))]
    assert await anext(events, None) is None
    await writer.close()
    await answering.close()


def test_sockets_speak_the_protocol(app_of):
    with TestClient(app_of()) as client, client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "{ publication }"}})
        assert socket.receive_json() == {"type": "next", "id": "1", "payload": {"data": {"publication": 0}}}
        assert socket.receive_json() == {"type": "complete", "id": "1"}
        socket.send_json({"type": "nonsense"})
        assert socket.receive()["code"] == 4400
