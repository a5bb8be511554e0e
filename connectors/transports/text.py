"""Reads delimited text: finds its encoding and delimiter, and keeps ragged rows as they are."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from connectors.transports.grid import Grid, GridRow, blank_row
from connectors.transports.refusal import EXPORT_AGAIN, Unreadable

DELIMITERS = (",", "\t", ";", "|")
SNIFFED_CHARACTERS = 64 * 1024
FIELD_CHARACTERS = 1_000_000
NARROWEST = 3  # cells of a header from which on a line full of delimiters is a row and no sentence
_NUMBER = re.compile(r"\d{4}")
CHECK_QUOTES = "请检查该行的英文双引号 (check the double quotes of that row) 后重新报送"

csv.field_size_limit(FIELD_CHARACTERS)

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_LATIN_MOJIBAKE = re.compile(r"[\u00c3-\u00ef][\u0080-\u00bf\u0152-\u017e\u2013-\u2122]")


def read_text(data: bytes, is_header: Callable[[Sequence[str]], bool]) -> tuple[Grid, str]:
    """Returns the one sheet of a delimited file and its encoding; raises `Unreadable`."""
    text, encoding = decode(data)
    refuse_mojibake(text)
    delimiter, width = _delimiter(text, is_header)
    rows = DelimitedRows(data, encoding, delimiter)
    _read_through(rows, width)
    return Grid(name="", rows=rows, ragged=True), encoding


def decode(data: bytes) -> tuple[str, str]:
    """Decodes by byte order mark, else as strict UTF-8, else as GB18030 (a superset of GBK and GB2312)."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _strictly(data, encoding), encoding
    if wide := _unmarked_utf16(data):
        return _strictly(data, wide), wide
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        utf8_error = error
    try:
        return data.decode("gb18030"), "gb18030"
    except UnicodeDecodeError as error:
        # The further one got is the likelier encoding: its place helps the office most.
        raise _undecodable(data, max(utf8_error, error, key=lambda e: e.start)) from error


def refuse_mojibake(text: str) -> None:
    """Refuses text that was decoded wrongly before it was delivered (D-02); nothing in it can be trusted."""
    if "锟斤拷" in text:
        raise Unreadable("the text was damaged by a wrong conversion (it holds 锟斤拷)", EXPORT_AGAIN)
    sample = "".join(c for c in text[:SNIFFED_CHARACTERS] if c > "\x7f")
    looks_latin = len(_LATIN_MOJIBAKE.findall(sample)) * 4 > len(sample)
    if _reads_better(sample.encode("gb18030", "replace")) or (
        looks_latin and _reads_better(_western(sample))
    ):
        raise Unreadable("the text is UTF-8 that was read in another encoding and saved again", EXPORT_AGAIN)


@dataclass(frozen=True, slots=True)
class DelimitedRows:
    """The rows of a delimited file, parsed afresh at each iteration."""

    data: bytes
    encoding: str
    delimiter: str

    def __iter__(self) -> Iterator[GridRow]:
        stream = io.TextIOWrapper(io.BytesIO(self.data), encoding=self.encoding, newline="")
        yield from enumerate(csv.reader(stream, delimiter=self.delimiter), start=1)


