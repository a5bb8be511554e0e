"""What a browser is told with every answer, of the graph and of everything else: what it may load, keep, show in a frame and send on; and what is not there."""

import httpx
import pytest

from hub.storage.database import Database
from hub.web import CONSOLE, create_app

QUESTION = {"query": "{ publication }"}
ANSWERS = [
    ("GET", "/graphql", 200), ("POST", "/graphql", 200), ("PUT", "/graphql", 405), ("GET", "/", 307), ("GET", "/healthz", 200), ("GET", "/accounts", 200),
    ("GET", "/static/console.js", 200), ("GET", "/static/console.css", 200), ("GET", "/static/nothing.js", 404), ("GET", "/nowhere", 404), ("OPTIONS", "/graphql", 405), ("TRACE", "/graphql", 405),
]  # fmt: skip


@pytest.fixture
async def client(database):
    app = create_app(database.settings(), Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as asking:
        yield asking
    await app.answering.close()


@pytest.mark.parametrize(("method", "path", "status"), [*ANSWERS, ("GET", "http://evil.example/graphql", 421)])
async def test_every_answer_says_what_a_browser_may_do_with_it(client, method, path, status):
    told = await client.request(method, path, json=QUESTION if method == "POST" else None, headers={"origin": "http://127.0.0.1:8000"})
    assert told.status_code == status
    policy = dict(part.strip().split(" ", 1) for part in told.headers["content-security-policy"].split(";"))
    assert policy == {"default-src": "'self'", "object-src": "'none'", "base-uri": "'none'", "form-action": "'none'", "frame-ancestors": "'none'"}
    assert told.headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"  # a year
    assert (told.headers["x-content-type-options"], told.headers["cache-control"], told.headers["referrer-policy"]) == ("nosniff", "no-store", "no-referrer")
    assert len(told.headers.get_list("cache-control")) == 1
    assert not [name for name in told.headers if name.startswith("access-control-") or name in ("set-cookie", "server", "x-powered-by")]


@pytest.mark.parametrize(("method", "path", "status"), ANSWERS)
async def test_a_body_says_what_it_is_and_in_which_characters(client, method, path, status):
    told = await client.request(method, path, json=QUESTION if method == "POST" else None)
    if told.content:
        kind, _, charset = told.headers["content-type"].partition("; charset=")
        assert kind.endswith("json") or charset == "utf-8", told.headers["content-type"]
        assert (kind == "text/html") == (path == "/graphql" and method == "GET")


async def test_no_page_of_another_site_is_told_that_it_may(client):
    """A preflight is refused, whoever asks, and what needs none is refused by its type."""
    for origin in ("https://evil.example", "null", "http://127.0.0.1:3000"):
        told = await client.options("/graphql", headers={"origin": origin, "access-control-request-method": "POST", "access-control-request-headers": "authorization"})
        assert told.status_code == 403 and "access-control-allow-origin" not in told.headers
    for kind in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""):
        assert (await client.post("/graphql", content=b'{"query": "{ publication }"}', headers={"content-type": kind})).status_code == 415


@pytest.mark.parametrize("path", [
    "/static", "/static/", "/static/../web.py", "/static/%2e%2e/web.py", "/static/..%2fweb.py", "/static//etc/passwd", "/static/__init__.py", "/static/console.js/", "/.git/config", "/.env",
    "/docs", "/openapi.json", "/metrics", "/debug", "/graphql/", "/graphiql", "/hub.env", "/robots.txt",
])  # fmt: skip
async def test_nothing_else_is_there_and_no_folder_is_listed(client, path):
    told = await client.get(path)
    if told.status_code == 307:  # of a slash at the end, to a place of ours where there is nothing either
        assert told.headers["location"].startswith("http://127.0.0.1:8000/")
    else:
        assert told.status_code == 404 and "console.css" not in told.text


async def test_the_only_place_that_a_browser_is_sent_to_is_the_page(client):
    told = await client.get("/", headers={"x-forwarded-host": "evil.example"})
    assert (told.status_code, told.headers["location"]) == (307, "/graphql")
    assert (await client.post("/graphql", json=QUESTION, headers={"x-forwarded-proto": "http"})).status_code == 200  # what programs ask is not sent on to TLS in silence


async def test_a_parameter_that_is_given_twice_is_refused(client):
    assert (await client.get("/graphql?query=%7Bpublication%7D&query=%7B__typename%7D", headers={"accept": "application/json"})).status_code == 400
    told = await client.post("/graphql?query=%7B__typename%7D", json=QUESTION)
    assert told.json() == {"data": {"publication": 0}}  # a body is not mixed with the address


async def test_an_address_is_decoded_once(client):
    newer = {"accept": "application/graphql-response+json"}
    once = await client.get("http://127.0.0.1:8000/graphql?query=%7Bpublication%7D", headers=newer)
    twice = await client.get("http://127.0.0.1:8000/graphql?query=%257Bpublication%257D", headers=newer)
    assert (once.status_code, twice.status_code) == (200, 400)


@pytest.mark.parametrize("query", [
    '{ children(filter: {nameContains: "王小禾"}) { totalCount } }', '{ person(id: "UGVyc29uOjE=") { id } }', '{ node(id: "UGVyc29uOjE=") { __typename } }', '{ household(id: "7") { id } }', '{ node(id: "RmluZGluZzoz") { id } }',
])  # fmt: skip
async def test_by_get_nobody_is_named(client, query):
    """An address is kept in histories and logs on the way: a name or an id has no place there."""
    newer = {"accept": "application/graphql-response+json"}
    told = await client.get("/graphql", params={"query": query}, headers=newer)
    assert told.status_code == 400 and "data" not in told.json() and "send it by POST" in told.text and "王" not in told.text
    assert "send it by POST" not in (await client.post("/graphql", json={"query": query}, headers=newer)).text
    assert (await client.get("/graphql?authorization=Bearer+x&query=%7Bpublication%7D", headers=newer)).status_code == 200  # a token in an address is nobody's
    for nobody in ("{ persons { totalCount } }", '{ children(filter: {township: "210281001"}) { nodes { id name } } }'):
        assert (await client.get("/graphql", params={"query": nobody}, headers=newer)).status_code == 200


def test_the_page_writes_what_it_is_told_as_text_and_keeps_nothing():
    script, page = ((CONSOLE / name).read_text(encoding="utf-8") for name in ("console.js", "index.html"))
    for way in ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "new Function", "setTimeout", "postMessage", "localStorage", "sessionStorage", "indexedDB", "document.cookie", "window.open", "location"):
        assert way not in script, way
    assert script.count("textContent") > 5 and '"use strict"' in script
    assert page.count("<script") == 1 and 'src="/static/console.js"' in page and " on" not in "".join(part.split(">")[0] for part in page.split("<")[1:]).replace(" one", "")
    assert "<style" not in page and "style=" not in page and "<form" not in page and "://" not in page
    assert 'id="token" type="password" autocomplete="off"' in page  # gone with the page
    assert 'function loadTypes() {\n    show("", false);' in script and 'byId("token").onchange = loadTypes' in script  # an answer goes with who asked
