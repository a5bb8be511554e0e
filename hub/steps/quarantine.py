"""Quarantine: rows that could not be accepted, kept with their cell errors; repaired beside the original, then replayed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import asyncpg
import orjson

from hub.access.sealing import Keys
from hub.contract.apply import Reapply
from hub.contract.model import Contract, Quarantined
from hub.contract.spellings import called, variants
from hub.steps.kept import keep_waiting, named_by
from hub.steps.page import Window
from hub.steps.repairs import ROUNDED, Repair, RepairError, repairs
from hub.steps.stage import Stage
from hub.steps.stored import opened
from hub.storage.publishing import Publication


@dataclass(frozen=True)
class Repaired:
    """The repaired rows of one delivery that wait to be replayed."""

    source: str
    delivery: int
    rows: int


async def summary(connection: asyncpg.Connection, division: int, source: str = "", *, on: date) -> list[tuple[str, ...]]:
    """Open rows by delivery, column and problem, with the days since the delivery's date; values are never shown here."""
    rows = await connection.fetch(
        """select q.delivery, q.source, d.file, d.as_of, p->>'column' as col, p->>'kind' as kind, count(*) as n,
                  (array_agg(q.sheet || ' ' || q.row order by q.sheet, q.row))[1:3] as first
             from quarantine q join delivery d on d.division = q.division and d.id = q.delivery, jsonb_array_elements(q.problems) p
            where q.division = $1 and q.state in ('OPEN', 'REPAIRED') and ($2 = '' or q.source = $2)
            group by 1, 2, 3, 4, 5, 6 order by 2, 3, 7 desc""",
        division,
        source,
    )
    return [
        (str(r["delivery"]), r["source"], r["file"], str((on - r["as_of"]).days), str(r["n"]), r["col"], r["kind"], ", ".join(r["first"]))
        for r in rows
    ]


async def show(connection: asyncpg.Connection, division: int, delivery: int, sheet: str, row: int, *, on: date) -> list[str]:
    """One row: each cell (sealed ones as their mask), and what is wrong."""
    rows = await connection.fetch(
        """select q.*, d.as_of from quarantine q join delivery d on d.division = q.division and d.id = q.delivery
            where q.division = $1 and q.delivery = $2 and (q.sheet = $3 or right(q.sheet, length($3) + 1) = '/' || $3) and q.row = $4
            order by q.sheet <> $3, q.sheet""",
        division,
        delivery,
        sheet,
        row,
    )
    if not rows:
        return [f"no quarantined row {row} in sheet {sheet} of delivery {delivery}"]
    if len(rows) > 1 and rows[0]["sheet"] != sheet:
        return [f"several sheets of delivery {delivery} are called {sheet}; say which: {', '.join(row['sheet'] for row in rows)}"]
    found = rows[0]
    problems = {p["column"]: p for p in orjson.loads(found["problems"])}
    told = [f"{found['source']}  {found['sheet']} row {row}  {found['state']}, {(on - found['as_of']).days} days old on {on}"]
    for column, cell in orjson.loads(found["payload"]).items():
        problem = problems.pop(column, None)
        shown = cell["mask"] if isinstance(cell, dict) else cell
        told.append(f"  {column}: {shown}" + (f"   <- {problem['kind']}; {problem['hint']}" if problem else ""))
    return told + [f"  {p['column'] or 'the row'}: {p['kind']}; {p['hint']}" for p in problems.values()]


async def repair(connection: asyncpg.Connection, division: int, keys: Keys, file: Path, *, contracts: Sequence[Contract], by: str) -> str:
    """Read repaired cells from a CSV and keep them, sealed, beside the rows they belong to; all of the file or nothing."""
    cells = repairs(file)
    by_source = {contract.name: contract for contract in contracts}
    async with connection.transaction():
        for place, told in cells.items():
            row = await connection.fetchrow(
                "select source, payload from quarantine where division = $1 and delivery = $2 and sheet = $3 and row = $4 and state in ('OPEN', 'REPAIRED')",
                division,
                *place,
            )
            if row is None:
                raise RepairError(file, told.line, "no row that waits has this delivery, sheet and row; " + ROUNDED)
            _check_columns(file, told, by_source[row["source"]], orjson.loads(row["payload"]))
            sealed = keys.encrypt(orjson.dumps(told.values), f"{place.delivery}/{place.sheet}/{place.row}".encode())
            await connection.execute(
                """update quarantine set state = 'REPAIRED', repaired_by = $5, repair = jsonb_build_object('key', $6::int, 'sealed', $7::text)
                    where division = $1 and delivery = $2 and sheet = $3 and row = $4 and state in ('OPEN', 'REPAIRED')""",
                division,
                *place,
                by,
                keys.key_no,
                sealed.hex(),
            )
    return f"{len(cells)} of {len(cells)} rows repaired; `hub quarantine replay` carries them"


