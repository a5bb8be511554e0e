"""The business date a delivery speaks for, as its file name, folder or title tells."""

import re
from calendar import monthrange
from collections.abc import Iterable
from datetime import date

_DAY = re.compile(r"(?<!\d)(20\d{2})(?:年|[-._/])?(\d{1,2}|\d{2})(?:月|[-._/])?(\d{2}|\d{1,2}(?=日))日?(?!\d)")
_MONTH = re.compile(r"(?<!\d)(20\d{2})(?:年|[-._/])?(\d{2}|\d{1,2}(?=月))月?(?![\d-])")


def business_date_of(file_name: str, folder: str, titles: Iterable[str], fallback: date) -> date:
    """A full date stands for itself, a month for its last day; the file name counts before the folder, then the titles."""
    for text in (file_name, folder, *titles):
        found = _day(text) or _month(text)
        if found:
            return found
    return fallback


def _day(text: str) -> date | None:
    for year, month, day in _DAY.findall(text):
        try:
            return date(int(year), int(month), int(day))
        except ValueError:
            continue
    return None


def _month(text: str) -> date | None:
    for year, month in _MONTH.findall(text):
        if 1 <= int(month) <= 12:
            return date(int(year), int(month), monthrange(int(year), int(month))[1])
    return None
