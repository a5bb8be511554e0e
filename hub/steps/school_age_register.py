"""The register of children of compulsory age (适龄儿童台账, A-09): one entry a child and school year, kept with the rules.

What is written are only the entries that differ; whoever is no longer of that age as far as is known leaves the current table, and
history keeps the trace.
"""

from datetime import date

from hub.rules.rule import school_year
from hub.storage.history import columns_of
from hub.storage.publishing import Publication

NAME = "school_age_register"
VERSION = "2026-11-28"
WORD = "conclusion_of_child"


async def write_register(publication: Publication, *, on: date, persons: list[int] | None) -> None:
    """Bring the register to what ``conclusion_of_child`` now says: of everybody, or of some persons only."""
    year = school_year(on)
    columns = columns_of("register_entry")
    listed = ", ".join(columns)
    connection = publication.connection
    same = " and ".join(f"t.{c} is not distinct from n.{c}" for c in columns if c not in ("division", "id"))
    narrowed = "" if persons is None else " and t.person = any($3::bigint[])"
    told = [publication.division, year, *([] if persons is None else [persons])]
    await connection.execute(
        f"""drop table if exists pg_temp.in_register;
            create temp table in_register on commit drop as
            select {publication.division} as division, ('x' || substr(md5(person::text || '/{year}'), 1, 16))::bit(64)::bigint as id, person, {year} as school_year,
                   township, age, certain, local, conclusion, school, owner, sources, daterange('{year}-09-01', '{year + 1}-09-01') as valid
              from {WORD};
            create index on in_register (id); analyze in_register"""
    )
    await connection.execute(f"delete from in_register n using register_entry t where t.division = {publication.division} and t.id = n.id and {same}")
    await connection.execute(
        """create temp table if not exists out_register (id bigint) on commit drop; truncate out_register"""
    )
    await connection.execute(
        f"""insert into out_register
            select n.id from in_register n
            union
            select t.id from register_entry t
             where t.division = $1 and t.school_year = $2{narrowed} and t.person not in (select person from {WORD})""",
        *told,
    )
    await connection.execute(
        f"""with gone as (delete from register_entry t using out_register o where t.division = {publication.division} and t.id = o.id returning t.*)
            insert into register_entry_history ({listed}, known) select {listed}, int8range(known_from, $1) from gone where known_from < $1""",
        publication.no,
    )
    await connection.execute(f"insert into register_entry ({listed}, known_from) select {listed}, $1 from in_register", publication.no)
