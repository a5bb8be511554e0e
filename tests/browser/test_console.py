"""The query page in a real browser, with no network but the hub's own address: it loads its schema and shows its examples."""

import os
import re
import shutil
import signal
import subprocess
import sys

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync", "--virtual-time-budget=10000", "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"]


@pytest.mark.skipif(CHROMIUM is None, reason="no chromium on this machine")
def test_the_page_works_without_any_other_address(database, tmp_path):
    environ = {**os.environ, **database.environ()}
    server = subprocess.Popen([sys.executable, "-c", "from hub.cli import main; main()", "serve", "--port", "0"], env={**environ, "PYTHONUNBUFFERED": "1"},
                              stdout=subprocess.PIPE, text=True)
    try:
        url = None
        for line in server.stdout:  # type: ignore[union-attr]
            if found := re.search(r"serving (http://\S+)", line):
                url = found[1]
                break
        assert url, "the hub did not say where it serves"
        page = subprocess.run([str(CHROMIUM), *FLAGS, f"--user-data-dir={tmp_path}", "--dump-dom", url], capture_output=True, text=True, timeout=60, check=True).stdout
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(30)
    assert "未入学残疾儿童，双方证据" in page and "一家一案" in page
    assert "Finding" in page and "核查发现" in page, "the schema was not loaded"
    assert not re.search(r"(?:src|href)=.https?://", page)
