"""The flow: deliveries from their sources into the published graph, read downward.

Everything from staging to publishing is one transaction: a reader never sees half a delivery, and a process killed at any
point leaves either the whole of it or nothing. Deliveries carried together are staged one by one and linked once.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import TypeVar

import asyncpg
import orjson

from hub.access.sealing import Keys
from hub.contract.model import Contract
from hub.identity.linking import link
from hub.steps.assemble import assemble, prepare, settle
from hub.steps.drafting import draft_pages
from hub.steps.hold import profile, reasons_to_hold
from hub.steps.kept import keep_waiting
from hub.steps.notices import lost_characters, notices, other_sexes, other_sheets
from hub.steps.page import Counts, Window
from hub.steps.quarantine import begin_replay
from hub.steps.repeated import told as told_repeated
from hub.steps.stage import Stage
from hub.steps.twice import told_twice
from hub.steps.unread import Unread, unread_of
from hub.steps.validate import Delivery, headers_of, moved_columns
from hub.steps.versions import SeveralPeople
from hub.storage.crash_points import point
from hub.storage.publishing import Publication, publishing

OnRows = Callable[[Delivery, int], None]
T = TypeVar("T")
LARGE = 20_000  # a first load of so many rows writes its tables without their indexes, and builds those after


@dataclass(frozen=True)
class Report:
    """What became of a delivery."""

    source: str
    file: str
    as_of: date
    state: str  # PUBLISHED, HELD, ALREADY or REFUSED: the same bytes came before, and what has become of them
    counts: Counts = field(default_factory=Counts)
    reasons: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    not_data: Mapping[str, int] = field(default_factory=dict)
    publication: int | None = None
    unread: Unread = field(default_factory=Unread)
    faulty: int = 0  # of the rows of a held delivery, those that would go to quarantine


class Held(Exception):
    """Raised inside a publication to undo it: the delivery waits for a person."""

    def __init__(self, report: Report, shape: str) -> None:
        super().__init__("; ".join(report.reasons))
        self.report = report
        self.shape = shape


class Already(Exception):
    """Raised inside a publication to undo it: the delivery has been received before, perhaps a moment ago by another process."""

    def __init__(self, report: Report) -> None:
        super().__init__("; ".join(report.reasons))
        self.report = report


class Nothing(Exception):
    """Raised inside a publication to undo it: each of its deliveries was received before or waits for a person."""


async def run(
    deliveries: Sequence[Delivery],
    *,
    connection: asyncpg.Connection,
    keys: Keys,
    division: int,
    business_date: date,
    by: str = "hub",
    released: bool = False,
    on_rows: OnRows = lambda delivery, rows: None,
    on_link: Callable[[], None] = lambda: None,
) -> list[Report]:
    """Carry deliveries of different sources into the published graph; what looks wrong is held, unless a person has released it."""
    reports: dict[int, Report] = {}
    held: list[tuple[Delivery, int, Held]] = []
    try:
        async with publishing(connection, division=division, kind="delivery", by=by, business_date=business_date) as publication:
            point("publication.after")
            await prepare(publication)
            if rows_of(deliveries) >= LARGE and not await connection.fetchval("select exists (select from record_period)"):
                await publication.set_indexes_aside()
            staged: list[tuple[int, Stage, Delivery, dict[str, int]]] = []
            for place, delivery in enumerate(deliveries):
                id_ = delivery_id(delivery, keys)
                try:
                    stage, not_data = await _apart(connection, partial(_staged, publication, delivery, id_, keys, on_rows, released=released))
                    staged.append((place, stage, delivery, not_data))
                except Already as already:
                    reports[place] = already.report
                except Held as wrong:
                    reports[place] = wrong.report
                    held.append((delivery, id_, wrong))
            if not staged:
                raise Nothing
            on_link()
            await link(publication, keys)
            await publication.built("identity")
            point("link.after")
            await assemble(publication)
            point("assemble.after")
            for place, stage, delivery, not_data in staged:
                reports[place] = await _publish(stage, delivery, not_data, by if released else None)
            await publication.built()
            point("commit.before")
        point("commit.after")
    except Nothing:
        pass
    for delivery, id_, waiting in held:
        await _record_held(connection, delivery, id_, division, waiting)
    return [reports[place] for place in sorted(reports)]


async def _apart(connection: asyncpg.Connection, staged: Callable[[frozenset[int]], Awaitable[T]]) -> T:
    """What ``staged`` gives, in a savepoint of its own; it stages once more where keys prove to be several people's, and is told which."""
    try:
        async with connection.transaction():
            return await staged(frozenset())
    except SeveralPeople as found:
        async with connection.transaction():
            return await staged(found.keys)


