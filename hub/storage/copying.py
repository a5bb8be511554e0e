"""COPY of whole columns of integers and flags: arrays go to the server as they are, without an object for each value."""

from collections.abc import AsyncIterator, Mapping
from typing import Any

import asyncpg
import numpy as np
from numpy.typing import NDArray

ROWS = 500_000  # in one piece
HEADER, END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"


async def copy_columns(connection: asyncpg.Connection, table: str, columns: Mapping[str, NDArray[Any]]) -> None:
    """COPY columns of one length, each of 64-bit integers (bigint) or of flags (boolean), in PostgreSQL's binary format."""
    await connection.copy_to_table(table, columns=list(columns), format="binary", source=_pieces(list(columns.values())))


async def _pieces(columns: list[NDArray[Any]]) -> AsyncIterator[bytes]:
    """A row is the number of its fields, then each field's length in bytes and its value, the highest byte first."""
    fields = [part for n, column in enumerate(columns) for part in ((f"length{n}", ">i4"), (f"value{n}", column.dtype.newbyteorder(">")))]
    yield HEADER
    for start in range(0, len(columns[0]), ROWS):
        told = [column[start : start + ROWS] for column in columns]
        rows = np.empty(len(told[0]), dtype=[("fields", ">i2"), *fields])
        rows["fields"] = len(columns)
        for n, column in enumerate(told):
            rows[f"length{n}"] = column.dtype.itemsize
            rows[f"value{n}"] = column
        yield rows.tobytes()
    yield END
