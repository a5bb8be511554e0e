"""The embedded PostgreSQL: made, started, shared and stopped by our own launcher, as root and as a plain user.

As root every PostgreSQL program runs as an unprivileged account, since the server refuses root. Several verbs may share
one server; the last one out stops it. A killed verb leaves a server that the next verb reuses and then stops.
"""

import contextlib
import ctypes
import fcntl
import hashlib
import json
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from hub.settings import Settings
from hub.storage.binaries import Binaries, copied, find_binaries, reachable

PRODUCT = "children-hub"
ADMIN = "hub_admin"
ROLES = ("owner", "writer", "reader", "auditor")
DATABASE = "hub"
SOCKET_PATH_BYTES = 107
START_SECONDS = 60
RETRY_SECONDS = 30
PARAMETERS = {
    "shared_buffers": "256MB", "work_mem": "32MB", "maintenance_work_mem": "128MB", "max_wal_size": "4GB", "checkpoint_timeout": "15min",
    "wal_compression": "on", "jit": "off", "max_connections": "60", "listen_addresses": "", "unix_socket_permissions": "0700",
}
FOR_TESTS = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class ServerError(Exception):
    """The embedded server cannot be made, started or stopped; the message says why and what to do."""


@dataclass(frozen=True)
class Account:
    """Whom the server runs as: an unprivileged account as root, oneself otherwise."""

    name: str
    uid: int
    gid: int

    def process(self) -> dict[str, object]:
        """What subprocess needs to run a program as this account."""
        if os.geteuid() != 0:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}


@dataclass(frozen=True)
class Running:
    """A server that answers."""

    binaries: Binaries
    home: Path
    sockets: Path
    port: int
    passwords: dict[str, str]

    def dsn(self, user: str, database: str = DATABASE) -> str:
        """A libpq and asyncpg address over the socket."""
        return f"postgresql://{user}:{quote(self.passwords[user])}@/{database}?host={quote(str(self.sockets), safe='')}&port={self.port}"

    def sqlalchemy_url(self, user: str, database: str = DATABASE) -> str:
        """A SQLAlchemy address (pg8000) over the socket."""
        path = quote(str(self.sockets / f".s.PGSQL.{self.port}"), safe="")
        return f"postgresql+pg8000://{user}:{quote(self.passwords[user])}@/{database}?unix_sock={path}"


@dataclass(frozen=True)
class Places:
    """Where the parts of a data home lie."""

    home: Path

    @property
    def base(self) -> Path:
        return self.home / "postgresql"

    @property
    def data(self) -> Path:
        return self.base / "data"

    @property
    def log(self) -> Path:
        return self.base / "server.log"

    @property
    def keep(self) -> Path:
        return self.home / "keys" / "database.json"

    @property
    def stay(self) -> Path:
        """A file that says: `hub db up` wants the server to stay."""
        return self.base / "stay-up"

    def sockets(self) -> Path:
        """The socket folder: in the home, or under a short name in the temp folder where the path would be too long."""
        wanted = self.base / "run"
        if len(os.fsencode(wanted / ".s.PGSQL.5432")) <= SOCKET_PATH_BYTES:
            return wanted
        return Path(tempfile.gettempdir()) / f"{PRODUCT}-{hashlib.sha256(os.fsencode(self.home)).hexdigest()[:12]}"


@contextlib.contextmanager
def shared_server(settings: Settings, *, for_tests: bool = False) -> Iterator[Running]:
    """The server for the length of a verb: started if it is not up, stopped by the last one out."""
    running = ensure_started(settings, for_tests=for_tests)
    places = Places(settings.home)
    with (places.home / "server.users").open("w") as users:
        fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield running
        finally:
            with contextlib.suppress(OSError):
                fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
                if not places.stay.exists():
                    stop(settings)


def ensure_started(settings: Settings, *, for_tests: bool = False, tcp: bool = False) -> Running:
    """Make the cluster if there is none, start it detached if it is not up, prepare its roles; reuse a live server."""
    places, account, binaries = _prepare(settings)
    with _locked(places):
        _init(places, account, binaries, for_tests=for_tests)
        running = _running(places, binaries)
        if not _answers(running):
            _retry(lambda: _start_detached(places, account, binaries, _options(places, for_tests, tcp)), places)
        _prepare_cluster(running)
    return running