async def _staged(
    publication: Publication, delivery: Delivery, id_: int, keys: Keys, on_rows: OnRows, apart: frozenset[int], *, released: bool
) -> tuple[Stage, dict[str, int]]:
    """Stage one delivery and write its records and mentions; how many rows were not data, by kind."""
    await _leave_if_here(publication.connection, publication.division, id_, delivery, released=released)
    stage = await open_stage(publication, delivery, id_, keys, apart)
    not_data = await stage_rows(stage, delivery, on_rows)
    await keep_waiting(stage)
    stage.notices += (*other_sexes(stage.sexes), *told_repeated(stage.tally.repeated), *other_sheets(stage.tally.signs), *lost_characters(stage.tally.signs))
    stage.notices += await told_twice(stage.publication.connection, stage.publication.division, stage.delivery, stage.tally.again)
    if not released:
        await _hold_if_wrong(stage, delivery, not_data)
    await settle(stage)
    point("settle.after")
    return stage, not_data


async def replay(
    delivery: int, contract: Contract, *, connection: asyncpg.Connection, keys: Keys, division: int, business_date: date
) -> Counts:
    """Carry the repaired rows of a delivery, as if it had held them so from the first."""
    async with publishing(connection, division=division, kind="replay", by="hub", business_date=business_date) as publication:
        await prepare(publication)
        stage = await _apart(connection, partial(_replayed, publication, keys, contract, delivery))
        await link(publication, keys)
        await assemble(publication)
    return stage.tally.counts


async def _replayed(publication: Publication, keys: Keys, contract: Contract, delivery: int, apart: frozenset[int]) -> Stage:
    stage = await begin_replay(publication, keys, contract, delivery, apart)
    await settle(stage)
    return stage


def rows_of(deliveries: Sequence[Delivery]) -> int:
    """How many rows some deliveries have."""
    return sum(part.sheet.row_count for delivery in deliveries for part in delivery.parts)


def delivery_id(delivery: Delivery, keys: Keys) -> int:
    """The id of a delivery: its source, business date and bytes."""
    return keys.number("delivery", delivery.contract.name, delivery.as_of.isoformat(), *sorted(raw.sha256 for raw in delivery.files))


async def open_stage(publication: Publication, delivery: Delivery, id_: int, keys: Keys, apart: frozenset[int] = frozenset()) -> Stage:
    """Open the stage: the window the delivery speaks for, and what stood at its date; ``apart`` are keys that proved to be several people's."""
    later = await publication.connection.fetchrow(
        """select min(as_of) filter (where as_of > $3) as next, max(as_of) filter (where as_of > $3) as last,
                  coalesce(bool_or(as_of >= $3), false) as late from delivery
            where division = $1 and source = $2 and state = 'PUBLISHED'""",
        publication.division,
        delivery.contract.name,
        delivery.as_of,
    )
    stage = Stage(publication, keys, delivery.contract, id_, Window(delivery.as_of, later["next"], later["late"]), apart=apart)
    await stage.begin()
    matched = dict.fromkeys(n for part in delivery.parts for n in part.match.notices)
    stage.notices = (*matched, *await _moved(stage, delivery), *notices(delivery), *await _dated(stage, delivery, later["last"]))
    return stage


async def stage_rows(stage: Stage, delivery: Delivery, on_rows: OnRows = lambda delivery, rows: None) -> dict[str, int]:
    """Validate and stage every row; returns how many rows were not data, by kind."""
    not_data: dict[str, int] = {}
    for page in draft_pages(stage.desk, delivery, stage.seen):
        point("page.before")
        await stage.take(page)
        point("page.after")
        on_rows(delivery, page.tally.counts.read)
    for part in delivery.parts:
        for line in part.sheet.not_data:
            not_data[str(line.kind)] = not_data.get(str(line.kind), 0) + line.rows
    stage.tally.counts.not_data = sum(not_data.values())
    stage.tally.counts.read += stage.tally.counts.not_data
    return not_data


async def _leave_if_here(connection: asyncpg.Connection, division: int, id_: int, delivery: Delivery, *, released: bool) -> None:
    """A delivery is carried once; who holds the publication's lock sees what others have carried."""
    before = await connection.fetchrow("select id, source, as_of, state, decided_by, decided_at from delivery where division = $1 and id = $2", division, id_)
    if before and (before["state"] == "PUBLISHED" or not released):
        raise Already(received(delivery.file, before))


def received(file: str, before: asyncpg.Record) -> Report:
    """What is told of a file whose bytes came before: that there is nothing to do, or who refused them, which can still be taken back."""
    if before["state"] == "REFUSED":
        why = f"the same bytes were refused on {before['decided_at']:%Y-%m-%d} by {before['decided_by']}; if they are right: hub delivery release {before['id']} --by WHO"
        return Report(before["source"], file, before["as_of"], "REFUSED", reasons=(why,))
    why = "the same bytes are held, see `hub delivery list`" if before["state"] == "HELD" else "the same bytes came before"
    return Report(before["source"], file, before["as_of"], "ALREADY", reasons=(why,))


