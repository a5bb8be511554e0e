"""A contract as data: what a source's columns are, whom its rows name, which facts they assert; and what a row becomes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from enum import StrEnum
from functools import cached_property
from typing import Any, NamedTuple

import orjson

SUBJECT = "主体"
TOO_EARLY = "lies before the date that it follows upon"  # a cell's fault, not its column's


class Mode(StrEnum):
    """What happens where a delivery departs from the contract: a new or lost column, an unreadable cell or code."""

    EVOLVE = "evolve"  # accept it; an unreadable value stays in the record only
    FREEZE = "freeze"  # hold the whole delivery for a person
    QUARANTINE_ROW = "quarantine_row"
    QUARANTINE_VALUE = "quarantine_value"  # accept the row without the value, and say so
    KEEP_VALUE = "keep_value"  # accept the row with a code's cell as it is written, and say so


@dataclass(frozen=True, slots=True)
class Target:
    """Where a column's value goes: a mention column of a person, or a column of a fact."""

    owner: str
    column: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Holds when the column's text (a code's label, 是/否) is one of ``values``; without values, when it is not blank."""

    columns: tuple[str, ...]
    values: frozenset[str] | None = None
    negated: bool = False


When = tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Constant:
    """A value a fact has where no column gives one, as long as ``when`` holds; or the words of several columns joined."""

    value: str | int | bool = ""
    when: When = ()
    join: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ColumnRule:
    """One column: its header spellings, how a cell is read, and what it becomes."""

    name: str
    type: str
    codes: str | None = None
    also: tuple[str, ...] = ()
    after: str | None = None  # a spelling shared with others is this column's only to the right of that one
    required: bool = False
    secret: bool = False
    sensitivity: str | None = None
    bad: Mode = Mode.QUARANTINE_VALUE
    bad_stated: bool = False
    drop: bool = False
    unreadable: str | None = None  # the code that stands for a filled cell that is not in the list
    not_before: tuple[str, ...] = ()  # the columns of days that a day of this one cannot lie before
    overrules: frozenset[str] = frozenset()  # with these values it counts before other columns that become the same
    sheet: bool = False  # where no header gives it, the sheet's name does
    becomes: tuple[Target, ...] = ()
    per: str | None = None  # what an amount is for: 月, 户·月 …
    scale: int = 1  # yuan in one of the column's amounts, as its header or the sheet's unit line says


@dataclass(frozen=True, slots=True)
class PersonRole:
    """A person a row names; ``also`` are other stems that a layout's columns may give them."""

    name: str
    kind: str  # child, adult or any
    of: str | None = None
    also: tuple[str, ...] = ()
    split: str | None = None
    same_when: When = ()  # then this person is the one they are ``of``


@dataclass(frozen=True, slots=True)
class FactRule:
    """A fact each row asserts: of which noun, about whom, when, and for which stated period."""

    label: str
    noun: str
    person: str = SUBJECT
    constants: Mapping[str, tuple[Constant, ...]] = field(default_factory=dict)
    persons: Mapping[str, str] = field(default_factory=dict)  # column of Kind.PERSON -> role
    when: When = ()
    start: tuple[str, ...] = ()  # columns that may state the fact's own period; the first that is filled counts
    end: tuple[str, ...] = ()


@dataclass(frozen=True)
class Contract:
    """One source's declaration."""

    name: str
    title: str
    department: str
    version: str
    mode: str  # full: a row missing later ends its facts; incremental: it does not
    cadence_days: int
    natural_key: tuple[tuple[str, ...], ...]
    new_columns: Mode = Mode.EVOLVE
    recognise: tuple[str, ...] = ()
    needs: tuple[tuple[str, ...], ...] = ()  # of each group one header must be there, or it is another list
    hold: Mapping[str, float] = field(default_factory=dict)
    persons: Mapping[str, PersonRole] = field(default_factory=dict)
    facts: tuple[FactRule, ...] = ()
    columns: Mapping[str, ColumnRule] = field(default_factory=dict)

    def kind_of(self, role: str) -> str:
        """Whether a role, by whichever stem or number it was told, is a child, an adult or either."""
        person = self.roles.get(role) or self.roles.get(role.rstrip("0123456789"))
        return person.kind if person else "any"

    def told(self) -> bytes:
        """All that it declares, in an order that is always the same."""
        return orjson.dumps({one.name: getattr(self, one.name) for one in fields(self)}, default=sorted)

    @cached_property
    def roles(self) -> Mapping[str, PersonRole]:
        """Every name a role may be told by, and its declaration."""
        return {name: person for person in self.persons.values()
                for name in (person.name, *person.also, *([person.split] if person.split else []))}


