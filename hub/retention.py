"""What is kept for how long (domain G.10), and what a day's round of keeping removes.

Removed: files as received, rows of the quarantine, and whoever has left compulsory education for good, with every row and number. Never removed: the
audit, requests, uses, blocks and corrections, which are kept for three years at least and are a chain that must stay whole.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from hub.auditing import record
from hub.forgetting import Forgotten, forget
from hub.opening import Hub
from hub.rules.rule import school_year
from hub.steps.pull import KEEP_DAYS
from hub.storage.publishing import publishing

DECIDED_DAYS = 30  # for which a row of the quarantine is kept after it was replayed or dropped (reliability 6: raw data lying about)
SCHOOL_YEARS = 2  # for which what was read of a file is kept, this year's included
COMPULSORY_UNTIL = 17  # years of age on which compulsory education has ended, one held back included
YEARS_AFTER = 5  # for which a person is kept then, or after the last case was closed
AT_ONCE = 500  # people in one round; the rest is the next round's

OF_THE_QUARANTINE = """from quarantine q using delivery d
 where q.division = $1 and d.division = q.division and d.id = q.delivery
   and case when q.state in ('REPLAYED', 'DROPPED') then d.received_at::date < $2 else d.received_at::date < $3 end"""
#: Too old for compulsory education, on no list and in no case for five years. $2: born before; $3: not since.
PAST = """select p.id from person_resolved p
 where p.division = $1 and p.born_to < $2
   and not exists (select from identity i join mention m on m.division = i.division and m.id = i.id
                    where i.division = p.division and i.person = p.id and (upper_inf(m.valid) or upper(m.valid) > $3))
   and not exists (select from finding f where f.division = p.division and f.person = p.id and (f.concluded_on is null or f.concluded_on > $3))
 group by p.id order by p.id limit $4"""


@dataclass(frozen=True)
class Removed:
    """What a round of keeping removes, or would: files, rows of the quarantine, people, their rows and their sealed numbers."""

    files: int
    quarantined: int
    people: int
    rows: int
    numbers: int

    def told(self) -> str:
        """As a line."""
        return f"{self.files} received files, {self.quarantined} rows of the quarantine, {self.people} people with {self.rows} rows and {self.numbers} sealed numbers"


async def keep(hub: Hub, *, by: str, dry_run: bool) -> Removed:
    """Remove what has been kept for as long as it may be; the audit has it before anything is gone. Run again it goes on where it was killed."""
    today = hub.today()
    files = hub.raw.expired(today)
    decided, read = today - timedelta(days=DECIDED_DAYS), date(school_year(today) - SCHOOL_YEARS + 1, 9, 1)
    rows = await hub.connection.fetchval(f"select count(*) {OF_THE_QUARANTINE.replace('using delivery d', ', delivery d')}", hub.division, decided, read)
    born, since = years_before(today, COMPULSORY_UNTIL + YEARS_AFTER), years_before(today, YEARS_AFTER)
    people = [row["id"] for row in await hub.connection.fetch(PAST, hub.division, born, since, AT_ONCE)]
    if not dry_run and (files or rows or people):
        await record(hub, "hub keep", by=by, received_files=len(files), received_before=str(today - timedelta(days=KEEP_DAYS)), quarantined=rows, people=len(people))
        for file in files:
            file.unlink(missing_ok=True)
    if rows and not dry_run:
        async with publishing(hub.connection, division=hub.division, kind="keep", by=by, business_date=today):
            await hub.connection.execute(f"delete {OF_THE_QUARANTINE}", hub.division, decided, read)
    because = f"{YEARS_AFTER} years after compulsory education, on no list and in no case since {since} (G.10)"
    gone = await forget(hub, people, by=by, because=because, dry_run=dry_run, lasting=False) if people else Forgotten(0, 0, 0)
    return Removed(len(files), rows, gone.people, gone.rows, gone.numbers)


def years_before(day: date, years: int) -> date:
    """The same day so many years before; of 29 February the 28th."""
    return day.replace(year=day.year - years, day=28 if (day.month, day.day) == (2, 29) else day.day)
