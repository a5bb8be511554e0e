"""`make bench`: ratios of things measured in one run, on a server of its own.

    python -m tests.bench [--children 100000] [--only history|load|staging|reads]
"""

import argparse
import asyncio
import shutil
import tempfile
from pathlib import Path

from hub.demo import generate
from hub.settings import Settings
from hub.storage.database import keep_up
from hub.storage.embedded import ensure_started, stop
from hub.storage.migrations import migrate
from tests.bench.history import history
from tests.bench.load import load
from tests.bench.reading.load import reading
from tests.bench.reading.refusals import refusals
from tests.bench.staging import staging


def main() -> None:
    """Run the benches that are asked for."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--children", type=int, default=100_000)
    asked.add_argument("--only", choices=("history", "load", "staging", "reads"))
    told = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    home.chmod(0o755)
    settings = Settings.from_environ({"HUB_HOME": str(home / "home")})
    try:
        keep_up(settings)
        running = ensure_started(settings)
        migrate(running.sqlalchemy_url("hub_owner"))
        if told.only in (None, "history"):
            asyncio.run(history(running.dsn("hub_writer"), running.dsn("hub_admin")))
        if told.only in (None, "load", "staging", "reads"):
            print(f"a city of {told.children} children", flush=True)
            made = generate(home / "city", children=told.children, seed=5)
            rows = tuple(sum(n for name, n in made.rows.items() if name.startswith(month)) for month in ("2026-09", "2026-10"))
            if told.only in (None, "staging"):
                staging(home / "city" / "2026-09", settings, running.dsn("hub_admin"))
            if told.only in (None, "load", "reads"):
                load(home / "city", settings, (rows[0], rows[1]))
            if told.only in (None, "reads"):
                reading(str(settings.home), "2026-11-24", seconds=5, rounds=2)
                refusals(str(settings.home), "2026-11-24", each=40, seconds=8)
    finally:
        stop(settings)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
