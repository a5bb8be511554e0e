"""Who is who among a set of mentions: the one road for a whole city and for one new record's neighbourhood.

Deterministic first: mentions with one trusted number are one person. Then probable: pairs that share a key are compared and merged from
the surest downward. Who stands beside whom is then known, and the rest is looked at again with it: grown-ups through the child beside
whom they are named, children through the grown-ups beside them. What is neither sure nor unlikely is left for a person.
"""

import logging
from collections import deque
from collections.abc import Callable, Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hub.identity.blocking import Blocks, blocks_of, pairs_of, resolved_keys, spoken_names, unique_pairs
from hub.identity.clusters import LIKELY, Clusters, join_equal, join_sure, merge, places_of
from hub.identity.comparing import (
    Context,
    Levels,
    beside_in_row,
    compare,
    compare_rows,
    may_be_twins,
    others_sharing,
    sound_alike,
    with_known,
)
from hub.identity.doubted import as_written, doubted_pairs
from hub.identity.evidence import ADULT, CHILD, Codes, Evidence, Flags, Ints, Mentions, distinct, gather, holds
from hub.identity.households import households
from hub.identity.ownership import of_one_name, of_the_corrected, trusted_numbers
from hub.identity.weights import Weights, shipped

REVIEW_FROM = -4.0
LATER_ROUNDS = 2
MARGIN = 0.7  # in log odds: whoever fits several people to within this is nobody's yet
#: What is certain without weighing: it stands for more than any weights add up to.
CERTAIN = {
    "valid number": 18.0,
    "named twice in one row": 12.0,
    "name, birth date, sex and a guardian's number": 12.0,
    "name and a number that is another's": 12.0,
    "decided by a person": 30.0,
}
CERTAIN_BY_NUMBER = (("valid number", CERTAIN["valid number"]),)
#: Why a pair waits for a person, the most harmful first: a wrong number or a confused twin gives one child another child's record; a grown-up's
#: wrong number gives no child anything.
BY_HARM = ("NUMBER_CONFLICT", "ADULT_NUMBER", "TWINS", "SEVERAL_CANDIDATES", "BAND", "ADULT_CONFLICT")
#: What is told of a pair that a number brought together and that was not compared.
BY_NUMBER = {
    "NUMBER_CONFLICT": "one number, two names",
    "ADULT_NUMBER": "a grown-up's number in a child's row",
    "TWINS": "one number, and two of one birth date or list",
    "ADULT_CONFLICT": "one number, two names of grown-ups",
}
Reasons = tuple[tuple[str, float], ...]
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The scores that pairs need to be linked, in natural log odds."""

    link: float = LIKELY
    same_source: float = 4.0  # two rows of one full list are seldom one person
    twins: float = 6.0  # one birth date and names that differ, be it in writing alone (D-24, D-28): brother and sister, unless much more speaks for one child
    twice: float = -2.0  # two rows of one list that score less are two people, whatever other list might bridge them
    parents: float = 9.0  # rows that name different fathers or mothers: two children of one name, unless much more speaks for one


@dataclass(frozen=True, slots=True)
class Decision:
    """Which cluster a mention belongs to, how sure that is, and why; the weights sum to the score."""

    mention: int
    cluster: bytes
    tier: str  # NUMBER, NAME, RELATIVE or ALONE
    score: float
    reasons: Reasons
    household: int | None  # of somebody whom the register does not list: a register household, or the mention that stands for one
    listed: bool  # whether that is a register household


@dataclass(frozen=True, slots=True)
class ReviewPair:
    """Two mentions that stay apart until a person decides."""

    mention: int
    other: int
    score: float
    kind: str
    reasons: Reasons


@dataclass(frozen=True)
class Outcome:
    """What was decided of a set of mentions; the pairs for review come by harm."""

    decisions: list[Decision]
    review: list[ReviewPair]


@dataclass(frozen=True, slots=True)
class Explained:
    """How two mentions compare, whatever came of it."""

    mention: int
    other: int
    score: float
    needed: float
    reasons: Reasons
    together: bool
    why: str  # what decided beside the score, where something did


@dataclass
class Round:
    """One look at all pairs: what was compared, with which weights, and what came of it."""

    pairs: Ints
    levels: Levels
    adult: Flags
    scores: NDArray[np.float64]
    clusters: Clusters
    refused: list[tuple[int, str]]

    def at(self, one: int, other: int) -> int:
        """Which pair two places are; -1 where they were not compared."""
        lower, upper = sorted((one, other))
        first, last = np.searchsorted(self.pairs[:, 0], [lower, lower + 1])
        found = first + np.flatnonzero(self.pairs[first:last, 1] == upper)
        return int(found[0]) if len(found) else -1


@dataclass
class Engine:
    """What decides: the weights, the year of the business date, and what clerks have decided (pairs of mention ids)."""

    year: int
    weights: Weights = field(default_factory=shipped)
    opened: Callable[[Hashable], str] = str
    must: Sequence[tuple[int, int]] = ()
    cannot: Sequence[tuple[int, int]] = ()
    frequency: Callable[[str], int] | None = None
    needs: Thresholds = Thresholds()

    def decide(self, evidence: Sequence[Evidence], held: Sequence[Hashable] = (), free: Flags | None = None, blocks: Blocks | None = None) -> Outcome:
        """Decide who is who.

        ``held`` gives mentions a cluster that is not looked at again (None: free); of each pair compared one side is ``free``.
        ``blocks`` are the keys of the evidence, where they are made already; the evidence then comes in the order of its ids.
        """
        if not evidence:
            return Outcome([], [])
        order = sorted(range(len(evidence)), key=lambda place: evidence[place].id)  # so that none of it depends on who came first
        evidence = [evidence[place] for place in order]
        held = [held[place] for place in order] if held else ()
        free = None if free is None else free[order]
        mentions, conflicts = self.gather(evidence)
        around = Around.of(mentions, self.year, free, blocks)
        (last,) = deque(self.rounds(mentions, around, Codes().column(held) if held else None), maxlen=1)  # a look holds as much as all else
        labels = last.clusters.labels()
        return Outcome(self._decisions(mentions, last, labels), self._review(mentions, last, labels, conflicts, self.doubted(mentions, around, last)))

    def explain(self, evidence: Sequence[Evidence], ones: Collection[int], others: Collection[int]) -> Explained:
        """How two sets of mentions compare, by the pair of them that speaks most for one person; those compared are among ``evidence``."""
        mentions, _ = self.gather(evidence)
        around = Around.of(mentions, self.year)
        *_, before, last = self.rounds(mentions, around)
        labels = last.clusters.labels()
        doubted = self.doubted(mentions, around, last)
        place = {mention.id: at for at, mention in enumerate(evidence)}
        pairs = np.array([sorted((place[a], place[b])) for a in ones for b in others if a != b], dtype=np.int64).reshape(-1, 2)
        if not len(pairs):
            raise ValueError("nothing to compare")
        levels = compare(mentions, pairs, around.context(mentions, before.clusters.labels()))
        found = self.settle(mentions, pairs, levels, "")
        asked = np.flatnonzero(holds(distinct(pairs[:, 0] << 32 | pairs[:, 1]), doubted.pairs[:, 0] << 32 | doubted.pairs[:, 1]))
        stage = "first " if len(asked) else ""
        if stage:  # as the queue tells it
            found, pairs, levels = doubted, doubted.pairs, doubted.levels
        best = int(asked[np.argmax(found.scores[asked])]) if stage else int(np.argmax(found.scores))
        a, b = pairs[best].tolist()
        return Explained(
            evidence[a].id,
            evidence[b].id,
            float(found.scores[best]),
            float(needed(mentions, pairs, levels, self.needs)[best]),
            self.reasons(found, best, stage),
            bool(labels[a] == labels[b]),
            _beside_the_score(mentions, a, b),
        )

    def gather(self, evidence: Sequence[Evidence]) -> tuple[Mentions, list[tuple[int, int, str]]]:
        """The columns, with numbers that are somebody else's taken from those who use them, and who those are."""
        mentions = gather(evidence, self.year, self.opened, self.frequency)
        trusted, conflicts, mentions.torn = trusted_numbers(mentions)
        for place, keeper, _ in conflicts:
            mentions.disown(place, keeper, self.year)
        mentions.number = of_the_corrected(mentions, trusted)
        mentions.sure = list(sure(mentions))
        return mentions, conflicts

    def rounds(self, mentions: Mentions, around: "Around", held: Ints | None = None) -> Iterator[Round]:
        """Each look at the pairs, the last one the answer."""
        certain = self.certain(mentions, held)
        found = self.settle(mentions, *around.compared(mentions, None), "first ", certain)
        yield found
        labels = found.clusters.labels()
        for _ in range(LATER_ROUNDS):
            found = self.settle(mentions, *around.compared(mentions, labels), "", certain, numbers_of(mentions, labels))
            yield found
            before, labels = labels, found.clusters.labels()
            if np.array_equal(before, labels):  # another look would be at the same
                return

    def certain(self, mentions: Mentions, held: Ints | None = None) -> Clusters:
        """What is joined without weighing: by a person, by a number, by what a row or several say."""
        ids = [e.id for e in mentions.evidence]
        clusters = Clusters(mentions, mentions.number, places_of(ids, self.cannot))
        for a, b in places_of(ids, self.must):
            clusters.join(clusters.root(a), clusters.root(b))
        for equal in (mentions.number, named_twice(mentions), held):
            if equal is not None:
                join_equal(clusters, equal, mentions.name)
        for _, codes, places in mentions.sure:
            join_sure(clusters, codes, places)
        return clusters

    def settle(self, mentions: Mentions, pairs: Ints, levels: Levels, stage: str, certain: Clusters | None = None, expected: Ints | None = None) -> Round:
        """Score compared pairs and merge what is certain by them; ``expected`` are the numbers of the mentions' persons, as they were told before."""
        adult = grown_up(mentions, pairs)
        scores = np.where(adult, self.weights.score(stage + "adult", levels), self.weights.score(stage + "child", levels))
        clusters = (certain or self.certain(mentions)).copy()
        link_at = needed(mentions, pairs, levels, self.needs)
        expected = mentions.number if expected is None else expected
        refused = merge(mentions, clusters, pairs, scores, link_at, expected, self.needs.twice, self.needs.parents, MARGIN)
        return Round(pairs, levels, adult, scores, clusters, refused)

    def doubted(self, mentions: Mentions, around: "Around", last: Round) -> Round:
        """The pairs that might be one child but for their two numbers, and whom nobody has told apart."""
        near_by = around.beside_or_at_home  # a child is seldom of the head's row in its grandparents' household
        written = as_written(mentions)
        pairs, always = doubted_pairs(mentions, written, near_by, around.free)
        if not len(pairs):
            return Round(pairs, compare_rows(mentions, pairs, near_by), always, np.zeros(0), last.clusters, [])
        told = (mentions,) if written is mentions else (mentions, written)
        levels = np.stack([compare_rows(of, pairs, near_by) for of in told])  # by the numbers' birth dates, and by the rows'
        by_either = np.stack([self.weights.score("first child", of) for of in levels])
        better, each = by_either.argmax(axis=0), np.arange(len(pairs))
        levels, scores = levels[better, each], by_either[better, each]
        apart = np.array([last.clusters.forbidden(*map(last.clusters.root, pair)) == "pinned" for pair in pairs.tolist()], dtype=bool)
        asked = (always | (scores >= needed(mentions, pairs, levels, self.needs))) & ~apart
        return Round(pairs[asked], levels[asked], np.zeros(int(asked.sum()), dtype=bool), scores[asked], last.clusters, [])

    def _decisions(self, mentions: Mentions, last: Round, labels: Ints) -> list[Decision]:
        best = best_pairs(last, labels, len(mentions))
        names = cluster_names(mentions, labels)
        register, home = households(mentions, labels)
        sizes = np.bincount(labels)
        pinned = {m for pair in self.must for m in pair}
        certain = {place: "named twice in one row" for place in np.flatnonzero(named_twice(mentions) >= 0).tolist()}
        certain |= {place: reason for reason, codes, places in mentions.sure for place in several(codes, places)}
        certain |= {place: "decided by a person" for place, mention in enumerate(mentions.evidence) if mention.id in pinned}
        listed = np.zeros(len(sizes), dtype=bool)
        listed[labels[(mentions.register >= 0) & (mentions.beside == 0)]] = True
        stands = np.full(len(sizes), np.iinfo(np.int64).max)
        ids = np.array([e.id for e in mentions.evidence], dtype=np.int64)
        np.minimum.at(stands, home[labels], ids)
        homes = [
            None if itself else mentions.registers[code] if code >= 0 else lowest
            for itself, code, lowest in zip(listed.tolist(), register.tolist(), stands[home].tolist(), strict=True)
        ]
        by_register = (register >= 0).tolist()
        why = self._why(mentions, last, best, sizes[labels] == 1, certain)
        return [
            Decision(mention, names[cluster], tier, score, reasons, homes[cluster], listed=by_register[cluster])
            for mention, cluster, (tier, score, reasons) in zip(ids.tolist(), labels.tolist(), why, strict=True)
        ]

    def _why(self, mentions: Mentions, last: Round, best: Ints, alone: Flags, certain: Mapping[int, str]) -> Iterator[tuple[str, float, Reasons]]:
        """The tier, score and reasons of each mention's link: what is certain of it, else those of the surest pair that it forms within its cluster."""
        enough = (best >= 0) & (last.scores[best] >= self.needs.link) if len(last.scores) else np.zeros(len(best), dtype=bool)
        columns = (mentions.number >= 0, alone, mentions.beside, enough, best)
        for place, (numbered, single, beside, sure, pair) in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            if numbered:
                yield "NUMBER", CERTAIN["valid number"], CERTAIN_BY_NUMBER
            elif single:
                yield "ALONE", 0, ()
            else:
                reason = certain.get(place)
                by_pair = pair >= 0 if reason is None else sure and reason != "decided by a person"
                reason = reason or "decided by a person"
                reasons = self.reasons(last, pair) if by_pair else ((reason, CERTAIN[reason]),)
                yield "RELATIVE" if beside else "NAME", round(sum(weight for _, weight in reasons), 3), reasons

    def reasons(self, found: Round, pair: int, stage: str = "") -> Reasons:
        """Why a pair scores what it does."""
        return self.weights.reasons(stage + ("adult" if found.adult[pair] else "child"), found.levels[pair])

    def _review(self, mentions: Mentions, last: Round, labels: Ints, conflicts: list[tuple[int, int, str]], doubted: Round) -> list[ReviewPair]:
        """The pairs for a person, one for each two clusters, by harm. A pair of ``doubted`` is told by -2, -3 …"""
        found: dict[tuple[int, int], tuple[int, float, int, int, int]] = {}

        def note(kind: str, one: int, other: int, pair: int) -> None:
            a, b = sorted((int(labels[one]), int(labels[other])))
            if a != b:
                score = float(last.scores[pair]) if pair >= 0 else float(doubted.scores[-2 - pair]) if pair < -1 else 0.0
                entry = (BY_HARM.index(kind), -score, one, other, pair)
                found[a, b] = min(found.get((a, b), entry), entry)

        for place, keeper, kind in conflicts:
            note("ADULT_CONFLICT" if mentions.kind[place] == ADULT else kind, place, keeper, last.at(place, keeper))
        for nth, (one, other) in enumerate(doubted.pairs.tolist()):
            note("NUMBER_CONFLICT", one, other, -2 - nth)
        meant = candidates(mentions, last, labels)
        told = {place: kind for place, _, kind in conflicts}
        for one, other in others_numbers(mentions, labels):
            kind = told.setdefault(one, "ADULT_NUMBER" if mentions.kind[other] == ADULT else "NUMBER_CONFLICT")
            if mentions.kind[other] != ADULT or one not in meant:  # a child is asked about with the child that it may be
                note(kind, one, other, -1)
        for place, pairs in meant.items():
            for pair in pairs:
                one, other = last.pairs[pair].tolist()
                note(told.get(place, "NUMBER_CONFLICT"), one, other, pair)
        for pair, why in last.refused:
            if why in ("number", "parents", "rows", "household", "several") and not last.adult[pair]:
                note("SEVERAL_CANDIDATES", int(last.pairs[pair, 0]), int(last.pairs[pair, 1]), pair)
        for pair in np.flatnonzero(~last.adult & sound_alike(last.levels) & (last.scores >= self.needs.link) & (last.scores < self.needs.twins)).tolist():
            one, other = last.pairs[pair].tolist()
            if last.clusters.forbidden(last.clusters.root(one), last.clusters.root(other)) is None:
                note("SEVERAL_CANDIDATES", one, other, pair)
        unnumbered = numbers_of(mentions, labels) < 0
        short = last.scores < np.maximum(needed(mentions, last.pairs, last.levels, self.needs), self.needs.same_source)
        band = np.flatnonzero(~last.adult & (last.scores >= REVIEW_FROM) & short & unnumbered[last.pairs].any(axis=1))
        for pair in band.tolist():
            note("BAND", int(last.pairs[pair, 0]), int(last.pairs[pair, 1]), pair)
        return [
            ReviewPair(
                mentions.evidence[one].id,
                mentions.evidence[other].id,
                -negative,
                BY_HARM[kind],
                self.reasons(last, pair)
                if pair >= 0
                else self.reasons(doubted, -2 - pair, "first ")
                if pair < -1
                else ((BY_NUMBER[BY_HARM[kind]], 0.0),),
            )
            for kind, negative, one, other, pair in sorted(found.values(), key=lambda e: (e[0], e[1], mentions.evidence[e[2]].id, mentions.evidence[e[3]].id))
        ]


