"""Turns values of a database or of JSON into text, and a run of them into one delivery."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

import orjson

from connectors.transports.grid import HeldRows
from hub.domain.delivery import RawDelivery, RawRow, RawSheet


def one_sheet(name: str, headers: Sequence[str], held: HeldRows) -> RawDelivery:
    """A delivery of one sheet; its hash is of the headers and the rows in order."""
    held.close()
    paths = tuple(headers)
    digest = hashlib.sha256(orjson.dumps(paths) + held.sha256.encode()).hexdigest()
    sheet = RawSheet(name, (), paths, RecordRows(held, len(paths)), [], row_count=held.count)
    return RawDelivery(name, digest, held.bytes, None, (sheet,))


@dataclass(frozen=True, slots=True)
class RecordRows:
    """The rows of a run, unpacked at each iteration; columns that came later are blank in earlier rows."""

    held: HeldRows
    width: int

    def __iter__(self) -> Iterator[RawRow]:
        for number, cells in self.held:
            cells.extend([""] * (self.width - len(cells)))
            yield RawRow(number, tuple(cells), _defect(cells))


def value_text(value: object) -> str:
    """A database value as text: NULL is nothing, whole numbers have no `.0`, dates are ISO, bytes hex."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, float):
        return str(int(value)) if abs(value) < 1e15 and value == int(value) else repr(value).upper()
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, datetime.datetime):
        return _moment(value)
    if isinstance(value, bytes | bytearray | memoryview):
        return "0x" + bytes(value).hex()
    if isinstance(value, dict | list):
        try:
            return orjson.dumps(value, default=str).decode()
        except orjson.JSONEncodeError:  # a number of more than 64 bits
            return json.dumps(value, default=str, ensure_ascii=False, separators=(",", ":"))
    return str(value)


def _moment(value: datetime.datetime) -> str:
    if value.time() == datetime.time() and value.tzinfo is None:
        return value.date().isoformat()
    return value.isoformat(" ")


def _defect(cells: Sequence[str]) -> str | None:
    for column, cell in enumerate(cells, start=1):
        if "\x00" in cell:
            return f"column {column} holds a NUL character"
    return None
