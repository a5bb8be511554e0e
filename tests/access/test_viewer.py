"""Who is let in: tokens of a real local OpenID provider, of departments' services and of demo accounts; purposes; rights taken away."""

import asyncio
import json
import threading
import time
import warnings
from contextlib import asynccontextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import asyncpg
import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import JWKRegistry, KeySet
from starlette.testclient import TestClient

from hub import admitting
from hub.access import tokens
from hub.access.accounts import Account, write_accounts
from hub.access.blocks import NotLifted, block, lift
from hub.access.tokens import AUDIENCE
from hub.settings import CannotServe
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.web import create_app
from tests.flow import DIVISION
from tests.queries.random_data import TODAY

OPEN = {"query": "{ publication }"}


class Provider:
    """An OpenID provider that really listens: its description, its keys, and tokens."""

    def __init__(self) -> None:
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                provider.asked.append(self.path)
                known = {"/.well-known/openid-configuration": {"issuer": provider.url, "jwks_uri": f"{provider.url}/keys"}, "/keys": provider.public()}
                told = json.dumps(known.get(self.path, {})).encode()
                self.send_response(200 if self.path in known and not provider.down else 500)
                self.send_header("content-length", str(len(told)))
                self.end_headers()
                self.wfile.write(told)

            def log_message(self, *_: object) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.asked: list[str] = []
        self.down = False
        self.keys = [self.new_key("one")]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @staticmethod
    def new_key(name: str):
        return JWKRegistry.generate_key("EC", "P-256", {"kid": name, "use": "sig", "alg": "ES256"})

    def public(self) -> dict:
        return KeySet(self.keys).as_dict()

    def token(self, *, key=None, alg: str = "ES256", head: dict | None = None, **changed) -> str:
        now = int(time.time())
        claims = {
            "iss": self.url, "sub": "zhang", "aud": AUDIENCE, "iat": now, "exp": now + 900,
            "hub_department": "education", "hub_role": "education.clerk", "hub_care": [],
        } | changed  # fmt: skip
        key = key or self.keys[-1]
        return jwt.encode({"alg": alg, "kid": key.kid} | (head or {}), {name: value for name, value in claims.items() if value is not None}, key, algorithms=[alg])


@pytest.fixture
def provider():
    made = Provider()
    yield made
    made.server.shutdown()


@pytest.fixture
def app_of(database):
    logins = Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})

    def made(**settings):
        return create_app(database.settings(**{"HUB_BUSINESS_DATE": TODAY.isoformat(), "HUB_WITHOUT_TOKEN": "refused", **settings}), logins)

    return made


@asynccontextmanager
async def client_of(app):
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:
        yield client
    await app.answering.close()


def headers(token: str, purpose: str = "enrolment_check") -> dict[str, str]:
    return {"authorization": f"Bearer {token}", "hub-purpose": purpose}


async def test_a_good_token_and_a_purpose_let_in_and_nothing_less_does(app_of, provider):
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:

        async def status(token: str | None, purpose: str = "enrolment_check") -> int:
            sent = headers(token, purpose) if token is not None else {"hub-purpose": purpose}
            return (await client.post("/graphql", json=OPEN, headers=sent)).status_code

        now = int(time.time())
        stranger = provider.new_key("one")
        good = provider.token()
        assert await status(good) == 200
        head, body, signature = good.split(".")
        symmetric = JWKRegistry.import_key({"kty": "oct", "k": "c2VjcmV0LXNlY3JldC1zZWNyZXQtc2VjcmV0", "kid": "one"})
        bad = {
            "no token": None, "empty": "", "no jwt": "abc", "two parts": f"{head}.{body}", "another's key": provider.token(key=stranger),
            "changed": f"{head}.{body[:-2]}AA.{signature}", "no signature": f"{head}.{body}.", "symmetric": provider.token(key=symmetric, alg="HS256"),
            "none": "eyJhbGciOiJub25lIn0." + body + ".", "expired": provider.token(iat=now - 2000, exp=now - 1000), "not yet": provider.token(iat=now + 500, exp=now + 900),
            "not before": provider.token(nbf=now + 500), "too long": provider.token(exp=now + 90_000), "another audience": provider.token(aud="elsewhere"),
            "no audience": provider.token(aud=None), "another issuer": provider.token(iss="https://elsewhere"), "no expiry": provider.token(exp=None), "no subject": provider.token(sub=None),
            "huge": "a" * 9000, "not before a text": provider.token(nbf="x"), "a subject nobody can read": provider.token(sub="zhang\0"),
        }  # fmt: skip
        assert {name: await status(token) for name, token in bad.items()} == {name: 401 for name in bad}
        for name, changed in {"no role": {"hub_role": None}, "a role of another department": {"hub_department": "justice"}, "no such role": {"hub_role": "king"}}.items():
            assert await status(provider.token(**changed)) == 403, name
        assert [await status(good, purpose) for purpose in ("", "curiosity")] == [403, 403]
        twice = [[("authorization", f"Bearer {good}"), *headers(good).items()], [*headers(good).items(), ("hub-purpose", "visit")]]
        assert [(await client.post("/graphql", json=OPEN, headers=sent)).status_code for sent in twice] == [400, 400]  # the hub might take one, and a proxy before it the other
        refused = await client.post("/graphql", json=OPEN)
        assert refused.headers["www-authenticate"] == "Bearer" and "data" not in refused.json()


