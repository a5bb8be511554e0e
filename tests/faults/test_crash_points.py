"""kill -9 at every named point, then again: nothing lost, nothing twice."""

import asyncio
import os
import signal
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import pytest

from tests.bench.linkage.population import write
from tests.conftest import cloned
from tests.flow import DIVISION, what_is_known
from tests.processes import run_alone
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
    return run_alone(SCRIPT, point, str(nth), str(folder), env={**os.environ, **environ}).returncode


@dataclass
class Calm:
    """What was delivered, the keys it was sealed with, and what a run that nobody killed knows of it: one for all points."""

    folder: Path
    keys: Path
    known: dict[str, list[tuple]]


async def all_known(database) -> dict[str, list[tuple]]:
    """All that a database knows, with its records and deliveries."""
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
    await connection.close()
    return known


def calm_run(cluster, home: Path, folder: Path) -> Calm:
    """A run that nobody kills."""
    with cloned(cluster, home) as database:
        keys = home / "sealing.json"
        assert run(folder, database.environ(HUB_KEY_FILE=str(keys))) == 0
        known = asyncio.run(all_known(database))
    assert known["records"] and known["deliveries"]
    return Calm(folder, keys, known)


@pytest.fixture(scope="module")
def two_months(cluster, tmp_path_factory):
    home = tmp_path_factory.mktemp("months")
    for month, people in zip(MONTHS, ROUNDS, strict=False):
        deliver(home / "in" / f"{month:%Y-%m}", month, people)
    return calm_run(cluster, home, home / "in")


@pytest.fixture(scope="module")
def first_load(cluster, tmp_path_factory):
    home = tmp_path_factory.mktemp("first")
    write(home / "in", children=250, seed=3, dirt="easy")
    return calm_run(cluster, home, home / "in" / "2026-09")


@pytest.mark.parametrize("point", POINTS)
async def test_killed_and_run_again_is_as_if_never_killed(point, two_months, database):
    environ = database.environ(HUB_KEY_FILE=str(two_months.keys))
    killed = [run(two_months.folder, environ, point, nth) for nth in range(1, TIMES + 1)]
    assert -signal.SIGKILL in killed, "the point was never reached"
    assert run(two_months.folder, environ) == 0
    assert await all_known(database) == two_months.known


@pytest.mark.parametrize(("point", "nth"), [("page.after", 3), ("settle.after", 2), ("link.after", 1), ("commit.before", 1)])
async def test_a_first_load_is_there_as_a_whole_or_not_at_all(point, nth, first_load, database):
    environ = database.environ(HUB_KEY_FILE=str(first_load.keys))
    assert run(first_load.folder, environ, point, nth) == -signal.SIGKILL
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    for table in ("publication", "delivery", "record", "mention", "quarantine", "delivery_page"):
        assert await connection.fetchval(f"select count(*) from {table}") == 0, table
    await connection.close()
    assert run(first_load.folder, environ) == 0
    assert await all_known(database) == first_load.known