@dataclass
class Around:
    """What stays the same from look to look: who stands beside whom, who shares a household, which pairs share a key and how their rows compare."""

    row: tuple[Ints, Ints]  # (place, place of another mention in its row)
    home: tuple[Ints, Ints]  # the same of a household of the register
    near: tuple[Ints, Ints]  # of the row or of either household
    pairs: Ints
    asked: Flags  # mentions without a trusted number: each pair holds one
    free: Flags | None  # mentions that are looked at anew, of which each pair holds one; None: all
    spoken: tuple[Ints, Ints]
    compared_already: tuple[Ints, Levels] | None = None

    @classmethod
    def of(cls, mentions: Mentions, year: int, free: Flags | None = None, blocks: Blocks | None = None) -> "Around":
        """Gather it."""
        asked = mentions.number < 0
        row, home, living = beside_in_row(mentions), others_sharing(mentions.register), others_sharing(mentions.living)
        near = np.concatenate([row[0], home[0], living[0]]), np.concatenate([row[1], home[1], living[1]])
        blocks = blocks or blocks_of(mentions.evidence, year, hash)
        pairs, dropped = pairs_of(blocks.place, blocks.key, asked)
        if dropped:
            log.info("%d blocks were too large and dropped", dropped)
        return cls(row, home, near, pairs, asked, free, spoken_names(mentions))

    @property
    def beside_or_at_home(self) -> tuple[Ints, Ints]:
        """(place, place of another mention in its row or its household of the register)."""
        return np.concatenate([self.row[0], self.home[0]]), np.concatenate([self.row[1], self.home[1]])

    def compared(self, mentions: Mentions, labels: Ints | None) -> tuple[Ints, Levels]:
        """The pairs to look at and their levels; ``labels`` are the clusters told before, where there are any."""
        context = self.context(mentions, labels)
        pairs = self.pairs
        if context.known is not None:
            more = [pairs_of(*keys, self.asked)[0] for keys in resolved_keys(mentions, context.known, self.spoken)]
            pairs = unique_pairs([pairs, *more])
        if self.free is not None:
            pairs = pairs[self.free[pairs].any(axis=1)]
        pairs = possible(mentions, pairs)
        return pairs, with_known(self._compared(mentions, pairs), pairs, context)

    def _compared(self, mentions: Mentions, pairs: Ints) -> Levels:
        """How the rows of pairs compare; those that a look before has compared are not compared again."""
        packed = pairs[:, 0] << 32 | pairs[:, 1]
        if self.compared_already is None:
            levels = compare_rows(mentions, pairs, self.row)
        else:
            known, told = self.compared_already
            at = np.searchsorted(known, packed)
            at[at == len(known)] = 0
            found = known[at] == packed if len(known) else np.zeros(len(packed), dtype=bool)
            levels = np.empty((len(pairs), told.shape[1]), dtype=told.dtype)
            levels[found] = told[at[found]]
            levels[~found] = compare_rows(mentions, pairs[~found], self.row)
        self.compared_already = packed, levels
        return levels

    def context(self, mentions: Mentions, labels: Ints | None) -> Context:
        """What is known beside the mentions themselves."""
        if labels is None:
            return Context(self.row)
        return Context(self.row, (self.near[0], labels[self.near[1]]), children(mentions, labels))