NO_ACCESS_TOKENS = {
    "an ID token, by the client's nonce": {"nonce": "x"}, "an ID token, by the access token's hash": {"at_hash": "x"}, "one of another flow": {"c_hash": "x"},
    "a logout token": {"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}, "one that says so": {"head": {"typ": "logout+jwt"}}, "a client's own": {"head": {"typ": "client-authentication+jwt"}},
}  # fmt: skip


@pytest.mark.parametrize("changed", NO_ACCESS_TOKENS.values(), ids=NO_ACCESS_TOKENS)
async def test_what_was_signed_for_something_else_is_no_access_token(app_of, provider, changed):
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:
        told = await client.post("/graphql", json=OPEN, headers=headers(provider.token(**changed)))
        assert told.status_code == 401 and "no access token" in told.text
        for typ in ("JWT", "at+jwt", "application/at+jwt"):
            assert (await client.post("/graphql", json=OPEN, headers=headers(provider.token(head={"typ": typ})))).status_code == 200


async def test_a_key_that_a_token_brings_along_or_names_counts_nothing(app_of, provider):
    other = Provider()
    key = provider.new_key("stranger")
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:
        for head in ({"jwk": key.as_dict(private=False)}, {"jku": f"{other.url}/keys"}, {"x5u": f"{other.url}/keys"}, {"kid": "one", "jku": f"{other.url}/keys"}):
            assert (await client.post("/graphql", json=OPEN, headers=headers(provider.token(key=key, head=head)))).status_code == 401, head
    assert other.asked == []
    other.server.shutdown()


async def test_a_provider_that_describes_another_is_not_believed(app_of, provider):
    address, provider.url = provider.url, "https://elsewhere.example"
    async with client_of(app_of(HUB_OIDC_ISSUER=address)) as client:
        told = await client.post("/graphql", json=OPEN, headers=headers(provider.token(iss=address)))
    assert told.status_code == 503 and "of another issuer" in told.text and "/keys" not in provider.asked


async def test_nobody_of_one_issuer_is_taken_for_somebody_of_another(app_of, provider):
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:
        for subject in ("demo:lead", "service:civil_sync", "shell:root"):
            assert (await client.post("/graphql", json=OPEN, headers=headers(provider.token(sub=subject)))).status_code == 401, subject
        assert (await client.post("/graphql", json=OPEN, headers=headers(provider.token(sub="hubert", email="demo:lead", preferred_username="demo:lead")))).status_code == 200


async def test_a_short_rsa_key_of_the_provider_vouches_for_nobody(app_of, provider):
    for bits, status in ((1024, 401), (2048, 200)):
        with warnings.catch_warnings(action="ignore"):
            provider.keys = [JWKRegistry.generate_key("RSA", bits, {"kid": "rsa", "use": "sig", "alg": "RS256"})]
            async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:
                assert (await client.post("/graphql", json=OPEN, headers=headers(provider.token(alg="RS256")))).status_code == status, bits


async def test_how_strongly_somebody_must_have_logged_in_is_the_operators_to_say(app_of, provider):
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url, HUB_OIDC_ACR="mfa, hardware")) as client:
        for acr, status in (("mfa", 200), ("hardware", 200), ("password", 401), (None, 401), (["mfa"], 401), ("mfa, hardware", 401)):
            told = await client.post("/graphql", json=OPEN, headers=headers(provider.token(acr=acr)))
            assert told.status_code == status and (status == 200 or "log in more strongly" in told.text), acr


