"""Who is named in which source row of the latest round, and who that is: for measuring linkage."""

from datetime import date
from pathlib import Path

import asyncpg

from hub.exports.cells import write_csv

HEADER = ("source", "file", "sheet", "row", "role", "person_id", "household_id")


async def export_mentions(connection: asyncpg.Connection, division: int, out: Path, *, on: date | None = None) -> int:
    """One line a person named in a row of each source's latest delivery (up to a day, where one is given); `row` is the export's own 序号 where it has one."""
    return write_csv(out, HEADER, (tuple(row.values()) for row in await told_mentions(connection, division, on=on)))


async def told_mentions(connection: asyncpg.Connection, division: int, *, on: date | None = None) -> list[asyncpg.Record]:
    """(source, file, sheet, row, role, person, household) of each of those; the household is the register's, else that of the household rule."""
    rows: list[asyncpg.Record] = await connection.fetch(
        """with latest as (
             select distinct on (source) id, source, file from delivery
              where division = $1 and state = 'PUBLISHED' and ($2::date is null or as_of <= $2) order by source, as_of desc, publication desc),
           stood as (
             select l.source, l.file, p.sheet, u.record, u.number, u.line from latest l
               join delivery_page p on p.division = $1 and p.delivery = l.id,
                    unnest(p.records, p.row_numbers, p.lines) as u(record, number, line))
           select s.source, s.file, s.sheet, coalesce(nullif(s.line, ''), s.number::text) as row, m.role, i.person, coalesce(i.household, r.register_household) as household
             from stood s
             join (select distinct on (id) id, record, role, upper(valid) from mention where division = $1
                    order by id, upper(valid) desc nulls first) m on m.record = s.record
             join identity i on i.division = $1 and i.id = m.id
             left join person_resolved r on r.division = $1 and r.id = i.person
            order by s.source, s.sheet, s.number, m.role""",
        division,
        on,
    )
    return rows
