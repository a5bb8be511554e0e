"""Servers for the bench: the hub, the hub with its second road alone, and the limit – a bare statement behind a minimal endpoint.

    python -m tests.bench.reading.serving hub|silent|second|limit PORT HOME ON

*silent* is the hub without the entry that each answer leaves in the audit: what the road itself takes.
"""

import os
import signal
import sys
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from hub.access.accounts import INVENTED
from hub.query.documents import Documents
from hub.query.limits import TRUSTED
from hub.query.marks import unmarked
from hub.query.plans import SECOND_ROAD
from hub.query.policy import ALLOWS_EVERYTHING
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.embedded import Running, shared_server
from hub.web import create_app, settle
from schema.declared import graph

HERE = Path(__file__).parent
OPERATIONS = ("point", "worklist", "thousand", "counts")


def main() -> None:
    """Serve one of them until it is ended."""
    kind, port, home, on = sys.argv[1:]
    settings = Settings.from_environ({"HUB_HOME": home, "HUB_BUSINESS_DATE": on, "HUB_TRUSTED": str(HERE), "HUB_WITHOUT_TOKEN": "everything"})
    (settings.home / INVENTED).touch()  # a bench's city is invented
    signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # uvicorn raises it again when it has ended
    with shared_server(settings) as running:
        serve(kind, int(port), settings, running)


def serve(kind: str, port: int, settings: Settings, running: Running) -> None:
    """Serve over a running server."""
    app: Any = limit(settings, running.dsn("hub_reader")) if kind == "limit" else create_app(settings, Database(running, {}))
    if kind != "limit":
        app.answering.readers.wait = 60  # the limit's pool waits as long as it takes, so the hub does here
    if kind == "silent":
        app.answering.audit = Silence()
    if kind == "second":
        app.answering.documents.plan = lambda *_: SECOND_ROAD
    settle()
    print("serving", os.getpid(), flush=True)
    uvicorn.run(app, port=port, log_level="warning", access_log=False, lifespan="off")


class Silence:
    """An audit that writes nothing."""

    async def ready(self) -> None:
        """It always is."""

    async def write(self, entry: object) -> None:
        """Nothing is written."""

    async def close(self) -> None:
        """Nothing is open."""


def limit(settings: Settings, dsn: str) -> Starlette:
    """GET /NAME?id=…: the compiler's own statement; /hand/NAME: the one written by hand. No GraphQL, nothing reset on the pool."""
    statements = {name: _own(name, settings) for name in OPERATIONS}
    by_hand = {path.stem: path.read_text(encoding="utf-8") for path in HERE.glob("*.sql")}
    held: dict[str, asyncpg.Pool] = {}
    viewer = {f"hub.{name}": value for name, value in ALLOWS_EVERYTHING.settings(settings.division, settings.today(), frozenset()).items()}

    async def pool() -> asyncpg.Pool:
        if not held:
            given = {"jit": "off", "plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1", **viewer}
            held["pool"] = await asyncpg.create_pool(dsn, min_size=10, max_size=10, reset=_nothing, server_settings=given, max_cacheable_statement_size=0)
        return held["pool"]

    async def own(request: Request) -> Response:
        plan = statements[request.path_params["name"]]
        variables = dict(request.query_params) | ALLOWS_EVERYTHING.request(settings.division, settings.today())
        async with held["pool"].acquire() as connection:
            row = await connection.fetchrow(plan.sql, *plan.parameters(variables))
        return Response(unmarked(row["answer"])[0], media_type="application/json")

    async def hand(request: Request) -> Response:
        async with held["pool"].acquire() as connection:
            row = await connection.fetchrow(by_hand[request.path_params["name"]], settings.division, settings.business_date, request.query_params["township"])
        return Response(row["answer"], media_type="application/json")

    async def ready(request: Request) -> Response:
        await pool()
        return Response("ready")

    return Starlette(routes=[Route("/ready", ready), Route("/hand/{name}", hand), Route("/{name}", own)])


def _own(name: str, settings: Settings) -> Any:
    documents = Documents(graph)
    document = documents.find((HERE / f"{name}.graphql").read_text(encoding="utf-8"), TRUSTED)
    operation = document.operation(None)
    variables = {"id": "1", "township": ""} | ALLOWS_EVERYTHING.request(settings.division, date.today())
    assert operation
    return documents.plan(document, operation, variables, ALLOWS_EVERYTHING, TRUSTED)


async def _nothing(connection: asyncpg.Connection) -> None:
    """What is to be done with a connection that comes back."""


if __name__ == "__main__":
    main()
