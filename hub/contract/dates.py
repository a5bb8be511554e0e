"""The business date a delivery speaks for, as its file name, folder or title tells, and what makes that date doubtful."""

import re
from calendar import monthrange
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

APART_DAYS = 92  # a title and a file's name that lie further apart do not speak for the same time
_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|[-._/])?(\d{1,2}|\d{2})(?:月|[-._/])?(\d{2}|\d{1,2}(?=日))日?(?!\d)")
_MONTH = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|[-._/])?(\d{2}|\d{1,2}(?=月))月?(?![\d-])")
_STAMP = re.compile(r"(?<!\d)((?:19|20)\d{2})(\d{2})(\d{2})(?:[01]\d|2[0-3])(?:[0-5]\d){0,2}(?:\d{3})?(?!\d)")  # a day and a time run together
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d{2})(?:年|(?!\d))")
_DIGITS = re.compile(r"(?<!\d)(?:19|20)\d{4,}")  # what begins as a day does, and may be none


@dataclass(frozen=True)
class BusinessDate:
    """The day, why a delivery of it must wait for a person, and what is only told."""

    day: date
    doubts: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()


def business_date_of(file_name: str, folder: str, titles: Sequence[str], today: date) -> BusinessDate:
    """A full date stands for itself, with a time of day or without, a month for its last day, or for ``today`` in it; the file's name counts before the folder, then the titles.

    A day to come is doubtful, and so is a name whose title tells of another time. Where nothing tells, it is ``today``.
    """
    places = (("file's name", (file_name,)), ("folder", (folder,)), ("title", titles))
    told = [(where, day) for where, texts in places if (day := _told(texts, today))]
    if not told:
        return BusinessDate(today, *_years(file_name, today))
    where, day = told[0]
    if day > today:
        return BusinessDate(day, (f"the {where} says {day}, which is after {today}; release it with the right date: --as-of YYYY-MM-DD",))
    apart = [f"the {where} says {day}, the {other} {else_}" for other, else_ in told[1:] if abs((day - else_).days) > APART_DAYS]
    of_title = tuple(f"{sentence}; release it with the right date: --as-of YYYY-MM-DD" for sentence in apart if "title" in sentence)
    return BusinessDate(day, of_title, tuple(sentence for sentence in apart if "title" not in sentence))


def _told(texts: Sequence[str], today: date) -> date | None:
    return next((found for text in texts if (found := _day(text) or _month(text, today))), None)


def _years(text: str, today: date) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """A name that gives no day: a year to come is doubtful, another one is told, and so are digits that are no date; (doubts, notices)."""
    if found := _DIGITS.search(text):
        return (), (f"the file's name says {found[0]}, which is no date, and was taken for {today}; if it speaks for another day, say so with --as-of",)
    years = {int(year) for year in _YEAR.findall(text)}
    if not years or today.year in years or (len(years) > 1 and today.year - 1 in years):
        return (), ()
    if min(years) > today.year:
        return (f"the file's name says {min(years)}, which is to come; release it with the right date: --as-of YYYY-MM-DD",), ()
    return (), (f"the file's name says {max(years)} and no month, and was taken for {today}; if it speaks for another day, say so with --as-of",)


def _day(text: str) -> date | None:
    for year, month, day in (*_DAY.findall(text), *_STAMP.findall(text)):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _month(text: str, today: date) -> date | None:
    """The month's last day; of the month that is not over yet, today."""
    for year, month in _MONTH.findall(text):
        if 1 <= int(month) <= 12:
            last = date(int(year), int(month), monthrange(int(year), int(month))[1])
            return today if (last.year, last.month) == (today.year, today.month) else last
    return None
