"""The child that parses one workbook: a script of its own, with limits on memory and time and no network."""

from __future__ import annotations

import ctypes
import datetime
import html
import json
import os
import re
import resource
import struct
import sys
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import orjson
import python_calamine

# Nothing of ours is imported: this file is started by its path with `python -I`, away from the program.

ROWS_PER_BLOCK = 1_000
ROOMY_CELLS, ROOMY_TIMES = 1_000_000, 4  # a rectangle larger than this, and so many times what its rows hold, is squeezed
CHUNK = 1024 * 1024

_FRAME = struct.Struct(">cI")
_ROW_END = re.compile(rb"</(?:\w+:)?row>")
_ROW = re.compile(rb"<(?:\w+:)?row\b([^>]*?)/?>")
_ROW_NUMBER = re.compile(rb'\br="(\d+)"')
_ROW_HIDDEN = re.compile(rb'\bhidden="(?:1|true)"')
_CELL = re.compile(rb"<((?:\w+:)?c)\b([^>]*?)(?:/>|>(.*?)</(?:\w+:)?c>)", re.DOTALL)
_CELL_END = re.compile(rb"</(?:\w+:)?(?:v|is)>")
_PLACE = re.compile(rb'\sr="[^"]*"')
_SHEET_END = re.compile(rb"</(?:\w+:)?sheetData>")
_DIMENSION = re.compile(rb"<(?:\w+:)?dimension\b[^>]*?/>")
_SINCE_1904 = re.compile(rb"<(?:\w+:)?workbookPr\b[^>]*\bdate1904=[\"'](?:1|true)[\"']")
_STRING_END = re.compile(rb"</(?:\w+:)?si>")
_REFERENCE = re.compile(rb'\sr="([A-Z]{1,3})(\d{1,7})"')
_ERROR = re.compile(
    rb'<(?:\w+:)?c\b([^>]*\bt="e"[^>]*)>(?:(?!</(?:\w+:)?c>).)*?<(?:\w+:)?v>([^<]*)<', re.DOTALL
)
_XML = (".xml", ".rels", ".vml")
_DOCTYPES = tuple("<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be"))


class Refusal(Exception):
    """The reason, and which of the parent's hints goes with it."""

    def __init__(self, reason: str, hint: str) -> None:
        super().__init__(reason)
        self.reason, self.hint = reason, hint


@dataclass
class Scan:
    """What the sheet's XML tells that the parser does not: hidden rows, error cells, the far corner.

    Of a squeezed sheet, where its rows and columns stood before: the parser's first row is the sheet's `kept_rows[0]`.
    """

    hidden_rows: list[int] = field(default_factory=list)
    errors: dict[int, list[tuple[int, str]]] = field(default_factory=dict)
    rows: int = 0
    columns: int = 0
    laid_out: int = 0  # cells up to each row's last filled one
    kept_rows: list[int] = field(default_factory=list)
    kept_columns: list[int] = field(default_factory=list)

    @property
    def spread_out(self) -> bool:
        """Whether a few stray cells make the rectangle much larger than what it holds."""
        return self.rows * self.columns > max(ROOMY_CELLS, ROOMY_TIMES * self.laid_out)


def main() -> None:
    arguments = json.loads(sys.argv[1])
    _confine(arguments)
    with os.fdopen(0, "rb") as file:
        data = file.read()
    try:
        scans = _scan(data, arguments) if arguments["zipped"] else {}
        if any(scan.spread_out for scan in scans.values()):
            data = _squeezed(data, scans, arguments)
        _send_workbook(data, scans, arguments)
        _send(b"E", b"")
    except Refusal as refusal:
        _send(b"X", orjson.dumps({"reason": refusal.reason, "hint": refusal.hint}))
    except MemoryError:
        failure = {"reason": "the workbook needs more memory than is allowed", "hint": "split"}
        _send(b"X", orjson.dumps(failure))


