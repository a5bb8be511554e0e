"""Reads a contract and checks it: what it says is either usable or refused with line, column and what is allowed there."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from hub.contract.form import Form
from hub.contract.model import SUBJECT, ColumnRule, Condition, Constant, Contract, ContractError, FactRule, Mode, PersonRole, Target, When
from hub.contract.spellings import clashes
from hub.contract.types import DATE_TYPES, READ_AS, SECRET_TYPES, TYPES
from hub.domain.noun import Column, Kind, Noun, Owner, Sensitivity
from hub.domain.nouns import NOUNS
from hub.domain.person import MENTION_COLUMNS, TIE_COLUMNS
from hub.domain.support import ASSISTANCE, PROGRAMMES
from hub.domain.values.cell_lists import CELL_LISTS
from hub.domain.values.number import PERS

MODES = tuple(mode.value for mode in Mode)
OF_COLUMNS = tuple(mode for mode in MODES if mode != Mode.KEEP_VALUE)
HOLD_LIMITS = ("rows_lost", "rows_quarantined", "column_blank", "columns_swapped", "column_unreadable", "states_unknown", "numbers_contradicted", "dated_later")
MENTION = {column.name: column for column in (*MENTION_COLUMNS, *TIE_COLUMNS)}
MONTHLY, MONTH = "monthly_amount", "月"  # an amount that becomes the first is for the second, whatever a contract leaves unsaid
_TOP = ("name", "title", "department", "version", "mode", "cadence_days", "natural_key", "new_columns", "recognise", "needs",
        "hold", "persons", "facts", "columns", "keep")
_PERSON = ("kind", "of", "also", "split", "same_when")
_FACT = ("noun", "person", "set", "when", "from", "to")
_COLUMN = ("type", "codes", "also", "after", "required", "secret", "sensitivity", "bad", "unreadable", "drop", "sheet", "per", "not_before", "overrules", "becomes")
_CODE = re.compile(r"^F\d+$")  # a payment may call its programme by name
_NAME = re.compile(r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")


def read_contract(path: Path) -> Contract:
    """The contract in a TOML file; ContractError names line, column and what is allowed instead."""
    form = Form(path)
    told = form.data
    form.only(told, _TOP, "a contract")
    name = _name(form, told)
    department = form.text_of(told, "department")
    if department != name.split(".")[0]:
        form.fail(f"department must be the first part of name: {name.split('.')[0]}", "department")
    persons = _persons(form, told)
    raw_columns = form.table(told.get("columns", {}), "columns")
    if not raw_columns:
        form.fail("a contract declares at least one column under [columns]", "columns")
    for header in form.texts(told, "keep"):  # text kept in the record only
        if raw_columns.setdefault(header, {"type": "text"}) != {"type": "text"}:
            form.fail(f"{header} stands under [columns] already", "keep", header)
    facts = _facts(form, told, persons, raw_columns)
    columns = {header: _column(form, header, raw, persons, facts) for header, raw in raw_columns.items()}
    _check_conditions(form, columns, persons, facts)
    _check_spellings(form, columns, persons)
    return Contract(
        name=name, title=form.text_of(told, "title"), department=department, version=_version(form, told),
        mode=form.choice(told, "mode", ("full", "incremental")), cadence_days=_cadence(form, told),
        natural_key=_natural_key(form, told, columns),
        new_columns=Mode(form.choice(told, "new_columns", OF_COLUMNS, default="evolve")),
        recognise=form.texts(told, "recognise"), needs=_needs(form, told, columns), hold=_hold(form, told),
        persons=persons, facts=facts, columns=columns)


def faults_of(path: Path) -> list[ContractError]:
    """What is wrong with a contract, by line: the first fault of each key, person, fact and column; none where `read_contract` takes it.

    What depends on a faulty part is not judged, so that one slip is not told twice: natural keys, needs and conditions are, once all else is good.
    """
    try:
        read_contract(path)
        return []
    except ContractError as fault:
        first = fault
    try:
        form = Form(path)
    except ContractError:
        return [first]
    found: dict[tuple[int, int, str], ContractError] = {}

    def sound(read: Callable[[], Any]) -> bool:
        try:
            read()
        except ContractError as fault:
            found[fault.line, fault.column, fault.message] = fault
            return False
        return True

    told = form.data
    for key in told:
        sound(partial(form.only, {key: None}, _TOP, "a contract"))
    if found:  # a misspelt key is missing under its right name, too
        return list(found.values())
    for read in (_name, _version, _cadence, _hold):
        sound(partial(read, form, told))
    for key in ("title", "department"):
        sound(partial(form.text_of, told, key))
    sound(partial(form.choice, told, "mode", ("full", "incremental")))
    sound(partial(form.choice, told, "new_columns", OF_COLUMNS, default="evolve"))
    sound(partial(form.texts, told, "recognise"))
    raw = {key: told[key] if isinstance(told.get(key), dict) else {} for key in ("persons", "facts", "columns")}
    kept = told["keep"] if sound(partial(form.texts, told, "keep")) and "keep" in told else []
    columns = {header: one if isinstance(one, dict) and one.get("type") in TYPES else None for header, one in raw["columns"].items()}
    columns |= {header: {"type": "text"} for header in kept}
    people = [sound(partial(_person, form, role, one, raw["persons"])) for role, one in raw["persons"].items()]
    persons = _persons(form, told) if all(people) and sound(partial(_persons, form, told)) else None
    facts: tuple[FactRule, ...] | None = None
    if persons is not None:
        stated = [sound(partial(_facts, form, {"facts": {label: one}}, persons, columns)) for label, one in raw["facts"].items()]
        facts = _facts(form, told, persons, columns) if all(stated) and sound(partial(_facts, form, told, persons, columns)) else None
    for header, column in raw["columns"].items():
        if facts is None and isinstance(column, dict):  # what it becomes cannot be judged
            column = {key: value for key, value in column.items() if key != "becomes"}
        sound(partial(_column, form, header, column, persons or {}, facts or ()))
    return sorted(found.values(), key=lambda fault: (fault.line, fault.column)) or [first]


def _name(form: Form, told: Mapping[str, Any]) -> str:
    name = form.text_of(told, "name")
    if not _NAME.match(name):
        form.fail("name must be department.extract in small letters, such as civil_affairs.minimum_living_allowance", "name")
    return name


def _version(form: Form, told: Mapping[str, Any]) -> str:
    version = form.text_of(told, "version")
    try:
        return date.fromisoformat(version).isoformat()
    except ValueError:
        form.fail('version must be the date of the declaration, such as "2026-11-24"', "version")


def _cadence(form: Form, told: Mapping[str, Any]) -> int:
    days = told.get("cadence_days")
    if not isinstance(days, int) or isinstance(days, bool) or not 1 <= days <= 3660:
        form.fail("cadence_days must be a whole number of days from 1 to 3660", "cadence_days")
    return days


def _natural_key(form: Form, told: Mapping[str, Any], columns: Mapping[str, ColumnRule]) -> tuple[tuple[str, ...], ...]:
    alternatives = told.get("natural_key")
    if not isinstance(alternatives, list) or not alternatives or not all(isinstance(parts, list) and parts for parts in alternatives):
        form.fail('natural_key must be a list of lists of columns: [["…", "…"], ["…"]]', "natural_key")
    for parts in alternatives:
        for part in parts:
            form.one_of(part, columns, "column", "natural_key", str(part))
            if columns[part].type == "line_number" or columns[part].drop:
                form.fail(f"{part} cannot be part of a natural key: it is a line number or dropped", "natural_key", part)
    return tuple(tuple(parts) for parts in alternatives)


def _needs(form: Form, told: Mapping[str, Any], columns: Mapping[str, ColumnRule]) -> tuple[tuple[str, ...], ...]:
    """Headers a list must have: each a name, or a list of names of which one will do."""
    asked = told.get("needs", [])
    if not isinstance(asked, list):
        form.fail("needs must be a list of columns", "needs")
    groups = [group if isinstance(group, list) else [group] for group in asked]
    return tuple(tuple(form.one_of(name, columns, "column", "needs", str(name)) for name in group) for group in groups)


def _hold(form: Form, told: Mapping[str, Any]) -> dict[str, float]:
    limits = form.table(told.get("hold", {}), "hold")
    form.only(limits, HOLD_LIMITS, "hold", "hold")
    for name, limit in limits.items():
        if isinstance(limit, bool) or not isinstance(limit, int | float) or not 0 < limit <= 1:
            form.fail(f"{name} must be a share above 0 and at most 1", "hold", name)
    return {name: float(limit) for name, limit in limits.items()}


def _persons(form: Form, told: Mapping[str, Any]) -> dict[str, PersonRole]:
    raw = form.table(told.get("persons", {}), "persons")
    if raw and SUBJECT not in raw:
        form.fail(f"[persons] must declare {SUBJECT}, the row's own subject", "persons")
    return {role: _person(form, role, declared, raw) for role, declared in raw.items()}


def _person(form: Form, role: str, declared: Any, raw: Mapping[str, Any]) -> PersonRole:
    told = form.table(declared, "persons", role)
    form.only(told, _PERSON, "a person", "persons", role)
    of = form.optional(told, "of", "persons", role)
    if role == SUBJECT and of is not None:
        form.fail(f"{SUBJECT} is nobody's relative: leave out of", "persons", role, "of")
    if of is not None:
        form.one_of(of, raw, "person", "persons", role, "of")
    same_when = _when(form, told.get("same_when", {}), "persons", role, "same_when")
    if same_when and of is None:
        form.fail("same_when needs of: who is this person then?", "persons", role, "same_when")
    return PersonRole(
        role, form.choice(told, "kind", ("child", "adult", "any"), "persons", role), of,
        form.texts(told, "also", "persons", role), form.optional(told, "split", "persons", role), same_when)


def _facts(form: Form, told: Mapping[str, Any], persons: Mapping[str, PersonRole], columns: Mapping[str, Any]) -> tuple[FactRule, ...]:
    raw = form.table(told.get("facts", {}), "facts")
    return tuple(_fact(form, label, form.table(fact, "facts", label), persons, columns) for label, fact in raw.items())


def _fact(form: Form, label: str, told: Mapping[str, Any], persons: Mapping[str, PersonRole], columns: Mapping[str, Any]) -> FactRule:
    at = ("facts", label)
    noun = NOUNS[form.one_of(form.text_of(told, "noun", *at, default=label), NOUNS, "noun", *at, "noun")]
    person = form.text_of(told, "person", *at, default=SUBJECT)
    if noun.owner is Owner.PERSON:
        form.one_of(person, persons, "person", *at, "person")
    if label in persons:
        form.fail(f"{label} names a person; call the fact otherwise", *at)
    roles = {}
    for key in told:
        if key in _FACT:
            continue
        if _noun_column(form, noun, key, *at, key).kind is not Kind.PERSON:
            form.fail(f"{key} does not hold a person; give it a value under set, or let a column become {label}.{key}", *at, key)
        roles[key] = form.one_of(form.text_of(told, key, *at), persons, "person", *at, key)
    return FactRule(label, noun.name, person, _constants(form, noun, told, *at), roles,
                    _when(form, told.get("when", {}), *at, "when"),
                    _stated(form, told, "from", columns, *at), _stated(form, told, "to", columns, *at))


def _stated(form: Form, told: Mapping[str, Any], key: str, columns: Mapping[str, Any], *at: str) -> tuple[str, ...]:
    named = told.get(key)
    names = tuple(named) if isinstance(named, list) else (named,) if named is not None else ()
    for name in names:
        declared = columns[form.one_of(name, columns, "column", *at, key)]
        if isinstance(declared, dict) and declared.get("type") not in (*DATE_TYPES, "period"):
            form.fail(f"{key} must name a column that holds a date ({', '.join(sorted(DATE_TYPES))}, period)", *at, key)
    return names


def _constants(form: Form, noun: Noun, told: Mapping[str, Any], *at: str) -> dict[str, tuple[Constant, ...]]:
    constants = {}
    for name, value in form.table(told.get("set", {}), *at, "set").items():
        column = _noun_column(form, noun, name, *at, "set", name)
        choices = value if isinstance(value, list) else [value]
        constants[name] = tuple(_constant(form, noun, column, choice, *at, "set", name) for choice in choices)
    return constants


def _constant(form: Form, noun: Noun, column: Column, told: Any, *at: str) -> Constant:
    when: When = ()
    if isinstance(told, dict):
        form.only(told, ("value", "when", "join"), "a constant", *at)
        when = _when(form, told.get("when", {}), *at)
        if "join" in told:
            if column.kind is not Kind.TEXT or "value" in told:
                form.fail("join puts the words of columns together into a text, and takes no value beside it", *at, "join")
            return Constant(when=when, join=form.texts(told, "join", *at))
        told = told.get("value")
    if column.kind is Kind.CODE and told not in _labels(column.codes or ""):
        form.fail(f"{told!r} is not in the code list {column.codes}; it has {', '.join(_labels(column.codes or ''))}", *at)
    fits: dict[Kind, type] = {Kind.TEXT: str, Kind.CODE: str, Kind.FLAG: bool, Kind.INTEGER: int}
    if not isinstance(told, str | int) or type(told) is not fits.get(column.kind):
        form.fail(f"{column.name} holds a {column.kind.value}; this constant does not fit", *at)
    if column.name == "programme" and told not in PROGRAMMES and (noun is ASSISTANCE or _CODE.match(str(told))):
        form.fail(f"there is no programme {told}; there are {PROGRAMMES[0]} to {PROGRAMMES[-2]} and {PROGRAMMES[-1]}", *at)
    return Constant(told, when)


def _when(form: Form, told: Any, *at: str) -> When:
    """A condition: a column or list of columns not blank, a table of allowed values, or ``not`` with either."""
    if isinstance(told, str):
        return (Condition((told,)),)
    if isinstance(told, list) and told and all(isinstance(name, str) for name in told):
        return (Condition(tuple(told)),)
    if not isinstance(told, dict):
        form.fail('a condition is a column, a list of columns, { "column" = ["value", …] } or { not = … }', *at)
    found: list[Condition] = []
    for name, values in told.items():
        if name == "not":
            found += [Condition(c.columns, c.values, not c.negated) for c in _when(form, values, *at, "not")]
            continue
        if not isinstance(values, list) or not values or not all(isinstance(value, str) for value in values):
            form.fail(f'the values of {name} must be a list of texts: ["…", "…"]', *at, name)
        found.append(Condition((name,), frozenset(values)))
    return tuple(found)


def _column(form: Form, header: str, raw: Any, persons: Mapping[str, PersonRole], facts: tuple[FactRule, ...]) -> ColumnRule:
    at = ("columns", header)
    told = form.table(raw, *at)
    form.only(told, _COLUMN, "a column", *at)
    if not header.strip():
        form.fail("a column needs its header", *at)
    type_ = form.choice(told, "type", TYPES, *at)
    codes = form.optional(told, "codes", *at)
    if (type_ == "code") != (codes is not None):
        form.fail("a column of type code names its list in codes, and no other column does", *at, "codes" if codes else "type")
    if codes is not None:
        form.one_of(codes, CELL_LISTS, "code list", *at, "codes")
    per = form.choice(told, "per", PERS, *at) if "per" in told else None
    if per and type_ != "amount":
        form.fail("only an amount is for somebody and a period", *at, "per")
    drop = form.flag(told, "drop", *at)
    becomes = _becomes(form, told, type_, codes, persons, facts, *at)
    if drop and (becomes or told.get("required")):
        form.fail("a dropped column is never stored: it cannot be required or become anything", *at, "drop")
    required = form.flag(told, "required", *at)
    bad = form.choice(told, "bad", MODES, *at, default="quarantine_row" if required else "quarantine_value")
    if bad == Mode.KEEP_VALUE and not (type_ == "code" and _only_texts(becomes, persons, facts)):
        form.fail("only a column of type code that becomes texts can keep what is not in its list", *at, "bad")
    unreadable = form.one_of(told["unreadable"], _labels(codes or ""), "code", *at, "unreadable") if "unreadable" in told else None
    if unreadable and bad != Mode.QUARANTINE_VALUE:
        form.fail("only a column whose cell may be missing (quarantine_value) says what stands for one that cannot be read", *at, "unreadable")
    overrules = form.texts(told, "overrules", *at)
    for label in overrules:
        form.one_of(label, _labels(codes or ""), "code", *at, "overrules")
    sensitivity = form.choice(told, "sensitivity", [s.value for s in Sensitivity], *at) if "sensitivity" in told else None
    return ColumnRule(
        name=header, type=type_, codes=codes, also=form.texts(told, "also", *at), after=form.optional(told, "after", *at),
        required=required, secret=form.flag(told, "secret", *at) or type_ in SECRET_TYPES, sensitivity=sensitivity, bad=Mode(bad),
        bad_stated="bad" in told, unreadable=unreadable, drop=drop, not_before=form.texts(told, "not_before", *at), overrules=frozenset(overrules),
        sheet=form.flag(told, "sheet", *at), becomes=becomes,
        per=per or next((MONTH for target in becomes if target.column == MONTHLY), None) if type_ == "amount" else None)


def _only_texts(becomes: tuple[Target, ...], persons: Mapping[str, PersonRole], facts: tuple[FactRule, ...]) -> bool:
    nouns = {fact.label: NOUNS[fact.noun] for fact in facts}
    return all(t.owner not in persons and nouns[t.owner].column(t.column).kind is Kind.TEXT for t in becomes)


def _becomes(form: Form, told: Mapping[str, Any], type_: str, codes: str | None, persons: Mapping[str, PersonRole],
             facts: tuple[FactRule, ...], *at: str) -> tuple[Target, ...]:
    value = told.get("becomes", [])
    names = [value] if isinstance(value, str) else list(form.texts(told, "becomes", *at))
    targets = tuple(_target(form, name, persons, facts, *at, "becomes", name) for name in names)
    if type_ == "period" and len(targets) not in (0, 2):
        form.fail('a period becomes two columns: becomes = ["….from", "….to"]', *at, "becomes")
    labels = {fact.label: fact for fact in facts}
    for name, target in zip(names, targets, strict=True):
        column = MENTION[target.column] if target.owner in persons else NOUNS[labels[target.owner].noun].column(target.column)
        fitting = {t for t, kinds in TYPES.items() if column.kind in kinds}
        if target.owner in persons:
            fitting &= READ_AS.get(target.column, fitting)
        if type_ not in fitting:
            allowed = sorted(fitting)
            form.fail(f"{name} holds a {column.kind.value}, which a column of type {type_} cannot fill; "
                      f"types that can: {', '.join(allowed) or 'none (name a person instead)'}", *at, "becomes", name)
        if column.kind is Kind.CODE and codes is not None and not set(_labels(codes)) <= set(_labels(column.codes or "")):
            form.fail(f"{name} takes codes of the list {column.codes}, not of {codes}", *at, "codes")
    return targets


def _target(form: Form, name: str, persons: Mapping[str, PersonRole], facts: tuple[FactRule, ...], *at: str) -> Target:
    owner, _, column = name.partition(".")
    labels = {fact.label: fact for fact in facts}
    if owner in persons:
        if column not in MENTION:
            form.fail(f"a person has no column {column}; it has {', '.join(MENTION)}", *at)
    elif owner in labels:
        _noun_column(form, NOUNS[labels[owner].noun], column, *at)
    else:
        form.fail(f"{owner} is neither a person nor a fact of this contract; there are {', '.join((*persons, *labels))}", *at)
    return Target(owner, column)


def _noun_column(form: Form, noun: Noun, name: str, *at: str) -> Column:
    try:
        return noun.column(name)
    except KeyError as error:
        form.fail(str(error.args[0]), *at)


def _check_conditions(
    form: Form, columns: Mapping[str, ColumnRule], persons: Mapping[str, PersonRole], facts: tuple[FactRule, ...],
) -> None:
    for person in persons.values():
        _check_when(form, person.same_when, columns, "persons", person.name, "same_when")
    for fact in facts:
        _check_when(form, fact.when, columns, "facts", fact.label, "when")
        for name, constants in fact.constants.items():
            for constant in constants:
                _check_when(form, constant.when, columns, "facts", fact.label, "set", name)
                for part in constant.join:
                    form.one_of(part, columns, "column", "facts", fact.label, "set", name, "join", part)
    for rule in columns.values():
        if rule.after is not None:
            form.one_of(rule.after, columns, "column", "columns", rule.name, "after")
        for name in rule.not_before:
            first = columns[form.one_of(name, columns, "column", "columns", rule.name, "not_before")]
            if not {rule.type, first.type} <= DATE_TYPES:
                form.fail("only a date lies before another; both columns must be of type date, month or partial_date", "columns", rule.name, "not_before")


def _check_when(form: Form, when: When, columns: Mapping[str, ColumnRule], *at: str) -> None:
    for condition in when:
        for name in condition.columns:
            codes = columns[form.one_of(name, columns, "column", *at, name)].codes
            unknown = sorted((condition.values or frozenset()) - set(_labels(codes))) if codes else []
            if unknown:
                form.fail(f"{unknown[0]} is not in the code list {codes}; it has {', '.join(_labels(codes or ''))}", *at, unknown[0])


def _check_spellings(form: Form, columns: Mapping[str, ColumnRule], persons: Mapping[str, PersonRole]) -> None:
    for first, second, spelling in clashes(columns, persons):
        form.fail(f"{spelling} is a spelling of {first} too; take it from one of them, or say after which column it means {second}",
                  "columns", second)


def _labels(codes: str) -> list[str]:
    return [code.label for code in CELL_LISTS[codes].codes] if codes in CELL_LISTS else []
