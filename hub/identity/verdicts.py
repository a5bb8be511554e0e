"""Verdicts: what a person has decided about two mentions – that they mean one person, or two, or that it cannot be told.

A verdict binds the linker, against any weight and any number, until it is withdrawn. It is kept by the ids of the mentions, which are
keyed hashes of where they stand, so that a reload, new weights and new rules find it again. Verdicts never contradict each other.
What was said in one act – a person split off is a verdict on many pairs – is taken back in one.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import asyncpg

from hub.storage.history import columns_of
from hub.storage.publishing import Publication


@dataclass(frozen=True)
class Verdict:
    """One decision: the two mentions (lower id first), whether they are one person, who says so, when and why.

    ``same`` is None where somebody has looked and cannot tell: they stay apart, and ``settler`` says who could tell.
    """

    mention: int
    other: int
    same: bool | None
    by: str
    reason: str
    on: date
    settler: str | None = None

    @property
    def pair(self) -> tuple[int, int]:
        return self.mention, self.other


class Contradiction(Exception):
    """A verdict that cannot stand beside those there are; the sentence says which one is in the way, and what to do."""


async def standing(connection: asyncpg.Connection, division: int, among: Collection[int] | None = None) -> list[Verdict]:
    """Every verdict that stands, in the order of the pairs; or those on some mentions."""
    rows = await connection.fetch(
        """select mention, other, same, by, reason, decided_on, settler from link_verdict
            where division = $1 and ($2::bigint[] is null or mention = any($2) or other = any($2)) order by mention, other""",
        division,
        None if among is None else list(among),
    )
    return [Verdict(*row.values()) for row in rows]


def pairs(verdicts: Iterable[Verdict], *, same: bool) -> list[tuple[int, int]]:
    """The pairs that are one person, or that stay apart, as the engine takes them."""
    return [verdict.pair for verdict in verdicts if bool(verdict.same) is same]


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
        """insert into link_verdict (division, id, mention, other, same, by, reason, decided_on, settler, valid, known_from)
           values ($1, hashint8extended($2::bigint, $3::bigint), $2, $3, $4, $5, $6, $7, $8, '(,)', $9)""",
        publication.division,
        verdict.mention,
        verdict.other,
        verdict.same,
        verdict.by,
        verdict.reason,
        verdict.on,
        verdict.settler,
        publication.no,
    )


async def erase(publication: Publication, pair: tuple[int, int]) -> list[tuple[int, int]]:
    """End the verdict on a pair and all that were given with it; they stay in history. Returns their pairs; none where none stands."""
    listed = ", ".join(columns_of("link_verdict"))
    ended = await publication.connection.fetch(
        f"""with act as (select known_from from link_verdict where division = $1 and mention = $2 and other = $3),
                 gone as (delete from link_verdict v using act a where v.division = $1 and v.known_from = a.known_from returning v.*),
                 kept as (insert into link_verdict_history ({listed}, known)
                          select {listed}, int8range(known_from, $4) from gone where known_from < $4)
            select mention, other from gone order by mention, other""",
        publication.division,
        *pair,
        publication.no,
    )
    return [(row["mention"], row["other"]) for row in ended]


def _told(verdict: Verdict) -> str:
    what = {True: "are one person", False: "are two persons", None: "cannot be told from one another, and stay apart"}[verdict.same]
    return f"it was decided on {verdict.on} that mentions {verdict.mention} and {verdict.other} {what}"
