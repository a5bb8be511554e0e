"""Validate: each sheet against the contract it is recognised by; each row accepted or quarantined, with its cell errors."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, partial
from itertools import count, islice
from pathlib import PurePath

import orjson

from hub.contract.apply import Rows, compile_rows
from hub.contract.dates import BusinessDate, business_date_of, folders_of
from hub.contract.model import Accepted, CellProblem, Contract, Quarantined, Said, Standing
from hub.contract.recognise import Match, recognise
from hub.contract.types import DATE_TYPES
from hub.domain.delivery import RawDelivery, RawRow, RawSheet, Refused
from hub.domain.values.dates import SYSTEMS_APART_DAYS
from hub.steps.repeated import repeated

Outcome = Accepted | Quarantined | Standing
Stands = Callable[[Said], tuple[Said, int, int] | None]  # a row's cells -> the same, its record and its content, if the row stands

PAGE_ROWS = 2_500


@dataclass(frozen=True)
class Part:
    """One sheet of a delivery, matched to its contract."""

    raw: RawDelivery
    sheet: RawSheet
    match: Match


@dataclass(frozen=True)
class Delivery:
    """What one source sent for one business date: one file, or several that belong together."""

    contract: Contract
    as_of: date
    parts: tuple[Part, ...]
    kept: Mapping[str, str] = field(default_factory=dict)  # display name -> SHA-256 in the raw store
    dated: tuple[BusinessDate, ...] = ()  # how its files and titles tell the date, with doubts

    @property
    def doubts(self) -> tuple[str, ...]:
        """Why its date must be looked at by a person."""
        return tuple(dict.fromkeys(doubt for dated in self.dated for doubt in dated.doubts))

    @property
    def files(self) -> tuple[RawDelivery, ...]:
        """The files it came in, in order."""
        return tuple({part.raw.file: part.raw for part in self.parts}.values())

    @property
    def file(self) -> str:
        """Its display name."""
        return "; ".join(raw.file for raw in self.files)

    def told_parts(self) -> str:
        """The files as the delivery table keeps them."""
        return orjson.dumps([{"file": raw.file, "sha256": raw.sha256, "kept": self.kept.get(raw.file)} for raw in self.files]).decode()


@dataclass
class Applied:
    """One sheet's contract, compiled when the first row is validated."""

    part: Part
    as_of: date

    @cached_property
    def rows(self) -> Rows:
        """What makes of a row's cells what its contract says of them."""
        return compile_rows(self.part.match, self.part.sheet.name, self.as_of)

    @cached_property
    def dates(self) -> frozenset[int]:
        """The columns whose bare days count from 1904."""
        columns = self.part.match.columns.items() if self.part.sheet.since_1904 else ()
        return frozenset(position for position, rule in columns if rule.type in DATE_TYPES)

    def cells_of(self, row: RawRow) -> tuple[str, ...]:
        """A row's cells, its days counted as in other workbooks."""
        if not self.dates:
            return row.cells
        return tuple(since_1900(cell) if position in self.dates else cell for position, cell in enumerate(row.cells))


def since_1900(cell: str) -> str:
    """A bare serial day of a workbook that counts from 1904, as other workbooks count (D-19); any other cell as it is."""
    return str(int(cell) + SYSTEMS_APART_DAYS) if len(cell) == 5 and cell.isdecimal() else cell


@dataclass(frozen=True, slots=True)
class RawPage:
    """Some rows of one sheet that follow each other."""

    sheet: str
    position: int
    rows: list[RawRow]
    applied: Applied
    repeated: Counter[str] = field(default_factory=Counter)  # column -> cells that had the value of the row above


@dataclass(frozen=True)
class SortedOut:
    """What was found under a folder: deliveries in the order in which they are carried, and what none could be made of."""

    deliveries: tuple[Delivery, ...]
    refused: tuple[Refused, ...]


