"""Where the parts of a data home lie, who may pass through its parents, and the locks of its launchers."""

import contextlib
import fcntl
import hashlib
import os
import stat
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

PRODUCT = "children-hub"
ADMIN = "hub_admin"
ROLES = ("hub_owner", "hub_writer", "hub_reader", "hub_auditor")
DATABASE = "hub"
PORT = 5432  # only the name of the socket file; nothing listens on TCP unless asked
SOCKET_PATH_BYTES = 107  # sockaddr_un.sun_path holds 108 with its end


class ServerError(Exception):
    """The embedded server cannot be made, started, reached or stopped; the text says why and what to do."""


class Postmaster(NamedTuple):
    """What a running server writes of itself into postmaster.pid (its lines 1, 4, 5 and 6)."""

    pid: int
    port: int
    sockets: Path
    listens: str


@dataclass(frozen=True)
class Places:
    """The folders and files of one data home."""

    home: Path

    @property
    def base(self) -> Path:
        """What belongs to the account that runs the server, closed to everybody else."""
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        """PostgreSQL's data directory; it exists only when initdb came to its end."""
        return self.base / "data"

    @property
    def log(self) -> Path:
        """The server's log: in the account's folder, since a start fails silently where it cannot be written."""
        return self.base / "server.log"

    @property
    def stay(self) -> Path:
        """A mark: `hub db up` wants the server to stay when the last verb leaves."""
        return self.base / "stay-up"

    @property
    def passwords(self) -> Path:
        """The passwords of the log-ins, for the hub alone."""
        return self.home / "keys" / "database.json"

    @property
    def state(self) -> Path:
        """Where the live server listens, for people and other programs; holds no secret."""
        return self.home / "server.json"

    def major(self) -> int | None:
        """The major version that made the data directory; None where there is none."""
        try:
            return int((self.data / "PG_VERSION").read_text())
        except FileNotFoundError:
            return None
        except PermissionError:
            raise ServerError(f"{self.data} belongs to another account; run the hub as that account or as root") from None

    def postmaster(self) -> Postmaster | None:
        """What postmaster.pid tells; None where there is none or it is half written. It may be stale."""
        try:
            lines = (self.data / "postmaster.pid").read_text().splitlines()
            return Postmaster(int(lines[0]), int(lines[3]), Path(lines[4]), lines[5])
        except (FileNotFoundError, IndexError, ValueError):
            return None

    def sockets(self, uid: int) -> Path:
        """The socket folder: in the home; under a short name in the temp folder where the path would be too long."""
        wanted = self.base / "run"
        if _fits(wanted):
            return wanted
        name = f"{PRODUCT}-{hashlib.sha256(os.fsencode(f'{uid}:{self.home}')).hexdigest()[:12]}"
        short = Path(tempfile.gettempdir()) / name
        return short if _fits(short) and not first_closed(short.parent, uid=uid, gid=-1) else Path("/tmp") / name


def first_closed(path: Path, *, uid: int, gid: int) -> Path | None:
    """The first folder on the way into ``path`` that an account may not pass through; None where all are open."""
    for folder in (*reversed(path.parents), path):
        try:
            told = folder.stat()
        except FileNotFoundError:
            return None  # we make it ourselves, open enough
        except PermissionError:
            return folder.parent
        bit = stat.S_IXUSR if told.st_uid == uid else stat.S_IXGRP if told.st_gid == gid else stat.S_IXOTH
        if uid != 0 and not told.st_mode & bit:
            return folder
    return None


@contextlib.contextmanager
def locked(places: Places) -> Iterator[None]:
    """One launcher at a time per home: whoever makes, starts or stops the server."""
    with _opened(places.home / "server.lock") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


class Users:
    """The users of a server, counted by a shared file lock, which a killed process loses by itself."""

    def __init__(self, places: Places) -> None:
        self._places = places

    @contextlib.contextmanager
    def joined(self) -> Iterator["Users"]:
        """Count as a user; waits while the last one out is stopping the server."""
        with _opened(self._places.home / "server.users") as self._lock:
            fcntl.flock(self._lock, fcntl.LOCK_SH)
            yield self

    def is_last(self) -> bool:
        """Whether nobody else is in; if so, nobody comes in until we have left."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[int]:
    try:
        lock = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise ServerError(f"{path} cannot be opened ({error.strerror}): the data home belongs to another account; "
                          "run the hub as that account or choose another HUB_HOME") from None
    try:
        yield lock
    finally:
        os.close(lock)


def _fits(folder: Path) -> bool:
    """Whether the longest socket name in a folder stays within what the kernel takes."""
    return len(os.fsencode(folder / ".s.PGSQL.65535")) <= SOCKET_PATH_BYTES
