"""Rows in quarantine that may be somebody's: while one waits, being absent from its list proves nothing for whom it may name.

Cells are compared as they lie there: a sealed number by its blind index, a name by the form in which names are compared. Nothing is opened.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from hub.domain.values.dates import PartialDate, read_date
from hub.domain.values.person_name import LOST, PersonName, read_person_name
from hub.rules.programmes import LISTS

NAMES = re.compile(r"姓名|名字")
OF_OTHERS = re.compile(r"户主|监护人|父亲|母亲|联系人|账户|开户|申请人|经办")
NUMBERS = re.compile(r"身份证|身份号码|证件号|残疾人证号")
BIRTHS = re.compile(r"出生日期|出生年月")


@dataclass(frozen=True)
class WaitingRow:
    """One row of a list: the blind indexes of its sealed cells, of those that are its person's own numbers, the names it gives that
    person, and the days on which that person may have been born where it tells them."""

    source: str
    sealed: frozenset[bytes]
    numbers: frozenset[bytes]
    names: tuple[str, ...]
    born: tuple[date, date] | None


@dataclass(frozen=True)
class Waiting:
    """All rows that wait of the lists as they last came, and whose the numbers in them are."""

    rows: tuple[WaitingRow, ...]
    unread: dict[str, int] = field(default_factory=dict)  # list -> how many more wait that whoever asks may not read
    holders: Mapping[bytes, int] = field(default_factory=dict)

    @classmethod
    def of(cls, rows: Sequence[Any], counted: Mapping[str, int]) -> "Waiting":
        """From the rows of the quarantine that may be read, and how many each list has there."""
        read = tuple(_row(row["source"], row["as_of"], row["cells"]) for row in rows)
        here = Counter(row.source for row in read)
        return cls(read, {source: n - here[source] for source, n in counted.items() if n > here[source]})

    @property
    def notices(self) -> tuple[str, ...]:
        """For each list how many of its rows tell of nobody, by no name and no number that is known: they may be anybody's."""
        counts = Counter(row.source for row in self.rows if not row.names and not row.numbers & self.holders.keys())
        nobody = tuple(
            f"{LISTS[source][0]}有{n}行在隔离区，无姓名和可用号码，不知属于谁 · {_rows(n)} of the {LISTS[source][1]} in quarantine that tell of nobody"
            for source, n in sorted(counts.items())
        )
        return nobody + tuple(
            f"{LISTS[source][0]}有{n}行在隔离区，此处无权查看，不在名单不等于确实没有 · {_rows(n)} of the {LISTS[source][1]} in quarantine that may "
            "not be read here: whoever is not on the list may be in one"
            for source, n in sorted(self.unread.items())
        )

    def numbers_of(self, named: Iterable[Sequence[Any]]) -> frozenset[bytes]:
        """The numbers of rows that bear the name of one of these people, or none."""
        keys = {row["name_key"] for mentions in named for row in mentions if row["name_key"]}
        return frozenset(n for row in self.rows if not row.names or any(_same(name, keys) for name in row.names) for n in row.numbers)

    def held_by(self, holders: Mapping[bytes, int]) -> "Waiting":
        """The same with whose the numbers are."""
        return replace(self, holders=holders)

    def that_may_name(self, person: int, mentions: Sequence[Any]) -> frozenset[str]:
        """The lists of which a row may be this person's: it holds the number, or the name and neither another's number nor another birth date."""
        if not self.rows:
            return frozenset()
        own = {row[column] for row in mentions for column in ("number_blind", "certificate_number_blind") if row[column]}
        keys = {row["name_key"] for row in mentions if row["name_key"]}
        births = {row["birth_date"] for row in mentions if row["birth_date"]}
        return frozenset(
            row.source
            for row in self.rows
            if own & row.sealed
            or (
                any(_same(name, keys) for name in row.names)
                and all(self.holders.get(number, person) == person for number in row.numbers)
                and (row.born is None or not births or any(row.born[0] <= day <= row.born[1] for day in births))
            )
        )


def _row(source: str, as_of: date, cells: Mapping[str, Any]) -> WaitingRow:
    own = {column: cell for column, cell in cells.items() if not OF_OTHERS.search(column)}
    plain = [(column, cell) for column, cell in own.items() if isinstance(cell, str)]
    names = [name for column, cell in plain if NAMES.search(column) and isinstance(name := read_person_name(cell), PersonName)]
    births = [born for column, cell in plain if BIRTHS.search(column) and isinstance(born := read_date(cell, as_of), PartialDate)]
    return WaitingRow(
        source,
        frozenset(bytes.fromhex(cell["blind"]) for cell in cells.values() if isinstance(cell, dict)),
        frozenset(bytes.fromhex(cell["blind"]) for column, cell in own.items() if isinstance(cell, dict) and NUMBERS.search(column)),
        tuple(name.compare for name in names),
        (births[0].earliest(), births[0].latest()) if len(births) == 1 and not births[0].approximate else None,
    )


def _rows(n: int) -> str:
    return f"{n} row{'' if n == 1 else 's'}"


def _same(name: str, keys: Iterable[str]) -> bool:
    """Whether a name, with any character that its list lost, is one of some."""
    if LOST not in name:
        return name in keys
    pattern = re.compile("".join("." if letter == LOST else re.escape(letter) for letter in name))
    return any(pattern.fullmatch(key) for key in keys)
