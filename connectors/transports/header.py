"""Finds a sheet's header row or rows, and flattens merged levels into one path per column."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from connectors.transports.grid import GridRow, Merge, is_blank

MAX_LEVELS = 3

_CAPTION = re.compile(r"[:：]|\d{4}\s*[年.-]|(?:局|政府|委员会|单位|联合会|名单|一览表)$")
_SPACES = re.compile(r"[\s\u200b\u200c\u200d\ufeff]+")


@dataclass(frozen=True, slots=True)
class Header:
    """A header found: its first and last row, one path per column, and the rows as they stand."""

    first_row: int
    last_row: int
    paths: tuple[str, ...]
    levels: tuple[tuple[str, ...], ...]
    openings: frozenset[str]

    def repeats(self, cells: Sequence[str]) -> bool:
        """True when a row below is this header again, as at each page of a printed list."""
        return _trimmed([plain(cell) for cell in cells]) in self.levels


def find_header(
    top: Sequence[GridRow], merges: Sequence[Merge], is_header: Callable[[Sequence[str]], bool]
) -> Header | None:
    """Looks down the first rows for one that the caller knows, alone or flattened with those it spans."""
    for start, (number, cells) in enumerate(top):
        levels = max(_span(number, merges), _gap_levels(top[start : start + MAX_LEVELS]))
        tall = _within(top, start, levels)
        grouped = _within(top, start, 2) if _names_groups(top[start], merges) else tall
        for rows in (tall, grouped):
            if len(rows) > 1 and is_header(_paths(rows, merges)):
                return _header(top, start, len(rows), merges)
        if is_header([cell.strip() for cell in cells]):
            return _header(top, start, len(tall), merges)
    return None


def plain(text: str) -> str:
    """Without any white space or zero-width mark: for recognising words, never for data."""
    return _SPACES.sub("", text)


def _header(top: Sequence[GridRow], start: int, depth: int, merges: Sequence[Merge]) -> Header:
    while start > 0 and depth < MAX_LEVELS and _is_above(top[start - 1], top[start], merges):
        start, depth = start - 1, depth + 1
    rows = top[start : start + depth]
    levels = tuple(_trimmed([plain(cell) for cell in cells]) for _, cells in rows)
    openings = frozenset(next(cell for cell in level if cell) for level in levels)
    return Header(rows[0][0], rows[-1][0], _trimmed(_paths(rows, merges)), levels, openings)


def _within(top: Sequence[GridRow], start: int, levels: int) -> Sequence[GridRow]:
    """The rows from `start` that lie within so many sheet rows; blank ones between are not in `top`."""
    last = top[start][0] + levels - 1
    return [row for row in top[start : start + levels] if row[0] <= last]


def _span(number: int, merges: Sequence[Merge]) -> int:
    """How many rows the tallest merged cell that begins in this row covers."""
    heights = [m.bottom - m.top + 1 for m in merges if m.top == number]
    return max((height for height in heights if height <= MAX_LEVELS), default=1)


def _gap_levels(rows: Sequence[GridRow]) -> int:
    levels = 1
    while levels < len(rows) and _fills_gaps(rows[levels - 1][1], rows[levels][1]):
        levels += 1
    return levels


def _fills_gaps(upper: Sequence[str], lower: Sequence[str]) -> bool:
    """True when the lower row stands only under groups of the upper, the finished columns left blank."""
    named = {column for column, cell in enumerate(upper) if not is_blank(cell)}
    filled = {column for column, cell in enumerate(lower) if not is_blank(cell)}
    gaps = set(range(max(named | filled, default=-1) + 1)) - named
    groups = gaps | {column - 1 for column in gaps}
    return bool(gaps) and gaps <= filled <= groups and len(filled) > 1 and not named <= filled


def _names_groups(row: GridRow, merges: Sequence[Merge]) -> bool:
    """True when merged cells of this row name groups of columns, rather than the office and the date."""
    wide = [m for m in merges if m.top == m.bottom == row[0] and m.right > m.left]
    width = max((m.right for m in merges), default=0) + 1
    return (
        any(m.right - m.left + 1 < 0.7 * width for m in wide)
        and sum(not is_blank(cell) for cell in row[1]) > 1
        and not any(_CAPTION.search(cell) for cell in row[1])
    )


def _is_above(upper: GridRow, lower: GridRow, merges: Sequence[Merge]) -> bool:
    """True when the row above a known header row names groups of its columns.

    Without merged cells only where the lower row repeats a name, since a title with a date beside it
    looks the same.
    """
    if merges:
        return _names_groups(upper, merges)
    names = [plain(cell) for cell in lower[1] if not is_blank(cell)]
    groups = [cell for cell in upper[1] if not is_blank(cell)]
    captions = any(_CAPTION.search(cell) for cell in groups)
    return len(set(names)) < len(names) and len(groups) > 1 and not captions


def _paths(rows: Sequence[GridRow], merges: Sequence[Merge]) -> list[str]:
    width = max(len(cells) for _, cells in rows)
    grid = {number: [cell.strip() for cell in cells] + [""] * (width - len(cells)) for number, cells in rows}
    covering = [m for m in merges if m.top in grid]
    for merge in covering:
        for number in range(merge.top, merge.bottom + 1):
            if number in grid and merge.left < width:
                columns = min(merge.right + 1, width) - merge.left
                grid[number][merge.left : merge.left + columns] = [grid[merge.top][merge.left]] * columns
    levels = list(grid.values())
    if not merges:
        for upper, lower in reversed(list(pairwise(levels))):
            _spread(upper, lower)
    return [_path(parts) for parts in zip(*levels, strict=True)]


def _spread(upper: list[str], lower: Sequence[str]) -> None:
    """Carries a group's name rightward over the blank cells that have a name below them."""
    for column in range(1, len(upper)):
        if not upper[column] and lower[column]:
            upper[column] = upper[column - 1]


def _path(parts: Sequence[str]) -> str:
    path: list[str] = []
    for part in parts:
        text = part.replace("\r", "").replace("\n", "")
        if text and (not path or path[-1] != text):
            path.append(text)
    return "/".join(path)


def _trimmed(cells: Sequence[str]) -> tuple[str, ...]:
    end = len(cells)
    while end and is_blank(cells[end - 1]):
        end -= 1
    return tuple(cells[:end])