def _strictly(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError as error:
        raise _undecodable(data, error) from error


def _undecodable(data: bytes, error: UnicodeDecodeError) -> Unreadable:
    line = data.count(b"\n", 0, error.start) + 1
    where = "at the end: the file was cut short" if error.end >= len(data) else f"in line {line}"
    return Unreadable(f"the text is not valid {error.encoding.upper()} {where} (byte {error.start:,})")


def _unmarked_utf16(data: bytes) -> str | None:
    head = data[:8192]
    little = sum(head.count(c + b"\x00") for c in (b",", b"\t", b"\n", b";"))
    big = sum(head.count(b"\x00" + c) for c in (b",", b"\t", b"\n", b";"))
    if max(little, big) < 3 or len(data) % 2:
        return None
    return "utf-16-le" if little > big else "utf-16-be"


def _western(sample: str) -> bytes:
    """Back to the bytes that Windows-1252, or where it has a gap Latin-1, turned into these characters."""
    parts = (c.encode("cp1252", "ignore") or c.encode("latin-1", "replace") for c in sample)
    return b"".join(parts)


def _reads_better(original: bytes) -> bool:
    """True when the bytes that the text seems to come from are Chinese in UTF-8 rather than rubbish."""
    text = original.decode("utf-8", "replace")
    chinese = sum("\u4e00" <= c <= "\u9fff" for c in text)
    return chinese >= 4 and chinese > 2 * text.count("\ufffd")


def _delimiter(text: str, is_header: Callable[[Sequence[str]], bool]) -> tuple[str, int]:
    """The delimiter under which a row is a known header, and that row's width; failing that, the one that cuts the most cells, and 0."""
    head = text[:SNIFFED_CHARACTERS].lstrip("\ufeff")
    delimiters = (head[4],) if head.startswith("sep=") and len(head) > 4 else DELIMITERS
    tables = {d: list(csv.reader(io.StringIO(head, newline=""), delimiter=d))[:40] for d in delimiters}
    for delimiter, rows in tables.items():
        for row in rows:
            if is_header([cell.strip() for cell in row]):
                return delimiter, len(row)
    return max(tables, key=lambda d: sum(len(row) - 1 for row in tables[d])), 0


def _read_through(rows: DelimitedRows, width: int, *, strict: bool = True) -> None:
    """Reads to the end once, so that a broken quotation shows before any row is handed on.

    A quotation mark inside a cell is kept as text, as spreadsheet programs do: then it is read again, not strictly.
    """
    number, stream = 0, io.TextIOWrapper(io.BytesIO(rows.data), encoding=rows.encoding, newline="")
    lines: list[str] = []  # of the row that is being read
    reader = csv.reader(_noted(stream, lines), delimiter=rows.delimiter, strict=strict)
    try:
        for number, cells in enumerate(reader, start=1):
            _refuse_several(number, cells, lines, rows.delimiter, width)
            lines.clear()
    except csv.Error as error:
        too_large = "field larger" in str(error)
        if too_large and len(lines) == 1:
            raise _cell_too_large(number + 1) from error
        if too_large or "unexpected end of data" in str(error) or not strict:
            raise Unreadable(f"a quotation mark opened in row {number + 1} is never closed", CHECK_QUOTES) from error
        _read_through(rows, width, strict=False)


def _noted(stream: Iterable[str], lines: list[str]) -> Iterator[str]:
    """The lines of a stream, each noted as it is read."""
    for line in stream:
        lines.append(line)
        yield line


def _refuse_several(number: int, cells: Sequence[str], lines: Sequence[str], delimiter: str, width: int) -> None:
    """Refuses a row that is several: its lines have delimiters for more than one row, or its cells are those of several rows in one line.

    Who stands in the rows within would be taken for gone. A line is a row's, lacking its last cells perhaps, that has half a row's delimiters and
    a date or number: a cell of several lines has hardly any.
    """
    if width < NARROWEST:
        return
    half = max(NARROWEST, width // 2)
    first, *between, last = [line.count(delimiter) if _NUMBER.search(line) else 0 for line in lines] if len(lines) > 1 else (0, 0)
    if any(count >= half for count in between) or (min(first, last) >= half and first + last >= width - 1 + half):
        raise Unreadable(f"a quotation mark opened in row {number} is closed only in a later row; the rows between would be one cell", CHECK_QUOTES)
    if len(cells) > width and (len(cells) - 1) % (width - 1) == 0 and not blank_row(cells[width:]):
        raise Unreadable(f"row {number} holds {(len(cells) - 1) // (width - 1)} rows: the line break between them is lost", EXPORT_AGAIN)


def _cell_too_large(row: int) -> Unreadable:
    return Unreadable(
        f"row {row} holds a cell of more than {FIELD_CHARACTERS:,} characters",
        "请检查该行是否混入了其他内容 (look what got into that row) 后重新报送",
    )
