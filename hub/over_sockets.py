"""GraphQL over WebSocket (graphql-transport-ws) and over Server-Sent Events: answers that come one after another."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable
from dataclasses import replace
from typing import Any

import orjson
from starlette.websockets import WebSocket, WebSocketDisconnect

from hub.access.viewer import NotAdmitted
from hub.admitting import Asking
from hub.answering import Answer, Answering, Request
from hub.over_http import NO_JSON, BadRequest, checked

PROTOCOL = "graphql-transport-ws"
INIT_WAIT = 10  # seconds
MOST = 20  # operations at once on one socket
LARGEST = 256 * 1024  # bytes of a message
STILL_HERE = 12  # seconds between comments, so that nothing on the way closes the stream


class Closed(Exception):
    """The protocol was broken: the close code and reason of its document."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code


class Socket:
    """One socket and the operations that run on it."""

    def __init__(self, answering: Answering, socket: WebSocket) -> None:
        self.answering, self.socket = answering, socket
        self.acknowledged = False
        self.running: dict[str, asyncio.Task[None]] = {}
        self.asking: Asking | None = None

    async def serve(self) -> None:
        """Speak the protocol until somebody closes."""
        if not same_origin(self.socket):
            await self.socket.close(4403)  # before the handshake: refused as 403
            return
        if PROTOCOL not in self.socket.scope.get("subprotocols", ()):
            await self.socket.accept()
            await self.socket.close(4406, "Subprotocol not acceptable")
            return
        await self.socket.accept(PROTOCOL)
        patience = asyncio.create_task(self._wait_for_init())
        try:
            while True:
                await self._take(await self.socket.receive_text())
        except Closed as closed:
            await self.socket.close(closed.code, str(closed))
        except (WebSocketDisconnect, RuntimeError, KeyError):
            pass
        finally:
            for task in (patience, *self.running.values()):
                task.cancel()

    async def _wait_for_init(self) -> None:
        await asyncio.sleep(INIT_WAIT)
        if not self.acknowledged:
            await self.socket.close(4408, "Connection initialisation timeout")

    async def _take(self, text: str) -> None:
        """One message."""
        try:
            message = orjson.loads(text)
        except NO_JSON:
            raise Closed(4400, "Invalid message: no JSON") from None
        match message if isinstance(message, dict) else {}:
            case {"type": "ping"}:
                await self._send("pong")
            case {"type": "pong"}:
                pass
            case {"type": "connection_init", **more}:
                if self.acknowledged:
                    raise Closed(4429, "Too many initialisation requests")
                await self._admit(more.get("payload"))
                self.acknowledged = True
                await self._send("connection_ack")
            case {"type": "subscribe", "id": str(id_), "payload": dict(payload)} if id_:
                await self._begin(id_, payload)
            case {"type": "complete", "id": str(id_)}:
                if task := self.running.pop(id_, None):
                    task.cancel()
            case _:
                raise Closed(4400, "Invalid message")

    async def _admit(self, payload: Any) -> None:
        """Who asks: as the handshake's headers say, or the first message, since a page's script cannot set headers here."""
        told = payload if isinstance(payload, dict) else {}
        headers = self.socket.headers
        authorization, purpose, case = (str(told.get(name) or headers.get(name) or "") for name in ("authorization", "hub-purpose", "hub-case"))
        try:
            self.asking = await self.answering.admission.admit(authorization, purpose, case, headers.get("client-cert", ""))
        except NotAdmitted as refused:
            await self.answering.note_refused(refused, purpose)
            raise Closed(4403, f"Forbidden: {refused}"[:120]) from None

    async def _begin(self, id_: str, payload: dict[str, Any]) -> None:
        if not self.acknowledged or self.asking is None:
            raise Closed(4401, "Unauthorized")
        if id_ in self.running:
            raise Closed(4409, f"Subscriber for {id_[:50]} already exists")
        try:
            self.asking = await self.answering.admission.again(self.asking)  # what was open when the socket was need not be now
            request = replace(checked(payload), asking=self.asking)
        except BadRequest as bad:
            raise Closed(4400, str(bad)[:120]) from None
        except NotAdmitted as refused:
            raise Closed(4403, f"Forbidden: {refused}"[:120]) from None
        if len(self.running) >= MOST:
            await self._send("error", id_, [{"message": f"no more than {MOST} operations at once on one socket"}])
            return
        self.running[id_] = asyncio.create_task(self._run(id_, request))

    async def _run(self, id_: str, request: Request) -> None:
        async with contextlib.aclosing(self.answering.events(request)) as events:
            async for answer in events:
                if answer.refused:
                    self.running.pop(id_, None)
                    await self._send("error", id_, orjson.loads(answer.body)["errors"])
                    return
                await self._send("next", id_, orjson.Fragment(answer.body))
        if self.running.pop(id_, None):
            await self._send("complete", id_)

    async def _send(self, type_: str, id_: str | None = None, payload: Any = None) -> None:
        message = {"type": type_} | ({"id": id_} if id_ else {}) | ({"payload": payload} if payload is not None else {})
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await self.socket.send_text(orjson.dumps(message).decode())


def same_origin(socket: WebSocket) -> bool:
    """Whether the page that opens a socket is our own; programs send no origin."""
    origin = socket.headers.get("origin")
    return origin is None or origin.split("://", 1)[-1] == socket.headers.get("host")


async def stream(answers: AsyncIterator[Answer], first: Awaitable[Answer | None], send: Any, receive: Any, headers: list[tuple[bytes, bytes]]) -> None:
    """Answers as Server-Sent Events, until they end or the client goes."""
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-type", b"text/event-stream; charset=utf-8"), *headers]})
    gone = asyncio.create_task(_gone(receive))
    telling = asyncio.create_task(_tell(answers, first, send))
    try:
        while not telling.done() and not gone.done():
            done, _ = await asyncio.wait((telling, gone), timeout=STILL_HERE, return_when=asyncio.FIRST_COMPLETED)
            if not done:
                await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
    finally:
        for task in (gone, telling):
            task.cancel()


async def _tell(answers: AsyncIterator[Answer], first: Awaitable[Answer | None], send: Any) -> None:
    told = await first
    if told is not None:
        await send({"type": "http.response.body", "body": b"event: next\ndata: " + told.body + b"\n\n", "more_body": True})
        async for answer in answers:
            await send({"type": "http.response.body", "body": b"event: next\ndata: " + answer.body + b"\n\n", "more_body": True})
    await send({"type": "http.response.body", "body": b"event: complete\ndata:\n\n"})


async def _gone(receive: Any) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
