"""Grades 1 to 12 in their spellings (domain C.13, D-37)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

_NUMERALS = {c: n for n, c in enumerate("一二三四五六七八九", start=1)} | {"十": 10, "十一": 11, "十二": 12}
_PRESCHOOL = re.compile(r"幼儿|幼小|幼升|学前|小班|中班|大班|托班|^(?!.*初).*预备")  # 初中预备班 is of the stage after


PRIMARY, JUNIOR, SENIOR = 0, 6, 9  # grades that lie before a stage
_ENTERED = re.compile(r"(?:20)?([1-4]\d)级")
_STAGE_OF_SCHOOL = (("九年一贯|完全中学|特教|特殊教育|培智|启智|启聪|聋|盲", None), ("小学|教学点", PRIMARY), ("初级中学|初中", JUNIOR), ("高级中学|高中", SENIOR))


@dataclass(frozen=True, slots=True)
class Grade:
    """`level` 1–12, 0 before school; None where an entry year is told without its stage. `entered`: that year, `stage`: what the cell says."""

    level: int | None
    text: str
    entered: int | None = None
    stage: int | None = None


@lru_cache(maxsize=10_000)
def read_grade(text: str, on: date) -> Grade | Defect | None:
    """Read a grade; an entry year ('2024级') is worked out at ``on`` where the stage is said ('小学2024级')."""
    if is_blank(text):
        return None
    plain = clean(text).replace(" ", "")
    if _PRESCHOOL.search(plain):
        return Grade(0, plain)
    if found := _ENTERED.search(plain):
        entered, stage = 2000 + int(found[1]), SENIOR if "高" in plain else JUNIOR if "初" in plain else PRIMARY if "小" in plain else None
        return Grade(None, plain, entered) if stage is None else grade_of_entry(Grade(None, plain, entered, stage), stage, on)
    level = _level(plain)
    if level is None or not 0 <= level <= 12:
        return Defect("not a grade", "write 一年级 to 九年级, or 高一 to 高三")
    return Grade(level, plain)


def grade_of_entry(told: Grade, stage: int | None, on: date) -> Grade | Defect:
    """The grade on a day of who entered a stage (the grades before it) in September of the year told (C.13)."""
    if told.entered is None:
        return told
    if stage is None:
        return Defect("an entry year without its stage", "write 一年级 to 九年级, or the stage before the year: 初2024级")
    level = stage + on.year - told.entered + (1 if on.month >= 9 else 0)
    if not 0 <= level <= 12:
        return Defect("not a grade", "write 一年级 to 九年级, or 高一 to 高三")
    return Grade(level, told.text, told.entered, told.stage)


def stage_of_school(name: str) -> int | None:
    """The stage that a school's name says; None where it says none, several, or has pupils of any age."""
    return next((stage for words, stage in _STAGE_OF_SCHOOL if re.search(words, name)), None)


def has_any_age(school: str) -> bool:
    """Whether a school takes pupils of any age into any grade, so that age tells no stage."""
    return re.search(r"特教|特殊教育|培智|启智|启聪|聋|盲", school) is not None


def stage_by_age(born: date, entered: int) -> int | None:
    """The stage that a child of this birth date enters in September of a year: primary at 6 or 7, junior middle at 12 or 13, senior from 15."""
    age = entered - born.year - ((born.month, born.day) > (9, 1))
    return PRIMARY if 5 <= age <= 9 else JUNIOR if 10 <= age <= 14 else SENIOR if 15 <= age <= 20 else None


def _level(plain: str) -> int | None:
    """The level of '4年级', '小学四年级', '初一', '高二', '小六', '七年级3班', '六'."""
    stem = re.sub(r"[（(]?\d{0,2}[）)]?班.*$", "", plain) if "级" in plain else plain
    found = re.fullmatch(r"(小学|小|初中|初|高中|高)?(十[一二]|[一二三四五六七八九十]|\d{1,2})(?:年级|年)?.*", stem)
    if not found or re.search(r"20\d{2}", stem):
        return None
    number = _NUMERALS.get(found[2]) or int(found[2])
    stage = (found[1] or "")[:1]
    if stage == "初" and number <= 4:
        return number + 6
    if stage == "高" and number <= 3:
        return number + 9
    return number
