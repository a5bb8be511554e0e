"""The order of Chinese names: a stored pinyin key, since no collation for it can be relied on (``COLLATE "C"``)."""

import os
from functools import cache, lru_cache

#: Readings that a surname has and the same character elsewhere has not.
SURNAME_READINGS = {
    "单": "shan",
    "仇": "qiu",
    "解": "xie",
    "尉": "wei",
    "曾": "zeng",
    "查": "zha",
    "盖": "ge",
    "任": "ren",
    "区": "ou",
    "朴": "piao",
    "缪": "miao",
    "翟": "zhai",
    "乐": "yue",
    "召": "shao",
    "员": "yun",
    "黑": "he",
    "折": "she",
    "种": "chong",
    "洗": "xian",
    "冼": "xian",
    "秘": "bi",
    "覃": "qin",
    "瞿": "qu",
    "佘": "she",
    "华": "hua",
    "纪": "ji",
    "令": "ling",
    "盛": "sheng",
    "宁": "ning",
    "车": "che",
    "万": "wan",
    "石": "shi",
    "柏": "bai",
    "谌": "chen",
    "繁": "po",
    "牟": "mu",
}
COMPOUND_READINGS = {"尉迟": ("yu", "chi"), "万俟": ("mo", "qi"), "澹台": ("tan", "tai"), "长孙": ("zhang", "sun"), "宇文": ("yu", "wen"), "单于": ("chan", "yu")}


@lru_cache(maxsize=500_000)
def pinyin_key(name: str) -> str:
    """'单小禾' -> 'shan xiao he'; characters without a reading stand for themselves, after all that have one."""
    compound = COMPOUND_READINGS.get(name[:2])
    told = readings(name)
    return " ".join(filter(None, ["".join(compound), *told[2:]] if compound else told))


@lru_cache(maxsize=500_000)
def readings(name: str) -> tuple[str, ...]:
    """'单小禾' -> ('shan', 'xiao', 'he'): each character's reading, the family name's as that of a family name."""
    head = COMPOUND_READINGS.get(name[:2]) or ((SURNAME_READINGS[name[0]],) if name[:1] in SURNAME_READINGS else ())
    return (*head, *map(reading, name[len(head) :]))


@cache
def reading(character: str) -> str:
    """The most common reading of one character, without tone."""
    os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")  # no reading of one character is in them, and they take four times as long to load as the rest
    from pypinyin import lazy_pinyin  # not every verb needs it

    return "".join(lazy_pinyin(character, errors=lambda text: "~" + text))
