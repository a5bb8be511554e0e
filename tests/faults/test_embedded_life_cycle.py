"""The embedded server's life: made for nobody else, shared, killed, started again; as root and as a plain user."""

import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.settings import Settings
from hub.storage.embedded import ServerError, ensure_started, find_running, shared_server, stop

DEBIANS = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture
def home() -> Iterator[Path]:
    """A folder that the server's account can reach; whatever runs in it is stopped afterwards."""
    folder = Path(tempfile.mkdtemp(prefix="hub-life-"))
    folder.chmod(0o755)
    yield folder / "home"
    if (folder / "home").exists():
        stop(settings_of(folder / "home"))
    shutil.rmtree(folder, ignore_errors=True)


def settings_of(home: Path, **more: str) -> Settings:
    return Settings.from_environ({"HUB_HOME": str(home), **more})


def owner(pid: int) -> str:
    return pwd.getpwuid(os.stat(f"/proc/{pid}").st_uid).pw_name


def test_server_is_unprivileged_its_data_closed_and_its_passwords_random(home):
    running = ensure_started(settings_of(home), for_tests=True)
    assert owner(running.pid) != "root"
    data = next(home.rglob("PG_VERSION")).parent
    assert data.stat().st_mode & 0o077 == 0
    secret = home / "keys" / "database.json"
    assert secret.stat().st_mode & 0o077 == 0 and len(set(json.loads(secret.read_text()).values())) >= 5
    assert (running.binaries.major, running.tcp) == (18, "")
    with running.connect() as connection:
        cursor = connection.cursor()
        cursor.execute("select setting from pg_settings where name in ('password_encryption', 'listen_addresses') order by name")
        assert [row[0] for row in cursor.fetchall()] == ["", "scram-sha-256"]
        cursor.execute("select datlocprovider, datlocale from pg_database where datname = 'hub'")
        assert list(cursor.fetchone()) == ["b", "C.UTF-8"]


def test_a_live_server_is_reused_and_the_last_user_stops_it(home):
    settings = settings_of(home)
    with shared_server(settings, for_tests=True) as one:
        with shared_server(settings, for_tests=True) as other:
            assert one.pid == other.pid
        assert find_running(settings) is not None
    assert find_running(settings) is None


def test_a_path_too_long_for_a_socket_gets_a_short_one(home):
    long = home / ("x" * 60) / ("y" * 60)
    long.parent.mkdir(parents=True)
    for folder in (home, long.parent):
        folder.chmod(0o755)
    settings = settings_of(long)
    running = ensure_started(settings, for_tests=True)
    try:
        assert len(os.fsencode(running.socket)) <= 107 and running.sockets.stat().st_mode & 0o077 == 0
    finally:
        stop(settings)


def test_after_kill_9_of_the_server_it_starts_again_with_what_was_committed(home):
    running = ensure_started(settings_of(home))
    with running.connect(database="hub") as connection:
        connection.cursor().execute("create table kept as select 7 as n")
    os.kill(running.pid, signal.SIGKILL)
    again = ensure_started(settings_of(home))
    assert again.pid != running.pid
    with again.connect(database="hub") as connection:
        cursor = connection.cursor()
        cursor.execute("select n from kept")
        assert list(cursor.fetchone()) == [7]


def test_after_kill_9_of_its_parent_a_child_server_shuts_down_cleanly(home):
    script = f"""
import os, time
from hub.settings import Settings
from hub.storage.embedded import serve_child
told = serve_child(Settings.from_environ({{"HUB_HOME": {str(home)!r}}}), for_tests=True)
print((told[0] if isinstance(told, tuple) else told).pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    server = int(parent.stdout.readline())  # type: ignore[union-attr]
    parent.kill()
    parent.wait()
    deadline = time.monotonic() + 20
    while find_running(settings_of(home)) is not None and time.monotonic() < deadline:
        time.sleep(0.1)
    assert find_running(settings_of(home)) is None, f"the server {server} outlived its parent"
    assert "shut down" in next(home.rglob("*.log")).read_text()


def test_data_of_another_major_is_refused_plainly(home):
    ensure_started(settings_of(home), for_tests=True)
    stop(settings_of(home))
    next(home.rglob("PG_VERSION")).write_text("14\n")
    with pytest.raises(ServerError, match="14"):
        ensure_started(settings_of(home), for_tests=True)


@pytest.mark.skipif(not DEBIANS.is_dir(), reason="Debian's PostgreSQL 15 is not on this machine")
def test_the_systems_server_runs_through_the_same_launcher_and_takes_the_migrations(home):
    from hub.storage.migrations import migrate, pending

    running = ensure_started(settings_of(home, HUB_PG_BIN=str(DEBIANS)), for_tests=True)
    try:
        assert running.binaries.major == 15
        migrate(running.dsn("hub_owner"))
        assert not pending(running.dsn("hub_owner"))
    finally:
        stop(settings_of(home, HUB_PG_BIN=str(DEBIANS)))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user")
def test_a_plain_user_needs_no_rights(home):
    home.mkdir()
    nobody = pwd.getpwnam("nobody")
    os.chown(home, nobody.pw_uid, nobody.pw_gid)
    script = f"""
from hub.settings import Settings
from hub.storage.embedded import ensure_started, stop
settings = Settings.from_environ({{"HUB_HOME": {str(home / 'data')!r}, "HUB_PG_BIN": {str(DEBIANS)!r}}})
print(ensure_started(settings, for_tests=True).pid, flush=True)
stop(settings)
"""
    if not DEBIANS.is_dir():
        pytest.skip("the wheel's binaries may lie where a plain user cannot reach them; the system's are not there")
    if not reaches(sys.executable, nobody.pw_uid):
        pytest.skip("this interpreter or checkout lies where a plain user cannot reach it")
    told = subprocess.run([sys.executable, "-c", script], user=nobody.pw_uid, group=nobody.pw_gid, extra_groups=[], capture_output=True, text=True, cwd="/",
                          env={"PYTHONPATH": os.pathsep.join(sys.path), "HOME": str(home), "PATH": os.environ["PATH"]}, check=False)
    assert told.returncode == 0, told.stderr[-500:]


def reaches(program: str, uid: int) -> bool:
    """Whether an account may run a program."""
    try:
        return subprocess.run([program, "-c", ""], user=uid, group=uid, extra_groups=[], cwd="/", capture_output=True, check=False).returncode == 0
    except PermissionError:
        return False
