"""The same table carried by each transport: written where an office would have it, then read by the hub."""

from __future__ import annotations

import io
import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

import sqlalchemy as sa
import xlsxwriter
from making import text_file
from office import Office, by_cursor

from connectors.transports.files import open_deliveries
from connectors.transports.http import HttpSource
from connectors.transports.http_paging import CursorPaging
from connectors.transports.sql import SqlSource
from hub.domain.delivery import RawDelivery, Refused

Row = Sequence[str]
Carrier = Callable[[Row, Sequence[Row], Path], RawDelivery | Refused]

PAGE = 500
_tables = itertools.count(1)


def csv_file(headers: Row, rows: Sequence[Row], folder: Path) -> RawDelivery | Refused:
    path = folder / "list.csv"
    path.write_bytes(text_file([headers, *rows]))
    return _one_file(path, headers)


def gb18030_file(headers: Row, rows: Sequence[Row], folder: Path) -> RawDelivery | Refused:
    path = folder / "list_gb.csv"
    path.write_bytes(text_file([headers, *rows], encoding="gb18030"))
    return _one_file(path, headers)


def xlsx_file(headers: Row, rows: Sequence[Row], folder: Path) -> RawDelivery | Refused:
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet()
    for number, row in enumerate([headers, *rows]):
        for column, cell in enumerate(row):
            sheet.write_string(number, column, cell)
    book.close()
    path = folder / "list.xlsx"
    path.write_bytes(stream.getvalue())
    return _one_file(path, headers)


def _one_file(path: Path, headers: Row) -> RawDelivery | Refused:
    wanted = [header.strip() for header in headers]
    (item,) = open_deliveries(path, is_header=lambda cells: list(cells)[: len(wanted)] == wanted)
    return item


def database(url: str) -> Carrier:
    """A carrier by way of a table of that database; the first column is the key."""

    def carry(headers: Row, rows: Sequence[Row], folder: Path) -> RawDelivery | Refused:
        source = SqlSource(
            name="list",
            url=url.format(folder=folder),
            keys=(headers[0],),
            table=fill(url.format(folder=folder), headers, rows),
            page_size=PAGE,
        )
        return source.read()

    return carry


def fill(url: str, headers: Row, rows: Sequence[Row]) -> str:
    """Makes a table with a whole number as its key and texts beside it, and returns its name."""
    name = f"list_{next(_tables)}"
    engine = sa.create_engine(url, poolclass=sa.NullPool)
    columns = [sa.Column(headers[0], sa.Integer, primary_key=True, autoincrement=False)]
    table = sa.Table(name, sa.MetaData(), *columns, *(sa.Column(h, sa.Text) for h in headers[1:]), mysql_charset="utf8mb4")
    with engine.begin() as connection:
        table.create(connection)
        # Written from the last row to the first: only the key gives the order.
        filled = [dict(zip(headers, [int(row[0]), *row[1:]], strict=True)) for row in reversed(rows)]
        if filled:
            connection.execute(table.insert(), filled)
    return name


def json_pages(headers: Row, rows: Sequence[Row], folder: Path) -> RawDelivery | Refused:
    records = [dict(zip(headers, [int(row[0]), *row[1:]], strict=True)) for row in rows]
    with Office(by_cursor(records, PAGE)) as office:
        source = HttpSource("list", f"{office.url}/list", CursorPaging(), ("data", "items"))
        return source.read()