async def _moved(stage: Stage, delivery: Delivery) -> tuple[str, ...]:
    """A sentence where columns stand in another order than in the delivery before."""
    before = await stage.publication.connection.fetchval(
        LAST.replace("*", "headers"), stage.publication.division, stage.contract.name, delivery.as_of
    )
    moved = moved_columns(orjson.loads(before), headers_of(delivery)) if before else []
    return (f"columns in another order than before: {', '.join(moved)}",) if moved else ()


async def _dated(stage: Stage, delivery: Delivery, last: date | None) -> tuple[str, ...]:
    """What is told of the delivery's date: that it is history, that its folder says otherwise, that its bytes came before for another day."""
    told = [notice for dated in delivery.dated for notice in dated.notices]
    if last:
        told.append(f"speaks for {delivery.as_of}, and the source has spoken for {last} already: it tells of then, not of now")
    before = await stage.publication.connection.fetch(
        """select as_of, p->>'sha256' as sha256 from delivery, jsonb_array_elements(parts) p
            where division = $1 and source = $2 and state = 'PUBLISHED' and as_of <> $3 and p->>'sha256' = any($4)""",
        stage.publication.division,
        stage.contract.name,
        delivery.as_of,
        [raw.sha256 for raw in delivery.files],
    )
    told += [f"the same bytes came before, for {row['as_of']}" for row in before]
    return tuple(dict.fromkeys(told))


async def _hold_if_wrong(stage: Stage, delivery: Delivery, not_data: Mapping[str, int]) -> None:
    before = await stage.publication.connection.fetchval(
        LAST.replace("*", "profile"), stage.publication.division, stage.contract.name, delivery.as_of
    )
    frozen = [reason for part in delivery.parts for reason in part.match.holds]
    reasons = [*delivery.doubts, *dict.fromkeys(frozen), *await reasons_to_hold(stage, orjson.loads(before) if before else None)]
    if reasons:
        stage.tally.counts.refused = stage.tally.counts.new + stage.tally.counts.changed + stage.tally.counts.unchanged + stage.tally.counts.quarantined
        held = Counts(read=stage.tally.counts.read, not_data=stage.tally.counts.not_data, refused=stage.tally.counts.refused)
        raise Held(
            Report(
                stage.contract.name, delivery.file, delivery.as_of, "HELD", held, tuple(reasons), stage.notices, not_data, faulty=stage.tally.counts.quarantined
            ),
            orjson.dumps(profile(stage)).decode(),
        )


async def _publish(stage: Stage, delivery: Delivery, not_data: Mapping[str, int], released_by: str | None) -> Report:
    """Write the delivery itself, last; with the commit that follows, all of it becomes visible."""
    publication = stage.publication
    report = Report(
        stage.contract.name,
        delivery.file,
        delivery.as_of,
        "PUBLISHED",
        stage.tally.counts,
        (),
        stage.notices,
        not_data,
        publication.no,
        await unread_of(publication.connection, publication.division, stage.contract.name, stage.delivery, delivery.as_of),
    )
    await _write_delivery(
        stage.publication.connection,
        stage.publication.division,
        stage.delivery,
        delivery,
        report,
        orjson.dumps(profile(stage)).decode(),
        released_by,
    )
    return report


async def _record_held(connection: asyncpg.Connection, delivery: Delivery, id_: int, division: int, held: Held) -> None:
    async with connection.transaction():
        await _write_delivery(connection, division, id_, delivery, held.report, held.shape, None)


async def _write_delivery(
    connection: asyncpg.Connection, division: int, id_: int, delivery: Delivery, report: Report, shape: str, decided_by: str | None
) -> None:
    counts = report.counts
    await connection.execute(
        """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state, reasons, notices, profile, rows_read,
                                 rows_not_data, rows_new, rows_changed, rows_unchanged, rows_quarantined, rows_refused, records_ended,
                                 decided_by, decided_at, publication)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21::text,
                   case when $21::text is not null then now() end, $22)
           on conflict (division, id) do update set state = excluded.state, rows_new = excluded.rows_new,
                  rows_changed = excluded.rows_changed, rows_unchanged = excluded.rows_unchanged,
                  rows_quarantined = excluded.rows_quarantined, rows_refused = excluded.rows_refused,
                  records_ended = excluded.records_ended, decided_by = excluded.decided_by, decided_at = excluded.decided_at,
                  publication = excluded.publication""",
        division,
        id_,
        delivery.contract.name,
        delivery.contract.version,
        delivery.file,
        delivery.told_parts(),
        orjson.dumps(headers_of(delivery)).decode(),
        delivery.as_of,
        report.state,
        orjson.dumps(report.reasons).decode(),
        orjson.dumps(report.notices).decode(),
        shape,
        counts.read,
        counts.not_data,
        counts.new,
        counts.changed,
        counts.unchanged,
        counts.quarantined,
        counts.refused,
        counts.ended,
        decided_by,
        report.publication,
    )


#: The source's delivery that stood at a date.
LAST = """select * from delivery where division = $1 and source = $2 and state = 'PUBLISHED' and as_of <= $3
           order by as_of desc, publication desc limit 1"""
