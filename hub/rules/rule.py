"""A cross-check as a declaration: what it asks, on which clause it stands, since when, what it needs to know; its SQL lies beside it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SQL_TYPES = {date: "date", int: "int", str: "text"}


@dataclass(frozen=True)
class Need:
    """A source that a rule cannot do without, and how old it may be at most (D-32)."""

    source: str
    max_age_days: int


@dataclass(frozen=True)
class Rule:
    """One cross-check. ``parameters`` are defaults; ``since`` and ``until`` bound the dates on which it is in force."""

    name: str
    number: str
    title_zh: str
    title_en: str
    version: str
    since: date
    until: date | None
    clauses: tuple[str, ...]
    needs: tuple[Need, ...]
    owner: str
    due_days: int
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def sql(self) -> str:
        """The readable statement beside this declaration, with named parameters such as :on."""
        return (HERE / f"{self.name}.sql").read_text(encoding="utf-8")

    def in_force(self, on: date) -> bool:
        """Whether the rule is in force on a day."""
        return self.since <= on and (self.until is None or on <= self.until)

    def statement(self, **values: Any) -> tuple[str, list[Any]]:
        """The statement with numbered parameters, and their values in order."""
        told = {**self.parameters, **values}
        order: list[str] = []

        def number(found: re.Match[str]) -> str:
            name = found[1]
            if name not in told:
                raise KeyError(f"{self.name}.sql asks for :{name}, which is no parameter of the rule")
            if name not in order:
                order.append(name)
            return f"${order.index(name) + 1}::{SQL_TYPES[type(told[name])]}"

        return re.sub(r"(?<!:):([a-z_]+)", number, self.sql), [told[name] for name in order]


def school_year(on: date) -> int:
    """The school year of a day: it runs from 1 September to 31 August (E.0.1)."""
    return on.year if on.month >= 9 else on.year - 1


def reference_date(year: int) -> date:
    """31 August, on which ages are counted (E.0.1)."""
    return date(year, 8, 31)
