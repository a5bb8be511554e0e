"""Which mentions are one person: pairs merged from the surest downward, under what can never be.

A cluster holds at most one trusted number; two mentions of one row are two people; what a clerk has decided stands against every
weight. The order in which mentions are given plays no part: ties are told by the mentions' own ids.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from hub.identity import names
from hub.identity.evidence import CHILD, Ints, Mentions, distinct, holds, surname

HOMES = (("REGISTER", "register"), ("LIVING", "living"))


class Clusters:
    """Sets of places that are joined, with what each set holds."""

    def __init__(self, mentions: Mentions, trusted: Ints, cannot: Iterable[tuple[int, int]] = ()) -> None:
        self.mentions = mentions
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

    def listed_apart(self, a: int, b: int) -> bool:
        """Whether a list has the two as two of one household: under one 户号 or card nobody stands twice by two names."""
        m = self.mentions
        mine = {(int(m.source[p]), kind, home): int(m.name[p]) for p in self.members(a) if not m.beside[p] for kind, column in HOMES if (home := int(getattr(m, column)[p])) >= 0}
        if not mine:
            return False
        for p in self.members(b):
            if not m.beside[p]:
                for kind, column in HOMES:
                    name = mine.get((int(m.source[p]), kind, int(getattr(m, column)[p])))
                    if name is not None and name != m.name[p] and min(name, m.name[p]) >= 0 and names.level(m.names[name], m.names[int(m.name[p])]) != names.SOUND:
                        return True
        return False

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

    Under one number the holder's name is the one beside which most rows write the number's own birth date. A mention of another name has
    somebody else's number (D-42) where it is known beside the holder as somebody of its own, where its row says another birth date or sex,
    where one list has both, or where nothing in the name or a date speaks for the holder; a name that the holder had before does (D-26).
    """
    trusted = mentions.number.copy()
    conflicts: list[tuple[int, int, str]] = []
    groups = _several_names(mentions)
    if not groups:
        return trusted, conflicts
    known = Known.of(mentions, groups)
    for places in groups:
        spelt = Counter(mentions.names[mentions.name[p]] for p in places)
        dated = Counter(mentions.names[mentions.name[p]] for p in places if _dated(mentions, p))
        holder = min(spelt, key=lambda name: (-dated[name], -spelt[name], "?" in name, name))
        theirs = [p for p in places if mentions.names[mentions.name[p]] == holder]
        formerly = {(mentions.names[mentions.name[p]], mentions.names[mentions.former[p]]) for p in places if mentions.former[p] >= 0}
        for place in places:
            name = mentions.names[mentions.name[place]]
            if name == holder or (holder, name) in formerly or (name, holder) in formerly:
                continue
            verdict = _borrowed(mentions, place, theirs, known)
            if verdict:
                trusted[place] = -1
                conflicts.append((place, theirs[0], verdict))
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


def of_the_corrected(mentions: Mentions, trusted: Ints) -> Ints:
    """The trusted numbers, each that was replaced by another told as that one where the name is the same person's (D-27).

    A number may have been given twice, and the other holder keeps it: so it is only who goes by the name that has the new one.
    """
    corrected = trusted.copy()
    having = np.flatnonzero((mentions.earlier >= 0) & (trusted >= 0) & (mentions.name >= 0))
    if not len(having):
        return corrected
    holders: dict[int, list[int]] = defaultdict(list)
    for place in np.flatnonzero(holds(distinct(mentions.earlier[having]), trusted) & (mentions.name >= 0)).tolist():
        holders[int(trusted[place])].append(place)
    for place in having.tolist():
        name, former = mentions.names[mentions.name[place]], mentions.former[place]
        for other in holders[int(mentions.earlier[place])]:
            spelt = mentions.names[mentions.name[other]]
            if names.level(name, spelt) in names.AGREE or (former >= 0 and mentions.names[former] == spelt):
                corrected[other] = trusted[place]
    return corrected


