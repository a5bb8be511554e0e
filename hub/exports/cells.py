"""Files about people: nobody else on the machine may read them, and no spreadsheet takes a cell for a formula."""

import csv
import os
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import IO, Any

#: Controls, but for tab and line feed, and what sets the direction of writing (UAX 9).
_UNSEEN = re.compile("[\0-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_UNSEEN_BYTES = re.compile(rb"[\x7f]|\xc2[\x80-\x9f]|\xd8\x9c|\xe2\x80[\x8e\x8f\xaa-\xae]|\xe2\x81[\xa6-\xa9]")
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
    """A cell as it may stand in a sheet; numbers stay numbers. What would turn what a reader sees around, or cannot be seen, is left out."""
    if cell is None:
        return ""
    if isinstance(cell, str):
        shown = _UNSEEN.sub("", cell)
        return "'" + shown if cell.startswith(_STARTS) or shown.startswith(_STARTS) else shown
    return cell


def escaped(text: bytes) -> bytes:
    """A JSON text with the same characters written as escapes."""
    if not _UNSEEN_BYTES.search(text):
        return text
    return _UNSEEN.sub(lambda found: f"\\u{ord(found[0]):04x}", text.decode()).encode()
