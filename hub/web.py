"""The endpoint: one application for GraphQL and the query page, on this machine only; whoever serves others puts a proxy with TLS before it."""

import asyncio
import contextlib
import gc
import os
import signal
import socket
import sys
from collections.abc import AsyncIterator, Awaitable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeVar

import orjson
from sqlalchemy import text
from starlette.applications import Starlette
from starlette.requests import Request as HttpRequest
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from hub.access.certificates import HEADER
from hub.access.viewer import NotAdmitted
from hub.admitting import demo_tokens
from hub.answering import Answering, Request, failed
from hub.over_http import BODY_LIMIT, EVENTS, JSON, BadRequest, Names, by_get, by_post, media_type, status_of
from hub.over_sockets import LARGEST, Socket, stream
from hub.query.policy import CATALOGUE
from hub.settings import CannotServe, Settings
from hub.storage.database import Database

Told = TypeVar("Told")
LOOPBACK = ("127.0.0.1", "::1", "localhost")
CONSOLE = Path(__file__).parent / "console"
HEADERS = {
    "content-security-policy": "default-src 'self'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000; includeSubDomains",  # heeded behind the proxy's TLS alone
    "x-content-type-options": "nosniff",
    "cache-control": "no-store",
    "referrer-policy": "no-referrer",
}
TURN = 0.0005  # seconds for which a thread that makes a plan keeps the interpreter from answers; Python's own five milliseconds are half an answer
WATCH_AFTER = 0.05  # seconds; most answers are there before anybody need look whether the client still is
STREAM_AFTER = 1.0  # seconds: a refusal comes sooner, and what lies between would take a silent stream for dead
WHO_ASKS = (b"authorization", b"hub-purpose", b"hub-case", HEADER)
ONCE = (*WHO_ASKS, b"content-type")
RAW_HEADERS = [(name.encode(), value.encode()) for name, value in HEADERS.items()]


class Endpoint:
    """GraphQL over HTTP as an ASGI application: of a small answer most is spent around it, so nothing is wrapped twice."""

    def __init__(self, answering: Answering) -> None:
        self.answering = answering

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        headers = dict(scope["headers"])
        kind = JSON
        try:
            if len(headers) < len(scope["headers"]):
                refuse_repeated([name for name, _ in scope["headers"]])
            if headers.get(b"sec-fetch-site") == b"cross-site":
                raise BadRequest("requests from pages of other sites are not answered", 403)
            if scope["method"] == "GET" and not scope["query_string"] and b"json" not in headers.get(b"accept", b""):
                await FileResponse(CONSOLE / "index.html", headers=HEADERS)(scope, receive, send)
                return
            kind = media_type(headers.get(b"accept", b"").decode("latin-1"))
            asking = await self.answering.admission.admit(*(_text(headers, name) for name in WHO_ASKS))
            if scope["method"] == "GET":
                request = by_get(scope["query_string"])
            else:
                request = by_post(headers.get(b"content-type", b"").decode("latin-1"), await body_of(headers, receive))
        except (BadRequest, NotAdmitted) as bad:
            if isinstance(bad, NotAdmitted):
                await self.answering.note_refused(bad, _text(headers, b"hub-purpose"))
            await respond(send, JSON if kind == EVENTS else kind, bad.status, orjson.dumps({"errors": [{"message": str(bad)}]}))
            return
        except Exception as error:  # whoever asks cannot be told now, since the database does not answer
            told = failed(error)
            await respond(send, JSON if kind == EVENTS else kind, status_of(told, kind), told.body)
            return
        request = replace(request, asking=asking)
        if kind == EVENTS:
            await self._events(request, send, receive)
            return
        answer = await while_here(self.answering.answer(request), receive)
        if answer is not None:
            await respond(send, kind, status_of(answer, kind), answer.body)

    async def _events(self, request: Request, send: Any, receive: Any) -> None:
        """Answers one after another; a request that is refused is told so before the stream begins, which it does soon, event or none."""
        async with contextlib.aclosing(self.answering.events(request)) as answers:
            first = asyncio.ensure_future(anext(answers, None))
            try:
                told = await while_here(asyncio.wait([first], timeout=STREAM_AFTER), receive)
                refused = first.result() if first.done() else None
                if refused is not None and refused.refused:
                    await respond(send, JSON, refused.status or 400, refused.body)
                elif told is not None:
                    await stream(answers, first, send, receive, RAW_HEADERS)
            finally:
                first.cancel()
                with contextlib.suppress(asyncio.CancelledError):
                    await first


