"""The audit: before an answer leaves, a durable entry says who read what of whom, and why. If it cannot be written, nothing is read.

One writer per process commits the entries of many answers at once. Entries are chained under a lock of the hub's division, so
that several processes make one chain; its heads are signed each minute and kept in a file outside the database (domain G.9,
X-Road's and CloudTrail's shape: reliability 2.2).
"""

import asyncio
import contextlib
import fcntl
import json
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import asyncpg
import orjson
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from hub.access.chain import START, VERSION, Entry, Frontier, Verdict, chained, leaf_of, signed_head, verify, written_time
from hub.access.viewer import Viewer
from hub.refusal import Refusal
from hub.storage.crash_points import point

HEAD_EACH = 60  # seconds
MOST_AT_ONCE = 500  # entries of one commit
PATIENCE = 5  # seconds for a commit
END = "select no, chain, frontier from audit_tail where division = $1 for update"
#: Many entries and the chain's new end in one statement, which is a transaction of its own: nothing happens where the end is not the expected one.
APPEND = """with moved as (
  update audit_tail set no = $2, chain = $3, frontier = $4 where division = $1 and no = $5 and chain = $6 returning no)
insert into audit_entry (division, no, at, entry, persons, leaf, chain)
select $1, e.no, e.at, e.entry, e.persons::bigint[], e.leaf, e.chain
  from unnest($7::bigint[], $8::timestamptz[], $9::text[], $10::text[], $11::bytea[], $12::bytea[]) e (no, at, entry, persons, leaf, chain)
 where exists (select from moved)"""
#: Count the hours that are over and were not yet ($2: the first hour that is not to be counted); an hour without an entry is none.
COUNT_HOURS = """with due as (
  select coalesce(max(hour) + interval '1 hour', '-infinity') as since, coalesce(max(upto), 0) as upto from audit_hour where division = $1),
uncounted as (
  select e.no, e.at, e.entry, e.persons from audit_entry e where e.division = $1 and e.no > (select upto from due)),
told as (
  select no, date_trunc('hour', at) as hour, entry::jsonb as entry, persons from uncounted where at >= (select since from due) and at < $2),
named as (
  select no, hour, entry->>'who' as who, entry->>'role' as role, entry ? 'opened' as opened, entry ? 'glass_broken' as broken, persons from told)
insert into audit_hour (division, hour, who, role, people, answers, opened, broken, upto)
select $1, n.hour, n.who, n.role, count(distinct p.person), count(distinct n.no), bool_or(n.opened), bool_or(n.broken),
       (select coalesce(min(no) filter (where at >= $2) - 1, max(no)) from uncounted)
  from named n left join lateral unnest(n.persons) p (person) on true
 where n.who is not null and n.role is not null group by n.hour, n.who, n.role on conflict do nothing"""
SETTLED = timedelta(minutes=1)  # after the end of an hour, when every entry of it stands
log = logging.getLogger("hub.audit")


class AuditDown(Refusal):
    """The entry cannot be written: nothing personal is read until it can."""


def entry_of(viewer: Viewer, purpose: str, operation: str, document: str, fields: Collection[str], about: Collection[str], **more: Any) -> dict[str, Any]:
    """What an entry says. The document is its hash: a text may hold a name."""
    return {
        "who": viewer.subject,
        "kind": viewer.kind.value,
        "department": viewer.department,
        "role": viewer.role,
        "purpose": purpose,
        "operation": operation[:64],
        "document": document,
        "fields": sorted(fields),
        "persons": sorted(int(one) for one in about if "/" not in one),
        "rows": sorted(one for one in about if "/" in one),
        "count": len(about),
        **more,
    }


