"""A JSON interface that misbehaves as it can: the hub is patient, but not endlessly, and never fooled."""

from __future__ import annotations

import asyncio
import datetime
import email.utils
import gzip
import json
import ssl
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from office import Behaviour, Line, Office, Request, by_cursor

from connectors.transports.http import HttpSource
from connectors.transports.http_ask import Patience, client_for
from connectors.transports.http_paging import CursorPaging, LinkPaging, PagePaging
from connectors.transports.resume import ResumeFile
from hub.domain.delivery import RawDelivery, Refused

RECORDS = [{"k": i, "姓名": f"童{i}"} for i in range(1, 8)]
ROWS = [(str(i), f"童{i}") for i in range(1, 8)]
HASTY = Patience(connect_seconds=0.5, read_seconds=0.3, page_seconds=0.8, attempts=3)


class Naps:
    """Stands for sleep, and keeps what was asked of it."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        await asyncio.sleep(0)


def source(office: Office, **changes: Any) -> HttpSource:
    plain = HttpSource("office", f"{office.url}/list", CursorPaging(), ("data", "items"), patience=HASTY)
    return replace(plain, **changes)


def cells(item: RawDelivery | Refused) -> list[tuple[str, ...]]:
    assert isinstance(item, RawDelivery), item
    return [row.cells for row in item.sheets[0].rows]


def refused(item: RawDelivery | Refused, *words: str) -> Refused:
    assert isinstance(item, Refused), item
    assert all(word in item.reason for word in words), item.reason
    return item


def failing(times: int, fail: Callable[[Line], None], then: Behaviour | None = None) -> Behaviour:
    """Fails the second page so many times, and is well behaved otherwise."""
    good, failures = then or by_cursor(RECORDS), [0]

    def answer(request: Request, line: Line) -> None:
        if request.query.get("cursor") == "2" and failures[0] < times:
            failures[0] += 1
            fail(line)
        else:
            good(request, line)

    return answer


def drip(line: Line) -> None:
    """One byte at a time: never silent for long, never done."""
    line.send(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
    for _ in range(1000):
        line.send(b" ")
        line.wait(0.05)


def drip_head(line: Line) -> None:
    line.send(b"HTTP/1.1 200 OK\r\n")
    for i in range(1000):
        line.send(f"X-{i}: 1\r\n".encode())
        line.wait(0.05)


def cut(line: Line) -> None:
    """A body shorter than it was said to be."""
    line.answer(b'{"data": {"items": [{"k": 1', length=500)


def reset_in_the_middle(line: Line) -> None:
    line.answer(b'{"data": {"items": [{"k": 1', length=500)
    line.wait(0.02)
    line.reset()


FAILURES: dict[str, Callable[[Line], None]] = {
    "silence": lambda line: line.wait(5),
    "slow drip": drip,
    "slow drip of headers": drip_head,
    "reset before an answer": lambda line: line.reset(),
    "reset in the middle of the body": reset_in_the_middle,
    "body cut short": cut,
    "closed without an answer": lambda line: None,
    "truncated JSON": lambda line: line.answer(b'{"data": {"items": [{"k": 1'),
    "truncated in a character": lambda line: line.answer('{"data": "王'.encode()[:-1]),
    "empty body": lambda line: line.answer(b""),
    "an error page with 200": lambda line: line.answer(b"<html>busy</html>", kind="text/html"),
    "no content type": lambda line: line.answer(b"{}", kind=""),
    "damaged gzip": lambda line: line.answer(b"\x1f\x8bno", Content_Encoding="gzip"),
    "no HTTP at all": lambda line: line.send(b"220 mail ready\r\n"),
    "500": lambda line: line.answer(b"{}", status="500 X"),
    "502": lambda line: line.answer(b"", status="502 X", kind="text/html"),
    "503": lambda line: line.answer(b"", status="503 X"),
    "504": lambda line: line.answer(b"", status="504 X"),
    "429": lambda line: line.answer(b"", status="429 X"),
    "408": lambda line: line.answer(b"", status="408 X"),
}


@pytest.mark.parametrize("name", FAILURES)
def test_a_passing_failure_is_outlasted(name: str) -> None:
    with Office(failing(2, FAILURES[name])) as office:
        naps = Naps()
        assert cells(source(office).read(sleep=naps)) == ROWS
    assert len(naps.seconds) == 2
    assert 0.5 <= naps.seconds[0] <= 1.0 <= naps.seconds[1] <= 2.0


@pytest.mark.parametrize("name", ["slow drip", "reset in the middle of the body", "truncated JSON", "503", "429"])
def test_a_lasting_failure_is_refused_with_its_page(name: str) -> None:
    with Office(failing(99, FAILURES[name])) as office:
        begun = time.monotonic()
        refused(source(office).read(sleep=Naps()), "page 2", "after 3 attempts")
        assert time.monotonic() - begun < 6


def test_retry_after_in_seconds_and_as_a_date() -> None:
    moment = datetime.datetime.now(datetime.UTC) + datetime.timedelta(seconds=100)
    given = iter(["7", email.utils.format_datetime(moment, usegmt=True)])
    with Office(failing(2, lambda line: line.answer(b"", status="429 X", Retry_After=next(given)))) as office:
        naps = Naps()
        assert cells(source(office).read(sleep=naps)) == ROWS
    assert naps.seconds[0] == 7 and 90 < naps.seconds[1] <= 100


def test_a_retry_after_of_a_day_is_not_waited_for() -> None:
    with Office(failing(1, lambda line: line.answer(b"", status="503 X", Retry_After="86400"))) as office:
        refused(source(office).read(sleep=Naps()), "86400 s")


def test_pages_by_number_up_to_an_empty_one() -> None:
    def answer(request: Request, line: Line) -> None:
        start = (int(request.query["page"]) - 1) * 3  # it caps the page size that it is asked for
        assert request.query["pageSize"] == "500"
        line.json({"rows": RECORDS[start : start + 3]})

    with Office(answer) as office:
        assert cells(source(office, paging=PagePaging(), records=("rows",)).read()) == ROWS
        assert len(office.requests) == 4


@pytest.mark.parametrize(("total", "words"), [(7, ""), (9, "states 9"), (5, "states 5")])
def test_pages_by_number_with_a_total(total: int, words: str) -> None:
    def answer(request: Request, line: Line) -> None:
        start = (int(request.query["page"]) - 1) * 4
        line.json({"total": total, "rows": RECORDS[start : start + 4]})

    with Office(answer) as office:
        item = source(office, paging=PagePaging(total_path=("total",)), records=("rows",)).read()
    if words:
        refused(item, words)
    else:
        assert cells(item) == ROWS and len(office.requests) == 2


def test_pages_by_link() -> None:
    def answer(request: Request, line: Line) -> None:
        start = int(request.query.get("from", "0"))
        link = {"Link": f'</list?from={start + 3}>; rel="next"'} if start + 3 < len(RECORDS) else {}
        line.json(RECORDS[start : start + 3], **link)

    with Office(answer) as office:
        assert cells(source(office, paging=LinkPaging(), records=()).read()) == ROWS


def test_a_link_to_another_host_is_not_followed() -> None:
    with Office(lambda request, line: line.json([], Link='<https://evil.example/x>; rel="next"')) as office:
        refused(source(office, paging=LinkPaging(), records=(), token="t").read(), "another host")


def test_endless_pages_are_refused() -> None:
    def answer(request: Request, line: Line) -> None:
        line.json({"data": {"items": [{"k": request.turn}]}, "next": str(request.turn)})

    with Office(answer) as office:
        refused(source(office, patience=replace(HASTY, pages=5)).read(), "5 pages and no end")


def test_pages_that_go_round_are_refused() -> None:
    def answer(request: Request, line: Line) -> None:
        turn = {"": "a", "a": "b", "b": "a"}[request.query.get("cursor", "")]
        line.json({"data": {"items": [{"k": turn}]}, "next": turn})

    with Office(answer) as office:
        refused(source(office).read(), "once more")


def test_the_same_records_under_ever_new_cursors_are_refused() -> None:
    """Nothing but the cursor changes, and it never ends."""
    def answer(request: Request, line: Line) -> None:
        line.json({"data": {"items": [{"k": "a"}, {"k": "b"}]}, "next": str(request.turn)})

    with Office(answer) as office:
        refused(source(office).read(), "page 2 is an earlier page once more")


def test_a_page_that_names_itself_is_refused() -> None:
    with Office(lambda request, line: line.json({"data": {"items": []}, "next": "a"})) as office:
        refused(source(office).read(), "names itself")


def test_the_token_goes_out_and_shows_nowhere() -> None:
    with Office(by_cursor(RECORDS)) as office:
        asked = source(office, token="geheim")
        assert cells(asked.read()) == ROWS
        assert {request.headers["authorization"] for request in office.requests} == {"Bearer geheim"}
    assert "geheim" not in repr(asked)


def test_an_expired_token_is_renewed_once_for_each_page() -> None:
    tokens = iter(["old", "new", "newer"])

    def answer(request: Request, line: Line) -> None:
        valid = {1: "old", 2: "", 3: "new"}.get(request.turn, "new")
        if request.headers["authorization"] != f"Bearer {valid}":
            line.answer(b"{}", status="401 X")
        else:
            by_cursor(RECORDS)(request, line)

    with Office(answer) as office:
        assert cells(source(office, token=lambda: next(tokens)).read(sleep=Naps())) == ROWS


def test_a_refused_token_is_not_tried_for_ever() -> None:
    with Office(lambda request, line: line.answer(b"{}", status="401 X")) as office:
        refused(source(office, token="t").read(), "token was refused (401)")
        refused(source(office, token=lambda: "t").read(sleep=Naps()), "token was refused (401)")
        assert len(office.requests) == 3


@pytest.mark.parametrize("status", ["400", "403", "404", "410", "204"])
def test_other_answers_are_not_asked_for_again(status: str) -> None:
    with Office(lambda request, line: line.answer(b"", status=f"{status} X")) as office:
        refused(source(office).read(), status)
        assert len(office.requests) == 1


def test_redirects_stay_on_the_server() -> None:
    def answer(request: Request, line: Line) -> None:
        if request.path == "/list":
            line.answer(
                b"",
                status="307 X",
                Location=f"/moved?{'&'.join(f'{k}={v}' for k, v in request.query.items())}",
            )
        else:
            by_cursor(RECORDS)(request, line)

    with Office(answer) as office:
        assert cells(source(office).read()) == ROWS


def test_redirects_to_another_host_and_round_in_circles_are_refused() -> None:
    with Office(by_cursor(RECORDS)) as other:
        with Office(lambda request, line: line.answer(b"", status="302 X", Location=other.url)) as office:
            refused(source(office, token="geheim").read(), "another host")
        assert other.requests == []
    with Office(lambda request, line: line.answer(b"", status="302 X", Location="/list")) as office:
        refused(source(office).read(), "without end")


def test_a_page_too_large_is_refused_also_when_packed() -> None:
    big = gzip.compress(json.dumps({"data": {"items": [{"k": "x" * 5_000_000}]}}).encode())
    small = replace(HASTY, page_bytes=1024 * 1024)
    with Office(lambda request, line: line.answer(big, Content_Encoding="gzip")) as office:
        refused(source(office, patience=small).read(), "page 1", "1 MiB")


def test_gzip_is_read() -> None:
    body = gzip.compress(json.dumps({"data": {"items": RECORDS}}).encode())
    with Office(lambda request, line: line.answer(body, Content_Encoding="gzip")) as office:
        assert cells(source(office).read()) == ROWS


BAD_JSON: dict[str, tuple[bytes, Sequence[str]]] = {
    "duplicate key": (b'[{"k": 1}, {"k": 1, "k": 2}]', ["page 1, record 2", "key k is given twice"]),
    "duplicate key that is a number": (b'[{"210299201205030178": 1, "210299201205030178": 2}]', ["record 1", "key 2102***********178 is given twice"]),
    "duplicate key inside": (b'[{"a": {"b": 1, "b": 2}}]', ["record 1", "a/b is given twice"]),
    "duplicate key in a list": (b'[{"a": [{"b": 1, "b": 2}]}]', ["record 1, a", "b is given twice"]),
    "clashing paths": (b'[{"a/b": 1, "a": {"b": 2}}]', ["record 1", "a/b is given twice"]),
    "NaN": (b'[{"k": NaN}]', ["record 1, k", "NaN"]),
    "Infinity": (b'[{"k": [1, -Infinity]}]', ["record 1, k", "Infinity"]),
    "lone surrogate": (b'[{"k": "\\ud800"}]', ["record 1, k", "surrogate"]),
    "lone surrogate in a key": (b'[{"\\udc00": 1}]', ["record 1", "surrogate"]),
    "NUL": (b'[{"k": "a\\u0000"}]', ["record 1, k", "u0000"]),
    "not UTF-8": (b'[{"k": "\xff\xfe"}, 1]', ["page 1", "byte 8"]),
    "a number as record": (b"[1]", ["record 1", "not an object"]),
    "no list": (b'{"code": 500}', ["no list of records at its top"]),
    "deep nesting": (b'[{"k":' + b'{"a":' * 50 + b"1" + b"}" * 51 + b"]", ["nested too deeply"]),
    "a hundred thousand brackets": (b"[" * 100_000, ["nested too deeply"]),
}


@pytest.mark.parametrize("name", BAD_JSON)
def test_bad_json_is_refused_with_its_place(name: str) -> None:
    body, words = BAD_JSON[name]
    with Office(lambda request, line: line.answer(body)) as office:
        refused(source(office, records=(), paging=LinkPaging()).read(sleep=Naps()), *words)


def test_values_become_text_as_they_were_written() -> None:
    body = '[{"n": 210293201205030178, "f": 1260.00, "e": 1E5, "b": true, "z": null, "l": ["李小雨", "李小明"],'
    body += ' "o": {"p": {"q": "x"}}, "m": [{"a": 1.50}], "s": "\\ud842\\udfb7"}, {"later": "y"}, {}]'
    with Office(lambda request, line: line.answer(body.encode())) as office:
        item = source(office, records=(), paging=LinkPaging()).read()
    rows = cells(item)
    assert isinstance(item, RawDelivery)
    assert item.sheets[0].headers == ("n", "f", "e", "b", "z", "l", "o/p/q", "m", "s", "later")
    assert rows[0] == (
        "210293201205030178",
        "1260.00",
        "1E5",
        "TRUE",
        "",
        "李小雨、李小明",
        "x",
        '[{"a":1.50}]',
        "𠮷",
        "",
    )
    assert rows[1:] == [("",) * 9 + ("y",), ("",) * 10]
    assert item.sheets[0].row_count == 3


def test_gb18030_is_read_where_the_answer_says_so() -> None:
    body = '[{"姓名": "䶮"}]'.encode("gb18030")
    with Office(lambda request, line: line.answer(body, kind="application/json; charset=GBK")) as office:
        assert cells(source(office, records=(), paging=LinkPaging()).read()) == [("䶮",)]


def test_plain_http_is_for_loopback_alone() -> None:
    item = HttpSource("plain", "http://data.example/list", CursorPaging()).read()
    refused(item, "not https")


def test_a_certificate_nobody_vouches_for_is_refused_at_once(tmp_path: Path) -> None:
    with _tls_office(tmp_path) as (url, ca):
        naps = Naps()
        plain = HttpSource("tls", url, LinkPaging(), patience=HASTY)
        refused(plain.read(sleep=naps), "certificate is not valid")
        assert naps.seconds == []
        assert cells(replace(plain, ca_file=ca).read()) == [("1",)]


def test_tls_is_of_today_and_no_proxy_or_authority_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example:1")
    client = client_for("https://data.example/list", None, HASTY)
    context = client._transport._pool._ssl_context  # type: ignore[attr-defined]
    assert context.minimum_version >= ssl.TLSVersion.TLSv1_2 and context.verify_mode is ssl.CERT_REQUIRED and context.check_hostname
    assert not client._mounts and not client.follow_redirects


def test_a_name_that_does_not_resolve_is_refused() -> None:
    item = HttpSource("lost", "https://no-such-host.invalid/x", CursorPaging(), patience=HASTY).read(sleep=Naps())
    refused(item, "page 1", "ConnectError")


# --- going on after a failure --------------------------------------------------------------------------


def resume_file(folder: Path, **changes: Any) -> ResumeFile:
    box = Fernet(b"0" * 43 + b"=")
    return ResumeFile(folder / "run.resume", box.encrypt, box.decrypt, **changes)


def test_a_run_goes_on_behind_its_last_good_page(tmp_path: Path) -> None:
    kept = resume_file(tmp_path)
    with Office(failing(3, FAILURES["503"])) as office:
        refused(source(office).read(resume=kept, sleep=Naps()), "page 2")
        assert kept.path.stat().st_mode & 0o777 == 0o600
        assert "童".encode() not in kept.path.read_bytes()
        before = len(office.requests)
        item = source(office).read(resume=kept)
        assert cells(item) == ROWS
        assert [request.query.get("cursor") for request in office.requests[before:]] == ["2", "4", "6"]
        assert not kept.path.exists()
        whole = source(office).read()
    assert isinstance(item, RawDelivery) and isinstance(whole, RawDelivery)
    assert (item.sha256, item.sheets[0].headers) == (whole.sha256, whole.sheets[0].headers)


@pytest.mark.parametrize("lost_bytes", [1, 5, 11, 40, 10_000])
def test_a_resume_file_cut_anywhere_costs_pages_but_no_rows(tmp_path: Path, lost_bytes: int) -> None:
    kept = resume_file(tmp_path)
    with Office(failing(3, FAILURES["503"])) as office:
        refused(source(office).read(resume=kept, sleep=Naps()), "page 2")
        data = kept.path.read_bytes()
        kept.path.write_bytes(data[: max(0, len(data) - lost_bytes)])
        assert cells(source(office).read(resume=kept)) == ROWS


def test_pages_kept_behind_a_torn_one_are_kept(tmp_path: Path) -> None:
    """What a dying run left half written is cut off before more is written, or all that follows is lost."""
    kept, down = resume_file(tmp_path), {"4"}

    def answer(request: Request, line: Line) -> None:
        if request.query.get("cursor") in down:
            line.answer(b"", status="503 X")
        else:
            by_cursor(RECORDS)(request, line)

    with Office(answer) as office:
        refused(source(office).read(resume=kept, sleep=Naps()), "page 3")
        kept.path.write_bytes(kept.path.read_bytes()[:-3])
        down.clear()
        down.add("6")
        refused(source(office).read(resume=kept, sleep=Naps()), "page 4")
        down.clear()
        before = len(office.requests)
        assert cells(source(office).read(resume=kept)) == ROWS
    assert [request.query.get("cursor") for request in office.requests[before:]] == ["6"]


def test_another_question_or_an_old_file_begins_anew(tmp_path: Path) -> None:
    now = [1000.0]
    kept = resume_file(tmp_path, clock=lambda: now[0], max_age_seconds=60)
    with Office(failing(9, FAILURES["503"])) as office:
        asked = source(office, since_parameter="since")
        refused(asked.read(resume=kept, sleep=Naps()), "page 2")
        refused(asked.read(resume=kept, since="2026-09-01", sleep=Naps()), "page 2")
        now[0] += 61
        refused(asked.read(resume=kept, since="2026-09-01", sleep=Naps()), "page 2")
        firsts = [request for request in office.requests if "cursor" not in request.query]
    assert [request.query.get("since") for request in firsts] == [None, "2026-09-01", "2026-09-01"]


def _tls_office(folder: Path) -> Any:
    """A server with a certificate of its own making, for 127.0.0.1."""
    import contextlib
    import http.server
    import ipaddress
    import ssl
    import threading

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "office")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(1)).not_valid_after(now + datetime.timedelta(1))
    builder = builder.add_extension(address, False).add_extension(x509.BasicConstraints(True, None), True)
    certificate = builder.sign(key, hashes.SHA256())
    pem, key_file = folder / "cert.pem", folder / "key.pem"
    pem.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    kinds = serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, *kinds))

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(b'[{"k": 1}]')

        def log_message(self, *_: object) -> None:
            pass

    @contextlib.contextmanager
    def serving() -> Any:
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem, key_file)
        server.socket = context.wrap_socket(server.socket, server_side=True)
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
        yield f"https://127.0.0.1:{server.server_address[1]}/list", pem
        server.shutdown()
        server.server_close()

    return serving()


@pytest.mark.parametrize("address", ["http://[bad", "https://[bad", "https://", "no address", "https://a b/", "https://a/\x00"])
def test_an_address_that_is_none_is_told_as_such(address: str) -> None:
    item = HttpSource("typed", address, CursorPaging()).read()
    refused(item, "none of a server's")


def test_an_address_of_another_kind_is_not_https() -> None:
    refused(HttpSource("typed", "ftp://data.example/list", CursorPaging()).read(), "not https")
