"""A client that does not say what it wants is not waited for: over a real connection, with the seconds made short."""

import asyncio
import contextlib

import pytest
import uvicorn

from hub import patience
from hub.patience import Patient

BODY = b"POST / HTTP/1.1\r\nHost: hub\r\nContent-Length: 10\r\n\r\n"


async def echo(scope, receive, send):
    """Says how long the body was, after half a second for /slow."""
    length, more = 0, True
    while more:
        message = await receive()
        length, more = length + len(message.get("body", b"")), message.get("more_body", False)
    if scope["path"] == "/slow":
        await asyncio.sleep(0.6)
    await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]})
    await send({"type": "http.response.body", "body": b"%02d" % length})


@pytest.fixture
async def port(monkeypatch):
    monkeypatch.setattr(patience, "HEAD_SECONDS", 0.3)
    monkeypatch.setattr(patience, "BODY_SECONDS", 0.8)
    server = uvicorn.Server(uvicorn.Config(echo, http=Patient, host="127.0.0.1", port=0, log_level="warning", lifespan="off", timeout_keep_alive=1))
    with contextlib.suppress(asyncio.CancelledError):
        serving = asyncio.create_task(server._serve())
        while not server.started:
            await asyncio.sleep(0.01)
        yield server.servers[0].sockets[0].getsockname()[1]
        server.should_exit = True
        await serving


async def told(port: int, *pieces: bytes, pause: float = 0.0) -> tuple[bytes, float]:
    """What comes back until the connection is closed, and after how many seconds it was."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    begun = asyncio.get_running_loop().time()
    for piece in pieces:
        writer.write(piece)
        await asyncio.sleep(pause)
    found = await asyncio.wait_for(reader.read(), 5)
    writer.close()
    return found, asyncio.get_running_loop().time() - begun


@pytest.mark.parametrize("sent, least", [(b"", 0.3), (b"POST / HTTP/1.1\r\nHost: hub\r\nAuth", 0.3), (BODY, 0.8), (BODY + b"12345", 0.8)])
async def test_a_request_that_is_not_finished_is_closed(port, sent, least):
    answer, seconds = await told(port, sent)
    assert b"200" not in answer and least * 0.95 <= seconds < least + 1


@pytest.mark.parametrize("head", [
    b"Content-Length: 5\r\nTransfer-Encoding: chunked", b"Content-Length: 5\r\nContent-Length: 6", b"Transfer-Encoding: xchunked", b"Transfer-Encoding : chunked",
    b"Content-Length: +5", b"Content-Length: 5, 6", b"Transfer-Encoding: chunked, identity", b"Content-Length: 5\rX: y",
])  # fmt: skip
async def test_where_a_request_ends_is_never_in_doubt(port, head):
    """What a proxy before the hub might read otherwise is no request; what stands behind it is not read as one."""
    answer, _ = await told(port, b"POST / HTTP/1.1\r\nHost: hub\r\n" + head + b"\r\n\r\n0\r\n\r\nGET /behind HTTP/1.1\r\nHost: hub\r\n\r\n")
    assert answer.count(b"HTTP/1.1") == 1 and answer.startswith(b"HTTP/1.1 400"), answer


async def test_drops_of_a_head_or_a_body_do_not_prolong_it(port):
    for head in (b"GET / HTTP/1.1\r\n", BODY):
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(head)
        with pytest.raises((ConnectionError, TimeoutError)):
            for _ in range(30):
                writer.write(b"a" if head is BODY and _ % 9 == 0 else b"" if head is BODY else b"x: y\r\n")
                await writer.drain()
                await asyncio.sleep(0.1)
                if reader.at_eof() or await ended(reader):
                    raise ConnectionError
        assert _ < 20
        writer.close()


async def ended(reader: asyncio.StreamReader) -> bool:
    with contextlib.suppress(TimeoutError):
        return await asyncio.wait_for(reader.read(1), 0.01) == b""
    return False


async def test_whoever_is_in_time_is_answered_also_slowly_and_again(port):
    answer, _ = await told(port, BODY, b"12345", b"67890", pause=0.2)
    assert answer.endswith(b"10")
    answer, seconds = await told(port, b"GET /slow HTTP/1.1\r\nHost: hub\r\n\r\n", pause=0.0)
    assert answer.endswith(b"00") and seconds >= 0.6  # the answer may take longer than the head
    answer, _ = await told(port, b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n", b"GET / HTTP/1.1\r\nHost: hub\r\n\r\n", pause=0.5)
    assert answer.count(b"200 OK") == 2  # kept, and then closed as unused
    answer, _ = await told(port, b"GET /slow HTTP/1.1\r\nHost: hub\r\n\r\nGET / HT", pause=0.0)
    assert answer.count(b"200 OK") == 1  # the begun one ends with its time, not the answer before it
