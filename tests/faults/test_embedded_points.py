"""The launcher's ten points: whom the server runs as, what it can reach, where it listens and logs, how two starts meet.

Points 1, 3, 4, 5 (socket), 7 and 8 have their tests in ``test_embedded_life_cycle``; here are 1 (choice), 2, 5 (TCP), 6, 9 and 10.
"""

import ctypes
import json
import os
import pwd
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from hub.storage.embedded import ServerError, ensure_started, find_running, stop
from hub.storage.embedded.accounts import Account, choose_account, run_program
from hub.storage.embedded.binaries import find_binaries, reachable
from hub.storage.embedded.launching import is_recovering
from hub.storage.embedded.making import memory, shared_buffers
from hub.storage.embedded.places import Places, first_closed
from tests.faults.test_embedded_life_cycle import home, owner, settings_of

__all__ = ["home"]  # the fixture
as_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root chooses an account")


@as_root
def test_point_1_the_account_asked_for_is_taken_and_root_is_refused(home):
    assert choose_account("nobody", Places(home)).name == "nobody"
    with pytest.raises(ServerError, match="PostgreSQL refuses root"):
        choose_account("root", Places(home))
    with pytest.raises(ServerError, match="no such account"):
        choose_account("nobody-at-all", Places(home))
    chosen = choose_account("", Places(home), may_create=False)
    assert chosen.uid != 0 or chosen.mapped


@as_root
def test_point_2_programs_behind_a_closed_folder_are_copied_and_the_folder_stays_closed(home, tmp_path):
    settings = settings_of(home)
    binaries = find_binaries(settings)
    install = binaries.bin.parent
    if not (install / "share").is_dir():
        pytest.skip("this installation is spread over the system and cannot be moved")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    shutil.copytree(install, closed / install.parent.name / install.name, symlinks=True)
    for libraries in install.parent.parent.glob(f"{install.parent.name}*.libs"):
        shutil.copytree(libraries, closed / libraries.name)
    there = replace(binaries, bin=closed / install.parent.name / install.name / "bin")
    nobody = pwd.getpwnam("nobody")
    account = Account("nobody", nobody.pw_uid, nobody.pw_gid)
    assert first_closed(there.bin, uid=account.uid, gid=account.gid) is not None
    home.mkdir(mode=0o755)
    copy = reachable(there, account, Places(home))
    assert copy.bin != there.bin
    assert run_program(account, [copy.program("initdb"), "--version"])[0] == 0
    assert closed.stat().st_mode & 0o777 == 0o700
    assert reachable(there, account, Places(home)) == copy  # copied once


def test_point_5_tcp_only_when_asked_and_on_a_free_port(home):
    settings = settings_of(home)
    assert ensure_started(settings, for_tests=True).tcp == ""
    stop(settings)
    running = ensure_started(settings, for_tests=True, tcp=True)
    address, port = running.tcp.rsplit(":", 1)
    assert address == "127.0.0.1" and port != "5432"
    assert port in json.dumps(json.loads((home / "server.json").read_text()))


def test_point_6_the_log_lies_inside_the_data_home(home):
    ensure_started(settings_of(home), for_tests=True)
    log = Places(home).log
    assert log.is_relative_to(home) and "ready to accept connections" in log.read_text()


def test_point_9_two_starts_at_once_give_one_server(home):
    script = f"""
from hub.settings import Settings
from hub.storage.embedded import ensure_started
print(ensure_started(Settings.from_environ({{"HUB_HOME": {str(home)!r}}}), for_tests=True).pid)
"""
    starts = [subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    told = [start.communicate(timeout=90) for start in starts]
    assert [start.returncode for start in starts] == [0, 0, 0], told
    assert len({out.strip() for out, _ in told}) == 1
    assert find_running(settings_of(home)) is not None


def test_point_9_recovery_is_told_from_a_start_that_hangs():
    assert is_recovering("LOG:  database system was not properly shut down; automatic recovery in progress\n")
    assert not is_recovering("LOG:  starting PostgreSQL 18\n")


def namespaces_allowed() -> bool:
    """Whether this machine lets a process have a user namespace of its own."""
    code = "import ctypes, sys; sys.exit(ctypes.CDLL(None, use_errno=True).unshare(0x10000000) != 0)"
    return hasattr(ctypes.CDLL(None), "unshare") and subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


@pytest.mark.skipif(not namespaces_allowed(), reason="user namespaces are forbidden here: the last resort cannot be tried")
def test_point_10_a_namespace_is_the_last_resort(tmp_path):
    mapped = Account("mapped", os.geteuid(), os.getegid(), mapped=True)
    code, said = run_program(mapped, [sys.executable, "-c", "import os, pwd; print(os.geteuid(), pwd.getpwuid(os.geteuid()).pw_name)"])
    assert code == 0, said
    assert said.split()[1] == "nobody"


@as_root
def test_point_10_is_not_the_default(home):
    running = ensure_started(settings_of(home), for_tests=True)
    assert owner(running.pid) != "root"
    assert Path(f"/proc/{running.pid}/ns/user").readlink() == Path("/proc/self/ns/user").readlink()


@pytest.mark.parametrize(
    ("gib", "mib"), [(0.5, 128), (1, 128), (2, 256), (4, 512), (7.9, 1011), (8, 1024), (256, 1024)]
)
def test_the_server_keeps_an_eighth_of_the_memory_within_bounds(gib, mib):
    assert shared_buffers(int(gib * 1024**3)) == mib


def test_memory_is_the_containers_where_that_is_less(tmp_path):
    limit = tmp_path / "memory.max"
    whole = memory(limit)  # no such file
    assert whole == os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    for told, meant in (("max\n", whole), (f"{2 * whole}\n", whole), ("536870912\n", 512 * 1024**2)):
        limit.write_text(told)
        assert memory(limit) == meant


def test_a_server_runs_with_what_was_worked_out(home):
    with ensure_started(settings_of(home)).connect() as connection:
        cursor = connection.cursor()
        cursor.execute("select name, setting from pg_settings where name in ('shared_buffers', 'wal_compression') order by name")
        assert [list(row) for row in cursor.fetchall()] == [["shared_buffers", str(shared_buffers(memory()) * 128)], ["wal_compression", "off"]]
