"""Signed web-hooks to departments: the events of their findings and a daily digest, at least once, in order, and none lost over a restart.

Events come from the outbox (``hub.storage.outbox``). A mark in the database says how far a department has confirmed; whatever comes after
is sent again until it answers 2xx, by one process at a time. What was answered but not yet marked when a process died comes once more, by
the same ids: a receiver keeps them. An event names a finding, never a person. What a finding
reveals goes to the departments some role of which may read it by the catalogue on that day, and to nobody else.
"""

import asyncio
import hashlib
import hmac
import tomllib
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import httpx
import orjson

from hub.access.catalogue import read_catalogue
from hub.access.deciding import tables_read_by
from hub.query.cursors import global_id
from hub.refusal import Refusal
from hub.rules import RULES
from hub.steps.findings import CONCLUDED
from hub.storage.crash_points import point
from hub.storage.outbox import event_id

FILE = "hooks.toml"
AT_ONCE = 100  # events in one request
DIGESTS = 31  # days back for which one is still sent
LISTED = 500  # ids of one kind in a digest
TRIES, FIRST_WAIT, LONGEST_WAIT = 6, 1.0, 60.0  # seconds between tries double
TIMEOUT = 10.0  # seconds for an answer, however it drips
CATALOGUE = read_catalogue()
REVEALED = frozenset(noun for rule in RULES for noun in rule.reveals)
LOCAL = frozenset({"127.0.0.1", "::1", "localhost"})
Wait = Callable[[float], Awaitable[None]]


