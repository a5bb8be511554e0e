"""Loads CSV files by dlt into PostgreSQL and prints seconds and rows; run by its own environment, not by the hub's."""

import csv
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, unquote, urlsplit

import dlt


def main() -> None:
    """One pipeline, one table a file, appended; the imports are not counted."""
    dsn, *files = sys.argv[1:]
    began, rows = time.perf_counter(), 0
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.postgres(_credentials(dsn)), dataset_name="dlt_bench", pipelines_dir=tempfile.mkdtemp())
    resources = []
    for number, file in enumerate(files):
        text, count = _text(Path(file))
        rows += count
        resources.append(dlt.resource(_pages(text), name=f"t{number}", write_disposition="append"))
    pipeline.run(resources)
    print(time.perf_counter() - began, rows)


def _credentials(dsn: str) -> dict[str, str | int]:
    """As dlt wants them: the socket's folder is the host."""
    told = urlsplit(dsn)
    asked = parse_qs(told.query)
    return {"drivername": "postgresql", "username": told.username or "", "password": unquote(told.password or ""),
            "database": told.path.lstrip("/"), "host": quote(asked["host"][0], safe=""), "port": int(asked["port"][0])}


def _text(path: Path) -> tuple[str, int]:
    data = path.read_bytes()
    for encoding in ("utf-8-sig", "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "gb18030"):
        try:
            text = data.decode(encoding)
            return text, text.count("\n")
        except UnicodeDecodeError:
            continue
    raise SystemExit(f"{path.name}: encoding is not known")


def _pages(text: str) -> Iterator[list[dict[str, str]]]:
    page = []
    for row in csv.DictReader(text.splitlines()):
        page.append({str(k): v for k, v in row.items() if k})
        if len(page) == 5000:
            yield page
            page = []
    if page:
        yield page


if __name__ == "__main__":
    main()
