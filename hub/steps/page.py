"""One page of a delivery: what each row is by itself, which record it belongs to, and the rows to be copied; no database is asked.

A page goes through three hands. ``content_of`` and ``draft_page`` need nothing but the page, so any process may do them;
``Places`` must see all pages of a delivery in their order, and does so little that one process can do it for all.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import chain
from typing import Any

import orjson

from hub.access.sealing import Keys
from hub.contract.model import SUBJECT, TOO_EARLY, Accepted, Contract, Quarantined, RowSign, Said, Standing, SubRow
from hub.domain.values.diagnosis import NO_CATEGORY
from hub.steps.standardise import Draft, Drafted, Row, Version, birth_of, span

PLACEHOLDER = "placeholder"  # an office's way of writing nothing
NO_SIGN = frozenset({PLACEHOLDER, NO_CATEGORY, TOO_EARLY})  # what cannot be read and is no sign of a column gone wrong
SHOWN_ROWS = 5  # quarantined rows that are told one by one where a delivery is held
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

    def told(self) -> str:
        """Where every row went, in one line."""
        went = f"{self.not_data} not data + {self.new} new + {self.changed} changed + {self.unchanged} unchanged + {self.quarantined} quarantined + {self.refused} refused"
        return f"{self.read} read = {went}" + (f"; {self.ended} ended" if self.ended else "")

    def add(self, other: "Counts") -> None:
        """Count another page's rows too."""
        for name, rows in vars(other).items():
            setattr(self, name, getattr(self, name) + rows)


@dataclass(frozen=True, slots=True)
class Own:
    """What a row says of its subject that is nobody else's of its name: a valid number (by its blind index), a full birth date."""

    number: bytes | None
    born: date | None

    def fits(self, other: "Own") -> bool:
        """Whether both say one number or, where either says none, one birth date."""
        return self.number == other.number if self.number and other.number else self.born is not None and self.born == other.born


Families = Mapping[int, Mapping[int, Collection[Own]]]  # a key of several people's -> its records -> what their rows have said


@dataclass(frozen=True)
class Desk:
    """What is needed to draft a delivery's pages: its source's contract, and what that source said at the delivery's date."""

    keys: Keys
    division: int
    publication: int
    contract: Contract
    delivery: int
    window: Window
    before: dict[int, int]  # record -> hash that stood at the delivery's date
    sighted: frozenset[int]  # records already seen on that very date, by a source that tells sightings
    draft: Draft
    ended: Mapping[int, date] = field(default_factory=dict)  # record that does not stand -> the day until which it last stood
    families: Families = field(default_factory=dict)
    standing: Mapping[int, int] = field(default_factory=dict)  # content -> record: rows that stand and need not be read again

    def stands(self, said: Said) -> tuple[Said, int, int] | None:
        """A row's cells with its record and its content, if it stands word for word and need not be read again."""
        content = content_said(self.keys, said.raw)
        record = self.standing.get(content)
        return None if record is None else (said, record, content)


@dataclass
class Tally:
    """What the rows of a page, or of a whole delivery, were: where each went, and what shows whether they are as usual."""

    counts: Counts = field(default_factory=Counts)
    filled: Counter[str] = field(default_factory=Counter)  # column -> rows in which it is not blank
    troubled: Counter[str] = field(default_factory=Counter)  # column -> rows in which it could not be read
    frozen: Counter[str] = field(default_factory=Counter)  # column -> rows whose cell the contract will not have
    sample: list[tuple[int, int, dict[str, Any]]] = field(default_factory=list)  # changed rows: record, hash before, payload
    repeated: Counter[str] = field(default_factory=Counter)  # column -> cells that had the value of the row above
    signs: Counter[RowSign] = field(default_factory=Counter)  # sign -> rows that show it
    again: int = 0  # rows that say word for word what the delivery has said before
    refused: list[str] = field(default_factory=list)  # where the first quarantined rows stand, and what is wrong with them

    def add(self, other: "Tally") -> None:
        """Count another page's rows too; of those kept to be shown or looked at, the first."""
        self.counts.add(other.counts)
        for name in ("filled", "troubled", "frozen", "repeated", "signs"):
            getattr(self, name).update(getattr(other, name))
        self.again += other.again
        self.refused += other.refused[: SHOWN_ROWS - len(self.refused)]
        self.sample += other.sample[: SAMPLE_ROWS - len(self.sample)]