def _confine(arguments: dict[str, Any]) -> None:
    """Limits memory, processor time, files and core dumps; leaves the network where the kernel lets us."""
    resource.setrlimit(resource.RLIMIT_AS, (arguments["memory"],) * 2)
    resource.setrlimit(resource.RLIMIT_CPU, (arguments["cpu_seconds"],) * 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with suppress(Exception):
        _leave_network()


def _leave_network() -> None:
    clone_newuser, clone_newnet = 0x10000000, 0x40000000
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(clone_newnet) != 0:
        libc.unshare(clone_newuser | clone_newnet)


def _send(kind: bytes, body: bytes) -> None:
    view = memoryview(_FRAME.pack(kind, len(body)) + body)
    while view:
        view = view[os.write(1, view) :]


# --- what is looked at before the parser sees the file -------------------------------------------------


def _scan(data: bytes, arguments: dict[str, Any]) -> dict[str, Scan]:
    """Unpacks every XML part once, piece by piece: real sizes, no DOCTYPE, and each sheet's `Scan`."""
    scans: dict[str, Scan] = {}
    left = arguments["unpacked_bytes"]
    with zipfile.ZipFile(BytesIO(data)) as archive:
        for part in archive.infolist():
            if not part.filename.lower().endswith(_XML):
                continue
            pieces = _pieces(archive, part, left)
            if re.match(r"xl/worksheets/[^/]+\.xml$", part.filename):
                scans[part.filename] = _scan_sheet(pieces, arguments)
            else:
                _count_strings(pieces, arguments)
            left -= part.file_size
    return scans


def _count_strings(pieces: Iterator[bytes], arguments: dict[str, Any]) -> None:
    """Bounds the table of shared strings, which the parser would hold whole."""
    strings = 0
    for piece in pieces:
        strings += len(_STRING_END.findall(piece))
        if strings > arguments["shared_strings"]:
            raise Refusal(f"the workbook holds more than {arguments['shared_strings']:,} texts", "split")


def _pieces(archive: zipfile.ZipFile, part: zipfile.ZipInfo, left: int) -> Iterator[bytes]:
    tail = b""
    try:
        with archive.open(part) as stream:
            while piece := stream.read(CHUNK):
                left -= len(piece)
                if left < 0:
                    raise Refusal("the workbook unpacks to more than it declares or than is allowed", "split")
                seam = tail + piece
                if any(doctype in seam for doctype in _DOCTYPES):
                    raise Refusal("an XML part of the workbook holds a DOCTYPE", "save")
                tail = piece[-20:]
                yield piece
    except (zipfile.BadZipFile, zlib.error, OSError, EOFError, NotImplementedError, RuntimeError) as error:
        raise Refusal("a part of the workbook is damaged or cut short", "export") from error


def _scan_sheet(pieces: Iterator[bytes], arguments: dict[str, Any]) -> Scan:
    scan, rest = Scan(), b""
    for piece in pieces:
        *rows, rest = _ROW_END.split(rest + piece)
        if len(rest) > 64 * CHUNK:
            raise Refusal("a single row of the workbook is longer than 64 MiB", "split")
        for row in rows:
            _scan_row(row, scan)
        _bound(scan.laid_out, scan, arguments)
    _scan_row(rest, scan)
    _bound(scan.laid_out if scan.spread_out else scan.rows * scan.columns, scan, arguments)
    return scan


def _bound(cells: int, scan: Scan, arguments: dict[str, Any]) -> None:
    """Refuses a sheet whose cells, as they would be laid out, are more than is allowed."""
    if cells > arguments["sheet_cells"]:
        raise Refusal(f"a sheet spans {scan.rows:,} rows by {scan.columns:,} columns: a stray cell far out?", "split")


def _scan_row(text: bytes, scan: Scan) -> None:
    for row in _ROW.finditer(text):
        if _ROW_HIDDEN.search(row[1]) and (number := _ROW_NUMBER.search(row[1])):
            scan.hidden_rows.append(int(number[1]))
    if b't="e"' in text:
        for error in _ERROR.finditer(text):
            if reference := _REFERENCE.search(error[1]):
                scan.errors.setdefault(int(reference[2]), []).append(
                    (_column(reference[1]), error[2].decode("ascii", "replace"))
                )
    end = max(text.rfind(b"</v>"), text.rfind(b"</is>"), text.rfind(b":v>"), text.rfind(b":is>"))
    if end < 0:
        return
    start = text.rfind(b' r="', 0, end)
    if start >= 0 and (reference := _REFERENCE.match(text, start)):
        columns = _column(reference[1]) + 1
        scan.rows = max(scan.rows, int(reference[2]))
        scan.columns = max(scan.columns, columns)
        scan.laid_out += columns


def _column(letters: bytes) -> int:
    """0-based: A is 0, XFD is 16,383."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number - 1


# --- a sheet with stray cells far out: its filled rows and columns are moved together before the parser lays it out ----


def _squeezed(data: bytes, scans: dict[str, Scan], arguments: dict[str, Any]) -> bytes:
    """The workbook's XML parts, each spread-out sheet squeezed; where its rows and columns stood goes into its scan."""
    stream = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(data)) as old,
        zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as new,
    ):
        for part in old.infolist():
            if not part.filename.lower().endswith(_XML):
                continue
            scan = scans.get(part.filename)
            left = arguments["unpacked_bytes"]
            pieces = _pieces(old, part, left)
            if scan and scan.spread_out:
                scan.kept_columns = sorted({c for row in _filled(pieces) for c, _ in row.cells})
                pieces = _squeeze(_pieces(old, part, left), scan, arguments)
            with new.open(part.filename, "w") as target:
                for piece in pieces:
                    target.write(piece)
    return stream.getvalue()


