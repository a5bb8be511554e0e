"""Whether the citizen number a row gives for somebody can be trusted: valid, missing, invalid, or suspect (D-09 to D-13).

A suspect number is kept and never used to tell who is meant: it disagrees with the row's own birth date or sex, belongs to
somebody else in the row, would make a child a grown-up, or has fifteen digits that leave the century open.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from hub.contract.readers import BY_CERTIFICATE, BY_STUDENT_NUMBER, NUMBER
from hub.domain.values.citizen_number import CitizenNumber, damaged_digits
from hub.domain.values.dates import SYSTEMS_APART_DAYS, PartialDate

ASK = "look whose number it is, and ask the owner for this person's own"
SLIP_DAYS = 400  # in the sample deliveries slips lie within 370 days, borrowed numbers beyond 1,800
OLDEST_CHILD_YEARS = 20  # a number of somebody older than this is not a child's
CENTURY = 100  # years: numbers of fifteen digits leave it out, and nobody born in this one was ever given such
_SOURCES = ((BY_STUDENT_NUMBER, "student_number"), (BY_CERTIFICATE, "certificate_number"))
_SEX = {"1": "男性", "2": "女性"}


def judge_numbers(persons: dict[str, dict[str, Any]], kinds: Mapping[str, str], on: date) -> dict[str, str]:
    """Set ``number``, ``number_state`` and, where it came from another number, ``number_from`` of each person.

    Returns, by role, why the number given is not believed, where it is not.
    """
    doubts = {role: doubt for role, person in persons.items() if person and (doubt := _judge(person, kinds[role], on))}
    if len(persons) > 1:
        doubts |= dict.fromkeys(_same_number_twice(persons, kinds), "the number of somebody else in the row")
    return doubts


def _judge(person: dict[str, Any], kind: str, on: date) -> str | None:
    own = person.pop(NUMBER, None)
    doubt = None if own is None else doubt_of(own, person, kind, on)
    if own is not None and doubt is None:
        person["number"], person["number_state"] = own.number, "valid"  # another column's damaged digits may stand there
        kept = [other.number for source, _ in _SOURCES if (other := person.pop(source, None)) is not None and other.number != own.number]
        if kept:
            person["earlier"] = kept[0]  # a student or certificate number keeps the number that was corrected since (D-27)
        return None
    for source, name in _SOURCES:
        other = person.pop(source, None)
        if other is not None and person.get("number_from") is None and doubt_of(other, person, kind, on) is None:
            person["number"], person["number_state"], person["number_from"] = other.number, "valid", name
    if "number_from" in person:
        return doubt
    if own is not None:
        person["number"], person["number_state"] = own.number, "suspect"
    elif "certificate_number" in person and "number" not in person and (digits := damaged_digits(person["certificate_number"][:18])):
        person["number"], person["number_state"] = digits, "invalid"
    else:
        person.setdefault("number_state", "missing")
    return doubt


def doubt_of(number: CitizenNumber, person: Mapping[str, Any], kind: str, on: date) -> str | None:
    """Why a well-formed number cannot be this person's; None where it may.

    A birth date near the number's is a slip of the pen, and the number wins (D-20); so it does over a wrong sex beside the right date.
    Over both it does not: two children of one class are hardly a year apart (D-42). Fifteen digits are of the last century (D-09), unless they
    could be a child's, shortened, and no birth date tells.
    """
    if number.born > on:
        return "a number of somebody not yet born"
    born, sex = person.get("born"), person.get("sex")
    other_sex = sex in ("男性", "女性") and sex != _SEX[number.sex]
    if born is not None:
        if not near(number.born, born):
            return "a number with another birth date than the one beside it"
        told = born.earliest() <= number.born <= born.latest()
        return None if told or not other_sex else "a number with another birth date and the other sex than beside it"
    if number.upgraded and number.born.replace(year=number.born.year + CENTURY) <= on:
        return "a number of fifteen digits, of somebody a hundred years old or of a child"
    if other_sex:
        return "a number with the other sex than the one beside it"
    return "a grown-up's number in a child's place" if kind == "child" and number.born.year < on.year - OLDEST_CHILD_YEARS else None


def near(born: date, stated: PartialDate) -> bool:
    """Whether one date may be a slip of the other: within a little more than a year of what is stated, in a spreadsheet's other count of days, or with day and month changed about."""
    if abs((stated.earliest() - born).days) == SYSTEMS_APART_DAYS:
        return True
    before, after = (stated.earliest() - born).days, (born - stated.latest()).days
    return max(before, after) <= SLIP_DAYS or (stated.year, stated.month, stated.day) == (born.year, born.day, born.month)


def _same_number_twice(persons: dict[str, dict[str, Any]], kinds: Mapping[str, str]) -> list[str]:
    """Of two people in a row with one number it is whose birth date says so, else the grown-up's; the others' are suspect, and returned."""
    others: list[str] = []
    holders: dict[str, list[str]] = {}
    for role, person in persons.items():
        if person.get("number_state") == "valid":
            holders.setdefault(person["number"], []).append(role)
    for roles in holders.values():
        if len(roles) < 2 or _one_person([persons[role] for role in roles]):
            continue
        born = [role for role in roles if "born" in persons[role]]
        owner = born if len(born) == 1 else [role for role in roles if kinds[role] == "adult"]
        for role in roles:
            if owner != [role]:
                persons[role]["number_state"] = "suspect"
                others.append(role)
    return others


def _one_person(named: list[dict[str, Any]]) -> bool:
    return len({person.get("name_key") for person in named}) == 1
