"""Which mentions are one person: pairs merged from the surest downward, under what can never be.

A cluster holds at most one trusted number; two mentions of one row are two people; what a clerk has decided stands against every
weight. The order in which mentions are given plays no part: ties are told by the mentions' own ids.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from copy import copy
from functools import cached_property, reduce
from itertools import pairwise
from operator import or_

import numpy as np
from numpy.typing import NDArray

from hub.identity import names
from hub.identity.comparing import BORN, born_levels
from hub.identity.evidence import ADULT, HOMES, Flags, Ints, Mentions, distinct, holds


class Clusters:
    """Sets of places that are joined, with what each set holds."""

    def __init__(self, mentions: Mentions, trusted: Ints, cannot: Iterable[tuple[int, int]] = ()) -> None:
        self.mentions = mentions
        self.parent = list(range(len(mentions)))
        self.number = trusted.tolist()
        self.parents = Parents(mentions)
        self.marks: list[int] = marks(mentions).tolist()
        self._records: list[int | set[int]] = mentions.record.tolist()
        self._members: dict[int, list[int]] = {}
        self._enemies: dict[int, set[int]] = defaultdict(set)
        for one, other in cannot:
            self._enemies[one].add(other)
            self._enemies[other].add(one)

    def copy(self) -> "Clusters":
        """The same sets, to be joined further by themselves."""
        other = copy(self)
        other.parent, other.number, other.marks, other._records = self.parent.copy(), self.number.copy(), self.marks.copy(), self._records.copy()
        other._members = {root: members.copy() for root, members in self._members.items()}
        return other

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

    def listed_apart(self, a: int, b: int) -> bool:
        """Whether a list has the two as two of one household: under one 户号 or card nobody stands twice at one time by two names, however alike (D-24)."""
        m = self.mentions
        mine: dict[tuple[int, str, int], list[int]] = defaultdict(list)
        for p in self.members(a):
            if not m.beside[p] and m.name[p] >= 0:
                for kind, column in HOMES:
                    if (home := int(getattr(m, column)[p])) >= 0:
                        mine[int(m.source[p]), kind, home].append(p)
        return bool(mine) and any(
            m.name[one] != m.name[p] and m.at_once(one, p)
            for p in self.members(b)
            if not m.beside[p] and m.name[p] >= 0
            for kind, column in HOMES
            for one in mine.get((int(m.source[p]), kind, int(getattr(m, column)[p])), ())
        )

    def two_homes(self, a: int, b: int) -> bool:
        """Whether a list has two of one name in two households, and nothing tells that they are one: no number of either, no full birth date in common."""
        m = self.mentions
        if self.number[a] >= 0 or self.number[b] >= 0:
            return False
        days = [{(int(m.year[p]), int(m.month[p]), int(m.day[p])) for p in self.members(root) if not m.beside[p] and m.day[p] >= 0} for root in (a, b)]
        if not days[0].isdisjoint(days[1]):
            return False
        homes: list[dict[tuple[int, str], set[int]]] = [defaultdict(set), defaultdict(set)]
        for root, found in zip((a, b), homes, strict=True):
            for p in self.members(root):
                if not m.beside[p]:
                    for kind, column in HOMES:
                        if (home := int(getattr(m, column)[p])) >= 0:
                            found[int(m.source[p]), kind].add(home)
        return any(mine.isdisjoint(homes[1][of]) for of, mine in homes[0].items() if of in homes[1])

    def rows_twice(self, a: int, b: int) -> Iterator[tuple[int, int]]:
        """The pairs of rows of one list that would be one person's, of those that tell a birth date; a list of a name and a school has many of each."""
        m = self.mentions
        mine: dict[int, list[int]] = defaultdict(list)
        for p in self.members(a):
            if not m.beside[p] and m.year[p] >= 0:
                mine[int(m.source[p])].append(p)
        return ((one, p) for p in self.members(b) if not m.beside[p] and m.year[p] >= 0 for one in mine.get(int(m.source[p]), ()))

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
        self.marks[a] |= self.marks[b]
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
        self.marks[first] = reduce(or_, (self.marks[p] for p in places))
        self._records[first] = {self._records[p] for p in places}  # type: ignore[misc]  # one each as yet
        return True

    def roots(self) -> Ints:
        """Place -> the place that stands for its set."""
        roots: Ints = np.array(self.parent, dtype=np.int64)
        while not np.array_equal(roots, above := roots[roots]):
            roots = above
        return roots

    def labels(self) -> Ints:
        """Place -> a code of its set: sets in the order of their roots."""
        roots = self.roots()
        rising: Ints = np.cumsum(np.bincount(roots, minlength=len(roots)) > 0, dtype=np.int64)
        return rising[roots] - 1


