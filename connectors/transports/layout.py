"""Finds in a grid the title, the header and the data, and says of every other row why it is not data."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from connectors.transports.grid import Grid, GridRow, Merge, blank_row, is_blank
from connectors.transports.header import Header, find_header
from connectors.transports.notdata import is_summary_name, row_kind, title_kind
from hub.domain.delivery import NotData, NotDataKind, RawRow, RawSheet

IsHeader = Callable[[Sequence[str]], bool]

HEADER_SEARCH_ROWS = 40


def lay_out(grids: Sequence[Grid], is_header: IsHeader) -> tuple[RawSheet, ...]:
    """Lays out the sheets of one delivery.

    A sheet named as a summary or explanation is left out when another sheet has a known header; alone it is
    the data, since offices also call their one list 汇总表.
    """
    headers = [_head(grid, is_header) for grid in grids]
    data_elsewhere = any(
        header and not grid.hidden and not is_summary_name(grid.name)
        for grid, header in zip(grids, headers, strict=True)
    )
    return tuple(
        _sheet(grid, header, data_elsewhere=data_elsewhere)
        for grid, header in zip(grids, headers, strict=True)
    )


def _head(grid: Grid, is_header: IsHeader) -> Header | None:
    top: list[GridRow] = []
    for row in grid.rows:
        if not blank_row(row[1]):
            top.append(row)
        if len(top) == HEADER_SEARCH_ROWS:
            break
    return find_header(top, grid.merges, is_header)


def _sheet(grid: Grid, header: Header | None, *, data_elsewhere: bool) -> RawSheet:
    if grid.hidden:
        return _left_out(grid, header, NotDataKind.HIDDEN_SHEET)
    if is_summary_name(grid.name) and data_elsewhere:
        return _left_out(grid, header, NotDataKind.SUMMARY_SHEET)
    if header is None:
        return _left_out(grid, header, NotDataKind.NO_HEADER)
    return _data_sheet(grid, header)


def _left_out(grid: Grid, header: Header | None, kind: NotDataKind) -> RawSheet:
    filled = [number for number, cells in grid.rows if not blank_row(cells)]
    not_data = [NotData(filled[0], kind, len(filled))] if filled else []
    headers = header.paths if header else ()
    return RawSheet(grid.name, (), headers, (), not_data, hidden=grid.hidden)


def _data_sheet(grid: Grid, header: Header) -> RawSheet:
    title: list[str] = []
    not_data: list[NotData] = []
    hidden_rows: list[int] = []
    totals: list[str] = []
    count = 0
    for number, cells in grid.rows:
        if blank_row(cells):
            continue
        kind = _kind(number, cells, header, title)
        if kind is None:
            count += 1
            if number in grid.hidden_rows:
                hidden_rows.append(number)
            continue
        not_data.append(NotData(number, kind))
        if kind is NotDataKind.TOTAL:
            totals.append(_line(cells))
        if number < header.first_row:
            title.append(_line(cells))
    skipped = frozenset(item.row for item in not_data)
    rows = SheetRows(grid, len(header.paths), header.last_row, skipped, _fills(grid.merges, header.last_row))
    sheet = RawSheet(grid.name, tuple(title), header.paths, rows, not_data)
    return replace(sheet, row_count=count, hidden_rows=tuple(hidden_rows), total=totals[0] if len(totals) == 1 else "",
                   breaks=tuple(item.row for item in not_data if item.row > header.last_row), since_1904=grid.since_1904)


def _kind(number: int, cells: Sequence[str], header: Header, title: Sequence[str]) -> NotDataKind | None:
    if number < header.first_row:
        return title_kind(_line(cells))
    if number <= header.last_row:
        return NotDataKind.HEADER
    # A list printed by pages repeats its title with its header.
    if any(line.startswith(cells[0].strip() or "\n") and line == _line(cells) for line in title):
        return NotDataKind.TITLE
    return row_kind(cells, header)


def _line(cells: Sequence[str]) -> str:
    return " ".join(cell.strip() for cell in cells if not is_blank(cell))


@dataclass(frozen=True, slots=True)
class SheetRows:
    """The data rows of one sheet, made afresh at each iteration."""

    grid: Grid
    width: int
    header_end: int
    skipped: frozenset[int]
    fills: dict[int, tuple[Merge, ...]]

    def __iter__(self) -> Iterator[RawRow]:
        carried: dict[tuple[int, int], str] = {}
        for number, cells in self.grid.rows:
            blank = blank_row(cells)
            if number in self.fills:
                _fill_down(number, cells, self.fills[number], carried)
            if number <= self.header_end or number in self.skipped or blank:
                continue
            yield self._row(number, cells)

    def _row(self, number: int, cells: list[str]) -> RawRow:
        given = len(cells)
        while len(cells) > self.width and is_blank(cells[-1]):
            cells.pop()
        defect = _defect(cells, given, self.width, ragged=self.grid.ragged)
        cells.extend([""] * (self.width - len(cells)))
        return RawRow(number, tuple(cells), defect, number in self.grid.hidden_rows)


def _defect(cells: Sequence[str], given: int, width: int, *, ragged: bool) -> str | None:
    if len(cells) > width:
        return f"row has {len(cells)} cells, the header {width}"
    if ragged and given < width:
        return f"row has {given} cells, the header {width}"
    for column, cell in enumerate(cells, start=1):
        if "\x00" in cell:
            return f"column {column} holds a NUL character"
    return None


def _fills(merges: Sequence[Merge], header_end: int) -> dict[int, tuple[Merge, ...]]:
    """For each row below the header, the tall merged ranges that cover it."""
    fills: dict[int, tuple[Merge, ...]] = {}
    for merge in merges:
        if merge.top > header_end and merge.bottom > merge.top:
            for number in range(merge.top, merge.bottom + 1):
                fills[number] = (*fills.get(number, ()), merge)
    return fills


def _fill_down(
    number: int, cells: list[str], merges: Sequence[Merge], carried: dict[tuple[int, int], str]
) -> None:
    """Writes a tall merge's value into its first column on each of its rows, and nowhere else."""
    for merge in merges:
        cells.extend([""] * (merge.left + 1 - len(cells)))
        if number == merge.top:
            carried[merge.top, merge.left] = cells[merge.left]
        elif is_blank(cells[merge.left]):
            cells[merge.left] = carried.get((merge.top, merge.left), "")
