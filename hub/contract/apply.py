"""Applies a contract to the rows of a sheet: the hot loop, compiled once per sheet into plain closures.

A row's cells are read column by column, then the persons it names and the facts it asserts are put together. What cannot be
read is told as a problem (column and kind, never the value) and dealt with as the column's mode says.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from hub.contract.entry_years import EntryYears
from hub.contract.model import (
    SUBJECT,
    TOO_EARLY,
    Accepted,
    CellProblem,
    ColumnRule,
    Contract,
    LostCharacter,
    Mode,
    NewWord,
    Quarantined,
    RowSign,
    Said,
    Sign,
    Twice,
)
from hub.contract.naming import Naming
from hub.contract.readers import MISS, KeyPart, Reader, is_later, key_part, reader
from hub.contract.recognise import Match
from hub.contract.shapes import MISPLACED, PLAIN, SHIFTED_WEIGHT, SURE, Foreign, Shape, foreign, shape_of
from hub.contract.sheets import SHEET, sheet_rule, told_by
from hub.contract.spellings import variants
from hub.contract.state_words import state_lists, state_word
from hub.contract.subrows import compile_subrows
from hub.contract.types import DATE_TYPES, SECRET_TYPES
from hub.domain.values.codes import Code
from hub.domain.values.concealed import concealed, holds_long_number, holds_number
from hub.domain.values.defect import Defect
from hub.domain.values.number import Amount, with_unit
from hub.domain.values.person_name import lost_in
from hub.domain.values.text import clean, is_blank

Outcome = Accepted | Quarantined
Cells = tuple[str, ...]
Step = tuple[int, str, Reader | None, dict[str, Any], ColumnRule, bool]  # position, name, reader, memo, rule, kept in raw

MEMO_SIZE = 50_000
TO_COME = re.compile("至|止|终|期满|到期|有效|截止|截至|延缓|期限|计划|预计|拟|下次")  # columns whose dates may lie ahead
WHO = frozenset({"name", "former_name", "number", "student_number", "certificate_number", "born"})  # of a person: what tells one from another
SHIFTED = CellProblem("", "columns seem shifted", "look whether the row's cells have moved to another column, and put them back")  # D-29


@dataclass(frozen=True, slots=True)
class Telling:
    """What a row says of which record it is, as far as it can be read."""

    keys: tuple[tuple[str, ...], ...]  # its natural keys, the first alternative first
    cells: Mapping[str, str]  # column -> value in its standard form, of the columns that tell one record from another
    numbers: frozenset[str]  # those of the columns that are somebody's own number
    shifted: bool  # its cells seem to stand under wrong headers: its columns say nothing


def compile_rows(match: Match, sheet_name: str, business_date: date) -> Rows:
    """What makes of a row's cells what its contract says of them."""
    contract = match.contract
    columns = dict(match.columns)
    width = max((*columns, *(i for i, _ in match.unknown)), default=-1) + 1
    extra = tuple((position, header) for position, header in sorted(match.unknown, key=lambda item: item[1]))
    named = {rule.name for rule in columns.values()}
    tail: tuple[str, ...] = ()
    for rule in contract.columns.values():
        if rule.sheet and rule.type != "division" and rule.name not in named and sheet_name:
            columns[width + len(tail)] = rule
            tail += (sheet_name,)
    if (by_sheet := sheet_rule(contract)) and (township := told_by(sheet_name)):
        columns[width + len(tail)] = by_sheet
        tail += (township,)
    doubled = tuple((header, name) for position, header in extra for at, name in match.doubled if at == position)
    return Rows(contract, columns, extra, business_date, lost=match.lost, width=width, tail=tail, doubled=doubled)


