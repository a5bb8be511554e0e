"""Indicators frozen at an assessment date: kept as they were, and measured again to the same lists from the two axes (E.12)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from hashlib import sha256

import asyncpg

from hub.rules.indicators import INDICATORS, Indicator, Measured, Share, closing_days, measure
from hub.rules.releasing import CITY, released
from hub.storage.publishing import Publication

BY_NAME: Mapping[str, Indicator] = {one.name: one for one in INDICATORS}


@dataclass(frozen=True)
class Frozen:
    """One kept value: ``township`` is '*' for the city; ``median_days`` only of findings that were closed."""

    name: str
    township: str
    on: date
    known: int
    above: int
    below: int
    median_days: Decimal | None
    fingerprint: str


async def freeze(publication: Publication, on: date) -> list[Frozen]:
    """Keep every indicator as it is on a day, as known at the newest publication before this one.

    Whoever may only count sees one freeze a month, the first: two that are days apart differ by somebody.
    """
    found = await _measured(publication.connection, publication.division, on, publication.no - 1)
    others = await publication.connection.fetchval(
        """select count(*) from frozen_indicator where division = $1 and released and reveals <> '{}' and date_trunc('month', "on") = date_trunc('month', $2::date)""", publication.division, on
    )
    shown = set() if others else released({(one.name, one.township): (one.above, one.below) for one in found if BY_NAME[one.name].reveals})
    await publication.connection.executemany(
        """insert into frozen_indicator (division, publication, name, township, "on", known, above, below, median_days, fingerprint, reveals, released)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)""",
        [
            (
                publication.division, publication.no, one.name, one.township, one.on, one.known, one.above, one.below, one.median_days, one.fingerprint,
                BY_NAME[one.name].reveals, not BY_NAME[one.name].reveals or (one.name, one.township) in shown,
            )
            for one in found
        ],
    )  # fmt: skip
    return found


async def frozen(connection: asyncpg.Connection, division: int, no: int) -> list[Frozen]:
    """What a freeze kept; nothing where there is none of that number."""
    rows = await connection.fetch(
        """select name, township, "on", known, above, below, median_days, fingerprint from frozen_indicator
            where division = $1 and publication = $2 order by name collate "C", township collate "C\"""",
        division, no,
    )  # fmt: skip
    return [Frozen(**row) for row in rows]


async def measured_again(connection: asyncpg.Connection, division: int, kept: list[Frozen]) -> list[Frozen]:
    """Those of the kept values that, measured again at their date and publication, are not the same, with what they are now."""
    if not kept:
        return []
    now = {(one.name, one.township): one for one in await _measured(connection, division, kept[0].on, kept[0].known)}
    return [one for one in kept if one.name in BY_NAME and _without(now.get((one.name, one.township)), one) != one]


async def _measured(connection: asyncpg.Connection, division: int, on: date, known: int) -> list[Frozen]:
    told = [await measure(connection, division, one, on=on, known=known) for one in INDICATORS]
    days = await closing_days(connection, division, on=on, known=known)
    found = (_kept(one, place, share, days) for one in told for place, share in {CITY: one.city, **one.townships}.items())
    return sorted(found, key=lambda one: (one.name, one.township))


def _without(now: Frozen | None, kept: Frozen) -> Frozen | None:
    """What is measured now, without the days that freezes did not keep before migration 0022."""
    return now if now is None or kept.median_days is not None else replace(now, median_days=None)


def _kept(one: Measured, township: str, share: Share, days: Mapping[str, float]) -> Frozen:
    lists = sha256(f"{share.above_list}/{share.below_list}".encode()).hexdigest()
    median = Decimal(str(days[township])) if one.indicator.name == "closing" and township in days else None
    return Frozen(one.indicator.name, township, one.on, one.known, share.above, share.below, median, lists)
