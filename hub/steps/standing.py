"""Standing: what a source said before of a row that now waits in quarantine holds until the row is repaired; the row is there, so nothing has ended.

Which record is the row's its natural key tells, where that can be read; else a number of the person whom the row is about, or all
that it says besides the cells that could not be read, if that is half of what was said before.
"""

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from hub.contract.model import SUBJECT, Contract
from hub.steps.page import Waiting
from hub.steps.stage import Stage

Payload = Mapping[str, Any]
OWN = frozenset({"number", "student_number", "certificate_number"})
FEWEST_ALIKE = 2  # cells, or two rows would be one for next to nothing


async def standing(stage: Stage) -> frozenset[int]:
    """The records that stood before the delivery and whose rows wait in its quarantine."""
    gone = stage.ended()
    if not gone or not stage.waiting:
        return frozenset()
    found = {record for row in stage.waiting for record in row.records if record in gone}
    unplaced = [row for row in stage.waiting if found.isdisjoint(row.records)]
    if unplaced and gone - found:
        numbers = _own_numbers(stage.contract)
        for record, payload in await _payloads(stage, gone - found):
            if any(_is_of(row, payload, numbers) for row in unplaced):
                found.add(record)
    return frozenset(found)


def told_standing(records: int) -> tuple[str, ...]:
    """A sentence where what was said before stands on."""
    if not records:
        return ()
    return (f"{'1 row that waits' if records == 1 else f'{records} rows that wait'} in quarantine stood before: what was said then holds until they are repaired",)


def _own_numbers(contract: Contract) -> frozenset[str]:
    """The columns that give a number of whom the row is about."""
    return frozenset(rule.name for rule in contract.columns.values() for target in rule.becomes if target.owner == SUBJECT and target.column in OWN)


def _is_of(row: Waiting, stood: Payload, numbers: Iterable[str]) -> bool:
    own = {name: stood[name]["blind"] for name in numbers if isinstance(stood.get(name), dict)}
    if row.shifted and set(own.values()) & {cell["blind"] for cell in row.payload.values() if isinstance(cell, dict)}:
        return True
    if any(isinstance(cell := row.payload.get(name), dict) and cell["blind"] == blind for name, blind in own.items()):
        return True
    said = {name: cell for name, cell in row.payload.items() if name not in row.troubled}
    return 2 * len(said) >= max(len(stood), 2 * FEWEST_ALIKE) and all(stood.get(name) == cell for name, cell in said.items())


async def _payloads(stage: Stage, records: Iterable[int]) -> list[tuple[int, Payload]]:
    rows = await stage.publication.connection.fetch(
        "select id, hash, payload from record where division = $1 and id = any($2::bigint[])", stage.publication.division, list(records)
    )
    return [(row["id"], orjson.loads(row["payload"])) for row in rows if stage.before[row["id"]] == row["hash"]]