@dataclass
class Heads:
    """The signed heads of the chain, in a folder outside the database with the key's public half."""

    folder: Path
    key: Ed25519PrivateKey
    _length: int = 0
    _size: int = 0

    @classmethod
    def open(cls, folder: Path, key_file: Path) -> "Heads":
        """The heads of a folder; the signing key is made at random (mode 0600) where there is none."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o750)
        key_file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        with (folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not key_file.exists():
                draft = key_file.with_suffix(".draft")
                draft.touch(mode=0o600)
                draft.write_bytes(Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
                draft.rename(key_file)
            key = load_pem_private_key(key_file.read_bytes(), None)
            assert isinstance(key, Ed25519PrivateKey)
            (folder / "public.pem").write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
        return cls(folder, key)

    @cached_property
    def _path(self) -> str:
        return str(self.folder / "heads.jsonl")  # it is looked at for every commit

    def lines(self) -> list[str]:
        """All heads, the oldest first."""
        path = Path(self._path)
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def sign(self, frontier: Frontier, chain: bytes) -> None:
        """Sign the head of now and keep it, durably, unless as much is signed already."""
        with (self.folder / "lock").open("a") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            last = self._last()
            if _size_of(last) >= frontier.size:
                return
            at = datetime.now(UTC).isoformat(timespec="seconds")
            line = signed_head(self.key, size=frontier.size, root=frontier.root(), chain=chain, at=at, previous=last)
            with open(self._path, "a", encoding="utf-8") as file:
                file.write(line + "\n")
                file.flush()
                os.fsync(file.fileno())

    def size(self) -> int:
        """How many entries the last head is of; the file only grows, and is read when it has."""
        try:
            length = os.stat(self._path).st_size
        except FileNotFoundError:
            length = 0
        if length != self._length:
            self._length, self._size = length, _size_of(self._last())
        return self._size

    def _last(self) -> str:
        """The last head; the end of the file is enough for it."""
        path = Path(self._path)
        if not path.exists():
            return ""
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - 4096))
            return file.read().decode("utf-8", "replace").rstrip("\n").rpartition("\n")[2]


def _size_of(line: str) -> int:
    return int(json.loads(line)["size"]) if line else 0


@dataclass(frozen=True)
class End:
    """Where the chain ends: its last number and hash, and the roots of its full trees."""

    no: int
    chain: bytes
    frontier: bytes


@dataclass
class Writer:
    """The one writer of a process. ``write`` returns when the entry is durable; AuditDown where it is not."""

    connect: Callable[[], Awaitable[asyncpg.Connection]]
    division: int
    heads: Heads
    _waiting: list[tuple[dict[str, Any], asyncio.Future[None]]] = field(default_factory=list)
    _task: asyncio.Task[None] | None = None
    _connection: asyncpg.Connection | None = None
    _failed: bool = False
    _end: End | None = None  # that of the last commit
    _signing: asyncio.Task[None] | None = None
    _counted: datetime | None = None  # the end of the hours that this process has counted

    async def ready(self) -> None:
        """AuditDown where the last entry could not be written and another cannot be either: asked before anything is read."""
        if self._failed:
            await self.write({"who": "hub", "operation": "audit resumed", "persons": [], "count": 0})

    async def write(self, entry: Mapping[str, Any]) -> None:
        """Wait until an entry is committed."""
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.append((dict(entry), done))
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())
        await done

    async def close(self) -> None:
        """Sign the head of the end, and give the connection back."""
        if self._task is not None:
            await asyncio.wait([self._task])
        if self._signing is not None:
            self._signing.cancel()
        self._sign()
        if self._connection is not None and not self._connection.is_closed():
            await self._connection.close()

    async def _run(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting[:MOST_AT_ONCE], self._waiting[MOST_AT_ONCE:]
            try:
                async with asyncio.timeout(PATIENCE):
                    await self._commit([entry for entry, _ in batch])
            except Exception as error:  # whatever it is, these answers do not leave
                log.error("the audit could not be written: %s", type(error).__name__)
                self._failed = True
                await self._drop()
                for _, done in batch:
                    if not done.done():
                        done.set_exception(AuditDown("the audit cannot be written, and so nothing is read"))
                continue
            self._failed = False
            for _, done in batch:
                if not done.done():
                    done.set_result(None)
        if not self.heads.size():
            self._sign()  # where there are entries there is a head: none at all is a sign of its own
        if self._signing is None or self._signing.done():
            self._signing = asyncio.create_task(self._sign_soon())

    async def _commit(self, entries: Sequence[dict[str, Any]]) -> None:
        """Append to the end that this writer left; where another process has written since, to the end of now, which is locked first.

        AuditDown where the table ends before a head that was signed.
        """
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.connect()
        connection = self._connection
        signed = self.heads.size()
        new = await self._append(connection, self._end, entries) if self._end is not None and self._end.no >= signed else None
        if new is None:
            async with connection.transaction():
                end = await self._end_of(connection)
                if end.no < self.heads.size():
                    raise AuditDown("the audit's table is behind its signed heads (HUB_HOME/audit/heads.jsonl): is an older backup in place? deploy/README.md says what to do with them")
                new = await self._append(connection, end, entries)
            if new is None:
                raise AuditDown("the audit's table does not end where it says")
        point("audit.committed")
        self._end = new

    async def _append(self, connection: asyncpg.Connection, end: End, entries: Sequence[dict[str, Any]]) -> End | None:
        """Chain the entries to an end and insert them: the new end, None where the chain does not end there."""
        frontier, chain = Frontier(end.no, end.frontier), end.chain
        rows = []
        for entry in entries:
            at, no = datetime.now(UTC), frontier.size + 1
            told = {**entry, "v": VERSION, "division": self.division, "no": no, "at": written_time(at, "microseconds")}
            written = orjson.dumps(told, option=orjson.OPT_SORT_KEYS).decode()
            leaf = leaf_of(written)
            chain = chained(chain, leaf)
            frontier.add(leaf)
            rows.append((no, at, written, "{" + ",".join(map(str, entry["persons"])) + "}", leaf, chain))
        new = End(frontier.size, chain, b"".join(frontier.roots))
        point("audit.before")
        told = await connection.execute(APPEND, self.division, new.no, new.chain, new.frontier, end.no, end.chain, *map(list, zip(*rows, strict=True)))
        point("audit.written")
        return new if told == f"INSERT 0 {len(rows)}" else None

    async def _end_of(self, connection: asyncpg.Connection) -> End:
        """The end of the chain, locked until the commit."""
        row = await connection.fetchrow(END, self.division)
        if row is None:
            await connection.execute("insert into audit_tail (division, no, chain, frontier) values ($1, 0, $2, '') on conflict do nothing", self.division, START)
            row = await connection.fetchrow(END, self.division)
        return End(row["no"], row["chain"], row["frontier"])

    async def _drop(self) -> None:
        gone, self._connection = self._connection, None
        if gone is not None:
            with contextlib.suppress(Exception):
                await gone.close(timeout=1)

    async def _sign_soon(self) -> None:
        await asyncio.sleep(HEAD_EACH)
        self._sign()
        with contextlib.suppress(OSError, asyncpg.PostgresError, asyncpg.InterfaceError):  # the next minute's turn counts it
            await self._count_hours(datetime.now(UTC))

    async def _count_hours(self, now: datetime) -> None:
        """Once an hour: what each account read of in those that are over, so that alarms need not go through every entry there ever was."""
        over = (now - SETTLED).replace(minute=0, second=0, microsecond=0)
        if self._counted == over:
            return
        connection = await self.connect()
        try:
            await connection.execute(COUNT_HOURS, self.division, over)
        finally:
            await connection.close()
        self._counted = over

    def _sign(self) -> None:
        if self._end is not None:
            self.heads.sign(Frontier(self._end.no, self._end.frontier), self._end.chain)


async def entries_of(connection: asyncpg.Connection, division: int) -> AsyncIterator[Entry]:
    """The entries as they lie in the database, in order."""
    async with connection.transaction():
        async for row in connection.cursor("select no, entry, persons, leaf, chain, at, division from audit_entry where division = $1 order by no", division, prefetch=2000):
            yield Entry(**{**row, "persons": tuple(row["persons"])})


async def verify_table(connection: asyncpg.Connection, division: int, lines: Sequence[str], public: Path) -> Verdict:
    """The database's entries against the signed heads."""
    key = load_pem_public_key(public.read_bytes())
    assert isinstance(key, Ed25519PublicKey)
    row = await connection.fetchrow("select no, chain from audit_tail where division = $1", division)
    found = [entry async for entry in entries_of(connection, division)]
    return verify(found, (row["no"], row["chain"]) if row else None, lines, key)
