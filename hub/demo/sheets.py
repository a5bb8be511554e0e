"""How an extract is written to a file, and how the truth about its rows is kept beside it."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from random import Random
from typing import Any

import xlsxwriter

from hub.demo.city import City, Person
from hub.demo.dirt import Dirt, Smudge, smudge


@dataclass(frozen=True)
class Named:
    """A person a row names: in which role, who it truly is, and what became of the number."""

    role: str
    person: Person
    id_state: str


@dataclass
class Line:
    """One row before it is written: cells by header, the persons it names, the sheet it goes to."""

    cells: dict[str, str]
    named: list[Named] = field(default_factory=list)
    sheet: str = "Sheet1"


@dataclass(frozen=True)
class Round:
    """One month's round of deliveries: the city as it was, the dirt, and what each row needs."""

    city: City
    dirt: Dirt
    day: date
    number: int

    def smudge(self, source: str, key: str) -> Smudge:
        """The dirt of one row of a source: the same in every round."""
        return smudge(self.dirt, self.city.seed, source, key)


Lines = Callable[[Round], Iterator[Line]]


@dataclass(frozen=True)
class Extract:
    """One department's extract: its headers, how its file is written, and its lines."""

    department: str
    title: str
    headers: tuple[str, ...]
    lines: Lines
    form: str = "xlsx"  # xlsx, gb18030, utf-8-sig or utf-16
    heading: str = ""  # a title line above the header
    unit: str = ""  # a note line under the title
    total: bool = False  # a total line at the end
    numbered: bool = True  # 序号 in the first column
    second_round: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None  # headers of the second month

    def headers_of(self, round_: Round) -> tuple[str, ...]:
        """The headers of a round, in the order in which its file has them."""
        return self.second_round(self.headers) if self.second_round and round_.number == 2 else self.headers


def write(extract: Extract, round_: Round, folder: Path, truth: "csv.Writer | None") -> int:  # type: ignore[name-defined]
    """Write one file; the truth about each row's persons goes to ``truth``. Returns how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "xlsx" if extract.form == "xlsx" else "csv"
    path = folder / f"{extract.title}_{round_.day:%Y%m}.{suffix}"
    sheets: dict[str, list[Line]] = defaultdict(list)
    doubles = Random(f"{round_.city.seed}/doubles/{extract.title}")
    for line in extract.lines(round_):
        sheets[line.sheet].append(line)
        if doubles.random() < round_.dirt.double:
            sheets[line.sheet].append(line)
    if not sheets:
        sheets["Sheet1"] = []  # an office sends the header all the same
    number = 0
    headers = extract.headers_of(round_)
    tables: dict[str, list[tuple[str, ...]]] = {}
    for sheet, lines in sorted(sheets.items()):
        top = [(extract.heading.format(day=round_.day),)] if extract.heading else []
        top += [(extract.unit,)] if extract.unit else []
        rows: list[tuple[str, ...]] = [*top, (*(("序号",) if extract.numbered else ()), *headers)]
        for line in lines:
            number += 1
            rows.append((*((str(number),) if extract.numbered else ()), *(line.cells.get(_plain(header), "") for header in headers)))
            if truth:
                row = number if extract.numbered else len(rows)
                for named in line.named:
                    truth.writerow(
                        (
                            path.name,
                            sheet,
                            row,
                            named.role,
                            named.person.id,
                            named.person.household,
                            "child" if named.person.age(round_.day) < 18 else "adult",
                            int(named.person.twin),
                            named.id_state,
                        )
                    )
        if extract.total:
            rows.append(("合计", f"{len(lines)}人"))
        tables[sheet] = rows
    if extract.form == "xlsx":
        _write_xlsx(path, tables, width=len(headers) + extract.numbered, merged=bool(extract.heading))
    else:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(row for rows in tables.values() for row in rows)
        path.write_bytes(text.getvalue().encode(extract.form))
    return number


def _plain(header: str) -> str:
    """A header's own name, without the spelling a round gives it."""
    return SPELT.get(header, header)


#: Other spellings that rounds use -> the header the lines are told by.
SPELT: dict[str, str] = {}


def _write_xlsx(path: Path, tables: dict[str, list[tuple[str, ...]]], *, width: int, merged: bool) -> None:
    """A workbook, every cell text; the same bytes for the same content."""
    book = xlsxwriter.Workbook(str(path), {"constant_memory": True, "strings_to_numbers": False})
    book.set_properties({"created": datetime(2026, 1, 1)})
    for name, rows in tables.items():
        sheet = book.add_worksheet(name[:31])
        for place, row in enumerate(rows):
            if place == 0 and merged:
                sheet.merge_range(0, 0, 0, max(width - 1, 1), row[0])
                continue
            for column, cell in enumerate(row):
                if cell:
                    sheet.write_string(place, column, cell)
    if merged:
        _write_asides(book, tables)
    book.close()


def _write_asides(book: Any, tables: dict[str, list[tuple[str, ...]]]) -> None:
    """What offices leave in a workbook beside its tables: a summary, and a hidden sheet with an old copy of the first rows."""
    summary = book.add_worksheet("汇总")
    for place, (name, count) in enumerate((("表名", "行数"), *((name, str(len(rows))) for name, rows in tables.items()))):
        summary.write_string(place, 0, name)
        summary.write_string(place, 1, count)
    old = book.add_worksheet("旧表")
    old.hide()
    for place, row in enumerate(next(iter(tables.values()))[:4]):
        for column, cell in enumerate(row):
            old.write_string(place, column, cell)