@dataclass
class Known:
    """Who is known by a name and is not the holder of a number: by a number and birth date of their own, or as one of a household."""

    born: dict[tuple[int, int, int, str], set[tuple[int, str]]]  # (birth date, surname) -> (number, name)
    home: dict[tuple[int, str, int], set[tuple[int, str]]]  # (source, kind of household, household) -> (number or -1, name)
    row: Mapping[int, list[int]]  # record -> the places of those it names, of the rows in question
    named: Mapping[int, list[int]]  # name -> the places that give a number, of the names in question

    @classmethod
    def of(cls, mentions: Mentions, groups: Iterable[list[int]]) -> "Known":
        """Gather them; ``groups`` are the places in question."""
        born: dict[tuple[int, int, int, str], set[tuple[int, str]]] = defaultdict(set)
        having = np.flatnonzero((mentions.number >= 0) & (mentions.name >= 0) & (mentions.day >= 0))
        packed = np.unique(np.stack([mentions.year[having], mentions.month[having], mentions.day[having], mentions.number[having], mentions.name[having]], axis=1), axis=0)
        for year, month, day, number, name in packed.tolist():
            born[year, month, day, surname(mentions.names[name])].add((number, mentions.names[name]))
        asked = np.array([place for places in groups for place in places], dtype=np.int64)
        home: dict[tuple[int, str, int], set[tuple[int, str]]] = defaultdict(set)
        for kind, column in HOMES:
            homes = getattr(mentions, column)
            for place in np.flatnonzero((homes >= 0) & holds(distinct(homes[asked]), homes) & (mentions.name >= 0) & (mentions.beside == 0)).tolist():
                home[int(mentions.source[place]), kind, int(homes[place])].add((int(mentions.number[place]), mentions.names[mentions.name[place]]))
        named: dict[int, list[int]] = defaultdict(list)
        namesakes = np.flatnonzero((mentions.number >= 0) & holds(distinct(mentions.name[asked]), mentions.name))
        for place in namesakes.tolist():
            named[int(mentions.name[place])].append(place)
        row: dict[int, list[int]] = defaultdict(list)
        for place in np.flatnonzero(holds(distinct(mentions.record[np.r_[asked, namesakes]]), mentions.record)).tolist():
            row[int(mentions.record[place])].append(place)
        return cls(born, home, row, named)

    def beside(self, mentions: Mentions, name: str, holder: int, *, numbered: bool) -> bool:
        """Whether a list has somebody of this name in the holder's own household, under another number or (unless ``numbered``) none."""
        number, source = int(mentions.number[holder]), int(mentions.source[holder])
        return any(
            other == name and theirs != number and (theirs >= 0 or not numbered)
            for kind, column in HOMES
            if (home := int(getattr(mentions, column)[holder])) >= 0
            for theirs, other in self.home.get((source, kind, home), ())
        )

    def others(self, mentions: Mentions, place: int) -> Iterator[int]:
        """The places where somebody of the same name gives another number."""
        return (one for one in self.named[int(mentions.name[place])] if mentions.number[one] != mentions.number[place])

    def around(self, mentions: Mentions, place: int) -> set[tuple[str, int]]:
        """By what a row tells of whom it names: village, telephone, household, and the people beside them."""
        told = {("village", int(mentions.village[place])), ("phone", int(mentions.phone[place]))}
        told |= {(kind, int(getattr(mentions, column)[place])) for kind, column in HOMES}
        for other in self.row.get(int(mentions.record[place]), ()):
            if other != place:
                told |= {("name", int(mentions.name[other])), ("number", int(mentions.number[other])), ("phone", int(mentions.phone[other]))}
        return {one for one in told if one[1] >= 0}


def _borrowed(mentions: Mentions, place: int, holders: list[int], known: Known) -> str | None:
    """Why a mention's number is not its own: TWINS or NUMBER_CONFLICT; None where the names can be one person's."""
    keeper = holders[0]
    name, holder = mentions.names[mentions.name[place]], mentions.names[mentions.name[keeper]]
    level = names.level(name, holder)
    if level in (names.SOUND, names.LOST):
        return None
    born = (int(mentions.year[keeper]), int(mentions.month[keeper]), int(mentions.day[keeper]), surname(holder))
    if any(number != mentions.number[keeper] and other == name for number, other in known.born.get(born, ())):
        return "TWINS"
    if any(known.beside(mentions, name, one, numbered=level in names.AGREE) for one in holders):
        return "NUMBER_CONFLICT"
    if level in names.AGREE:
        return None
    told = mentions.evidence[place]
    own = _dated(mentions, place)
    if level not in SLIPS and told.born is not None and not (told.numbered_born or "").startswith(told.born):
        return "NUMBER_CONFLICT"
    if mentions.sex[place] and any(mentions.sex[one] and mentions.sex[one] != mentions.sex[place] for one in holders):
        return "TWINS" if own else "NUMBER_CONFLICT"
    if told.anchor is None and any(mentions.source[one] == mentions.source[place] and not mentions.beside[one] for one in holders):
        return "TWINS" if own else "NUMBER_CONFLICT"
    if own and any(_dated(mentions, one) for one in holders):
        return None
    if level == names.NOTHING:
        return "NUMBER_CONFLICT"
    if level == names.FAMILY and told.born is None and mentions.kind[keeper] == CHILD:
        mine = known.around(mentions, place)
        if not any(mine & known.around(mentions, one) for one in holders) or any(mine & known.around(mentions, one) for one in known.others(mentions, place)):
            return "NUMBER_CONFLICT"
    return None


