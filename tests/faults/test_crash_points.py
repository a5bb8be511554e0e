"""kill -9 at every named point, then again: nothing lost, nothing twice."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest

from tests.bench.linkage.population import write
from tests.flow import DIVISION, what_is_known
from tests.properties.test_timelines import MONTHS, deliver

POINTS = [
    "keep.before",
    "keep.after",
    "publication.after",
    "page.before",
    "page.after",
    "settle.after",
    "link.after",
    "assemble.after",
    "commit.before",
    "commit.after",
]
TIMES = int(os.environ.get("CRASH_TIMES", "1"))
ROUNDS = [{0: (0, True), 1: (1, False), 2: (2, True)}, {0: (1, True), 2: (2, True), 3: (0, False)}]
SCRIPT = """
import os, sys, signal
from hub.storage import crash_points
wanted, nth = sys.argv[1], int(sys.argv[2])
seen = 0
def watch(name):
    global seen
    if name == wanted:
        seen += 1
        if seen == nth:
            os.kill(os.getpid(), signal.SIGKILL)
crash_points.watchers.append(watch)
sys.argv = ["hub", "run", sys.argv[3], "--quiet", "--on", "2026-11-24"]
from hub.cli import main
main()
"""


def run(folder: Path, environ: dict[str, str], point: str = "", nth: int = 0) -> int:
    """`hub run` in a process of its own, killed when it comes to ``point`` for the nth time."""
    told = subprocess.run(
        [sys.executable, "-c", SCRIPT, point, str(nth), str(folder)], env={**os.environ, **environ}, capture_output=True, check=False
    )
    return told.returncode


@pytest.mark.parametrize("point", POINTS)
async def test_killed_and_run_again_is_as_if_never_killed(point, database_factory, tmp_path):
    for month, people in zip(MONTHS, ROUNDS, strict=False):
        deliver(tmp_path / "in" / f"{month:%Y-%m}", month, people)
    with database_factory() as calm, database_factory() as struck:
        keys = tmp_path / "sealing.json"
        environs = [
            database.environ(HUB_KEY_FILE=str(keys), HUB_HOME=str(tmp_path / name))
            for database, name in ((calm, "calm"), (struck, "struck"))
        ]
        assert run(tmp_path / "in", environs[0]) == 0
        killed = [run(tmp_path / "in", environs[1], point, nth) for nth in range(1, TIMES + 1)]
        assert -signal.SIGKILL in killed, "the point was never reached"
        assert run(tmp_path / "in", environs[1]) == 0
        seen = []
        for database in (calm, struck):
            connection = await asyncpg.connect(database.dsn("hub_writer"))
            known = await what_is_known(connection)
            known["records"] = [
                tuple(map(repr, row)) for row in await connection.fetch("select id, hash, source, sheet, row from record order by 1, 2")
            ]
            known["deliveries"] = [
                tuple(row)
                for row in await connection.fetch(
                    "select source, as_of, state, rows_read, rows_new, rows_changed, rows_unchanged, records_ended from delivery where division = $1 order by 1, 2",
                    DIVISION,
                )
            ]
            seen.append(known)
            await connection.close()
        assert seen[0] == seen[1]


@pytest.mark.parametrize(("point", "nth"), [("page.after", 3), ("settle.after", 2), ("link.after", 1), ("commit.before", 1)])
async def test_a_first_load_is_there_as_a_whole_or_not_at_all(point, nth, database_factory, tmp_path):
    write(tmp_path / "in", children=250, seed=3, dirt="easy")
    with database_factory() as calm, database_factory() as struck:
        environs = [
            database.environ(HUB_KEY_FILE=str(tmp_path / "sealing.json"), HUB_HOME=str(tmp_path / name))
            for database, name in ((calm, "calm"), (struck, "struck"))
        ]
        assert run(tmp_path / "in" / "2026-09", environs[0]) == 0
        assert run(tmp_path / "in" / "2026-09", environs[1], point, nth) == -signal.SIGKILL
        connection = await asyncpg.connect(struck.dsn("hub_writer"))
        for table in ("publication", "delivery", "record", "mention", "quarantine", "delivery_page"):
            assert await connection.fetchval(f"select count(*) from {table}") == 0, table
        assert run(tmp_path / "in" / "2026-09", environs[1]) == 0
        other = await asyncpg.connect(calm.dsn("hub_writer"))
        assert await what_is_known(connection) == await what_is_known(other)
        await connection.close()
        await other.close()
