"""Reads the tables of an HTML page that a web export has named .xls (domain research D-38)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from html.parser import HTMLParser

from connectors.transports.grid import Grid, HeldRows, Merge, blank_row
from connectors.transports.refusal import EXPORT_AGAIN, Unreadable
from connectors.transports.text import decode, refuse_mojibake

MAX_SPAN = 1_000

_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_LINE_BREAKS = ("br", "p", "div")


def read_html(data: bytes) -> tuple[list[Grid], str | None]:
    """Returns each table that holds rows as a sheet, and the encoding; raises `Unreadable`."""
    text, encoding = _decode(data)
    refuse_mojibake(text)
    reader = _TableReader()
    reader.feed(text)
    reader.close()
    tables = [table for table in reader.tables if any(not blank_row(row) for row in table.rows)]
    if not tables:
        raise Unreadable(
            "this is a web page without a table (an error or log-in page saved as a file?)", EXPORT_AGAIN
        )
    return [_grid(number, table) for number, table in enumerate(tables, start=1)], encoding


def _decode(data: bytes) -> tuple[str, str]:
    """By what the page declares, else as any delimited text; a page that says gb2312 means GB18030."""
    declared = _CHARSET.search(data[:4096])
    name = declared[1].decode("ascii", "replace").lower() if declared else ""
    if name.startswith("gb"):
        try:
            return data.decode("gb18030"), "gb18030"
        except UnicodeDecodeError:
            return decode(data)
    return decode(data)


@dataclass(slots=True)
class _Table:
    rows: list[list[str]] = field(default_factory=list)
    merges: list[Merge] = field(default_factory=list)
    covered: set[tuple[int, int]] = field(default_factory=set)

    def place(self, text: str, down: int, right: int) -> None:
        """Puts a cell in the first free column of the last row, and notes what it spans."""
        number, row = len(self.rows), self.rows[-1]
        while (number, len(row)) in self.covered:
            row.append("")
        column = len(row)
        row.extend([text] + [""] * (right - 1))
        if down > 1 or right > 1:
            self.merges.append(Merge(number, column, number + down - 1, column + right - 1))
            for below in range(number + 1, number + down):
                self.covered.update((below, c) for c in range(column, column + right))


class _TableReader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: list[_Table] = []
        self._open: list[_Table] = []
        self._cell: list[str] | None = None
        self._span = (1, 1)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        if tag == "table":
            self._finish_cell()
            self._open.append(_Table())
            self.tables.append(self._open[-1])
        elif tag == "tr" and self._open:
            self._finish_cell()
            self._open[-1].rows.append([])
        elif tag in ("td", "th") and self._open and self._open[-1].rows:
            self._finish_cell()
            given = dict(attrs)
            self._span = (_count(given.get("rowspan")), _count(given.get("colspan")))
            self._cell = []
        elif tag in _LINE_BREAKS and self._cell:
            self._cell.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in ("td", "th", "tr", "table"):
            self._finish_cell()
        if tag == "table" and self._open:
            self._open.pop()

    def handle_data(self, data: str) -> None:
        if self._cell is not None:
            self._cell.append(data)

    def close(self) -> None:
        super().close()
        self._finish_cell()

    def _finish_cell(self) -> None:
        if self._cell is not None and self._open:
            text = "".join(self._cell)
            self._open[-1].place(text.strip(" \t\r\n"), *self._span)
        self._cell = None


def _count(text: str | None) -> int:
    digits = (text or "").strip()
    return min(max(int(digits), 1), MAX_SPAN) if digits.isascii() and digits.isdigit() else 1


def _grid(number: int, table: _Table) -> Grid:
    rows = HeldRows()
    for row_number, cells in enumerate(table.rows, start=1):
        rows.add(row_number, cells)
    rows.close()
    return Grid(name=f"table {number}", rows=rows, merges=tuple(table.merges))