#: What a set can hold that another set's may speak against; what one of two sets does not hold is not asked of them. The other bits are of lists.
HOME, FAMILY = 1, 2
LISTS = 60


def marks(mentions: Mentions) -> Ints:
    """For each place what its row tells of whom it is about: a household, a father or mother, a birth date in this list."""
    about = mentions.beside == 0
    homed = about & np.any([getattr(mentions, column) >= 0 for _, column in HOMES], axis=0)
    parented = about & holds(distinct(mentions.record[father_or_mother(mentions)]), mentions.record)
    listed = np.where(about & (mentions.year >= 0), np.left_shift(4, mentions.source % LISTS), 0)
    told: Ints = HOME * homed + FAMILY * parented + listed
    return told


class Parents:
    """The fathers and mothers that rows name beside their subjects: two children of one name and birth date may have others (D-25)."""

    def __init__(self, mentions: Mentions, about: Ints | None = None) -> None:
        """``about``: of the rows of these places alone."""
        self._spelt = mentions.names
        self._records = mentions.record.tolist()
        self._beside = mentions.beside.tolist()
        self._told: dict[int, set[tuple[int, int, int]]] = defaultdict(set)  # record -> (relation, name, number)
        places = father_or_mother(mentions)
        if about is not None:
            places = places[holds(distinct(mentions.record[about]), mentions.record[places])]
        for record, *told in zip(*(column[places].tolist() for column in (mentions.record, mentions.relation, mentions.name, mentions.number)), strict=True):
            self._told[record].add(tuple(told))

    def of(self, places: Iterable[int]) -> set[tuple[int, int, int]]:
        """(relation, name, number) of the fathers and mothers whom the rows of a child name."""
        return {told for place in places if not self._beside[place] for told in self._told.get(self._records[place], ())}

    def differ(self, ones: Iterable[int], others: Iterable[int]) -> bool:
        """Whether two sets of a child's mentions name different fathers or mothers, and none that could be one person."""
        mine, theirs = self.of(ones), self.of(others)
        if not mine.isdisjoint(theirs):
            return False
        against = False
        for relation, name, number in mine:
            for other, called, held in theirs:
                if number >= 0 and number == held:
                    return False
                if relation == other:
                    level = names.level(self._spelt[name], self._spelt[called])
                    two_numbers = number >= 0 and held >= 0 and level != names.EXACT  # a number and a name are seldom mistyped together
                    if level not in (names.FAMILY, names.GIVEN, names.NOTHING) and not two_numbers:
                        return False
                    against = True
        return against


FATHER_MOTHER = np.array([1, 2], dtype=np.int64)  # as ``evidence.RELATIONS`` tells them


def father_or_mother(mentions: Mentions) -> Ints:
    """The places of fathers and mothers with a name."""
    return np.flatnonzero(holds(FATHER_MOTHER, mentions.relation) & (mentions.name >= 0))


#: What speaks for one person at all, be it too little for two rows of one list or for names that differ as twins' do.
LIKELY = 2.0


