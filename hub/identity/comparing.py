"""How two mentions compare: for each feature one of a few levels, worked out by the column for many pairs at once.

Levels are what the model gives weights; since it is additive, the weights of a pair's levels are its reasons.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hub.identity import names
from hub.identity.evidence import Ints, Mentions, begins, distinct, holds, lengths
from hub.identity.slips import slips

#: Feature -> its levels, the neutral one first. Interactions that are declared carry both features' names.
NAME = tuple(names.LEVELS)
FREQUENCY = ("", "rare", "uncommon", "common", "frequent")
BORN = ("missing", "same day", "swapped", "same month", "other day", "other month", "other year", "lunar", "same year", "next year", "near", "far")
NEAR = ("missing", "agree", "weak", "differ")
WRITTEN = ("missing", "one slip", "two slips", "three slips", "last digits lost", "birth date only", "somebody's", "unlike")
SHARED = ("missing", "none", "name", "sound", "phone", "number", "number and name")
RESOLVED = ("missing", "none", "a grown-up", "a child", "two", "three or more")
PLACE = ("missing", "same village", "same town", "other village", "other town")
SEX = ("missing", "same", "different")
PHONE = ("missing", "same", "different")
RELATION = ("missing", "same", "different")
SOURCE = ("different", "same")
SCHOOL = ("missing", "same", "different")
FEATURES: dict[str, tuple[str, ...]] = {
    "name": tuple(f"{n} {f}".strip() for n in NAME for f in FREQUENCY),
    "born": BORN,
    "name and born": tuple(f"{n}/{b}" for n in NEAR for b in ("missing", "day", "partial", "unlike")),
    "sex": SEX,
    "written number": WRITTEN,
    "people beside": tuple(f"{n}/{s}" for n in NEAR for s in SHARED),
    "people known": tuple(f"{n}/{r}" for n in NEAR for r in RESOLVED),
    "place": tuple(f"{b}/{p}" for b in ("dated", "undated") for p in PLACE),
    "phone": PHONE,
    "relation": tuple(f"{r}/{s}" for r in RELATION for s in ("", "a child shared")),
    "source": tuple(f"{n}/{s}" for n in NEAR for s in SOURCE),
    "school": tuple(f"{n}/{s}" for n in NEAR for s in SCHOOL),
}
STEPS = np.array([4, 12, 40], dtype=np.int64)  # mentions of one name: rare, uncommon, common, frequent
_GROUP = np.array([0, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2, 2, 3], dtype=np.int64)  # name level -> NEAR
assert len(_GROUP) == len(NAME)
_BORN_GROUP = np.array([0, 1, 3, 2, 3, 3, 3, 3, 2, 2, 3, 3], dtype=np.int64)  # date level -> missing, day, partial, unlike
assert len(_BORN_GROUP) == len(BORN)


def levels_of(scale: Sequence[object], *chosen: int) -> NDArray[np.bool_]:
    """Level -> whether it is one of those; by looking up, which small sets of pairs feel."""
    found = np.zeros(len(scale), dtype=bool)
    found[list(chosen)] = True
    return found


_ONE_NAME = levels_of(NAME, names.EXACT, names.SOUND, names.LOST)
_OTHER_GIVEN = levels_of(NAME, names.HALF, names.SYLLABLE, names.FAMILY, names.NOTHING)
_SOUND = levels_of(NAME, names.SOUND)
_ONE_DATE = levels_of(BORN, *map(BORN.index, ("same day", "same month", "same year")))
_NAME, _BORN, _KNOWN, _RELATION = (list(FEATURES).index(feature) for feature in ("name", "born", "people known", "relation"))
Levels = NDArray[np.int16]
AT_ONCE = 250_000  # pairs: what is made in between is many times their size


@dataclass
class Context:
    """What is known of a set of mentions besides themselves: who stands beside whom, raw and (later) resolved."""

    beside: tuple[Ints, Ints]  # (place, place of another mention in its row)
    known: tuple[Ints, Ints] | None = None  # (place, cluster of somebody beside it or of its household)
    child: NDArray[np.bool_] | None = None  # cluster -> whether it is a child's


def compare(mentions: Mentions, pairs: Ints, context: Context) -> Levels:
    """The levels of each pair: one row a pair, one column a feature."""
    return with_known(compare_rows(mentions, pairs, context.beside), pairs, context)


def compare_rows(mentions: Mentions, pairs: Ints, beside: tuple[Ints, Ints]) -> Levels:
    """The levels by what the rows themselves tell, which no look at the pairs changes."""
    levels = np.empty((len(pairs), len(FEATURES)), dtype=np.int16)
    for first in range(0, len(pairs), AT_ONCE):
        _compare_rows(mentions, pairs[first : first + AT_ONCE], beside, levels[first : first + AT_ONCE])
    return levels


def _compare_rows(mentions: Mentions, pairs: Ints, beside: tuple[Ints, Ints], levels: Levels) -> None:
    one, other = pairs[:, 0], pairs[:, 1]
    name = name_levels(mentions, one, other)
    near = _GROUP[name]
    born = born_levels(mentions, one, other)
    frequency = np.where(mentions.name[one] >= 0, mentions.frequency[mentions.name[one]], 0)
    often = np.where(_ONE_NAME[name], 1 + np.searchsorted(STEPS, frequency), 0)
    told = {
        "name": name * len(FREQUENCY) + often,
        "born": born,
        "name and born": near * 4 + _BORN_GROUP[born],
        "sex": same(mentions.sex[one], mentions.sex[other], nothing=0),
        "written number": written_levels(mentions, one, other),
        "people beside": near * len(SHARED) + shared_levels(mentions, one, other, beside),
        "people known": near * len(RESOLVED),
        "place": (born == 0) * len(PLACE) + place_levels(mentions, one, other),
        "phone": same(mentions.phone[one], mentions.phone[other]),
        "relation": same(mentions.relation[one], mentions.relation[other], nothing=0) * 2,
        "source": near * 2 + (mentions.source[one] == mentions.source[other]),
        "school": near * len(SCHOOL) + same(mentions.school[one], mentions.school[other]),
    }
    for column, feature in enumerate(FEATURES):
        levels[:, column] = told[feature]


def with_known(levels: Levels, pairs: Ints, context: Context) -> Levels:
    """The levels of rows with what is known by now of the people beside the two."""
    if context.known is None or context.child is None or not len(pairs):
        return levels
    levels = levels.copy()
    for first in range(0, len(pairs), AT_ONCE):
        some = slice(first, first + AT_ONCE)
        known, child_shared = resolved_levels(pairs[some, 0], pairs[some, 1], context.known, context.child)
        levels[some, _KNOWN] += known.astype(np.int16)
        levels[some, _RELATION] += child_shared
    return levels


def may_be_twins(levels: Levels) -> NDArray[np.bool_]:
    """Which pairs have one birth date, to the day or as far as it is told, and given names that differ (D-24)."""
    return _of_one_birth_date(levels, _OTHER_GIVEN)


def sound_alike(levels: Levels) -> NDArray[np.bool_]:
    """Which pairs have one birth date and names that differ in writing alone (D-24, D-28)."""
    return _of_one_birth_date(levels, _SOUND)


def _of_one_birth_date(levels: Levels, named: NDArray[np.bool_]) -> NDArray[np.bool_]:
    found: NDArray[np.bool_] = named[levels[:, _NAME] // len(FREQUENCY)] & _ONE_DATE[levels[:, _BORN]]
    return found


def same(one: Ints, other: Ints, nothing: int = -1) -> Ints:
    """0 where either side tells nothing, 1 where both tell the same, 2 where they differ."""
    return np.where((one == nothing) | (other == nothing), 0, np.where(one == other, 1, 2))


def name_levels(mentions: Mentions, one: Ints, other: Ints) -> Ints:
    """The level of each pair of names; each pair of different spellings is looked at once."""
    level = _by_code(mentions.names, mentions.name[one], mentions.name[other])
    weak = _GROUP[level] >= 2
    for mine, theirs in ((mentions.former[one], mentions.name[other]), (mentions.name[one], mentions.former[other])):
        asked = weak & (mine >= 0) & (theirs >= 0)
        if asked.any():
            by_former = _by_code(mentions.names, mine[asked], theirs[asked])
            level[asked] = np.where(by_former == names.EXACT, names.SHORTENED, np.where(_GROUP[by_former] == 1, names.NEAR_SOUND, level[asked]))
    return level


def _by_code(spelt: list[str], one: Ints, other: Ints) -> Ints:
    low, high = np.minimum(one, other), np.maximum(one, other)
    packed, places = np.unique((low + 1) * (len(spelt) + 2) + high + 1, return_inverse=True)
    values = [*spelt, None]
    width = len(spelt) + 2
    told = np.array([names.level(values[p // width - 1], values[p % width - 1]) for p in packed.tolist()], dtype=np.int64)
    return told[places] if len(told) else np.empty(0, dtype=np.int64)


def born_levels(mentions: Mentions, one: Ints, other: Ints) -> Ints:
    """The level of each pair of birth dates, each as precise as it is told."""
    return date_levels(*((mentions.year[side], mentions.month[side], mentions.day[side]) for side in (one, other)))


def date_levels(ones: tuple[Ints, Ints, Ints], others: tuple[Ints, Ints, Ints]) -> Ints:
    """The same of dates told by years, months and days."""
    (y1, m1, d1), (y2, m2, d2) = ones, others
    days = np.abs((y1 * 365 + m1 * 30 + d1) - (y2 * 365 + m2 * 30 + d2))
    full = (d1 >= 0) & (d2 >= 0)
    month = (m1 >= 0) & (m2 >= 0)
    return chosen(
        [
            (y1 < 0) | (y2 < 0),
            full & (y1 == y2) & (m1 == m2) & (d1 == d2),
            full & (y1 == y2) & (m1 == d2) & (d1 == m2),
            month & ~full & (y1 == y2) & (m1 == m2),
            full & (y1 == y2) & (m1 == m2),
            full & (y1 == y2) & (d1 == d2),
            full & (m1 == m2) & (d1 == d2),
            full & (days >= 17) & (days <= 58),
            ~month & (y1 == y2),
            ~month & (np.abs(y1 - y2) == 1),
            np.where(full, days <= 400, np.abs(y1 * 12 + m1 - y2 * 12 - m2) <= 2),
        ],
        range(11),
        np.full(len(y1), 11),
    )


def chosen(conditions: Sequence[NDArray[np.bool_]], levels: Iterable[int], otherwise: Ints) -> Ints:
    """Of each row the level of the first condition that holds; ``numpy.select`` takes many times as long over the few rows of one record."""
    for condition, level in reversed([*zip(conditions, levels, strict=True)]):
        np.putmask(otherwise, condition, level)
    return otherwise


def written_levels(mentions: Mentions, one: Ints, other: Ints) -> Ints:
    """How near a damaged number is to the other side's number, trusted or damaged."""
    level = np.zeros(len(one), dtype=np.int64)
    for mine, theirs in ((one, other), (other, one)):
        asked = np.flatnonzero((mentions.written[mine] >= 0) & ((mentions.number[theirs] >= 0) | (mentions.written[theirs] >= 0)) & (level == 0))
        for place in asked.tolist():
            number = mentions.number[theirs[place]]
            value = mentions.opened(mentions.numbers[number]) if number >= 0 else mentions.digits[mentions.written[theirs[place]]]
            level[place] = slips(mentions.digits[mentions.written[mine[place]]], value)
    return level


