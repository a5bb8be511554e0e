"""Open the hub: settings, keys, the raw store and a migrated database, as every verb needs them."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.access.sealing import Keys
from hub.refusal import Refusal
from hub.settings import Settings
from hub.steps.pull import RawStore
from hub.storage.database import Database, open_database
from hub.storage.migrations import migrate, pending

BEHIND = 15  # of the system's priorities, in which 0 is everybody's and 19 the last


@dataclass(frozen=True)
class Hub:
    """An opened hub. `connection` is the writer's."""

    settings: Settings
    keys: Keys
    raw: RawStore
    database: Database
    connection: asyncpg.Connection

    @property
    def division(self) -> int:
        """The county-level division code of this hub."""
        return self.settings.division

    def today(self) -> date:
        """The business date: as set for this process or this verb, else the calendar's."""
        return self.settings.business_date or date.today()

    async def give_way(self) -> None:
        """Let whoever asks the endpoint go first: this process, and the server's that works for it where the server is ours, take what processor time is left."""
        working = [0]
        if self.database.running:
            working.append(await self.connection.fetchval("select pg_backend_pid()"))
        for process in working:
            with suppress(OSError):  # a server that another account runs
                os.setpriority(os.PRIO_PROCESS, process, BEHIND)
                os.sched_setscheduler(process, os.SCHED_BATCH, os.sched_param(0))


@asynccontextmanager
async def open_hub(settings: Settings) -> AsyncIterator[Hub]:
    """Start or find the database, migrate it, and connect as the writer."""
    with open_database(settings) as database:
        url = database.dsn("owner")
        if pending(url):
            migrate(url)
        connection = await database.connect("writer")
        try:
            keys = await _keys(connection, settings)
            yield Hub(settings, keys, RawStore(settings.home / "raw", keys), database, connection)
        finally:
            await connection.close()


async def _keys(connection: asyncpg.Connection, settings: Settings) -> Keys:
    """The keys of this database; refused where it was filled under others, for under them nobody would be known again."""
    sealed = await connection.fetchrow("select blind, cipher, key_no from vault where division = $1 limit 1", settings.division)
    if sealed and not settings.key_file.exists():
        raise Refusal(f"the database is sealed under keys that {settings.key_file} should hold, and there is no such file; put the keys of its hub there")
    keys = Keys.load_or_make(settings.key_file, settings.crypto)
    if sealed and not keys.fit(sealed["cipher"], sealed["blind"], sealed["key_no"]):
        raise Refusal(f"{settings.key_file} holds other keys than those under which the database is sealed; put the keys of its hub there")
    return keys
