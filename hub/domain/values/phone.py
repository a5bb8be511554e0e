"""Telephone numbers: eleven digits of a mobile, or area code and number."""

import re

from hub.domain.values.defect import Defect
from hub.domain.values.text import clean, is_blank


def read_phone(text: str) -> str | Defect | None:
    """'+86 139-0000-0000' -> '13900000000'; of several numbers in one cell the first that can be read."""
    if is_blank(text):
        return None
    for part in re.split(r"[/、,，;；]|(?<=\d{11})\s+", clean(text)):
        digits = re.sub(r"^(?:\+?0{0,2}86)(?=1\d{10}$)", "", re.sub(r"[\s()（）\-—+.]+", "", part.removesuffix(".0")))
        if re.fullmatch(r"1\d{10}|0\d{9,11}|[2-8]\d{6,7}", digits):
            return digits
    return Defect("not a telephone number", "write eleven digits, or area code and number")
