"""What one operation reads: as known at which publication, on which business date, through which connection."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine, Hashable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import BigInteger, Integer, Select, func, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection
from strawberry.dataloader import DataLoader
from strawberry.types import Info

from hub.access.sealing import Keys
from hub.access.viewer import Viewer
from hub.query.paging import MAX_PAGE
from hub.query.policy import Policy
from hub.query.reading import BadInput, Place, place_of
from hub.storage import tables

Row = Any  # a mapping of column name to value


@dataclass(frozen=True)
class Scope:
    """The point in time that a root field and everything below it is read at. Ids in it answer as they were."""

    known: int | None  # publication number; None: now
    on: date  # business date: what is valid on this day


@dataclass
class Context:
    """One request: its connection (one transaction, one snapshot), and its loaders."""

    connection: AsyncConnection | Any
    division: int
    today: date
    write: Callable[[], Any]
    policy: Policy
    viewer: Viewer
    page: int = MAX_PAGE
    purpose: str = ""
    keys: Callable[[], Keys] | None = None  # for who changes something
    publications: Callable[[int | None], AsyncIterator[Row]] | None = None  # as they come, after a number
    finding_events: Callable[[int | None], AsyncIterator[Sequence[Row]]] | None = None  # of what the viewer sees, as they come, after a publication
    read: set[str] = field(default_factory=set)  # whom the rows that were read are about, as the audit names them
    noted: dict[str, Any] = field(default_factory=dict)  # what else the entry of the audit says
    opened: bool = False  # a sealed number was opened in this operation, and no other is
    _loaders: dict[Hashable, DataLoader[Any, Any]] = field(default_factory=dict)
    _lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    _running: set[asyncio.Task[Any]] = field(default_factory=set)

    async def rows(self, statement: Select[Any]) -> Sequence[Row]:
        """Run one statement; an operation's statements follow one another on its one connection."""
        found = (await self._run(statement)).mappings().all()
        self.read.update(about for row in found if (about := about_whom(row)))
        return found

    async def value(self, statement: Select[Any]) -> Any:
        """The single value of a statement."""
        return (await self._run(statement)).scalar()

    async def settled(self) -> None:
        """Wait for statements whose fields were given up; only then may the connection be used for anything else."""
        while self._running:
            await asyncio.wait(self._running)

    async def given_up(self) -> None:
        """End what still runs, in PostgreSQL too; the connection is of no more use."""
        for task in self._running:
            task.cancel()
        await self.settled()
        await self.connection.invalidate()

    async def _run(self, statement: Select[Any]) -> Any:
        """A field that fails ends its siblings, and a statement ended in the middle would cost the connection: it runs to its end."""

        async def run() -> Any:
            async with self._lock:
                return await self.connection.execute(statement)

        task = asyncio.create_task(run())
        self._running.add(task)
        task.add_done_callback(self._ended)
        return await asyncio.shield(task)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        if not task.cancelled():
            task.exception()  # looked at, so that nobody logs the error of a field that was given up

    def forget(self) -> None:
        """Let nothing be answered from what was read before a write."""
        self._loaders.clear()

    def loader(self, key: Hashable, load: Callable[[list[Any]], Coroutine[Any, Any, list[Any]]]) -> DataLoader[Any, Any]:
        """The request's loader of that name, made when first asked for."""
        if key not in self._loaders:
            self._loaders[key] = DataLoader(load_fn=load)
        return self._loaders[key]


def about_whom(row: Row) -> str:
    """Whom a row is about: a person's id, or the kind and id of a row that holds people's data without one."""
    if "register_household" in row:
        return str(row["id"])
    if row.get("person") is not None:
        return str(row["person"])
    return f"Mention/{row['id']}" if "number_state" in row else f"Record/{row['id']}" if "payload" in row else ""


def context(info: Info[Any, Any]) -> Context:
    """The request's context."""
    told: Context = info.context
    return told


def place(info: Info[Any, Any], scope: Scope) -> Place:
    """Where the declarations that both roads share are read for a resolver."""
    return place_of(context(info).division, scope.on, scope.known, context(info).policy)


async def scope_of(info: Info[Any, Any], as_known_at: int | None, on: date | None) -> Scope:
    """The scope of a root field: today and now, unless it says otherwise.

    With ``asKnownAt`` and no date, the day is the one on which that publication was made.
    """
    return await _scope(context(info), as_known_at, on)


async def place_at(ctx: Context, as_known_at: int | None, on: date | None) -> Place:
    """The place that a root field with these arguments reads at."""
    scope = await _scope(ctx, as_known_at, on)
    return place_of(ctx.division, scope.on, scope.known, ctx.policy)


async def _scope(ctx: Context, as_known_at: int | None, on: date | None) -> Scope:
    if as_known_at is None:
        return Scope(None, on or ctx.today)

    async def read(asked: list[int]) -> list[tuple[int, date] | BadInput]:
        return [await _known_and_day(ctx, no) for no in asked]

    found = await ctx.loader("known and day", read).load(as_known_at)  # once a request, however many of its fields ask for the same
    return Scope(found[0], on or found[1])


async def _known_and_day(ctx: Context, as_known_at: int) -> tuple[int, date] | BadInput:
    """As of which publication these rights read, asked for one, and the day on which that one was made."""
    p = tables.publication
    day = await ctx.value(select(p.c.business_date).where(p.c.division == ctx.division, p.c.no == as_known_at))
    if day is None:
        newest = await ctx.value(select(func.max(p.c.no)).where(p.c.division == ctx.division))
        return BadInput(f"asKnownAt: there is no publication {as_known_at}; the newest is {newest or 0}")
    asked = literal(as_known_at, BigInteger)
    known = ctx.policy.known_to(literal(ctx.division, Integer), asked)
    return as_known_at if known is asked else await ctx.value(select(known)), day
