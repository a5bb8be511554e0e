"""One publication: the transaction in which everything a reader may newly see becomes visible at once."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.storage.tables import FACTS

VERDICT = "verdict"  # the kind of those by which persons decide who is who
CHANNEL = "hub_publication"  # notified of at the commit
#: The tables that a load fills without looking anything up in them before they are full.
WRITTEN = ("record_period", "mention", "identity", *FACTS, "person_resolved")
ANALYZE_ROWS, ANALYZE_SHARE = 100, 0.1  # a load of more rows than this, and of this share of a table, changes what the planner should know
LOCK = 0x48_55_42  # one publication at a time per hub: numbers are given in the order of commits


@dataclass
class Publication:
    """An open publication: its connection, its number, the business date it was made on, of what kind it is and by whom."""

    connection: asyncpg.Connection
    division: int
    no: int
    business_date: date
    kind: str
    by: str
    into_empty: bool = False  # what it writes has no indexes until ``built`` makes them

    async def set_indexes_aside(self) -> None:
        """Write into empty tables without their indexes; ``built`` makes those of a table when it has its rows. Not where somebody reads them just now."""
        self.into_empty = await self.connection.fetchval("select set_indexes_aside($1)", ["mention_key", *WRITTEN])

    async def built(self, name: str | None = None) -> None:
        """A table has its rows: its indexes are made, where they were set aside; those of every table for None."""
        if self.into_empty:
            await self.connection.execute("select build_indexes($1)", name)

    async def analyze(self, rows: int, *names: str) -> None:
        """Tell the planner of a load of so many rows, as for those tables of which it is a good part; where the server lets the writer do so (17 and newer)."""
        if rows > ANALYZE_ROWS and self.connection.get_server_version().major >= 17:
            grown = await self.connection.fetch(
                "select relname from pg_class where relname = any($1) and relnamespace = 'public'::regnamespace and $2 > reltuples * $3", list(names), rows, ANALYZE_SHARE
            )
            for row in grown:
                await self.connection.execute(f"analyze {row['relname']}")


class NothingPublished(Exception):
    """Raised within a publication that is not to be, since what was asked is refused: it leaves nothing and tells nobody."""


@asynccontextmanager
async def publishing(
    connection: asyncpg.Connection, *, division: int, kind: str, by: str, business_date: date
) -> AsyncIterator[Publication]:
    """Open the next publication; it is numbered under a lock and committed with its rows, or leaves nothing."""
    with suppress(NothingPublished):
        async with _transaction(connection, division, kind, by, business_date) as publication:
            yield publication


@asynccontextmanager
async def _transaction(connection: asyncpg.Connection, division: int, kind: str, by: str, business_date: date) -> AsyncIterator[Publication]:
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1, $2)", LOCK, division)
        no = await connection.fetchval(
            """with made as (insert into publication (division, no, business_date, kind, by)
                             select $1, coalesce(max(no), 0) + 1, $2, $3, $4 from publication where division = $1
                             returning no)
               select made.no from made, lateral (select pg_notify($5, made.no::text)) told""",
            division,
            business_date,
            kind,
            by,
            CHANNEL,
        )
        yield Publication(connection, division, no, business_date, kind, by)
