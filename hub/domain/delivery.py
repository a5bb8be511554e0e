"""What a transport hands over: one delivery as the office sees it, or the reason why it cannot be read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum


@dataclass(frozen=True, slots=True)
class RawDelivery:
    """One file, one result set or one page run, read to its end; nothing in it is interpreted yet.

    `file` is the display name (a zip member as `outer.zip/inner.csv`); `sha256` is of the bytes as received,
    or for SQL and HTTP of the rows in order; `encoding` is None where the format fixes it.
    """

    file: str
    sha256: str
    bytes: int
    encoding: str | None
    sheets: tuple[RawSheet, ...]


@dataclass(frozen=True, slots=True)
class Refused:
    """A delivery that cannot be read: the reason says what is wrong and where, the hint what to do."""

    file: str
    reason: str
    hint: str
    sha256: str = ""


@dataclass(frozen=True, slots=True)
class RawSheet:
    """One sheet: the texts above the header, one header path per column, and the rows below.

    Headers of two or three levels are flattened to `A/B/C`. `rows` may be iterated more than once and
    streams. Every non-blank row of the sheet is either in `rows` or in `not_data`, so `row_count` plus the
    sum of `not_data[i].rows` is what the sheet holds. A sheet that is hidden, a summary, or has no header
    has no rows.
    """

    name: str
    title: tuple[str, ...]
    headers: tuple[str, ...]
    rows: Iterable[RawRow]
    not_data: list[NotData]
    hidden: bool = False
    row_count: int = 0
    hidden_rows: tuple[int, ...] = ()
    total: str = ""  # the words of its total below the rows, where it has one and no subtotals
    breaks: tuple[int, ...] = ()  # rows below the header that are no data (titles, headers again, totals): a table ends there
    since_1904: bool = False  # bare serial days in it count from 1904 (domain D-19)


@dataclass(frozen=True, slots=True)
class RawRow:
    """One row: `number` is 1-based as the office sees it, `cells` is text as delivered, one per header.

    A row wider than the header keeps its further cells. `defect` says what is wrong with the row's shape
    (never a value), and `hidden` that the sender did not see it.
    """

    number: int
    cells: tuple[str, ...]
    defect: str | None = None
    hidden: bool = False


class NotDataKind(StrEnum):
    """Why a row, or a whole sheet, is not data."""

    TITLE = "title"
    UNIT = "unit line"
    HEADER = "header"
    REPEATED_HEADER = "repeated header"
    TOTAL = "total"
    NOTE = "note"
    HIDDEN_SHEET = "hidden sheet"
    SUMMARY_SHEET = "summary sheet"
    NO_HEADER = "sheet without a known header"


@dataclass(frozen=True, slots=True)
class NotData:
    """A row that carries no record, or `rows` of them when a whole sheet is left out (then from `row` on)."""

    row: int
    kind: NotDataKind
    rows: int = field(default=1)
