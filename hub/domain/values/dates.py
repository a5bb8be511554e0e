"""Dates as offices write them, kept as precise as they are (domain D-19)."""

import calendar
import re
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank

SYSTEMS_APART_DAYS = 1462  # between a spreadsheet's serial days since 1900 and since 1904
_SERIAL = range(20_000, 60_001)  # 1954 to 2064 in the 1900 system
_FULL = re.compile(r"^(\d{4})[-./年\s](\d{1,2})[-./月\s](\d{1,2})[日号]?(?:[T\s]+\d{1,2}:\d{2}(?::\d{2})?(?:\.\d+)?)?$")
_MONTH = re.compile(r"^(\d{4})[-./年](\d{1,2})月?$")
_STAMP = re.compile(r"^(\d{4})(\d{2})(\d{2})(?:[01]\d|2[0-3])[0-5]\d(?:[0-5]\d)?$")
_SHORT = re.compile(r"^(\d{2})[-./年](\d{1,2})[-./月](\d{1,2})日?$")
_AGE = re.compile(r"^(\d{1,3})\s*(?:周岁|岁)$")
_PERIOD = re.compile(r"^(.+?)\s*(?:--|—|–|~|～|至|到|-(?=\d{4}[./年]|\d{8}|长期))\s*(.+)$")
_OPEN_END = re.compile(r"^(.+?)\s*(?:--|—|–|~|～|至|到|-)$")
_OPEN = frozenset({"长期", "至今", "永久", "无期限", "9999-12-31", "99991231", "9999.12.31"})
_WRITTEN = re.compile(r"[〇○零一二三四五六七八九十]+(?=[年月日号])")
_LUNAR = re.compile(r"农历|阴历|正月|腊月|初[一二三四五六七八九十]|廿")


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A year, perhaps a month, perhaps a day. `approximate` where it was worked out from an age."""

    year: int
    month: int | None = None
    day: int | None = None
    approximate: bool = False

    @property
    def iso(self) -> str:
        """'2012', '2012-05' or '2012-05-03'."""
        return "-".join(f"{part:02d}" for part in (self.year, self.month, self.day) if part is not None)

    @property
    def precision(self) -> str:
        """'year', 'month' or 'day'."""
        return "year" if self.month is None else "month" if self.day is None else "day"

    def earliest(self) -> date:
        """The first day it can mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """The last day it can mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])


@lru_cache(maxsize=200_000)
def read_date(text: str, on: date) -> PartialDate | Defect | None:
    """Read a date; ``on`` is the business date, for ages and two-digit years."""
    if is_blank(text):
        return None
    plain = clean(text)
    if _LUNAR.search(plain):
        return Defect("a lunar date", "write the date of the common calendar")
    plain = in_digits(plain)
    digits = plain.removesuffix(".0").replace(",", "")
    if digits.isascii() and digits.isdigit():
        return _digits(digits)
    for pattern in (_FULL, _MONTH):
        if found := pattern.match(plain):
            return _made(*map(int, found.groups()))
    if found := _SHORT.match(plain):
        year = int(found[1]) + (2000 if int(found[1]) <= on.year % 100 else 1900)
        return _made(year, int(found[2]), int(found[3]))
    if found := re.match(r"^(\d{4})年?$", plain):
        return _made(int(found[1]))
    if found := _AGE.match(plain):
        return PartialDate(on.year - int(found[1]), approximate=True) if int(found[1]) < 120 else _unreadable()
    return _unreadable()


def read_period(text: str, on: date) -> tuple[PartialDate | None, PartialDate | None] | Defect | None:
    """Read 'from-to'; an open end ('长期') is None."""
    if is_blank(text):
        return None
    plain = clean(text)
    if open_end := _OPEN_END.match(plain):
        plain = f"{open_end[1]}至长期"
    found = _PERIOD.match(plain)
    if not found:
        one = read_date(plain, on)
        return (one, None) if isinstance(one, PartialDate) else one
    start = read_date(found[1], on)
    end = None if found[2].strip() in _OPEN else read_date(found[2], on)
    if isinstance(start, Defect) or isinstance(end, Defect):
        return Defect("not a period", "write two dates, such as 20230110-20260709")
    return start, end


def in_digits(text: str) -> str:
    """A text whose years, months and days are in digits where they were written out: 二〇二六年十一月三十日."""
    return _WRITTEN.sub(lambda found: _number(found[0]), text)


def _number(written: str) -> str:
    """"2026" of 二〇二六, "30" of 三十, "11" of 十一."""
    tens, ten, ones = written.rpartition("十")
    digits = "".join(str(max("〇一二三四五六七八九".find(one), 0)) for one in ones)
    return f"{_number(tens) if tens else 1}{digits or 0}" if ten else digits


def _digits(digits: str) -> PartialDate | Defect:
    """8 digits are a day, 12 or 14 a day with its time, 6 a month, 4 a year, 5 a spreadsheet's serial day."""
    if found := _STAMP.match(digits):
        return _made(*map(int, found.groups()))
    if len(digits) == 8:
        return _made(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    if len(digits) == 6:
        return _made(int(digits[:4]), int(digits[4:]))
    if len(digits) == 4:
        return _made(int(digits))
    if len(digits) == 5 and int(digits) in _SERIAL:
        day = date(1899, 12, 30) + timedelta(days=int(digits))
        return PartialDate(day.year, day.month, day.day)
    return _unreadable()


def _made(year: int, month: int | None = None, day: int | None = None) -> PartialDate | Defect:
    if not 1900 <= year <= 2100 or (month is not None and not 1 <= month <= 12):
        return Defect("no such date", "write YYYY-MM-DD")
    if day is not None and month is not None and not 1 <= day <= calendar.monthrange(year, month)[1]:
        return Defect("no such date", "write YYYY-MM-DD")
    return PartialDate(year, month, day)


def _unreadable() -> Defect:
    return Defect("not a date", "write YYYY-MM-DD, or as much of it as is known")
