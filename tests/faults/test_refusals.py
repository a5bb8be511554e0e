"""What a verb says when it cannot go on: a port that somebody has, a fault of the program."""

import os
import socket
import subprocess
import sys

import pytest


@pytest.mark.parametrize("verb", [("serve",), ("demo", "--children", "50")])
def test_a_taken_port_is_told_before_anything_is_begun(tmp_path, verb):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = subprocess.run([sys.executable, "-c", "from hub.cli import main; main()", *verb], capture_output=True, text=True, timeout=60, check=False,
                              env={**os.environ, "HUB_HOME": str(tmp_path / "home"), "HUB_PORT": str(port)})
    assert told.returncode != 0
    said = " ".join((told.stdout + told.stderr).split())
    assert f"port {port} is taken" in said and "HUB_PORT=8001" in said
    assert "Traceback" not in said
    assert not any((tmp_path / "home").rglob("postgresql"))
    assert not any((tmp_path / "home").rglob("*.csv"))


def test_a_fault_of_the_program_tells_places_and_nobodys_data(monkeypatch, capsys):
    from hub import cli

    secret = "210299201205030178"

    def fails():
        raise ValueError(secret)

    monkeypatch.setattr(cli, "app", fails)
    with pytest.raises(SystemExit) as told:
        cli.main()
    said = capsys.readouterr().err
    assert told.value.code == 70 and "ValueError" in said and "in fails" in said
    assert secret not in said
