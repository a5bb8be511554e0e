"""CSV files whose cells no spreadsheet takes for a formula."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path

_STARTS = ("=", "+", "-", "@", "\t", "\r", "\0", "＝", "＋", "－", "＠")


def write_csv(path: Path, header: Sequence[str], rows: Iterable[Sequence[object]]) -> int:
    """Write rows; returns how many. None is an empty cell; a text that a spreadsheet would run gets an apostrophe."""
    written = 0
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        for row in rows:
            writer.writerow([safe(cell) for cell in row])
            written += 1
    return written


def safe(cell: object) -> object:
    """A cell as it may stand in a sheet; numbers stay numbers."""
    if cell is None:
        return ""
    if isinstance(cell, str) and cell.startswith(_STARTS):
        return "'" + cell
    return cell
