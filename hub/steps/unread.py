"""Unread: cells of accepted rows that could not be read, and numbers not believed, by column and kind of error, never by value."""

from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.steps.page import PLACEHOLDER


@dataclass(frozen=True)
class Unread:
    """In how many rows that stand, and of which columns with which error in how many of them."""

    rows: int = 0
    cells: tuple[tuple[str, str, int], ...] = ()

    def told(self) -> str:
        """One line for a person."""
        cells = ", ".join(f"{column or 'the row'} {kind} ({rows})" for column, kind, rows in self.cells)
        return f"{self.rows} accepted {'row has' if self.rows == 1 else 'rows have'} cells that could not be read or are not believed: {cells}"


async def unread_of(connection: asyncpg.Connection, division: int, source: str, delivery: int, as_of: date) -> Unread:
    """A delivery's own rows at its date, those included that stood unchanged before it."""
    among = "where t.id in (select unnest(records) from delivery_page where division = $1 and delivery = $4)"
    own = UNREAD.format(whose="and r.source = $3", at="s.valid @> $5::date", among=among)
    return _unread(await connection.fetch(own, division, PLACEHOLDER, source, delivery, as_of))


async def unread_standing(connection: asyncpg.Connection, division: int) -> dict[str, Unread]:
    """The rows that stand now, by source."""
    rows = await connection.fetch(UNREAD.format(whose="", at="upper(s.valid) is null", among=""), division, PLACEHOLDER)
    return {source: _unread([row for row in rows if row["source"] == source]) for source in dict.fromkeys(row["source"] for row in rows)}


def _unread(rows: list[asyncpg.Record]) -> Unread:
    total = sum(row["n"] for row in rows if row["col"] is None)
    return Unread(total, tuple((row["col"], row["kind"], row["n"]) for row in rows if row["col"] is not None))


#: Per source: one line without a column (rows with any such cell), then one a column and kind.
UNREAD = """
    with troubled as materialized (  -- few, and found by an index of their own
        select r.source, r.id, r.hash, p->>'column' as col, p->>'kind' as kind from record r, jsonb_array_elements(r.problems) p
         where r.division = $1 and r.problems is not null and p->>'kind' <> $2 {whose}),
    standing as (
        select distinct t.source, t.id, t.col, t.kind from troubled t
         cross join lateral (select from record_period s where s.division = $1 and s.id = t.id and s.hash = t.hash and {at} limit 1) s {among})
    select source, col, kind, count(distinct id) as n from standing
     group by grouping sets ((source), (source, col, kind)) order by source, n desc, col, kind"""
