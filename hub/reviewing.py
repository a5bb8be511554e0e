"""What ``hub review`` does: the pairs that wait for a person, and the verdicts that persons give and withdraw – on a pair of mentions,
or on persons: two that are merged, one from whom mentions are split off.

A verdict, the new links around it, the facts that move with them and the checks they touch are one publication.
"""

from collections.abc import Collection, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import asyncpg

from hub.access.sealing import Keys
from hub.domain.values.concealed import spells_number
from hub.identity.deciding import BY_HARM
from hub.identity.evidence import ADULT_YEARS
from hub.identity.linking import not_joined, relink_by_verdict
from hub.identity.verdicts import Contradiction, Verdict, erase, refuse_contradiction, standing, write
from hub.refusal import Refusal
from hub.rules import RULES
from hub.steps.assemble import prepare, rehome
from hub.steps.check import check
from hub.steps.resolve import resolve
from hub.storage.publishing import VERDICT, Publication, publishing

REVIEWED_OF_1000 = 10  # pairs for a person to decide, at most, for each 1,000 child rows
REVIEWED_AT_LEAST = 3  # and of a few rows
PAGE = 20
#: The pairs that nobody has decided and that still stay apart.
OPEN = """from link_review r
             join identity a on a.division = $1 and a.id = r.mention join identity b on b.division = $1 and b.id = r.other
             left join link_verdict v on v.division = $1 and v.mention = least(r.mention, r.other) and v.other = greatest(r.mention, r.other)
            where r.division = $1 and a.person <> b.person and v.same is null"""


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
    """A pair that waits: two mentions with what their rows say of them (no numbers), why it waits, and who could tell where somebody could not."""

    kind: str
    score: float
    mention: int
    other: int
    sides: tuple[str, str]
    settler: str | None


