"""What needs a second person: opening one sealed number, breaking the glass, taking a long list away. Asked, decided by another, ended by itself.

未成年人网络保护条例 36: access to a minor's data is approved by the person in charge or an authorised manager, and recorded. A number
opens for ten minutes (domain G.8); the glass is broken for half an hour, the second person is told and looks at it afterwards
(HL7 TI.2.1.2.8; reliability 5, row 24). Times are the database's: nobody's own clock extends anything.
"""

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import asyncpg

from hub.domain.values.text import named

OPEN_MINUTES = 10  # for which an approval, and a number that was opened, is good (G.8)
GLASS_MINUTES = 30
GLASS_AGAIN_HOURS = 24  # within which one person does not break the same glass twice
ASKED_HOURS = 72  # after which a request that nobody decided is void
OPENED_AN_HOUR = 10  # numbers that one account opens in an hour, glass or no glass
GLASS_A_DAY = 5
LOCK = 0x41_53_4B
log = logging.getLogger("hub.access")


class Kind(StrEnum):
    """What is asked for."""

    NUMBER = "NUMBER"  # one sealed number of one person
    GLASS = "GLASS"  # one person outside the care, at once; decided afterwards
    EXPORT = "EXPORT"  # one document's list of more than fifty rows
    READING = "READING"  # to read on after more people within an hour than one may: asked by the hub for the account


class NotOpened(Exception):
    """It is refused: which field of what was asked is wrong, and what it needs."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field


class TooOften(Exception):
    """The account has opened as many numbers as it may; ``seconds`` until it may again."""

    def __init__(self, seconds: int) -> None:
        super().__init__(f"this account has opened {OPENED_AN_HOUR} numbers within an hour; come back in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Asker:
    """Who asks, as the request keeps it."""

    subject: str
    department: str
    role: str
    purpose: str


async def ask(
    connection: asyncpg.Connection, division: int, kind: Kind, asker: Asker, *, what: str, reason: str, person: int | None = None, finding: int | None = None
) -> int:
    """Keep a request for a second person to decide; its number."""
    if not reason.strip():
        raise NotOpened("reason", "say why; the second person reads it")
    async with connection.transaction():
        return await _keep(connection, division, kind, asker, what, reason, person, finding)


async def decide(connection: asyncpg.Connection, division: int, no: int, *, by: str, agreed: bool) -> asyncpg.Record:
    """A second person agrees or does not; a broken glass that is not agreed to ends at once. NotOpened where it cannot be decided."""
    async with connection.transaction():
        row = await connection.fetchrow("select * from access_request where division = $1 and no = $2 for update", division, no)
        if row is None:
            raise NotOpened("no", "there is no such request")
        if named(row["asked_by"]) == named(by):
            raise NotOpened("no", "whoever asks does not decide: a second person must")
        if row["decided_by"] is not None and (row["kind"] != "READING" or row["agreed"]):
            raise NotOpened("no", "it is decided already")
        decided = await connection.fetchrow(
            f"""update access_request set decided_by = $3, decided_at = now(), agreed = $4,
                       ends_at = case when kind = 'GLASS' then case when $4 then ends_at else least(ends_at, now()) end
                                      when $4 and kind <> 'READING' then now() + interval '{OPEN_MINUTES} minutes' end
                 where division = $1 and no = $2 and (kind in ('GLASS', 'READING') or asked_at > now() - interval '{ASKED_HOURS} hours') returning *""",
            division, no, by, agreed,
        )  # fmt: skip
        if decided is None:
            raise NotOpened("no", f"it was asked more than {ASKED_HOURS} hours ago; it must be asked anew")
        return decided


async def break_glass(connection: asyncpg.Connection, division: int, asker: Asker, *, person: int, reason: str) -> asyncpg.Record:
    """Open one person to somebody who has no care of them, at once and for half an hour; the second person is told."""
    if len(reason.strip()) < 5:
        raise NotOpened("reason", "say what happened and why it cannot wait; the second person reads it")
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1, hashtext($2))", LOCK, asker.subject)
        current = await connection.fetchval("select current from person_id where division = $1 and id = $2", division, person)
        if current is None:
            raise NotOpened("personId", "there is no such person")
        earlier = await connection.fetch(
            f"select person from access_request where division = $1 and kind = 'GLASS' and asked_by = $2 and asked_at > now() - interval '{GLASS_AGAIN_HOURS} hours'", division, asker.subject
        )
        if any(row["person"] == current for row in earlier):
            raise NotOpened("personId", f"you broke this glass within {GLASS_AGAIN_HOURS} hours; it is not renewed by the same person")
        if len(earlier) >= GLASS_A_DAY:
            raise NotOpened("personId", f"an account breaks {GLASS_A_DAY} glasses a day and no more; ask the person in charge")
        no = await _keep(connection, division, Kind.GLASS, asker, "", reason, current, None)
        row = await connection.fetchrow(
            f"""update access_request set ends_at = asked_at + interval '{GLASS_MINUTES} minutes',
                       township = (select township from person_resolved where division = $1 and id = $3 order by valid desc limit 1)
                 where division = $1 and no = $2 returning *""",
            division, no, current,
        )  # fmt: skip
    log.warning("glass broken: request %s of a %s; it waits for a second person's look", no, asker.role)
    return row


async def stop_reading(connection: asyncpg.Connection, division: int, asker: Asker, people: int) -> int:
    """An account reads of nobody from now on: the request by which a second person lets it read on; the standing one where there is one.

    A second person who does not agree leaves it as it is, and may agree later; it does not become void by waiting.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1, hashtext($2))", LOCK, asker.subject)
        standing: int | None = await connection.fetchval(f"select no from access_request where division = $1 and {STOPPED} and asked_by = $2", division, asker.subject)
        if standing is not None:
            return standing
        no = await _keep(connection, division, Kind.READING, asker, "", f"more than {people} people within an hour", None, None)
    log.warning("reading stopped: request %s of a %s; it waits for a second person", no, asker.role)
    return no


