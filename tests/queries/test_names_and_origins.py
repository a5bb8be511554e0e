"""Which Host and Origin are answered: this machine's names and the operator's; whoever rebinds a name or asks from another site is told no."""

import httpx
import pytest
from starlette.testclient import TestClient
from starlette.websockets import WebSocketDisconnect

from hub.settings import Settings, SettingsError
from hub.storage.database import Database
from hub.web import create_app

QUESTION = {"query": "{ __typename }"}


@pytest.fixture
def app(database):
    settings = database.settings(HUB_PUBLIC_NAMES="Hub.City.Example, data.city.example")
    return create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))


async def status_of(app, method: str = "POST", path: str = "/graphql", **headers: str) -> tuple[int, str]:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://127.0.0.1:8000") as client:
        told = await client.request(method, path, json=QUESTION if method == "POST" else None, headers=headers)
    await app.answering.close()
    return told.status_code, told.text


@pytest.mark.parametrize(("host", "status"), [
    ("127.0.0.1:8000", 200), ("127.0.0.1", 200), ("localhost:8000", 200), ("LOCALHOST", 200), ("[::1]:8000", 200), ("[::1]", 200), ("hub.city.example", 200),
    ("HUB.city.example:443", 200), ("data.city.example", 200),
    ("evil.example", 421), ("hub.city.example.evil.example", 421), ("xhub.city.example", 421), ("127.0.0.1.evil.example", 421), ("localhost@evil.example", 421), ("192.168.1.5:8000", 421),
    ("127.0.0.1:8000:9", 421), ("localhost evil", 421), ("", 400)])
@pytest.mark.parametrize(("method", "path"), [("POST", "/graphql"), ("GET", "/graphql"), ("GET", "/accounts"), ("GET", "/healthz"), ("GET", "/static/console.js")])
async def test_which_hosts_are_answered(app, host, status, method, path):
    found, told = await status_of(app, method, path, host=host)
    assert found == status, told
    if status == 421:
        assert "HUB_PUBLIC_NAMES" in told and "evil" not in told


@pytest.mark.parametrize(("origin", "status"), [
    ("http://127.0.0.1:8000", 200), ("https://hub.city.example", 200), ("https://hub.city.example:8443", 200),
    ("http://127.0.0.1:3000", 403), ("http://localhost:8000", 403), ("https://evil.example", 403), ("null", 403), ("https://hub.city.example.evil.example", 403), ("file://", 403),
    ("chrome-extension://abc", 403)])
async def test_which_origins_may_post(app, origin, status):
    found, told = await status_of(app, origin=origin)
    assert found == status, told


@pytest.mark.parametrize("told", [
    {"x-forwarded-host": "evil.example"}, {"x-forwarded-for": "10.0.0.1"}, {"x-forwarded-proto": "https"}, {"forwarded": "for=10.0.0.1;host=evil.example"}, {"x-real-ip": "10.0.0.1"}, {"x-user-id": "lead"}])
async def test_what_an_intermediary_would_say_changes_nothing(app, told):
    assert (await status_of(app, **told))[0] == 200
    assert (await status_of(app, host="evil.example", **{name: "127.0.0.1" for name in told}))[0] == 421


async def test_a_program_sends_no_origin(app):
    assert (await status_of(app))[0] == 200


@pytest.mark.parametrize(("host", "origin"), [("evil.example", ""), ("127.0.0.1", "http://evil.example")])
def test_sockets_too(app, host, origin):
    headers = {"host": host} | ({"origin": origin} if origin else {})
    with TestClient(app) as client, pytest.raises(WebSocketDisconnect), client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"], headers=headers):
        pass


@pytest.mark.parametrize("names", ["https://hub.city.example", "hub.city.example:443", "*", "hub city"])
def test_names_are_names(names):
    with pytest.raises(SettingsError, match="HUB_PUBLIC_NAMES: not host names"):
        Settings.from_environ({"HUB_HOME": "/nowhere", "HUB_PUBLIC_NAMES": names})
