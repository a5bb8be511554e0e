"""Signed web-hooks to departments: new, changed and overdue findings, at least once, in order, and none lost over a restart.

The outbox is the graph itself: a finding's version carries the publication that wrote it, in the writer's own transaction, and history keeps
it. A hook keeps only how far its department has confirmed; whatever comes after is sent again until it answers 2xx. An event names a
finding, never a person, and its id is the same however often it is sent. What a finding reveals of custody goes to justice alone.
"""

import asyncio
import hashlib
import hmac
import os
import tomllib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson

from hub.query.cursors import global_id
from hub.refusal import Refusal
from hub.rules import RULES
from hub.steps.findings import CONCLUDED

FILE = "hooks.toml"
AT_ONCE = 100  # events in one request
TRIES, FIRST_WAIT, LONGEST_WAIT = 6, 1.0, 60.0  # seconds between tries double
TIMEOUT = 10.0
LOCAL = ("http://127.0.0.1:", "http://[::1]:", "http://localhost:")


@dataclass(frozen=True)
class Hook:
    """Where a department wants to be told, and the secret that it knows the hub by."""

    department: str
    url: str
    secret: bytes


@dataclass(frozen=True)
class Sent:
    """How a round of sending went: events confirmed, and why it stopped where it did."""

    department: str
    events: int
    failed: str = ""


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
        if not isinstance(url, str) or not url.startswith(("https://", *LOCAL)):
            raise Refusal(f"{path}: [{department}] url must begin with https:// (http:// only on this machine)")
        if not isinstance(secret, str) or len(secret) < 32:
            raise Refusal(f"{path}: [{department}] secret must be 32 characters or more")
        hooks.append(Hook(department, url, secret.encode()))
    return hooks


async def events_after(connection: asyncpg.Connection, division: int, department: str, publication: int, told_on: date, today: date, most: int = AT_ONCE) -> list[dict[str, Any]]:
    """A department's events after a publication, in order: whole publications, as many as begin within ``most``; then what fell due since."""
    rules = [rule.name for rule in RULES if rule.owner == department or (department == "justice" and rule.reveals)]
    rows = await connection.fetch(
        """with told as (
               select id, rule, township, status, due_on, reveals, known_from as publication from finding where division = $1 and known_from > $2
               union all
               select id, rule, township, status, due_on, reveals, lower(known) from finding_history where division = $1 and lower(known) > $2
           ), ours as (select * from told where rule = any($3) and (reveals = '' or $4))
           select o.*, not exists (select from finding_history h where h.division = $1 and h.id = o.id and lower(h.known) < o.publication) as new
             from ours o where publication <= coalesce((select max(publication) from (select publication from ours order by publication limit $5) first), 0)
            order by publication, id""",
        division, publication, rules, department == "justice", most,
    )  # fmt: skip
    found = [_event("new" if row["new"] else "changed", f"{row['publication']}/{row['id']}", row) for row in rows]
    if len(rows) < most:
        due = await connection.fetch(
            """select id, rule, township, status, due_on, 0::bigint as publication from finding
                where division = $1 and status <> $2 and due_on >= $3 and due_on < $4 and rule = any($5) and (reveals = '' or $6) order by due_on, id""",
            division, CONCLUDED, told_on, today, rules, department == "justice",
        )  # fmt: skip
        found += [_event("overdue", f"overdue/{row['id']}/{row['due_on']}", row) for row in due]
    return found


async def send(
    connection: asyncpg.Connection, division: int, hook: Hook, home: Path, *, today: date, wait: Callable[[float], Awaitable[None]] = asyncio.sleep
) -> Sent:
    """Send what a department has not confirmed. Where it does not answer 2xx after several tries, the rest waits for the next time."""
    mark = home / "hooks" / f"{hashlib.sha256(f'{hook.department}/{hook.url}'.encode()).hexdigest()[:16]}.json"
    events = 0
    async with httpx.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
        while True:
            last, told_on = _mark(mark, today)
            newest = await connection.fetchval("select coalesce(max(no), 0) from publication where division = $1", division)
            found = await events_after(connection, division, hook.department, last, told_on, today)
            numbered = [one["publication"] for one in found if one["kind"] != "overdue"]
            ended = len(numbered) < AT_ONCE
            if found:
                failed = await _post(client, hook, orjson.dumps({"events": found}), wait)
                if failed:
                    return Sent(hook.department, events, failed)
                events += len(found)
            _keep(mark, newest if ended else max(numbered), today if ended else told_on)
            if ended:
                return Sent(hook.department, events)


def signature(secret: bytes, body: bytes) -> str:
    """What ``hub-signature`` holds: HMAC-SHA-256 over the body, in hex."""
    return "sha256=" + hmac.new(secret, body, hashlib.sha256).hexdigest()


async def _post(client: httpx.AsyncClient, hook: Hook, body: bytes, wait: Callable[[float], Awaitable[None]]) -> str:
    """'' once the department has answered 2xx; else why not, without anything that it said."""
    failed = ""
    for nth in range(TRIES):
        if nth:
            await wait(min(FIRST_WAIT * 2 ** (nth - 1), LONGEST_WAIT))
        try:
            async with client.stream("POST", hook.url, content=body, headers={"content-type": "application/json", "hub-signature": signature(hook.secret, body)}) as answer:
                if answer.is_success:
                    return ""
                failed = f"answered {answer.status_code}"
        except httpx.HTTPError as fault:
            failed = type(fault).__name__
    return f"{failed} ({TRIES} tries)"


def _event(kind: str, id_: str, row: Any) -> dict[str, Any]:
    return {
        "id": id_, "kind": kind, "publication": row["publication"], "finding": global_id("Finding", row["id"]), "rule": row["rule"],
        "township": row["township"], "status": row["status"], "due_on": row["due_on"].isoformat(),
    }  # fmt: skip


def _mark(path: Path, today: date) -> tuple[int, date]:
    if not path.exists():
        return 0, today
    told = orjson.loads(path.read_bytes())
    return told["publication"], date.fromisoformat(told["told_on"])


def _keep(path: Path, publication: int, told_on: date) -> None:
    """Move the mark, durably and at once."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    draft = path.with_suffix(".draft")
    with draft.open("wb") as file:
        file.write(orjson.dumps({"publication": publication, "told_on": told_on.isoformat()}))
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)