#: A request by which an account is stopped; its subject reads of nobody.
STOPPED = "kind = 'READING' and agreed is not true"
#: The glasses that are broken now, by account; read with the blocks, twice a second.
GLASSES = "select asked_by, no, person, township from access_request where division = $1 and kind = 'GLASS' and ends_at > now()"


async def open_number(connection: asyncpg.Connection, division: int, subject: str, *, person: int, what: str, request: int | None) -> tuple[bytes, bytes, int, Any]:
    """The sealed number that an approval or a broken glass opens now: blind index, ciphertext, key number, and until when it is good.

    NotOpened without one; TooOften beyond the rate. What is opened is kept before it is told.
    """
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1, hashtext($2))", LOCK, subject)
        await _not_too_often(connection, division, subject)
        until = await connection.fetchval(
            """select least(ends_at, now() + make_interval(mins => $6)) from access_request
                where division = $1 and asked_by = $2 and person = $3 and ends_at > now()
                  and ((kind = 'GLASS' and coalesce(agreed, true)) or (kind = 'NUMBER' and agreed and what = $4 and no = $5))
                order by ends_at desc limit 1""",
            division, subject, person, what, request, OPEN_MINUTES,
        )  # fmt: skip
        if until is None:
            raise NotOpened("requestNo", f"a second person must have agreed to this within {OPEN_MINUTES} minutes: askAccess, then decideAccess by somebody else")
        return await _opened(connection, division, subject, person, what, request, until)


async def open_by_case(connection: asyncpg.Connection, division: int, subject: str, *, person: int, what: str) -> tuple[bytes, bytes, int, Any]:
    """The same on the strength of an open case, which the caller has looked at: telephones alone (G.8: click, and it is logged)."""
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1, hashtext($2))", LOCK, subject)
        await _not_too_often(connection, division, subject)
        until = await connection.fetchval("select now() + make_interval(mins => $1)", OPEN_MINUTES)
        return await _opened(connection, division, subject, person, what, None, until)


#: Where the blind index of a person's number lies, the one last told first.
BLIND = {
    "NUMBER": "select number_blind from person_resolved where division = $1 and id = $2 and number_blind is not null order by valid desc limit 1",
    "PHONE": """select m.phone_blind from identity i join mention m on m.division = i.division and m.id = i.id
                  join person_resolved p on p.division = i.division and p.id = i.person
                 where i.division = $1 and i.person = $2 and m.phone_blind is not null
                 order by (m.phone_mask = p.phone_mask) desc nulls last, m.valid desc limit 1""",
    "STUDENT_NUMBER": "select student_number_blind from enrolment where division = $1 and person = $2 and student_number_blind is not null order by valid desc limit 1",
    "CERTIFICATE_NUMBER": "select number_blind from certificate where division = $1 and person = $2 and number_blind is not null order by valid desc limit 1",
}


async def _opened(connection: asyncpg.Connection, division: int, subject: str, person: int, what: str, request: int | None, until: Any) -> tuple[bytes, bytes, int, Any]:
    blind = await connection.fetchval(BLIND[what], division, person)
    row = await connection.fetchrow("select cipher, key_no from vault where division = $1 and blind = $2", division, blind)
    if row is None:
        raise NotOpened("what", "the hub has no such number of this person, or it was erased")
    await connection.execute(
        "insert into access_use (division, no, opened_by, person, what, request) select $1, coalesce(max(no), 0) + 1, $2, $3, $4, $5 from access_use where division = $1",
        division, subject, person, what, request,
    )  # fmt: skip
    return blind, row["cipher"], row["key_no"], until


async def _not_too_often(connection: asyncpg.Connection, division: int, subject: str) -> None:
    seconds = await connection.fetchval(
        """select ceil(extract(epoch from at + interval '1 hour' - now()))::int from access_use
            where division = $1 and opened_by = $2 and at > now() - interval '1 hour' order by at desc offset $3 limit 1""",
        division, subject, OPENED_AN_HOUR - 1,
    )  # fmt: skip
    if seconds is not None:
        raise TooOften(max(1, seconds))


async def _keep(connection: asyncpg.Connection, division: int, kind: Kind, asker: Asker, what: str, reason: str, person: int | None, finding: int | None) -> int:
    await connection.execute("select pg_advisory_xact_lock($1, $2)", LOCK, division)
    no: int = await connection.fetchval(
        """insert into access_request (division, no, kind, asked_by, department, role, purpose, person, finding, what, reason)
           select $1, coalesce(max(no), 0) + 1, $2, $3, $4, $5, $6, $7, $8, $9, $10 from access_request where division = $1 returning no""",
        division, kind.value, asker.subject, asker.department, asker.role, asker.purpose, person, finding, what, reason,
    )  # fmt: skip
    return no