async def while_here(work: Awaitable[Told], receive: Any) -> Told | None:
    """What the work comes to; None where the client left before. The work is ended then, and what it runs in PostgreSQL with it."""
    working = asyncio.current_task()
    assert working is not None
    watching: list[asyncio.Task[None]] = []
    has_left = False

    async def watch() -> None:
        nonlocal has_left
        while (await receive())["type"] != "http.disconnect":
            pass
        has_left = True
        working.cancel()

    later = asyncio.get_running_loop().call_later(WATCH_AFTER, lambda: watching.append(asyncio.create_task(watch())))
    try:
        return await work
    except asyncio.CancelledError:
        if not has_left:
            raise
        working.uncancel()
        return None
    finally:
        later.cancel()
        for watcher in watching:
            watcher.cancel()


def refuse_repeated(names: list[bytes]) -> None:
    """BadRequest where who asks, for what, or what the body is, is said twice: a proxy before the hub may have read the other one."""
    for name in ONCE:
        if names.count(name) > 1:
            raise BadRequest(f"{name.decode()} is sent twice: send it once")


def _text(headers: dict[bytes, bytes], name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").strip()


async def body_of(headers: dict[bytes, bytes], receive: Any) -> bytes:
    """The body of a request; BadRequest where it is larger than it may be."""
    too_large = BadRequest(f"the body is larger than {BODY_LIMIT // 1024} KiB", 413)
    if int(headers.get(b"content-length") or 0) > BODY_LIMIT:
        raise too_large
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
        if len(body) > BODY_LIMIT:
            raise too_large
    return body


async def respond(send: Any, kind: str, status: int, body: bytes) -> None:
    """Send a body that is JSON already."""
    headers = [(b"content-type", f"{kind}; charset=utf-8".encode()), (b"content-length", str(len(body)).encode()), *RAW_HEADERS]
    if status == 503:
        headers.append((b"retry-after", b"2"))
    if status == 401:
        headers.append((b"www-authenticate", b"Bearer"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def with_headers(send: Any) -> Any:
    """Sends what the pages answer with the headers that all of it has: files, redirects and refusals of Starlette's own have none."""

    async def sending(message: Any) -> None:
        if message["type"] == "http.response.start":
            told = {name for name, _ in message["headers"]}
            message = {**message, "headers": [*message["headers"], *(header for header in RAW_HEADERS if header[0] not in told)]}
        await send(message)

    return sending


async def refuse(scope: Any, receive: Any, send: Any, refused: BadRequest) -> None:
    """Say why a request is not answered; a socket is refused before its handshake."""
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 4403, "reason": str(refused)})
    else:
        await respond(send, JSON, refused.status, orjson.dumps({"errors": [{"message": str(refused)}]}))


class Application:
    """The web application: a request for the graph goes to it straight, everything else through Starlette's routes."""

    def __init__(self, settings: Settings, database: Database) -> None:
        self.answering = Answering(settings, database)
        self.names = Names(settings.public_names)
        self.proxy = str(settings.proxy_socket or "")
        self.endpoint, self.pages = Endpoint(self.answering), pages(self.answering)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] in ("http", "websocket") and (refused := self.names.refuse(dict(scope["headers"]))):
            await refuse(scope, receive, send, refused)
            return
        if scope["type"] in ("http", "websocket") and any(name == HEADER for name, _ in scope["headers"]) and not self._is_by_proxy(scope):
            await refuse(scope, receive, send, BadRequest("a client certificate is taken from the proxy's own socket alone (HUB_PROXY_SOCKET)"))
            return
        if scope["type"] == "websocket":  # of HTTP the endpoint looks itself
            try:
                refuse_repeated([name for name, _ in scope["headers"]])
            except BadRequest as twice:
                await refuse(scope, receive, send, twice)
                return
        straight = scope["type"] == "http" and scope["path"] == "/graphql" and scope["method"] in ("GET", "POST")
        await (self.endpoint(scope, receive, send) if straight else self.pages(scope, receive, with_headers(send)))

    def _is_by_proxy(self, scope: Any) -> bool:
        """Whether a request came in by the socket whose file only the proxy may open."""
        return bool(self.proxy) and tuple(scope.get("server") or ()) == (self.proxy, None)


