"""What serving begins with. The line that offers Ctrl-C comes when Ctrl-C is heard: one that is raised while garbage is collected is lost."""

import logging
import re
import signal
from types import SimpleNamespace

import pytest
import uvicorn

from hub import web
from hub.serving import log_plainly
from hub.settings import CannotServe


def test_ctrl_c_is_offered_once_the_garbage_is_settled(monkeypatch):
    order = []
    monkeypatch.setattr(web, "create_app", lambda settings, database: None)
    monkeypatch.setattr(web, "settle", lambda: order.append("settled"))
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: order.append("run"))
    before = signal.getsignal(signal.SIGTERM)
    try:
        with web.take_port(SimpleNamespace(host="127.0.0.1", port=0)) as taken:
            web.serve(SimpleNamespace(host="127.0.0.1", port=0, proxy_socket=None), None, taken, ready=lambda url: order.append("offered"))
    finally:
        signal.signal(signal.SIGTERM, before)
    assert order == ["settled", "offered", "run"]


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.1.2.3", "hub.city.example"])
def test_nobody_is_served_in_plain_but_this_machine(host):
    """Whoever is elsewhere comes through the proxy's TLS: HTTP, events and sockets alike."""
    with pytest.raises(CannotServe, match=r"this machine only; use .* and a proxy with TLS"):
        web.take_port(SimpleNamespace(host=host, port=0))


def test_the_server_believes_no_proxy_shows_no_name_and_keeps_no_list_of_requests(monkeypatch):
    seen = []
    monkeypatch.setattr(web, "create_app", lambda settings, database: None)
    monkeypatch.setattr(web, "settle", lambda: None)
    monkeypatch.setattr(uvicorn.Server, "run", lambda self, sockets: seen.append(self.config))
    before = signal.getsignal(signal.SIGTERM)
    try:
        with web.take_port(SimpleNamespace(host="127.0.0.1", port=0)) as taken:
            web.serve(SimpleNamespace(host="127.0.0.1", port=0, proxy_socket=None), None, taken)
    finally:
        signal.signal(signal.SIGTERM, before)
    [config] = seen
    assert (config.proxy_headers, config.server_header, config.access_log, config.reload) == (False, False, False, False)


def test_a_line_of_the_log_says_when_in_utc_how_grave_and_whence(capsys):
    log = logging.getLogger("hub")
    level, handler = log.level, log_plainly("WARNING")
    try:
        logging.getLogger("hub.access").warning("an alarm")
        logging.getLogger("hub.access").info("less than was asked for")
        logging.getLogger("httpx").warning("not ours")
        [line] = [one for one in capsys.readouterr().err.splitlines() if "ours" not in one]
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z WARNING hub\.access an alarm", line)
    finally:
        log.removeHandler(handler)
        log.setLevel(level)
