"""校核申请: who uses data asks the department that provides it to check an item; that department answers, and the hub edits nothing.

政务数据共享条例 (Order 809) art. 26: the provider checks and answers. Ten working days, and ten more once, with a reason (domain G.1;
the number of days is not confirmed, so they are parameters). What is said to be corrected is so when the provider's next delivery says it.
"""

from datetime import date, timedelta

from hub.domain.values.concealed import spells_number
from hub.storage.publishing import Publication

ANSWER_DAYS = 10  # working days
EXTENSION_DAYS = 10
OUTCOMES = ("CORRECTED", "CONFIRMED", "EXTENDED")  # the source is wrong and was corrected; it is right; more time, once
PROMISED = "PROMISED"  # corrected by the provider's word: its next delivery is waited for
NO_SOURCE = "the hub has no such source; `sources` lists those it has"
WAITING = ("OPEN", "EXTENDED", PROMISED)


class NotTaken(Exception):
    """A request or an answer that is refused: which field, and what it needs."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


async def open_correction(
    publication: Publication, *, source: str, item: str, statement: str, by: str, department: str, person: int | None, finding: int | None
) -> int:
    """Ask the department that a source belongs to; the request's number. The same question is not asked twice while it is open."""
    connection, division = publication.connection, publication.division
    owner = source.partition(".")[0]
    for field, text in (("item", item), ("statement", statement)):
        if not text.strip():
            raise NotTaken(field, "say which item of the source, and what seems wrong with it")
        if spells_number(text):
            raise NotTaken(field, "a citizen, bank or telephone number has no place here; leave it out")
    if not await connection.fetchval("select exists (select from delivery where division = $1 and source = $2)", division, source):
        raise NotTaken("source", NO_SOURCE)
    if owner == department:
        raise NotTaken("source", "this source is your own department's: correct it there")
    same = await connection.fetchval(
        """select id from correction where division = $1 and source = $2 and item = $3 and department = $4 and person is not distinct from $5
              and state = any($6)""",
        division, source, item, department, person, WAITING,
    )  # fmt: skip
    if same is not None:
        raise NotTaken("item", f"this is asked already and not answered yet: request {same}")
    id_: int = await connection.fetchval(
        """insert into correction (division, id, publication, person, finding, source, owner, item, statement, opened_by, department, opened_on, due_on, state)
           select $1, coalesce(max(id), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 'OPEN' from correction where division = $1 returning id""",
        division, publication.no, person, finding, source, owner, item, statement, by, department, publication.business_date,
        working_days_after(publication.business_date, ANSWER_DAYS, await holidays(publication)),
    )  # fmt: skip
    return id_


async def answer_correction(publication: Publication, *, no: int, outcome: str, answer: str, by: str, department: str) -> None:
    """The provider's answer, or its one extension. What it has corrected is promised until its next delivery says so (``settle_promised``)."""
    connection, division = publication.connection, publication.division
    row = await connection.fetchrow("select * from correction where division = $1 and id = $2 for update", division, no)
    if row is None or department not in (row["owner"], row["department"]):
        raise NotTaken("no", "there is no such request")
    if department != row["owner"]:
        raise NotTaken("no", f"the department that provides the source answers: {row['owner']}")
    if row["state"] not in ("OPEN", "EXTENDED"):
        raise NotTaken("no", "it is answered already")
    if outcome not in OUTCOMES:
        raise NotTaken("outcome", f"may be {', '.join(OUTCOMES)}")
    if not answer.strip() or spells_number(answer):
        raise NotTaken("answer", "say what was found, without any citizen, bank or telephone number")
    if outcome == "EXTENDED":
        if row["state"] == "EXTENDED":
            raise NotTaken("outcome", "it was extended once, and no more")
        due = working_days_after(row["due_on"], EXTENSION_DAYS, await holidays(publication))
        await connection.execute(
            "update correction set state = 'EXTENDED', extended_on = $3, extension = $4, due_on = $5 where division = $1 and id = $2",
            division, no, publication.business_date, answer, due,
        )  # fmt: skip
        return
    await connection.execute(
        "update correction set state = $3, answer = $4, answered_by = $5, answered_on = $6, answered_in = $7 where division = $1 and id = $2",
        division, no, PROMISED if outcome == "CORRECTED" else outcome, answer, by, publication.business_date, publication.no,
    )  # fmt: skip


async def settle_promised(publication: Publication) -> None:
    """What was promised and has been delivered since: corrected where the delivery agrees, else asked again, with as many days.

    It agrees where the finding that the request came from is contradicted; else where the item, as the source's rows about the person say it, is no longer
    what it was (any cell, where no column has the item's name). About a whole list the delivery itself is the answer.
    """
    connection, division = publication.connection, publication.division
    delivered = await connection.fetch(DELIVERED, division, PROMISED)
    if not delivered:
        return
    due = working_days_after(publication.business_date, ANSWER_DAYS, await holidays(publication))
    for row in delivered:
        agrees = row["person"] is None or row["contradicted"] or (row["finding"] is None and await connection.fetchval(SAYS_OTHERWISE, division, row["person"], row["source"], row["item"], row["answered_in"]))
        if agrees:
            await connection.execute("update correction set state = 'CORRECTED' where division = $1 and id = $2", division, row["id"])
        else:
            await connection.execute("update correction set state = 'OPEN', due_on = $3 where division = $1 and id = $2", division, row["id"], due)


async def holidays(publication: Publication) -> frozenset[date]:
    """Public holidays that the school calendar names (法定节假日)."""
    rows = await publication.connection.fetch(
        "select starts_on, ends_on from calendar_period where division = $1 and kind like '%节假日%' and starts_on is not null and ends_on >= starts_on and ends_on < starts_on + 60",
        publication.division,
    )  # fmt: skip
    return frozenset(row["starts_on"] + timedelta(n) for row in rows for n in range((row["ends_on"] - row["starts_on"]).days + 1))


def working_days_after(day: date, count: int, free: frozenset[date] = frozenset()) -> date:
    """The last day of so many working days after a day: the day itself does not count; Saturdays, Sundays and holidays do not."""
    while count:
        day += timedelta(1)
        count -= day.weekday() < 5 and day not in free
    return day


#: The promised corrections ($2) whose source has delivered since, and whether their findings stand.
DELIVERED = """
    select c.*, coalesce(f.contradicted_on is not null, false) as contradicted from correction c left join finding f on f.division = c.division and f.id = c.finding
     where c.division = $1 and c.state = $2
       and exists (select from delivery d where d.division = c.division and d.source = c.source and d.state = 'PUBLISHED' and d.publication > c.answered_in)
     order by c.id for update of c"""
#: Whether a source's ($3) rows about a person ($2) say an item ($4) otherwise than at a publication ($5), or do not stand any more.
SAYS_OTHERWISE = """
    with told as (select distinct m.record from identity i join mention m on m.division = i.division and m.id = i.id
                   where i.division = $1 and m.source = $3 and m.anchor is null
                     and i.person = coalesce((select current from person_id where division = $1 and id = $2), $2))
    select coalesce(bool_or(case when was.payload ? $4 or now.payload ? $4 then was.payload -> $4 is distinct from now.payload -> $4 else was.payload is distinct from now.payload end), false)
      from told t
      left join lateral (select r.payload from record r where r.division = $1 and r.id = t.record and r.publication <= $5 order by r.publication desc limit 1) was on true
      left join lateral (select r.payload from record_period p join record r on r.division = p.division and r.id = p.id and r.hash = p.hash
                          where p.division = $1 and p.id = t.record and upper(p.valid) is null limit 1) now on true"""
