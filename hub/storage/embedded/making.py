"""Make a cluster: the folders, the passwords, initdb, and the server's parameters."""

import contextlib
import json
import os
import secrets
import shutil
from pathlib import Path

from hub.storage.embedded.accounts import Account, run_program
from hub.storage.embedded.binaries import Binaries
from hub.storage.embedded.places import ADMIN, ROLES, Places, ServerError, first_closed

PARAMETERS = {
    "work_mem": "32MB",
    "maintenance_work_mem": "128MB",
    "max_connections": "60",
    "max_wal_size": "4GB",  # a first load writes several GB; few checkpoints in between
    "checkpoint_timeout": "15min",
    "jit": "off",  # the wheel has none; where there is one it costs more than our short queries take
    "timezone": "UTC",
    "log_timezone": "UTC",
    "unix_socket_permissions": "0700",
    # A failed statement's text, values and keys are people's data: the application reports them, the log must not.
    "log_min_messages": "log",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
    "log_parameter_max_length_on_error": "0",
}
FOR_TESTS = {"shared_buffers": "256MB", "fsync": "off", "synchronous_commit": "off", "full_page_writes": "off", "max_connections": "100"}
OWN_FILE = "hub.conf"


MIB = 1024 * 1024
CGROUP = Path("/sys/fs/cgroup/memory.max")


def memory(limit: Path = CGROUP) -> int:
    """The bytes of memory that this machine has, or the container that we are in may use."""
    installed = os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE")
    with contextlib.suppress(OSError, ValueError):  # "max" where there is no limit
        return min(installed, int(limit.read_text()))
    return installed


def shared_buffers(memory: int) -> int:
    """MiB of the pages that the server keeps: an eighth of the memory, from 128 MiB to 1 GiB, since the hub, which loads beside it, needs room too."""
    return min(max(memory // 8 // MIB, 128), 1024)


def make_folders(places: Places, account: Account) -> None:
    """The data home and the account's folder in it; raises ServerError where the account could not get in."""
    if not places.home.exists():
        places.home.parent.mkdir(parents=True, exist_ok=True)
        _make_folder(places.home, 0o711 if account.uid != os.geteuid() else 0o700)
    if closed := first_closed(places.home, uid=account.uid, gid=account.gid):
        raise ServerError(
            f"the account {account.name}, which runs the database, may not pass through {closed}; choose another HUB_HOME, "
            f"or open that folder for passing yourself: chmod o+x {closed}")
    if not places.base.exists():
        _make_folder(places.base, 0o700)
        account.own(places.base)
    if places.base.stat().st_uid not in (account.uid, os.geteuid()):
        raise ServerError(f"{places.base} does not belong to {account.name}; run the hub as its owner or as root")


def initialise(places: Places, account: Account, binaries: Binaries, *, for_tests: bool) -> None:
    """initdb where there is no data yet; raises ServerError where the data are another major version's."""
    made_by = places.major()
    if made_by is None:
        _initdb(places, account, binaries, for_tests=for_tests)
    elif made_by != binaries.major:
        refuse_other_major(places, binaries, made_by)
    _write_parameters(places, account, PARAMETERS | {"shared_buffers": f"{shared_buffers(memory())}MB"} | (FOR_TESTS if for_tests else {}))


def refuse_other_major(places: Places, binaries: Binaries, made_by: int) -> None:
    """Say which version the data need and how they get to another one."""
    raise ServerError(
        f"{places.data} was made by PostgreSQL {made_by}, but the programs in {binaries.bin} are {binaries.version}. "
        f"Set HUB_PG_BIN to the programs of PostgreSQL {made_by}; to move on, save with `hub backup` there and "
        "`hub restore` into a new HUB_HOME")


def passwords(places: Places) -> dict[str, str]:
    """A random password for each log-in, made once; the file is for the hub alone (mode 0600)."""
    with contextlib.suppress(FileNotFoundError):
        told: dict[str, str] = json.loads(places.passwords.read_text())
        return told
    if places.major() is not None:
        raise ServerError(f"{places.passwords} is missing, and the database was made with its passwords; bring it back "
                          "from the backup of the keys")
    if not places.passwords.parent.exists():
        _make_folder(places.passwords.parent, 0o700)
    made = {name: secrets.token_urlsafe(24) for name in (ADMIN, *ROLES)}
    draft = places.passwords.with_name(f".{places.passwords.name}")
    draft.unlink(missing_ok=True)
    _write_new(draft, json.dumps(made, indent=2) + "\n")
    draft.rename(places.passwords)
    return made


def _initdb(places: Places, account: Account, binaries: Binaries, *, for_tests: bool) -> None:
    """Made beside its place and moved there, so that a killed initdb leaves no half of a cluster."""
    draft, given = places.base / "data.new", places.base / "password.new"
    shutil.rmtree(draft, ignore_errors=True)
    given.unlink(missing_ok=True)
    try:
        _write_new(given, passwords(places)[ADMIN])
        account.own(given)
        code, said = run_program(account, [
            binaries.program("initdb"), "-D", draft, "-U", ADMIN, f"--pwfile={given}", "--auth=scram-sha-256",
            "--encoding=UTF8", *_order(binaries.major), "--data-checksums", *(["--no-sync"] if for_tests else [])])
    finally:
        given.unlink(missing_ok=True)
    if code != 0:
        hint = "; give this uid an entry in /etc/passwd" if account.mapped and account.uid else ""
        raise ServerError(f"initdb failed as {account.name}: {said}{hint}")
    with (draft / "postgresql.conf").open("a") as configuration:
        configuration.write(f"\ninclude_if_exists = '{OWN_FILE}'\n")
    draft.rename(places.data)


def _order(major: int) -> list[str]:
    """Text is ordered by code point everywhere: no ICU, and no index damage when the system's C library changes."""
    if major >= 17:
        return ["--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"]
    return ["--locale-provider=libc", "--locale=C.UTF-8"]


def _write_parameters(places: Places, account: Account, parameters: dict[str, str]) -> None:
    """Written at each start, so that a newer hub's values come in; an operator's own go by ALTER SYSTEM, which wins."""
    text = "# Written by the hub at each start. Your own values: ALTER SYSTEM SET name = value.\n"
    text += "".join(f"{name} = '{value}'\n" for name, value in parameters.items())
    path = places.data / OWN_FILE
    draft = places.data / f".{OWN_FILE}"
    draft.unlink(missing_ok=True)
    _write_new(draft, text)
    account.own(draft)
    draft.rename(path)


def _make_folder(folder: Path, mode: int) -> None:
    with contextlib.suppress(FileExistsError):  # another launcher was as quick; it sets the same mode
        folder.mkdir(mode=0o700)
    folder.chmod(mode)


def _write_new(path: Path, text: str) -> None:
    """Write a file that did not exist, readable for its owner alone from the first moment on."""
    opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW, 0o600)
    with open(opened, "w", encoding="utf-8") as file:
        file.write(text)
