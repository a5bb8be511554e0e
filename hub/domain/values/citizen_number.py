"""Citizen numbers (GB 11643-1999): 18 digits with a check digit, or 15 of the old kind, with every damage that lists show."""

import re
from dataclasses import dataclass
from datetime import date
from operator import mul

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECK_DIGITS = "10X98765432"
_ZEROS = sum(map(mul, WEIGHTS, b"0" * 17))  # what the digits' own codes add, since '0' is 48
_FLOAT = re.compile(r"^\d(?:\.\d+)?[eE]\+?\d+$")
_PLACEHOLDER = re.compile(r"^(\d)\1+[X\d]?$|^1234567|^0+$")
_CROSSES = "×✕✖╳"  # how X is drawn; a * may stand for anything (D-10)
DAMAGED_LENGTHS = range(16, 20)  # 18, or a digit lost or typed twice
_TYPE_AGAIN = "ask the owner for the number again"


@dataclass(slots=True)
class CitizenNumber:
    """A number whose date exists and whose check digit agrees. `sex` is GB/T 2261.1's 1 (男) or 2 (女)."""

    number: str
    born: date
    sex: str
    area: str
    upgraded: bool


def read_citizen_number(text: str) -> CitizenNumber | Defect | None:
    """Read a number; V0 to V3 of domain C.6. A wrong check digit is never repaired."""
    if len(text) == 18 and text.isascii() and text[:17].isdigit() and not text.startswith("1234567"):
        found = _checked(text, upgraded=False)  # most are plainly right; what is not is looked at with more care
        if isinstance(found, CitizenNumber) and not text.endswith("000"):
            return found
    if is_blank(text):
        return None
    told = clean(text)
    if _FLOAT.match(told):
        return Defect("spreadsheet damage", "the number was stored as a float; export the column as text")
    plain = re.sub(r"[\s\-‐–—_.]+", "", told.removesuffix(".0")).upper()
    if len(plain) in (15, 18) and plain[-1] in _CROSSES:
        plain = plain[:-1] + "X"
    if _PLACEHOLDER.match(plain):
        return Defect("placeholder", "leave the cell blank where there is no number")
    if re.fullmatch(r"\d{15}", plain):
        return _upgraded(plain)
    if re.fullmatch(r"\d{17}[^\dA-Z]", plain):
        return Defect("last character lost", _TYPE_AGAIN + "; a last X is written as a letter")
    if not re.fullmatch(r"\d{17}[\dX]", plain):
        if re.fullmatch(r"[A-Z]{1,2}\d{6,10}", plain):
            return Defect("another kind of document", "put its kind into 身份证件类型")
        return Defect("not a citizen number", _TYPE_AGAIN + f"; it has {len(plain)} characters, not 18 or 15")
    if plain.endswith("000"):
        return Defect("spreadsheet damage", "its last digits are lost; export the column as text")
    return _checked(plain, upgraded=False)


def damaged_digits(text: str) -> str | None:
    """What is left of a number that cannot be read, as evidence of whose it was; None where too little is left to tell."""
    plain = re.sub(r"[^0-9X]", "", clean(text).upper())
    return plain if len(plain) in DAMAGED_LENGTHS and not _PLACEHOLDER.match(plain) and not _FLOAT.match(clean(text)) else None


def check_digit(first17: str) -> str:
    """The 18th character for the first 17 digits."""
    return CHECK_DIGITS[(sum(map(mul, WEIGHTS, first17.encode())) - _ZEROS) % 11]


def _upgraded(number15: str) -> CitizenNumber | Defect:
    """15 digits become 18: '19' before the year of birth, and the check digit."""
    first17 = number15[:6] + "19" + number15[6:]
    return _checked(first17 + check_digit(first17), upgraded=True)


def _checked(number: str, *, upgraded: bool) -> CitizenNumber | Defect:
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return Defect("no such birth date in the number", _TYPE_AGAIN)
    if not 1900 <= born.year <= 2100:
        return Defect("no such birth date in the number", _TYPE_AGAIN)
    if check_digit(number[:17]) != number[17]:
        return Defect("check digit fails", _TYPE_AGAIN)
    return CitizenNumber(number, born, "1" if int(number[16]) % 2 else "2", number[:6], upgraded)
