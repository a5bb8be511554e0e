"""Status: what a data officer asks first – which sources are fresh, what is held, what waits in quarantine or for a person, what could not be read, what was found."""

from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson

from connectors import load_contracts
from hub.opening import Hub
from hub.reviewing import queue
from hub.steps.unread import unread_standing


@dataclass(frozen=True)
class Told:
    """One table for a person to read."""

    title: str
    headers: tuple[str, ...]
    rows: list[tuple[str, ...]]


async def status(hub: Hub) -> list[Told]:
    """Sources, held deliveries, quarantine, cells that could not be read, pairs that wait for a person, and findings."""
    return [await sources(hub), await held(hub), await quarantined(hub), await unread(hub), await paired(hub), await findings(hub)]


async def sources(hub: Hub) -> Told:
    """Each source with its freshness by business date: a reload of an old file moves nothing."""
    rows = {
        row["source"]: row
        for row in await hub.connection.fetch(
            """select source, max(as_of) as as_of, count(*) as deliveries, sum(rows_quarantined) as quarantined from delivery
            where division = $1 and state = 'PUBLISHED' group by source""",
            hub.division,
        )
    }
    standing = dict(
        await hub.connection.fetch(
            "select source, count(*) from record_period where division = $1 and upper(valid) is null group by source", hub.division
        )
    )
    told: list[tuple[str, ...]] = []
    for contract in load_contracts(hub.settings.contracts):
        row = rows.get(contract.name)
        told.append(
            (
                contract.name,
                contract.title,
                row["as_of"].isoformat() if row else "-",
                freshness(row["as_of"], hub.today(), contract.cadence_days) if row else "never delivered",
                str(row["deliveries"]) if row else "0",
                str(standing.get(contract.name, 0)),
            )
        )
    return Told(f"来源 sources on {hub.today()}", ("source", "title", "as of", "freshness", "deliveries", "rows standing"), told)


def freshness(as_of: date, today: date, cadence_days: int) -> str:
    """'fresh', or how late the next delivery is by the source's own cadence (with half as much grace)."""
    late = (today - as_of).days - cadence_days * 3 // 2
    return "fresh" if late <= 0 else f"stale by {late} days"


async def held(hub: Hub) -> Told:
    """Deliveries that wait for a person, with the reasons."""
    rows = await hub.connection.fetch(
        "select id, source, file, as_of, reasons from delivery where division = $1 and state = 'HELD' order by as_of, source", hub.division
    )
    return Told(
        "待定 held deliveries",
        ("id", "source", "file", "as of", "days", "reasons"),
        [
            (str(r["id"]), r["source"], r["file"], r["as_of"].isoformat(), age(r["as_of"], hub.today()), "; ".join(orjson.loads(r["reasons"])))
            for r in rows
        ],
    )


def age(as_of: date, today: date) -> str:
    """How many days old a date is; one that lies ahead, as a mistyped one may, has no age."""
    return "to come" if as_of > today else str((today - as_of).days)


async def quarantined(hub: Hub) -> Told:
    """Open quarantine by source."""
    return Told(
        "隔离 quarantine",
        ("source", "open", "repaired"),
        _rows(
            await hub.connection.fetch(
                """select source, count(*) filter (where state = 'OPEN') as open, count(*) filter (where state = 'REPAIRED') as repaired
             from quarantine where division = $1 and state in ('OPEN', 'REPAIRED') group by source order by source""",
                hub.division,
            )
        ),
    )


async def unread(hub: Hub) -> Told:
    """Accepted rows that stand with cells that could not be read: how many, by source, column and kind of error."""
    return Told(
        "未读 cells that could not be read or are not believed, of rows that stand",
        ("source", "column", "problem", "rows"),
        [
            (source, column, kind, str(rows))
            for source, told in (await unread_standing(hub.connection, hub.division)).items()
            for column, kind, rows in told.cells
        ],
    )


async def paired(hub: Hub) -> Told:
    """How many pairs wait for somebody to say whether they are one person."""
    length = await queue(hub)
    return Told("待核对 pairs for a person", ("wait", "for review now", "left for later"), [(str(length.waiting), str(length.due), str(length.waiting - length.due))])


async def findings(hub: Hub) -> Told:
    """Findings by rule and status."""
    return Told(
        "核查 findings",
        ("rule", "status", "number"),
        _rows(
            await hub.connection.fetch(
                "select rule, status, count(*) from finding where division = $1 group by 1, 2 order by 1, 2", hub.division
            )
        ),
    )


def _rows(rows: list[Any]) -> list[tuple[str, ...]]:
    return [tuple(str(value) for value in row.values()) for row in rows]
