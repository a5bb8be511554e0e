"""Whole and decimal numbers, and amounts of money (domain D-36)."""

import re
from dataclasses import dataclass
from decimal import Decimal

from hub.domain.values.defect import Defect
from hub.domain.values.text import UNITS, clean, is_blank

WHOM, PERIODS = ("人", "户"), ("月", "学期", "年")
#: What an amount may be declared to be for.
PERS = (*PERIODS, *(f"{whom}·{period}" for whom in WHOM for period in PERIODS))
_DIGITS, _YUAN_DIGITS = 9, 11  # what has more is no count or sum of a list of people, but somebody's number


@dataclass(frozen=True, slots=True)
class Amount:
    """Yuan, and for whom ('人', '户') and for which period ('月', '学期', '年') it is, where the cell says."""

    value: Decimal
    period: str | None = None
    whom: str | None = None

    def fits(self, per: str) -> bool:
        """Whether it says nothing else than what it should be for, such as '户·月'."""
        return (self.whom is None or per[0] not in WHOM or self.whom == per[0]) and (self.period is None or per.endswith(self.period))


def read_integer(text: str) -> int | Defect | None:
    """'37人' -> 37."""
    if is_blank(text):
        return None
    found = re.fullmatch(rf"(-?\d{{1,{_DIGITS}}})(?:\.0+)?\s*[人个户名次天日节岁]?", clean(text).replace(",", ""))
    return int(found[1]) if found else Defect("not a whole number", "write digits only")


def read_decimal(text: str) -> Decimal | Defect | None:
    """'3.5公里' -> 3.5."""
    if is_blank(text):
        return None
    found = re.fullmatch(rf"(-?\d{{1,{_DIGITS}}}(?:\.\d+)?)\s*(?:公里|千米|km|%|分)?", clean(text).replace(",", ""), re.IGNORECASE)
    return Decimal(found[1]) if found else Defect("not a number", "write digits and a point")


def with_unit(text: str, yuan: int) -> str:
    """A bare number with the unit that its header says, so that it says it wherever it is read again: '0.126' of 万元 -> '0.126万元'."""
    plain = clean(text)
    unit = next((unit for unit, times in UNITS.items() if times == yuan), "")
    return f"{plain}{unit}元" if unit and re.fullmatch(r"[¥￥]?-?[\d,. ]+", plain) else text


def read_amount(text: str) -> Amount | Defect | None:
    """'￥1,260.00元/月' -> 1260.00 a month; 万元 are multiplied out."""
    if is_blank(text):
        return None
    plain = clean(text).replace(",", "").replace(" ", "").lstrip("¥￥")
    found = re.fullmatch(rf"(-?\d{{1,{_YUAN_DIGITS}}}(?:\.\d+)?)([百千万亿])?元?(?:[/每]?(人|户|生)?[/每·]?(月|学期|年|季度|天|日)?)?", plain)
    if not found:
        return Defect("not an amount", "write yuan, such as 1260.00")
    return Amount(Decimal(found[1]) * UNITS.get(found[2], 1), found[4], "人" if found[3] == "生" else found[3])
