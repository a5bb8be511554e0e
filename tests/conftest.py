"""What every test may ask for: one PostgreSQL for the whole run, and a fresh migrated database for each test."""

import contextlib
import fcntl
import gc
import os
import secrets
import shutil
import sys
from collections.abc import Iterator
from dataclasses import dataclass
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
#: The empty databases that it has and nobody uses: name, form, uses.
_IDLE: list[tuple[str, object, int]] = []
NOBODY_ELSE = "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'"
#: What tells tables, rights and functions that a test has changed from those it was given.
FORM = """
  with ours as materialized (select oid, xmin::text::bigint as since from pg_class where relnamespace = 'public'::regnamespace),
       told as (select since from ours
                union all select a.xmin::text::bigint from pg_attribute a join ours on a.attrelid = ours.oid
                union all select xmin::text::bigint from pg_proc where pronamespace = 'public'::regnamespace
                union all select xmin::text::bigint from pg_policy union all select xmin::text::bigint from pg_trigger
                union all select xmin::text::bigint from pg_index where indexrelid >= 16384 union all select xmin::text::bigint from pg_constraint where oid >= 16384
                union all select xmin::text::bigint from pg_namespace where nspname not like 'pg\\_%')
  select count(*) || ' ' || max(since) from told"""
MOST_USES = 25  # of one database: what was deleted lies there still
#: Rows are all that is left then: there are no sequences, and the migrations write none but their own number.
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
    """A database with all tables and nothing in them."""
    with database_factory() as fresh:
        yield fresh


@pytest.fixture
def database_factory(cluster: Running, tmp_path: Path) -> Databases:
    """Databases as many as a test needs."""
    return lambda like=None: cloned(cluster, tmp_path, like) if like else lent(cluster, tmp_path)


@pytest.fixture(scope="module")
def filled_once(cluster: Running, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ScratchDatabase]:
    """A database for a module's own fixture to fill, once, so that every test has a copy; whoever fills it closes what it opened."""
    with cloned(cluster, tmp_path_factory.mktemp("filled")) as fresh:
        yield fresh


@contextlib.contextmanager
def lent(cluster: Running, homes: Path) -> Iterator[ScratchDatabase]:
    """A database with all tables and nothing in them: one that a test before has given back, emptied, if it changed rows alone; making another takes 0.1 s."""
    name, form, uses = _IDLE.pop() if _IDLE else (_made(cluster, TEMPLATE), None, 0)
    again = False
    try:
        form = form or _administer(cluster, FORM, name)
        yield ScratchDatabase(cluster, name, homes / secrets.token_hex(6))
        _administer(cluster, NOBODY_ELSE, name)
        again = uses < MOST_USES and _administer(cluster, FORM, name) == form
        if again:
            _administer(cluster, EMPTY, name)
    except BaseException:
        again = False
        raise
    finally:
        if again:
            _IDLE.append((name, form, uses + 1))
        else:
            _dropped(cluster, name)


@contextlib.contextmanager
def cloned(cluster: Running, homes: Path, like: ScratchDatabase | None = None) -> Iterator[ScratchDatabase]:
    """A copy of the migrated template or of another database, which nobody may be connected to; dropped afterwards."""
    name = _made(cluster, like.name if like else TEMPLATE)
    try:
        if like and like.home.exists():
            shutil.copytree(like.home, homes / name)
        yield ScratchDatabase(cluster, name, homes / name)
    finally:
        _dropped(cluster, name)


def _made(cluster: Running, template: str) -> str:
    """The name of a new copy of a database."""
    _leave(cluster, template)
    name = f"test_{secrets.token_hex(6)}"
    _administer(cluster, f"create database {name} owner hub_owner template {template} strategy file_copy")
    return name


def _dropped(cluster: Running, name: str) -> None:
    _leave(cluster, name)
    _administer(cluster, f"drop database {name} with (force)")


def _leave(cluster: Running, name: str) -> None:
    """Close the connection that is kept to a database."""
    if kept := _ADMINISTRATORS.pop((cluster.home, cluster.pid, name), None):
        with contextlib.suppress(OSError, pg8000.dbapi.InterfaceError):
            kept.close()


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
