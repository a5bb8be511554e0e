"""What one operation reads: as known at which publication, on which business date, through which connection."""

import asyncio
import base64
import binascii
from collections.abc import Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from hub.storage import tables

Row = Any  # a mapping of column name to value
MAX_PAGE = 100


class BadInput(Exception):
    """An argument that cannot be used; its message is for the caller and holds nothing personal."""


@dataclass(frozen=True)
class Scope:
    """The point in time that a root field and everything below it is read at. Ids in it answer as they were."""

    known: int | None  # publication number; None: now
    on: date  # business date: what is valid on this day


@dataclass
class Context:
    """One request: its connection (one transaction, one snapshot), and its loaders."""

    connection: AsyncConnection
    division: int
    today: date
    write: Callable[[], Any]
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Run one statement; an operation's statements follow one another on its one connection."""
        async with self._lock:
            return (await self.connection.execute(statement)).mappings().all()

    async def value(self, statement: Select[Any]) -> Any:
        """The single value of a statement."""
        async with self._lock:
            return (await self.connection.execute(statement)).scalar()

    def loader(self, key: Hashable, load: Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]) -> DataLoader[Any, Any]:
        """The request's loader of that name, made when first asked for."""
        if key not in self._loaders:
            self._loaders[key] = DataLoader(load_fn=load)
        return self._loaders[key]


def context(info: Info[Any, Any]) -> Context:
    """The request's context."""
    told: Context = info.context
    return told


async def scope_of(info: Info[Any, Any], as_known_at: int | None, on: date | None) -> Scope:
    """The scope of a root field: today and now, unless it says otherwise.

    With ``asKnownAt`` and no date, the day is the one on which that publication was made.
    """
    ctx = context(info)
    if as_known_at is None:
        return Scope(None, on or ctx.today)
    p = tables.publication
    day = await ctx.value(select(p.c.business_date).where(p.c.division == ctx.division, p.c.no == as_known_at))
    if day is None:
        newest = await ctx.value(select(func.max(p.c.no)).where(p.c.division == ctx.division))
        raise BadInput(f"asKnownAt: there is no publication {as_known_at}; the newest is {newest or 0}")
    return Scope(as_known_at, on or day)


def global_id(kind: str, key: object) -> str:
    """The opaque id of a node."""
    return base64.urlsafe_b64encode(f"{kind}:{key}".encode()).decode().rstrip("=")


def local_id(text: str, kind: str) -> int:
    """The key in a node's id; its bare number is taken too. BadInput where it is another kind's."""
    found, key = (kind, text) if text.lstrip("-").isdigit() else split_id(text)
    if found != kind:
        raise BadInput(f"id: this is not the id of a {kind}")
    return key_of(key)


def key_of(text: str) -> int:
    """A key as the tables have them. BadInput where no table could."""
    try:
        key = int(text)
    except ValueError:
        raise BadInput("id: this is not an id of the hub") from None
    if not -(2**63) <= key < 2**63:
        raise BadInput("id: this is not an id of the hub")
    return key


def split_id(text: str) -> tuple[str, str]:
    """The kind and key in a node's id."""
    try:
        kind, _, key = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError, ValueError):
        raise BadInput("id: this is not an id of the hub") from None
    return kind, key
