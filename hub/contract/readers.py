"""How a cell of each type is read, what the read value becomes in a mention or fact, and how it stands in a natural key."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any, Final

from hub.contract.model import ColumnRule
from hub.domain.noun import Kind
from hub.domain.values.cell_lists import CELL_LISTS
from hub.domain.values.citizen_number import CitizenNumber, read_citizen_number
from hub.domain.values.concealed import concealed
from hub.domain.values.dates import PartialDate, read_date, read_period
from hub.domain.values.defect import Defect
from hub.domain.values.disability_certificate import DisabilityCertificate, read_disability_certificate
from hub.domain.values.division import DivisionMatch, read_division
from hub.domain.values.grade import read_grade
from hub.domain.values.number import Amount, read_amount, read_decimal, read_integer
from hub.domain.values.person_name import read_person_name
from hub.domain.values.phone import read_phone
from hub.domain.values.school_year import read_school_year
from hub.domain.values.student_number import read_student_number
from hub.domain.values.text import clean, is_blank, is_ditto, is_formula_error
from hub.domain.values.yes_no import read_yes_no

Reader = Callable[[str], Any]  # cell -> value, Defect, or None for blank
Convert = Callable[[Any, str, dict[str, Any]], None]  # (value, target column, mention or fact values to put it in)
KeyPart = tuple[str, Callable[[Any], str]]

MISS: Final = object()
LONG_AFTER = timedelta(days=45)  # lists are made some weeks after the month that they speak for
_SPACES = re.compile(r"\s+")
AMOUNT_PERIOD = "amount_period"  # what an amount's cell says of its period; it joins the fact's own
#: Evidence that a mention's number is judged by; taken out again by ``numbers.judge_numbers``.
NUMBER, BY_STUDENT_NUMBER, BY_CERTIFICATE = "number_read", "by_student_number", "by_certificate_number"


def reader(rule: ColumnRule, on: date) -> Reader | None:
    """The reader of a column; ``on`` is the business date for ages, grades and two-digit years."""
    if rule.drop:
        return None
    read = _typed(rule, on)
    return lambda cell: _says_nothing(cell) or read(cell)


def _says_nothing(cell: str) -> Defect | None:
    if is_formula_error(cell):
        return Defect("a formula's error", "repair the formula and export again")
    if is_ditto(cell):
        return Defect("repeats a row above that it cannot", "write the value itself instead of 同上")
    return None


def _typed(rule: ColumnRule, on: date) -> Reader:
    if rule.type == "code":
        return CELL_LISTS[rule.codes or ""].read
    dated: dict[str, Callable[[str, date], Any]] = {
        "date": read_date, "month": read_date, "partial_date": read_date, "period": read_period, "grade": read_grade}
    if rule.type in dated:
        read = dated[rule.type]
        if any(target.column == "born" for target in rule.becomes):
            return lambda cell: _not_to_come(read(cell, on), on)
        return lambda cell: read(cell, on)
    if rule.type == "amount" and (rule.scale != 1 or rule.per):
        return lambda cell: _for(rule.per, _scaled(read_amount(cell), cell, rule.scale))
    return _READERS[rule.type]


def _scaled(amount: Any, cell: str, scale: int) -> Any:
    """An amount in yuan where its column is in 万元; a cell that says its own unit has it."""
    return replace(amount, value=amount.value * scale) if isinstance(amount, Amount) and "元" not in cell and "万" not in cell else amount


def _for(per: str | None, amount: Any) -> Any:
    """An amount that is not for what its column is for is no amount of that column; it is not worked out anew (D-36)."""
    if isinstance(amount, Amount) and per and not amount.fits(per):
        return Defect("an amount for another period or other people", f"write yuan for one {per}")
    return amount


def _not_to_come(born: Any, on: date) -> Any:
    """A birth date that lies after the business date is none."""
    if isinstance(born, PartialDate) and born.earliest() > on:
        return Defect("a birth date to come", "write the date of birth as in the household register")
    return born


def is_later(cell: str, value: Any, on: date) -> bool:
    """Whether a cell of a date column tells of a day long after ``on``; ``value`` is what the column's reader made of it."""
    if type(value) is Defect:
        value = read_date(cell, on)  # a birth date to come is a defect, and a date all the same
    return isinstance(value, PartialDate) and value.earliest() > on + LONG_AFTER


