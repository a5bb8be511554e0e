"""Connections for statements that are transactions of their own: taken, used and given back with nothing in between.

Such a statement leaves nothing on its connection, so nothing is reset; asyncpg's own pool wraps every use of a connection,
which costs a small answer a tenth of its time.
"""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import asyncpg

Connect = Callable[[], Awaitable[asyncpg.Connection]]


class Readers:
    """So many connections; who finds none free waits, for so many seconds at most."""

    def __init__(self, connect: Connect, *, size: int = 10, wait: float = 2) -> None:
        self.connect, self.size, self.wait = connect, size, wait
        self._idle: list[asyncpg.Connection] = []
        self._open = 0
        self._waiting: deque[tuple[float, asyncio.Future[None]]] = deque()  # since each waits as long, the first is the first to have waited too long
        self._watch: asyncio.TimerHandle | None = None

    async def row(self, sql: str, parameters: Sequence[Any]) -> Any:
        """The one row of a statement. TimeoutError where no connection came free in time."""
        connection = self._idle.pop() if self._idle else await self._come_by()
        try:
            return await connection.fetchrow(sql, *parameters)
        except asyncpg.InternalClientError:  # the server has ended it, and the end has not been read yet
            connection.terminate()
            raise ConnectionResetError("the connection was ended") from None
        finally:
            self._give_back(connection)

    async def use(self) -> asyncpg.Connection:
        """A connection for more than one statement; give it back with `done`."""
        return self._idle.pop() if self._idle else await self._come_by()

    def done(self, connection: asyncpg.Connection) -> None:
        """Give back what `use` gave."""
        self._give_back(connection)

    async def close(self) -> None:
        """Close those that are idle; to be called when nothing runs any more."""
        if self._watch is not None:
            self._watch.cancel()
            self._watch = None
        idle, self._idle = self._idle, []
        self._open -= len(idle)
        for connection in idle:
            await connection.close()

    async def _come_by(self) -> asyncpg.Connection:
        while not self._idle and self._open >= self.size:
            loop = asyncio.get_running_loop()
            freed: asyncio.Future[None] = loop.create_future()
            self._waiting.append((loop.time() + self.wait, freed))
            if self._watch is None:
                self._watch = loop.call_later(self.wait, self._expire)
            try:
                await freed
            except asyncio.CancelledError:
                if freed.done() and not freed.cancelled() and not freed.exception():
                    self._wake()  # it was this one's turn, and is the next one's now
                raise
        if self._idle:
            return self._idle.pop()
        self._open += 1
        try:
            return await self.connect()
        except BaseException:
            self._freed()
            raise

    def _give_back(self, connection: asyncpg.Connection) -> None:
        if connection.is_closed():
            self._freed()
            return
        self._idle.append(connection)
        self._wake()

    def _freed(self) -> None:
        self._open -= 1
        self._wake()

    def _wake(self) -> None:
        while self._waiting:
            _, waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_result(None)
                return

    def _expire(self) -> None:
        """Tell those who have waited too long; one timer for all, since one for each takes as long as a small answer."""
        loop = asyncio.get_running_loop()
        while self._waiting and (self._waiting[0][0] <= loop.time() or self._waiting[0][1].done()):
            _, waiting = self._waiting.popleft()
            if not waiting.done():
                waiting.set_exception(TimeoutError())
        self._watch = loop.call_at(self._waiting[0][0], self._expire) if self._waiting else None
