"""Who is named in which source row of the latest round, and who that is: for measuring linkage."""

from datetime import date

import asyncpg

HEADER = ("source", "file", "sheet", "row", "role", "person_id", "household_id")


async def told_mentions(connection: asyncpg.Connection, division: int, *, on: date | None = None) -> list[asyncpg.Record]:
    """(source, file, sheet, row, role, person, household) of each person named in a row of each source's latest delivery (up to a day, where one is given).

    ``row`` is the export's own 序号 where it has one, file and sheet are those in which it stands; the household is the register's, else that of the household rule.
    """
    rows: list[asyncpg.Record] = await connection.fetch(
        """with latest as (
             select distinct on (source) id, source, as_of, file, parts from delivery
              where division = $1 and state = 'PUBLISHED' and ($2::date is null or as_of <= $2) order by source, as_of desc, publication desc),
           stood as (
             select l.source, l.as_of, coalesce(f.file, l.file) as file, substr(p.sheet, coalesce(length(f.file) + 2, 1)) as sheet, u.record, u.number, u.line from latest l
               join delivery_page p on p.division = $1 and p.delivery = l.id
               left join lateral (  -- of several files, the one in which the page stands
                 select a.file from jsonb_to_recordset(l.parts) a(file text) where a.file <> l.file and starts_with(p.sheet, a.file || '/')
                  order by length(a.file) desc limit 1) f on true
              cross join unnest(p.records, p.row_numbers, p.lines) u(record, number, line))
           select s.source, s.file, s.sheet, coalesce(nullif(s.line, ''), s.number::text) as row, m.role, i.person, coalesce(i.household, r.register_household) as household
             from stood s
             join mention m on m.division = $1 and m.record = s.record and m.valid @> s.as_of
             join identity i on i.division = $1 and i.id = m.id
             left join person_resolved r on r.division = $1 and r.id = i.person
            order by s.source, s.file, s.sheet, s.number, m.role""",
        division,
        on,
    )
    return rows
