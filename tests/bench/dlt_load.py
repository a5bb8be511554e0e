"""Loads a round's files, text and workbooks, by dlt into PostgreSQL and prints seconds and rows; run by its own environment.

dlt reads, normalises and appends; it validates, seals, compares and keys nothing. A workbook goes through the same reader as the hub's.
"""

import csv
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import dlt
import python_calamine

Table = Iterable[list[str]]


def main() -> None:
    """One pipeline, one table a sheet, appended; the imports are not counted, opening the files is."""
    dsn, *files = sys.argv[1:]
    began = time.perf_counter()
    rows: Counter[str] = Counter()
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(_credentials(dsn)), dataset_name="dlt_bench", pipelines_dir=tempfile.mkdtemp())
    tables = [table for file in files for table in (_sheets(Path(file)) if file.endswith(".xlsx") else [_text(Path(file))])]
    pipeline.run([dlt.resource(_pages(table, str(n), rows), name=f"t{n}", write_disposition="append") for n, table in enumerate(tables)])
    print(time.perf_counter() - began, rows.total())


def _credentials(dsn: str) -> dict[str, str | int]:
    """As dlt wants them: the socket's folder is the host."""
    told = urlsplit(dsn)
    asked = parse_qs(told.query)
    return {"drivername": "postgresql", "username": told.username or "", "password": unquote(told.password or ""),
            "database": told.path.lstrip("/"), "host": quote(asked["host"][0], safe=""), "port": int(asked["port"][0])}


def _text(path: Path) -> Table:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            return csv.reader(data.decode(encoding).splitlines())
        except UnicodeDecodeError:
            continue
    raise SystemExit(f"{path.name}: encoding is not known")


def _sheets(path: Path) -> Iterator[Table]:
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        yield ([str(cell) for cell in row] for row in book.get_sheet_by_name(name).iter_rows())


def _pages(table: Table, name: str, rows: Counter[str]) -> Iterator[list[dict[str, str]]]:
    """Pages of 5,000 rows as dlt takes them; the header is the first row with three cells filled, as titles have fewer."""
    lines = iter(table)
    header = next((line for line in lines if sum(map(bool, line)) > 2), [])
    while page := [dict(zip(header, line, strict=False)) for line in islice(lines, 5000)]:
        rows[name] += len(page)
        yield [{key: cell for key, cell in row.items() if key} for row in page]


if __name__ == "__main__":
    main()
