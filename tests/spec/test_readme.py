"""The README told word for word: its commands in a clean clone give what it prints."""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def test_files_and_folders_it_names_exist():
    for name in re.findall(r"`((?:hub|schema|connectors|tests|deploy)/[\w./-]+)`", README):
        assert (ROOT / name).exists(), name


@pytest.mark.long
def test_its_commands_in_a_clean_clone(tmp_path):
    """`make demo`, then the first query, gives the printed answer; the quick commands succeed."""
    clone = tmp_path / "clone"
    subprocess.run(["git", "clone", "-q", str(ROOT), str(clone)], check=True)
    home = Path("/tmp") / f"hub-readme-{os.getpid()}"
    home.mkdir()
    home.chmod(0o755)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environ = {**os.environ, "HUB_HOME": str(home / "home"), "HUB_PORT": str(port)}
    demo = subprocess.Popen(["make", "demo"], cwd=clone, env=environ, stdout=subprocess.PIPE, text=True, start_new_session=True)
    try:
        printed = []
        began = time.monotonic()
        for line in demo.stdout:  # type: ignore[union-attr]
            printed.append(line)
            if line.startswith("serving "):
                break
            assert time.monotonic() - began < 600, "".join(printed)
        assert any("Three next steps" in line for line in printed), "".join(printed)
        time.sleep(2)
        query = next(block for block in blocks("sh") if block.startswith("curl")).replace("127.0.0.1:8000", f"127.0.0.1:{port}")
        answer = subprocess.run(["bash", "-c", query], cwd=clone, env=environ, capture_output=True, text=True, check=True).stdout
        assert json.loads(answer) == json.loads(blocks("json")[0])
    finally:
        os.killpg(demo.pid, signal.SIGINT)
        demo.wait(60)
        subprocess.run(["make", "demo-reset"], cwd=clone, env=environ, check=True)
        shutil.rmtree(home, ignore_errors=True)
    check = subprocess.run([".venv/bin/hub", "contract", "check", "connectors/civil_affairs/minimum_living_allowance.toml"], cwd=clone, capture_output=True, text=True, check=False)
    assert check.returncode == 0 and ": good" in check.stdout
