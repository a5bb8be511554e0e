"""What a verb says when it cannot go on: a port that somebody has, a fault of the program."""

import errno
import os
import socket
import threading

import asyncpg
import certifi
import pytest

from hub.storage.outage import outage
from tests import processes


@pytest.mark.parametrize("verb", [("serve",), ("demo", "--children", "50")])
def test_a_taken_port_is_told_before_anything_is_begun(tmp_path, verb):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        told = processes.verb(*verb, env={**os.environ, "HUB_HOME": str(tmp_path / "home"), "HUB_PORT": str(port)})
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


def said_by(*verb, **environ):
    told = processes.verb(*verb, env={**os.environ, "COLUMNS": "300", **environ})
    assert "Traceback" not in told.stderr and "fault of the program" not in told.stderr, told.stderr
    assert told.returncode == 1
    return told.stderr


def test_a_database_that_does_not_answer_is_told_with_its_place_and_no_password(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    said = said_by("status", HUB_HOME=str(tmp_path), DATABASE_URL=f"postgresql://nobody:pw-secret@127.0.0.1:{port}/x")
    assert f"no database answers at 127.0.0.1 port {port}" in said and "pw-secret" not in said


def test_a_server_without_tls_a_wrong_password_and_a_missing_database_are_told(cluster, database, tmp_path):
    host = f"host={cluster.sockets}&port={cluster.port}"
    assert "refuses the log-in hub_writer" in said_by("status", HUB_HOME=str(tmp_path), DATABASE_URL=f"postgresql://hub_writer:wrong@/{database.name}?{host}")
    missing = database.dsn("hub_writer").replace(database.name, "not_there")
    assert "has no database not_there" in said_by("status", HUB_HOME=str(tmp_path), DATABASE_URL=missing)
    with socket.create_server(("127.0.0.1", 0)) as server:
        threading.Thread(target=refuse_tls, args=(server,), daemon=True).start()
        asked = f"postgresql://u:p@127.0.0.1:{server.getsockname()[1]}/x?sslmode=verify-full"
        assert "add sslrootcert=FILE" in said_by("status", HUB_HOME=str(tmp_path), DATABASE_URL=asked + f"&sslrootcert={tmp_path}/none.pem")
        asked += f"&sslrootcert={certifi.where()}"
        assert "offers no TLS" in said_by("status", HUB_HOME=str(tmp_path), DATABASE_URL=asked)


def refuse_tls(server):
    """Answer as PostgreSQL without TLS does: N to the request for it."""
    connection, _ = server.accept()
    with connection:
        connection.recv(64)
        connection.sendall(b"N")


def test_a_home_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").write_text("")
    assert str(tmp_path / "file") in said_by("status", HUB_HOME=str(tmp_path / "file" / "home"))
    assert "/proc/nowhere" in said_by("status", HUB_HOME="/proc/nowhere/home")


@pytest.mark.parametrize("error, sentence", [(OSError(errno.ENOSPC, "No space left on device", "/var/x"), "the disk is full"),
                                             (asyncpg.DiskFullError("could not extend file"), "the disk is full"),
                                             (PermissionError(errno.EACCES, "Permission denied", "/home/else"), "/home/else may not be read or written"),
                                             (ConnectionResetError(), "the database went away"), (ValueError("x"), None)])
def test_what_fails_outside_of_the_program_is_told_in_a_sentence(error, sentence):
    told = outage(error)
    assert (told or "").startswith(sentence or "") and (told is None) == (sentence is None)
    wrapped = RuntimeError("wrapped")
    wrapped.__cause__ = error
    assert outage(wrapped) == told
