"""Who is who among a set of mentions: the one road for a whole city and for one new record's neighbourhood.

Deterministic first: mentions with one trusted number are one person. Then probable: pairs that share a key are compared and merged from
the surest downward. Who stands beside whom is then known, and the rest is looked at again with it: grown-ups through the child beside
whom they are named, children through the grown-ups beside them. What is neither sure nor unlikely is left for a person.
"""

import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from hub.identity.blocking import key_columns, pairs_of, resolved_keys, unique_pairs
from hub.identity.clusters import Clusters, join_equal, merge, places_of, trusted_numbers
from hub.identity.comparing import Context, Levels, beside_in_row, compare, others_sharing
from hub.identity.evidence import ADULT, CHILD, Evidence, Ints, Mentions, gather, parts
from hub.identity.weights import Weights, shipped

LINK_AT = 2.0
SAME_SOURCE_AT = 4.0
REVIEW_FROM = -4.0
LATER_ROUNDS = 2
log = logging.getLogger(__name__)


@dataclass
class Round:
    """One look at all pairs: what was compared, with which weights, and what came of it."""

    pairs: Ints
    levels: Levels
    adult: NDArray[np.bool_]
    scores: NDArray[np.float64]
    clusters: Clusters
    joined: list[int]  # places in ``pairs``
    refused: list[tuple[int, str]]


@dataclass
class Engine:
    """What decides: the weights, the year of the business date, and what clerks have decided (pairs of mention ids)."""

    year: int
    weights: Weights = field(default_factory=shipped)
    opened: Callable[[Hashable], str] = str
    must: Sequence[tuple[int, int]] = ()
    cannot: Sequence[tuple[int, int]] = ()
    frequency: Callable[[str], int] | None = None

    def gather(self, evidence: Sequence[Evidence]) -> tuple[Mentions, list[tuple[int, int, str]]]:
        """The columns, with numbers that are somebody else's taken from those who use them, and who those are."""
        mentions = gather(evidence, self.year, self.opened, self.frequency)
        trusted, conflicts = trusted_numbers(mentions)
        for place, _, _ in conflicts:
            mentions.claimed[place] = mentions.number[place]
            mentions.year[place], mentions.month[place], mentions.day[place] = parts(evidence[place].born)
        mentions.number = trusted
        return mentions, conflicts

    def rounds(self, mentions: Mentions) -> Iterator[Round]:
        """Each look at the pairs, the last one the answer."""
        around = Around.of(mentions, self.year)
        found = self.settle(mentions, *around.compared(mentions, None), "first ")
        yield found
        for _ in range(LATER_ROUNDS):
            found = self.settle(mentions, *around.compared(mentions, found.clusters.labels()), "")
            yield found

    def settle(self, mentions: Mentions, pairs: Ints, levels: Levels, stage: str) -> Round:
        """Score compared pairs and merge them."""
        adult = grown_up(mentions, pairs)
        scores = np.where(adult, self.weights.score(stage + "adult", levels), self.weights.score(stage + "child", levels))
        ids = [e.id for e in mentions.evidence]
        clusters = Clusters(mentions, mentions.number, places_of(ids, self.cannot))
        join_equal(clusters, mentions.number)
        join_equal(clusters, named_twice(mentions))
        for a, b in places_of(ids, self.must):
            clusters.join(clusters.root(a), clusters.root(b))
        doubled = (mentions.source[pairs[:, 0]] == mentions.source[pairs[:, 1]]) & (mentions.beside[pairs].sum(axis=1) == 0)
        joined, refused = merge(mentions, clusters, pairs, scores, np.where(doubled, SAME_SOURCE_AT, LINK_AT))
        return Round(pairs, levels, adult, scores, clusters, list(joined), refused)


@dataclass
class Around:
    """What stays the same from look to look: who stands beside whom, who shares a household, which pairs share a key."""

    row: tuple[Ints, Ints]
    near: tuple[Ints, Ints]  # of the row or of the household
    pairs: Ints
    asked: NDArray[np.bool_]  # mentions without a trusted number: each pair holds one

    @classmethod
    def of(cls, mentions: Mentions, year: int) -> "Around":
        """Gather it."""
        asked = mentions.number < 0
        row = beside_in_row(mentions)
        mates = [others_sharing(mentions.register), others_sharing(mentions.living)]
        near = np.concatenate([row[0], *(m[0] for m in mates)]), np.concatenate([row[1], *(m[1] for m in mates)])
        pairs, dropped = pairs_of(*key_columns(mentions.evidence, year), asked)
        if dropped:
            log.info("%d blocks were too large and dropped", dropped)
        return cls(row, near, pairs, asked)

    def compared(self, mentions: Mentions, labels: Ints | None) -> tuple[Ints, Levels]:
        """The pairs to look at and their levels; ``labels`` are the clusters told before, where there are any."""
        context = Context(self.row)
        pairs = self.pairs
        if labels is not None:
            context.known = self.near[0], labels[self.near[1]]
            context.child = children(mentions, labels)
            more, _ = pairs_of(*resolved_keys(mentions, context.known), self.asked)
            pairs = unique_pairs([pairs, more])
        pairs = possible(mentions, pairs)
        return pairs, compare(mentions, pairs, context)


def possible(mentions: Mentions, pairs: Ints) -> Ints:
    """The pairs that can be one person: not of one row, not a child and a grown-up."""
    one, other = pairs[:, 0], pairs[:, 1]
    low, high = np.minimum(mentions.kind[one], mentions.kind[other]), np.maximum(mentions.kind[one], mentions.kind[other])
    return pairs[(mentions.record[one] != mentions.record[other]) & ~((low == CHILD) & (high == ADULT))]


def named_twice(mentions: Mentions) -> Ints:
    """A code for each person whom a row names twice, as mother and as guardian: one name, and the same of the child; -1 elsewhere."""
    code = ((mentions.record << 24) | mentions.name) * 16 + mentions.relation
    code[(mentions.name < 0) | (mentions.relation == 0)] = -1
    return code


def grown_up(mentions: Mentions, pairs: Ints) -> NDArray[np.bool_]:
    """Which pairs the grown-ups' weights are for."""
    return (mentions.kind[pairs] == ADULT).any(axis=1)


def children(mentions: Mentions, labels: Ints) -> NDArray[np.bool_]:
    """Cluster -> whether it is a child's."""
    child = np.zeros(int(labels.max(initial=-1)) + 1, dtype=bool)
    child[labels[mentions.kind == CHILD]] = True
    return child