@dataclass
class Page:
    """A page's outcome: plain data, so that it may come from another process."""

    sheet: str
    position: int
    tally: Tally = field(default_factory=Tally)
    places: list[int] = field(default_factory=list)  # the record of each accepted row, in the order of the sheet
    doubles: dict[int, int] = field(default_factory=dict)  # record of a row that has not its key's own -> that
    contents: list[int | None] = field(default_factory=list)  # its content, where the next delivery need not read it again
    numbers: list[int] = field(default_factory=list)  # its row number
    lines: list[str] = field(default_factory=list)  # its 序号
    records: list[Row] = field(default_factory=list)
    periods: list[Row] = field(default_factory=list)
    quarantined: list[Row] = field(default_factory=list)
    drafted: Drafted = field(default_factory=Drafted)


Outcome = Accepted | Quarantined | Standing
Content = tuple[int, int, Own | None]  # a row's record by its natural key alone, the hash of its cells; of a key of several people's, whose it is
Place = tuple[int, bool]  # the record a row belongs to, and whether the delivery has said the same of it before


def content_of(desk: Desk, rows: Iterable[tuple[int, Outcome]]) -> list[Content]:
    """What each accepted row says, in the order of the sheet."""
    number, name = desk.keys.number, desk.contract.name
    contents: list[Content] = []
    for _, row in rows:
        if isinstance(row, Standing):
            contents.append((row.record, row.content, None))
        elif isinstance(row, Accepted):
            key = number(name, *row.key)
            contents.append((key, content_said(desk.keys, row.raw), own_of(desk.keys, row) if key in desk.families else None))
    return contents


def content_said(keys: Keys, raw: Mapping[str, str]) -> int:
    """The hash of a row's own cells."""
    return keys.number(*chain.from_iterable(raw.items()))


def own_of(keys: Keys, row: Accepted) -> Own:
    """What a row says of its subject that is its own."""
    told = next((subrow.persons[SUBJECT] for subrow in row.subrows if SUBJECT in subrow.persons), {})
    state, number = told.get("number_state") or "missing", told.get("number")
    return Own(keys.blind(number) if number and state == "valid" else None, birth_of(number, state, told.get("born")))


@dataclass
class Places:
    """Finds the record of each row of a delivery; a second row of one key with other content is a record of its own.

    Of a key that is known to be several people's each row finds the record that has said its own number or birth date, wherever it stands.
    """

    keys: Keys
    before: dict[int, int]
    seen: dict[int, int]  # record -> hash in this delivery, kept up here
    families: Families = field(default_factory=dict)

    def of(self, contents: Sequence[Content]) -> dict[int, Place]:
        """The places of a page's rows that are not simply their own key's record, by their position among the accepted."""
        places: dict[int, Place] = {}
        for position, (key, content, own) in enumerate(contents):
            record = self._record(key, content) if own is None else self._of_several(key, content, own)
            again = self.seen.get(record) == content
            if again or record != key:
                places[position] = record, again
            self.seen[record] = content
        return places

    def _record(self, key: int, content: int) -> int:
        met = self.seen.get(key)
        if met == content or (met is None and self.before.get(key, content) == content):
            return key
        double = self._double(key, content)
        return double if met is not None or double in self.before else key

    def _of_several(self, key: int, content: int, own: Own) -> int:
        family = self.families[key]
        double = self._double(key, content)
        said = [record for record in (*family, double) if self.seen.get(record, self.before.get(record)) == content]
        theirs = [record for record, known in family.items() if record not in self.seen and any(own.fits(one) for one in known)]
        return next(iter((*said, *theirs)), double)

    def _double(self, key: int, content: int) -> int:
        return self.keys.number(str(key), "double", str(content))


