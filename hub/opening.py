"""Open the hub: settings, keys, the raw store and a migrated database, as every verb needs them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.access.sealing import Keys
from hub.settings import Settings
from hub.steps.pull import RawStore
from hub.storage.database import Database, open_database
from hub.storage.migrations import migrate, pending


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


@asynccontextmanager
async def open_hub(settings: Settings) -> AsyncIterator[Hub]:
    """Start or find the database, migrate it, and connect as the writer."""
    with open_database(settings) as database:
        url = database.dsn("owner")
        if pending(url):
            migrate(url)
        keys = Keys.load_or_make(settings.key_file, settings.crypto)
        connection = await database.connect("writer")
        try:
            yield Hub(settings, keys, RawStore(settings.home / "raw", keys), database, connection)
        finally:
            await connection.close()