async def test_a_demo_token_that_names_nobody_is_no_token(app_of, database):
    made = write_accounts(database.home, [Account("lead", "", "supervision", "team.lead", "joint_inspection")])
    now = int(time.time())
    claims = {"iss": "demo", "sub": "nobody", "aud": AUDIENCE, "iat": now, "exp": now + 900}
    token = jwt.encode({"alg": "Ed25519", "kid": str(made.key["kid"])}, claims, JWKRegistry.import_key(dict(made.key)), algorithms=["Ed25519"])
    async with client_of(app_of()) as client:
        assert (await client.post("/graphql", json=OPEN, headers=headers(token))).status_code == 401


async def test_keys_rotate_without_a_restart_and_a_withdrawn_one_ends(app_of, provider, monkeypatch):
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:

        async def status(token: str) -> int:
            return (await client.post("/graphql", json=OPEN, headers=headers(token))).status_code

        old = provider.token()
        assert await status(old) == 200 and provider.asked.count("/keys") == 1
        assert await status(provider.token(sub="li")) == 200 and provider.asked.count("/keys") == 1  # remembered
        monkeypatch.setattr(tokens, "KEYS_AGAIN", 0)
        withdrawn = provider.keys[0]
        provider.keys = [provider.new_key("two")]
        assert await status(provider.token()) == 200 and provider.asked.count("/keys") == 2
        assert await status(provider.token(key=withdrawn, sub="wang")) == 401
        monkeypatch.setattr(tokens, "KEYS_AGAIN", 60)
        asked = len(provider.asked)
        assert [await status(provider.token(key=provider.new_key(f"x{i}"))) for i in range(5)] == [401] * 5
        assert len(provider.asked) == asked  # unknown keys cannot make the hub ask again and again


async def test_a_provider_that_is_down_is_told_as_such(app_of, provider, caplog):
    provider.down = True
    async with client_of(app_of(HUB_OIDC_ISSUER=provider.url)) as client:
        told = await client.post("/graphql", json=OPEN, headers=headers(provider.token()))
    assert told.status_code == 503 and "does not answer" in told.text
    assert caplog.messages == ["not let in (503): the OpenID provider does not answer; come back in a moment"]


async def test_a_departments_service_is_what_its_registration_says(app_of, tmp_path):
    key = JWKRegistry.generate_key("OKP", "Ed25519", {"kid": "sync"})
    folder = tmp_path / "services"
    folder.mkdir()
    told = {"hub_department": "civil_affairs", "hub_role": "civil.clerk", "hub_care": [], "key": key.as_dict(private=False)}
    (folder / "civil_sync.json").write_text(json.dumps(told))

    def token(seconds: int = 200, **more) -> str:
        now = int(time.time())
        claims = {"iss": "service:civil_sync", "sub": "x", "aud": AUDIENCE, "iat": now, "exp": now + seconds} | more
        return jwt.encode({"alg": "Ed25519", "kid": "sync"}, claims, key, algorithms=["Ed25519"])

    async with client_of(app_of(HUB_SERVICES=str(folder))) as client:

        async def ask(token: str, query: str) -> httpx.Response:
            return await client.post("/graphql", json={"query": query}, headers=headers(token, "assistance_review"))

        assert (await ask(token(), "{ supportMeasures { totalCount } }")).json() == {"data": {"supportMeasures": {"totalCount": 0}}}
        assert (await ask(token(3000), "{ publication }")).status_code == 401
        claimed = await ask(token(hub_role="team.lead", hub_department="supervision"), "{ persons { nodes { custodies { facility } } } }")
        assert "Cannot query field 'custodies'" in claimed.text
        assert (await ask(token(iss="service:other"), "{ publication }")).status_code == 401


def accounts(home):
    return write_accounts(home, [Account("lead", "组长", "supervision", "team.lead", "joint_inspection")])


