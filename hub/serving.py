"""Serve the hub: the database for as long as the endpoint is up, and what is weaker said plainly."""

import asyncio
import logging
import time
from collections.abc import Callable
from typing import Any

from hub.opening import open_hub
from hub.settings import Settings
from hub.storage.database import open_database
from hub.web import serve, take_port


def serve_hub(settings: Settings, *, port: int | None, say: Callable[[str], Any]) -> None:
    """Migrate if need be, then serve until Ctrl-C."""
    log_plainly(settings.log_level)
    with take_port(settings, port) as taken, open_database(settings, serving=True) as database:
        asyncio.run(_migrated(settings))
        for weakness in database.weaknesses():
            say("weaker: " + weakness)
        if settings.without_token == "everything":
            say("weaker: HUB_WITHOUT_TOKEN=everything: whoever reaches this machine's port sees every invented person; for tests only")
        serve(
            settings,
            database,
            taken,
            ready=lambda url: say(f"serving {url} – on this machine only; Ctrl-C stops it"),
        )


def log_plainly(level: str) -> logging.Handler:
    """The hub's own lines begin with the time in UTC, how grave they are and whence; other people's loggers would tell addresses, and stay as they are."""
    handler = logging.StreamHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03dZ %(levelname)s %(name)s %(message)s", "%Y-%m-%dT%H:%M:%S"))
    handler.formatter.converter = time.gmtime  # type: ignore[union-attr]
    log = logging.getLogger("hub")
    log.setLevel(level)
    log.addHandler(handler)
    return handler


async def _migrated(settings: Settings) -> None:
    async with open_hub(settings):
        pass
