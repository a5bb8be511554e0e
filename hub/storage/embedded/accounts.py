"""Whom PostgreSQL's programs run as: oneself, or as root an unprivileged account, since the server refuses root."""

import contextlib
import ctypes
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from hub.storage.embedded.places import PRODUCT, Places, ServerError

CLONE_NEWUSER = 0x10000000
NOBODY = 65534
_LIBC = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Account:
    """An account; ``mapped`` where it must be shown to PostgreSQL as nobody, by a user namespace (the last resort)."""

    name: str
    uid: int
    gid: int
    mapped: bool = False

    def popen(self, *, then: Callable[[], object] | None = None) -> dict[str, Any]:
        """Arguments that make subprocess run a program as this account, ``then`` called in it just before."""
        steps: list[Callable[[], object]] = [self._enter_namespace] if self.mapped else []
        steps += [then] if then else []
        options: dict[str, Any] = {"preexec_fn": lambda: [step() for step in steps]} if steps else {}
        if self.uid != os.geteuid():
            options |= {"user": self.uid, "group": self.gid, "extra_groups": []}
        return {"umask": 0o077, "cwd": "/", "env": {"PATH": os.defpath, "LC_ALL": "C"},
                "stdin": subprocess.DEVNULL, "start_new_session": True, **options}

    def serving(self) -> "Account":
        """As the server needs it: only initdb looks a plain uid up in passwd; root it refuses always."""
        return replace(self, mapped=self.mapped and self.uid == 0)

    def own(self, path: Path) -> None:
        """Hand over something that we have just made."""
        if self.uid != os.geteuid():
            os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def _enter_namespace(self) -> None:
        """Become `nobody` in a user namespace of one's own; files keep their owner outside of it."""
        if _LIBC.unshare(CLONE_NEWUSER) != 0:
            raise OSError(ctypes.get_errno(), "user namespaces are forbidden here")
        Path("/proc/self/setgroups").write_text("deny")
        Path("/proc/self/uid_map").write_text(f"{NOBODY} {self.uid} 1")
        Path("/proc/self/gid_map").write_text(f"{NOBODY} {self.gid} 1")


def choose_account(asked: str, places: Places, *, may_create: bool = True) -> Account:
    """Oneself; as root the owner of the data, else the account asked for, ours, a new one, postgres, or nobody.

    Ours (`children-hub`, no log-in, no home) is made where it is missing and ``may_create``: an account that another
    server uses could read the children's rows. Raises ServerError where the asked one is missing or does not own the data.
    """
    if os.geteuid() != 0:
        return _oneself()
    configured = _asked_for(asked) if asked else None
    if (owner := _owner(places.data)) is not None:
        if configured and configured.uid != owner.uid:
            raise ServerError(f"HUB_PG_ACCOUNT={asked}, but {places.data} belongs to {owner.name}; name that account or "
                              f"hand the folder over: chown -R {asked}: {places.base}")
        return owner
    if configured:
        return configured
    found = _named(PRODUCT) or (create_account(PRODUCT) if may_create else None) or _named("postgres") or _named("nobody")
    return found if found and _can_become(found) else Account("root as nobody", 0, 0, mapped=True)


def create_account(name: str) -> Account | None:
    """A new system account without home and log-in; None where this machine does not let us."""
    useradd = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin:/bin")
    if useradd is None:
        return None
    subprocess.run([useradd, "--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent",
                    "--shell", "/usr/sbin/nologin", name], capture_output=True, check=False)
    return _named(name)


def run_program(account: Account, command: Sequence[str | Path]) -> tuple[int, str]:
    """Run a PostgreSQL program as the account: exit code and what it said; 126 where it could not be run at all."""
    with tempfile.TemporaryFile("w+", errors="replace") as said:  # a server inherits it: a pipe would never end
        try:
            code = subprocess.run([str(word) for word in command], stdout=said, stderr=said, check=False,
                                  **account.popen()).returncode
        except subprocess.SubprocessError:
            return 126, "user namespaces are forbidden here"
        except OSError as error:
            return 126, str(error.strerror)
        said.seek(0)
        return code, said.read().strip()


def _oneself() -> Account:
    """The caller; mapped where it has no passwd entry, which initdb insists on (a container run with a bare uid)."""
    uid, gid = os.geteuid(), os.getegid()
    try:
        return Account(pwd.getpwuid(uid).pw_name, uid, gid)
    except KeyError:
        return Account(f"uid {uid}", uid, gid, mapped=True)


def _asked_for(name: str) -> Account:
    found = _named(name)
    if found is None:
        raise ServerError(f"HUB_PG_ACCOUNT={name}: there is no such account; make it with useradd --system {name}")
    if found.uid == 0:
        raise ServerError(f"HUB_PG_ACCOUNT={name}: PostgreSQL refuses root; name an unprivileged account")
    return found


def _owner(data: Path) -> Account | None:
    """The account that an existing data directory belongs to."""
    try:
        told = data.stat()
    except FileNotFoundError:
        return None
    if told.st_uid == 0:
        return Account("root as nobody", 0, 0, mapped=True)
    with contextlib.suppress(KeyError):
        return Account(pwd.getpwuid(told.st_uid).pw_name, told.st_uid, told.st_gid)
    return Account(f"uid {told.st_uid}", told.st_uid, told.st_gid)


def _named(name: str) -> Account | None:
    try:
        found = pwd.getpwnam(name)
    except KeyError:
        return None
    return Account(name, found.pw_uid, found.pw_gid)


def _can_become(account: Account) -> bool:
    """Some containers have root alone: every other uid is unmapped or setuid is forbidden."""
    return run_program(account, ["/bin/sh", "-c", ":"])[0] == 0
