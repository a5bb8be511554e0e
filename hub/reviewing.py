"""What ``hub review`` does: the pairs that wait for a person, and the verdicts that persons give and withdraw.

A verdict, the new links around it, the facts that move with them and the checks they touch are one publication.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Protocol

import asyncpg

from hub.access.sealing import Keys
from hub.domain.values.concealed import holds_number
from hub.identity.linking import relink_by_verdict
from hub.identity.verdicts import Contradiction, Verdict, erase, refuse_contradiction, standing, write
from hub.refusal import Refusal
from hub.rules import RULES
from hub.steps.assemble import prepare, rehome
from hub.steps.check import check
from hub.steps.resolve import resolve
from hub.storage.publishing import Publication, publishing

#: Most harmful first: a wrong number or a confused twin gives one child another child's record.
BY_HARM = ("NUMBER_CONFLICT", "ADULT_NUMBER", "TWINS", "SEVERAL_CANDIDATES", "BAND")


class Desk(Protocol):
    """Where somebody decides: an opened hub, or a request's own writer."""

    @property
    def connection(self) -> asyncpg.Connection: ...

    @property
    def keys(self) -> Keys: ...

    @property
    def division(self) -> int: ...

    def today(self) -> date: ...


class NotDecided(Refusal):
    """A verdict that is not given or taken back; ``field`` says what of it is wrong."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


@dataclass(frozen=True)
class Pair:
    """A pair that waits: two mentions with what their rows say of them (no numbers), and why it waits."""

    kind: str
    score: float
    mention: int
    other: int
    sides: tuple[str, str]


async def waiting(hub: Desk, most: int) -> list[Pair]:
    """The pairs that nobody has decided and that still stay apart, most harmful first."""
    rows = await hub.connection.fetch(
        """select r.kind, r.score::float8 as score, r.mention, r.other,
                  array(select concat_ws(' ', m.source, m.name, m.sex, m.born, m.township) from unnest(array[r.mention, r.other]) with ordinality t(id, n)
                          cross join lateral (select * from mention m where m.division = $1 and m.id = t.id order by lower(m.valid) desc limit 1) m order by t.n) as sides
             from link_review r
             join identity a on a.division = $1 and a.id = r.mention join identity b on b.division = $1 and b.id = r.other
            where r.division = $1 and a.person <> b.person
              and not exists (select from link_verdict v where v.division = $1 and v.mention = least(r.mention, r.other) and v.other = greatest(r.mention, r.other))
            order by array_position($2::text[], r.kind), r.score desc, r.id limit $3""",
        hub.division,
        list(BY_HARM),
        most,
    )
    return [Pair(row["kind"], row["score"], row["mention"], row["other"], tuple(row["sides"])) for row in rows if len(row["sides"]) == 2]


async def decide(hub: Desk, one: int, other: int, *, same: bool, by: str, reason: str) -> list[int]:
    """Give a verdict on two mentions and link anew around them; returns whom they mean now.

    The same verdict twice is one. Refusal where it contradicts another, or where a mention is not known.
    """
    if not by.strip() or not reason.strip():
        raise NotDecided("reason" if by.strip() else "by", "say who decides (--by) and why (--reason)")
    if holds_number(by) or holds_number(reason):
        raise NotDecided("by" if holds_number(by) else "reason", "a citizen, bank or telephone number has no place in a reason; leave it out")
    low, high = await _pair(hub, one, other)
    async with publishing(hub.connection, division=hub.division, kind="verdict", by=by, business_date=hub.today()) as publication:
        verdicts = await standing(hub.connection, hub.division)
        if not any(verdict.pair == (low, high) and verdict.same is same for verdict in verdicts):
            verdict = Verdict(low, high, same, by, reason, hub.today())
            try:
                refuse_contradiction(verdicts, verdict)
            except Contradiction as contradiction:
                raise NotDecided("same", str(contradiction)) from contradiction
            await write(publication, verdict)
            await _link_anew(hub, publication, (low, high))
        return await _persons(hub, (low, high))


async def withdraw(hub: Desk, one: int, other: int, *, by: str) -> list[int]:
    """Take a verdict back: whatever it joined or parted goes back to the persons it was of, under their old ids."""
    low, high = await _pair(hub, one, other)
    async with publishing(hub.connection, division=hub.division, kind="verdict", by=by, business_date=hub.today()) as publication:
        if not await erase(publication, (low, high)):
            raise NotDecided("other", "no verdict stands on these two mentions; `hub review verdicts` lists those that do")
        await _link_anew(hub, publication, (low, high))
        return await _persons(hub, (low, high))


async def _link_anew(hub: Desk, publication: Publication, pair: tuple[int, int]) -> None:
    await prepare(publication)
    await relink_by_verdict(publication, hub.keys, pair)
    await rehome(publication)
    await resolve(publication)
    await check(publication, RULES, on=publication.business_date)


async def _pair(hub: Desk, one: int, other: int) -> tuple[int, int]:
    if one == other:
        raise NotDecided("other", "these are one mention; name two")
    known = {
        row["id"] for row in await hub.connection.fetch("select id from identity where division = $1 and id = any($2::bigint[])", hub.division, [one, other])
    }
    for mention in (one, other):
        if mention not in known:
            raise NotDecided("mention" if mention == one else "other", f"{mention} is no mention of the hub; `hub review list` and `hub explain` show their ids")
    return min(one, other), max(one, other)


async def _persons(hub: Desk, mentions: Sequence[int]) -> list[int]:
    rows = await hub.connection.fetch(
        "select distinct person from identity where division = $1 and id = any($2::bigint[]) order by person", hub.division, list(mentions)
    )
    return [row["person"] for row in rows]
