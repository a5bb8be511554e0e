"""Doubted: children with two numbers who but for those might be one child, since a number was typed wrong or has been corrected.

They are never merged by themselves and always asked about: name and somebody beside them alike and birth dates that could be slips of each
other, as their numbers or their own rows tell them; or one name in one household of the register, as kin; or the name that one of them had
before, with the same birth date and sex (D-26: adopted, with another name and number).
"""

from dataclasses import replace

import numpy as np

from hub.identity.blocking import pairs_of, unique_pairs
from hub.identity.comparing import BORN, born_levels, levels_of
from hub.identity.evidence import CHILD, NO_KIN, Flags, Ints, Mentions, distinct, holds, parts

FAR = levels_of(BORN, BORN.index("missing"), BORN.index("far"))


def doubted_pairs(mentions: Mentions, written: Mentions, near_by: tuple[Ints, Ints], free: Flags | None) -> tuple[Ints, Flags]:
    """Pairs of places with two numbers and one name, near enough to be compared, and which of them are asked about however they compare; one of each is ``free``.

    ``written`` are the same ``as_written``; ``near_by`` is (place, place of another mention in its row or its household of the register).
    """
    m = mentions
    child = (m.beside == 0) & (m.number >= 0) & (m.name >= 0) & (m.kind == CHILD)
    place, beside = (side[child[near_by[0]]] for side in near_by)
    home = np.array([p for p in np.flatnonzero(child & (m.register >= 0)).tolist() if (m.evidence[p].relation or "其他") not in NO_KIN], dtype=np.int64)
    shared = ((place, m.number[beside]), (place, m.name[beside]), (home, m.register[home]))
    width = 1 + max(int(column.max(initial=0)) for column in (m.number, m.name, m.register))
    places = np.concatenate([of[value >= 0] for of, value in shared])
    keys = np.concatenate([(m.name[of] * width + value)[value >= 0] * len(shared) + kind for kind, (of, value) in enumerate(shared)])
    order = np.lexsort((m.number[places], keys))
    places, keys = places[order], keys[order]
    several = np.flatnonzero((np.diff(keys) == 0) & (np.diff(m.number[places]) != 0))
    kept = holds(distinct(keys[several]), keys)
    pairs, _ = pairs_of(places[kept], keys[kept], free)
    pairs = pairs[m.number[pairs[:, 0]] != m.number[pairs[:, 1]]]
    one, other = pairs[:, 0], pairs[:, 1]
    kin = holds(np.sort(home), one) & holds(np.sort(home), other) & (m.register[one] == m.register[other])
    near = kin | ~FAR[born_levels(m, one, other)] | ~FAR[born_levels(written, one, other)]
    renamed = renamed_pairs(m, free)
    return np.concatenate([pairs[near], renamed]), np.concatenate([kin[near], np.ones(len(renamed), dtype=bool)])


def renamed_pairs(m: Mentions, free: Flags | None) -> Ints:
    """Pairs of children with two numbers of one day and sex, of whom one had the other's name before; one of each is ``free``."""
    dated = (m.beside == 0) & (m.number >= 0) & (m.name >= 0) & (m.kind == CHILD) & (m.day >= 0)
    day = (m.year * 16 + m.month) * 32 + m.day
    had, has = np.flatnonzero(dated & (m.former >= 0) & (m.former != m.name)), np.flatnonzero(dated)
    if not len(had):
        return unique_pairs(())
    before, now = (m.former[had] << 32) | day[had], (m.name[has] << 32) | day[has]
    kept = holds(distinct(before), now)
    pairs, _ = pairs_of(np.r_[had, has[kept]], np.r_[before, now[kept]], free)
    one, other = pairs[:, 0], pairs[:, 1]
    by_name = (m.former[one] == m.name[other]) | (m.former[other] == m.name[one])
    told: Ints = pairs[by_name & (m.number[one] != m.number[other]) & ((m.sex[one] == m.sex[other]) | (m.sex[one] * m.sex[other] == 0))]
    return told


def as_written(mentions: Mentions) -> Mentions:
    """The same mentions with the birth dates that their rows write, where those are not the numbers': a number near it may be another child's."""
    places = contradicted(mentions)
    if not places:
        return mentions
    m = replace(mentions, year=mentions.year.copy(), month=mentions.month.copy(), day=mentions.day.copy())
    for place in places:
        m.year[place], m.month[place], m.day[place] = parts(mentions.evidence[place].born)
    return m


def contradicted(mentions: Mentions) -> list[int]:
    """The places of children whose rows write a whole birth date that is not their number's."""
    asked = np.flatnonzero((mentions.number >= 0) & (mentions.beside == 0) & (mentions.kind == CHILD)).tolist()
    return [p for p in asked if (told := mentions.evidence[p]).born and told.numbered_born and len(told.born) == len(told.numbered_born) and told.born != told.numbered_born]
