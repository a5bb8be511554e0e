"""The file of repaired cells that a person writes: a CSV, between commas, semicolons or tabs, with the columns delivery, sheet, row, column, value."""

import csv
import io
import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

HEADER = ["delivery", "sheet", "row", "column", "value"]
ROUNDED = "take them from `hub quarantine list` (a spreadsheet rounds an id of 19 digits: keep that column as text)"
DELIMITERS = (",", ";", "\t")  # as spreadsheets save a CSV, by where they are used
NOTHING = "nothing of the file was applied"
_WHOLE = re.compile(r"-?[0-9]{1,19}")


class RepairError(Exception):
    """A file of repairs that cannot be used; the message names the line and what is wrong there, never a cell."""

    def __init__(self, file: Path, line: int, wrong: str) -> None:
        super().__init__(f"{file} line {line}: {wrong}. {NOTHING[0].upper()}{NOTHING[1:]}")


class Place(NamedTuple):
    """Where a quarantined row stands."""

    delivery: int
    sheet: str
    row: int


@dataclass
class Repair:
    """The repaired cells of one row, and the lines of the file that speak of it: the first, and by column the last."""

    line: int
    values: dict[str, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)


def repairs(file: Path) -> dict[Place, Repair]:
    """The repaired cells by row; RepairError at the first line that cannot be used."""
    text = _text(file)
    head = text.partition("\n")[0]
    delimiter = next((d for d in DELIMITERS if next(csv.reader([head], delimiter=d), []) == HEADER), DELIMITERS[0])
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    told: dict[Place, Repair] = {}
    line = 1
    try:
        if (header := next(reader, [])) != HEADER:
            raise RepairError(file, 1, f"the header must be {','.join(HEADER)}, not {len(header)} other columns" if header else "the file is empty")
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                place = _place(file, line, cells)
                repair = told.setdefault(place, Repair(line))
                repair.values[cells[3]], repair.lines[cells[3]] = cells[4], line
            line = reader.line_num + 1
    except csv.Error as error:
        raise RepairError(file, line, "it cannot be read as CSV; look for a quotation mark or a cell without end") from error
    if not told:
        raise RepairError(file, 1, "no row follows the header")
    return told


def _text(file: Path) -> str:
    """The file as text: UTF-8, or GB18030 as spreadsheets in China save it."""
    data = file.read_bytes()
    faults = []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError as error:
            faults.append(error.start)
    line = data.count(b"\n", 0, max(faults)) + 1  # where the likelier of the two broke off
    raise RepairError(file, line, "it is neither UTF-8 nor GB18030; save the file as CSV UTF-8")


def _place(file: Path, line: int, cells: list[str]) -> Place:
    if len(cells) != len(HEADER):
        raise RepairError(file, line, f"it has {len(cells)} cells, the header {len(HEADER)}")
    delivery, sheet, row, column, _ = cells
    for name, cell, bits in (("delivery", delivery, 63), ("row", row, 31)):
        if not _WHOLE.fullmatch(cell.strip()) or not -(2**bits) <= int(cell) < 2**bits:
            raise RepairError(file, line, f"{name} is not a whole number as printed; {ROUNDED}")
    if not column.strip():
        raise RepairError(file, line, "column is blank; name the column that the value belongs to")
    if any("\x00" in cell for cell in cells):
        raise RepairError(file, line, "it holds a NUL character")
    return Place(int(delivery), sheet, int(row))