def draft_page(
    desk: Desk, sheet: str, position: int, rows: Iterable[tuple[int, Outcome]], contents: Iterable[Content], places: dict[int, Place]
) -> Page:
    """Draft one page: ``(row number, outcome)`` in the order of the sheet, with what ``content_of`` and ``Places`` say of them."""
    page = Page(sheet, position)
    said = enumerate(contents)
    for number, row in rows:
        page.tally.counts.read += 1
        if row.problems:
            page.tally.troubled.update(problem.column for problem in row.problems if problem.kind not in NO_SIGN)
            page.tally.frozen.update(problem.column for problem in row.problems if problem.freezes)
        page.tally.filled.update(row.raw.keys())
        if row.signs:
            page.tally.signs.update(row.signs)
        if isinstance(row, Quarantined):
            _quarantine(desk, page, number, row)
            continue
        nth, (key, content, _) = next(said)
        record, again = places.get(nth, (key, False))
        if record != key:
            page.doubles[record] = key
        _accept(desk, page, number, row, record, content, again=again)
        page.places.append(record)
        page.contents.append(None if row.problems or row.signs or record != key or key in desk.families else content)
        page.numbers.append(number)
        page.lines.append(row.line or "")
    page.drafted = desk.draft.take()
    return page


def _accept(desk: Desk, page: Page, number: int, row: Accepted | Standing, record: int, content: int, *, again: bool) -> None:
    """Draft an accepted row if its content is new; ``again``: word for word what the delivery has said already."""
    stood = desk.before.get(record)
    if again or stood == content:
        page.tally.counts.unchanged += 1
        page.tally.again += again
        if not again and desk.contract.mode == "incremental" and record not in desk.sighted:
            told: Accepted = row.read() if isinstance(row, Standing) else row
            _tell(desk, told.subrows, _begin_period(desk, page, record, content, desk.window.lower))  # a sighting of its own, which ends the one before
        return
    read: Accepted = row.read() if isinstance(row, Standing) else row  # the key of one that stands has said something else in a row above
    if stood is None:
        page.tally.counts.new += 1
    else:
        page.tally.counts.changed += 1
    payload = desk.draft.payload(read)
    subrows = read.subrows
    problems = dict.fromkeys((*read.problems, *(doubt for subrow in subrows for doubt in subrow.doubts)))
    if stood is not None and len(page.tally.sample) < SAMPLE_ROWS:
        page.tally.sample.append((record, stood, payload))
    page.records.append(
        (
            desk.division,
            record,
            content,
            desk.contract.name,
            desk.delivery,
            page.sheet,
            number,
            orjson.dumps(payload).decode(),
            orjson.dumps([p.told() for p in problems]).decode() if problems else None,
            desk.publication,
            page.doubles.get(record),
        )
    )
    version = _begin_period(desk, page, record, content, desk.ended.get(record) if stood is None else desk.window.lower)
    _tell(desk, subrows, version)


def _tell(desk: Desk, subrows: Iterable[SubRow], version: Version) -> None:
    """Draft what a version tells; a late delivery's versions are drafted from all that is told of their records."""
    if not desk.window.late:
        desk.draft.add(desk.contract, subrows, version)


def _begin_period(desk: Desk, page: Page, record: int, content: int, after: date | None) -> Version:
    window = desk.window
    version = Version(record, content, window.lower, window.upper, after)
    page.periods.append((desk.division, record, desk.contract.name, content, desk.delivery, span(window.lower, window.upper)))
    return version


def _quarantine(desk: Desk, page: Page, number: int, row: Quarantined) -> None:
    page.tally.counts.quarantined += 1
    if len(page.tally.refused) < SHOWN_ROWS:
        wrong = "; ".join(f"column {p.column}: {p.kind}" if p.column else p.kind for p in row.problems)
        page.tally.refused.append(f"{page.sheet + ' ' if page.sheet else ''}row {number}: {wrong}")
    if any("\x00" in cell for cell in row.raw.values()):  # the database takes no such character; the file as received keeps it
        row = replace(row, raw={name: cell.replace("\x00", "\ufffd") for name, cell in row.raw.items()})
    page.quarantined.append(
        (
            desk.division,
            desk.delivery,
            page.sheet,
            number,
            desk.contract.name,
            row.line,
            orjson.dumps(desk.draft.payload(row)).decode(),
            orjson.dumps([p.told() for p in row.problems]).decode(),
            "OPEN",
            desk.publication,
        )
    )
