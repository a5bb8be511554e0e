"""The line that offers Ctrl-C comes when Ctrl-C is heard: one that is raised while garbage is collected is lost."""

import signal
from types import SimpleNamespace

import uvicorn

from hub import web


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
