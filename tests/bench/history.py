"""What history costs a reader: current reads with 20 versions a row behind them, against the same table without history."""

import statistics

import asyncpg

DIVISION = 210281
PERSONS, VERSIONS = 20_000, 20


async def history(writer: str, admin: str) -> None:
    """Current reads of a fact table with 20 versions a row behind it, against the same table without history."""
    connection = await asyncpg.connect(admin)
    await connection.execute("create table bare (like enrolment including all)")
    fill = """insert into {table} (division, id, source, record, hash, mention, person, grade, state, valid, {known})
              select $1, g, 'education.student_register', g, {hash}, g, 2102810000000000 + g, g % 9 + 1, '在读', daterange('2026-09-30', null), {when}
                from generate_series(1, $2::int) g"""
    for table in ("bare", "enrolment"):
        await connection.execute(fill.format(table=table, known="known_from", hash=VERSIONS, when=VERSIONS), DIVISION, PERSONS)
    for version in range(1, VERSIONS):
        await connection.execute(fill.format(table="enrolment_history", known="known", hash=version, when=f"int8range({version}, {version + 1})"), DIVISION, PERSONS)
    await connection.execute("vacuum analyze bare")
    await connection.execute("vacuum analyze enrolment")
    reads = {
        "50 people's facts": "select * from {} where division = 210281 and person = any((select array_agg(2102810000000000 + n) from generate_series(5000, 5049) n)::bigint[])",
        "count by grade": "select grade, count(*) from {} where division = 210281 and valid @> date '2026-10-01' group by grade",
        "all rows": "select person, grade from {} where division = 210281",
    }
    print(f"history: {PERSONS} rows, {VERSIONS} versions a row; current reads against the same table without history")
    for name, statement in reads.items():
        ratios = []
        for _ in range(15):
            spent = {}
            for table in ("bare", "enrolment", "enrolment", "bare"):
                spent[table] = spent.get(table, 0.0) + await server_seconds(connection, statement.format(table))
            ratios.append(spent["enrolment"] / spent["bare"])
        print(f"  {name:20s} x{statistics.median(ratios):.2f}  (min {min(ratios):.2f}, max {max(ratios):.2f})")
    await connection.execute("drop table bare; truncate enrolment, enrolment_history")
    await connection.close()


async def server_seconds(connection: asyncpg.Connection, statement: str) -> float:
    """How long the server takes, without sending the rows."""
    lines = await connection.fetch("explain (analyze, timing off, summary on) " + statement)
    return float(lines[-1][0].removeprefix("Execution Time: ").removesuffix(" ms")) / 1000
