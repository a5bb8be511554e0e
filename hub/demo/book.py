"""Workbooks as offices send them: merged titles, headers of two rows, merged data cells, a summary, a hidden sheet of an old copy."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import xlsxwriter

Row = tuple[str, ...]
Merge = tuple[int, int, int, int]  # first row, first column, last row, last column; all counted from 0


@dataclass
class Table:
    """One sheet: its rows from the title on, its merged cells, and for each line the number by which its row is told."""

    name: str
    width: int
    titled: bool  # the first row is a title over the whole width
    rows: list[Row] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    serials: list[int] = field(default_factory=list)

    def put_header(self, header: Row, groups: list[tuple[str, int, int]]) -> None:
        """The header; with groups, in two rows: a group's name over its columns, every other header as tall as both."""
        if groups:
            top, upper = len(self.rows), list(header)
            lower = [""] * len(header)
            for name, first, last in groups:
                upper[first : last + 1] = [name] + [""] * (last - first)
                lower[first : last + 1] = header[first : last + 1]
                self.merges.append((top, first, top, last))
            self.merges += [(top, column, top + 1, column) for column, cell in enumerate(lower) if not cell]
            self.rows += [tuple(upper), tuple(lower)]
        else:
            self.rows.append(header)

    def merge_down(self, columns: list[int], lines: int) -> None:
        """Merge these columns over neighbouring lines that agree in the first of them; only the last ``lines`` rows are lines."""
        first = len(self.rows) - lines
        while columns and first < len(self.rows):
            last = first
            while last + 1 < len(self.rows) and self.rows[last + 1][columns[0]] == self.rows[first][columns[0]]:
                last += 1
            if last > first:
                self.merges += [(first, column, last, column) for column in columns]
            first = last + 1


def write_book(path: Path, tables: list[Table]) -> None:
    """A workbook, every cell text; the same bytes for the same content."""
    plain = not any(table.merges for table in tables)  # merged cells reach into rows below, which a stream has not begun
    book = xlsxwriter.Workbook(str(path), {"constant_memory": plain, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2026, 1, 1)})
    for table in tables:
        _write(book.add_worksheet(table.name[:31]), table)
    if any(table.titled for table in tables):
        _write_asides(book, tables)
    book.close()


def _write(sheet: Any, table: Table) -> None:
    covered = {
        (row, column) for top, left, bottom, right in table.merges for row in range(top, bottom + 1) for column in range(left, right + 1)
    }
    for place, row in enumerate(table.rows):
        if place == 0 and table.titled:
            sheet.merge_range(0, 0, 0, max(table.width - 1, 1), row[0])
            continue
        for column, cell in enumerate(row):
            if cell and (place, column) not in covered:
                sheet.write_string(place, column, cell)
    for top, left, bottom, right in table.merges:
        sheet.merge_range(top, left, bottom, right, table.rows[top][left])


def _write_asides(book: Any, tables: list[Table]) -> None:
    """What offices leave in a workbook beside its tables: a summary, and a hidden sheet with an old copy of the first rows."""
    summary = book.add_worksheet("汇总")
    for place, (name, count) in enumerate((("表名", "行数"), *((table.name, str(len(table.serials))) for table in tables))):
        summary.write_string(place, 0, name)
        summary.write_string(place, 1, count)
    old = book.add_worksheet("旧表")
    old.hide()
    for place, row in enumerate(tables[0].rows[:6]):
        for column, cell in enumerate(row):
            if cell:
                old.write_string(place, column, cell)