class ContractError(ValueError):
    """A contract that cannot be used: where it fails, and what is allowed there."""

    def __init__(self, path: str, line: int, column: int, message: str) -> None:
        super().__init__(f"{path}:{line}:{column}: {message}")
        self.path, self.line, self.column, self.message = path, line, column, message


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell, never the cell itself; a freezing one holds the whole delivery."""

    column: str
    kind: str
    hint: str
    freezes: bool = False

    def told(self) -> dict[str, str]:
        """As it is stored with the row."""
        return {"column": self.column, "kind": self.kind, "hint": self.hint}


class Sign(StrEnum):
    """What is told of a delivery as a whole when enough of its rows show it."""

    LATER = "tells of days long after the date it speaks for"
    OTHER_SHEET = "stands on the sheet of another township than it names"


@dataclass(frozen=True, slots=True)
class StateWord:
    """A cell of an undeclared column that says one of the contract's own states; ``usual``: the one that changes nothing."""

    header: str
    codes: str
    usual: bool


@dataclass(frozen=True, slots=True)
class LostCharacter:
    """A name of this column has a character that the source's system could not write, or one of a private font (D-03, D-05)."""

    column: str
    private: bool


@dataclass(frozen=True, slots=True)
class NewWord:
    """A cell of this column could not be read, and its mode lets it pass: a word or two are expected, a whole column is not."""

    column: str


@dataclass(frozen=True, slots=True)
class Twice:
    """The sheet has this column twice, and the row's two cells differ: which is meant, no row tells."""

    column: str


RowSign = Sign | StateWord | LostCharacter | NewWord | Twice


@dataclass(slots=True)
class Fact:
    """One assertion of a row; values are standardised, a person column holds the name of a role."""

    noun: str
    label: str
    person: str
    values: dict[str, Any]
    stated_from: Any = None  # PartialDate or date
    stated_to: Any = None


@dataclass(slots=True)
class SubRow:
    """The persons and facts around one subject; a row has several where one cell names several children."""

    subject: str
    persons: dict[str, dict[str, Any]]
    facts: list[Fact]
    doubts: tuple[CellProblem, ...] = ()  # numbers that are kept and not believed


@dataclass(slots=True)
class Accepted:
    """A row as its contract reads it; ``raw`` are its own non-blank cells, in the contract's order of columns."""

    key: tuple[str, ...]
    raw: dict[str, str]
    secret: frozenset[str]
    line: str | None
    tell: Callable[[], tuple[SubRow, ...]]
    problems: tuple[CellProblem, ...] = ()
    signs: tuple[RowSign, ...] = ()

    @property
    def subrows(self) -> tuple[SubRow, ...]:
        """Whom the row names and what it asserts; worked out when asked, since most rows of a month say nothing new."""
        return self.tell()

    def with_line(self, line: str | None) -> Accepted:
        """The same row under the line number its sheet gave it."""
        return replace(self, line=line)


class Said(NamedTuple):
    """A row's own non-blank cells, in the contract's order of columns, and its line number."""

    raw: dict[str, str]
    line: str | None


@dataclass(frozen=True, slots=True)
class Standing:
    """A row that stands word for word as its source's last delivery had it, and of which there was nothing to tell then."""

    said: Said
    record: int
    content: int
    read: Callable[[], Any]  # the same as Accepted
    problems: tuple[CellProblem, ...] = ()
    signs: tuple[RowSign, ...] = ()

    @property
    def raw(self) -> dict[str, str]:
        """Its own cells."""
        return self.said.raw

    @property
    def line(self) -> str | None:
        """Its line number."""
        return self.said.line


@dataclass(frozen=True, slots=True)
class Quarantined:
    """A row that could not be accepted, with what is wrong; nothing of it is lost."""

    raw: dict[str, str]
    secret: frozenset[str]
    line: str | None
    problems: tuple[CellProblem, ...]
    signs: tuple[RowSign, ...] = ()