class Reapply:
    """The same for rows already stored: from their raw cells by column name, whatever layout they came in."""

    def __init__(self, contract: Contract) -> None:
        self._contract = contract
        self._by_name = {rule.name: rule for rule in variants(contract.columns, contract.persons)}
        if by_sheet := sheet_rule(contract):
            self._by_name[by_sheet.name] = by_sheet
        self._stems = {stem: person.name for person in contract.persons.values() for stem in person.also}
        self._rows: dict[tuple[frozenset[str], tuple[str, ...], date], tuple[tuple[str, ...], Rows]] = {}

    def __call__(self, raw: Mapping[str, str], on: date | None = None) -> Outcome:
        """Apply the contract to ``raw``; ``on`` is the business date from which stated ages are counted back."""
        names, row = self._layout(raw, on)
        return row(tuple(raw.get(name, "") for name in names))

    def telling(self, raw: Mapping[str, str]) -> Telling:
        """Which record ``raw`` says that it is, whether the contract would accept it or not."""
        names, row = self._layout(raw, None)
        return row.telling(tuple(raw.get(name, "") for name in names))

    def _layout(self, raw: Mapping[str, str], on: date | None) -> tuple[tuple[str, ...], Rows]:
        stems = frozenset(stem for name in raw for stem in self._stems if name.startswith(stem))
        extra = tuple(sorted(name for name in raw if name not in self._by_name))
        key = (stems, extra, on or date.fromisoformat(self._contract.version))
        if key not in self._rows:
            self._rows[key] = self._compile(*key)
        return self._rows[key]

    def _compile(self, stems: frozenset[str], extra: tuple[str, ...], on: date) -> tuple[tuple[str, ...], Rows]:
        replaced = {self._stems[stem] for stem in stems}
        rules = [rule for name, rule in self._by_name.items()
                 if any(name.startswith(stem) for stem in stems)
                 or not any(name.startswith(other) for other in (*replaced, *(set(self._stems) - stems)))]
        names = (*(rule.name for rule in rules), *extra)
        positions = dict(enumerate(rules))
        return names, Rows(self._contract, positions, tuple(enumerate(extra, start=len(rules))), on, lost=())


