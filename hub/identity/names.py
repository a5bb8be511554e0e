"""How much two names agree: one of a few levels, told for each pair of different spellings once."""

from functools import lru_cache

from hub.identity.evidence import surname
from hub.identity.pinyin import readings
from hub.identity.slips import distance

#: From the same name to nothing in common; a level is what the model gives a weight.
LEVELS = ("missing", "exact", "sound", "lost", "shortened", "turned", "near_sound", "look", "half", "syllable", "family", "given", "nothing")
MISSING, EXACT, SOUND, LOST, SHORTENED, TURNED, NEAR_SOUND, LOOK, HALF, SYLLABLE, FAMILY, GIVEN, NOTHING = range(len(LEVELS))
AGREE = frozenset({EXACT, SOUND, LOST, SHORTENED, TURNED, NEAR_SOUND, LOOK})

#: Characters that are taken for each other by eye or by an office's machine, where they do not sound alike.
_LOOKS = (
    "宇字 泽译 译泽 晨震 晨宸 玥月 昊吴 玉王 末未 士土 日曰 己已 人入 天夫 千干 田由 申甲 辰晨 彤丹 妍研 雅稚 睿蕊 佳住 桐铜 铭名 轩杆 熙照 茹如 "
    "梅媚 琳林 瑶遥 皓浩 浩洁 诗持 涵函 晗含 玮伟 炜伟 钰玉 锋峰 婷停 菲非 莹荧 萱宣 瑄宣 璇旋 嘉喜 博搏 杰木 犇牛 淼水 鑫金 森林 磊石 焱火 垚土 "
    "璐路 露路 雯文 曦羲 颖颍 洋样 阳旭 旭旮 帆凡 航杭 豪毫 毅殷 凯铠 楠南 萌明 朋明 昕欣 欣听 怡治 怀坏 倩情 靖靓 静净 丽而 秀季 季李 李季 芳方 芬分"
)
_LOOKING = {frozenset(pair) for pair in _LOOKS.split() if len(set(pair)) == 2}
#: Sounds that the region's speakers and typists do not keep apart.
_SOFT = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("iu", "ou"), ("ü", "u"))


@lru_cache(maxsize=1_000_000)
def level(one: str | None, other: str | None) -> int:
    """The level at which two names agree; ``?`` stands for a lost character."""
    if not one or not other:
        return MISSING
    if one == other:
        return LOST if "?" in one else EXACT
    if "?" in one or "?" in other:
        return _lost(one, other)
    if "·" in one or "·" in other or (one.isascii() and other.isascii()):
        return _by_parts(one, other)
    if len(one) == len(other):
        return _same_length(one, other)
    return _other_length(one, other)


def _lost(one: str, other: str) -> int:
    if len(one) == len(other):
        told = [(a, b) for a, b in zip(one, other, strict=True) if "?" not in (a, b)]
        if told and all(a == b for a, b in told):
            return LOST
        if told and all(a == b for a, b, *spelt in zip(readings(one), readings(other), one, other, strict=True) if "?" not in spelt):
            return NEAR_SOUND
        return FAMILY if one[0] == other[0] != "?" else NOTHING
    plain = (one.replace("?", ""), other.replace("?", ""))
    if plain[0] == plain[1] and len(plain[0]) > 1:
        return LOST
    if all(len(p) > 1 for p in plain) and _other_length(*plain) == SHORTENED:
        return LOST
    return FAMILY if one[0] == other[0] != "?" else NOTHING


def _by_parts(one: str, other: str) -> int:
    """Names of several words, as minorities and foreigners have them: word by word, each within a slip or two of the other."""
    mine, theirs = one.split("·"), other.split("·")
    if len(mine) != len(theirs):
        short, long = sorted((mine, theirs), key=len)
        joined = "".join(long) == "".join(short)
        return SHORTENED if joined or all(any(_near(part, whole) for whole in long) for part in short) else NOTHING
    near = [_near(a, b) for a, b in zip(mine, theirs, strict=True)]
    if all(near):
        slips = sum(distance(a, b, most=3) for a, b in zip(mine, theirs, strict=True))
        return NEAR_SOUND if slips < 2 else LOOK
    if len(mine) > 1 and all(any(_near(a, b) for b in theirs) for a in mine):
        return TURNED
    if any(near):
        return FAMILY if near[0] else GIVEN
    return NOTHING


def _near(one: str, other: str) -> bool:
    """Within a slip for each three characters, one being shorter by an initial's length or more counting as another word."""
    return distance(one, other, most=3) <= min(2, max(len(one), len(other)) // 3) or (len(one) > 0 and one == other)


def _same_length(one: str, other: str) -> int:
    differing = [(a, b) for a, b in zip(one, other, strict=True) if a != b]
    sounds = [(x, y) for a, b, x, y in zip(one, other, readings(one), readings(other), strict=True) if a != b]
    if all(x == y for x, y in sounds):
        return SOUND
    if sorted(one) == sorted(other):
        return TURNED
    family = surname(one)
    head = len(family)
    same_family = one[:head] == other[:head]
    if len(differing) == 1:
        a, b = differing[0]
        if frozenset((a, b)) in _LOOKING or a in b or _alike(*sounds[0]):
            return LOOK
    if all(x == y or soft(x) == soft(y) for x, y in sounds):
        return NEAR_SOUND
    if same_family:
        mine, theirs = one[head:], other[head:]
        if (len(set(mine)) == 1 < len(mine) and mine[0] in theirs) or (len(set(theirs)) == 1 < len(theirs) and theirs[0] in mine):
            return TURNED  # a pet name: 李硕硕 for 李殿硕
        if len(differing) == 1 and len(mine) > 1:
            return SYLLABLE if one[-1] == other[-1] else HALF
        return FAMILY
    return GIVEN if one[head:] == other[head:] and len(one) > head else (_sounding_family(one, other))


def _sounding_family(one: str, other: str) -> int:
    if readings(one)[0] == readings(other)[0] and one[0] != other[0] and any(a == b for a, b in zip(one[1:], other[1:], strict=False)):
        return HALF
    return NOTHING


def _other_length(one: str, other: str) -> int:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) == 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long))):
        if long[0] == short[0]:
            return SHORTENED
        return GIVEN if long[1:] == short else SHORTENED
    if "·" in long and (long.startswith(short) or long.replace("·", "") == short.replace("·", "") or long.split("·")[0] == short):
        return SHORTENED
    if short[0] == long[0]:
        mine, theirs = short[1:], long[1:]
        if mine and len(set(theirs)) == 1 and theirs[0] == mine[-1]:
            return TURNED
        return HALF if set(mine) & set(theirs) else FAMILY
    return NOTHING


@lru_cache(maxsize=50_000)
def soft(sound: str) -> str:
    """A reading with the sounds that are not kept apart made one."""
    for hard, softer in _SOFT:
        sound = sound.replace(hard, softer)
    return sound


def _alike(one: str, other: str) -> bool:
    """Whether two readings are one but for the first or last letters: those of 译 and 泽 are not, of 玲 and 琳 they are."""
    return len(one) > 1 and len(other) > 1 and (one[1:] == other[1:] or one[:-1] == other or other[:-1] == one)