def place_levels(mentions: Mentions, one: Ints, other: Ints) -> Ints:
    """How near the two live."""
    town = same(mentions.town[one], mentions.town[other])
    village = same(mentions.village[one], mentions.village[other])
    return chosen([town == 0, town == 2, village == 1, village == 2], (0, 4, 1, 3), np.full(len(one), 2))


def shared_levels(mentions: Mentions, one: Ints, other: Ints, near: tuple[Ints, Ints]) -> Ints:
    """What the people beside the two in their own rows have in common, as the rows write it; ``near`` is (place, place of another mention in its row)."""
    place, beside = near
    tellers = np.zeros(len(mentions), dtype=bool)
    tellers[place[(mentions.name[beside] >= 0) | (mentions.number[beside] >= 0)]] = True
    level = np.where(tellers[one] & tellers[other], 1, 0)
    by_name = _shares(one, other, place, mentions.name[beside])
    by_sound = _shares(one, other, place, mentions.pinyin[beside])
    by_phone = _shares(one, other, place, mentions.phone[beside])
    own = np.arange(len(mentions))  # a grown-up's number in a child's place tells who stands beside it
    by_number = _shares(one, other, np.concatenate([place, own]), np.concatenate([np.maximum(mentions.number, mentions.claimed)[beside], mentions.claimed]))
    return chosen([by_number & by_name, by_number, by_phone, by_name, by_sound], (6, 5, 4, 2, 3), level)


