"""Grades 1 to 12 in their spellings (domain C.13, D-37)."""

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

_NUMERALS = {c: n for n, c in enumerate("一二三四五六七八九", start=1)} | {"十": 10, "十一": 11, "十二": 12}
_PRESCHOOL = re.compile(r"幼儿|学前|小班|中班|大班|托班")


@dataclass(frozen=True, slots=True)
class Grade:
    """`level` 1–12, 0 before school."""

    level: int
    text: str


@lru_cache(maxsize=10_000)
def read_grade(text: str, on: date) -> Grade | Defect | None:
    """Read a grade; an entry year ('2024级') is worked out at ``on`` where the stage is said ('小学2024级')."""
    if is_blank(text):
        return None
    plain = clean(text).replace(" ", "")
    if _PRESCHOOL.search(plain):
        return Grade(0, plain)
    level = _level(plain)
    if level is None and (found := re.search(r"(20\d{2})级", plain)):
        years = on.year - int(found[1]) + (1 if on.month >= 9 else 0)
        base = 9 if "高" in plain else 6 if "初" in plain else 0
        level = base + years
    if level is None or not 0 <= level <= 12:
        return Defect("not a grade", "write 一年级 to 九年级, or 高一 to 高三")
    return Grade(level, plain)


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
