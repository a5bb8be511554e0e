"""How long a client may take to say what it wants: five seconds for the head of a request, fifteen for its body; then the connection is closed."""

from asyncio import TimerHandle, Transport
from typing import Any

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_SECONDS = 5
BODY_SECONDS = 15


class Patient(HttpToolsProtocol):
    """uvicorn's connection, which by itself waits for ever for a request that was begun, or was not."""

    _due: TimerHandle | None = None

    def connection_made(self, transport: Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._within(HEAD_SECONDS)

    def connection_lost(self, exc: Exception | None) -> None:
        self._in_time()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._due is None:  # the next request of a connection that is kept
            self._within(HEAD_SECONDS)

    def on_headers_complete(self) -> None:
        self._within(BODY_SECONDS)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._in_time()
        super().on_message_complete()

    def handle_websocket_upgrade(self) -> None:
        self._in_time()
        super().handle_websocket_upgrade()

    def _within(self, seconds: float) -> None:
        self._in_time()
        self._due = self.loop.call_later(seconds, self._late, seconds)

    def _in_time(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _late(self, seconds: float) -> None:
        self._due = None
        answering: Any = self.cycle
        if self.headers is not None and self.scope.get("path") is None and answering is not None and not answering.response_complete:
            self._within(seconds)  # the head is of a request sent after one that is being answered
        elif not self.transport.is_closing():
            self.transport.close()