def serve_child(settings: Settings, *, for_tests: bool = False) -> tuple[Running, subprocess.Popen[bytes]]:
    """Run the server as a direct child that shuts down cleanly when we die (Linux); reuse is not tried."""
    places, account, binaries = _prepare(settings)
    with _locked(places):
        _init(places, account, binaries, for_tests=for_tests)
        running = _running(places, binaries)
        child = _Keeper(places, account, binaries, _options(places, for_tests, tcp=False)).start()
        _wait(running, places, child)
        _prepare_cluster(running)
    return running, child


def stop(settings: Settings) -> bool:
    """Stop the server with a fast shutdown; whether there was one."""
    places, account, binaries = _prepare(settings)
    if not (places.data / "postmaster.pid").exists():
        return False
    told = _program(account, [binaries.program("pg_ctl"), "stop", "-D", str(places.data), "-m", "fast", "-w", "-t", "60"])
    return told.returncode == 0


def is_up(settings: Settings) -> bool:
    """Whether the server answers."""
    places, _, binaries = _prepare(settings)
    return (places.data / "PG_VERSION").exists() and _answers(_running(places, binaries))


def unprivileged_account(asked: str = "") -> Account:
    """As root: the account asked for, the product's, postgres, a new system account, or nobody; else oneself."""
    if os.geteuid() != 0:
        return Account("", os.geteuid(), os.getegid())
    for name in (asked, PRODUCT, "postgres"):
        if name and (found := _account(name)):
            return found
        if name and name == asked:
            raise ServerError(f"HUB_PG_ACCOUNT={asked}: there is no such account")
    useradd = shutil.which("useradd") or "/usr/sbin/useradd"
    with contextlib.suppress(OSError):
        subprocess.run([useradd, "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", PRODUCT], capture_output=True, check=False)
    found = _account(PRODUCT) or _account("nobody")
    if found is None:
        raise ServerError("no unprivileged account can run the server; make one and name it in HUB_PG_ACCOUNT")
    return found


# --- making -----------------------------------------------------------------------------------------------------------


def _prepare(settings: Settings) -> tuple[Places, Account, Binaries]:
    """The folders, the account and binaries that the account can reach."""
    places = Places(settings.home)
    account = unprivileged_account(settings.pg_account)
    binaries = find_binaries(settings.pg_bin)
    places.home.mkdir(parents=True, exist_ok=True, mode=0o755 if os.geteuid() == 0 else 0o700)
    if blocked := reachable(places.home, account.uid, account.gid):
        raise ServerError(f"the account {account.name} that runs the database may not pass through {blocked}; "
                          "choose another HUB_HOME (the hub never opens somebody's folder)")
    places.base.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() == 0:
        os.chown(places.base, account.uid, account.gid)
    if reachable(binaries.bin, account.uid, account.gid):
        binaries = copied(binaries, places.home)
    return places, account, binaries


def _init(places: Places, account: Account, binaries: Binaries, *, for_tests: bool) -> None:
    """initdb with scram, a random password and the same order everywhere; refuse a data directory of another major."""
    version = places.data / "PG_VERSION"
    if version.exists():
        found = version.read_text().strip()
        if found != str(binaries.major):
            raise ServerError(f"{places.data} was made by PostgreSQL {found}, the programs are {binaries.major}: "
                              f"set HUB_PG_BIN to PostgreSQL {found}'s, or move the data with `hub backup` and `hub restore`")
        return
    shutil.rmtree(places.data, ignore_errors=True)  # an initdb that was killed left no PG_VERSION
    passwords = _passwords(places)
    given = places.base / ".password"
    given.touch(mode=0o600)
    given.write_text(passwords[ADMIN])
    if os.geteuid() == 0:
        os.chown(given, account.uid, account.gid)
    order = ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"] if binaries.major >= 17 else []
    try:
        told = _program(account, [
            binaries.program("initdb"), "-D", str(places.data), "-U", ADMIN, f"--pwfile={given}", "--auth=scram-sha-256", "--encoding=UTF8",
            "--locale=C.UTF-8", *order, *(["--no-sync"] if for_tests else [])])
    finally:
        given.unlink()
    if told.returncode != 0:
        raise ServerError(f"initdb failed: {told.stderr.strip() or told.stdout.strip()}")


