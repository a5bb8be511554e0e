"""The endpoint: GraphQL over HTTP and the query page, on this machine only, for invented data, until rights exist."""

import logging
import secrets
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import orjson
from graphql import GraphQLSyntaxError, parse
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

from hub.settings import CannotServe, Settings
from hub.storage.database import Database
from schema.api import api
from schema.limits import DEEPEST, depth_of
from schema.scope import BadInput, Context

BODY_LIMIT = 256 * 1024
TOKEN_LIMIT = 10_000
LOOPBACK = ("127.0.0.1", "::1", "localhost")
CONSOLE = Path(__file__).parent / "console"
GRAPHQL_JSON = "application/graphql-response+json"
HEADERS = {
    "content-security-policy": "default-src 'self'; frame-ancestors 'none'",
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
log = logging.getLogger("hub.web")


class BadRequest(Exception):
    """A request that is no GraphQL request; its message says what it must be."""


class Endpoint:
    """The parts that a request needs: the reader's pool, the writer, the day."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.settings, self.database = settings, database
        self.reader = database.engine("reader")

    @property
    def today(self) -> date:
        """The business date."""
        return self.settings.business_date or date.today()

    async def graphql(self, request: Request) -> Response:
        """Answer one request; a malformed one is 400 with a sentence, and internals never leave."""
        try:
            query, variables, operation = await read_request(request)
        except BadRequest as bad:
            return answer(request, {"errors": [{"message": str(bad)}]}, 400)
        async with self.reader.connect() as connection:
            await self._begin(connection)
            ctx = Context(connection, self.settings.division, self.today, lambda: self._writing(connection))
            result = await api.execute(query, variable_values=variables, operation_name=operation, context_value=ctx)
        errors = [shown(error) for error in result.errors or []]
        body: dict[str, Any] = {"errors": errors} if errors else {}
        if result.data is not None:
            body["data"] = result.data
        refused = result.data is None and all("path" not in error for error in errors) and bool(errors)
        return answer(request, body, 400 if refused else 200)

    async def _begin(self, connection: AsyncConnection) -> None:
        """Begin the reader's transaction: one snapshot, the divisions it may see."""
        await connection.execute(text("set transaction isolation level repeatable read, read only"))
        await connection.execute(
            text("select set_config('hub.divisions', :d, true), set_config('hub.custody', 'on', true)"), {"d": str(self.settings.division)}
        )

    @asynccontextmanager
    async def _writing(self, reader: AsyncConnection) -> AsyncIterator[Any]:
        """A writer's connection for one mutation; what is read after it sees what it wrote."""
        connection = await self.database.connect("writer")
        try:
            yield connection
        finally:
            await connection.close()
        await reader.rollback()
        await self._begin(reader)

    async def health(self, request: Request) -> Response:
        """Whether the database answers."""
        try:
            async with self.reader.connect() as connection:
                await connection.execute(text("select 1"))
        except Exception:  # whatever is wrong, the answer is the same, and says nothing of it
            return JSONResponse({"status": "the database does not answer"}, 503, headers=HEADERS)
        return JSONResponse({"status": "ok"}, headers=HEADERS)


async def read_request(request: Request) -> tuple[str, dict[str, Any] | None, str | None]:
    """The document, variables and operation name of a POST; BadRequest where it is something else."""
    kind = request.headers.get("content-type", "").split(";")[0].strip().lower()
    if kind not in ("application/json", GRAPHQL_JSON):
        raise BadRequest("send the request as JSON: content-type application/json")
    if int(request.headers.get("content-length") or 0) > BODY_LIMIT:
        raise BadRequest(f"the body is larger than {BODY_LIMIT // 1024} KiB")
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > BODY_LIMIT:
            raise BadRequest(f"the body is larger than {BODY_LIMIT // 1024} KiB")
    try:
        told = orjson.loads(bytes(body))
    except (orjson.JSONDecodeError, RecursionError):
        raise BadRequest("the body is not JSON") from None
    if not isinstance(told, dict):
        raise BadRequest('the body must be one JSON object with "query"; batches are not taken')
    query, variables, operation = told.get("query"), told.get("variables"), told.get("operationName")
    if not isinstance(query, str) or not query.strip():
        raise BadRequest('"query" must be a GraphQL document')
    if variables is not None and not isinstance(variables, dict):
        raise BadRequest('"variables" must be an object')
    if operation is not None and not isinstance(operation, str):
        raise BadRequest('"operationName" must be a text')
    if "\x00" in query or "\\u0000" in query or b"\\u0000" in orjson.dumps(variables):
        raise BadRequest("a text may not hold the character U+0000")
    refuse_too_deep(query)
    return query, variables, operation


def refuse_too_deep(query: str) -> None:
    """BadRequest for a document that asks more levels than it may; what does not parse is told by the language itself."""
    try:
        too_deep = depth_of(parse(query, max_tokens=TOKEN_LIMIT)) > DEEPEST
    except RecursionError:
        too_deep = True
    except GraphQLSyntaxError as error:
        if "more than" not in error.message:
            return
        raise BadRequest(f"the document has more than {TOKEN_LIMIT} words") from None
    if too_deep:
        raise BadRequest(f"the document asks more than {DEEPEST} levels of fields")


def shown(error: Any) -> dict[str, Any]:
    """An error as the caller may see it: the language's own and BadInput in words, anything else as an id that the log has."""
    told: dict[str, Any] = error.formatted
    original = error.original_error
    if original is None or isinstance(original, BadInput):
        return {key: told[key] for key in ("message", "locations", "path") if told.get(key) is not None}
    id_ = secrets.token_hex(8)
    log.error("error %s: %s at %s", id_, type(original).__name__, ".".join(str(p) for p in error.path or ()))
    return {"message": f"this could not be answered; the log has it as error {id_}", **({"path": told["path"]} if told.get("path") else {})}


def answer(request: Request, body: dict[str, Any], status: int) -> Response:
    """A GraphQL response in the media type that was asked for."""
    kind = GRAPHQL_JSON if GRAPHQL_JSON in request.headers.get("accept", "") else "application/json"
    if kind == "application/json" and "data" in body:
        status = 200
    return Response(orjson.dumps(body, default=str), status, media_type=f"{kind}; charset=utf-8", headers=HEADERS)


def create_app(settings: Settings, database: Database) -> Starlette:
    """The web application over a database."""
    endpoint = Endpoint(settings, database)

    async def graphql(request: Request) -> Response:
        if request.method == "GET":
            return FileResponse(CONSOLE / "index.html", headers=HEADERS)
        return await endpoint.graphql(request)

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await endpoint.reader.dispose()

    async def home(request: Request) -> Response:
        return Response(status_code=307, headers={"location": "/graphql"})

    app = Starlette(
        routes=[
            Route("/", home),
            Route("/graphql", graphql, methods=["GET", "POST"]),
            Route("/healthz", endpoint.health),
            Mount("/static", StaticFiles(directory=CONSOLE)),
        ],
        lifespan=lifespan,
    )
    app.state.endpoint = endpoint
    return app


def take_port(settings: Settings, port: int | None = None) -> socket.socket:
    """The port to serve on, taken before anything else is begun; loopback only. Raises CannotServe where somebody has it."""
    if settings.host not in LOOPBACK:
        raise CannotServe(f"HUB_HOST={settings.host}: until rights exist the endpoint serves this machine only; use 127.0.0.1")
    asked = settings.port if port is None else port
    taken = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, asked))
    except OSError:
        taken.close()
        raise CannotServe(f"port {asked} is taken: stop what uses it, or choose another with HUB_PORT=8001 or --port 0") from None
    return taken


def serve(settings: Settings, database: Database, taken: socket.socket, *, ready: Any = None) -> None:
    """Serve on a port that was taken, until Ctrl-C."""
    import uvicorn

    config = uvicorn.Config(
        create_app(settings, database), log_level="warning", access_log=False, lifespan="on", timeout_keep_alive=15, server_header=False
    )
    server = uvicorn.Server(config)
    if ready:
        ready(f"http://{settings.host}:{taken.getsockname()[1]}/graphql")
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    server.run(sockets=[taken])
