"""The business date a delivery speaks for, as its file name, folder or title tells, and what makes that date doubtful."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise
from pathlib import PurePath

from hub.domain.values.dates import in_digits

APART_DAYS = 92  # a title and a file's name that lie further apart do not speak for the same time
LONG_AGO = timedelta(days=366)  # a title that tells of so old a day, where no name tells one, may cite another paper
_Y = r"(?<!\d)((?:19|20)\d{2})"
_DAYS = tuple(map(re.compile, (
    _Y + r"(?:年|[-._/ ])?(\d{2})(?:月|[-._/ ])?(\d{2})(?!\d| ?月)",
    _Y + r"年(\d{1,2})月(?:(\d{2})|(\d)(?=[日号]))(?!\d)",
    _Y + r"([-./])(\d{1,2})\2(\d{1,2})(?!\d|月)",
    _Y + r"(\d{2})(\d{2})(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}(?:\d{3})?(?!\d)",  # a day and a time run together
)))
_PERIODS = tuple((re.compile(pattern), months) for pattern, months in (
    (r"(?<!\d)((?:19|20)?\d{2})年(?:\d{1,2}月?[-~—至到])?(\d{1,2})月(?!\d)", 1),  # of several months the last
    (_Y + r"(?:年|[-._/ ])?(\d{2})(?!\d|[-._/ ]\d|月?[-~—至到]\d{1,2}月)", 1),
    (_Y + r"[-./](\d)(?!\d|[-./]\d|月?[-~—至到]\d{1,2}月)", 1),
    (_Y + r"(?:年度?|[-._/ ])?(?:第?([1-4一二三四])季度|[Qq]([1-4]))", 3),
    (_Y + r"年?([上下])半年", 6),
))
_WORDS = {"上": "1", "下": "2", "一": "1", "二": "2", "三": "3", "四": "4"}
_UNTIL = re.compile(r"[日号]?[-~—至到]+")  # between the first day of a time and its last
_CITED = re.compile(r"(?:依据|根据|按照?|依照|贯彻|落实)[^，,。；;（(]*?(?:通知|文件|印发|办法|方案|意见|精神|要求)[》」]?(?:[（(][^）)]*[）)])?")  # another paper and its day
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|(?!\d))")
_DIGITS = re.compile(r"(?<!\d)(?:(?:19|20)\d{4,}|(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])(?!\d))")  # what begins as a day does, and may be none
_SIGNS = re.compile(r"\d{1,2} ?月(?!龄)|季度|半年|" + _Y + r"[-._/ ]\d{1,2}(?!\d|学年)|(?<!\d)\d{1,2}[-._/ ]\d{1,2}[-._/ ](?:19|20)\d{2}(?!\d)")  # of a date that is not read


@dataclass(frozen=True)
class BusinessDate:
    """The day, why a delivery of it must wait for a person, and what is only told."""

    day: date
    doubts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def business_date_of(file_name: str, folders: Sequence[str], titles: Sequence[str], today: date) -> BusinessDate:
    """A full date stands for itself, with a time of day or without, a month for its last day, or for ``today`` in it; the file's name counts before its folders, the nearest first, then the titles.

    A day to come is doubtful, and so is a name whose title tells of another time, or a title of long ago. Where nothing tells, it is ``today``.
    """
    places = (("file's name", (file_name,)), ("folder", folders), ("title", titles))
    told = [(where, day) for where, texts in places if (day := _told(texts, today))]
    if not told:
        return BusinessDate(today, *_years(file_name, today))
    where, day = told[0]
    if day > today:
        return BusinessDate(day, (f"the {where} says {day}, which is after {today}; release it with the right date: --as-of YYYY-MM-DD",))
    if where == "title" and today - day > LONG_AGO:
        return BusinessDate(day, (f"the title says {day}, which is more than a year ago, and no name says so; release it with the right date: --as-of YYYY-MM-DD",))
    apart = [f"the {where} says {day}, the {other} {else_}" for other, else_ in told[1:] if abs((day - else_).days) > APART_DAYS]
    of_title = tuple(f"{sentence}; release it with the right date: --as-of YYYY-MM-DD" for sentence in apart if "title" in sentence)
    return BusinessDate(day, of_title, tuple(sentence for sentence in apart if "title" not in sentence))


def day_in_path(path: PurePath, today: date) -> date | None:
    """The day that a file's name or one of its folders tells; None where neither does."""
    return _told((path.name, *folders_of(path)), today)


def folders_of(path: PurePath) -> tuple[str, ...]:
    """The names of the folders that a file lies in, the nearest first."""
    return tuple(parent.name for parent in path.parents)


def _told(texts: Sequence[str], today: date) -> date | None:
    return next((found for text in map(_plain, texts) if (found := _day(text) or _month(text, today))), None)


def _plain(text: str) -> str:
    """A text without the papers that it cites, in half-width digits, those of years, months and days too that are written out (二〇二六年十一月)."""
    return in_digits(unicodedata.normalize("NFKC", _CITED.sub("", text)))


def _years(text: str, today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name that gives no day: a year to come is doubtful, and so is a month without a year or a day that there is not; another year is told, and so are digits that are no date; (doubts, notices)."""
    text = _plain(text)
    if found := _SIGNS.search(text):
        return (f"the file's name says {found[0]}, which tells no day; release it with the right date: --as-of YYYY-MM-DD",), ()
    if found := _DIGITS.search(text):
        return (), (f"the file's name says {found[0]}, which is no date, and was taken for {today}; if it speaks for another day, say so with --as-of",)
    years = {int(year) for year in _YEAR.findall(text)}
    if not years or today.year in years or (len(years) > 1 and today.year - 1 in years):
        return (), ()
    if min(years) > today.year:
        return (f"the file's name says {min(years)}, which is to come; release it with the right date: --as-of YYYY-MM-DD",), ()
    return (), (f"the file's name says {max(years)} and no month, and was taken for {today}; if it speaks for another day, say so with --as-of",)


def _day(text: str) -> date | None:
    """The day that a text names; of a time from one day to another, the last."""
    found = sorted((at.span(), day) for pattern in _DAYS for at in pattern.finditer(text) if (day := _made(*_numbers(at))))
    for ((_, end), day), ((begin, _), _) in pairwise([*found, ((0, 0), date.max)]):
        if not _UNTIL.fullmatch(text, end, max(begin, end)):
            return day
    return None


def _month(text: str, today: date) -> date | None:
    """The last day of the month, quarter or half year that a text names; of one that is not over yet, today."""
    for pattern, months in _PERIODS:
        for at in pattern.finditer(text):
            year, ordinal = _numbers(at)
            last = _made(year, ordinal * months)
            if last:
                return today if date(year, (ordinal - 1) * months + 1, 1) <= today <= last else last
    return None


def _numbers(at: re.Match[str]) -> tuple[int, ...]:
    """The year, and what else its pattern names, as numbers; a year of two digits is of this century."""
    year, *rest = (int(_WORDS.get(group, group)) for group in at.groups() if group and (group in _WORDS or group.isdecimal()))
    return year + 2000 if year < 100 else year, *rest


def _made(year: int, month: int, day: int | None = None) -> date | None:
    """The day, or the last of the month; None where there is no such day."""
    try:
        return date(year, month, day or monthrange(year, month)[1])
    except ValueError:
        return None
