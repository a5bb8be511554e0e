"""Puts together what a row says: the persons it names and the facts it asserts, once per child where a cell names several."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from hub.contract.conditions import compile_when
from hub.contract.model import SUBJECT, CellProblem, ColumnRule, Contract, Fact, FactRule, SubRow
from hub.contract.naming import Naming
from hub.contract.numbers import ASK, judge_numbers
from hub.contract.readers import AMOUNT_PERIOD, Convert, converters
from hub.contract.sheets import SHEET
from hub.contract.splitting import Split, compile_split
from hub.domain.noun import Kind
from hub.domain.nouns import NOUNS
from hub.domain.person import MENTION_COLUMNS, TIE_COLUMNS
from hub.domain.values.citizen_number import damaged_digits
from hub.domain.values.concealed import concealed
from hub.domain.values.text import is_blank

Read = Mapping[str, Any]
Items = tuple[tuple[str, str, Convert], ...]  # (target column, source column, how its value becomes the target's)
Tell = Callable[[], tuple[SubRow, ...]]
Subrows = Callable[[Read, Mapping[str, str], list[CellProblem]], Tell]

MENTION_KINDS = {column.name: column.kind for column in (*MENTION_COLUMNS, *TIE_COLUMNS)}
NUMBERS = ("number", "student_number", "certificate_number")  # where a number comes from, the surest first
EVIDENCE = ("name", "number", "number_read", "student_number", "certificate_number")


def compile_subrows(contract: Contract, naming: Naming, named: Mapping[str, ColumnRule], on: date) -> Subrows:
    """A function from a row's read cells to what tells its subrows; ``problems`` gathers at once what the split could not tell."""
    build = _Builder(contract, naming, named, on)
    splits = [split for person in contract.persons.values() if person.split
              for split in [compile_split(person, named, on)] if split]
    if not splits:
        return lambda read, raw, problems: lambda: (build(read, raw, {}),)

    def several(read: Read, raw: Mapping[str, str], problems: list[CellProblem]) -> Tell:
        rows: list[tuple[Read, dict[str, str]]] = [(read, {})]
        beside: list[tuple[Split, list[dict[str, Any]]]] = []
        for split in splits:
            parts = split.parts(read, raw, problems)
            if len(parts) < 2:
                continue
            if split.role == SUBJECT:
                rows = [(part, {SUBJECT: f"{split.stem}{n}"}) for n, part in enumerate(parts, start=1)]
            else:
                beside.append((split, parts))
        return lambda: tuple(_with_beside(build, row, raw, names, beside) for row, names in rows)

    return several


def _with_beside(build: _Builder, read: Read, raw: Mapping[str, str], names: dict[str, str],
                 beside: list[tuple[Split, list[dict[str, Any]]]]) -> SubRow:
    """One subrow, with each of several other persons of one role under a numbered name."""
    subrow = build(read, raw, names | {split.role: f"{split.stem}1" for split, _ in beside})
    for split, parts in beside:
        for n, part in enumerate(parts, start=1):
            one = build({**read, **part}, raw, names | {split.role: f"{split.stem}{n}"})
            subrow.doubts += one.doubts
            name = f"{split.stem}{n}"
            if name in one.persons:
                subrow.persons[name] = one.persons[name]
            if n > 1:
                subrow.facts.extend(
                    Fact(f.noun, f"{f.label}:{name}", f.person, f.values, f.stated_from, f.stated_to)
                    for f in one.facts if f.person == name or name in f.values.values())
    return subrow