def key_part(rule: ColumnRule) -> KeyPart:
    """How a column stands in a natural key: its name and the standard form of its value."""
    return rule.name, _KEY_FORMS.get(rule.type, _plain)


def converters(rule: ColumnRule, place: int, column: str, kinds: Mapping[str, Kind]) -> Convert:
    """How this column's value fills one of its targets; ``place`` is the target's place in ``becomes``."""
    kind = kinds[column]
    if rule.type in _EVIDENCE and "number" in kinds and "name" in kinds and column in ("number", "student_number", "certificate_number"):
        return _EVIDENCE[rule.type]
    if rule.type == "name":
        return _put_name if column == "name" and "number" in kinds else _put_attribute("text")
    if rule.type == "address":
        return _put_address if column == "address" and "township" in kinds else _put
    if rule.type == "division":
        return _put_division(kind, with_village="village" in kinds)
    if rule.type == "period":
        return _put_side(place)
    if kind is Kind.TEXT:
        return _PUT_TEXT.get(rule.type, _put_concealed)
    if kind is Kind.SCHOOL:
        return _put_concealed
    if rule.type == "amount" and "period" in kinds:
        return _put_amount_and_period
    return _PUT.get(rule.type, _put)


def _text(cell: str) -> str | None:
    return None if is_blank(cell) else clean(cell)


def _close(cell: str) -> str | None:
    """Text without any blanks: names of schools."""
    return None if is_blank(cell) else _SPACES.sub("", clean(cell))


def _household(cell: str) -> str | None:
    """A household's number: without blanks, a spreadsheet's .0, and leading zeros, which spreadsheets lose (D-14)."""
    plain = _close(cell)
    return plain.removesuffix(".0").lstrip("0").upper() or None if plain else None


def _account(cell: str) -> str | None:
    plain = _close(cell)
    return plain.replace("-", "") if plain else None


def _person_number(cell: str) -> CitizenNumber | DisabilityCertificate | Defect | None:
    """A citizen number, or a disability certificate's number in its place."""
    number = read_citizen_number(cell)
    if not isinstance(number, Defect):
        return number
    certificate = read_disability_certificate(cell)
    return certificate if isinstance(certificate, DisabilityCertificate) else number


@lru_cache(maxsize=200_000)
def division_of(text: str) -> DivisionMatch | None:
    """The division an address or name lies in; None where it is blank or not of this county."""
    return read_division(text)


_READERS: dict[str, Reader] = {
    "text": _text, "name": read_person_name, "citizen_number": read_citizen_number, "person_number": _person_number,
    "student_number": read_student_number, "certificate_number": read_disability_certificate, "phone": read_phone,
    "account": _account, "integer": read_integer, "amount": read_amount, "decimal": read_decimal, "yes_no": read_yes_no,
    "school": _close, "school_year": read_school_year, "address": _text, "division": division_of,
    "household": _household,
}


def _plain(value: Any) -> str:
    return _SPACES.sub("", str(value)).upper()


_KEY_FORMS: dict[str, Callable[[Any], str]] = {
    "name": lambda value: value.compare,
    "citizen_number": lambda value: value.number,
    "person_number": lambda value: value.number if isinstance(value, CitizenNumber) else value.holder,
    "student_number": lambda value: value.number,
    "certificate_number": lambda value: value.holder,
    "date": lambda value: value.iso, "month": lambda value: value.iso, "partial_date": lambda value: value.iso,
    "period": lambda value: "/".join(side.iso if side else "" for side in value),
    "code": lambda value: value.label,
    "grade": lambda value: str(value.level),
    "amount": lambda value: str(value.value),
    "division": lambda value: value.code,
}