def _beside_the_score(mentions: Mentions, one: int, other: int) -> str:
    """What decides of two mentions beside their score, where something does."""
    if one in mentions.torn or other in mentions.torn:
        return "a number that is one twin's and the name of the other: a person decides"
    if min(mentions.number[one], mentions.number[other]) < 0:
        return ""
    if mentions.number[one] != mentions.number[other]:
        return "they have two valid numbers: never one person"
    given = {mentions.evidence[one].number, mentions.evidence[other].number}
    return "both rows give one valid number" if len(given) == 1 else "a row tells the one number as the other's earlier one"


def possible(mentions: Mentions, pairs: Ints) -> Ints:
    """The pairs that can be one person: not of one row, not a child and a grown-up."""
    one, other = pairs[:, 0], pairs[:, 1]
    low, high = np.minimum(mentions.kind[one], mentions.kind[other]), np.maximum(mentions.kind[one], mentions.kind[other])
    kept: Ints = pairs[(mentions.record[one] != mentions.record[other]) & ~((low == CHILD) & (high == ADULT))]
    return kept


def sure(mentions: Mentions) -> Iterator[tuple[str, Ints, Ints]]:
    """What ``Mentions.sure`` holds.

    A child of one name, birth date and sex beside one guardian's number (domain D, M3), at whatever schools; rows of one name that all give
    one number which is somebody else's (``of_one_name``).
    """
    subject = {int(record): place for place, record in enumerate(mentions.record.tolist()) if not mentions.beside[place]}
    told = (mentions.name >= 0) & (mentions.day >= 0) & (mentions.sex > 0) & (mentions.kind == CHILD)
    codes, keys, places = Codes(), [], []
    for guardian in np.flatnonzero((mentions.beside == 1) & (mentions.number >= 0) & (mentions.kind == ADULT)).tolist():
        place = subject.get(int(mentions.record[guardian]))
        if place is not None and told[place] and place not in mentions.torn:
            said = (mentions.name, mentions.year, mentions.month, mentions.day, mentions.sex)
            keys.append(codes((int(mentions.number[guardian]), *(int(column[place]) for column in said))))
            places.append(place)
    yield "name, birth date, sex and a guardian's number", np.array(keys, dtype=np.int64), np.array(places, dtype=np.int64)
    yield "name and a number that is another's", *of_one_name(mentions)


