"""`make bench`: what history costs a reader, and what a city's rounds cost the hub; ratios of things measured in this run.

    python -m tests.bench [--children 100000] [--only history|load]
"""

import argparse
import asyncio
import gc
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import asyncpg

from hub.demo import generate
from hub.settings import Settings
from hub.storage.embedded import ensure_started, stop
from hub.storage.migrations import migrate

DIVISION = 210281
PERSONS, VERSIONS = 20_000, 20


def main() -> None:
    """Run the benches that are asked for, each on a server of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--children", type=int, default=100_000)
    asked.add_argument("--only", choices=("history", "load"))
    told = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    home.chmod(0o755)
    settings = Settings.from_environ({"HUB_HOME": str(home / "home")})
    try:
        running = ensure_started(settings)
        migrate(running.sqlalchemy_url("hub_owner"))
        if told.only in (None, "history"):
            asyncio.run(history(running.dsn("hub_writer"), running.dsn("hub_admin")))
        if told.only in (None, "load"):
            load(home, settings, told.children, running.dsn("hub_writer"))
    finally:
        stop(settings)
        shutil.rmtree(home, ignore_errors=True)


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


def load(home: Path, settings: Settings, children: int, dsn: str) -> None:
    """First load, second round, the same bytes again, the same rows re-saved in another order; and bare COPY of as many rows."""
    print(f"load: a city of {children} children")
    made = generate(home / "city", children=children, seed=5)
    rows = sum(count for name, count in made.rows.items() if name.startswith("2026-09"))
    shuffled = home / "shuffled" / "2026-10"
    reorder(home / "city" / "2026-10", shuffled)
    for name, folder in (("first load", home / "city" / "2026-09"), ("second round", home / "city" / "2026-10"),
                         ("the same bytes", home / "city" / "2026-10"), ("re-saved and reordered", shuffled)):
        seconds, memory = run(folder, settings)
        print(f"  {name:24s} {seconds:7.1f} s  {rows / seconds:9.0f} rows/s  {memory:6.0f} MB at most in the hub's process")
    print(f"  {rows} rows a round; bare COPY of the first load's records: {asyncio.run(bare_copy(dsn)):.1f} s")


def run(folder: Path, settings: Settings) -> tuple[float, float]:
    """`hub run` as a process; seconds and its peak memory in MB."""
    began = time.perf_counter()
    environ = {**os.environ, "HUB_HOME": str(settings.home)}
    child = subprocess.Popen([sys.executable, "-c", "from hub.cli import main; main()", "run", str(folder), "--quiet", "--on", "2026-11-24"],
                             env=environ, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    if status != 0:
        raise SystemExit(f"hub run {folder} failed")
    return time.perf_counter() - began, used.ru_maxrss / 1024


def reorder(source: Path, target: Path) -> None:
    """The same CSV rows in the opposite order; workbooks are copied (their bytes are the same, their folder is not)."""
    for path in sorted(source.rglob("*")):
        if not path.is_file():
            continue
        to = target / path.relative_to(source)
        to.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv" and not path.read_bytes().startswith(b"\xff\xfe"):
            head, *lines = path.read_bytes().rstrip(b"\r\n").split(b"\r\n")
            to.write_bytes(b"\r\n".join([head, *reversed(lines)]) + b"\r\n")
        else:
            shutil.copy(path, to)


async def bare_copy(dsn: str) -> float:
    """Seconds to COPY all stored records into a temporary table of the same columns, already parsed, in one go."""
    connection = await asyncpg.connect(dsn)
    rows = [tuple(row) for row in await connection.fetch("select id, hash, source, sheet, row, payload from record")]
    gc.collect()
    await connection.execute("create temp table bare (id bigint, hash bigint, source text, sheet text, row int, payload jsonb)")
    began = time.perf_counter()
    await connection.copy_records_to_table("bare", records=rows)
    spent = time.perf_counter() - began
    await connection.close()
    return spent


if __name__ == "__main__":
    main()
