"""Numbers that tell who somebody is, wherever they stand in a text: found, and shown as a mask only (domain G.8)."""

import re
from functools import lru_cache
from unicodedata import normalize

_DAY = r"(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
#: A citizen number of 18 digits, alone, inside a student or certificate number, or run together with other digits; one of 15; a bank card; a mobile telephone.
_NUMBER = re.compile(
    rf"(?<![\d.])(?:[GLJ]?\d{{6,}}(?:19|20)\d\d{_DAY}\d{{3}}[\dXx]\d*(?:B\d)?|\d{{8}}{_DAY}\d{{3}}|62\d{{14,17}}|1[3-9]\d{{9}})(?!\d)", re.IGNORECASE
)
_LONG = re.compile(r"\d(?:[ \u3000\u00a0\-‐–]?\d){10}")
_LIKE_FIGURES = str.maketrans("〇零一二三四五六七八九壹贰叁肆伍陆柒捌玖幺两OoIl|", "0012345678912345678912" + "00111")
_BETWEEN = dict.fromkeys(map(ord, " \u3000\u00a0-‐–"))


def mask(value: str) -> str:
    """What may be shown of a number: first 4 and last 3 of a long one, 3 and 4 of a phone, nothing of a short one."""
    if len(value) >= 15:
        return f"{value[:4]}{'*' * (len(value) - 7)}{value[-3:]}"
    if len(value) >= 9:
        return f"{value[:3]}{'*' * (len(value) - 7)}{value[-4:]}"
    return "*" * len(value)


def holds_number(text: str) -> bool:
    """Whether a personal number stands in a text, in one piece or with blanks or hyphens in it."""
    if _LONG.search(text) is None:
        return False
    text = normalize("NFKC", text)
    return _NUMBER.search(text) is not None or _NUMBER.search(text.translate(_BETWEEN)) is not None


def spells_number(text: str) -> bool:
    """Whether a text that somebody writes holds a personal number, also one in Chinese figures or with letters that look like figures."""
    return holds_number(text) or holds_number(normalize("NFKC", text).translate(_LIKE_FIGURES))


def holds_long_number(text: str) -> bool:
    """Whether any number of eleven digits or more stands in a text: what a column that nobody has declared may hold."""
    return _LONG.search(text) is not None


@lru_cache(maxsize=50_000)
def concealed(text: str) -> str:
    """The text with each personal number in it masked; where blanks or hyphens break one up, without any digit."""
    if not holds_number(text):
        return text
    shown = _NUMBER.sub(lambda found: mask(found[0]), normalize("NFKC", text))
    return re.sub(r"\d", "*", shown) if _NUMBER.search(shown.translate(_BETWEEN)) else shown