def _put(value: Any, column: str, into: dict[str, Any]) -> None:
    into[column] = value


def _put_concealed(value: Any, column: str, into: dict[str, Any]) -> None:
    """Text as it is told, but for the personal numbers in it, which lie sealed in the record."""
    into[column] = concealed(value) if isinstance(value, str) else value


def _put_attribute(attribute: str) -> Convert:
    def put(value: Any, column: str, into: dict[str, Any]) -> None:
        into[column] = getattr(value, attribute)
    return put


def _put_side(place: int) -> Convert:
    """One end of a period; an open end is left out."""
    def put(value: Any, column: str, into: dict[str, Any]) -> None:
        if value[place] is not None:
            into[column] = value[place]
    return put


def _put_division(kind: Kind, *, with_village: bool) -> Convert:
    """A township-level division, with the village where the cell names one."""
    def put(value: Any, column: str, into: dict[str, Any]) -> None:
        if kind is Kind.TEXT:
            if value.village:
                into[column] = value.village
        elif len(value.code) >= 9:
            into[column] = value.code[:9]
            if with_village and value.village:
                into.setdefault("village", value.village)
    return put


def _put_address(value: Any, column: str, into: dict[str, Any]) -> None:
    """An address, and the township and village it lies in unless the row gives them otherwise."""
    into.setdefault(column, concealed(value))
    found = division_of(value) if "township" not in into or "village" not in into else None
    if found is None or len(found.code) < 9:
        return
    if into.setdefault("township", found.code[:9]) == found.code[:9] and found.village:
        into.setdefault("village", found.village)


def _put_name(value: Any, column: str, into: dict[str, Any]) -> None:
    into["name"] = value.text
    into["name_key"] = value.compare


def _put_number(value: Any, column: str, into: dict[str, Any]) -> None:
    if isinstance(value, DisabilityCertificate):
        _put_certificate(value, column, into)
    else:
        into["number"] = value.number
        into[NUMBER] = value


def _put_student_number(value: Any, column: str, into: dict[str, Any]) -> None:
    into["student_number"] = value.number
    into[BY_STUDENT_NUMBER] = value.citizen_number


def _put_certificate(value: Any, column: str, into: dict[str, Any]) -> None:
    into["certificate_number"] = value.number
    into[BY_CERTIFICATE] = value.citizen_number


def _put_number_text(value: Any, column: str, into: dict[str, Any]) -> None:
    into[column] = str(value)


def _put_amount_and_period(value: Any, column: str, into: dict[str, Any]) -> None:
    into[column] = value.value
    if value.period:
        into[AMOUNT_PERIOD] = f"每{value.period}"


def _put_decimal(value: Any, column: str, into: dict[str, Any]) -> None:
    into[column] = Decimal(value)


_EVIDENCE: dict[str, Convert] = {
    "citizen_number": _put_number, "person_number": _put_number, "student_number": _put_student_number,
    "certificate_number": _put_certificate}
_PUT: dict[str, Convert] = {
    "citizen_number": _put_attribute("number"), "student_number": _put_attribute("number"),
    "certificate_number": _put_attribute("number"), "code": _put_attribute("label"), "grade": _put_attribute("level"),
    "amount": _put_attribute("value"), "person_number": _put_attribute("number")}
_PUT_TEXT: dict[str, Convert] = {
    "code": _put_attribute("label"), "grade": _put_attribute("text"), "date": _put_attribute("iso"), "month": _put_attribute("iso"),
    "partial_date": _put_attribute("iso"), "integer": _put_number_text, "decimal": _put_number_text,
    "amount": lambda value, column, into: _put_number_text(value.value, column, into),
    "yes_no": lambda value, column, into: _put("是" if value else "否", column, into)}
