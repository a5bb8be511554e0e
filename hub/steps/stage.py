"""Stage: a delivery's rows against what its source said before; only what differs is written.

A record is a source row, known by its natural key; a version is its content. The record table is append-only, and
``record_period`` tells during which business dates a version stood. The same delivery twice changes nothing; a full
delivery also tells which records have ended.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from hashlib import sha256
from itertools import combinations
from pathlib import Path

import hub.contract
import hub.domain
from hub.access.sealing import Keys
from hub.contract.model import SUBJECT, Accepted, Contract, Quarantined
from hub.domain.nouns import NOUNS
from hub.steps.page import Desk, Families, Own, Page, Places, Tally, Window, content_of, draft_page
from hub.steps.standardise import MENTION_FIELDS, Draft, Drafted, Row, fact_fields
from hub.storage.publishing import Publication


@dataclass
class Stage:
    """One delivery being staged: drafted pages go in; rows in temporary tables, a tally and a profile come out."""

    publication: Publication
    keys: Keys
    contract: Contract
    delivery: int
    window: Window
    partial: bool = False  # some rows of a delivery that another has replaced (a replay): what it does not name has not ended
    apart: frozenset[int] = frozenset()  # keys that were found to be several people's, where the delivery is staged again for that
    desk: Desk = field(init=False)  # what drafting a page needs to know, when it has begun
    tally: Tally = field(default_factory=Tally)
    doubles: dict[int, int] = field(default_factory=dict)  # record of a second row of a key -> the key's own
    seen: dict[int, int] = field(default_factory=dict)  # record -> hash in this delivery
    touched: set[int] = field(default_factory=set)  # records whose timeline this delivery changes
    kept: set[int] = field(default_factory=set)  # records that it does not name, and that a row waiting in its quarantine may be
    notices: tuple[str, ...] = ()
    numbers: Counter[tuple[str, str]] = field(default_factory=Counter)  # (role, number state) -> people named, where told anew
    sexes: Counter[tuple[str, bool]] = field(default_factory=Counter)  # (role, agrees) -> sexes told beside a valid number
    vault: dict[bytes, bytes] = field(default_factory=dict)  # blind index -> ciphertext
    households: dict[int, tuple[str, str, bytes]] = field(default_factory=dict)
    schools: dict[int, str] = field(default_factory=dict)
    nouns: set[str] = field(default_factory=set)  # those of which it has told facts

    async def begin(self) -> None:
        """Learn what the source said at the delivery's date, and which keys are several people's; into an empty hub it has said nothing."""
        publication, draft = self.publication, Draft(self.keys, self.publication.division)
        if publication.into_empty:
            self.desk = Desk(self.keys, publication.division, publication.no, self.contract, self.delivery, self.window, {}, frozenset(), draft)
            return
        rows = await self.publication.connection.fetch(
            "select id, hash, lower(valid) = $3 as sighted from record_period where division = $1 and source = $2 and valid @> $3::date",
            self.publication.division,
            self.contract.name,
            self.window.lower,
        )
        before = {row["id"]: row["hash"] for row in rows}
        sighted = frozenset(row["id"] for row in rows if row["sighted"]) if self.contract.mode == "incremental" else frozenset()
        rows = await publication.connection.fetch(ENDED, publication.division, self.contract.name, self.window.lower)
        ended = {row["id"]: row["until"] for row in rows}
        families = await self._families()
        self.desk = Desk(
            self.keys,
            publication.division,
            publication.no,
            self.contract,
            self.delivery,
            self.window,
            before,
            sighted,
            draft,
            ended,
            families,
            await self._standing(before, families),
        )

    @cached_property
    def reading(self) -> int:
        """By what rows are read now: one of which the same had nothing to tell need not be read again (what a grade is changes with the school year)."""
        on = self.window.lower
        return self.keys.number("reading", read_by(), self.contract.told().decode(), str(on.year if on.month >= SCHOOL_YEAR_BEGINS else on.year - 1))

    async def _standing(self, before: Mapping[int, int], families: Families) -> Mapping[int, int]:
        if self.window.late or not before:
            return {}
        pages = await self.publication.connection.fetch(SAID_LAST, self.publication.division, self.contract.name, self.window.lower, self.reading)
        said = ((content, record) for page in pages for content, record in zip(page["contents"], page["records"], strict=True) if content is not None)
        return {content: record for content, record in said if before.get(record) == content and record not in families}

    async def _families(self) -> Families:
        known: dict[int, dict[int, set[Own]]] = defaultdict(lambda: defaultdict(set))
        rows = await self.publication.connection.fetch(FAMILIES, self.publication.division, self.contract.name, SUBJECT, list(self.apart))
        for row in rows:
            known[row["key"]][row["record"]].add(Own(row["number"], row["born"]))
        return {key: records for key, records in known.items() if key in self.apart or _several(records)}

    async def rows(self, sheet: str, position: int, rows: Iterable[tuple[int, Accepted | Quarantined]]) -> None:
        """Draft and take one page of rows: ``(row number, outcome)`` in the order of the sheet."""
        outcomes = list(rows)
        contents = content_of(self.desk, outcomes)
        places = Places(self.keys, self.desk.before, self.seen, self.desk.families).of(contents)
        await self.take(draft_page(self.desk, sheet, position, outcomes, contents, places))

    async def take(self, page: Page) -> None:
        """Copy a drafted page's rows and add it to the tally."""
        self.tally.add(page.tally)
        self.touched.update(period[RECORD] for period in page.periods)
        self.doubles |= page.doubles
        self.numbers.update((row[ROLE], row[NUMBER_STATE]) for row in page.drafted.mentions)
        await self.publication.connection.execute(
            "insert into delivery_page values ($1, $2, $3, $4, $5, $6, $7, $8, $9)",
            self.publication.division,
            self.delivery,
            page.sheet,
            page.position,
            page.places,
            page.numbers,
            page.lines,
            None if self.window.late else self.reading,
            page.contents,
        )
        await self.publication.connection.executemany(  # a table with row security takes no COPY
            f"insert into quarantine ({', '.join(QUARANTINE_FIELDS)}) values ({', '.join(f'${n}' for n in range(1, 11))})", page.quarantined
        )
        await copy_in(self.publication, "in_record", page.records, RECORD_FIELDS)
        await copy_in(self.publication, "in_record_period", page.periods, PERIOD_FIELDS)
        await self.write(page.drafted)

    async def write(self, drafted: Drafted) -> None:
        """Copy drafted mentions and facts to their temporary tables, made as the first facts of a noun come, and keep the nodes they name for later."""
        self.vault |= drafted.vault
        self.sexes.update(drafted.sexes)
        self.households |= drafted.households
        self.schools |= drafted.schools
        await copy_in(self.publication, "in_mention", drafted.mentions, MENTION_FIELDS)
        for name, rows in drafted.facts.items():
            fields = fact_fields(NOUNS[name])
            if rows and name not in self.nouns:
                await self.publication.connection.execute(
                    f"create temp table if not exists in_{name} on commit drop as select {', '.join(fields)} from {name} with no data"
                )
                self.nouns.add(name)
            await copy_in(self.publication, f"in_{name}", rows, fields)

    def forget(self) -> None:
        """Let go of what a settled delivery is done with: a first load has many to settle before it publishes them."""
        for held in (self.desk.before, self.seen, self.kept, self.touched, self.vault, self.households, self.schools):
            held.clear()

    def missing(self) -> set[int]:
        """The records that stood before and that a full delivery does not name."""
        return self.desk.before.keys() - self.seen.keys() if self.contract.mode == "full" and not self.partial else set()

    def ended(self) -> set[int]:
        """The missing records that no row of the delivery may be."""
        return self.missing() - self.kept