def several(codes: Ints, places: Ints) -> set[int]:
    """The places of codes that several places have."""
    often = np.bincount(codes)[codes] > 1 if len(codes) else codes
    return set(places[often.astype(bool)].tolist())


def named_twice(mentions: Mentions) -> Ints:
    """A code for each person whom a row names twice, as mother and as guardian: one name, and the same of the child; -1 elsewhere."""
    code = ((mentions.record << 24) | mentions.name) * 16 + mentions.relation
    code[(mentions.name < 0) | (mentions.relation == 0)] = -1
    return code


def needed(mentions: Mentions, pairs: Ints, levels: Levels, needs: Thresholds) -> NDArray[np.float64]:
    """The score that each pair needs to be joined."""
    doubled = (mentions.source[pairs[:, 0]] == mentions.source[pairs[:, 1]]) & (mentions.beside[pairs].sum(axis=1) == 0)
    torn = np.isin(pairs, mentions.torn).any(axis=1) if len(mentions.torn) else np.zeros(len(pairs), dtype=bool)
    score = np.where(doubled, needs.same_source, needs.link)
    score[may_be_twins(levels) | sound_alike(levels)] = needs.twins
    score[torn] = np.inf
    return score


def numbers_of(mentions: Mentions, labels: Ints) -> Ints:
    """The number of each mention's cluster; -1 where it has none."""
    numbers = np.full(int(labels.max(initial=-1)) + 1, -1, dtype=np.int64)
    np.maximum.at(numbers, labels, mentions.number)
    return numbers[labels]


