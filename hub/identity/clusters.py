"""Which mentions mean one person: a pure function of the mentions, so that the order of deliveries does not matter.

Certain first: mentions with one trusted number are one person. Then probable: a mention without a number joins the one
numbered person who shares its name, birth date and sex, or of several the one who lives in its township; else it is left for
somebody to decide.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from hub.identity.evidence import Decision, Evidence, names_agree, reasons

NUMBER, NAME, RELATIVE, ALONE = b"N", b"K", b"A", b"S"
Holders = dict[int, dict[bytes, tuple[int, set[str]]]]  # match key -> numbered clusters that show it: a mention, their townships


def decide(evidence: Iterable[Evidence]) -> tuple[list[Decision], list[tuple[int, int]]]:
    """The decision for each mention that has a number or a full match key, and the pairs left for review.

    Mentions with neither are decided alone here; those anchored to a child are looked at again by ``relatives``.
    """
    by_number: dict[bytes, list[Evidence]] = defaultdict(list)
    others: list[Evidence] = []
    for mention in evidence:
        (by_number[mention.number] if mention.number else others).append(mention)
    decisions: list[Decision] = []
    review: list[tuple[int, int]] = []
    holders: Holders = defaultdict(dict)
    for number, mentions in by_number.items():
        agreeing, strangers = split_by_name(mentions)
        cluster = NUMBER + number
        for mention in agreeing:
            decisions.append(Decision(mention.id, cluster, "NUMBER", reasons("valid_number")))
            if mention.match_key is not None:
                _, townships = holders[mention.match_key].setdefault(cluster, (mention.id, set()))
                if mention.township:
                    townships.add(mention.township)
        review += [(stranger.id, agreeing[0].id) for stranger in strangers]
        others += strangers
    for mention in others:
        decisions.append(_without_number(mention, holders, review))
    return decisions, review


def split_by_name(mentions: list[Evidence]) -> tuple[list[Evidence], list[Evidence]]:
    """Those under one number whose names agree with the most frequent name, and those whose names do not (D-42)."""
    names = Counter(m.name_key for m in mentions if m.name_key)
    if len(names) < 2:
        return mentions, []
    common = min(names, key=lambda name: (-names[name], name))
    agreeing = [m for m in mentions if names_agree(m.name_key, common)]
    return agreeing, [m for m in mentions if not names_agree(m.name_key, common)]


def _without_number(mention: Evidence, holders: Holders, review: list[tuple[int, int]]) -> Decision:
    if mention.match_key is None:
        return Decision(mention.id, ALONE + mention.id.to_bytes(8, "big", signed=True), "ALONE", ())
    candidates = holders.get(mention.match_key, {})
    near = [cluster for cluster, (_, townships) in candidates.items() if mention.township in townships]
    agreement = ("same_name", "same_birth_date", "same_sex", "prior")
    if len(near) == 1:
        return Decision(mention.id, near[0], "NAME", reasons(*agreement, "same_township"))
    if len(candidates) == 1:
        return Decision(mention.id, next(iter(candidates)), "NAME", reasons(*agreement))
    review += [(mention.id, other) for other, _ in candidates.values()]
    key = mention.match_key.to_bytes(8, "big", signed=True) + (mention.township or "").encode()
    return Decision(mention.id, NAME + key, "NAME", reasons(*agreement, "same_township"))


def assign_persons(decisions: Iterable[Decision], before: Mapping[int, int | None]) -> tuple[dict[bytes, int | None], dict[int, bytes]]:
    """Which of the ids already issued each cluster keeps (None: a new one is due), and where each id's mentions went.

    An id goes to the cluster that holds most of its mentions, so that a corrected number keeps the person; a cluster
    that could keep several keeps the one with most mentions, and the others forward to it.
    """
    votes: dict[int, Counter[bytes]] = defaultdict(Counter)
    clusters: dict[bytes, int | None] = {}
    for decision in decisions:
        clusters.setdefault(decision.cluster, None)
        person = before.get(decision.mention)
        if person is not None:
            votes[person][decision.cluster] += 1
    went: dict[int, bytes] = {}
    claims: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for person, counted in votes.items():
        cluster, count = min(counted.items(), key=lambda item: (-item[1], item[0]))
        went[person] = cluster
        claims[cluster].append((-count, person))
    for cluster, claimants in claims.items():
        clusters[cluster] = min(claimants)[1]
    return clusters, went
