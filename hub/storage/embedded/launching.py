"""Start PostgreSQL, detached or as our child, and wait until it answers: patient with recovery and with the dying."""

import contextlib
import ctypes
import os
import shlex
import signal
import socket
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub.storage.embedded.accounts import Account, run_program
from hub.storage.embedded.binaries import Binaries
from hub.storage.embedded.places import PORT, Places, Postmaster, ServerError
from hub.storage.embedded.running import ask

START_SECONDS = 60
RECOVERY_SECONDS = 3600
RETRY_SECONDS = 30
LOG_BYTES = 10_000_000
RECOVERING = ("automatic recovery in progress", "redo starts", "redo in progress", "syncing data directory")
OCCUPIED = ("lock file", "pre-existing shared memory block", "Address already in use")
PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Launch:
    """All that a start needs; ``password`` is the administrator's, ``tcp`` asks for 127.0.0.1 on a free port."""

    places: Places
    account: Account
    binaries: Binaries
    password: str
    tcp: bool = False


class _Occupied(Exception):
    """The place is taken: by a process that is on its way out, or by somebody else's port."""


def start_detached(launch: Launch) -> Postmaster:
    """Start by pg_ctl: the server outlives us and is shared by several commands."""
    return _patiently(launch, _detached)


def start_child(launch: Launch) -> Postmaster:
    """Start as our own child, which shuts down cleanly (SIGINT, fast) when we die in whatever way (Linux)."""
    return _patiently(launch, _child)


def find_live(places: Places, password: str) -> Postmaster | None:
    """The server of this home if it answers; waits for one that is starting up or shutting down."""
    give_up = time.monotonic() + RECOVERY_SECONDS
    while (told := places.postmaster()) is not None:
        answer = ask(told.sockets / f".s.PGSQL.{told.port}", password)
        if answer == "ready":
            return told
        if answer == "silent" or time.monotonic() > give_up:
            return None
        time.sleep(0.1)
    return None


def is_alive(places: Places, pid: int) -> bool:
    """Whether a pid is this home's server: pids are used again, and a zombie is no server."""
    if not sys.platform.startswith("linux"):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, 0)
            return True
        return False
    try:
        return os.path.samefile(f"/proc/{pid}/cwd", places.data)
    except FileNotFoundError:
        return False
    except PermissionError:
        return True  # another account's process; to signal it will be refused as well


def _patiently(launch: Launch, attempt: Callable[[Launch, list[str], int], Postmaster]) -> Postmaster:
    """Try again while the place is taken: a killed server is a zombie until reaped. postmaster.pid is never deleted."""
    give_up, pause = time.monotonic() + RETRY_SECONDS, 0.1
    while True:
        options = _options(launch)
        try:
            return attempt(launch, options, _open_log(launch.places))
        except _Occupied as occupied:
            if time.monotonic() > give_up:
                raise ServerError(f"the database did not start within {RETRY_SECONDS} s: {occupied}. Is another program "
                                  f"using {launch.places.data}? (postmaster.pid there tells its pid)") from None
        time.sleep(pause)
        pause = min(pause * 2, 4)


def _options(launch: Launch) -> list[str]:
    """Where to listen: the socket, and TCP on a free port where asked (a fixed one may be another server's)."""
    folder = _socket_folder(launch)
    quoted = '"' + str(folder).replace('"', '""') + '"'  # the parameter is a list: a folder's comma must not split it
    where = {"unix_socket_directories": quoted, "listen_addresses": "", "port": str(PORT)}
    if launch.tcp:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            where |= {"listen_addresses": "127.0.0.1", "port": str(probe.getsockname()[1])}
    return [word for name, value in where.items() for word in ("-c", f"{name}={value}")]


def _socket_folder(launch: Launch) -> Path:
    """The socket folder, 0700 and the account's; somebody else's of that name (the temp folder is open to all) is refused."""
    folder = launch.places.sockets(launch.account.uid)
    try:
        folder.mkdir(mode=0o700)
        launch.account.own(folder)
    except FileExistsError:
        told = folder.lstat()
        if not stat.S_ISDIR(told.st_mode) or told.st_uid != launch.account.uid or told.st_mode & 0o077:
            raise ServerError(f"{folder} is not a closed folder of {launch.account.name}; remove it or set another "
                              "TMPDIR") from None
    return folder