def grown_up(mentions: Mentions, pairs: Ints) -> Flags:
    """Which pairs the grown-ups' weights are for."""
    grown: Flags = (mentions.kind[pairs] == ADULT).any(axis=1)
    return grown


def best_pairs(found: Round, labels: Ints, mentions: int) -> Ints:
    """For each place its highest scoring pair with another of its cluster; -1 where there is none."""
    inside = np.flatnonzero(labels[found.pairs[:, 0]] == labels[found.pairs[:, 1]])
    best = np.full(mentions, -1, dtype=np.int64)
    rising = inside[np.argsort(found.scores[inside], kind="stable")]
    both = np.concatenate([found.pairs[rising], found.pairs[rising, ::-1]])[:, 0] if len(rising) else np.empty(0, dtype=np.int64)
    order = np.argsort(np.tile(np.arange(len(rising)), 2), kind="stable")
    best[both[order]] = np.tile(rising, 2)[order]  # the last assignment stands: the highest score
    return best


def cluster_names(mentions: Mentions, labels: Ints) -> list[bytes]:
    """A name for each cluster that stays the same while its members do: by its number, else by its lowest mention."""
    ids = np.array([e.id for e in mentions.evidence], dtype=np.int64)
    lowest = np.full(int(labels.max(initial=-1)) + 1, np.iinfo(np.int64).max)
    np.minimum.at(lowest, labels, ids)
    names = [b"K" + id_.to_bytes(8, "big", signed=True) for id_ in lowest.tolist()]
    having = np.flatnonzero(mentions.number >= 0)
    codes = mentions.number[having]
    holder = np.empty(len(mentions.numbers), dtype=np.int64)  # of those who share a number though they were told apart, the first goes by it
    holder[codes[::-1]] = labels[having[::-1]]
    theirs = having[holder[codes] == labels[having]]
    for cluster, code in dict(zip(labels[theirs].tolist(), mentions.number[theirs].tolist(), strict=True)).items():
        number = mentions.numbers[code]
        names[cluster] = b"N" + (number if isinstance(number, bytes) else str(number).encode())
    return names


