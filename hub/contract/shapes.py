"""What a cell plainly is, whatever its column calls it: by that a row whose cells have shifted is known (domain D-29).

A cell is foreign where it is plainly of a kind that its column cannot hold, such as a telephone number among names or 汉族
among birth dates. A number with a wrong check digit or a date that does not exist has the right shape and is not.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import Any

from hub.contract.model import ColumnRule, Mode
from hub.domain.values.codes import CODE_LISTS
from hub.domain.values.concealed import holds_number
from hub.domain.values.defect import Defect
from hub.domain.values.text import clean


class Shape(Enum):
    """The kinds that can be told by the cell alone."""

    LONG_NUMBER = "15 digits or more"
    PHONE = "a mobile telephone's number"
    DATE = "a date"
    SEX = "a sex"
    YES_NO = "yes or no"
    ETHNIC_GROUP = "an ethnic group"
    RELATION = "a relation"
    CATEGORY = "a disability category or level"
    GRADE = "a grade"
    SCHOOL = "a school"
    ADDRESS = "an address"
    LETTERS = "letters or characters without a digit"


class Foreign:
    """A read cell that does not belong in its column; ``value`` is what the row goes on with."""

    __slots__ = ("shape", "value", "weight")

    def __init__(self, value: Any, weight: int, shape: Shape | None) -> None:
        self.value = value
        self.shape = shape  # what it plainly is instead, where that can be told
        self.weight = weight  # how plainly it belongs elsewhere; ``SHIFTED_WEIGHT`` of two or more cells is a shift


SURE, PLAIN, ODD, UNKNOWN = 4, 3, 2, 1  # of another kind; words for a date or amount; seldom all of a text; no code of the list
SHIFTED_WEIGHT = 5
_WORDS = {Shape.SEX, Shape.YES_NO, Shape.ETHNIC_GROUP, Shape.RELATION, Shape.CATEGORY}
_PLACES = {Shape.SCHOOL, Shape.ADDRESS}
_DIGITS = {Shape.LONG_NUMBER, Shape.PHONE, Shape.DATE}
_NUMBERS = _WORDS | _PLACES | {Shape.PHONE, Shape.DATE, Shape.GRADE, Shape.LETTERS}
#: type -> what its column cannot hold. What a code list itself has is never foreign to it.
_CANNOT: dict[str, set[Shape]] = {
    "name": _WORDS | _PLACES | _DIGITS | {Shape.GRADE},
    "citizen_number": _NUMBERS, "person_number": _NUMBERS, "certificate_number": _NUMBERS, "student_number": _NUMBERS,
    "phone": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.DATE, Shape.GRADE},
    "account": _WORDS | _PLACES,
    "date": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE}, "month": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE},
    "partial_date": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE}, "period": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE},
    "integer": _WORDS | _PLACES | _DIGITS, "decimal": _WORDS | _PLACES | _DIGITS,
    "amount": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE},
    "yes_no": _DIGITS | _PLACES | _WORDS, "code": _DIGITS | _PLACES | _WORDS,
    "grade": _DIGITS | _PLACES | _WORDS,
    "school": _DIGITS | _WORDS, "address": _DIGITS | _WORDS, "division": _DIGITS | _WORDS,
    "school_year": _WORDS | _PLACES | {Shape.LONG_NUMBER, Shape.PHONE},
    "household": _WORDS | _PLACES,
}
#: What hardly ever is all that a column of text holds: no error by itself, but a sign beside another.
_SELDOM_TEXT = {Shape.SEX, Shape.ETHNIC_GROUP, Shape.RELATION, Shape.DATE}
_DATED = frozenset({"date", "month", "partial_date", "period"})
_COUNTED = frozenset({"integer", "decimal", "amount"})
#: Types whose readers take nearly any text, so that having been read tells little.
_LOOSE = frozenset({"name", "address", "school", "division", "household", "account", "text"})
MISPLACED = Defect("does not belong in this column", "look whether the row's cells have moved to another column")
_FILLERS = re.compile(r"[无未没不待免同空停]|长期|永久|至今|[去今前]年|农历|阴历")
_DATE_SHAPED = re.compile(r"(?:19|20)?\d{2}[-./年]\d|(?:19|20)\d{2,6}|\d{5}(?:\.0)?$|\d{1,3}周?岁")
_PHONE = re.compile(r"(?:\+?86-?)?1[3-9]\d{9}(?:\.0)?")
_DATE = re.compile(r"(?:19|20)\d{2}(?:[-./年]\d{1,2}[-./月]\d{1,2}日?(?: [\d:.]+)?|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))")
_LONG = re.compile(r"[GLJ]?\d{14,21}[\dX](?:B\d)?", re.IGNORECASE)
_GRADE = re.compile(r"(?:小学|初中|高中)?[一二三四五六七八九1-9]年级(?:.{0,4}班)?|[初高][一二三]")
_SCHOOL = re.compile(r".{2,}(?:小学|中学|学校|幼儿园|高中|中心校|教学点)")
_PLACE = re.compile(r"[省市县区乡镇村组屯号栋]|街道|社区")
_LETTERS = re.compile(r"[^\W\d_·\s]{2,}")
_LISTED = {
    Shape.SEX: ("男", "女", "男性", "女性"),
    Shape.YES_NO: ("是", "否"),
    Shape.ETHNIC_GROUP: tuple(code.label for code in CODE_LISTS["ethnic_group"].codes if code.label.endswith("族")),
    Shape.RELATION: tuple(
        """父亲 母亲 祖父 祖母 外祖父 外祖母 爷爷 奶奶 姥爷 姥姥 户主 配偶 长子 次子 长女 次女 孙子 孙女 外孙子 外孙女 儿子 女儿 父子 父女 母子 母女
        祖孙 爷孙 姑姑 姨母 伯父 叔叔 舅舅 儿媳""".split()),
    Shape.CATEGORY: tuple(code.label for name in ("disability_category", "disability_level") for code in CODE_LISTS[name].codes),
}
_LISTED_AS = {word: shape for shape, words in _LISTED.items() for word in words}


def foreign(rule: ColumnRule, cell: str, value: Any) -> Foreign | None:
    """Whether a read cell does not belong in its column; None where it may."""
    if type(value) is not Defect and (_plainly_own(rule.type, cell) if rule.type in _LOOSE else rule.type not in _COUNTED or len(cell) < 8):
        return None
    shape = shape_of(cell)
    if rule.type == "text":
        return None if rule.secret else _in_text(cell, shape, value)
    if shape in _CANNOT.get(rule.type, ()):
        weight = ODD if shape in _WORDS and rule.bad is Mode.EVOLVE else SURE  # of such a column new words are expected
        return Foreign(value if type(value) is Defect else MISPLACED, weight, shape)
    return _unreadable(rule, clean(cell), shape, value) if type(value) is Defect else None


def _in_text(cell: str, shape: Shape | None, value: Any) -> Foreign | None:
    """A text may hold any number that tells nobody (a file's, a card's); somebody's own is a sign beside another cell."""
    if shape is Shape.PHONE or shape in _SELDOM_TEXT or (shape is Shape.LONG_NUMBER and holds_number(cell)):
        return Foreign(value, ODD, shape)
    return None


