"""Who belongs to one household, once it is known who is who.

The register's 户号 wins, that of the newest row that stands. Somebody whom the register does not list is not in a registered child's household,
since an entry lists all of it; a child that it does not list belongs to the household of the guardian who is listed, else of a parent, else of
whoever else is named and listed; else to the parents beside whom it is named.
"""

from collections import defaultdict
from collections.abc import Callable

import numpy as np

from hub.identity.evidence import CHILD, Flags, Ints, Mentions, distinct, holds

PARENTS = frozenset({1, 2, 11, 12})  # what father and mother are told by (``evidence.RELATIONS``)
GRANDPARENTS = (frozenset({3, 4}), frozenset({5, 6}))


def households(mentions: Mentions, labels: Ints) -> tuple[Ints, Ints]:
    """Cluster -> code of its register household (-1: the register does not list it), and -> code of a household for the others.

    The second is the place of the first cluster of those that belong together, so that it is the same whatever the order of rows.
    """
    clusters = int(labels.max(initial=-1)) + 1
    register = np.full(clusters, -1, dtype=np.int64)
    for place in sorted(np.flatnonzero((mentions.register >= 0) & (mentions.beside == 0)).tolist(), key=lambda place: _standing(mentions, place)):
        register[labels[place]] = mentions.register[place]
    parent = list(range(clusters))

    def root(cluster: int) -> int:
        while parent[cluster] != cluster:
            parent[cluster] = parent[parent[cluster]]
            cluster = parent[cluster]
        return cluster

    def together(one: int, other: int) -> None:
        a, b = sorted((root(one), root(other)))
        parent[b] = a

    child = np.zeros(clusters, dtype=bool)
    child[labels[mentions.kind == CHILD]] = True
    homes: dict[int, int] = {}
    for subject, named in _rows(mentions, labels).items():
        around = [(cluster, relation) for cluster, relation, _ in named if cluster != subject]
        parents = [cluster for cluster, relation in around if relation in PARENTS or relation == 0]
        if child[subject] and register[subject] < 0:
            listed = [one for one in named if one[0] != subject and register[one[0]] >= 0]
            if listed:
                nearest = min(listed, key=lambda one: (not one[2], one[1] not in PARENTS))
                homes[subject] = int(register[nearest[0]])
            for cluster in parents or [cluster for cluster, _ in around[:1]]:
                if register[cluster] < 0:
                    together(subject, cluster)
        else:
            for group in (PARENTS, *GRANDPARENTS):
                apart = [cluster for cluster, relation in around if relation in group and register[cluster] < 0]
                for cluster in apart[1:]:
                    together(apart[0], cluster)
    _living(mentions, labels, register, together)
    for cluster, home in homes.items():
        register[cluster] = home
    return register, np.array([root(cluster) for cluster in range(clusters)], dtype=np.int64)


def _standing(mentions: Mentions, place: int) -> tuple[bool, str, int]:
    """Orders the rows of one person: those that stand after those that have ended, the newest last."""
    told = mentions.evidence[place]
    return not told.until, told.since, -place


def _rows(mentions: Mentions, labels: Ints) -> dict[int, list[tuple[int, int, bool]]]:
    """Cluster of a row's subject -> (cluster, relation, whether as guardian) of everybody named beside it, over all its rows; not who has had a role before somebody else."""
    subject = {int(record): int(labels[place]) for place, record in enumerate(mentions.record) if not mentions.beside[place]}
    found: dict[int, list[tuple[int, int, bool]]] = defaultdict(list)
    for place in np.flatnonzero((mentions.beside == 1) & ~_replaced(mentions)).tolist():
        if mentions.register[place] >= 0 or mentions.living[place] >= 0:
            continue  # the head of a household: what the row is of it, the household itself tells
        of = subject.get(int(mentions.record[place]))
        if of is not None:
            found[of].append((int(labels[place]), int(mentions.relation[place]), "监护人" in (mentions.evidence[place].role or "")))
    return found


def _replaced(mentions: Mentions) -> Flags:
    """The places whose row has told its subject since then, and names somebody else in their role."""
    subjects = mentions.beside == 0
    last = np.zeros(int(mentions.record.max(initial=-1)) + 1, dtype=np.int64)
    last[mentions.record[subjects]] = mentions.hash[subjects]
    told = mentions.hash == last[mentions.record]
    role = mentions.record * (int(mentions.role.max(initial=0)) + 2) + mentions.role
    replaced: Flags = ~told & holds(distinct(role[told]), role)
    return replaced


def _living(mentions: Mentions, labels: Ints, register: Ints, together: Callable[[int, int], None]) -> None:
    """Those of one living household whom the register does not list belong together."""
    first: dict[int, int] = {}
    for place in np.flatnonzero((mentions.living >= 0) & (mentions.beside == 0)).tolist():
        cluster = int(labels[place])
        if register[cluster] < 0:
            together(first.setdefault(int(mentions.living[place]), cluster), cluster)
