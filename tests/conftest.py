"""What every test may ask for: one PostgreSQL for the whole run, and a fresh migrated database for each test."""

import contextlib
import fcntl
import gc
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Protocol

import pg8000.dbapi
import pytest

from hub.access.accounts import INVENTED
from hub.settings import Settings
from hub.storage.embedded import Running, ensure_started, stop
from hub.storage.migrations import migrate

# In memory where there is room: a database of a test is a thousand files that live a second. Not under pytest's own folder: as root that is
# closed to the account which runs the server.
MEMORY = Path("/dev/shm")
ROOM = 4 * 1024**3
RUNS = (MEMORY if os.access(MEMORY, os.W_OK) and shutil.disk_usage(MEMORY).free > ROOM else Path("/tmp")) / f"hub-tests-{os.geteuid()}"
TEMPLATE = "hub_template"
#: The administrator's connections that this process has, by server and database.
_ADMINISTRATORS: dict[tuple[Path, int, str], pg8000.dbapi.Connection] = {}
NOBODY_ELSE = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
#: Rows are all that a test may have left: there are no sequences, and the migrations write none but their own number.
EMPTY = """do $$
declare one regclass;
begin
  set local session_replication_role = replica;  -- what may only be added to is emptied too
  for one in select oid from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace and relname <> 'alembic_version' and pg_relation_size(oid) > 0 loop
    execute format('delete from %s', one);
  end loop;
end $$"""
#: The files that take longest begin first: a file is one worker's, and the last one should not be left alone with it.
LONGEST = (
    "test_two_roads.py", "test_paired_worlds.py", "test_matrix.py", "test_crash_points.py", "test_departments_differ.py", "test_entitlement_gaps.py", "test_unenrolled_disabled_exclusions.py", "test_restart.py",
    "test_movements.py", "test_small_cells.py", "test_waiting_rows.py", "test_first_load.py", "test_verbs.py", "test_pull.py", "test_sample_rounds.py", "test_verdicts.py", "test_linkage.py",
)  # fmt: skip

# httpx looks for it at every request over ASGI, in every folder of the path anew: it is not there.
sys.modules.setdefault("sniffio", None)  # type: ignore[arg-type]


def pytest_collection_finish() -> None:
    """What importing made lives until the run ends: the collector need not look through it again and again (a quarter of the time)."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 20)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest files first, the others in their order."""
    items.sort(key=lambda item: LONGEST.index(item.path.name) if item.path.name in LONGEST else len(LONGEST))


