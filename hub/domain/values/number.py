"""Whole and decimal numbers, with the unit that lists put behind them."""

import re
from decimal import Decimal

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank


def read_integer(text: str) -> int | Defect | None:
    """'37人' -> 37."""
    if is_blank(text):
        return None
    found = re.fullmatch(r"(-?\d+)(?:\.0+)?\s*[人个户名次天日节岁]?", clean(text).replace(",", ""))
    return int(found[1]) if found else Defect("not a whole number", "write digits only")


def read_decimal(text: str) -> Decimal | Defect | None:
    """'3.5公里' -> 3.5."""
    if is_blank(text):
        return None
    found = re.fullmatch(r"(-?\d+(?:\.\d+)?)\s*(?:公里|千米|km|%|分)?", clean(text).replace(",", ""), re.IGNORECASE)
    return Decimal(found[1]) if found else Defect("not a number", "write digits and a point")
