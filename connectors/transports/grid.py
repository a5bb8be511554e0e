"""A sheet before anything is known about it: numbered rows of text that can be read again and again."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import orjson

GridRow = tuple[int, list[str]]

ROWS_PER_BLOCK = 1_000
BLOCK_LIMIT = 512 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Merge:
    """A merged range: 1-based first and last row, 0-based first and last column."""

    top: int
    left: int
    bottom: int
    right: int


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet's cells. `ragged` says that a row's own width means something, as in delimited text."""

    name: str
    rows: Iterable[GridRow]
    merges: tuple[Merge, ...] = ()
    hidden_rows: frozenset[int] = frozenset()
    hidden: bool = False
    since_1904: bool = False  # the workbook counts its serial days from 1904
    ragged: bool = False


class HeldRows:
    """Rows held in memory as compressed blocks, about a tenth of their text.

    Nothing personal is written to disk, a failure shows before the first row is handed on, and the rows can
    be read by each step of the flow in turn.
    """

    def __init__(self) -> None:
        self._blocks: list[bytes] = []
        self._open: list[GridRow] = []
        self._hash = hashlib.sha256()
        self.count = 0
        self.bytes = 0

    def add(self, number: int, cells: list[str]) -> None:
        self._open.append((number, cells))
        self.count += 1
        if len(self._open) == ROWS_PER_BLOCK:
            self.close()

    def close(self) -> None:
        """Packs what is still open; rows show in an iteration only once packed."""
        if self._open:
            packed = orjson.dumps(self._open)
            self._hash.update(packed)
            self.bytes += len(packed)
            self._blocks.append(zlib.compress(packed, 1))
            self._open = []

    def add_block(self, block: bytes) -> None:
        """Takes a block as the workbook child packed it."""
        self._blocks.append(block)

    @property
    def sha256(self) -> str:
        """The hash of the rows in order; only of rows that came through `add`."""
        return self._hash.hexdigest()

    def __iter__(self) -> Iterator[GridRow]:
        for block in self._blocks:
            yield from _unpack(block)


def is_blank(text: str) -> bool:
    """True for nothing, any white space (full-width and no-break too), and zero-width marks."""
    return not text or not text.strip().strip("\u200b\u200c\u200d\ufeff\x00").strip()


def blank_row(cells: Sequence[str]) -> bool:
    return all(map(is_blank, cells))


def _unpack(block: bytes) -> Iterator[GridRow]:
    text = zlib.decompressobj().decompress(block, BLOCK_LIMIT)
    rows: list[GridRow] = orjson.loads(text)
    yield from rows