def _passwords(places: Places) -> dict[str, str]:
    """The passwords of the cluster's logins, made at random once, in a file that only we can read."""
    if not places.keep.exists():
        places.keep.parent.mkdir(exist_ok=True, mode=0o700)
        draft = places.keep.with_name(".database.json")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps({name: secrets.token_urlsafe(24) for name in (ADMIN, *(f"hub_{role}" for role in ROLES))}))
        draft.rename(places.keep)
    told: dict[str, str] = json.loads(places.keep.read_text())
    return told


def _prepare_cluster(running: Running) -> None:
    """The four login roles, none of which owns more than it must, and the database; nothing where they are there."""
    import pg8000.dbapi

    def connect(database: str) -> "pg8000.dbapi.Connection":
        connection = pg8000.dbapi.connect(ADMIN, unix_sock=str(running.sockets / f".s.PGSQL.{running.port}"), database=database,
                                          password=running.passwords[ADMIN])
        connection.autocommit = True
        return connection

    with contextlib.closing(connect("postgres")) as connection:
        cursor = connection.cursor()
        cursor.execute("select rolname from pg_roles")
        roles = {row[0] for row in cursor.fetchall()}
        for role in ROLES:
            if f"hub_{role}" not in roles:
                password = running.passwords[f"hub_{role}"].replace("'", "''")
                cursor.execute(f"create role hub_{role} login nosuperuser nobypassrls nocreatedb nocreaterole password '{password}'")
        cursor.execute("select 1 from pg_database where datname = %s", (DATABASE,))
        if not cursor.fetchone():
            create_database(cursor, DATABASE, running.binaries.major)
    with contextlib.closing(connect(DATABASE)) as connection:
        prepare_database(connection.cursor(), DATABASE)


def create_database(cursor: object, name: str, major: int) -> None:
    """An empty database of the owner's, ordered by code point."""
    order = "locale_provider builtin builtin_locale 'C.UTF-8'" if major >= 17 else "locale 'C.UTF-8'"
    cursor.execute(f'create database "{name}" owner hub_owner template template0 encoding \'UTF8\' {order}')  # type: ignore[attr-defined]


def prepare_database(cursor: object, name: str) -> None:
    """The extension, and no rights for everybody."""
    for statement in ("create extension if not exists btree_gist", "revoke all on schema public from public",
                      "grant all on schema public to hub_owner", f'revoke temporary on database "{name}" from public'):
        cursor.execute(statement)  # type: ignore[attr-defined]


# --- starting ---------------------------------------------------------------------------------------------------------


def _running(places: Places, binaries: Binaries) -> Running:
    return Running(binaries, places.home, places.sockets(), 5432, _passwords(places))


def _options(places: Places, for_tests: bool, tcp: bool) -> list[str]:
    """Server parameters; TCP only when asked, on a free port that goes into a state file."""
    parameters = PARAMETERS | (FOR_TESTS if for_tests else {}) | {"unix_socket_directories": str(places.sockets())}
    if tcp:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        parameters |= {"listen_addresses": "127.0.0.1", "port": str(port)}
        (places.base / "port").write_text(str(port))
    return [word for name, value in parameters.items() for word in ("-c", f"{name}={value}")]


def _start_detached(places: Places, account: Account, binaries: Binaries, options: Sequence[str]) -> None:
    _make_sockets(places, account)
    quoted = " ".join("'" + option.replace("'", "'\\''") + "'" for option in options)
    told = _program(account, [binaries.program("pg_ctl"), "start", "-D", str(places.data), "-l", str(places.log), "-o", quoted, "-w",
                              "-t", str(START_SECONDS)])
    if told.returncode != 0 and not _recovering(places):
        raise ServerError(f"the database did not start; the end of {places.log} says: {_tail(places.log)}")
    if told.returncode != 0:
        _wait(_running(places, binaries), places, None)


