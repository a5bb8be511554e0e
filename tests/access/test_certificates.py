"""A department's service with a client certificate: by the proxy's own socket alone, of a real server."""

import asyncio
import json
import os
import socket
import stat
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from urllib.parse import quote

import httpx
import pytest
import uvicorn
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from joserfc import jwt
from joserfc.jwk import JWKRegistry
from websockets.asyncio.client import connect, unix_connect
from websockets.exceptions import InvalidStatus

from hub.access.tokens import AUDIENCE
from hub.settings import CannotServe
from hub.storage.database import Database
from hub.web import create_app, proxys_own

ASK = {"query": "{ supportMeasures { totalCount } }"}
TODAY = datetime.now(UTC)


def certificate(name: str, since: datetime = TODAY - timedelta(1), until: datetime = TODAY + timedelta(1)) -> x509.Certificate:
    key, subject = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = x509.CertificateBuilder().subject_name(subject).issuer_name(subject).public_key(key.public_key()).serial_number(x509.random_serial_number())
    return made.not_valid_before(since).not_valid_after(until).sign(key, SHA256())


def by_standard(one: x509.Certificate) -> str:
    return f":{b64encode(one.public_bytes(Encoding.DER)).decode()}:"


def as_nginx(one: x509.Certificate) -> str:
    return quote(one.public_bytes(Encoding.PEM).decode())


GOOD, OVER, EARLY, BOTH, STRANGER = (
    certificate("good"), certificate("over", until=TODAY - timedelta(hours=1)), certificate("early", since=TODAY + timedelta(hours=1), until=TODAY + timedelta(2)),
    certificate("both"), certificate("stranger"),
)  # fmt: skip
KEY = JWKRegistry.generate_key("OKP", "Ed25519", {"kid": "both"})


def token() -> str:
    now = int(time.time())
    return jwt.encode({"alg": "Ed25519", "kid": "both"}, {"iss": "service:both", "sub": "x", "aud": AUDIENCE, "iat": now, "exp": now + 200}, KEY, algorithms=["Ed25519"])


@pytest.fixture
def served(database, tmp_path):
    """The endpoint on a port and on the proxy's socket: the addresses of both."""
    folder, path = tmp_path / "services", tmp_path / "p.sock"
    folder.mkdir()
    for name, one in (("good", GOOD), ("over", OVER), ("early", EARLY), ("both", BOTH)):
        told = {"hub_department": "civil_affairs", "hub_role": "civil.clerk", "certificate": one.fingerprint(SHA256()).hex(":").upper()}
        (folder / f"{name}.json").write_text(json.dumps(told | ({"key": KEY.as_dict(private=False)} if name == "both" else {})))
    settings = database.settings(HUB_SERVICES=str(folder), HUB_PROXY_SOCKET=str(path), HUB_WITHOUT_TOKEN="refused")
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    app = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    server = uvicorn.Server(uvicorn.Config(app, log_level="warning", lifespan="on", proxy_headers=False))
    with proxys_own(path) as by_proxy:
        running = threading.Thread(target=server.run, args=([taken, *by_proxy],))
        running.start()
        while not server.started:
            time.sleep(0.01)
        yield f"http://127.0.0.1:{taken.getsockname()[1]}", path
        server.should_exit = True
        running.join()
    assert not path.exists()


def asked(served, header: str, *, by_proxy: bool = True, **more: str) -> httpx.Response:
    port, path = served
    transport = httpx.HTTPTransport(uds=str(path)) if by_proxy else httpx.HTTPTransport()
    with httpx.Client(transport=transport, base_url="http://127.0.0.1" if by_proxy else port) as client:
        return client.post("/graphql", json=ASK, headers={"hub-purpose": "assistance_review", **({"client-cert": header} if header else {}), **more})


def test_a_service_comes_in_by_the_proxy_with_its_certificate(served):
    for written in (by_standard, as_nginx):
        told = asked(served, written(GOOD))
        assert told.status_code == 200 and told.json() == {"data": {"supportMeasures": {"totalCount": 0}}}
    assert "Cannot query field" in asked(served, by_standard(GOOD), **{"hub-purpose": "audit"}).text  # the rights are the registration's
    assert stat.S_IMODE(os.stat(served[1]).st_mode) == 0o660


