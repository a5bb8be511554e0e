"""The folder drop: opens each file under a path, whatever it turns out to be, and reads it to its end."""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections import Counter, deque
from collections.abc import Container, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from pathlib import Path

from connectors.transports.archive import SPLIT, member_name, open_checked, read_part
from connectors.transports.content import Content, recognise
from connectors.transports.folder import Found, bytes_of, found_in, no_delivery, unopened
from connectors.transports.grid import Grid
from connectors.transports.html_table import read_html
from connectors.transports.layout import IsHeader, lay_out
from connectors.transports.limits import LIMITS, MIB, Limits
from connectors.transports.refusal import Unreadable
from connectors.transports.text import read_text, refuse_mojibake
from connectors.transports.workbook import read_workbook
from hub.domain.delivery import NotDataKind, RawDelivery, RawSheet, Refused

_SAMPLE_ROWS = 200
AHEAD = 4  # so that the files after a large one are read while that is


@dataclass(frozen=True, slots=True)
class Fingerprint:
    """A file or zip member as found: its display name, the SHA-256 of its bytes, and their number."""

    file: str
    sha256: str
    bytes: int


def open_deliveries(
    path: Path, *, is_header: IsHeader, known: Container[str] = (), limits: Limits = LIMITS
) -> Iterator[RawDelivery | Refused]:
    """Yields each file at or under `path` in name order, and each member of a zip, read or refused.

    `is_header` is True for a row of cells with three or more known header spellings. `known` holds SHA-256
    digests of bytes to pass over unread. As many are read at once as there are processors, and `AHEAD` times as many are not waited for.
    Nothing raises but a path that is not there: a bad file becomes a `Refused`.
    """
    found = found_in(path)
    at_once = len(os.sched_getaffinity(0))
    with ThreadPoolExecutor(at_once) as readers:
        reading: deque[Future[RawDelivery | Refused]] = deque()
        for item in chain.from_iterable(_contents(file, limits) if isinstance(file, Found) else (file,) for file in found):
            if isinstance(item, Refused) or item.sha256 not in known:
                reading.append(readers.submit(_read, item, is_header, limits))
            if len(reading) > AHEAD * at_once:
                yield reading.popleft().result()
        for read in reading:
            yield read.result()


def fingerprints(path: Path, *, limits: Limits = LIMITS) -> Iterator[Fingerprint]:
    """Yields what `open_deliveries` would read, hashed but not parsed; refused files are left to it."""
    for file in found_in(path):
        for item in _contents(file, limits) if isinstance(file, Found) else ():
            if isinstance(item, _Bytes):
                yield Fingerprint(item.file, item.sha256, len(item.data))


@dataclass(frozen=True, slots=True)
class _Bytes:
    file: str
    data: bytes
    sha256: str


def _contents(file: Found, limits: Limits) -> Iterator[_Bytes | Refused]:
    """The file's bytes, or those of each member when it is a zip that is no workbook."""
    name = file.name
    try:
        if file.size > limits.file_bytes:
            raise Unreadable(f"the file is larger than {limits.file_bytes // MIB:,} MiB", SPLIT)
        data = bytes_of(file.path)
    except OSError as error:
        yield unopened(name, error)
        return
    except Unreadable as error:
        yield Refused(name, error.reason, error.hint)
        return
    if data.startswith(b"PK") and _is_plain_zip(name, data):
        yield from _members(name, data, limits)
    else:
        yield _Bytes(name, data, hashlib.sha256(data).hexdigest())


def _is_plain_zip(name: str, data: bytes) -> bool:
    try:
        return recognise(name, data) is Content.ZIP
    except Unreadable:
        return False


def _members(name: str, data: bytes, limits: Limits) -> Iterator[_Bytes | Refused]:
    try:
        archive = open_checked(data, limits)
    except Unreadable as error:
        yield Refused(name, error.reason, error.hint, hashlib.sha256(data).hexdigest())
        return
    met: Counter[str] = Counter()
    with archive:
        for part in archive.infolist():
            inner = member_name(part)
            if not part.is_dir() and not any(no_delivery(piece) for piece in inner.split("/")):
                met[inner] += 1
                again = "" if met[inner] == 1 else f"（{met[inner]}）/"  # a zip may hold two files of one name
                yield _member(f"{name}/{again}{inner}", archive, part)


def _member(name: str, archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> _Bytes | Refused:
    try:
        data = read_part(archive, part)
    except Unreadable as error:
        return Refused(name, error.reason, error.hint)
    digest = hashlib.sha256(data).hexdigest()
    if data.startswith(b"PK") and _is_plain_zip(name, data):
        return Refused(
            name, "a zip within a zip is not opened", "请直接打包表格 (zip the tables alone)", digest
        )
    return _Bytes(name, data, digest)


def _read(item: _Bytes | Refused, is_header: IsHeader, limits: Limits) -> RawDelivery | Refused:
    if isinstance(item, Refused):
        return item
    try:
        grids, encoding = _grids(item, is_header, limits)
        sheets = lay_out(grids, is_header)
        _refuse_unknown(sheets)
    except Unreadable as error:
        return Refused(item.file, error.reason, error.hint, item.sha256)
    return RawDelivery(item.file, item.sha256, len(item.data), encoding, sheets)


def _grids(item: _Bytes, is_header: IsHeader, limits: Limits) -> tuple[list[Grid], str | None]:
    content = recognise(item.file, item.data)
    if content is Content.TEXT:
        grid, encoding = read_text(item.data, is_header)
        return [grid], encoding
    if content is Content.HTML:
        return read_html(item.data)
    grids = read_workbook(item.data, limits, zipped=content is Content.XLSX)
    for grid in grids:
        refuse_mojibake(_sample(grid))
    return grids, None


def _sample(grid: Grid) -> str:
    rows = (cells for (_, cells), _ in zip(grid.rows, range(_SAMPLE_ROWS), strict=False))
    return "".join(cell for cells in rows for cell in cells)


def _refuse_unknown(sheets: Sequence[RawSheet]) -> None:
    """Refuses a file in which no sheet has a known header: nobody could say what its columns are."""
    if all(kind is NotDataKind.NO_HEADER for kind in _sheet_kinds(sheets)):
        raise Unreadable(
            "no row with known column names was found"
            + (f" in {len(sheets)} sheets" if len(sheets) > 1 else ""),
            "请核对表头，或为该来源添加合同 (check the header row, or add a contract for this source)",
        )


def _sheet_kinds(sheets: Sequence[RawSheet]) -> list[NotDataKind | None]:
    return [None if sheet.headers else NotDataKind.NO_HEADER for sheet in sheets]
