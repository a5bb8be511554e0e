"""Access tokens: whose signature counts, and which viewer a token stands for.

Three kinds of issuer vouch for viewers: the city's OpenID provider (discovery and key rotation, OpenID Connect Discovery 1.0 and
RFC 9068), departments' services that sign short tokens with a registered key (RFC 7523's shape), and the demo's own issuer. A
token is a signed JWT (RFC 7519) with an asymmetric algorithm; what it may say is read nowhere else.
"""

import asyncio
import json
import time
from base64 import urlsafe_b64decode
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol, TypeGuard
from urllib.parse import urlsplit

import httpx
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, KeySet, RSAKey

from hub.access.certificates import Certificate
from hub.access.viewer import Kind, NotAdmitted, Viewer

AUDIENCE = "children-hub"
ALGORITHMS = ("ES256", "ES384", "RS256", "PS256", "Ed25519", "EdDSA")  # asymmetric ones only: no shared secret, never "none"
LARGEST = 8 * 1024  # characters of a token
SKEW = 30  # seconds that two clocks may differ
PATIENCE = 3  # seconds for the provider's answer
KEYS_LAST = 600  # seconds after which the provider's keys are fetched again
KEYS_AGAIN = 5  # seconds between two fetches for a key that is not known
DAY = 24 * 3600
TYPES = ("", "jwt", "at+jwt", "application/at+jwt")  # of a token's head; a logout token names another
OF_ID_TOKENS = ("nonce", "at_hash", "c_hash", "events")  # claims of ID tokens and logout tokens, which open nothing here (RFC 9068)
SHORTEST_RSA = 2048  # bits
OTHERS = ("service:", "demo:", "shell:")  # how the accounts of other issuers are named, and whoever works with the verbs
OURS = ("person/", "seen/", "department/")  # what the hub itself puts beside a care; no token may


class Issuer(Protocol):
    """Somebody whose signature counts."""

    @property
    def kind(self) -> Kind:
        """What vouches for its viewers."""

    @property
    def longest(self) -> int:
        """Seconds that its tokens may live."""

    async def keys(self, key_id: str) -> KeySet:
        """Its keys now, with the one of that id if there is such a one."""

    def viewer(self, claims: Mapping[str, Any]) -> Viewer:
        """Whom its claims mean; NotAdmitted where they do not say it."""


@dataclass
class Discovered:
    """The city's OpenID provider; its keys are where its own description says, and are looked up again when they change."""

    url: str
    acr: frozenset[str] = frozenset()  # what a token may say of how somebody logged in; nothing: anything
    client: httpx.AsyncClient = field(default_factory=lambda: httpx.AsyncClient(timeout=PATIENCE, follow_redirects=False))
    kind: Kind = Kind.PERSON
    longest: int = 3600
    _keys: KeySet | None = None
    _fetched: float = 0
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def keys(self, key_id: str) -> KeySet:
        """Fetched once in ten minutes, and at once – but not more than every five seconds – for a key that is not among them."""
        async with self._lock:
            age = time.monotonic() - self._fetched
            known = self._keys is not None and any(key.kid == key_id for key in self._keys)
            if self._keys is None or age > KEYS_LAST or (not known and age > KEYS_AGAIN):
                self._keys = await self._fetch()
                self._fetched = time.monotonic()
            return self._keys

    async def _fetch(self) -> KeySet:
        try:
            told = (await self.client.get(f"{self.url.rstrip('/')}/.well-known/openid-configuration")).raise_for_status().json()
            if told.get("issuer") != self.url or not _is_safe(told.get("jwks_uri", "")):
                raise NotAdmitted("the OpenID provider's description is of another issuer, or its keys are not behind TLS", 503)
            keys = KeySet.import_key_set((await self.client.get(told["jwks_uri"])).raise_for_status().json())
            return KeySet([key for key in keys if not (isinstance(key, RSAKey) and key.public_key.key_size < SHORTEST_RSA)])
        except (httpx.HTTPError, ValueError, JoseError, AttributeError):
            raise NotAdmitted("the OpenID provider does not answer; come back in a moment", 503) from None

    def viewer(self, claims: Mapping[str, Any]) -> Viewer:
        """The provider names department, role and care in claims of their own."""
        if self.acr and str(claims.get("acr")) not in self.acr:
            raise NotAdmitted("log in more strongly: the hub asks for acr " + ", ".join(sorted(self.acr)))
        if claims["sub"].startswith(OTHERS):
            raise _bad()
        return _viewer(claims["sub"], self.kind, claims, claims["exp"])


