"""Cell text: one spelling of blanks, widths and headers (domain D-08, D-22, D-35)."""

import re
import unicodedata
from functools import lru_cache

_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"), None) | dict.fromkeys(
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
_HEADER_NOISE = re.compile(r"[\s*★☆＊:：]+")
#: What brackets in a header say of the form or unit of its cells, and nothing of what they hold (D-22, D-36).
_HINT = re.compile(
    r"[(\[]\s*(?:"
    r"(?:必填|选填|可选|必录|可不填|可空|非必填|必选|下拉|文本|数字|数值|字符|日期|格式|样式|如|例|形如|示例|单位|计量|请|须|需|应|按|以|用|填|精确|保留|注|说明|同|仅|只|不含|不能|最多|限)[^)\]]*"
    r"|y{2,4}[-/.年 ]*m{0,2}[-/.月 ]*d{0,2}日?(?:[ t]*hh?:?mm?(?::?ss?)?)?(?:[-—~至到]+y{2,4}[-/.年 ]*m{0,2}[-/.月 ]*d{0,2}日?)?|年[-/. ]?月(?:[-/. ]?日)?|[年月日]{2,3}"
    r"|(?:人民币)?[百千万亿]?元(?:/[人户生月年学期·]+)*|人次?|岁|周岁|[%％]|公里|千米|km|米|厘米|cm|公斤|kg|平方米|㎡|亩|小时|分钟"
    r"|(?:\d+[或、/至-]?)+[位字][^)\]]*|(?:详细|具体|与[^)\]]*一致)[^)\]]*|[^)\]/]{1,8}(?:/[^)\]/]{1,8}){2,}|[\d\-/.x年月日]{4,}"
    r"|(?:\d?[-.、]?(?:是|否|有|无|男|女)[,，、/;；或 ]*){2,}"
    r")\s*(?:[)\]]|$)",
    re.IGNORECASE,
)
_BARE_HINT = re.compile(r"(?<=[\u4e00-\u9fff])y{4}[-/.年]?m{2}[-/.月]?(?:d{2}日?)?$", re.IGNORECASE)
_UNIT = re.compile(r"(?:[(\[]|单位[:：]?)\s*(?:单位|计量单位)?[:：]?\s*(?:人民币)?([百千万亿])元")
UNITS = {"百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_DITTO_NOISE = re.compile(r"[\s\u3000()（）。.]+")
_BRACKETS = str.maketrans({"（": "(", "）": ")", "【": "[", "】": "]", "／": "/"})


@lru_cache(maxsize=200_000)
def clean(text: str) -> str:
    """NFKC, without invisible characters, with plain spaces, without outer blanks, quotes and the spreadsheet's apostrophe or ="…"."""
    if text.isascii() and text.isalnum():
        return text
    plain = unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).strip()
    if plain.startswith('="') and plain.endswith('"'):  # a text that a spreadsheet is to leave as it is
        plain = plain[2:-1].strip()
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
    """A header as it is compared: lower case, without spaces, stars, and what brackets say of form and unit."""
    return _HEADER_NOISE.sub("", without_hints(text)).lower()


def without_hints(header: str) -> str:
    """A header without what brackets say of form and unit: 出生日期(YYYYMMDD) -> 出生日期; one that is nothing else stays."""
    plain = unicodedata.normalize("NFKC", header.translate(_INVISIBLE)).translate(_BRACKETS)
    plain = plain[2:-1] if plain.startswith('="') and plain.endswith('"') else plain
    return _BARE_HINT.sub("", _HINT.sub("", plain)) or plain


def yuan_of(text: str) -> int:
    """How many yuan one of a header's or a unit line's is: 10,000 for 金额(万元) and 单位：万元; 1 where it says nothing."""
    found = _UNIT.search(unicodedata.normalize("NFKC", text.translate(_INVISIBLE)).translate(_BRACKETS))
    return UNITS[found[1]] if found else 1


def named(by: str) -> str:
    """The name of somebody on duty as it tells two people apart: neither by blanks nor by wide or capital letters."""
    return "".join(unicodedata.normalize("NFKC", by).split()).casefold()