def _unreadable(rule: ColumnRule, plain: str, shape: Shape | None, value: Defect) -> Foreign | None:
    """What could not be read and has not even the shape of its type; words for nothing (长期, 无手机) are no sign."""
    if _FILLERS.match(plain):
        return None
    if (rule.type in _DATED and not _DATE_SHAPED.match(plain)) or (shape is Shape.LETTERS and rule.type in (*_COUNTED, "phone")):
        return Foreign(value, PLAIN, shape)
    return Foreign(value, UNKNOWN, shape) if rule.type in ("code", "yes_no", "name") else None


def _plainly_own(type_: str, cell: str) -> bool:
    """The quick answer for most cells of a loose type: no listed word, no digits in front, and a name no longer than most."""
    return cell[0] > "\x7f" and cell not in _LISTED_AS and (type_ not in ("name", "household", "account") or len(cell) <= 4)


def shape_of(cell: str) -> Shape | None:
    """What a whole cell plainly is; None for all that could be several things, lists of several persons too."""
    plain = clean(cell)
    if (listed := _LISTED_AS.get(plain)) is not None:
        return listed
    for shape, pattern in ((Shape.DATE, _DATE), (Shape.PHONE, _PHONE), (Shape.LONG_NUMBER, _LONG), (Shape.GRADE, _GRADE), (Shape.SCHOOL, _SCHOOL)):
        if pattern.fullmatch(plain):
            return shape
    if len(plain) > 5 and len(_PLACE.findall(plain)) > 1:
        return Shape.ADDRESS
    return Shape.LETTERS if _LETTERS.fullmatch(plain) else None