@dataclass
class FilledRow:
    """A row's number, its filled cells by column, and the XML before it and after it that is no row."""

    number: int
    cells: list[tuple[int, re.Match[bytes]]]
    before: bytes = b""
    after: bytes = b""


def _squeeze(pieces: Iterator[bytes], scan: Scan, arguments: dict[str, Any]) -> Iterator[bytes]:
    """The sheet's XML with filled cells only, its rows numbered and its columns named without gaps."""
    names = {column: _letters(position) for position, column in enumerate(scan.kept_columns)}
    for row in _filled(pieces):
        yield _DIMENSION.sub(b"", row.before)
        if row.cells:
            scan.kept_rows.append(row.number)
            _bound(len(scan.kept_rows) * len(names), scan, arguments)
            yield _moved(row, len(scan.kept_rows), names)
        yield row.after


def _moved(row: FilledRow, number: int, names: dict[int, bytes]) -> bytes:
    parts = []
    for column, cell in row.cells:
        tag, attributes, body = cell.groups()
        rest = _PLACE.sub(b"", attributes, count=1)
        parts.append(b'<%b r="%b%d"%b>%b</%b>' % (tag, names[column], number, rest, body, tag))
    prefix = row.cells[0][1][1][:-1]
    return b'<%brow r="%d">%b</%brow>' % (prefix, number, b"".join(parts), prefix)


def _filled(pieces: Iterator[bytes]) -> Iterator[FilledRow]:
    number, rest, begun = 0, b"", False
    for piece in pieces:
        *texts, rest = _ROW_END.split(rest + piece)
        for text in texts:
            row = _filled_row(text, number)
            if begun:
                row.before = b""
            number, begun = row.number, True
            yield row
    end = _SHEET_END.search(rest)
    yield FilledRow(number, [], after=rest[end.start() :] if end else rest)


def _filled_row(text: bytes, number: int) -> FilledRow:
    """The last row that begins in a text, which ends where that row does; those before it close themselves and are blank."""
    first, end = len(text), len(text)
    for row in _ROW.finditer(text):
        told = _ROW_NUMBER.search(row[1])
        number = int(told[1]) if told else number + 1
        first, end = min(first, row.start()), row.end()
    column, cells = -1, []
    for cell in _CELL.finditer(text, end):
        reference = _REFERENCE.search(cell[2])
        column = _column(reference[1]) if reference else column + 1
        if cell[3] and _CELL_END.search(cell[3]):
            cells.append((column, cell))
    return FilledRow(number, cells, before=text[:first])


def _letters(column: int) -> bytes:
    """0-based: 0 is A, 16,383 is XFD."""
    letters = ""
    while column >= 0:
        column, last = column // 26 - 1, column % 26
        letters = chr(65 + last) + letters
    return letters.encode()


# --- parsing and sending -------------------------------------------------------------------------------


def _send_workbook(data: bytes, scans: dict[str, Scan], arguments: dict[str, Any]) -> None:
    try:
        workbook = python_calamine.load_workbook(BytesIO(data))
    except python_calamine.PasswordError as error:
        raise Refusal("the workbook is protected by a password", "password") from error
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refusal("the workbook is damaged or cut short", "export") from error
    if len(workbook.sheets_metadata) > arguments["sheets"]:
        raise Refusal(f"the workbook has more than {arguments['sheets']} sheets", "split")
    parts, since_1904 = _sheet_parts(data) if arguments["zipped"] else ({}, False)
    for sheet in workbook.sheets_metadata:
        if sheet.typ == python_calamine.SheetTypeEnum.WorkSheet:
            scan = scans.get(parts.get(sheet.name, ""), Scan())
            _send_sheet(workbook, sheet, scan, arguments, since_1904=since_1904)