def sort_out(
    raws: Iterable[RawDelivery | Refused],
    contracts: Sequence[Contract],
    *,
    today: date,
    dates: Mapping[str, date] | None = None,
    kept: Mapping[str, str] | None = None,
) -> SortedOut:
    """Recognise each sheet by its contract and put together what one source sent for one business date.

    Deliveries come by business date, then in the order of the contracts. ``dates`` gives business dates already known.
    """
    parts: dict[tuple[str, date], list[Part]] = defaultdict(list)
    told: dict[tuple[str, date], list[BusinessDate]] = defaultdict(list)
    refused: list[Refused] = []
    for raw in raws:
        if isinstance(raw, Refused):
            refused.append(raw)
            continue
        matched, nearest = _recognised(raw, contracts)
        if not any(sheet.headers or sheet.row_count for sheet in raw.sheets):
            refused.append(Refused(raw.file, "there is nothing in it: no header and no row", "nothing that stood has ended by it; ask whoever sends it", raw.sha256))
        elif not matched:
            refused.append(Refused(raw.file, f"no contract fits: {nearest}", "check the file, or write a contract for it", raw.sha256))
        if matched:  # sheets without a known table are not data; they are counted with the first sheet that is
            carried = [line for sheet in raw.sheets if not any(p.sheet is sheet for p in matched) for line in sheet.not_data]
            matched[0].sheet.not_data.extend(carried)
        for part in matched:
            dated = _dated(part, today, dates or {})
            parts[part.match.contract.name, dated.day].append(part)
            told[part.match.contract.name, dated.day].append(dated)
    place = {contract.name: position for position, contract in enumerate(contracts)}
    order = sorted(parts.items(), key=lambda item: (item[0][1], place[item[0][0]]))
    return SortedOut(
        tuple(Delivery(ps[0].match.contract, of[1], tuple(ps), kept or {}, tuple(told[of])) for of, ps in order), tuple(refused)
    )


def named_in(raws: Iterable[RawDelivery | Refused], contracts: Sequence[Contract], *, today: date, dates: Mapping[str, date] | None = None) -> set[tuple[str, date]]:
    """The deliveries that some files are of: source and business date."""
    parts = (part for raw in raws if isinstance(raw, RawDelivery) for part in _recognised(raw, contracts)[0])
    return {(part.match.contract.name, _dated(part, today, dates or {}).day) for part in parts}


def _dated(part: Part, today: date, dates: Mapping[str, date]) -> BusinessDate:
    known = dates.get(part.raw.file)
    return BusinessDate(known) if known else business_date(part.raw, part.sheet, today)


def business_date(raw: RawDelivery, sheet: RawSheet, today: date) -> BusinessDate:
    """The date a delivery speaks for, as its file name, folder or title says."""
    path = PurePath(raw.file)
    return business_date_of(path.name, folders_of(path), sheet.title, today)


def raw_pages(delivery: Delivery) -> Iterator[RawPage]:
    """A delivery's rows in pages, not yet validated, in the order of its sheets."""
    several = len(delivery.files) > 1
    for part in delivery.parts:
        sheet = f"{part.raw.file}/{part.sheet.name}" if several else part.sheet.name
        apply = Applied(part, delivery.as_of)
        taken: Counter[str] = Counter()
        rows = repeated(part.sheet, part.match, taken)
        for position in count():
            page = list(islice(rows, PAGE_ROWS))
            if not page:
                break
            yield RawPage(sheet, position, page, apply, Counter(taken))
            taken.clear()


def validate(page: RawPage, stands: Stands | None = None) -> Iterator[tuple[int, Outcome]]:
    """Each row of a page against the contract: row number and outcome; what ``stands`` word for word is not read again."""
    apply, cells_of = page.applied.rows, page.applied.cells_of
    asks = stands if apply.word_for_word else None
    for row in page.rows:
        cells = cells_of(row)
        if asks and not row.defect and (found := asks(apply.said(cells))):
            yield row.number, Standing(*found, partial(apply, cells))
            continue
        outcome = apply(cells)
        if row.defect:
            problems = (*outcome.problems, CellProblem("", row.defect, "repair the row's cells"))
            outcome = Quarantined(outcome.raw, outcome.secret, outcome.line, problems, outcome.signs)
        yield row.number, outcome


def headers_of(delivery: Delivery) -> list[str]:
    """The columns of a delivery's first sheet by their declared names, in the order in which they stood."""
    columns = delivery.parts[0].match.columns
    return [columns[position].name for position in sorted(columns)]


def moved_columns(before: Sequence[str], now: Sequence[str]) -> list[str]:
    """The columns both have whose order among themselves has changed."""
    both = set(before) & set(now)
    was, are = [c for c in before if c in both], [c for c in now if c in both]
    return [name for old, name in zip(was, are, strict=True) if old != name]


def _recognised(raw: RawDelivery, contracts: Sequence[Contract]) -> tuple[list[Part], str]:
    """The raw delivery's sheets that a contract fits, and for the rest what came nearest."""
    parts, nearest = [], "it has no table"
    for sheet in raw.sheets:
        if not sheet.headers:
            continue
        match = recognise(contracts, file_name=PurePath(raw.file).name, titles=sheet.title, headers=sheet.headers)
        if isinstance(match, Match):
            parts.append(Part(raw, sheet, match))
        else:
            nearest = match.reason
    return parts, nearest