@dataclass(frozen=True)
class ScratchDatabase:
    """A database of one test; `settings` lets the hub's own functions and verbs work on it."""

    running: Running
    name: str
    home: Path

    def dsn(self, user: str = "hub_reader") -> str:
        """The address for asyncpg: as hub_reader, hub_writer, hub_owner, hub_auditor or hub_admin."""
        return self.running.dsn(user, self.name)

    def sqlalchemy_url(self, user: str = "hub_owner") -> str:
        """The address for a synchronous SQLAlchemy engine."""
        return self.running.sqlalchemy_url(user, self.name)

    def environ(self, **more: str) -> dict[str, str]:
        """The variables with which a verb works on this database, one login per role as in production. Who sends no token sees everything."""
        logins = {f"DATABASE_URL_{role.upper()}": self.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
        self.home.mkdir(parents=True, exist_ok=True)
        (self.home / INVENTED).touch()
        return {"HUB_HOME": str(self.home), "DATABASE_URL": self.dsn("hub_writer"), "HUB_WITHOUT_TOKEN": "everything", "HUB_PUBLIC_NAMES": "hub,testserver", **logins, **more}

    def settings(self, **more: str) -> Settings:
        """The settings of that environment."""
        return Settings.from_environ(self.environ(**more))


class Databases(Protocol):
    """Makes databases, each for the length of a `with`: fresh ones, or copies of one that was filled before, with what its home holds."""

    def __call__(self, like: ScratchDatabase | None = None) -> contextlib.AbstractContextManager[ScratchDatabase]: ...


@pytest.fixture(scope="session")
def cluster(request: pytest.FixtureRequest) -> Iterator[Running]:
    """One server for all workers of this run, with a migrated template; the last worker out stops and removes it."""
    home = RUNS / (_run_name(request) or secrets.token_hex(6))
    with _locked(RUNS):
        _sweep(except_for=home)
        _open_folder(home)
        user = (home / "users").open("w")
        fcntl.flock(user, fcntl.LOCK_SH)
        running = ensure_started(_settings(home), for_tests=True)
        _make_template(running)
    try:
        yield running
    finally:
        with _locked(RUNS):
            user.close()
            _remove_unused(home)


@pytest.fixture
def database(database_factory: Databases) -> Iterator[ScratchDatabase]:
    """A fresh database with all tables, cloned from the template (about 0.1 s); dropped afterwards."""
    with database_factory() as fresh:
        yield fresh


@pytest.fixture
def database_factory(cluster: Running, tmp_path: Path) -> Databases:
    """Databases as many as a test needs."""
    return lambda like=None: cloned(cluster, tmp_path, like)


@pytest.fixture(scope="module")
def filled_once(cluster: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchDatabase]:
    """A database for a module's own fixture to fill, once, so that every test has a copy; whoever fills it closes what it opened."""
    with cloned(cluster, tmp_path_factory.mktemp("filled")) as fresh:
        yield fresh


@pytest.fixture(scope="module")
def shared(cluster: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchDatabase]:
    """A database for the tests of a module, one after the other; ask for `emptied`."""
    with cloned(cluster, tmp_path_factory.mktemp("shared")) as fresh:
        yield fresh


@pytest.fixture
def emptied(shared: ScratchDatabase, tmp_path: Path) -> Iterator[ScratchDatabase]:
    """A database with all tables and nothing in them, as `database` is, for tests that change rows alone: its rows go afterwards, its tables stay."""
    yield replace(shared, home=tmp_path / shared.name)
    for statement in (NOBODY_ELSE, EMPTY):
        _administer(shared.running, statement, shared.name)


@contextlib.contextmanager
def cloned(cluster: Running, homes: Path, like: ScratchDatabase | None = None) -> Iterator[ScratchDatabase]:
    """A copy of the migrated template or of another database, which nobody may be connected to; dropped afterwards."""
    name = f"test_{secrets.token_hex(6)}"
    _administer(cluster, f"create database {name} owner hub_owner template {like.name if like else TEMPLATE} strategy file_copy")
    try:
        if like and like.home.exists():
            shutil.copytree(like.home, homes / name)
        yield ScratchDatabase(cluster, name, homes / name)
    finally:
        if kept := _ADMINISTRATORS.pop((cluster.home, cluster.pid, name), None):
            kept.close()
        _administer(cluster, f"drop database {name} with (force)")


def _run_name(request: pytest.FixtureRequest) -> str:
    """The name that all xdist workers of one run share; empty where there are no workers."""
    workers: dict[str, str] = getattr(request.config, "workerinput", {})
    return workers.get("testrunuid", "")


def _settings(home: Path) -> Settings:
    chosen = {name: value for name, value in os.environ.items() if name in ("HUB_PG_BIN", "HUB_PG_ACCOUNT")}
    return Settings.from_environ({"HUB_HOME": str(home), **chosen})


def _make_template(running: Running) -> None:
    """Migrate a database once, for all tests to clone; `datistemplate` is set only when it is complete."""
    found = _administer(running, f"select datistemplate from pg_database where datname = '{TEMPLATE}'")
    if found == [[True]]:
        return
    _administer(running, f"drop database if exists {TEMPLATE}")
    _administer(running, f"create database {TEMPLATE} owner hub_owner template hub")
    migrate(running.sqlalchemy_url("hub_owner", TEMPLATE))
    _administer(running, f"alter database {TEMPLATE} is_template true")


def _administer(running: Running, statement: str, database: str = "postgres") -> list[list[object]]:
    """One statement by the administrator, over a connection that is kept: to make one takes longer than most statements."""
    key = running.home, running.pid, database
    for last in (False, True):
        connection = _ADMINISTRATORS.pop(key, None) or running.connect(database=database)
        try:
            cursor = connection.cursor()
            cursor.execute(statement)
            found = [list(row) for row in cursor.fetchall()] if cursor.description else []
        except (OSError, pg8000.dbapi.InterfaceError):  # closed by a server that was restarted
            if last:
                raise
            continue
        except BaseException:
            connection.close()
            raise
        _ADMINISTRATORS[key] = connection
        return found
    raise AssertionError


def _sweep(*, except_for: Path) -> None:
    """Stop and remove the servers of runs that were killed: nobody holds their lock."""
    for home in RUNS.iterdir():
        if home.is_dir() and home != except_for:
            _remove_unused(home)


def _remove_unused(home: Path) -> None:
    with contextlib.suppress(BlockingIOError), (home / "users").open("a") as users:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
        stop(_settings(home))
        shutil.rmtree(home)


def _open_folder(folder: Path) -> None:
    """A folder of ours that the server's account may pass through but not list."""
    folder.mkdir(exist_ok=True)
    if folder.stat().st_uid != os.geteuid() or folder.is_symlink():
        raise PermissionError(f"{folder} belongs to somebody else; remove it")
    folder.chmod(0o711)


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[IO[str]]:
    _open_folder(folder)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield lock
