"""Deliveries written and carried the way an office and the hub do it; for tests of the flow."""

import csv
import io
from collections.abc import Sequence
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub import pipeline
from hub.access.sealing import Keys
from hub.contract.recognise import header_test
from hub.domain.values.citizen_number import check_digit
from hub.pipeline import Report
from hub.steps.validate import sort_out
from hub.storage.history import columns_of
from hub.storage.tables import TWO_AXES

DIVISION = 210281
TODAY = date(2026, 11, 24)


def number(born: date, serial: int, *, area: str = "210299") -> str:
    """A valid citizen number of nobody; odd serials are male."""
    first = f"{area}{born:%Y%m%d}{serial:03d}"
    return first + check_digit(first)


def write_csv(folder: Path, name: str, rows: Sequence[Sequence[str]], *, encoding: str = "utf-8-sig") -> Path:
    """A department's CSV."""
    folder.mkdir(parents=True, exist_ok=True)
    text = io.StringIO(newline="")
    csv.writer(text, lineterminator="\r\n").writerows(rows)
    path = folder / name
    path.write_bytes(text.getvalue().encode(encoding))
    return path


@asynccontextmanager
async def hub(database, tmp_path: Path):
    """A writer's connection and the hub's keys."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    try:
        yield connection, Keys.load_or_make(tmp_path / "keys" / "sealing.json")
    finally:
        await connection.close()


async def carry(connection: asyncpg.Connection, keys: Keys, folder: Path, *, today: date = TODAY, released: bool = False) -> list[Report]:
    """Carry every delivery under a folder, without checks."""
    contracts = load_contracts()
    found = sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=today)
    assert not found.refused, [(r.file, r.reason) for r in found.refused]
    return [
        report
        for delivery in found.deliveries
        for report in await pipeline.run([delivery], connection=connection, keys=keys, division=DIVISION, business_date=today, released=released)
    ]


#: Columns that tell when or in which order something came, not what is so.
WHEN = {"known_from", "delivery", "hash", "chosen", "cluster"}


async def what_is_known(connection: asyncpg.Connection) -> dict[str, list[tuple[Any, ...]]]:
    """All current tables with person ids replaced by natural keys: the sorted mention ids that mean the person."""
    people: dict[int, str] = {}
    for row in await connection.fetch("select person, array_agg(id order by id) as mentions from identity group by person"):
        people[row["person"]] = "person of " + ",".join(map(str, row["mentions"]))
    known: dict[str, list[tuple[Any, ...]]] = {}
    for name in TWO_AXES:
        if name in ("finding", "link_review"):
            continue
        columns = [c for c in columns_of(name) if c not in WHEN]
        rows = [
            tuple(people.get(v, v) if isinstance(v, int) and not isinstance(v, bool) else repr(v) for v in row.values())
            for row in await connection.fetch(f"select {', '.join(columns)} from {name}")
        ]
        known[name] = sorted(rows, key=repr)
    known["mention_key"] = [tuple(row) for row in await connection.fetch("select key, mention from mention_key order by 1, 2")]
    return known
