"""Stage: a delivery's rows against what its source said before; only what differs is written.

A record is a source row, known by its natural key; a version is its content. The record table is append-only, and
``record_period`` tells during which business dates a version stood. The same delivery twice changes nothing; a full
delivery also tells which records have ended.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import orjson
from asyncpg import Range

from hub.access.sealing import Keys
from hub.contract.model import Accepted, Contract, Quarantined
from hub.domain.nouns import NOUNS
from hub.steps.standardise import MENTION_FIELDS, Draft, Version, fact_fields
from hub.storage.publishing import Publication

PLACEHOLDER = "placeholder"  # an office's way of writing nothing: no sign of a column gone wrong
SAMPLE_ROWS = 200  # changed rows kept to be looked at before a delivery is let through


@dataclass(frozen=True)
class Window:
    """The business dates a delivery speaks for: from its own date to the next delivery's of the same source."""

    lower: date
    upper: date | None
    late: bool  # a delivery of this or a later date came before: timelines must be told anew


@dataclass
class Counts:
    """Where every row of a delivery went; `conserved` says that none is lost."""

    read: int = 0
    not_data: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    quarantined: int = 0
    refused: int = 0
    ended: int = 0

    @property
    def conserved(self) -> bool:
        """Rows read = not data + new + changed + unchanged + quarantined + refused."""
        return self.read == self.not_data + self.new + self.changed + self.unchanged + self.quarantined + self.refused