class Rows:
    """The compiled contract for one layout: called with a row's cells, of which ``width`` count, with the sheet's own as their ``tail``."""

    def __init__(self, contract: Contract, columns: Mapping[int, ColumnRule], extra: tuple[tuple[int, str], ...], on: date, *,
                 lost: tuple[str, ...], width: int = 0, tail: Cells = (), doubled: tuple[tuple[str, str], ...] = ()) -> None:
        self.width, self.tail, self.doubled = width, tail, doubled
        naming = Naming.of(contract, columns.values())
        order = {naming.told(name): place for place, name in enumerate(contract.columns)}
        placed = sorted(columns.items(), key=lambda item: order.get(item[1].name, len(order)))
        memos: dict[tuple[Any, ...], dict[str, Any]] = {}
        self.steps: tuple[Step, ...] = tuple(
            (position, rule.name, reader(rule, on), memos.setdefault(_same_reading(rule), {}), rule, not rule.drop)
            for position, rule in placed if rule.type != "line_number")
        self.line = next((position for position, rule in placed if rule.type == "line_number"), None)
        self.line_name = next((rule.name for _, rule in placed if rule.type == "line_number"), "")
        self.extra = extra
        self.states = state_lists(contract) if extra else ()
        self.contract = contract
        self.personal: set[str] = set()  # cells met so far that hold a personal number where none is declared
        self.secret = frozenset(rule.name for rule in variants(contract.columns, contract.persons) if rule.secret)
        named = {rule.name: rule for rule in columns.values()}
        self.keys: tuple[tuple[KeyPart, ...], ...] = tuple(
            tuple(key_part(named[naming.told(part)]) for part in parts)
            for parts in contract.natural_key if all(naming.told(part) in named for part in parts))
        self.alternatives = tuple(i for i, parts in enumerate(contract.natural_key) if all(naming.told(p) in named for p in parts))
        self.tells = _tells(contract, naming, named)
        self.numbers = frozenset(name for name, _ in self.tells if named[name].type in SECRET_TYPES)
        self.names = tuple(rule.name for rule in named.values() if rule.type == "name")
        self.evolving = tuple(name for _, name, reads, _, rule, kept in self.steps if rule.bad is Mode.EVOLVE and reads and kept and name != SHEET)
        self.required = tuple(rule for rule in named.values() if rule.required)
        self.lost = tuple(_lost(contract.columns[name]) for name in lost if _tells_loss(contract.columns[name]))
        self.lost_rows = any(contract.columns[name].bad in (Mode.QUARANTINE_ROW, Mode.FREEZE) for name in lost
                             if _tells_loss(contract.columns[name]))
        self.ordered = tuple((rule.name, first) for rule in named.values() for first in rule.not_before if first in named)
        self.overruling = tuple((rule, others) for rule in named.values() if rule.overrules and (others := _of_same(rule, named.values())))
        self.entry_years = EntryYears(contract, naming, named, on)
        self.subrows = compile_subrows(contract, naming, named, on)
        self.on = on
        self.later: set[str] = set()  # dates met so far that lie long after the business date
        ends = {naming.told(name) for fact in contract.facts for name in fact.end}
        self.events = tuple(rule.name for rule in named.values() if rule.type in DATE_TYPES and rule.name not in ends and not TO_COME.search(rule.name))
        self.own_township = next((rule.name for rule in named.values() if rule.sheet and rule.type == "division" and rule.name != SHEET), "")

        self.kept = tuple((position, name) for position, name, _, _, _, kept in self.steps if kept)
        #: Whether a row's own cells, as they are kept, are all that is read of it.
        self.word_for_word = not self.lost and all((kept or reads is None) and rule.scale == 1 for _, _, reads, _, rule, kept in self.steps)

    def said(self, cells: Cells) -> Said:
        """A row's cells as they are kept where ``word_for_word`` holds; nothing is read."""
        if self.tail:
            cells = cells[: self.width] + self.tail
        raw = {name: cell for position, name in self.kept if (cell := cells[position]) and not cell.isspace()}
        raw.update((header, cell) for position, header in self.extra if (cell := cells[position]) and not cell.isspace())
        return Said(raw, self._line(cells))

    def _line(self, cells: Cells) -> str | None:
        return None if self.line is None else concealed(cells[self.line].strip()) or None

    def __call__(self, cells: Cells) -> Outcome:
        if self.tail:
            cells = cells[: self.width] + self.tail
        raw: dict[str, str] = {}
        read: dict[str, Any] = {}
        problems: list[CellProblem] = []
        refused = self._read(cells, raw, read, problems)
        secret = self._secret(raw)
        line = self._line(cells)
        if self.entry_years.grades:
            refused |= self._work_out_grades(read, problems)
        if self.overruling:
            self._overrule(read, problems)
        if self.ordered:
            self._order(read, problems)
        refused |= self._check(read, raw, problems)
        key = next(self._keys(read), None)
        if key is None:
            problems.append(CellProblem("", "natural key is incomplete", self._key_hint()))
        if refused or key is None:
            return Quarantined(raw, secret, line, tuple(problems), self._signs(read, raw))
        tell = self.subrows(read, raw, problems)
        return Accepted(key, raw, secret, line, tell, tuple(problems), self._signs(read, raw))

    def telling(self, cells: Cells) -> Telling:
        """Which record a row says that it is."""
        read: dict[str, Any] = {}
        problems: list[CellProblem] = []
        self._read(cells, {}, read, problems)
        if self.entry_years.grades:
            self._work_out_grades(read, problems)
        told = {name: standard(read[name]) for name, standard in self.tells if read.get(name) is not None}
        return Telling(tuple(self._keys(read)), told, self.numbers, any(problem.kind == SHIFTED.kind for problem in problems))

    def _signs(self, read: Mapping[str, Any], raw: Mapping[str, str]) -> tuple[RowSign, ...]:
        signs: list[RowSign] = []
        if self.later and any(raw.get(name) in self.later for name in self.events):
            signs.append(Sign.LATER)
        by_sheet, own = read.get(SHEET), read.get(self.own_township)
        if by_sheet and own and len(own.code) > 6 and own.code[:9] != by_sheet.code:
            signs.append(Sign.OTHER_SHEET)
        signs += [LostCharacter(name, private) for name in self.names if name in read for private in lost_in(read[name])]
        signs += [NewWord(name) for name in self.evolving if name in raw and name not in read and not is_blank(raw[name])]
        signs += [Twice(name) for header, name in self.doubled if header in raw and clean(raw[header]) != clean(raw.get(name, ""))]
        if self.states:
            signs += filter(None, (state_word(header, raw[header], self.states) for _, header in self.extra if header in raw))
        return tuple(signs)

    def _secret(self, raw: Mapping[str, str]) -> frozenset[str]:
        """The declared secret columns, others whose cell holds a personal number, and undeclared ones with any long number."""
        found = [header for _, header in self.extra if holds_long_number(raw.get(header, ""))]
        if self.personal:
            found += [name for name, cell in raw.items() if cell in self.personal]
        return self.secret.union(found) if found else self.secret

    def _read(self, cells: Cells, raw: dict[str, str], read: dict[str, Any], problems: list[CellProblem]) -> bool:
        """Read every cell; returns whether the row must be quarantined."""
        refused = False
        strange: list[tuple[str, Foreign]] = []
        for position, name, reads, memo, rule, kept in self.steps:
            cell = cells[position]
            if not cell or cell.isspace():
                continue
            if kept:
                raw[name] = cell
            if reads is None:
                continue
            value = memo.get(cell, MISS)
            if value is MISS:
                if len(memo) >= MEMO_SIZE:
                    memo.clear()
                value = reads(cell)
                if not rule.secret and holds_number(cell):
                    self.personal.add(cell)
                if rule.type in DATE_TYPES and is_later(cell, value, self.on):
                    self.later.add(cell)
                value = memo[cell] = foreign(rule, cell, value) or value
            if type(value) is Foreign:
                strange.append((name, value))
                value = value.value
            if value is None:
                continue
            if rule.scale != 1 and kept and type(value) is Amount:
                raw[name] = with_unit(cell, rule.scale)  # the header is not there when the cell is read again
            if type(value) is Defect:
                refused |= _told(rule, value, problems)
                if rule.bad is Mode.KEEP_VALUE:
                    read[name] = Code(rule.codes or "", "", concealed(clean(cell)))
                elif rule.unreadable:
                    read[name] = Code(rule.codes or "", "", rule.unreadable)
            else:
                read[name] = value
        if strange and self._shifted(cells, strange):
            problems += _told_shifted(strange, {problem.column for problem in problems})
            refused = True
        return self._read_new(cells, raw, problems) or refused

    def _shifted(self, cells: Cells, strange: list[tuple[str, Foreign]]) -> bool:
        """Whether cells that do not belong where they stand mean that the row has shifted; the line number is added to them where it tells."""
        surest = max(cell.weight for _, cell in strange)
        if surest == SURE and self._names_somebody(cells):
            strange.insert(0, (self.line_name, Foreign(None, SURE, Shape.LETTERS)))
        return surest >= PLAIN and len(strange) > 1 and sum(cell.weight for _, cell in strange) >= SHIFTED_WEIGHT

    def _names_somebody(self, cells: Cells) -> bool:
        """Whether words stand where the row's own number in its sheet should."""
        return self.line is not None and shape_of(cells[self.line]) is Shape.LETTERS

    def _read_new(self, cells: Cells, raw: dict[str, str], problems: list[CellProblem]) -> bool:
        """Keep cells of undeclared columns under their own headers; returns whether the row must be quarantined."""
        mode = self.contract.new_columns
        found = False
        for position, header in self.extra:
            cell = cells[position]
            if cell and not cell.isspace():
                found = True
                raw[header] = cell
                if mode is not Mode.EVOLVE:
                    problems.append(CellProblem(header, "column is not in the contract", "declare the column, or take it out",
                                                freezes=mode is Mode.FREEZE))
        return found and mode in (Mode.QUARANTINE_ROW, Mode.FREEZE)

    def _work_out_grades(self, read: dict[str, Any], problems: list[CellProblem]) -> bool:
        """Put grades in place of entry years; returns whether the row must be quarantined."""
        refused = False

        def tell(rule: ColumnRule, defect: Defect) -> None:
            nonlocal refused
            refused |= _told(rule, defect, problems)

        self.entry_years(read, tell)
        return refused

    def _overrule(self, read: dict[str, Any], problems: list[CellProblem]) -> None:
        """Take out of a row what another of its columns says better, and tell the contradiction."""
        for rule, others in self.overruling:
            value = read.get(rule.name)
            if value is None or value.label not in rule.overrules:
                continue
            for other in others:
                if (said := read.get(other)) is not None and said.label not in rule.overrules:
                    problems.append(CellProblem(rule.name, f"contradicts {other}", f"look which of the two is right; {rule.name} counts"))
                    del read[other]

    def _order(self, read: dict[str, Any], problems: list[CellProblem]) -> None:
        """Take out of a row a date that lies before the one it follows upon, and tell it."""
        for name, first in self.ordered:
            day, begins = read.get(name), read.get(first)
            if day is not None and begins is not None and day.latest() < begins.earliest():
                problems.append(CellProblem(name, TOO_EARLY, f"look which is right, it or {first}; until then it counts as not told"))
                del read[name]

    def _check(self, read: Mapping[str, Any], raw: Mapping[str, str], problems: list[CellProblem]) -> bool:
        """Required columns must be filled and readable, and none of them lost; returns whether the row is refused."""
        refused = self.lost_rows
        problems.extend(self.lost)
        for rule in self.required:
            if rule.name not in read and (rule.name not in raw or is_blank(raw[rule.name])):
                refused |= _told(rule, Defect("is blank", "fill it in at the source"), problems)
        return refused

    def _keys(self, read: Mapping[str, Any]) -> Iterator[tuple[str, ...]]:
        """The natural keys whose parts are all there, the first of which counts; a later alternative is marked, so that keys never meet."""
        for alternative, parts in zip(self.alternatives, self.keys, strict=True):
            key = []
            for name, standard in parts:
                value = read.get(name)
                if value is None:
                    break
                key.append(standard(value))
            else:
                yield tuple(key) if alternative == 0 else (f"#{alternative}", *key)

    def _key_hint(self) -> str:
        return "fill in " + ", or ".join(" and ".join(parts) for parts in self.contract.natural_key)