def _sheet_parts(data: bytes) -> tuple[dict[str, str], bool]:
    """Which part of the archive holds the sheet of each name, and whether the workbook counts its days from 1904."""
    with zipfile.ZipFile(BytesIO(data)) as archive:
        book = archive.read("xl/workbook.xml")
        links = archive.read("xl/_rels/workbook.xml.rels")
    targets = {
        _attribute(link, b"Id"): _attribute(link, b"Target")
        for link in re.findall(rb"<(?:\w+:)?Relationship\b[^>]*>", links)
    }
    parts: dict[str, str] = {}
    for sheet in re.findall(rb"<(?:\w+:)?sheet\b[^>]*>", book):
        target = targets.get(_attribute(sheet, b"id"), "")
        parts[_attribute(sheet, b"name")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    return parts, _SINCE_1904.search(book) is not None


def _attribute(tag: bytes, name: bytes) -> str:
    found = re.search(rb"[\s:]" + name + rb"\s*=\s*(\"[^\"]*\"|'[^']*')", tag)
    return html.unescape(found[1][1:-1].decode("utf-8", "replace")) if found else ""


def _send_sheet(workbook: Any, sheet: Any, scan: Scan, arguments: dict[str, Any], *, since_1904: bool) -> None:
    try:
        cells = workbook.get_sheet_by_name(sheet.name)
    except (python_calamine.CalamineError, OSError, ValueError) as error:
        raise Refusal(f"sheet {sheet.name!r} is damaged", "export") from error
    merges = [
        [top + 1, left, bottom + 1, right] for (top, left), (bottom, right) in cells.merged_cell_ranges or []
    ]
    if len(merges) > arguments["merges"]:
        raise Refusal(f"sheet {sheet.name!r} has more than {arguments['merges']:,} merged ranges", "split")
    visible = sheet.visible == python_calamine.SheetVisibleEnum.Visible
    description = {
        "name": sheet.name,
        "hidden": not visible,
        "merges": merges,
        "hidden_rows": scan.hidden_rows,
        "since_1904": since_1904,
    }
    _send(b"S", orjson.dumps(description))
    block: list[tuple[int, list[str]]] = []
    for row in _rows(cells, scan):
        block.append(row)
        if len(block) == ROWS_PER_BLOCK:
            _send_block(block, sheet.name, arguments)
            block = []
    if block:
        _send_block(block, sheet.name, arguments)


def _send_block(block: list[tuple[int, list[str]]], name: str, arguments: dict[str, Any]) -> None:
    packed = orjson.dumps(block)
    if len(packed) > arguments["cell_characters"]:
        longest = arguments["cell_characters"]
        for number, cells in block:
            if any(len(cell) > longest for cell in cells):
                raise Refusal(
                    f"sheet {name!r} row {number} holds a cell of more than {longest:,} characters", "export"
                )
    if "锟斤拷".encode() in packed:
        raise Refusal(
            f"sheet {name!r}: the text was damaged by a wrong conversion (it holds 锟斤拷)", "export"
        )
    _send(b"R", zlib.compress(packed, 1))


def _rows(cells: Any, scan: Scan) -> Iterator[tuple[int, list[str]]]:
    """The sheet's rows that hold anything, at the numbers and in the columns where the office sees them."""
    if cells.start is None:
        return
    # The parser gives the blank rows above the first filled cell, but not the blank columns beside it.
    indent = [""] * cells.start[1]
    for position, row in enumerate(cells.iter_rows(), start=1):
        texts = indent + [value if type(value) is str else _text(value) for value in row]
        number = scan.kept_rows[position - 1] if scan.kept_rows else position
        if scan.kept_columns:
            texts = _spread(texts, scan.kept_columns)
        for column, error in scan.errors.get(number, ()):
            texts.extend([""] * (column + 1 - len(texts)))
            texts[column] = error
        if any(texts):
            yield number, texts


def _spread(texts: list[str], columns: list[int]) -> list[str]:
    """A squeezed row's texts in the columns where they stood, up to the last that holds any."""
    filled = [(column, text) for column, text in zip(columns, texts, strict=False) if text]
    spread = [""] * (filled[-1][0] + 1 if filled else 0)
    for column, text in filled:
        spread[column] = text
    return spread


def _text(value: Any) -> str:
    """A cell as a person reads it: whole numbers without `.0`, dates in ISO order, TRUE and FALSE."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return _number(value)
    if isinstance(value, datetime.datetime):
        return (
            value.date().isoformat() if value.time() == datetime.time() else value.isoformat(" ", "seconds")
        )
    return "" if value is None else str(value)


def _number(value: float) -> str:
    """As a spreadsheet shows it: it keeps 15 digits, so a longer number is no longer the one typed."""
    if abs(value) < 1e15 and value == int(value):
        return str(int(value))
    return f"{value:.15g}".upper()


if __name__ == "__main__":
    main()