@dataclass
class Stage:
    """One delivery being staged: pages of rows go in; drafted rows, a tally and a profile come out."""

    publication: Publication
    keys: Keys
    contract: Contract
    delivery: int
    window: Window
    draft: Draft
    partial: bool = False  # some rows of the delivery only (a replay): what it does not name has not ended
    counts: Counts = field(default_factory=Counts)
    before: dict[int, int] = field(default_factory=dict)  # record -> hash that stood at the delivery's date
    sighted: set[int] = field(default_factory=set)  # records already seen on that very date, by a source that tells sightings
    seen: dict[int, int] = field(default_factory=dict)  # record -> hash in this delivery
    touched: set[int] = field(default_factory=set)  # records whose timeline this delivery changes
    filled: Counter[str] = field(default_factory=Counter)  # column -> rows in which it is not blank
    troubled: Counter[str] = field(default_factory=Counter)  # column -> rows in which it could not be read
    frozen: Counter[str] = field(default_factory=Counter)  # column -> rows whose cell the contract will not have
    notices: tuple[str, ...] = ()
    sample: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)  # changed rows: record, hash before, payload
    _records: list[tuple[Any, ...]] = field(default_factory=list)
    _periods: list[tuple[Any, ...]] = field(default_factory=list)

    async def begin(self) -> None:
        """Learn what the source said at the delivery's date."""
        rows = await self.publication.connection.fetch(
            "select id, hash, lower(valid) = $3 as sighted from record_period where division = $1 and source = $2 and valid @> $3::date",
            self.publication.division,
            self.contract.name,
            self.window.lower,
        )
        self.before = {row["id"]: row["hash"] for row in rows}
        if self.contract.mode == "incremental":
            self.sighted = {row["id"] for row in rows if row["sighted"]}

    async def page(self, sheet: str, position: int, rows: Iterable[tuple[int, Accepted | Quarantined]]) -> None:
        """Stage one page of a sheet: ``(row number, outcome)`` in the order of the sheet."""
        records: list[int] = []
        numbers: list[int] = []
        lines: list[str] = []
        for number, row in rows:
            self.counts.read += 1
            self.troubled.update(problem.column for problem in row.problems if problem.kind != PLACEHOLDER)
            self.frozen.update(problem.column for problem in row.problems if problem.freezes)
            self.filled.update(row.raw.keys())
            if isinstance(row, Quarantined):
                await self._quarantine(sheet, number, row)
                continue
            records.append(self._place(sheet, number, row))
            numbers.append(number)
            lines.append(row.line or "")
        await self.publication.connection.execute(
            "insert into delivery_page values ($1, $2, $3, $4, $5, $6, $7)",
            self.publication.division,
            self.delivery,
            sheet,
            position,
            records,
            numbers,
            lines,
        )
        await self._flush()

    def ended(self) -> set[int]:
        """The records that stood before and that a full delivery no longer names."""
        return self.before.keys() - self.seen.keys() if self.contract.mode == "full" and not self.partial else set()

    def _place(self, sheet: str, number: int, row: Accepted) -> int:
        """Find the record a row belongs to, and draft it if its content is new; returns the record's id."""
        content = self.keys.number(*(part for cell in row.raw.items() for part in cell))
        record = self._record_of(row, content)
        again = self.seen.get(record) == content  # the same row twice in one delivery, word for word
        self.seen[record] = content
        stood = self.before.get(record)
        if again or stood == content:
            self.counts.unchanged += 1
            if not again and self.contract.mode == "incremental" and record not in self.sighted:
                self._begin_period(record, content, first=False)  # a sighting bounds what a late delivery may say
            return record
        if stood is None:
            self.counts.new += 1
        else:
            self.counts.changed += 1
        payload = self.draft.payload(row)
        if stood is not None and len(self.sample) < SAMPLE_ROWS:
            self.sample.append((record, stood, payload))
        self._records.append(
            (
                self.publication.division,
                record,
                content,
                self.contract.name,
                self.delivery,
                sheet,
                number,
                orjson.dumps(payload).decode(),
                orjson.dumps([p.told() for p in row.problems]).decode() if row.problems else None,
                self.publication.no,
            )
        )
        version = self._begin_period(record, content, first=stood is None)
        if not self.window.late:
            self.draft.add(self.contract, row, version)
        return record

    def _begin_period(self, record: int, content: int, *, first: bool) -> Version:
        version = Version(record, content, self.window.lower, self.window.upper, first=first)
        self._periods.append(
            (self.publication.division, record, self.contract.name, content, self.delivery, Range(version.lower, version.upper))
        )
        self.touched.add(record)
        return version

    def _record_of(self, row: Accepted, content: int) -> int:
        """The record's id by natural key; a second row of one key with other content is a record of its own."""
        record = self.keys.number(self.contract.name, *row.key)
        if self.seen.get(record, content) == content and self.before.get(record, content) == content:
            return record
        double = self.keys.number(self.contract.name, *row.key, "double", str(content))
        return double if record in self.seen or double in self.before else record

    async def _quarantine(self, sheet: str, number: int, row: Quarantined) -> None:
        self.counts.quarantined += 1
        await self.publication.connection.execute(
            """insert into quarantine (division, delivery, sheet, row, source, line, payload, problems, state, publication)
               values ($1, $2, $3, $4, $5, $6, $7, $8, 'OPEN', $9)""",
            self.publication.division,
            self.delivery,
            sheet,
            number,
            self.contract.name,
            row.line,
            orjson.dumps(self.draft.payload(row)).decode(),
            orjson.dumps([p.told() for p in row.problems]).decode(),
            self.publication.no,
        )

    async def _flush(self) -> None:
        await copy_in(self.publication, "in_record", self._records, RECORD_FIELDS)
        await copy_in(self.publication, "in_record_period", self._periods, PERIOD_FIELDS)
        await flush_draft(self.publication, self.draft)


async def flush_draft(publication: Publication, draft: Draft) -> None:
    """Write drafted mentions and facts to their temporary tables and forget them."""
    await copy_in(publication, "in_mention", draft.mentions, MENTION_FIELDS)
    for name, rows in draft.facts.items():
        await copy_in(publication, f"in_{name}", rows, fact_fields(NOUNS[name]))


async def copy_in(publication: Publication, table: str, rows: list[tuple[Any, ...]], columns: tuple[str, ...]) -> None:
    """COPY rows into a temporary table and empty the list."""
    if rows:
        await publication.connection.copy_records_to_table(table, records=rows, columns=list(columns))
        rows.clear()


RECORD_FIELDS = ("division", "id", "hash", "source", "delivery", "sheet", "row", "payload", "problems", "publication")
PERIOD_FIELDS = ("division", "id", "source", "hash", "delivery", "valid")
