"""Twice: rows of a delivery that say word for word what a row above them says, so that whoever sent them can look."""

from collections.abc import Sequence

import asyncpg

SHOWN = 5  # rows that are told one by one


async def told_twice(connection: asyncpg.Connection, division: int, delivery: int, count: int) -> tuple[str, ...]:
    """A sentence with the number of such rows and where the first of them and those above them stand; none where there is none."""
    if not count:
        return ()
    rows = await connection.fetch(TWICE, division, delivery, SHOWN)
    places = ", ".join(f"{_row(row['sheets'], row['rows'], -1)} as {_row(row['sheets'], row['rows'], 0)}" for row in rows)
    said = "1 row says word for word what a row above says, and is" if count == 1 else f"{count} rows say word for word what rows above say, and are"
    return (f"{said} one record with it: {places}{', …' if count > len(rows) else ''}",)


def _row(sheets: Sequence[str], rows: Sequence[int], place: int) -> str:
    return f"{sheets[place]} row {rows[place]}".strip()


#: For each such row, in the order of the delivery, it and the first that said the same.
TWICE = """
    with told as (
        select p.sheet, p.position, r.record, r.row, r.nth, first_value(p.sheet) over same as first_sheet, first_value(r.row) over same as first_row,
               row_number() over same as times
          from delivery_page p, unnest(p.records, p.row_numbers) with ordinality r (record, row, nth)
         where p.division = $1 and p.delivery = $2
        window same as (partition by r.record order by p.sheet, p.position, r.nth))
    select array[first_sheet, sheet] as sheets, array[first_row, row] as rows from told where times > 1 order by sheet, position, nth limit $3"""