@dataclass(frozen=True)
class Queue:
    """How many pairs wait for a person, and among how many rows of children."""

    waiting: int
    rows: int

    @property
    def due(self) -> int:
        """How many, the most harmful, are to be decided first; the others move up as those are."""
        return min(self.waiting, max(self.rows * REVIEWED_OF_1000 // 1000, REVIEWED_AT_LEAST))

    @property
    def per_thousand(self) -> float:
        """The pairs for each 1,000 child rows."""
        return 1000 * self.waiting / self.rows if self.rows else 0.0

    def told(self) -> str:
        """In words, with what is left out."""
        left = self.waiting - self.due
        later = f"; {self.due} are for review now ({REVIEWED_OF_1000} for each 1,000 child rows, the most harmful first), {left} less harmful ones are left for later"
        return f"{self.waiting} pairs wait for a person{later if left else ''}"


async def queue(hub: Desk) -> Queue:
    """How long the queue is."""
    told = await hub.connection.fetchrow(
        f"""select (select count(*) {OPEN}),
                   (select count(distinct id) from mention where division = $1 and anchor is null
                       and (kind = 'child' or (kind = 'any' and extract(year from birth_date) > $2)))""",
        hub.division,
        hub.today().year - ADULT_YEARS - 1,
    )
    return Queue(*told)


async def waiting(hub: Desk, most: int) -> list[Pair]:
    """The pairs that nobody has decided and that still stay apart, most harmful first; last those that somebody could not tell."""
    rows = await hub.connection.fetch(
        f"""select r.kind, r.score::float8 as score, r.mention, r.other,
                  array(select concat_ws(' ', m.source, m.name, m.sex, m.born, m.township) from unnest(array[r.mention, r.other]) with ordinality t(id, n)
                          cross join lateral (select * from mention m where m.division = $1 and m.id = t.id order by lower(m.valid) desc limit 1) m order by t.n) as sides,
                  v.settler {OPEN}
            order by v.id is not null, array_position($2::text[], r.kind), r.score desc, r.id limit $3""",
        hub.division,
        list(BY_HARM),
        most,
    )
    return [Pair(row["kind"], row["score"], row["mention"], row["other"], tuple(row["sides"]), row["settler"]) for row in rows if len(row["sides"]) == 2]


async def listed(hub: Desk, most: int | None) -> tuple[Queue, list[Pair]]:
    """The queue, and its first pairs: as many as are asked for, else a page of those that are due."""
    length = await queue(hub)
    return length, await waiting(hub, min(length.due, PAGE) if most is None else most)


async def decide(hub: Desk, one: int, other: int, *, same: bool, by: str, reason: str) -> list[int]:
    """Give a verdict on two mentions and link anew around them; returns whom they mean now.

    The same verdict twice is one. NotDecided where it contradicts another, or where a mention is not known.
    """
    _signed(by, reason)
    pair = await _pair(hub, one, other)
    async with _verdict(hub, by) as publication:
        return await _say(hub, publication, [Verdict(*pair, same, by, reason, hub.today())])


async def leave_undecided(hub: Desk, one: int, other: int, *, settler: str, by: str, reason: str) -> list[int]:
    """Say that two mentions, now two persons, cannot be told from one another, and who could: they stay apart and wait at the end of the queue."""
    _signed(by, reason)
    _without_number("settler", settler)
    if not settler.strip():
        raise NotDecided("settler", "say who could settle it: an office, a school, a village")
    pair = await _pair(hub, one, other)
    async with _verdict(hub, by) as publication:
        if len(await _persons(hub, pair)) == 1:
            raise NotDecided("other", "the two mean one person now; what cannot be told only stays apart where it is apart")
        return await _say(hub, publication, [Verdict(*pair, None, by, reason, hub.today(), settler)])


async def merge(hub: Desk, person: int, other: int, *, by: str, reason: str, seen: Collection[int] | None = None) -> list[int]:
    """Say that two persons are one, by a verdict on the mention of each that tells most of it; returns the one that stands.

    Whichever of their mentions would not go along by itself is told to be of the same person with it, so that both are one whole.
    ``seen`` are the mentions that whoever asks may see (None: all): the verdicts are on those.
    """
    _signed(by, reason)
    async with _verdict(hub, by) as publication:
        ids = [await _current(hub, "person", person), await _current(hub, "other", other)]
        if ids[0] == ids[1]:
            raise NotDecided("other", "these are one person already")
        ones, others = [await _mentions(hub, id_, seen) for id_ in ids]
        low, high = sorted((ones[0], others[0]))
        open_ = [v.pair for v in await standing(hub.connection, hub.division) if v.same is None and _between(v.pair, ones, others)]
        return await _say(hub, publication, [Verdict(low, high, True, by, reason, hub.today())], settled=open_, whole=[ones, others])


async def split(hub: Desk, person: int, mentions: Collection[int], *, by: str, reason: str) -> list[int]:
    """Say that some mentions of a person are none of the others: a verdict on each pair across. Returns whom all of them mean now.

    Whether either side holds together is for the data to say, and for further verdicts.
    """
    _signed(by, reason)
    async with _verdict(hub, by) as publication:
        every = await _mentions(hub, await _current(hub, "person", person), None)
        off = sorted(set(mentions))
        strange = [mention for mention in off if mention not in every]
        if strange:
            raise NotDecided("mentions", f"{strange[0]} is no mention of this person; `hub explain` and Person.mentions show them")
        rest = sorted(set(every) - set(off))
        if not off or not rest:
            raise NotDecided("mentions", "name some of the person's mentions, and not all: those that are somebody else's")
        return await _say(hub, publication, [Verdict(min(one, other), max(one, other), False, by, reason, hub.today()) for one in off for other in rest])


async def withdraw(hub: Desk, one: int, other: int, *, by: str) -> list[int]:
    """Take back a verdict and what was said with it: whatever was joined or parted goes back to the persons it was of, under their old ids."""
    pair = await _pair(hub, one, other)
    async with _verdict(hub, by) as publication:
        ended = await erase(publication, pair)
        if not ended:
            raise NotDecided("other", "no verdict stands on these two mentions; `hub review verdicts` lists those that do")
        await _link_anew(hub, publication, {mention for pair in ended for mention in pair})
        return await _persons(hub, pair)


def _verdict(hub: Desk, by: str) -> AbstractAsyncContextManager[Publication]:
    return publishing(hub.connection, division=hub.division, kind=VERDICT, by=by, business_date=hub.today())


async def _say(
    hub: Desk, publication: Publication, new: Sequence[Verdict], settled: Collection[tuple[int, int]] = (), whole: Collection[Sequence[int]] = ()
) -> list[int]:
    """Let verdicts stand that do not yet, in place of those that left the same pairs (and ``settled`` ones) open, and link anew around them.

    Of each of ``whole`` whatever would part from the first is told to be of its person.
    """
    await _refuse_own_guardian(hub, [verdict.pair for verdict in new if verdict.same])
    verdicts = await standing(hub.connection, hub.division)
    answers = {verdict.pair: verdict.same for verdict in verdicts}
    due = [verdict for verdict in new if verdict.pair not in answers or answers[verdict.pair] is not verdict.same]
    for pair in {*settled, *(verdict.pair for verdict in due)}:
        if pair in answers and answers[pair] is None:
            await erase(publication, pair)
            verdicts = [verdict for verdict in verdicts if verdict.pair != pair]

    async def stands(verdict: Verdict) -> None:
        try:
            refuse_contradiction(verdicts, verdict)
        except Contradiction as contradiction:
            raise NotDecided("same", str(contradiction)) from contradiction
        verdicts.append(verdict)
        await write(publication, verdict)

    for verdict in due:
        await stands(verdict)
    for first, *rest in whole:
        for mention in await not_joined(publication, hub.keys, first, rest):
            await stands(replace(new[0], mention=min(first, mention), other=max(first, mention)))
    mentions = {mention for verdict in new for mention in verdict.pair}
    if due:
        await _link_anew(hub, publication, mentions)
    return await _persons(hub, mentions)


async def _link_anew(hub: Desk, publication: Publication, mentions: Collection[int]) -> None:
    await prepare(publication)
    await relink_by_verdict(publication, hub.keys, mentions)
    await rehome(publication)
    await resolve(publication)
    await check(publication, RULES, on=publication.business_date)


async def _refuse_own_guardian(hub: Desk, pairs: Sequence[tuple[int, int]]) -> None:
    """NotDecided where a row names one of the two as a child and the other as a grown-up beside it: nobody is their own guardian."""
    for one, other in pairs:
        if await hub.connection.fetchval(BESIDE, hub.division, one, other):
            raise NotDecided("other", "one row names the two side by side, a child and a grown-up: they are two people")


def _signed(by: str, reason: str) -> None:
    """NotDecided unless somebody decides and says why, without numbers."""
    if not by.strip() or not reason.strip():
        raise NotDecided("reason" if by.strip() else "by", "say who decides (--by) and why (--reason)")
    _without_number("by", by)
    _without_number("reason", reason)


def _without_number(field: str, text: str) -> None:
    if spells_number(text):
        raise NotDecided(field, "a citizen, bank or telephone number has no place in a reason; leave it out")


async def _current(hub: Desk, field: str, person: int) -> int:
    """The person that an id means now. NotDecided where it was never issued."""
    current: int | None = await hub.connection.fetchval("select current from person_id where division = $1 and id = $2", hub.division, person)
    if current is None:
        raise NotDecided(field, f"no person was ever issued the id {person}")
    return current


async def _mentions(hub: Desk, person: int, seen: Collection[int] | None) -> list[int]:
    """A person's mentions (of those seen), the one that tells most of who it is first: one that the person's number holds, a row's own subject."""
    rows = await hub.connection.fetch(
        """select i.id from identity i
             left join lateral (select anchor, number_state from mention m where m.division = $1 and m.id = i.id order by lower(m.valid) desc limit 1) m on true
            where i.division = $1 and i.person = $2 and ($3::bigint[] is null or i.id = any($3::bigint[]))
            order by i.tier <> 'NUMBER', m.anchor is not null, m.number_state is distinct from 'valid', i.id""",
        hub.division,
        person,
        None if seen is None else list(seen),
    )
    if not rows:
        raise NotDecided("person", "nothing names this person any more")
    return [row["id"] for row in rows]


def _between(pair: tuple[int, int], ones: Collection[int], others: Collection[int]) -> bool:
    return (pair[0] in ones and pair[1] in others) or (pair[1] in ones and pair[0] in others)


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


async def _persons(hub: Desk, mentions: Collection[int]) -> list[int]:
    rows = await hub.connection.fetch(
        "select distinct person from identity where division = $1 and id = any($2::bigint[]) order by person", hub.division, list(mentions)
    )
    return [row["person"] for row in rows]


#: Whether a row names a child of the one mention's person and, beside it, a grown-up of the other's.
BESIDE = """
with sides as (
  select n, m.record, m.anchor, m.kind from unnest(array[$2::bigint, $3::bigint]) with ordinality t(id, n)
    join identity i on i.division = $1 and i.id = t.id join identity o on o.division = $1 and o.person = i.person
    join mention m on m.division = $1 and m.id = o.id)
select exists (select from sides a join sides b on b.record = a.record and b.n <> a.n
                where a.anchor is null and a.kind <> 'adult' and b.anchor is not null and b.kind = 'adult'
                  and exists (select from sides c where c.n = a.n and c.kind = 'child'))"""