def test_by_the_port_the_header_is_refused_whoever_it_is_of(served):
    for header in (by_standard(GOOD), as_nginx(GOOD), "x"):
        for more in ({}, {"x-forwarded-for": "10.0.0.1"}, {"authorization": f"Bearer {token()}"}):
            told = asked(served, header, by_proxy=False, **more)
            assert told.status_code == 400 and "socket alone" in told.text


@pytest.mark.parametrize("header, words", [
    (by_standard(OVER), "not valid now"), (by_standard(EARLY), "not valid now"), (by_standard(STRANGER), "no service"), (by_standard(BOTH), "no service"),
    ("", "send an access token"), ("x", "cannot be read"), (":####:", "cannot be read"), ("::", "cannot be read"), (f"{by_standard(GOOD)}, {by_standard(OVER)}", "cannot be read"),
    (quote("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"), "cannot be read"), ("%ff%fe", "cannot be read"),
])  # fmt: skip
def test_nobody_else_does(served, header, words):
    told = asked(served, header)
    assert told.status_code == 401 and words in told.text and "data" not in told.json()


def test_whose_registration_has_a_key_too_sends_both(served):
    good = {"authorization": f"Bearer {token()}"}
    assert asked(served, by_standard(BOTH), **good).status_code == 200
    for header, by_proxy in ((by_standard(GOOD), True), (by_standard(STRANGER), True), ("", True), ("", False)):  # a stolen token is worth nothing without it
        told = asked(served, header, by_proxy=by_proxy, **good)
        assert told.status_code == 401 and "with its client certificate" in told.text, header
    for _ in range(2):  # also once it was good
        assert asked(served, by_standard(BOTH), **good).status_code == 200
        assert asked(served, "", by_proxy=False, **good).status_code == 401


def test_one_services_token_beside_anothers_certificate_is_nobodys(served):
    """A person's token beside a certificate of nobody registered is that person's; one that has ended counts nowhere."""
    folder = served[1].parent / "services"
    assert asked(served, by_standard(OVER), authorization=f"Bearer {token()}").status_code == 401
    (folder / "keyonly.json").write_text("{}")  # read at the start alone: nothing changes
    told = asked(served, by_standard(GOOD), authorization=f"Bearer {token()}")
    assert told.status_code == 401 and "data" not in told.json()


def test_twice_is_refused(served):
    with httpx.Client(transport=httpx.HTTPTransport(uds=str(served[1])), base_url="http://127.0.0.1") as client:
        told = client.post("/graphql", json=ASK, headers=[("hub-purpose", "assistance_review"), ("client-cert", by_standard(GOOD)), ("client-cert", by_standard(OVER))])
    assert told.status_code == 400 and "twice" in told.text


def test_sockets_too(served):
    async def told(header: str, by_proxy: bool) -> str:
        told = {"subprotocols": ["graphql-transport-ws"], "additional_headers": {"client-cert": header, "hub-purpose": "assistance_review"}}
        opening = unix_connect(str(served[1]), "ws://127.0.0.1/graphql", **told) if by_proxy else connect(f"{served[0].replace('http', 'ws')}/graphql", **told)
        try:
            async with opening as opened:
                await opened.send('{"type": "connection_init"}')
                return json.loads(await opened.recv())["type"]
        except InvalidStatus as refused:
            return str(refused.response.status_code)

    assert asyncio.run(told(by_standard(GOOD), True)) == "connection_ack"
    assert asyncio.run(told(by_standard(GOOD), False)) == "403"


def test_a_file_of_somebody_elses_is_left_alone(tmp_path):
    kept = tmp_path / "file"
    kept.write_text("theirs")
    for path in (kept, tmp_path / "no" / "folder", tmp_path / ("long" * 40)):
        with pytest.raises(CannotServe, match="HUB_PROXY_SOCKET"), proxys_own(path):
            pass
    assert kept.read_text() == "theirs"
