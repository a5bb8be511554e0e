"""Which mentions are one person: pairs merged from the surest downward, under what can never be.

A cluster holds at most one trusted number; two mentions of one row are two people; what a clerk has decided stands against every
weight. The order in which mentions are given plays no part: ties are told by the mentions' own ids.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hub.identity import names
from hub.identity.evidence import Ints, Mentions, surname


class Clusters:
    """Sets of places that are joined, with what each set holds."""

    def __init__(self, mentions: Mentions, trusted: Ints, cannot: Iterable[tuple[int, int]] = ()) -> None:
        self.parent = list(range(len(mentions)))
        self.number = trusted.tolist()
        self._records: list[int | set[int]] = mentions.record.tolist()
        self._members: dict[int, list[int]] = {}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for one, other in cannot:
            self._enemies[one].add(other)
            self._enemies[other].add(one)

    def root(self, place: int) -> int:
        """The place that stands for the set."""
        parent = self.parent
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = parent[place]
        return place

    def members(self, root: int) -> list[int]:
        """The places of a set."""
        return self._members.get(root) or [root]

    def forbidden(self, a: int, b: int) -> str | None:
        """Why two sets can never be one: pinned, number, row; None where they can."""
        if self._enemies and any(self._enemies.get(m, frozenset()) & set(self.members(b)) for m in self.members(a)):
            return "pinned"
        if self.number[a] >= 0 and self.number[b] >= 0 and self.number[a] != self.number[b]:
            return "number"
        return None if self._apart(a, b) else "row"

    def _apart(self, a: int, b: int) -> bool:
        mine, theirs = self._records[a], self._records[b]
        if isinstance(mine, int):
            return mine != theirs if isinstance(theirs, int) else mine not in theirs
        return theirs not in mine if isinstance(theirs, int) else mine.isdisjoint(theirs)

    def join(self, a: int, b: int) -> int:
        """Join two sets by their roots; returns the root of both."""
        if a == b:
            return a
        mine, theirs = self.members(a), self.members(b)
        if len(mine) < len(theirs):
            a, b, mine, theirs = b, a, theirs, mine
        self._members.pop(b, None)
        self._members[a] = mine
        mine.extend(theirs)
        self.parent[b] = a
        if self.number[a] < 0:
            self.number[a] = self.number[b]
        rows, others = self._records[a], self._records[b]
        self._records[a] = ({rows} if isinstance(rows, int) else rows) | ({others} if isinstance(others, int) else others)
        return a

    def join_new(self, places: list[int]) -> bool:
        """Join places that nothing has joined or told apart yet, and that give one number at most; false, and nothing done, where it is otherwise."""
        first = places[0]
        if any(self.parent[p] != p or p in self._members or p in self._enemies for p in places) or len({self.number[p] for p in places} - {-1}) > 1:
            return False
        for place in places:
            self.parent[place] = first
        self._members[first] = places
        self.number[first] = max(self.number[p] for p in places)
        self._records[first] = {self._records[p] for p in places}  # type: ignore[misc]  # one each as yet
        return True

    def labels(self) -> Ints:
        """Place -> a code of its set: sets in the order of their first place."""
        roots = np.array([self.root(place) for place in range(len(self.parent))], dtype=np.int64)
        return np.unique(roots, return_inverse=True)[1].astype(np.int64)


def trusted_numbers(mentions: Mentions) -> tuple[Ints, list[tuple[int, int, str]]]:
    """The number of each mention where it is believed (-1 elsewhere), and pairs that one number holds though they are two people.

    Under one number the holder's name is the one beside which most rows write the number's own birth date. A mention whose name has nothing in common with it (D-42),
    or is that of a brother or sister born on the same day who has a number of their own, has somebody else's.
    """
    trusted = mentions.number.copy()
    conflicts: list[tuple[int, int, str]] = []
    groups = _several_names(mentions)
    if not groups:
        return trusted, conflicts
    siblings = _born_alike(mentions)
    for places in groups:
        spelt = Counter(mentions.names[mentions.name[p]] for p in places)
        dated = Counter(mentions.names[mentions.name[p]] for p in places if _dated(mentions, p))
        holder = min(spelt, key=lambda name: (-dated[name], -spelt[name], "?" in name, name))
        keeper = next(p for p in places if mentions.names[mentions.name[p]] == holder)
        for place in places:
            if mentions.names[mentions.name[place]] == holder:
                continue
            verdict = _borrowed(mentions, place, keeper, siblings)
            if verdict:
                trusted[place] = -1
                conflicts.append((place, keeper, verdict))
    return trusted, conflicts


def _several_names(mentions: Mentions) -> list[list[int]]:
    """The places under each number that is told with more than one name."""
    order = np.lexsort((mentions.name, mentions.number))
    order = order[(mentions.number[order] >= 0) & (mentions.name[order] >= 0)]
    number, name = mentions.number[order], mentions.name[order]
    changes = np.flatnonzero((number[1:] == number[:-1]) & (name[1:] != name[:-1]))
    wanted = set(np.unique(number[changes]).tolist())
    groups: dict[int, list[int]] = defaultdict(list)
    for place, code in zip(order.tolist(), number.tolist(), strict=True):
        if code in wanted:
            groups[code].append(place)
    return [groups[code] for code in sorted(groups)]


def _born_alike(mentions: Mentions) -> dict[tuple[int, int, int, str], set[tuple[int, str]]]:
    """(birth date, surname) -> (number, name) of everybody who has a number, for the twins of those in question."""
    found: dict[tuple[int, int, int, str], set[tuple[int, str]]] = defaultdict(set)
    having = np.flatnonzero((mentions.number >= 0) & (mentions.name >= 0) & (mentions.day >= 0))
    packed = np.unique(np.stack([mentions.year[having], mentions.month[having], mentions.day[having], mentions.number[having], mentions.name[having]], axis=1), axis=0)
    for year, month, day, number, name in packed.tolist():
        found[year, month, day, surname(mentions.names[name])].add((number, mentions.names[name]))
    return found


def _borrowed(mentions: Mentions, place: int, keeper: int, siblings: dict[tuple[int, int, int, str], set[tuple[int, str]]]) -> str | None:
    """Why a mention's number is not its own: TWINS or NUMBER_CONFLICT; None where the names can be one person's."""
    name, holder = mentions.names[mentions.name[place]], mentions.names[mentions.name[keeper]]
    level = names.level(name, holder)
    former = {mentions.names[f] for f in (mentions.former[place], mentions.former[keeper]) if f >= 0}
    if name in former or holder in former or level in (names.SOUND, names.LOST):
        return None
    born = (int(mentions.year[keeper]), int(mentions.month[keeper]), int(mentions.day[keeper]), surname(holder))
    if any(number != mentions.number[keeper] and other == name for number, other in siblings.get(born, ())):
        return "TWINS"
    if level == names.NOTHING and not (_dated(mentions, place) and _dated(mentions, keeper)):
        return "NUMBER_CONFLICT"
    return None


def _dated(mentions: Mentions, place: int) -> bool:
    """Whether a mention's row writes the very birth date that its number tells."""
    mention = mentions.evidence[place]
    return mention.born is not None and mention.born == mention.numbered_born


