"""Divisions: the county's 32 township-level units, found in addresses, sheet names, codes and names of schools (domain C.5).

The names and codes are those of the National Bureau of Statistics, as of 2023-06-30. A village of one name may lie in several
townships, so a village is never told without its township.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

from hub.domain.values.text import clean, is_blank

COUNTY = "210281"
COUNTY_NAME = "瓦房店市"
TOWNSHIPS: dict[str, str] = {
    "210281001": "新华街道",
    "210281002": "文兰街道",
    "210281003": "岭东街道",
    "210281004": "共济街道",
    "210281005": "铁东街道",
    "210281006": "祝华街道",
    "210281007": "岗店街道",
    "210281008": "太阳街道",
    "210281009": "长兴岛街道",
    "210281010": "九龙街道",
    "210281011": "交流岛街道",
    "210281101": "复州城镇",
    "210281103": "松树镇",
    "210281105": "得利寺镇",
    "210281106": "万家岭镇",
    "210281107": "许屯镇",
    "210281108": "永宁镇",
    "210281109": "谢屯镇",
    "210281112": "老虎屯镇",
    "210281113": "红沿河镇",
    "210281115": "李官镇",
    "210281116": "仙浴湾镇",
    "210281117": "元台镇",
    "210281118": "瓦窝镇",
    "210281201": "赵屯乡",
    "210281203": "土城乡",
    "210281204": "阎店乡",
    "210281205": "西杨乡",
    "210281206": "驼山乡",
    "210281208": "三台满族乡",
    "210281210": "泡崖乡",
    "210281212": "杨家满族乡",
}
#: Counties and cities that addresses name; a code that is no longer used points to its successor.
COUNTIES: dict[str, str] = {
    "210202": "中山区",
    "210203": "西岗区",
    "210204": "沙河口区",
    "210211": "甘井子区",
    "210212": "旅顺口区",
    "210213": "金州区",
    "210214": "普兰店区",
    "210224": "长海县",
    COUNTY: COUNTY_NAME,
    "210283": "庄河市",
}
RETIRED: dict[str, str] = {"210282": "210214", "210219": COUNTY}
OLD_NAMES: dict[str, str] = {"普兰店市": "210214", "复县": COUNTY, "瓦房店": COUNTY}
_CITIES = ["沈阳", "鞍山", "抚顺", "本溪", "丹东", "锦州", "营口", "阜新", "辽阳", "盘锦", "铁岭", "朝阳", "葫芦岛"]
_PROVINCES = ["北京", "天津", "上海", "重庆", "河北", "山西", "内蒙古", "吉林", "黑龙江", "江苏", "浙江", "安徽", "福建", "江西", "山东", "河南", "湖北", "湖南", "广东", "广西", "海南", "四川", "贵州", "云南", "西藏", "陕西", "甘肃", "青海", "宁夏", "新疆", "台湾", "香港", "澳门"]
_SUFFIX = re.compile(r"(?:满族乡|街道办事处|街道办|街道|镇|乡)$")
_AFTER = re.compile(r"^(?:满族乡|满族镇|街道办事处|街道办|街道|镇|乡)")
_VILLAGE = re.compile(r"^(.{1,12}?(?:社区居委会|村委会|居委会|社区|村|农场生活区|农场|屯(?=$|\d)))")
_ABOVE = re.compile(r"^(?:中国)?(?:辽宁省?)?(?:大连市?)?(?:瓦房店市|瓦房店|复县)?")


@dataclass(frozen=True, slots=True)
class DivisionMatch:
    """A division of 6 (county) or 9 (township) digits, the village where one is named, and the rest of the address."""

    code: str
    name: str
    village: str | None = None
    rest: str = ""


def township_code(code: str) -> str:
    """The township-level code of a 9 or 12 digit code."""
    return code[:9]


@lru_cache(maxsize=200_000)
def read_division(text: str) -> DivisionMatch | None:
    """The township (else the county) that an address, code or name means; None where it is blank or elsewhere."""
    if is_blank(text):
        return None
    plain = re.sub(r"[\s,，;；:：\-]+", "", clean(text)).removesuffix(".0")
    if plain.isdigit():
        return _by_code(plain)
    if is_elsewhere(plain):
        return None
    below = plain[_ABOVE.match(plain).end() :]  # type: ignore[union-attr]
    found = _township(below)
    if found is None:
        return DivisionMatch(COUNTY, COUNTY_NAME, None, below) if len(below) < len(plain) else None
    code, rest = found
    village = _VILLAGE.match(rest)
    return DivisionMatch(code, TOWNSHIPS[code], village[1] if village else None, rest[village.end() :] if village else rest)


def is_elsewhere(plain: str) -> bool:
    """Whether an address begins with another province, city or county."""
    if plain.startswith(tuple(_PROVINCES)):
        return True
    inner = plain.removeprefix("辽宁省").removeprefix("辽宁")
    if inner.startswith(tuple(city + "市" for city in _CITIES)):
        return True
    inner = inner.removeprefix("大连市")
    return inner.startswith(tuple(name for code, name in COUNTIES.items() if code != COUNTY)) or inner.startswith("普兰店市")


def _by_code(digits: str) -> DivisionMatch | None:
    if len(digits) in (9, 12) and digits[:9] in TOWNSHIPS:
        return DivisionMatch(digits[:9], TOWNSHIPS[digits[:9]])
    if len(digits) in (6, 9, 12) and (digits[:6] == COUNTY or RETIRED.get(digits[:6]) == COUNTY):
        return DivisionMatch(COUNTY, COUNTY_NAME)
    return None


def _township(text: str) -> tuple[str, str] | None:
    """The township a text begins with – full name, stem, or the short form that schools and police stations use."""
    for name, code in _SPELLINGS:
        if text.startswith(name):
            return code, _AFTER.sub("", text[len(name) :])
    return None


def _spellings() -> list[tuple[str, str]]:
    """Every beginning that means one township only, longest first."""
    spelt: dict[str, set[str]] = {}
    for code, name in TOWNSHIPS.items():
        stem = _SUFFIX.sub("", name)
        forms = {name, name.replace("满族乡", "乡"), stem}
        forms |= {stem[:length] for length in range(2, len(stem))}
        for form in forms:
            spelt.setdefault(form, set()).add(code)
    return sorted(
        ((form, next(iter(codes))) for form, codes in spelt.items() if len(codes) == 1), key=lambda item: (-len(item[0]), item[0])
    )


_SPELLINGS = _spellings()
