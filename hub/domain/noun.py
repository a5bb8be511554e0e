"""How a noun is declared: its columns, what they mean in both languages, and how sensitive they are.

A noun is declared once, here in ``hub/domain``. Its table (``hub.storage.tables``), the targets a contract may name
(``hub.contract``) and its type in the graph (``schema``) are all made from this one declaration.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a column holds, and so how it is stored and shown."""

    TEXT = "text"
    INTEGER = "integer"
    AMOUNT = "amount"  # yuan, two decimals
    DATE = "date"  # a full day
    LAST_DAY = "last_day"  # a full day that ends something: of a month or a year that is told, its last
    PARTIAL_DATE = "partial_date"  # '2012', '2012-05' or '2012-05-03', as precise as the source
    FLAG = "flag"  # true, false, or null for "not told"; a blank is never false
    CODE = "code"  # the exact Chinese label of a code list
    DIVISION = "division"  # 6, 9 or 12 digit division code
    SCHOOL = "school"  # id of a school; the source's own spelling stays in the record
    HOUSEHOLD = "household"  # id of a household
    PERSON = "person"  # another person named in the same row
    SEALED = "sealed"  # stored as mask and keyed blind index; the value itself lies in the vault


class Sensitivity(StrEnum):
    """How much harm a leak does (domain G.2, G.8); the catalogue decides who may see which."""

    OPEN = "open"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    SEALED = "sealed"


class Owner(StrEnum):
    """What a fact is about."""

    PERSON = "person"
    CITY = "city"  # a school, a calendar, a head-count: no person behind it


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a noun."""

    name: str
    kind: Kind
    zh: str
    en: str
    codes: str | None = None
    sensitivity: Sensitivity | None = None


@dataclass(frozen=True, slots=True)
class Noun:
    """One kind of fact: what a source asserts about a person (or about the city) for a period."""

    name: str
    zh: str
    en: str
    columns: tuple[Column, ...]
    owner: Owner = Owner.PERSON
    sensitivity: Sensitivity = Sensitivity.PERSONAL
    plural: str | None = None

    @property
    def many(self) -> str:
        """The plural, as edges are named in the graph."""
        return self.plural or f"{self.name}s"

    def column(self, name: str) -> Column:
        """The column of that name; KeyError with a sentence where there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(f"{self.name} has no column {name}; it has {', '.join(c.name for c in self.columns)}")

    def sensitivity_of(self, column: Column) -> Sensitivity:
        """A sealed column is sealed; otherwise the column's own mark, else the noun's."""
        if column.kind is Kind.SEALED:
            return Sensitivity.SEALED
        return column.sensitivity or self.sensitivity


def register(*nouns: Noun) -> Mapping[str, Noun]:
    """An ordered register by name; a name used twice is an error."""
    by_name = {noun.name: noun for noun in nouns}
    if len(by_name) != len(nouns):
        raise ValueError("a noun is registered twice")
    return by_name
