"""Which pairs of mentions are worth comparing: those that share a key.

A key is a short text that two rows about one person are likely to have in common. It is told apart from others by its hash; what is stored for
later (the key table) is a keyed hash, so that the table tells nothing of a name or number.
"""

from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from hub.identity.evidence import (
    ADULT,
    CHILD,
    Codes,
    Evidence,
    Flags,
    Ints,
    Mentions,
    begins,
    born_of,
    distinct,
    kind_of,
    lengths,
    parts,
    stem,
)

#: A key that more mentions than this share tells too little; it is dropped, and counted in the log.
MOST = 60
AT_ONCE = 2_000_000  # pairs that are made before they are told from each other


def initials(pinyin: str) -> str:
    """'shan xiao he' -> 'sxh'."""
    return "".join(syllable[0] for syllable in pinyin.split())


def keys_of(mention: Evidence, beside: Sequence[Evidence], year: int) -> list[str]:
    """The keys of one mention; ``beside`` are the others of its row."""
    keys = []
    if mention.number is not None:
        keys.append(f"n|{mention.number!r}")
    if mention.earlier is not None:
        keys.append(f"n|{mention.earlier!r}")
    if mention.claimed is not None:
        keys.append(f"m|{mention.claimed!r}")
    born = parts(born_of(mention, year))
    own = mention.born or mention.number is None  # else the date is the number's, which may be somebody else's
    kind = kind_of(mention, -1 if born[0] < 0 or not own else year - born[0])
    place = where(mention, beside)
    dates = (born, parts(mention.born)) if mention.contradicted else (born,)  # the number may be somebody else's
    told = [*(key for date in dates for key in _own(mention, date, *place)), *_beside(mention, beside)]
    if kind != ADULT:
        keys += ["c" + key for key in (*told, *(key for date in dates for key in _childs(mention, date, *place)))]
    if kind != CHILD:
        keys += ["a" + key for key in told]
    return keys if len(dates) == 1 else list(dict.fromkeys(keys))


def where(mention: Evidence, beside: Iterable[Evidence]) -> tuple[str | None, str | None]:
    """Township and village: a mention's own, else those of the subject beside whom it is named."""
    if mention.township is None and mention.anchor is not None:
        for other in beside:
            if other.id == mention.anchor:
                return other.township, other.village
    return mention.township, mention.village


def _own(mention: Evidence, born: tuple[int, int, int], township: str | None, village: str | None) -> Iterator[str]:
    year, month, day = born
    pinyin = mention.pinyin
    if mention.phone is not None:
        yield f"t|{mention.phone!r}"
    if pinyin is None:
        return
    for household in (mention.register_household, mention.living_household):
        if household is not None:
            yield f"h|{household}|{pinyin}"
    if mention.school is not None:
        yield f"s|{pinyin}|{mention.school}"
    if year >= 0:
        for y in (year,) if day >= 0 else (year - 1, year, year + 1):
            yield f"y|{pinyin}|{y}"
        if mention.former:
            yield f"f|{mention.former}|{year}"
        yield f"f|{mention.name}|{year}"
    if day >= 0:
        yield f"d|{year}-{month}-{day}|{mention.sex}|{pinyin[0]}"
    if township:
        yield f"p|{pinyin}|{township}"
        if village:
            yield f"q|{pinyin}|{township}|{stem(village)}"
    elif year < 0:
        yield f"o|{pinyin}"


def _childs(mention: Evidence, born: tuple[int, int, int], township: str | None, village: str | None) -> Iterator[str]:
    """Keys for children whose names are garbled: a grown-up is then found through the child beside it."""
    if mention.pinyin is None:
        return
    year, month, day = born
    family, _, given = mention.pinyin.partition(" ")
    if day >= 0:
        yield f"g|{year}-{month}-{day}|{given}"
    if township and month >= 0:
        yield f"i|{initials(mention.pinyin)}|{year}-{month}|{township}"
    if township and village and year >= 0:
        yield f"v|{family}|{year}|{township}|{stem(village)}"


def _beside(mention: Evidence, beside: Sequence[Evidence]) -> Iterator[str]:
    """Keys made with the people of the same row: a child's guardian, a guardian's child."""
    given = (mention.pinyin or "").partition(" ")[2]
    if mention.claimed is not None:
        yield f"N|{mention.claimed!r}|{given}"
    for other in beside:
        if other.number is not None:
            yield f"N|{other.number!r}|{given}"
        if other.phone is not None and given:
            yield f"T|{other.phone!r}|{given}"
        if other.pinyin and given:
            yield f"G|{other.pinyin}|{mention.pinyin}"