def _open_log(places: Places) -> int:
    """The length of the log before this start; a large one is put aside."""
    try:
        length = places.log.stat().st_size
    except FileNotFoundError:
        return 0
    if length <= LOG_BYTES:
        return length
    places.log.replace(places.log.with_suffix(".log.1"))
    return 0


def _detached(launch: Launch, options: list[str], before: int) -> Postmaster:
    account = launch.account.serving()
    code, said = run_program(account, [
        launch.binaries.program("pg_ctl"), "start", "-D", launch.places.data, "-l", launch.places.log,
        "-o", shlex.join(options), "-w", "-t", str(START_SECONDS)])
    if code != 0 and "did not start in time" not in said:
        raise _failure(launch, before, said)

    def gone() -> bool:
        told = launch.places.postmaster()
        return told is None or not is_alive(launch.places, told.pid)

    return _await_answer(launch, before, gone, patience=0 if code else START_SECONDS)


def _child(launch: Launch, options: list[str], before: int) -> Postmaster:
    keeper = _Keeper(launch, options)
    try:
        return _await_answer(launch, before, keeper.ended, patience=START_SECONDS)
    except BaseException:
        keeper.interrupt()
        raise


class _Keeper:
    """A thread that forks the server and waits for its end: the death signal follows the thread, not the process."""

    def __init__(self, launch: Launch, options: list[str]) -> None:
        self._command = [str(launch.binaries.program("postgres")), "-D", str(launch.places.data), *options]
        self._account = launch.account.serving()
        self._log = launch.places.log
        self._forked = threading.Event()
        self._failed: Exception | None = None
        self._process: subprocess.Popen[bytes] | None = None
        threading.Thread(target=self._keep, name="postgresql", daemon=True).start()
        self._forked.wait()
        if self._failed:
            raise ServerError(f"{self._command[0]} cannot be run as {self._account.name}: {self._failed}")

    def ended(self) -> bool:
        """Whether the server has ended."""
        return self._process is None or self._process.poll() is not None

    def interrupt(self) -> None:
        """Ask for a fast shutdown."""
        if self._process:
            self._process.send_signal(signal.SIGINT)

    def _keep(self) -> None:
        parent = os.getpid()

        def prepare() -> None:  # in the child, after the uid was dropped, which would clear the signal
            log = os.open(self._log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(log, 1)
            os.dup2(log, 2)
            if sys.platform.startswith("linux"):
                _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGINT)
            if os.getppid() != parent:  # it died in between
                os._exit(1)

        try:
            self._process = subprocess.Popen(self._command, stdout=subprocess.DEVNULL, **self._account.popen(then=prepare))
        except (OSError, subprocess.SubprocessError) as failure:
            self._failed = failure
        self._forked.set()
        if self._process:
            self._process.wait()


def _await_answer(launch: Launch, before: int, gone: Callable[[], bool], *, patience: float) -> Postmaster:
    """Until the server answers: for ``patience`` seconds, and on while its log shows that it is recovering."""
    began = time.monotonic()
    while True:
        told = launch.places.postmaster()
        if told and ask(told.sockets / f".s.PGSQL.{told.port}", launch.password) == "ready":
            return told
        if gone():
            raise _failure(launch, before, "it ended at once")
        waited = time.monotonic() - began
        if waited > RECOVERY_SECONDS or (waited > patience and not is_recovering(_said(launch.places, before))):
            raise ServerError(f"the database does not answer {START_SECONDS} s after its start; see {launch.places.log}")
        time.sleep(0.05)


def is_recovering(said: str) -> bool:
    """Whether the log of a start shows crash recovery that is not at its end; that may take many minutes."""
    return any(words in said for words in RECOVERING) and "ready to accept connections" not in said


def _failure(launch: Launch, before: int, otherwise: str) -> Exception:
    """Why a start failed: as a reason to try again, or as an error that quotes the log's end."""
    said = _said(launch.places, before)
    last = " | ".join(said.strip().splitlines()[-4:])
    if any(words in said for words in OCCUPIED):
        return _Occupied(last)
    return ServerError(f"the database did not start: {last or otherwise} (log: {launch.places.log})")


def _said(places: Places, before: int) -> str:
    try:
        with places.log.open("rb") as log:
            log.seek(before)
            return log.read().decode(errors="replace")
    except FileNotFoundError:
        return ""
