"""Reads a workbook in a child process with limits, after the zip's directory has been checked."""

from __future__ import annotations

import os
import selectors
import struct
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from connectors.transports.archive import SPLIT, open_checked
from connectors.transports.grid import Grid, HeldRows, Merge
from connectors.transports.limits import MIB, Limits
from connectors.transports.refusal import EXPORT_AGAIN, SAVE_AS_XLSX, Unreadable

CHILD = Path(__file__).with_name("workbook_child.py")

_FRAME = struct.Struct(">cI")
_FRAME_LIMIT = 256 * MIB
_MEMORY_PER_UNPACKED_BYTE = 5

Frames = Iterator[tuple[bytes, bytes]]


def read_workbook(data: bytes, limits: Limits, *, zipped: bool) -> list[Grid]:
    """Returns the sheets in workbook order, rows held compressed; raises `Unreadable`.

    `zipped` is True for .xlsx, whose directory is checked first; an old .xls goes to the child as it is.
    """
    unpacked = _check_directory(data, limits) if zipped else len(data)
    memory = limits.memory_floor + _MEMORY_PER_UNPACKED_BYTE * unpacked
    arguments = {
        "zipped": zipped,
        "memory": min(memory, limits.memory_ceiling),
        "cpu_seconds": limits.cpu_seconds,
        "unpacked_bytes": limits.unpacked_bytes,
        "sheets": limits.sheets,
        "sheet_cells": limits.sheet_cells,
        "merges": limits.merges,
        "shared_strings": limits.shared_strings,
        "cell_characters": limits.cell_characters,
    }
    with _Child(data, arguments, limits.wall_seconds) as child:
        return _grids(child.frames())


def _check_directory(data: bytes, limits: Limits) -> int:
    with open_checked(data, limits) as archive:
        for part in archive.infolist():
            if "vbaproject" in part.filename.lower():
                raise Unreadable("the workbook contains macros (vbaProject)", SAVE_AS_XLSX)
        return sum(part.file_size for part in archive.infolist())


class _Child:
    """The child process: takes the file on a descriptor, answers in length-prefixed frames on its output."""

    def __init__(self, data: bytes, arguments: dict[str, Any], wall_seconds: int) -> None:
        self._deadline = time.monotonic() + wall_seconds
        with _anonymous_file(data) as file:
            self._process = subprocess.Popen(
                [sys.executable, "-I", str(CHILD), orjson.dumps(arguments).decode()],
                stdin=file,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"LC_ALL": "C.UTF-8", "PATH": os.defpath},
                cwd="/",
                close_fds=True,
            )

    def __enter__(self) -> _Child:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        if self._process.stdout:
            self._process.stdout.close()

    def frames(self) -> Frames:
        """Yields each frame's kind and body; raises `Unreadable` if the child dies or takes too long."""
        while True:
            kind, length = _FRAME.unpack(self._exactly(_FRAME.size))
            if length > _FRAME_LIMIT:
                raise Unreadable("the workbook cannot be parsed", SAVE_AS_XLSX)
            body = self._exactly(length)
            if kind == b"E":
                return
            if kind == b"X":
                failure = orjson.loads(body)
                raise Unreadable(failure["reason"], _HINTS.get(failure["hint"], EXPORT_AGAIN))
            yield kind, body

    def _exactly(self, length: int) -> bytes:
        assert self._process.stdout is not None
        descriptor, data = self._process.stdout.fileno(), bytearray()
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, selectors.EVENT_READ)
            while len(data) < length:
                if not selector.select(max(0.0, self._deadline - time.monotonic())):
                    raise Unreadable("reading the workbook took too long", SPLIT)
                part = os.read(descriptor, min(length - len(data), MIB))
                if not part:
                    raise self._death()
                data += part
        return bytes(data)

    def _death(self) -> Unreadable:
        """A child that ends without its last frame was stopped by its memory or time limit, or crashed."""
        status = self._process.wait()
        return Unreadable(
            f"the workbook needs more memory or time than is allowed, or is damaged (reader: {status})",
            SPLIT,
        )


_HINTS = {
    "split": SPLIT,
    "save": SAVE_AS_XLSX,
    "export": EXPORT_AGAIN,
    "password": "请取消密码后重新报送 (remove the password)",
}


def _anonymous_file(data: bytes) -> BinaryIO:
    """The bytes as a file without a name: in memory where the system can, so that no copy stays on disk."""
    file: BinaryIO
    if hasattr(os, "memfd_create"):
        file = os.fdopen(os.memfd_create("workbook"), "w+b")
    else:
        file = tempfile.TemporaryFile()  # noqa: SIM115 -- handed to the caller's `with`
    file.write(data)
    file.flush()
    file.seek(0)
    return file


def _grids(frames: Frames) -> list[Grid]:
    grids: list[Grid] = []
    held = HeldRows()
    for kind, body in frames:
        if kind == b"S":
            held = HeldRows()
            grids.append(_grid(orjson.loads(body), held))
        elif kind == b"R":
            held.add_block(body)
    return grids


def _grid(described: dict[str, Any], rows: HeldRows) -> Grid:
    return Grid(
        name=described["name"],
        rows=rows,
        merges=tuple(Merge(*merge) for merge in described["merges"]),
        hidden_rows=frozenset(described["hidden_rows"]),
        hidden=described["hidden"],
        since_1904=described["since_1904"],
    )