class _Keeper:
    """A thread that lives as long as the process and is the parent of the server: the death signal follows the thread."""

    def __init__(self, places: Places, account: Account, binaries: Binaries, options: Sequence[str]) -> None:
        _make_sockets(places, account)
        self._command = [binaries.program("postgres"), "-D", str(places.data), *options]
        self._log = places.log
        self._account = account
        self._forked = threading.Event()
        self._child: subprocess.Popen[bytes] | None = None

    def start(self) -> subprocess.Popen[bytes]:
        threading.Thread(target=self._keep, name="postgresql", daemon=True).start()
        self._forked.wait()
        if self._child is None:
            raise ServerError("the database could not be forked")
        return self._child

    def _keep(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)

        def die_with_parent() -> None:
            libc.prctl(1, signal.SIGINT)  # PR_SET_PDEATHSIG, after the uid was dropped: a fast shutdown

        try:
            with self._log.open("ab") as log:
                self._child = subprocess.Popen(self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True,
                                               preexec_fn=die_with_parent, cwd="/", **self._account.process())  # type: ignore[call-overload]
        finally:
            self._forked.set()
        if self._child is not None:
            self._child.wait()


def _make_sockets(places: Places, account: Account) -> None:
    """The socket folder, ours alone: a folder of that name that belongs to somebody else is refused."""
    sockets = places.sockets()
    sockets.mkdir(exist_ok=True, mode=0o700)
    if os.geteuid() == 0 and sockets.stat().st_uid == 0:
        os.chown(sockets, account.uid, account.gid)
    if sockets.is_symlink() or sockets.stat().st_uid != account.uid:
        raise ServerError(f"{sockets} belongs to somebody else; remove it or set another TMPDIR")
    if not places.log.exists():
        places.log.touch(mode=0o600)
        if os.geteuid() == 0:
            os.chown(places.log, account.uid, account.gid)


def _retry(start: Callable[[], None], places: Places) -> None:
    """After kill -9 the old process may linger as a zombie under postmaster.pid: try again, never delete the file."""
    deadline, pause = time.monotonic() + RETRY_SECONDS, 0.25
    while True:
        try:
            start()
            return
        except ServerError:
            if time.monotonic() > deadline or not (places.data / "postmaster.pid").exists():
                raise
            time.sleep(pause)
            pause = min(pause * 2, 4)


def _wait(running: Running, places: Places, child: subprocess.Popen[bytes] | None) -> None:
    """Until the server answers: START_SECONDS, and longer while the log shows recovery."""
    deadline = time.monotonic() + START_SECONDS
    while not _answers(running):
        if child is not None and child.poll() is not None:
            raise ServerError(f"the database stopped at once; the end of {places.log} says: {_tail(places.log)}")
        if time.monotonic() > deadline and not _recovering(places):
            raise ServerError(f"the database does not answer after {START_SECONDS} s; see {places.log}")
        time.sleep(0.05)


def _answers(running: Running) -> bool:
    """Whether a log-in succeeds, which says more than a pid."""
    import pg8000.dbapi

    path = running.sockets / f".s.PGSQL.{running.port}"
    if not path.exists():
        return False
    try:
        pg8000.dbapi.connect(ADMIN, unix_sock=str(path), database="postgres", password=running.passwords[ADMIN], timeout=5).close()
    except (OSError, pg8000.dbapi.Error):
        return False
    return True


def _recovering(places: Places) -> bool:
    return any(word in _tail(places.log) for word in ("starting up", "recovery", "redo"))


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-600:].strip() if log.exists() else "(no log)"


def _program(account: Account, command: list[str]) -> "subprocess.CompletedProcess[str]":
    """Run a PostgreSQL program as the account, from a folder that it can enter."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PG")} | {"LC_MESSAGES": "C"}
    with tempfile.TemporaryFile("w+") as out:  # pg_ctl's server keeps its outputs open: a pipe would never end
        told = subprocess.run(command, stdout=out, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL, cwd="/", env=environ, check=False,
                              **account.process())  # type: ignore[call-overload]
        out.seek(0)
        return subprocess.CompletedProcess(command, told.returncode, out.read(), "")


def _account(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, found.pw_uid, found.pw_gid)


@contextlib.contextmanager
def _locked(places: Places) -> Iterator[None]:
    """One launcher at a time per home."""
    with (places.home / "server.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