@dataclass(frozen=True)
class Registered:
    """A department's service: its key, its certificate or both, and what it may be, stand in a file of ours, never in its token.

    Whose registration has a certificate comes in by the proxy with that one alone; where it has a key too, with a token of it beside.
    """

    name: str
    told: Mapping[str, Any]
    kind: Kind = Kind.SERVICE
    longest: int = 300

    @property
    def certificate(self) -> str:
        """The SHA-256 of its certificate, as hexadecimal digits; nothing where it needs none."""
        return str(self.told.get("certificate", "")).replace(":", "").lower()

    async def keys(self, key_id: str) -> KeySet:
        """The registered one; NotAdmitted where there is none."""
        if "key" not in self.told:
            raise _bad()
        return KeySet([JWKRegistry.import_key(dict(self.told["key"]))])

    def viewer(self, claims: Mapping[str, Any]) -> Viewer:
        """What the registration says."""
        return _viewer(f"service:{self.name}", self.kind, self.told, claims["exp"])


def services(folder: Path | None) -> dict[str, Issuer]:
    """The registered services of a folder by the issuer that their tokens name: NAME.json is "service:NAME"."""
    found: dict[str, Issuer] = {}
    for path in sorted(folder.glob("*.json")) if folder else ():
        found[f"service:{path.stem}"] = Registered(path.stem, json.loads(path.read_text(encoding="utf-8")))
    return found


def certified(certificate: Certificate, issuers: Mapping[str, Issuer]) -> Viewer:
    """The service of a certificate that came without a token; NotAdmitted where no registration is content with that, or it is not valid now."""
    _in_time(certificate)
    for one in issuers.values():
        if isinstance(one, Registered) and one.certificate == certificate.sha256 and "key" not in one.told:
            return one.viewer({"exp": certificate.until})
    raise NotAdmitted("no service is registered with this client certificate, or it sends a token too")


async def verified(token: str, issuers: Mapping[str, Issuer], certificate: Certificate | None = None) -> Viewer:
    """The viewer of a token; NotAdmitted where it is not good now, or is bound to a certificate that is not the one it came with (RFC 8705's way)."""
    if len(token) > LARGEST:
        raise _bad()
    header, claims = _unverified(token)
    issuer = issuers.get(str(claims.get("iss")))
    if issuer is None:
        raise _bad()
    if isinstance(issuer, Registered) and issuer.certificate and (certificate is None or certificate.sha256 != issuer.certificate):
        raise NotAdmitted("this service comes by the proxy, with its client certificate")
    if certificate is not None:
        _in_time(certificate)
        if any(isinstance(one, Registered) and one is not issuer and one.certificate == certificate.sha256 for one in issuers.values()):
            raise NotAdmitted("the token is one service's, and the client certificate another's")
    keys = await issuer.keys(str(header.get("kid")))
    try:
        told = jwt.decode(token, keys, algorithms=list(ALGORITHMS)).claims
    except (JoseError, ValueError, KeyError, TypeError):
        raise _bad() from None
    _check(told, issuer.longest)
    if str(header.get("typ", "")).lower() not in TYPES or any(claim in told for claim in OF_ID_TOKENS):
        raise NotAdmitted("this is no access token: send the one that the provider gives for the hub")
    try:
        return issuer.viewer(told)
    except KeyError:  # well signed, and the issuer knows nobody of that name
        raise _bad() from None


def _in_time(certificate: Certificate) -> None:
    if not certificate.since - SKEW <= time.time() < certificate.until:
        raise NotAdmitted("the client certificate is not valid now: get a new one")


def _check(claims: Mapping[str, Any], longest: int) -> None:
    now = time.time()
    audience, issued, expires = claims.get("aud"), claims.get("iat"), claims.get("exp")
    if AUDIENCE not in (audience if isinstance(audience, list) else [audience]):
        raise _bad()
    if not _is_number(issued) or not _is_number(expires) or not isinstance(claims.get("sub"), str) or not claims["sub"].strip():
        raise _bad()
    if not claims["sub"].isprintable() or not _is_number(claims.get("nbf", 0)):
        raise _bad()
    if not issued - SKEW <= now < expires + SKEW or claims.get("nbf", 0) > now + SKEW:
        raise NotAdmitted("the token is not valid now: get a new one")
    if expires - issued > longest:
        raise NotAdmitted(f"the token lives longer than {longest} s: tokens of this issuer must not")


def _viewer(subject: str, kind: Kind, told: Mapping[str, Any], expires: float) -> Viewer:
    department, role, care = told.get("hub_department"), told.get("hub_role"), told.get("hub_care", [])
    if not isinstance(department, str) or not isinstance(role, str) or not isinstance(care, list) or not all(isinstance(one, str) and "," not in one and not one.startswith(OURS) for one in care):
        raise NotAdmitted("the token does not say hub_department, hub_role and hub_care", 403)
    return Viewer(subject, kind, department, role, frozenset(care), float(expires))


def _unverified(token: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """What a token says before anybody vouches for it: only to know whose key to try."""
    try:
        header, claims = (json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4))) for part in token.split(".")[:2])
    except (ValueError, RecursionError):
        raise _bad() from None
    if not isinstance(header, dict) or not isinstance(claims, dict) or token.count(".") != 2:
        raise _bad()
    return header, claims


def _bad() -> NotAdmitted:
    return NotAdmitted("this is not a token of an issuer that the hub knows")


def _is_number(value: Any) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost"))