class _Builder:
    """The compiled persons and facts of one layout."""

    def __init__(self, contract: Contract, naming: Naming, named: Mapping[str, ColumnRule], on: date) -> None:
        sources: dict[str, list[ColumnRule]] = {}
        for rule in named.values():
            for target in rule.becomes:
                sources.setdefault(target.owner, []).append(rule)
        order = {naming.told(name): place for place, name in enumerate(contract.columns)}
        for rules in sources.values():
            rules.sort(key=lambda rule: order.get(rule.name, len(order)))
        self.persons = tuple((role.name, naming.role(role.name), _items(role.name, sources, MENTION_KINDS))
                             for role in contract.persons.values())
        self.same = tuple((role.name, role.of, compile_when(role.same_when, naming, named))
                          for role in contract.persons.values() if role.same_when and role.of)
        self.facts = tuple(_CompiledFact(fact, naming, sources, named) for fact in contract.facts)
        self.kinds = {role.name: role.kind for role in contract.persons.values()}
        self.on = on

    def __call__(self, read: Read, raw: Mapping[str, str], names: Mapping[str, str]) -> SubRow:
        told: dict[str, dict[str, Any]] = {}
        for role, _, items in self.persons:
            person: dict[str, Any] = {}
            for column, source, convert in items:
                value = read.get(source)
                if value is not None and (column not in person or column == "address"):
                    convert(value, column, person)
            if not person.get("number"):
                self._note_invalid(items, read, raw, person)
            told[role] = person
        same = {role: of for role, of, test in self.same if test is None or test(read, raw)}
        for role, of in same.items():
            told[of] = {**told.pop(role), **told[of]}
        doubts = judge_numbers(told, self.kinds, self.on)
        actual = {role: names.get(role, name) for role, name, _ in self.persons}
        for role, of in same.items():
            actual[role] = actual[of]
        there = {role: actual[role] for role, person in told.items() if any(person.get(column) for column in EVIDENCE)}
        there.update({role: actual[of] for role, of in same.items() if of in there})
        facts = [fact for compiled in self.facts if (fact := compiled(read, raw, there)) is not None]
        persons = {there[role]: told[role] for role in told if role in there}
        return SubRow(actual.get(SUBJECT, SUBJECT), persons, facts, self._told_doubts(doubts, same, read) if doubts else ())

    def _told_doubts(self, doubts: Mapping[str, str], same: Mapping[str, str], read: Read) -> tuple[CellProblem, ...]:
        """Each number that is not believed, by the column that gives it."""
        told = []
        for role, _, items in self.persons:
            if doubt := doubts.get(same.get(role, role)):
                given = {column: source for column, source, _ in reversed(items) if column in NUMBERS and source in read}
                told += [CellProblem(given[column], doubt, ASK) for column in NUMBERS if column in given][:1]
        return tuple(told)

    @staticmethod
    def _note_invalid(items: Items, read: Read, raw: Mapping[str, str], person: dict[str, Any]) -> None:
        """A number cell that is filled and could not be read makes the number invalid rather than missing; its digits are kept."""
        for column, source, _ in items:
            if column == "number" and source in raw and source not in read and not is_blank(raw[source]):
                person["number_state"] = "invalid"
                if digits := damaged_digits(raw[source]):
                    person["number"] = digits


class _CompiledFact:
    """One fact rule against one layout."""

    def __init__(self, rule: FactRule, naming: Naming, sources: Mapping[str, list[ColumnRule]], named: Mapping[str, ColumnRule]) -> None:
        noun = NOUNS[rule.noun]
        self.noun, self.label, self.person = rule.noun, rule.label, rule.person
        self.of_city = noun.owner.value == "city"
        self.items = _items(rule.label, sources, {column.name: column.kind for column in noun.columns})
        self.roles = tuple(rule.persons.items())
        self.when = compile_when(rule.when, naming, named)
        self.constants = tuple(
            (name, tuple((constant.value, tuple(map(naming.told, constant.join)), compile_when(constant.when, naming, named))
                         for constant in constants))
            for name, constants in rule.constants.items())
        self.start = tuple(map(naming.told, rule.start))
        self.end = tuple(map(naming.told, rule.end))

    def __call__(self, read: Read, raw: Mapping[str, str], there: Mapping[str, str]) -> Fact | None:
        person = there.get(self.person)
        if (person is None and not self.of_city) or (self.when is not None and not self.when(read, raw)):
            return None
        values: dict[str, Any] = {}
        for column, source, convert in self.items:
            value = read.get(source)
            if value is not None and (column not in values or column == "address"):
                convert(value, column, values)
        for column, role in self.roles:
            if role in there:
                values[column] = there[role]
        if not values and (self.roles or not self.constants):
            return None  # nothing is asserted
        for column, choices in self.constants:
            if column not in values:
                value = next((_joined(read, join) or None if join else value
                              for value, join, test in choices if test is None or test(read, raw)), None)
                if value is not None:
                    values[column] = value
        if AMOUNT_PERIOD in values:
            values["period"] = " ".join(filter(None, (values.get("period"), values.pop(AMOUNT_PERIOD))))
        start, end = _stated(read, self.start, 0), _stated(read, self.end, 1)
        return Fact(self.noun, self.label, person or "", values, start, end)


def _items(owner: str, sources: Mapping[str, list[ColumnRule]], kinds: Mapping[str, Kind]) -> Items:
    """The columns that fill an owner, in declared order; a stated township before one read from an address, the sheet's last."""
    items = [(target.column, rule.name, convert)
             for rule in sources.get(owner, []) for place, target in enumerate(rule.becomes) if target.owner == owner
             for convert in [converters(rule, place, target.column, kinds)]]
    return tuple(sorted(items, key=lambda item: (item[1] == SHEET, item[0] == "address")))


def _joined(read: Read, columns: tuple[str, ...]) -> str:
    """The words of several columns, blank ones left out."""
    return concealed(" ".join(str(read[name]) for name in columns if name in read))


def _stated(read: Read, names: tuple[str, ...], side: int) -> Any:
    """The date that the first filled of some columns states; of a period, its start (0) or its end (1)."""
    value = next((read[name] for name in names if name in read), None)
    return value[side] if isinstance(value, tuple) else value
