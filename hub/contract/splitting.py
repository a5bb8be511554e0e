"""Several persons in one cell (李小雨、李小明): their names, numbers, dates and sexes are dealt out in order (D-21)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from hub.contract.model import CellProblem, ColumnRule, PersonRole
from hub.contract.readers import reader
from hub.domain.values.defect import Defect
from hub.domain.values.person_name import split_names
from hub.domain.values.text import is_blank

_BETWEEN = re.compile(r"[、，,;；\n\r]+")
_BETWEEN_NUMBERS = re.compile(r"[、，,;；/\s]+")
_SLASHED = frozenset({"citizen_number", "person_number", "student_number", "certificate_number", "phone", "code"})


@dataclass(frozen=True, slots=True)
class Split:
    """One role whose cells may hold several persons."""

    role: str
    stem: str
    names: ColumnRule  # the column of names
    others: tuple[ColumnRule, ...]
    on: date

    def parts(self, read: Mapping[str, Any], raw: Mapping[str, str], problems: list[CellProblem]) -> list[dict[str, Any]]:
        """The row's read cells once per person named; one or none where the cell names one or none."""
        names = split_names(raw.get(self.names.name, ""))
        if len(names) < 2:
            return []
        parts = [{key: value for key, value in read.items() if key != self.names.name} for _ in names]
        for name, part in zip(names, parts, strict=True):
            _put(self.names, name, self.on, part, problems)
        for rule in self.others:
            cells = _cells(rule, raw.get(rule.name, ""))
            if len(cells) not in (0, len(names)):
                problems.append(CellProblem(rule.name, f"{len(cells)} values beside {len(names)} names",
                                            "write one value for each name, in the same order"))
                cells = []
            problems[:] = [p for p in problems if p.column != rule.name or not cells]
            for n, part in enumerate(parts):
                part.pop(rule.name, None)
                if cells:
                    _put(rule, cells[n], self.on, part, problems)
        return parts


def compile_split(person: PersonRole, named: Mapping[str, ColumnRule], on: date) -> Split | None:
    """How this layout's columns of a role are split; nothing where it has no column of names."""
    own = [rule for rule in named.values() if any(t.owner == person.name for t in rule.becomes)]
    names = next((rule for rule in own if any(t.owner == person.name and t.column == "name" for t in rule.becomes)), None)
    personal = ("number", "born", "sex", "student_number", "certificate_number")
    others = tuple(rule for rule in own if any(t.owner == person.name and t.column in personal for t in rule.becomes))
    return Split(person.name, person.split or person.name, names, others, on) if names else None


def _cells(rule: ColumnRule, cell: str) -> list[str]:
    """The parts of a cell; a slash stands between numbers, within dates it does not separate."""
    if not cell or is_blank(cell):
        return []
    between = _BETWEEN_NUMBERS if rule.type in _SLASHED else _BETWEEN
    return [part for part in between.split(cell) if part.strip()]


def _put(rule: ColumnRule, cell: str, on: date, part: dict[str, Any], problems: list[CellProblem]) -> None:
    reads = reader(rule, on)
    value = reads(cell) if reads else None
    if isinstance(value, Defect):
        problems.append(CellProblem(rule.name, value.kind, value.hint))
    elif value is not None:
        part[rule.name] = value