def merge(
    mentions: Mentions, clusters: Clusters, pairs: Ints, scores: NDArray[np.float64], link_at: NDArray[np.float64]
) -> list[tuple[int, str]]:
    """Join pairs from the highest score down; ``link_at`` is what each pair needs.

    Returns the pairs (by place) that scored enough and could not be joined, with why.
    """
    order = np.flatnonzero(scores >= link_at)
    ids = np.array([e.id for e in mentions.evidence], dtype=np.int64)
    tie = np.sort(ids[pairs[order]], axis=1)
    order = order[np.lexsort((tie[:, 1], tie[:, 0], -scores[order]))]
    refused: list[tuple[int, str]] = []
    for pair in order.tolist():
        a, b = clusters.root(int(pairs[pair, 0])), clusters.root(int(pairs[pair, 1]))
        if a == b:
            continue
        why = clusters.forbidden(a, b)
        if why is None:
            clusters.join(a, b)
        else:
            refused.append((pair, why))
    return refused


def join_equal(clusters: Clusters, codes: Ints) -> None:
    """Join all places of one code (-1: none), as of one trusted number; those that a person has told apart stay so, each with its own."""
    order = np.argsort(codes, kind="stable")
    order = order[codes[order] >= 0]
    starts = 1 + np.flatnonzero(np.diff(codes[order]))
    places: list[int] = order.tolist()
    rest: list[int] = []
    for lower, upper in pairwise([0, *starts.tolist(), len(places)]):
        equal = places[lower:upper]
        if len(equal) > 1 and not clusters.join_new(equal):
            rest += equal
    parts: dict[int, list[int]] = defaultdict(list)
    for place in sorted(rest):
        known = parts[int(codes[place])]
        for part in known:
            a, b = clusters.root(part), clusters.root(place)
            if a == b or clusters.forbidden(a, b) != "pinned":
                clusters.join(a, b)
                break
        else:
            known.append(place)


def places_of(ids: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of mention ids as pairs of places; those of which a side is not here are left out."""
    told = list(pairs)
    place = {id_: at for at, id_ in enumerate(ids)} if told else {}
    return [(place[a], place[b]) for a, b in told if a in place and b in place]
