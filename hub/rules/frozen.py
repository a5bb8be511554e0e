"""Indicators frozen at an assessment date: kept as they were, and measured again to the same lists from the two axes (E.12)."""

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import asyncpg

from hub.rules.indicators import INDICATORS, Measured, Share, measure
from hub.storage.publishing import Publication

CITY = "*"


@dataclass(frozen=True)
class Frozen:
    """One kept value: ``township`` is '*' for the city."""

    name: str
    township: str
    on: date
    known: int
    above: int
    below: int
    fingerprint: str


async def freeze(publication: Publication, on: date) -> list[Frozen]:
    """Keep every indicator as it is on a day, as known at the newest publication before this one."""
    found = await _measured(publication.connection, publication.division, on, publication.no - 1)
    await publication.connection.executemany(
        'insert into frozen_indicator (division, publication, name, township, "on", known, above, below, fingerprint) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)',
        [(publication.division, publication.no, one.name, one.township, one.on, one.known, one.above, one.below, one.fingerprint) for one in found],
    )
    return found


async def frozen(connection: asyncpg.Connection, division: int, no: int) -> list[Frozen]:
    """What a freeze kept; nothing where there is none of that number."""
    rows = await connection.fetch(
        'select name, township, "on", known, above, below, fingerprint from frozen_indicator where division = $1 and publication = $2 order by name collate "C", township collate "C"', division, no
    )
    return [Frozen(**row) for row in rows]


async def measured_again(connection: asyncpg.Connection, division: int, kept: list[Frozen]) -> list[Frozen]:
    """Those of the kept values that, measured again at their date and publication, are not the same, with what they are now."""
    if not kept:
        return []
    now = {(one.name, one.township): one for one in await _measured(connection, division, kept[0].on, kept[0].known)}
    return [one for one in kept if now.get((one.name, one.township)) != one and any(one.name == told.name for told in INDICATORS)]


async def _measured(connection: asyncpg.Connection, division: int, on: date, known: int) -> list[Frozen]:
    told = [await measure(connection, division, one, on=on, known=known) for one in INDICATORS]
    return sorted((_kept(one, place, share) for one in told for place, share in {CITY: one.city, **one.townships}.items()), key=lambda one: (one.name, one.township))


def _kept(one: Measured, township: str, share: Share) -> Frozen:
    lists = sha256(f"{share.above_list}/{share.below_list}".encode()).hexdigest()
    return Frozen(one.indicator.name, township, one.on, one.known, share.above, share.below, lists)