@dataclass(frozen=True)
class Hook:
    """Where a department wants to be told, and the secret that it knows the hub by."""

    department: str
    url: str
    secret: bytes

    @property
    def url_hash(self) -> str:
        """What the mark knows the address by; another address is told everything from the beginning."""
        return hashlib.sha256(self.url.encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Sent:
    """How a round of sending went: events confirmed, and why it stopped where it did."""

    department: str
    events: int
    failed: str = ""

    def told(self) -> str:
        """One line for a person."""
        return f"{self.department}: {self.events} events confirmed" + (f"; the rest waits: {self.failed}" if self.failed else "")


@dataclass(frozen=True)
class Mark:
    """The last event that was confirmed, and the last day whose digest was."""

    publication: int
    finding: int
    kind: str
    digested_on: date


def read_hooks(home: Path) -> list[Hook]:
    """The hooks of ``hooks.toml``: [department] url = "https://…", secret = "…" (32 characters at least). Refusal with what is wrong."""
    path = home / FILE
    if not path.exists():
        return []
    if path.stat().st_mode & 0o077:
        raise Refusal(f"{path} holds secrets: chmod 600 {path}")
    try:
        told = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as bad:
        raise Refusal(f"{path}: not TOML: {bad}") from None
    hooks = []
    for department, one in told.items():
        url, secret = (one.get("url"), one.get("secret")) if isinstance(one, dict) else (None, None)
        if not isinstance(url, str) or not _goes_safely(url):
            raise Refusal(f"{path}: [{department}] url must begin with https:// (http:// only on this machine)")
        if not isinstance(secret, str) or len(secret) < 32:
            raise Refusal(f"{path}: [{department}] secret must be 32 characters or more")
        hooks.append(Hook(department, url, secret.encode()))
    return hooks


async def send(connection: asyncpg.Connection, division: int, hook: Hook, *, today: date, wait: Wait = asyncio.sleep) -> Sent:
    """Send what a department has not confirmed. Where it does not answer 2xx after several tries, the rest waits for the next time."""
    lock = int.from_bytes(hashlib.sha256(f"hook/{division}/{hook.department}/{hook.url}".encode()).digest()[:8], "big", signed=True)
    if not await connection.fetchval("select pg_try_advisory_lock($1)", lock):
        return Sent(hook.department, 0, "another process is telling it")
    try:
        async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
            return await _send(connection, division, hook, client, today, wait)
    finally:
        await connection.execute("select pg_advisory_unlock($1)", lock)


async def _send(connection: asyncpg.Connection, division: int, hook: Hook, client: httpx.AsyncClient, today: date, wait: Wait) -> Sent:
    events = 0
    while rows := await _after(connection, division, hook, await _mark(connection, division, hook, today), today):
        failed = await _post(client, hook, orjson.dumps({"events": [event(row) for row in rows]}), wait)
        if failed:
            return Sent(hook.department, events, failed)
        last = rows[-1]
        await _keep(connection, division, hook, Mark(last["publication"], last["finding"], last["kind"], (await _mark(connection, division, hook, today)).digested_on))
        events += len(rows)
    mark = await _mark(connection, division, hook, today)
    since = max(mark.digested_on, today - timedelta(days=DIGESTS + 1))
    for day in (since + timedelta(days=n) for n in range(1, (today - since).days)):  # of days that are over
        failed = await _post(client, hook, orjson.dumps({"digest": await digest(connection, division, hook.department, day)}), wait)
        if failed:
            return Sent(hook.department, events, failed)
        await _keep(connection, division, hook, Mark(mark.publication, mark.finding, mark.kind, day))
    return Sent(hook.department, events)


async def digest(connection: asyncpg.Connection, division: int, department: str, day: date) -> dict[str, Any]:
    """What a business day brought a department: counts by rule and kind, the findings' ids (of each kind at most ``LISTED``), and what is open and overdue now."""
    rows = await connection.fetch(
        f"""select e.* from finding_event e join publication p on p.division = e.division and p.no = e.publication
             where e.division = $1 and p.business_date = $4 and {_OURS} order by e.publication, e.finding, e.kind""",
        division, *_ours(department, day), day,
    )  # fmt: skip
    stands = await connection.fetchrow(
        f"select count(*) as open, count(*) filter (where e.due_on < $5) as overdue from finding e where e.division = $1 and e.status <> $4 and {_OURS}",
        division, *_ours(department, day), CONCLUDED, day,
    )  # fmt: skip
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    findings: dict[str, list[str]] = defaultdict(list)
    for row in rows:
        counts[row["rule"]][row["kind"]] += 1
        findings[row["kind"]].append(global_id("Finding", row["finding"]))
    return {
        "id": f"digest/{department}/{day}", "day": day.isoformat(), "department": department, "open": stands["open"], "overdue": stands["overdue"],
        "counts": {rule: dict(sorted(kinds.items())) for rule, kinds in sorted(counts.items())},
        "findings": {kind: ids[:LISTED] for kind, ids in sorted(findings.items())},
        "left_out": sum(max(0, len(ids) - LISTED) for ids in findings.values()),
    }  # fmt: skip


def signature(secret: bytes, body: bytes) -> str:
    """What ``hub-signature`` holds: HMAC-SHA-256 over the body, in hex."""
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


def event(row: Any) -> dict[str, Any]:
    """An event of the outbox as a department is told of it."""
    return {
        "id": event_id(row), "kind": row["kind"].lower(), "publication": row["publication"], "finding": global_id("Finding", row["finding"]), "rule": row["rule"],
        "township": row["township"], "status": row["status"], "due_on": row["due_on"] and row["due_on"].isoformat(),
    }  # fmt: skip


#: Which findings a department is told of: of its own rules those that reveal nothing that it may not read, and of other rules those that
#: reveal what it may.
_OURS = "(e.rule = any($2) and e.reveals = '' or e.reveals = any($3))"


def _ours(department: str, on: date) -> tuple[list[str], list[str]]:
    return [rule.name for rule in RULES if rule.owner == department], sorted(tables_read_by(CATALOGUE, department, on) & REVEALED)


async def _after(connection: asyncpg.Connection, division: int, hook: Hook, mark: Mark, today: date) -> list[Any]:
    found: list[Any] = await connection.fetch(
        f"""select e.* from finding_event e
             where e.division = $1 and {_OURS} and e.publication >= $4 and (e.publication, e.finding, e.kind) > ($4, $5, $6) order by e.publication, e.finding, e.kind limit {AT_ONCE}""",
        division, *_ours(hook.department, today), mark.publication, mark.finding, mark.kind,
    )  # fmt: skip
    return found


async def _post(client: httpx.AsyncClient, hook: Hook, body: bytes, wait: Wait) -> str:
    """'' once the department has answered 2xx; else why not, without anything that it said."""
    failed = ""
    for nth in range(TRIES):
        if nth:
            await wait(min(FIRST_WAIT * 2 ** (nth - 1), LONGEST_WAIT))
        point("hook.before")
        try:
            async with asyncio.timeout(TIMEOUT), client.stream("POST", hook.url, content=body, headers={"content-type": "application/json", "hub-signature": signature(hook.secret, body)}) as answer:
                if answer.is_success:
                    point("hook.answered")
                    return ""
                failed = f"answered {answer.status_code}"
        except (httpx.HTTPError, TimeoutError) as fault:
            failed = type(fault).__name__
    return f"{failed} ({TRIES} tries)"


async def _mark(connection: asyncpg.Connection, division: int, hook: Hook, today: date) -> Mark:
    row = await connection.fetchrow(
        "select publication, finding, kind, digested_on from hook_mark where division = $1 and department = $2 and url_hash = $3", division, hook.department, hook.url_hash
    )
    if row:
        return Mark(**row)
    first = Mark(0, 0, "", today - timedelta(days=1))
    await _keep(connection, division, hook, first)  # if it answers only days later, those have their digests
    return first


async def _keep(connection: asyncpg.Connection, division: int, hook: Hook, mark: Mark) -> None:
    await connection.execute(
        """insert into hook_mark (division, department, url_hash, publication, finding, kind, digested_on) values ($1, $2, $3, $4, $5, $6, $7)
           on conflict (division, department, url_hash) do update set publication = $4, finding = $5, kind = $6, digested_on = $7""",
        division, hook.department, hook.url_hash, mark.publication, mark.finding, mark.kind, mark.digested_on,
    )  # fmt: skip
    point("hook.marked")


def _goes_safely(url: str) -> bool:
    """Whether an address is one of TLS, or of this machine; none says who signs in, which its receiver would be told in plain."""
    try:
        told = urlsplit(url)
    except ValueError:
        return False
    return "@" not in told.netloc and bool(told.hostname) and (told.scheme == "https" or (told.scheme == "http" and told.hostname in LOCAL))
