"""Repeated: 同上 and 〃 become what the row above says, within one table (domain D-35)."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import replace

from hub.contract.recognise import Match
from hub.contract.types import SECRET_TYPES
from hub.domain.delivery import RawRow, RawSheet
from hub.domain.values.text import DITTOS, is_blank, is_ditto

#: A name or number is somebody's own; nobody's is taken from the row above.
NEVER = SECRET_TYPES | {"name", "line_number"}


def repeated(sheet: RawSheet, match: Match, taken: Counter[str]) -> Iterator[RawRow]:
    """The sheet's rows, marks replaced where the table has a value above; ``taken`` counts them by column.

    A title, a repeated header or a total ends the table. A mark that nothing stands above, or of a name or number, stays as it
    is and is a cell error.
    """
    columns = [(position, rule.name) for position, rule in match.columns.items() if rule.type not in NEVER and (not rule.secret or rule.type == "household")]
    breaks = iter(sorted(sheet.breaks))
    ends = next(breaks, None)
    above: tuple[str, ...] = ()
    for row in sheet.rows:
        while ends is not None and ends < row.number:
            above, ends = (), next(breaks, None)
        if not DITTOS.isdisjoint(row.cells):
            row = _filled(row, above, columns, taken)
        above = row.cells
        yield row


def told(taken: Counter[str]) -> tuple[str, ...]:
    """A sentence for each column in which marks were replaced."""
    return tuple(f"column {column}: {n} cells say 同上 or the like, and have the value of the row above" for column, n in sorted(taken.items()))


def _filled(row: RawRow, above: tuple[str, ...], columns: list[tuple[int, str]], taken: Counter[str]) -> RawRow:
    cells = list(row.cells)
    for position, name in columns:
        if is_ditto(cells[position]) and position < len(above) and not is_blank(above[position]) and not is_ditto(above[position]):
            cells[position] = above[position]
            taken[name] += 1
    return replace(row, cells=tuple(cells))
