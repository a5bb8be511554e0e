"""A list of the graph as a file – NDJSON, CSV or XLSX – written row by row as it comes, however long it is."""

import csv
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from contextlib import aclosing, contextmanager
from pathlib import Path
from typing import Any

import asyncpg
import orjson
import xlsxwriter

from hub.exports.cells import escaped, private, safe
from hub.query.bulk import Bulk
from hub.query.marks import unmarked
from hub.query.policy import SETTINGS

PREFETCH = 500
MOST_IN_SHEET = 1_048_575  # rows below the header
Row = Callable[[bytes], None]


class TooLong(Exception):
    """A list that its file cannot hold."""


async def export_list(connection: asyncpg.Connection, asked: Bulk, variables: Mapping[str, Any], out: Path, mark: str = "") -> int:
    """Write the list; its kind is that of the file's ending. Returns how many rows. ``mark`` says below them who took them, when and for what (G.8)."""
    written = 0
    with WRITERS[out.suffix](out, asked.cells, mark) as write:
        async for text in rows(connection, asked, variables):
            write(text)
            written += 1
    return written


async def rows(connection: asyncpg.Connection, asked: Bulk, variables: Mapping[str, Any]) -> AsyncGenerator[bytes, None]:
    """The list's rows as JSON texts, a few at a time: one snapshot, however long it takes to write them."""
    assert asked.plan.sql is not None
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        for name in SETTINGS:
            await connection.execute("select set_config($1, $2, true)", f"hub.{name}", variables[f"@{name}"])
        async for row in connection.cursor(asked.plan.sql, *asked.plan.parameters(variables), prefetch=PREFETCH):
            yield row["answer"].encode()


async def told_of(connection: asyncpg.Connection, marked: Bulk, variables: Mapping[str, Any], most: int) -> set[str] | None:
    """Whom a list with marks is about; None where it has more than so many rows, or is about more people, whatever its rows are: no more are looked at."""
    about: set[str] = set()
    count = 0
    async with aclosing(rows(connection, marked, variables)) as told:
        async for row in told:
            count += 1
            about |= unmarked(row)[1]
            if count > most or sum("/" not in one for one in about) > most:
                return None
    return about


@contextmanager
def ndjson(out: Path, cells: Sequence[tuple[str, ...]], mark: str = "") -> Iterator[Row]:
    """One object a line, as PostgreSQL wrote it; characters that turn writing around are escapes."""
    with private(out) as file:
        yield lambda text: file.writelines((escaped(text), b"\n"))
        if mark:
            file.write(orjson.dumps({"watermark": mark}) + b"\n")


@contextmanager
def comma_separated(out: Path, cells: Sequence[tuple[str, ...]], mark: str = "") -> Iterator[Row]:
    """One line a row; a text that a spreadsheet would take for a formula gets an apostrophe."""
    with private(out, encoding="utf-8-sig") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        writer.writerow([".".join(path) for path in cells])

        def write(text: bytes) -> None:
            told = orjson.loads(text)
            writer.writerow([safe(_cell(told, path)) for path in cells])

        yield write
        if mark:
            writer.writerow([safe(mark)])


@contextmanager
def workbook(out: Path, cells: Sequence[tuple[str, ...]], mark: str = "") -> Iterator[Row]:
    """One sheet, written through to disk row by row; nothing in it is a formula or a link."""
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with private(out) as file, xlsxwriter.Workbook(file, options) as book:
        sheet = book.add_worksheet("list")
        sheet.write_row(0, 0, [".".join(path) for path in cells])
        count = 0

        def write(text: bytes) -> None:
            nonlocal count
            count += 1
            if count > MOST_IN_SHEET:
                raise TooLong(f"a sheet holds {MOST_IN_SHEET} rows; write .csv or .ndjson instead")
            told = orjson.loads(text)
            for column, path in enumerate(cells):
                value = _cell(told, path)
                if value is not None:
                    sheet.write(count, column, safe(value))

        yield write
        if mark:
            sheet.set_footer(f"&L{mark.replace('&', '&&')}")
            sheet.write(count + 1, 0, safe(mark))


WRITERS = {".ndjson": ndjson, ".csv": comma_separated, ".xlsx": workbook}


def _cell(row: Any, path: tuple[str, ...]) -> Any:
    """The value at a path; lists and objects as JSON."""
    for name in path:
        row = row.get(name) if isinstance(row, dict) else None
    return orjson.dumps(row).decode() if isinstance(row, (dict, list)) else row
