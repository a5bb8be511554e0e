"""PostgreSQL is restarted in the middle of a load: a clear message, and run again nothing is lost and nothing twice."""

import asyncio
import os
import shutil
import tempfile
from pathlib import Path

import asyncpg
import pytest

from hub.settings import Settings
from hub.storage.embedded import ensure_started, stop
from tests.faults.test_crash_points import ROUNDS
from tests.flow import what_is_known
from tests.processes import run_alone
from tests.properties.test_timelines import MONTHS, deliver

SCRIPT = """
import os, signal, sys, time
from pathlib import Path
from hub.storage import crash_points
point, how, folder = sys.argv[1:]
struck = False
def watch(name):
    global struck
    if name == point and not struck:
        struck = True
        (told,) = Path(os.environ["HUB_HOME"]).rglob("postmaster.pid")
        os.kill(int(told.read_text().split()[0]), getattr(signal, how))
        deadline = time.monotonic() + 20
        while told.exists() and time.monotonic() < deadline and how == "SIGINT":
            time.sleep(0.05)
        time.sleep(0.3)
crash_points.watchers.append(watch)
sys.argv = ["hub", "run", folder, "--quiet", "--on", "2026-11-24"]
from hub.cli import main
main()
"""


def run(home, folder, point="none", how="SIGINT"):
    """`hub run` in a process of its own; the server is stopped (fast: SIGINT, immediate: SIGQUIT) when it comes to ``point``."""
    return run_alone(SCRIPT, point, how, str(folder), env={**os.environ, "HUB_HOME": str(home)})


async def known(home):
    """All that the hub of a home knows."""
    settings = Settings.from_environ({"HUB_HOME": str(home)})
    running = ensure_started(settings)
    connection = await asyncpg.connect(running.dsn("hub_writer"))
    try:
        return await what_is_known(connection)
    finally:
        await connection.close()
        stop(settings)


@pytest.fixture(scope="module")
def place():
    """A folder that the server's own account may pass through, which a test's is not when root runs it."""
    folder = Path(tempfile.mkdtemp(prefix="hub-restart-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="module")
def calm(place):
    """What a run knows whose server nobody restarted; one for all points."""
    for month, people in zip(MONTHS, ROUNDS, strict=False):
        deliver(place / "in" / f"{month:%Y-%m}", month, people)
    assert run(place / "calm", place / "in").returncode == 0
    told = asyncio.run(known(place / "calm"))
    assert told["mention"]
    return told


@pytest.mark.parametrize(("point", "how"), [("page.after", "SIGINT"), ("link.after", "SIGQUIT"), ("commit.before", "SIGQUIT")])
async def test_a_restart_in_mid_load_loses_nothing(place, calm, point, how):
    home = place / point
    (home / "keys").mkdir(parents=True)
    (home / "keys" / "sealing.json").write_bytes((place / "calm" / "keys" / "sealing.json").read_bytes())
    (home / "keys" / "sealing.json").chmod(0o600)
    struck = run(home, place / "in", point, how)
    assert struck.returncode != 0
    said = struck.stdout + struck.stderr
    assert "Traceback" not in said
    assert "database" in said and "again" in said
    assert run(home, place / "in").returncode == 0
    assert await known(home) == calm