def _check_columns(file: Path, told: Repair, contract: Contract, row: Mapping[str, Any]) -> None:
    """Each repaired cell must belong to a column of the row or of its contract, as the contract calls it; a value written under another name would be lost."""
    known = {rule.name for rule in variants(contract.columns, contract.persons)}
    for column, line in told.lines.items():
        if column not in known and column not in row:
            meant = called(contract, column)
            hint = f"the contract calls that column {meant.name}" if meant else "take the names from `hub quarantine show` or the contract"
            raise RepairError(file, line, f"neither the row nor the contract {contract.name} has a column of this name; {hint}")


async def repaired(connection: asyncpg.Connection, division: int, source: str = "") -> list[Repaired]:
    """What waits to be replayed, by delivery."""
    rows = await connection.fetch(
        """select q.source, q.delivery, count(*) as n from quarantine q join delivery d on d.division = q.division and d.id = q.delivery
            where q.division = $1 and q.state = 'REPAIRED' and ($2 = '' or q.source = $2) and d.state = 'PUBLISHED'
            group by 1, 2, d.as_of order by d.as_of, 1, 2""",
        division,
        source,
    )
    return [Repaired(row["source"], row["delivery"], row["n"]) for row in rows]


async def begin_replay(publication: Publication, keys: Keys, contract: Contract, delivery: int, apart: frozenset[int] = frozenset()) -> Stage:
    """Stage the repaired rows of one delivery as if it had held them so; what still fails stays in quarantine. ``apart`` as in ``Stage``.

    A missing record that no row still waiting may be has ended with the delivery, where that is the one which speaks for its date.
    """
    connection, division = publication.connection, publication.division
    window = await connection.fetchrow(
        """select d.as_of, (select min(n.as_of) from delivery n where n.division = d.division and n.source = d.source
                             and n.state = 'PUBLISHED' and n.as_of > d.as_of) as next,
                  exists (select from delivery n where n.division = d.division and n.source = d.source and n.state = 'PUBLISHED'
                             and n.as_of = d.as_of and n.publication > d.publication) as replaced
             from delivery d where d.division = $1 and d.id = $2""",
        division,
        delivery,
    )
    stage = Stage(
        publication, keys, contract, delivery, Window(window["as_of"], window["next"], late=True), partial=window["replaced"], apart=apart
    )
    await stage.begin()
    named = await named_by(stage, delivery)
    stage.seen.update((record, content) for record, content in stage.desk.before.items() if record in named)
    rows = await connection.fetch(
        "select * from quarantine where division = $1 and delivery = $2 and state = 'REPAIRED' order by sheet, row for update",
        division,
        delivery,
    )
    payloads = [orjson.loads(row["payload"]) for row in rows]
    values = await opened(stage, payloads)
    again = Reapply(contract)
    by_sheet: dict[str, list[tuple[int, Any]]] = {}
    for row, payload in zip(rows, payloads, strict=True):
        raw = {c: values[bytes.fromhex(v["blind"])] if isinstance(v, dict) else v for c, v in payload.items()}
        fixed = _open_repair(keys, row)
        outcome = again({c: v for c, v in (raw | fixed).items() if v})
        if isinstance(outcome, Quarantined):
            await _keep_failing(stage, row, outcome)
        else:
            by_sheet.setdefault(row["sheet"], []).append((row["row"], outcome.with_line(row["line"])))
    for sheet, accepted in by_sheet.items():
        position = 1 + await connection.fetchval(
            "select coalesce(max(position), -1) from delivery_page where division = $1 and delivery = $2 and sheet = $3",
            division,
            delivery,
            sheet,
        )
        await stage.rows(sheet, position, accepted)
    await connection.execute(
        """update quarantine set state = 'REPLAYED', publication = $3 where division = $1 and delivery = $2 and state = 'REPAIRED'""",
        division,
        delivery,
        publication.no,
    )
    await keep_waiting(stage)
    c = stage.tally.counts
    await connection.execute(
        """update delivery set rows_quarantined = rows_quarantined - $3, rows_new = rows_new + $4, rows_changed = rows_changed + $5,
                  rows_unchanged = rows_unchanged + $6, records_ended = records_ended + $7
            where division = $1 and id = $2""",
        division,
        delivery,
        c.new + c.changed + c.unchanged,
        c.new,
        c.changed,
        c.unchanged,
        len(stage.ended()),
    )
    return stage


def _open_repair(keys: Keys, row: Any) -> dict[str, str]:
    told = orjson.loads(row["repair"])
    context = f"{row['delivery']}/{row['sheet']}/{row['row']}".encode()
    repaired_cells: dict[str, str] = orjson.loads(keys.decrypt(bytes.fromhex(told["sealed"]), context, told["key"]))
    return repaired_cells


async def _keep_failing(stage: Stage, row: Any, outcome: Quarantined) -> None:
    """A repair that does not mend the row: it is open again, with what is still wrong."""
    await stage.publication.connection.execute(
        "update quarantine set state = 'OPEN', problems = $5 where division = $1 and delivery = $2 and sheet = $3 and row = $4",
        stage.publication.division,
        row["delivery"],
        row["sheet"],
        row["row"],
        orjson.dumps([p.told() for p in outcome.problems]).decode(),
    )
