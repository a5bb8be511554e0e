"""Cell text: one spelling of blanks, widths and headers (domain D-08, D-22, D-35)."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"), None) | dict.fromkeys(
    map(ord, "\u00a0\u3000\t\r\n\x0b\x0c"), " "
)
FORMULA_ERRORS = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NULL!", "#NUM!"})
_BLANKS = frozenset(
    {
        "",
        "无",
        "/",
        "//",
        "-",
        "--",
        "—",
        "——",
        "－",
        "n/a",
        "na",
        *map(str.lower, FORMULA_ERRORS),
        "略",
        "空",
        "空白",
        "null",
        "none",
        "nan",
        "不详",
        "暂无",
        "未填",
        "未知",
        "没有",
        "\\",
        ".",
        "、",
        "*",
    }
)
#: What offices write for the value of the row above (D-35).
_DITTO_WORDS = ("同上", "同上行", "同上列", "同上栏", "同前", "〃", "〃〃", "″", "”", "“", "“”", '"', '""', "''", "′′", "ditto", "Ditto", "DITTO")
DITTOS = frozenset(form.format(word) for word in _DITTO_WORDS for form in ("{}", "({})", "（{}）", " {}", "{} ", "　{}", "{}。", "{}.")) | {"同 上", "同　上"}
_HEADER_NOISE = re.compile(r"[\s*★☆＊:：]+|[（(【\[]\s*(?:必填|选填|可选|必录|必填项|下拉|文本格式)[^）)】\]]*[）)】\]]")
_DITTO_NOISE = re.compile(r"[\s\u3000()（）。.]+")
_BRACKETS = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]", "／": "/"})


@lru_cache(maxsize=200_000)
def clean(text: str) -> str:
    """NFKC, without invisible characters, with plain spaces, without outer blanks, quotes and the spreadsheet's apostrophe."""
    if text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()
    while plain and plain[0] in "'’‘`\"":
        plain = plain[1:].strip()
    while plain and plain[-1] in "'\"":
        plain = plain[:-1].strip()
    return plain


def is_blank(text: str) -> bool:
    """Whether a cell says nothing: empty, or one of the signs that offices write for nothing. Blank is never 'no'."""
    return text == "" or clean(text).lower() in _BLANKS


def is_ditto(text: str) -> bool:
    """Whether a cell says that it repeats the row above: 同上, 〃, a lone quotation mark."""
    return text in DITTOS or (len(text) <= 12 and "同" in text and _DITTO_NOISE.sub("", text) in DITTOS)


def is_formula_error(text: str) -> bool:
    """Whether a cell holds what a spreadsheet shows where a formula failed, such as #N/A: it says nothing, and that is told (D-41)."""
    return text[:1] in "#＃" and clean(text).upper() in FORMULA_ERRORS


@lru_cache(maxsize=20_000)
def fold_header(text: str) -> str:
    """A header as it is compared: without spaces, stars, '（必填）' and the like; lower case."""
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_BRACKETS)
    return _HEADER_NOISE.sub("", plain).lower()
