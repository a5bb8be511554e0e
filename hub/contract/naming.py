"""Which stem a layout gives each person: 成员1 in the national template is 监护人1 in a district's list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from hub.contract.model import ColumnRule, Contract


@dataclass(frozen=True, slots=True)
class Naming:
    """Declared role -> the stem its columns begin with in this layout, where it differs."""

    stems: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, contract: Contract, rules: Iterable[ColumnRule]) -> Naming:
        """The stems that the matched columns use."""
        names = [rule.name for rule in rules]
        return cls({person.name: stem for person in contract.persons.values() for stem in person.also
                    if any(name.startswith(stem) and name not in contract.columns for name in names)})

    def role(self, declared: str) -> str:
        """A declared role as this layout names it."""
        return self.stems.get(declared, declared)

    def told(self, column: str) -> str:
        """A declared column as this layout names it."""
        for role, stem in self.stems.items():
            if column.startswith(role):
                return stem + column[len(role):]
        return column