async def test_rights_taken_away_hold_within_a_second_and_a_second_person_gives_them_back(database, app_of):
    app = app_of()
    made = accounts(database.home)
    async with client_of(app_of()) as client:
        token = made.token("lead")

        async def status() -> int:
            return (await client.post("/graphql", json=OPEN, headers=headers(token, "joint_inspection"))).status_code

        assert await status() == 200
        writer = await asyncpg.connect(database.dsn("hub_writer"))
        began = time.monotonic()
        await block(writer, DIVISION, "demo:lead", by="security", reason="left the team")
        while await status() == 200:
            await asyncio.sleep(0.02)
        assert time.monotonic() - began < 1
        with pytest.raises(NotLifted, match="a second person"):
            await lift(writer, DIVISION, "demo:lead", by="security")
        for same in ("Security ", "ｓｅｃｕｒｉｔｙ", " "):
            with pytest.raises(NotLifted):
                await lift(writer, DIVISION, "demo:lead", by=same)
        await lift(writer, DIVISION, "demo:lead", by="director")
        await asyncio.sleep(0.6)
        assert await status() == 200
        await writer.close()
    await app.answering.close()


def test_an_open_subscription_ends_within_five_seconds(database, app_of):
    made = accounts(database.home)
    with TestClient(app_of()) as client, client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": headers(made.token("lead"), "joint_inspection")})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({"type": "subscribe", "id": "1", "payload": {"query": "subscription { publications(after: 0) { no } }"}})

        async def publish_and_block() -> None:
            writer = await asyncpg.connect(database.dsn("hub_writer"))
            async with publishing(writer, division=DIVISION, kind="check", by="test", business_date=TODAY):
                pass
            await asyncio.sleep(1)
            await block(writer, DIVISION, "demo:lead", by="security", reason="test")
            await writer.close()

        threading.Thread(target=lambda: asyncio.run(publish_and_block())).start()
        assert socket.receive_json()["payload"] == {"data": {"publications": {"no": 1}}}
        began = time.monotonic()
        assert socket.receive_json() == {"type": "complete", "id": "1"} and time.monotonic() - began < 6


@pytest.mark.parametrize("ends", ["taken away", "the token's time"])
def test_what_is_asked_on_an_open_socket_is_asked_by_who_may_now(ends, database, app_of, monkeypatch):
    made = accounts(database.home)
    asked = {"type": "subscribe", "payload": {"query": "{ children(first: 1) { nodes { name } } }"}}
    with TestClient(app_of()) as client, client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init", "payload": headers(made.token("lead"), "joint_inspection")})
        assert socket.receive_json() == {"type": "connection_ack"}
        socket.send_json({**asked, "id": "1"})
        assert socket.receive_json()["type"] == "next" and socket.receive_json()["type"] == "complete"

        async def take_away() -> None:
            writer = await asyncpg.connect(database.dsn("hub_writer"))
            await block(writer, DIVISION, "demo:lead", by="security", reason="left the team")
            await writer.close()

        if ends == "taken away":
            asyncio.run(take_away())
            time.sleep(1)
        else:
            later = time.time() + 366 * 86_400
            monkeypatch.setattr(admitting.time, "time", lambda: later)
        socket.send_json({**asked, "id": "2"})
        closed = socket.receive()
        assert closed["type"] == "websocket.close" and closed["code"] == 4403


def test_a_socket_without_a_token_is_closed(app_of):
    with TestClient(app_of()) as client, client.websocket_connect("/graphql", subprotocols=["graphql-transport-ws"]) as socket:
        socket.send_json({"type": "connection_init"})
        assert socket.receive()["code"] == 4403


async def test_everything_without_a_token_is_for_invented_people_only(database, app_of):
    settings = database.settings()
    (settings.home / "invented-people-only").unlink()
    with pytest.raises(CannotServe, match="invented people only"):
        create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))


async def test_demo_accounts_are_told_on_their_own_page_and_nowhere_else(database, app_of):
    async with client_of(app_of()) as client:
        assert (await client.get("/accounts")).json()["accounts"] == []
    accounts(database.home)
    async with client_of(app_of()) as client:
        [told] = (await client.get("/accounts")).json()["accounts"]
        assert (await client.post("/graphql", json=OPEN, headers=headers(told["token"], told["purpose"]))).status_code == 200
        assert (await client.get("/accounts", headers={"sec-fetch-site": "cross-site"})).json()["accounts"] == []