SLIPS = frozenset({names.HALF, names.SYLLABLE})  # one character of several: a wrong one in a name and in a date are two slips of one hand


def _dated(mentions: Mentions, place: int) -> bool:
    """Whether a mention's row writes the very birth date that its number tells."""
    mention = mentions.evidence[place]
    return mention.born is not None and mention.born == mention.numbered_born


class Parents:
    """The fathers and mothers that rows name beside their subjects: two children of one name and birth date may have others (D-25)."""

    def __init__(self, mentions: Mentions) -> None:
        self.mentions = mentions
        named = np.flatnonzero(holds(FATHER_MOTHER, mentions.relation) & (mentions.name >= 0))
        self._named = named[np.argsort(mentions.record[named], kind="stable")]
        self._records = mentions.record[self._named]

    def of(self, place: int) -> list[tuple[int, int, int]]:
        """(relation, name, number) of the father and mother whom a subject's row names."""
        if self.mentions.beside[place]:
            return []
        record = self.mentions.record[place]
        rows = self._named[np.searchsorted(self._records, record) : np.searchsorted(self._records, record, side="right")]
        return [(int(self.mentions.relation[p]), int(self.mentions.name[p]), int(self.mentions.number[p])) for p in rows.tolist()]

    def differ(self, ones: Iterable[int], others: Iterable[int]) -> bool:
        """Whether two sets of a child's mentions name different fathers or mothers, and none that could be one person."""
        mine = {told for place in ones for told in self.of(place)}
        theirs = {told for place in others for told in self.of(place)} if mine else set()
        spelt = self.mentions.names
        against = False
        for relation, name, number in mine:
            for other, called, held in theirs:
                if number >= 0 and number == held:
                    return False
                if relation == other:
                    if names.level(spelt[name], spelt[called]) not in (names.FAMILY, names.GIVEN, names.NOTHING):
                        return False
                    against = True
        return against


FATHER_MOTHER = np.array([1, 2], dtype=np.int64)  # as ``evidence.RELATIONS`` tells them


def merge(
    mentions: Mentions, clusters: Clusters, pairs: Ints, scores: NDArray[np.float64], link_at: NDArray[np.float64], twice: float, of_others: float
) -> list[tuple[int, str]]:
    """Join pairs from the highest score down; ``link_at`` is what each pair needs.

    A set is judged as a whole: it takes in another only where no two dated rows of one list in them score less than ``twice``, no list has them as
    two of one household, and the parents whom they name are not others, unless the pair scores ``of_others``.
    Returns the pairs (by place) that scored enough and could not be joined, with why.
    """
    order = np.flatnonzero(scores >= link_at)
    ids = np.array([e.id for e in mentions.evidence], dtype=np.int64)
    tie = np.sort(ids[pairs[order]], axis=1)
    order = order[np.lexsort((tie[:, 1], tie[:, 0], -scores[order]))]
    refused: list[tuple[int, str]] = []
    parents = Parents(mentions)
    packed = (pairs[:, 0] << 32) | pairs[:, 1]  # rising, as ``unique_pairs`` gives them

    def scored(one: int, other: int) -> float:
        code = (min(one, other) << 32) | max(one, other)
        at = int(np.searchsorted(packed, code))
        return float(scores[at]) if at < len(packed) and packed[at] == code else np.inf

    for pair in order.tolist():
        a, b = clusters.root(int(pairs[pair, 0])), clusters.root(int(pairs[pair, 1]))
        if a == b:
            continue
        why = clusters.forbidden(a, b)
        if why is None and clusters.listed_apart(a, b):
            why = "household"
        if why is None and scores[pair] < of_others and parents.differ(clusters.members(a), clusters.members(b)):
            why = "parents"
        if why is None and any(scored(one, other) < twice for one, other in clusters.rows_twice(a, b)):
            why = "rows"
        if why is None:
            clusters.join(a, b)
        else:
            refused.append((pair, why))
    return refused


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