def resolved_levels(one: Ints, other: Ints, known: tuple[Ints, Ints], child: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.bool_]]:
    """How many people already told the two have beside them in common; and whether a child is among them."""
    place, cluster = known
    childs = child[cluster]
    grown = _counts(one, other, place[~childs], cluster[~childs])
    children = _counts(one, other, place[childs], cluster[childs])
    there = np.zeros(max(int(one.max(initial=0)), int(other.max(initial=0)), int(place.max(initial=0))) + 1, dtype=bool)
    there[place] = True
    total = grown + children
    level = chosen([total >= 3, total == 2, children == 1, grown == 1, there[one] & there[other]], (5, 4, 3, 2, 1), np.zeros(len(one), dtype=np.int64))
    return level, children > 0


def _shares(one: Ints, other: Ints, place: Ints, value: Ints) -> NDArray[np.bool_]:
    return _counts(one, other, place[value >= 0], value[value >= 0]) > 0


def _counts(one: Ints, other: Ints, place: Ints, value: Ints) -> Ints:
    """For each pair of places, how many values both have; (place, value) are what each has."""
    counts = np.zeros(len(one), dtype=np.int64)
    if not len(place) or not len(one):
        return counts
    width = int(value.max()) + 1
    having = distinct(place * width + value)
    place, value = having // width, having % width
    size = max(int(place.max()), int(one.max()), int(other.max())) + 1
    starts = np.searchsorted(place, np.arange(size + 1))
    lengths = (starts[1:] - starts[:-1])[one]
    total = int(lengths.sum())
    if not total:
        return counts
    pair = np.repeat(np.arange(len(one)), lengths)
    offset = np.arange(total) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    values = value[starts[one][pair] + offset]
    found = holds(having, other[pair] * width + values)
    return np.bincount(pair[found], minlength=len(one))


def beside_in_row(mentions: Mentions) -> tuple[Ints, Ints]:
    """(place, place of another mention in its row) for all rows that name several."""
    return others_sharing(mentions.record)


def others_sharing(group: Ints, most: int = 30) -> tuple[Ints, Ints]:
    """(place, another place of the same group), both ways, for groups of 2 to ``most``; -1 is no group."""
    places = np.flatnonzero(group >= 0)
    order = places[np.argsort(group[places], kind="stable")]
    groups = group[order]
    starts = np.flatnonzero(begins(groups))
    sizes = lengths(starts, len(groups))
    mine: list[Ints] = []
    theirs: list[Ints] = []
    for size in distinct(sizes[(sizes > 1) & (sizes <= most)]):
        block = order[starts[sizes == size][:, None] + np.arange(size)]
        i, j = np.nonzero(~np.eye(int(size), dtype=bool))
        mine.append(block[:, i].ravel())
        theirs.append(block[:, j].ravel())
    if not mine:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
    return np.concatenate(mine), np.concatenate(theirs)


def told(levels: Levels) -> list[tuple[str, str]]:
    """One pair's levels in words: (feature, level)."""
    return [(feature, FEATURES[feature][int(level)]) for feature, level in zip(FEATURES, levels, strict=True)]
