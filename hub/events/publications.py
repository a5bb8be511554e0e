"""The feed of publications: what PostgreSQL notifies of at a commit, to everybody in this process who waits."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

import asyncpg

from hub.storage.database import Database
from hub.storage.publishing import CHANNEL

LOOK_AGAIN = 20  # seconds after which a lost notice, or a lost connection, is made up for


class Publications:
    """One listening connection for the whole process."""

    def __init__(self, database: Database, division: int) -> None:
        self.database, self.division = database, division
        self._connection: asyncpg.Connection | None = None
        self._waiting: set[asyncio.Event] = set()
        self._lock = asyncio.Lock()

    async def since(self, no: int | None) -> AsyncIterator[Any]:
        """Every publication after a number, in order, as they come; from now on where none is given."""
        told = asyncio.Event()
        self._waiting.add(told)
        try:
            last = await self._newest() if no is None else no
            while True:
                told.clear()
                for row in await self._after(last):
                    last = row["no"]
                    yield row
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(told.wait(), LOOK_AGAIN)
        finally:
            self._waiting.discard(told)

    async def close(self) -> None:
        """Stop listening."""
        if self._connection is not None:
            await self._connection.close()

    async def _after(self, no: int) -> list[Any]:
        async with self._lock:
            connection = await self._listening()
            return list(
                await connection.fetch(
                    "select no, at, kind, business_date from publication where division = $1 and no > $2 order by no limit 100", self.division, no
                )
            )

    async def _newest(self) -> int:
        async with self._lock:
            connection = await self._listening()
            return int(await connection.fetchval("select coalesce(max(no), 0) from publication where division = $1", self.division))

    async def _listening(self) -> asyncpg.Connection:
        if self._connection is None or self._connection.is_closed():
            self._connection = await self.database.connect("reader", deadline=LOOK_AGAIN)
            await self._connection.add_listener(CHANNEL, self._notice)
        return self._connection

    def _notice(self, *_: object) -> None:
        for told in self._waiting:
            told.set()
