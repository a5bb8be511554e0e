"""Grades told as an entry year (2022级): the stage is what the school's name says, else what the child's age then says (domain C.13, D-37)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hub.contract.model import SUBJECT, ColumnRule, Contract
from hub.contract.naming import Naming
from hub.domain.values.citizen_number import CitizenNumber
from hub.domain.values.dates import PartialDate
from hub.domain.values.defect import Defect
from hub.domain.values.grade import Grade, grade_of_entry, has_any_age, stage_by_age, stage_of_school
from hub.domain.values.student_number import StudentNumber

Tell = Callable[[ColumnRule, Defect], None]


class EntryYears:
    """Works out, in the rows of one layout, the grades that are told as an entry year."""

    def __init__(self, contract: Contract, naming: Naming, named: Mapping[str, ColumnRule], on: date) -> None:
        starts = {fact.label: tuple(map(naming.told, fact.start)) for fact in contract.facts}
        self.grades = tuple(
            (rule, tuple(start for target in rule.becomes for start in starts.get(target.owner, ()))) for rule in named.values() if rule.type == "grade"
        )
        order = {naming.told(name): place for place, name in enumerate(contract.columns)}
        schools = [rule.name for rule in named.values() if rule.type == "school"]
        self.schools = tuple(sorted(schools, key=lambda name: order.get(name, len(order))))
        births = [(target.column, rule.name) for rule in named.values() for target in rule.becomes if target.owner == SUBJECT]
        self.births = tuple(name for column in ("number", "born", "student_number") for has, name in births if has == column)
        self.on = on

    def __call__(self, read: dict[str, Any], tell: Tell) -> None:
        """Put grades in place of entry years; what has no stage is told as a defect."""
        for rule, starts in self.grades:
            told = read.get(rule.name)
            if not isinstance(told, Grade) or told.entered is None:
                continue
            day = next((read[name].earliest() for name in starts if isinstance(read.get(name), PartialDate)), self.on)
            stage = told.stage if told.stage is not None else self._stage(read, told.entered)
            grade = grade_of_entry(told, stage, min(day, self.on))
            if isinstance(grade, Defect):
                del read[rule.name]
                tell(rule, grade)
            else:
                read[rule.name] = grade

    def _stage(self, read: Mapping[str, Any], entered: int) -> int | None:
        school = next((read[name] for name in self.schools if name in read), "")
        stage = stage_of_school(school)
        born = _born(next((read[name] for name in self.births if _born(read.get(name))), None))
        return stage if stage is not None or born is None or has_any_age(school) else stage_by_age(born, entered)


def _born(told: Any) -> date | None:
    """The birth date in a value that holds one."""
    if isinstance(told, StudentNumber):
        told = told.citizen_number
    if isinstance(told, CitizenNumber):
        return told.born
    return told.earliest() if isinstance(told, PartialDate) else None