def merge(
    mentions: Mentions, clusters: Clusters, pairs: Ints, scores: NDArray[np.float64], link_at: NDArray[np.float64], expected: Ints, twice: float, of_others: float, margin: float
) -> list[tuple[int, str]]:
    """Join pairs from the highest score down; ``link_at`` is what each pair needs.

    A set is judged as a whole: it takes in another only where no two dated rows of one list in them score less than ``twice`` or, where they were never compared, tell other birth dates, no list has them as
    two of one household, and the parents whom they name are not others, unless the pair scores ``of_others``; and where neither fits somebody
    else as well, to within ``margin`` or, of twins, by the name, ``expected`` being the number that each mention's person had at the look before (-1: none).
    Returns the pairs (by place) that scored enough and could not be joined, with why.
    """
    roots = clusters.roots()
    order = np.flatnonzero((scores >= np.minimum(link_at, LIKELY)) & np.isfinite(link_at) & (roots[pairs[:, 0]] != roots[pairs[:, 1]]))
    refused: list[tuple[int, str]] = []
    if not (scores[order] >= link_at[order]).any():
        return refused
    ids = np.array([e.id for e in mentions.evidence], dtype=np.int64)
    tie = np.sort(ids[pairs[order]], axis=1)
    order = order[np.lexsort((tie[:, 1], tie[:, 0], -scores[order]))]
    rivals = Rivals(clusters, pairs[order], scores[order], expected, margin)
    order = order[scores[order] >= link_at[order]]
    packed = (pairs[:, 0] << 32) | pairs[:, 1]  # rising, as ``unique_pairs`` gives them

    def two_rows(one: int, other: int) -> bool:
        """Whether two rows of one list are two people: by what was compared of them, else by birth dates of which neither is a slip of the other."""
        code = (min(one, other) << 32) | max(one, other)
        at = int(np.searchsorted(packed, code))
        if at < len(packed) and packed[at] == code:
            return bool(scores[at] < twice)
        return bool(mentions.day[one] >= 0 <= mentions.day[other]) and BORN[int(born_levels(mentions, np.array([one]), np.array([other]))[0])] in ("near", "far")

    def against(a: int, b: int, score: float) -> str | None:
        if never := clusters.forbidden(a, b):
            return never
        both = clusters.marks[a] & clusters.marks[b]
        if both & HOME and (clusters.listed_apart(a, b) or (score < of_others and clusters.two_homes(a, b))):
            return "household"
        if both & FAMILY and score < of_others and clusters.parents.differ(clusters.members(a), clusters.members(b)):
            return "parents"
        if both > HOME | FAMILY and any(two_rows(one, other) for one, other in clusters.rows_twice(a, b)):
            return "rows"
        return None

    for pair, one, other, score in zip(order.tolist(), *pairs[order].T.tolist(), scores[order].tolist(), strict=True):
        a, b = clusters.root(one), clusters.root(other)
        if a != b:
            why = against(a, b, score)
            if why is None and any(against(*fit) is None for fit in rivals.of(a, b, score)):
                why = "several"
            if why is None:
                clusters.join(a, b)
            else:
                refused.append((pair, why))
    return refused


class Rivals:
    """Whom a set fits as well as another, of two who cannot be one person; of twins it fits each as well by the name alone, since what is told of one may be told of both (D-24)."""

    def __init__(self, clusters: Clusters, pairs: Ints, scores: NDArray[np.float64], expected: Ints, margin: float) -> None:
        """``pairs`` are those that are likely, the surest first: of two brothers the one whose name sounds alike is a rival, though by that alone he is not joined (D-24, D-28)."""
        self.clusters, self.expected, self.margin = clusters, expected.tolist(), margin
        self.pairs, self.scores, self.labels = pairs, scores, clusters.labels()
        self.met: list[int] = np.bincount(pairs.ravel(), minlength=len(clusters.mentions)).tolist()  # place -> of how many of them it is one

    @cached_property
    def _fits(self) -> dict[int, list[tuple[float, int]]]:
        """Place -> (score, the other place), of what is contested; not all that is merged asks for it."""
        found: dict[int, list[tuple[float, int]]] = defaultdict(list)
        among = contested(self.clusters.mentions, self.labels, self.pairs)[self.pairs[:, 0]]
        for (one, other), score in zip(self.pairs[among].tolist(), self.scores[among].tolist(), strict=True):
            found[one].append((score, other))
            found[other].append((score, one))
        return found

    def of(self, a: int, b: int, score: float) -> Iterator[tuple[int, int, float]]:
        """(the set without a number, its rival's other candidate, their score) where one of two sets to be joined fits another that cannot be the second."""
        kinds, listed = self.clusters.mentions.kind, self.clusters.mentions.twins
        for mine, theirs in ((a, b), (b, a)):
            if self.clusters.number[mine] >= 0:
                continue
            twins = {self.clusters.root(twin) for place in self.clusters.members(theirs) for twin in listed.get(place, ())} - {a, b}
            yield from ((mine, twin, score) for twin in twins if self._named_as_well(mine, theirs, twin))
            if sum(self.met[place] for place in self.clusters.members(mine)) < 2:
                continue
            for place in self.clusters.members(mine):
                for fits, other in self._fits.get(place, ()):
                    if fits < score - self.margin:
                        break
                    rival = self.clusters.root(other)
                    if rival not in (a, b) and rival not in twins and self._two(theirs, rival, grown=kinds[place] == ADULT):
                        yield mine, rival, fits

    def _named_as_well(self, mine: int, theirs: int, twin: int) -> bool:
        """Whether a set's name is not the one's and the twin's instead, or agrees with both or with neither."""
        m = self.clusters.mentions
        spelt, *others = ({m.names[m.name[p]] for p in self.clusters.members(root) if m.name[p] >= 0} for root in (mine, theirs, twin))
        one, other = (min((names.level(name, called) for name in spelt for called in of), default=names.NOTHING) for of in others)
        return one != names.EXACT and (other == names.EXACT or (one in names.AGREE) == (other in names.AGREE))

    def _two(self, a: int, b: int, *, grown: bool) -> bool:
        """Whether two sets are two people; of grown-ups a row names one twice, as head and as guardian, and so it says nothing of that."""
        why = self.clusters.forbidden(a, b)
        if why is not None:
            return why != "row" or not grown
        mine, theirs = ({self.expected[place] for place in self.clusters.members(root)} - {-1} for root in (a, b))
        return bool(mine and theirs and mine.isdisjoint(theirs)) or self.clusters.listed_apart(a, b)


