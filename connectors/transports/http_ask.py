"""Asks for one page: time-outs, retries with growing pauses, tokens, and a distrust of what comes back."""

from __future__ import annotations

import asyncio
import email.utils
import ipaddress
import random
import re
import ssl
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import httpx

from connectors.transports.http_json import Truncated, parse_page
from connectors.transports.http_paging import Page, same_origin
from connectors.transports.limits import MIB
from connectors.transports.refusal import Unreadable

Token = str | Callable[[], str]
Sleep = Callable[[float], Awaitable[None]]

LATER = "try again later; a run with a resume file goes on from the last good page"
CHECK_SETTINGS = "check the source's settings"

_AGAIN = frozenset({408, 425, 429, 500, 502, 503, 504})
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_HOST = re.compile(r"[\w.:-]+")


@dataclass(frozen=True, slots=True)
class Patience:
    """How long one page may take, how often it is asked for again, and where the reading stops."""

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    page_seconds: float = 120.0
    attempts: int = 5
    backoff_seconds: float = 0.5
    backoff_limit_seconds: float = 30.0
    retry_after_limit_seconds: float = 300.0
    page_bytes: int = 64 * MIB
    pages: int = 10_000
    redirects: int = 3


def client_for(url: str, ca_file: Path | None, patience: Patience) -> httpx.AsyncClient:
    """A client that verifies certificates and takes no proxy, .netrc or CA from the environment."""
    _refuse_unfit_address(url)
    context = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)
    timeout = httpx.Timeout(patience.read_seconds, connect=patience.connect_seconds)
    headers = {"Accept": "application/json", "Accept-Encoding": "gzip, identity"}
    return httpx.AsyncClient(timeout=timeout, verify=context, headers=headers, trust_env=False)


class Asker:
    """Gets pages from one server."""

    def __init__(
        self, client: httpx.AsyncClient, token: Token | None, patience: Patience, sleep: Sleep
    ) -> None:
        self._client, self._patience, self._sleep = client, patience, sleep
        self._token_source = token
        self._token = token() if callable(token) else token
        self._renewed_for = 0

    async def page(self, address: httpx.URL, records: Sequence[str], number: int) -> Page:
        """Page `number`, asked for again after each passing failure; raises `Unreadable` in the end."""
        failure = _Passing("not asked")
        for attempt in range(1, self._patience.attempts + 1):
            try:
                async with asyncio.timeout(self._patience.page_seconds):
                    return await self._once(address, records, number)
            except _Passing as passing:
                failure = passing
            except TimeoutError:
                failure = _Passing(f"it took longer than {self._patience.page_seconds:g} s")
            except (httpx.TransportError, httpx.DecodingError) as error:
                failure = _passing(error, number)
            if attempt < self._patience.attempts:
                await self._sleep(self._pause(attempt, failure))
        raise Unreadable(f"page {number}: {failure}, after {self._patience.attempts} attempts", LATER)

    async def _once(self, address: httpx.URL, records: Sequence[str], number: int) -> Page:
        for _ in range(self._patience.redirects + 1):
            async with self._client.stream("GET", address, headers=self._authorization()) as response:
                if response.status_code in _REDIRECTS:
                    address = _redirected(response, number)
                    continue
                self._check(response, number)
                body = await self._body(response, number)
            try:
                return parse_page(body, response.headers, records, number, response.url)
            except Truncated as error:
                raise _Passing(str(error)) from error
        raise Unreadable(f"page {number}: the server redirects without end", CHECK_SETTINGS)

    def _authorization(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._token}"} if self._token else {}

    def _check(self, response: httpx.Response, number: int) -> None:
        status = response.status_code
        if status == 401 and self._renew(number):
            raise _Passing("the token had expired (401)", pause=0.0)
        if status in (401, 403):
            raise Unreadable(f"page {number}: the token was refused ({status})", "renew the source's token")
        if status in _AGAIN:
            raise _Passing(f"the server answered {status}", pause=_retry_after(response))
        if status != 200:
            raise Unreadable(f"page {number}: the server answered {status}", CHECK_SETTINGS)
        kind = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json" and not kind.endswith("+json"):
            raise _Passing(f"the answer is {kind or 'of no stated type'}, not JSON (an error page?)")

    def _renew(self, number: int) -> bool:
        """Asks for a new token, once for each page."""
        if not callable(self._token_source) or self._renewed_for == number:
            return False
        self._renewed_for = number
        self._token = self._token_source()
        return True

    async def _body(self, response: httpx.Response, number: int) -> bytes:
        body = bytearray()
        async for part in response.aiter_bytes():
            body += part
            if len(body) > self._patience.page_bytes:
                limit = self._patience.page_bytes // MIB
                raise Unreadable(f"page {number}: larger than {limit} MiB", "ask for smaller pages")
        return bytes(body)

    def _pause(self, attempt: int, failure: _Passing) -> float:
        """What the server asks for, else twice as long each time, with jitter so that hubs do not march."""
        if failure.pause is not None:
            if failure.pause > self._patience.retry_after_limit_seconds:
                raise Unreadable(f"{failure}, and asks to come back in {failure.pause:.0f} s", LATER)
            return failure.pause
        longest = min(self._patience.backoff_seconds * 2.0**attempt, self._patience.backoff_limit_seconds)
        return longest * random.uniform(0.5, 1.0)


class _Passing(Exception):
    """A failure that may pass; `pause` is how many seconds the server asked us to wait."""

    def __init__(self, reason: str, *, pause: float | None = None) -> None:
        super().__init__(reason)
        self.pause = pause


def _passing(error: httpx.HTTPError, number: int) -> _Passing:
    cause: BaseException | None = error
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            raise Unreadable(
                f"page {number}: the server's certificate is not valid ({cause.verify_message})",
                "give the department's CA file, or have the certificate renewed",
            )
        cause = cause.__cause__ or cause.__context__
    return _Passing(f"the connection failed ({type(error).__name__})")


def _retry_after(response: httpx.Response) -> float | None:
    """Retry-After in seconds: a number, or an HTTP date (RFC 9110, 10.2.3); None when absent or senseless."""
    given = response.headers.get("retry-after", "").strip()
    if given.isascii() and given.isdigit():
        return float(given)
    try:
        return max(0.0, email.utils.parsedate_to_datetime(given).timestamp() - time.time())
    except ValueError:
        return None


def _redirected(response: httpx.Response, number: int) -> httpx.URL:
    target = response.url.join(response.headers.get("location", ""))
    if not same_origin(target, response.url):
        raise Unreadable(f"page {number}: the server redirects to another host", CHECK_SETTINGS)
    return target


def _refuse_unfit_address(url: str) -> None:
    try:
        address = httpx.URL(url)
    except httpx.InvalidURL:
        address = httpx.URL()
    if not _HOST.fullmatch(address.host):
        raise Unreadable("the address is none of a server's", "write one such as https://10.1.2.3/people")
    if address.scheme == "https" or (address.scheme == "http" and _is_loopback(address.host)):
        return
    raise Unreadable("the address is not https", "use https: the answers hold personal data")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