def others_numbers(mentions: Mentions, labels: Ints) -> list[tuple[int, int]]:
    """(a child that nobody knows yet, somebody whose number its row gives)."""
    numbers, places = np.unique(mentions.number, return_index=True)
    holder = dict(zip(numbers.tolist(), places.tolist(), strict=True))
    alone = np.bincount(labels)[labels] == 1
    return [
        (place, holder[int(mentions.claimed[place])])
        for place in np.flatnonzero((mentions.claimed >= 0) & (mentions.kind != ADULT) & alone).tolist()
        if int(mentions.claimed[place]) in holder
    ]


def candidates(mentions: Mentions, last: Round, labels: Ints) -> dict[int, list[int]]:
    """Each child that nobody knows, of rows that give somebody else's number -> the pairs with whom it may be, where that is not unlikely."""
    alone = np.bincount(labels)[labels] == 1
    lost = (mentions.claimed >= 0) & (mentions.number < 0) & (mentions.kind != ADULT) & alone
    found: dict[int, list[int]] = {}
    likely = np.flatnonzero(~last.adult & (last.scores >= REVIEW_FROM) & lost[last.pairs].any(axis=1))
    for pair in likely[np.argsort(-last.scores[likely], kind="stable")].tolist():
        for place in last.pairs[pair][lost[last.pairs[pair]]].tolist():
            best = found.setdefault(place, [pair])
            if pair != best[0] and last.scores[pair] >= last.scores[best[0]] - MARGIN:
                best.append(pair)
    return found


def children(mentions: Mentions, labels: Ints) -> Flags:
    """Cluster -> whether it is a child's."""
    child = np.zeros(int(labels.max(initial=-1)) + 1, dtype=bool)
    child[labels[mentions.kind == CHILD]] = True
    return child