def contested(mentions: Mentions, labels: Ints, pairs: Ints) -> Flags:
    """The places of sets that pairs connect, over however many, with two people: two numbers, two of one row or two names of one household's list."""
    group = _connected(labels, pairs)
    found = np.zeros(len(group), dtype=bool)
    told = [(mentions.number >= 0, (), mentions.number), (mentions.kind != ADULT, (mentions.record,), labels)]
    told += [((home >= 0) & (mentions.name >= 0) & (mentions.beside == 0), (mentions.source, home), mentions.name) for home in (mentions.register, mentions.living)]
    for kept, within, value in told:
        columns = [column[kept] for column in (value, *within, group)]
        order = np.lexsort(columns)
        changes = [column[order[1:]] != column[order[:-1]] for column in columns]
        found[columns[-1][order[1:]][changes[0] & ~np.any(changes[1:], axis=0)]] = True
    return found[group]


def _connected(labels: Ints, pairs: Ints) -> Ints:
    """Place -> the lowest label that can be reached from its own by pairs."""
    lowest = np.arange(int(labels.max(initial=-1)) + 1)
    one, other = labels[pairs[:, 0]], labels[pairs[:, 1]]
    while True:
        before = lowest.copy()
        low = np.minimum(lowest[one], lowest[other])
        np.minimum.at(lowest, one, low)
        np.minimum.at(lowest, other, low)
        lowest = lowest[lowest]
        if np.array_equal(before, lowest):
            return lowest[labels]


def join_sure(clusters: Clusters, codes: Ints, places: Ints) -> None:
    """Join the places of one code, except what can never be one."""
    first: dict[int, int] = {}
    for code, place in zip(codes.tolist(), places.tolist(), strict=True):
        a, b = clusters.root(first.setdefault(code, place)), clusters.root(place)
        if a != b and clusters.forbidden(a, b) is None:
            clusters.join(a, b)


def join_equal(clusters: Clusters, codes: Ints, names: Ints) -> None:
    """Join all places of one code (-1: none), as of one trusted number; those that a person has told apart stay so, each with its own, by its name."""
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
        fitting: list[tuple[bool, bool, int]] = []
        for part in known:
            a, b = clusters.root(part), clusters.root(place)
            why = None if a == b else clusters.forbidden(a, b)
            if why != "pinned":
                fitting.append((why is not None, all(names[one] != names[place] for one in clusters.members(a)), part))
        if fitting:
            clusters.join(clusters.root(min(fitting)[2]), clusters.root(place))
        else:
            known.append(place)


def places_of(ids: Sequence[int], pairs: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs of mention ids as pairs of places; those of which a side is not here are left out."""
    told = list(pairs)
    place = {id_: at for at, id_ in enumerate(ids)} if told else {}
    return [(place[a], place[b]) for a, b in told if a in place and b in place]
