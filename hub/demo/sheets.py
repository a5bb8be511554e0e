"""How an extract is written to a file, and how the truth about its rows is kept beside it."""

import csv
import io
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

from hub.demo.book import Table, write_book
from hub.demo.city import EXAMPLE, City, Person
from hub.demo.dirt import NONE, Dirt, Smudge, misheard, smudge

SERIAL = "序号"
NAMES = ("姓名", "儿童姓名", "家庭成员姓名", "成员姓名", "G1")  # of the person that a row is about


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
    named: dict[str, set[bool]] = field(default_factory=lambda: defaultdict(set))  # person -> whether a list told the name beside a valid number rightly, or misheard

    def named_differently(self) -> set[str]:
        """Whom the lists of this round name differently under one number."""
        return {person for person, told in self.named.items() if len(told) > 1}

    def smudge(self, source: str, key: str) -> Smudge:
        """The dirt of one row of a source: the same in every round; none on the worked example's rows."""
        return smudge(NONE if key.startswith(EXAMPLE) else self.dirt, self.city.seed, source, key)


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
    note: str = ""  # who filled it in, below everything
    page: int = 0  # printed by pages: the header again after so many rows
    groups: tuple[tuple[str, str, str], ...] = ()  # an upper header row: a name over the columns from one header to another
    merged: tuple[str, ...] = ()  # columns merged over neighbouring rows of the same first one
    numbered: bool = True  # 序号 in the first column
    second_round: Callable[[tuple[str, ...]], tuple[str, ...]] | None = None  # headers of the second month

    def headers_of(self, round_: Round) -> tuple[str, ...]:
        """The headers of a round, in the order in which its file has them."""
        return self.second_round(self.headers) if self.second_round and round_.number == 2 else self.headers


def write(extract: Extract, round_: Round, folder: Path, truth: Any) -> int:
    """Write one file; the truth about each row's persons goes to ``truth``, a csv writer. Returns how many rows it has."""
    folder.mkdir(parents=True, exist_ok=True)
    suffix = "xlsx" if extract.form == "xlsx" else "csv"
    path = folder / f"{extract.title}_{round_.day:%Y%m}.{suffix}"
    number = 0
    tables = []
    for sheet, lines in sorted(_sheets(extract, round_).items()):
        table = _table(extract, round_, sheet, lines, number)
        for line, row in zip(lines, table.serials, strict=True):
            truth.writerows(_truth(named, path.name, sheet, row, round_.day) for named in line.named)
        number += len(lines)
        tables.append(table)
    if extract.form == "xlsx":
        write_book(path, tables)
    else:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerows(row for table in tables for row in table.rows)
        path.write_bytes(text.getvalue().encode(extract.form))
    return number


def _sheets(extract: Extract, round_: Round) -> dict[str, list[Line]]:
    """The lines by sheet, a few of them twice, each with what its list says of the person of its own."""
    sheets: dict[str, list[Line]] = defaultdict(list)
    doubles = Random(f"{round_.city.seed}/doubles/{extract.title}")
    for line in extract.lines(round_):
        if line.named:
            line.cells |= line.named[0].person.said.get(extract.title, {})
            _hear(line, round_)
        sheets[line.sheet].append(line)
        if doubles.random() < round_.dirt.double:
            sheets[line.sheet].append(line)
    return sheets or {"Sheet1": []}  # an office sends the header all the same


def _hear(line: Line, round_: Round) -> None:
    """Note whether a row has its person's name, or a homophone of it."""
    subject = line.named[0]
    if subject.id_state == "ok" and subject.role == "主体":
        for cell in (line.cells[header] for header in NAMES if header in line.cells):
            name = subject.person.name
            round_.named[subject.person.id].add(cell != misheard(name) or cell == name)


def _table(extract: Extract, round_: Round, name: str, lines: list[Line], before: int) -> Table:
    """One sheet's rows from its title to its last note; ``before`` rows stand in the sheets before it."""
    headers = extract.headers_of(round_)
    header = (*((SERIAL,) if extract.numbered else ()), *headers)
    table = Table(name, len(header), bool(extract.heading))
    table.rows += [(text.format(day=round_.day),) for text in (extract.heading, extract.unit) if text]
    groups = [(group, header.index(first), header.index(last)) for group, first, last in extract.groups]
    table.put_header(header, groups)
    names = [_plain(told) for told in headers]
    for place, line in enumerate(lines):
        if extract.page and place and place % extract.page == 0:
            table.rows.append(header)
        cells = tuple([line.cells.get(told, "") for told in names])
        serial = before + place + 1
        table.rows.append((str(serial), *cells) if extract.numbered else cells)
        table.serials.append(serial if extract.numbered else len(table.rows))
    table.merge_down([header.index(told) for told in extract.merged], len(lines))
    if extract.total:
        table.rows.append(("合计", f"{len(lines)}人"))
    if extract.note:
        table.rows.append((extract.note,))
    return table


def _truth(named: Named, file: str, sheet: str, row: int, day: date) -> tuple[object, ...]:
    person = named.person
    kind = "child" if person.age(day) < 18 else "adult"
    return file, sheet, row, named.role, person.id, person.household, kind, int(person.twin), named.id_state


def _plain(header: str) -> str:
    """A header's own name, without the spelling a round gives it."""
    return SPELT.get(header, header)


#: Other spellings that rounds use -> the header the lines are told by.
SPELT: dict[str, str] = {}
