"""Verdicts: what a person has decided about two mentions – that they mean one person, or two.

A verdict binds the linker, against any weight and any number, until it is withdrawn. It is kept by the ids of the mentions, which are
keyed hashes of where they stand, so that a reload, new weights and new rules find it again. Verdicts never contradict each other.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.storage.history import columns_of
from hub.storage.publishing import Publication


@dataclass(frozen=True)
class Verdict:
    """One decision: the two mentions (lower id first), whether they are one person, who says so, when and why."""

    mention: int
    other: int
    same: bool
    by: str
    reason: str
    on: date

    @property
    def pair(self) -> tuple[int, int]:
        return self.mention, self.other


class Contradiction(Exception):
    """A verdict that cannot stand beside those there are; the sentence says which one is in the way, and what to do."""


async def standing(connection: asyncpg.Connection, division: int) -> list[Verdict]:
    """Every verdict that stands, in the order of the pairs."""
    rows = await connection.fetch(
        'select mention, other, same, by, reason, decided_on from link_verdict where division = $1 order by mention, other', division
    )
    return [Verdict(*row.values()) for row in rows]


def pairs(verdicts: Iterable[Verdict], *, same: bool) -> list[tuple[int, int]]:
    """The pairs of one kind, as the engine takes them."""
    return [verdict.pair for verdict in verdicts if verdict.same is same]


def refuse_contradiction(verdicts: Sequence[Verdict], new: Verdict) -> None:
    """Contradiction where the new verdict cannot be true beside those that stand."""
    for old in verdicts:
        if old.pair == new.pair:
            raise Contradiction(f"{_told(old)}; withdraw that first")
    company = {mention: mention for verdict in (*verdicts, new) for mention in verdict.pair}

    def root(mention: int) -> int:
        while company[mention] != mention:
            mention = company[mention]
        return mention

    for verdict in (*verdicts, new):
        if verdict.same:
            company[root(verdict.mention)] = root(verdict.other)
    for verdict in (new, *verdicts):
        if not verdict.same and root(verdict.mention) == root(verdict.other):
            if verdict is new:
                raise Contradiction("other verdicts together say that these two are one person; withdraw one of those first")
            raise Contradiction(f"then all would be one person of whom {_told(verdict)}; withdraw that first")


async def write(publication: Publication, verdict: Verdict) -> None:
    """Let a verdict stand from this publication on."""
    await publication.connection.execute(
        """insert into link_verdict (division, id, mention, other, same, by, reason, decided_on, valid, known_from)
           values ($1, hashint8extended($2::bigint, $3::bigint), $2, $3, $4, $5, $6, $7, '(,)', $8)""",
        publication.division,
        verdict.mention,
        verdict.other,
        verdict.same,
        verdict.by,
        verdict.reason,
        verdict.on,
        publication.no,
    )


async def erase(publication: Publication, pair: tuple[int, int]) -> bool:
    """End the verdict on a pair; it stays in history. False where none stands."""
    listed = ", ".join(columns_of("link_verdict"))
    ended = await publication.connection.fetchval(
        f"""with gone as (delete from link_verdict where division = $1 and mention = $2 and other = $3 returning *),
                 kept as (insert into link_verdict_history ({listed}, known)
                          select {listed}, int8range(known_from, $4) from gone where known_from < $4)
            select count(*) from gone""",
        publication.division,
        *pair,
        publication.no,
    )
    return bool(ended)


def _told(verdict: Verdict) -> str:
    what = "one person" if verdict.same else "two persons"
    return f"it was decided on {verdict.on} that mentions {verdict.mention} and {verdict.other} are {what}"