@lru_cache
def read_by() -> str:
    """The program that reads rows, by its text: another may make something else of them."""
    files = [path for package in (hub.contract, hub.domain) for path in sorted(Path(package.__path__[0]).rglob("*.py"))]
    return sha256(b"".join(path.read_bytes() for path in files)).hexdigest()


def _several(records: Mapping[int, Collection[Own]]) -> bool:
    """Whether two records of one key are of two people, as far as their rows say."""
    told = [{one for one in known if one.number or one.born} for known in records.values()]
    return any(one and other and not any(a.fits(b) for a in one for b in other) for one, other in combinations(told, 2))


async def waiting(publication: Publication) -> set[str]:
    """The nouns of which staged facts wait to be written."""
    rows = await publication.connection.fetch("select substr(relname, 4) as noun from pg_class where relnamespace = pg_my_temp_schema() and relname like 'in\\_%'")
    return NOUNS.keys() & {row["noun"] for row in rows}


async def copy_in(publication: Publication, table: str, rows: list[Row], columns: tuple[str, ...]) -> None:
    """COPY rows into a table and empty the list."""
    if rows:
        await publication.connection.copy_records_to_table(table, records=rows, columns=list(columns))
        rows.clear()


SCHOOL_YEAR_BEGINS = 9  # its month
ROLE, NUMBER_STATE = MENTION_FIELDS.index("role"), MENTION_FIELDS.index("number_state")
RECORD_FIELDS = ("division", "id", "hash", "source", "delivery", "sheet", "row", "payload", "problems", "publication", "double_of")
PERIOD_FIELDS = ("division", "id", "source", "hash", "delivery", "valid")
RECORD = PERIOD_FIELDS.index("id")
QUARANTINE_FIELDS = ("division", "delivery", "sheet", "row", "source", "line", "payload", "problems", "state", "publication")
#: The records that have stood before the day and do not stand on it, with the day until which they last did.
ENDED = """
    select id, max(upper(valid)) as until from record_period where division = $1 and source = $2 and lower(valid) < $3
     group by id having not coalesce(bool_or(valid @> $3::date), false)"""
#: The rows of the source's last delivery of which there was nothing to tell, page by page.
SAID_LAST = """
    select p.records, p.contents from delivery_page p
     where p.division = $1 and p.reading = $4 and p.delivery = (
           select id from delivery where division = $1 and source = $2 and state = 'PUBLISHED' and as_of <= $3 order by as_of desc, publication desc limit 1)"""
#: What each record of a key that several rows have had, and of the keys $4, has said of its subject, on whatever days.
FAMILIES = """
    with double as (select distinct id, double_of as key from record where division = $1 and source = $2 and double_of is not null),
         member as (select id, key from double union select key, key from double union select id, id from unnest($4::bigint[]) id)
    select r.key, r.id as record, case when m.number_state = 'valid' then m.number_blind end as number, m.birth_date as born
      from member r join mention m on m.division = $1 and m.record = r.id and m.role = $3 order by r.key, r.id <> r.key, r.id"""