def companions_by_row(mentions: Sequence[Evidence]) -> dict[int, list[Evidence]]:
    """Record -> the mentions in it."""
    rows: dict[int, list[Evidence]] = {}
    for mention in mentions:
        rows.setdefault(mention.record, []).append(mention)
    return rows


@dataclass(frozen=True)
class Blocks:
    """Who shares which key: one entry of ``place`` and ``key`` for every key of every mention."""

    place: Ints  # of the mention
    key: Ints  # its hash


def blocks_of(mentions: Sequence[Evidence], year: int, hashed: Callable[[str], int]) -> Blocks:
    """Every key of every mention, each told by its hash of 64 bits; ``year`` is that of the business date."""
    rows = companions_by_row(mentions)
    counts, found = array("q"), array("q")
    for mention in mentions:
        row = rows[mention.record]
        keys = keys_of(mention, [other for other in row if other is not mention] if len(row) > 1 else (), year)
        counts.append(len(keys))
        found.extend(map(hashed, keys))
    return Blocks(np.repeat(np.arange(len(mentions)), counts), np.array(found, dtype=np.int64))


def pairs_of(places: Ints, keys: Ints, asked: Flags | None = None, most: int = MOST) -> tuple[Ints, int]:
    """The pairs of places that share a key, each once, as rows (lower, higher); and how many keys were shared by too many.

    ``asked`` marks the places of which each pair must hold at least one, so that pairs that are settled already are not made.
    """
    order = np.argsort(keys)
    places, keys = places[order], keys[order]
    starts = np.flatnonzero(begins(keys))
    sizes = lengths(starts, len(keys))
    if asked is not None and len(starts):
        wanted = np.add.reduceat(asked[places], starts, dtype=np.int64) > 0
        starts, sizes = starts[wanted], sizes[wanted]
    dropped = int((sizes > most).sum())
    found: list[Ints] = []
    room = AT_ONCE
    for size in distinct(sizes[(sizes > 1) & (sizes <= most)]):
        block = places[starts[sizes == size][:, None] + np.arange(size)]
        if asked is not None:
            block = block[asked[block].any(axis=1)]
        one, other = couples(int(size))
        if asked is None:
            found.append(packed(block[:, one].ravel(), block[:, other].ravel()))
        else:
            here = asked[block]
            row, pair = np.nonzero(here[:, one] | here[:, other])
            found.append(packed(block[row, one[pair]], block[row, other[pair]]))
        if sum(map(len, found)) > room:  # whoever shares one key shares several: of a city's pairs few are left
            found = [distinct(np.concatenate(found))]
            room = max(AT_ONCE, 2 * len(found[0]))
    return unpacked(found), dropped


@cache
def couples(size: int) -> tuple[Ints, Ints]:
    """The pairs of so many, each once."""
    return np.triu_indices(size, 1)


def unique_pairs(found: Iterable[Ints]) -> Ints:
    """Each pair once, lower place first."""
    return unpacked([packed(*pairs.T) for pairs in found])


def packed(one: Ints, other: Ints) -> Ints:
    """Pairs as one number each, the lower place first; a place with itself is none."""
    apart = one != other
    told: Ints = (np.minimum(one, other)[apart] << 32) | np.maximum(one, other)[apart]
    return told


def unpacked(found: Sequence[Ints]) -> Ints:
    """Pairs of such numbers, each once, rising."""
    rising = distinct(np.concatenate(found)) if found else np.empty(0, dtype=np.int64)
    return np.stack([rising >> 32, rising & 0xFFFFFFFF], axis=1)


def resolved_keys(mentions: Mentions, companions: tuple[Ints, Ints], spoken: tuple[Ints, Ints]) -> Iterator[tuple[Ints, Ints]]:
    """Keys with people already told: (place, code) for each companion cluster with the mention's own family name, given name (as ``spoken``) and year, one after the other."""
    place, cluster = companions
    company = (cluster * 2 + (mentions.kind[place] == ADULT)) << 24
    named, dated = mentions.pinyin[place] >= 0, mentions.year[place] >= 0
    for values, kept in ((spoken[0], named), (spoken[1], named), (mentions.year, dated)):
        yield place[kept], company[kept] + values[place[kept]]


def spoken_names(mentions: Mentions) -> tuple[Ints, Ints]:
    """Codes of each mention's family name and given name as they are spoken."""
    parted = [pinyin.partition(" ") for pinyin in mentions.pinyins] or [("", "", "")]
    families, givens = (Codes().column(names) for names in zip(*((family, given) for family, _, given in parted), strict=True))
    return families[mentions.pinyin], givens[mentions.pinyin]