def _tells(contract: Contract, naming: Naming, named: Mapping[str, ColumnRule]) -> tuple[KeyPart, ...]:
    """The columns of who a row's subject is, where it names one, and those of its keys that are somebody's own; else all of its keys."""
    keys = [rule for name in dict.fromkeys(part for parts in contract.natural_key for part in parts) if (rule := named.get(naming.told(name)))]
    several = SUBJECT in contract.persons and contract.persons[SUBJECT].split is not None  # a cell of several people's names differs for many reasons
    found = [rule for rule in named.values() if not several and any(t.owner == SUBJECT and t.column in WHO for t in rule.becomes)]
    found += [rule for rule in keys if (rule.secret or rule.type in SECRET_TYPES) and rule not in found]
    return tuple(map(key_part, found or keys))


def _of_same(rule: ColumnRule, named: Iterable[ColumnRule]) -> tuple[str, ...]:
    """Other columns of codes that become the same as one."""
    return tuple(other.name for other in named if other is not rule and other.type == "code" and set(other.becomes) & set(rule.becomes))


def _same_reading(rule: ColumnRule) -> tuple[Any, ...]:
    """Columns for which this is equal read a cell alike."""
    return rule.type, rule.codes, rule.secret, rule.scale, rule.per, rule.bad, any(target.column == "born" for target in rule.becomes)


