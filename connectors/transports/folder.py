"""What lies in a folder drop: its files, and what is refused unread.

Whoever may write into the folder must not lead the hub to what lies elsewhere, nor have it wait for ever: a link may lead out of the folder,
a pipe may never end. What this account may not open is told, and the rest is read.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path

from hub.domain.delivery import Refused

_NO_FILES_OF_OFFICES = ("~$", ".", "Thumbs.db", "desktop.ini", "__MACOSX")


@dataclass(frozen=True, slots=True)
class Found:
    """A regular file: its name relative to the folder, where it is, and its size in bytes."""

    name: str
    path: Path
    size: int


def found_in(path: Path) -> list[Found | Refused]:
    """What lies at or under `path`, by name, without editors' lock files; FileNotFoundError where nothing is there.

    `path` itself is what the operator has named, and may be a link.
    """
    if not path.exists():
        raise FileNotFoundError(f"{path}: no such file or folder")
    root = path.resolve()
    if not root.is_dir():
        return [_entry(path.name, root)]
    found: list[Found | Refused] = []

    def skipped(error: OSError) -> None:
        found.append(unopened(_name(root, Path(error.filename)), error))

    for at, folders, files in os.walk(root, onerror=skipped):
        folder = Path(at)
        folders[:] = [name for name in folders if not no_delivery(name)]
        links = [name for name in folders if (folder / name).is_symlink()]
        found += [_entry(_name(root, folder / name), folder / name) for name in (*links, *files) if not no_delivery(name)]
    return sorted(found, key=lambda one: one.name if isinstance(one, Found) else one.file)


def bytes_of(file: Path) -> bytes:
    """The bytes of a regular file; OSError where it is something else by now."""
    descriptor = os.open(file, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with open(descriptor, "rb") as opened:
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise OSError(0, "it is no regular file")
        return opened.read()


def no_delivery(name: str) -> bool:
    """Whether a name is one that offices' programs leave behind."""
    return name.startswith(_NO_FILES_OF_OFFICES)


def unopened(name: str, error: OSError) -> Refused:
    """What is said of a file or folder that this account may not open."""
    return Refused(name, f"it cannot be opened: {error.strerror}", "请检查权限 (let the hub's account read it)")


def _entry(name: str, path: Path) -> Found | Refused:
    try:
        told = path.lstat()
    except OSError as error:
        return unopened(name, error)
    if stat.S_ISLNK(told.st_mode):
        return Refused(name, "it is a link, which may lead out of the folder", "请放入文件本身 (put the file itself there)")
    if not stat.S_ISREG(told.st_mode):
        return Refused(name, "it is no file but a pipe, a socket or a device", "请放入文件本身 (put the file itself there)")
    return Found(name, path, told.st_size)


def _name(root: Path, path: Path) -> str:
    return str(path.relative_to(root)) if path != root else root.name