def create_app(settings: Settings, database: Database) -> Application:
    """The web application over a database."""
    return Application(settings, database)


def pages(answering: Answering) -> Starlette:
    """All that is not the graph by HTTP: the query page, health, sockets."""

    async def health(request: HttpRequest) -> Response:
        """Whether the database answers."""
        try:
            async with answering.reader.connect() as connection:
                await connection.execute(text("select 1"))
        except Exception:  # whatever is wrong, the answer is the same, and says nothing of it
            return JSONResponse({"status": "the database does not answer"}, 503)
        return JSONResponse({"status": "ok"})

    async def socket(opened: WebSocket) -> None:
        await Socket(answering, opened).serve()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        yield
        await answering.close()

    async def accounts(request: HttpRequest) -> Response:
        """The demo's accounts with fresh tokens, for the page on this machine; there are none outside a demo."""
        told = demo_tokens(answering.admission) if request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none") else []
        return JSONResponse({"accounts": told, "purposes": dict(CATALOGUE.purposes)})

    async def served(request: HttpRequest) -> Response:
        return FileResponse(CONSOLE / request.url.path.rpartition("/")[2])

    async def home(request: HttpRequest) -> Response:
        return Response(status_code=307, headers={"location": "/graphql"})

    return Starlette(
        routes=[
            Route("/graphql", Endpoint(answering), methods=["GET", "POST"]),  # says 405 to other methods
            WebSocketRoute("/graphql", socket),
            Route("/", home),
            Route("/healthz", health),
            Route("/accounts", accounts),
            *(Route(f"/static/{name}", served) for name in ("console.js", "console.css")),  # these and no others
        ],
        lifespan=lifespan,
    )


def take_port(settings: Settings, port: int | None = None) -> socket.socket:
    """The port to serve on, taken before anything else is begun; loopback only. Raises CannotServe where somebody has it."""
    if settings.host not in LOOPBACK:
        raise CannotServe(f"HUB_HOST={settings.host}: the endpoint serves this machine only; use 127.0.0.1, and a proxy with TLS for others")
    asked = settings.port if port is None else port
    taken = socket.socket(socket.AF_INET6 if ":" in settings.host else socket.AF_INET)
    taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        taken.bind((settings.host, asked))
    except OSError:
        taken.close()
        raise CannotServe(f"port {asked} is taken: stop what uses it, or choose another with HUB_PORT=8001 or --port 0") from None
    return taken


@contextmanager
def proxys_own(path: Path | None) -> Iterator[list[socket.socket]]:
    """The socket by which the proxy comes, where there is one: its owner and group may open it, nobody else. CannotServe where it cannot be made."""
    if path is None:
        yield []
        return
    taken = socket.socket(socket.AF_UNIX)
    before = os.umask(0o117)
    try:
        if path.is_socket():
            path.unlink()  # of a process that has ended; the port says whether one is there
        taken.bind(str(path))
    except OSError as error:
        taken.close()
        raise CannotServe(f"HUB_PROXY_SOCKET={path}: {error.strerror or 'its path is too long'}; name a file in a folder of the hub's account") from None
    finally:
        os.umask(before)
    try:
        yield [taken]
    finally:
        taken.close()
        path.unlink(missing_ok=True)


def serve(settings: Settings, database: Database, taken: socket.socket, *, ready: Any = None) -> None:
    """Serve on a port that was taken, and on the proxy's own socket, until Ctrl-C."""
    import uvicorn

    from hub.patience import Patient

    config = uvicorn.Config(
        create_app(settings, database), http=Patient, log_level="warning", access_log=False, lifespan="on", timeout_keep_alive=15,
        server_header=False, ws_max_size=LARGEST, proxy_headers=False,  # what a proxy says of a client's address is not believed, and not needed
    )  # fmt: skip
    server = uvicorn.Server(config)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    sys.setswitchinterval(TURN)
    settle()  # before Ctrl-C is offered: what is raised while garbage is collected is lost
    if ready:
        ready(f"http://{settings.host}:{taken.getsockname()[1]}/graphql")
    with proxys_own(settings.proxy_socket) as by_proxy:
        server.run(sockets=[taken, *by_proxy])


def settle() -> None:
    """What is there for good is not walked through any more when garbage is sought: answers would wait a tenth of a second for it."""
    gc.collect()
    gc.freeze()
