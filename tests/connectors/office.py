"""A real HTTP server on loopback whose answers a test writes byte by byte, to behave as badly as it likes."""

from __future__ import annotations

import contextlib
import json
import socket
import socketserver
import struct
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True)
class Request:
    """What a client asked, and how often it has asked for anything."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    turn: int


class Line:
    """The connection to one client."""

    def __init__(self, connection: socket.socket, stopping: threading.Event) -> None:
        self._connection, self._stopping = connection, stopping

    def send(self, data: bytes) -> None:
        self._connection.sendall(data)

    def wait(self, seconds: float) -> None:
        """Waits, but no longer than the test lives."""
        self._stopping.wait(seconds)

    def reset(self) -> None:
        """Ends the connection with a reset instead of a close."""
        self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self._connection.close()

    def json(self, document: Any, *, status: str = "200 OK", **headers: str) -> None:
        """A well-formed answer."""
        self.answer(json.dumps(document, ensure_ascii=False).encode(), status=status, **headers)

    def answer(
        self,
        body: bytes,
        *,
        status: str = "200 OK",
        kind: str = "application/json",
        length: int | None = None,
        **headers: str,
    ) -> None:
        """An answer with these bytes; `length` may lie about them."""
        lines = [
            f"HTTP/1.1 {status}",
            f"Content-Type: {kind}",
            f"Content-Length: {len(body) if length is None else length}",
        ]
        lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
        self.send("\r\n".join([*lines, "Connection: close", "", ""]).encode() + body)


Behaviour = Callable[[Request, Line], None]


class Office:
    """Serves on a free port for as long as it is entered; `requests` is what was asked."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.requests: list[Request] = []
        self._stopping = threading.Event()
        office = self

        class Handler(socketserver.BaseRequestHandler):
            def handle(self) -> None:
                head = b""
                while b"\r\n\r\n" not in head:
                    part = self.request.recv(65536)
                    if not part:
                        return
                    head += part
                # The client may have gone: what it made of the answer is the test's matter.
                with contextlib.suppress(OSError):
                    behaviour(office._note(head), Line(self.request, office._stopping))

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler, bind_and_activate=True)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def _note(self, head: bytes) -> Request:
        first, *lines = head.decode("latin-1").split("\r\n")
        address = urlsplit(first.split(" ")[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
        query = dict(parse_qsl(address.query, keep_blank_values=True))
        request = Request(address.path, query, headers, len(self.requests) + 1)
        self.requests.append(request)
        return request

    def __enter__(self) -> Office:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopping.set()
        self._server.shutdown()
        self._server.server_close()


def by_cursor(records: Sequence[Any], size: int = 2) -> Behaviour:
    """A well-behaved interface: pages by cursor, records under data/items."""

    def answer(request: Request, line: Line) -> None:
        start = int(request.query.get("cursor", "0"))
        following = str(start + size) if start + size < len(records) else None
        line.json({"data": {"items": list(records[start : start + size])}, "next": following})

    return answer
