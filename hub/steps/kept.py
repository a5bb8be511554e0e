"""Kept: records that a full delivery does not name, and that a row waiting in its quarantine may be. They stand as before.

Nothing ends because a cell could not be read. A waiting row may be each missing record whose natural key it gives, and each for
which as much speaks as against it, of the numbers (which count twice), names, birth dates and key columns of somebody's own that
both tell; a row that tells none of them may be every one. That is asked of one row and one record alone, so that it does not matter
in which order deliveries come; and of the rows that still wait, so that a repair ends what no waiting row may be any more.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from itertools import takewhile
from typing import Any

import orjson

from hub.contract.apply import Reapply, Telling
from hub.domain.values.concealed import holds_number
from hub.steps.stage import Stage
from hub.steps.stored import opened

WAITS = "state in ('OPEN', 'REPAIRED')"
Raw = dict[str, str]


@dataclass(frozen=True)
class Told:
    """A stored row, and what it says of which record it is."""

    raw: Raw
    telling: Telling
    keys: tuple[int, ...]  # the records of its natural keys

    @cached_property
    def numbers(self) -> frozenset[str]:
        """Its cells that hold a personal number."""
        return frozenset(cell for cell in self.raw.values() if holds_number(cell))


async def keep_waiting(stage: Stage) -> None:
    """Keep those of the missing records that a row waiting in the delivery's quarantine may be, and say how many in a notice."""
    missing = stage.missing()
    stage.kept = await kept(stage, stage.delivery, {record: stage.desk.before[record] for record in missing}, named=stage.seen.keys()) if missing else set()
    if stage.kept:
        records = "1 record that it does not name stays" if len(stage.kept) == 1 else f"{len(stage.kept)} records that it does not name stay"
        stage.notices += (f"{records} as before: rows in quarantine may be theirs; repair and replay those",)


async def kept(stage: Stage, delivery: int, missing: Mapping[int, int], *, named: Iterable[int]) -> set[int]:
    """Of the records (with the hash of what each says) that a delivery does not name, those that one of its waiting rows may be."""
    rows = await stage.publication.connection.fetch(
        f"select payload from quarantine where division = $1 and delivery = $2 and {WAITS}", stage.publication.division, delivery
    )
    if not rows:
        return set()
    again = Reapply(stage.contract)
    known = frozenset(named)
    waiting = await _told(stage, again, [orjson.loads(row["payload"]) for row in rows])
    stood = await _records(stage, again, missing)
    return {record for record, told in stood.items() if any(_may_be(row, told, known) for row in waiting)}


def _may_be(row: Told, record: Told, named: frozenset[int]) -> bool:
    """Whether a waiting row may be a record that its delivery does not name; one whose key another row gives is of that key and no other."""
    if row.telling.shifted:
        return not row.numbers or not row.numbers.isdisjoint(record.raw.values())
    if not set(row.keys).isdisjoint(record.keys):
        return True
    if not named.isdisjoint(row.keys[:1]):
        return False
    told, stood, speaks = row.telling.cells, record.telling.cells, 0
    for column in told.keys() & stood.keys():
        weight = 2 if column in row.telling.numbers else 1
        speaks += weight if told[column] == stood[column] else -weight
    return speaks >= 0


async def _records(stage: Stage, again: Reapply, versions: Mapping[int, int]) -> dict[int, Told]:
    """What some records say, at a hash each."""
    rows = await stage.publication.connection.fetch(
        "select r.id, r.payload from record r join unnest($2::bigint[], $3::bigint[]) t (id, hash) on r.division = $1 and r.id = t.id and r.hash = t.hash",
        stage.publication.division,
        list(versions.keys()),
        list(versions.values()),
    )
    told = await _told(stage, again, [orjson.loads(row["payload"]) for row in rows])
    return dict(zip((row["id"] for row in rows), told, strict=True))


async def _told(stage: Stage, again: Reapply, payloads: list[dict[str, Any]]) -> list[Told]:
    """Payloads with their sealed cells opened; a cell whose number has been erased says nothing."""
    values = await opened(stage, payloads)
    told = []
    for payload in payloads:
        cells = {name: values.get(bytes.fromhex(cell["blind"])) if isinstance(cell, dict) else cell for name, cell in payload.items()}
        raw = {name: cell for name, cell in cells.items() if cell}
        telling = again.telling(raw)
        told.append(Told(raw, telling, tuple(stage.keys.number(stage.contract.name, *key) for key in telling.keys)))
    return told


@dataclass(frozen=True)
class Spoken:
    """How far a late delivery speaks for a record beyond its window: until when what it says goes on, and until when nothing else does."""

    holds: date | None
    counts: date | None


async def spoken_for(stage: Stage) -> dict[int, Spoken]:
    """The records for which a late delivery speaks beyond its window.

    A later delivery that does not name a record says of it no more than this: a row that waits there may be it, and what was so goes
    on, or none may, and it has ended. What was so before the late delivery came counts no longer.
    """
    spoken: dict[int, Spoken] = {}
    silent, upper = stage.touched | stage.ended(), stage.window.upper
    if stage.contract.mode != "full" or upper is None:
        return spoken
    holds = {record: stage.seen[record] for record in silent if record in stage.seen}
    for later in await _later(stage):
        named = await named_by(stage, later.delivery)
        silent -= named
        standing = {record: content for record, content in holds.items() if record in silent}
        stay = await kept(stage, later.delivery, standing, named=named) if standing else set()
        holds = {record: holds[record] for record in stay}
        if not silent:
            break
        spoken |= {record: Spoken(later.following if record in stay else spoken[record].holds if record in spoken else upper, later.following) for record in silent}
    return spoken


@dataclass(frozen=True)
class Later:
    """A later delivery of the same source that has rows which wait."""

    delivery: int
    following: date | None  # when the one after it speaks


async def _later(stage: Stage) -> list[Later]:
    """The source's later deliveries one after another, as long as each has rows that wait."""
    rows = await stage.publication.connection.fetch(
        f"""select id, following, waiting from (
                select distinct on (d.as_of) d.id, d.as_of, (select min(n.as_of) from delivery n where n.division = d.division and n.source = d.source
                                                               and n.state = 'PUBLISHED' and n.as_of > d.as_of) as following,
                       exists (select from quarantine q where q.division = d.division and q.delivery = d.id and {WAITS}) as waiting
                  from delivery d where d.division = $1 and d.source = $2 and d.state = 'PUBLISHED' and d.as_of > $3
                 order by d.as_of, d.publication desc) later order by as_of""",
        stage.publication.division,
        stage.contract.name,
        stage.window.lower,
    )
    return [Later(row["id"], row["following"]) for row in takewhile(lambda row: row["waiting"], rows)]


async def named_by(stage: Stage, delivery: int) -> set[int]:
    """The records that a delivery names."""
    rows = await stage.publication.connection.fetch(
        "select distinct unnest(records) as record from delivery_page where division = $1 and delivery = $2", stage.publication.division, delivery
    )
    return {row["record"] for row in rows}
