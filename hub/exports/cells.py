"""Files about people: nobody else on the machine may read them, and no spreadsheet takes a cell for a formula."""

import csv
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows; returns how many. None is an empty cell; a text that a spreadsheet would run gets an apostrophe."""
    written = 0
    with private(path, encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([safe(cell) for cell in row])
            written += 1
    return written


def private(path: Path, *, encoding: str | None = None) -> IO[Any]:
    """The file opened for writing, as text where there is an encoding; only its owner may read it, also where it was there before."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    os.fchmod(file, 0o600)
    return open(file, "w", newline="", encoding=encoding) if encoding else open(file, "wb")


def safe(cell: object) -> object:
    """A cell as it may stand in a sheet; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_STARTS):
        return "'" + cell
    return cell