def _told(rule: ColumnRule, defect: Defect, problems: list[CellProblem]) -> bool:
    """Tell a defect as the column's mode says; returns whether it refuses the row."""
    if rule.bad is Mode.EVOLVE:
        return False
    problems.append(CellProblem(rule.name, defect.kind, defect.hint, freezes=rule.bad is Mode.FREEZE))
    return rule.bad in (Mode.QUARANTINE_ROW, Mode.FREEZE)


def _told_shifted(strange: list[tuple[str, Foreign]], told: set[str]) -> Iterator[CellProblem]:
    """The shift itself, then each column that made it look so and of which nothing is told yet."""
    yield replace(SHIFTED, hint=f"{SHIFTED.hint}; look at {', '.join(name for name, _ in strange)}")
    for name, cell in strange:
        if name not in told:
            what = f"it looks like {cell.shape.value}; " if cell.shape else ""
            yield CellProblem(name, MISPLACED.kind, what + MISPLACED.hint)


def _tells_loss(rule: ColumnRule) -> bool:
    return rule.bad in (Mode.QUARANTINE_ROW, Mode.FREEZE) or (rule.bad_stated and rule.bad is Mode.QUARANTINE_VALUE)


def _lost(rule: ColumnRule) -> CellProblem:
    return CellProblem(rule.name, "column is missing", "ask for the column, or declare its new header",
                       freezes=rule.bad is Mode.FREEZE)
