"""Makes files byte by byte as awkward offices and programs do: text, workbooks old and new, zips, pages."""

from __future__ import annotations

import csv
import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import openpyxl
import xlsxwriter
from openpyxl.worksheet.worksheet import Worksheet

HEADERS = ("序号", "姓名", "性别", "出生日期", "身份证号")
ROWS = (
    ("1", "王小明", "男", "2012-05-03", "210293201205030178"),
    ("2", "李雨欣", "女", "2013.7.9", "210294201307090023"),
    ("3", "赵子涵", "女", "20140101", "21029520140101004X"),
)
TABLE = (HEADERS, *ROWS)
KNOWN = frozenset(
    [
        *HEADERS,
        "乡镇",
        "户编号",
        "户主姓名",
        "监护人姓名",
        "电话",
        "金额",
        "起始日期",
        "截止日期",
        "类型",
        "名称",
    ]
)


def is_header(cells: Sequence[str]) -> bool:
    """As a caller would say it: three known spellings, by a path's last part, spaces and stars apart."""
    return sum("".join(cell.split("/")[-1].replace("*", "").split()) in KNOWN for cell in cells) >= 3


def text_file(
    table: Iterable[Sequence[str]] = TABLE,
    *,
    encoding: str = "utf-8",
    delimiter: str = ",",
    end: str = "\r\n",
) -> bytes:
    """Delimited text, quoted where needed."""
    stream = io.StringIO(newline="")
    csv.writer(stream, delimiter=delimiter, lineterminator=end).writerows(table)
    return stream.getvalue().encode(encoding)


def workbook(*sheets: tuple[str, Iterable[Sequence[Any]]], then: Callable[..., None] | None = None) -> bytes:
    """A workbook of named sheets; `then` is given the openpyxl sheets to spoil."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    made: list[Worksheet] = []
    for name, table in sheets or (("Sheet1", TABLE),):
        made.append(book.create_sheet(name))
        for row in table:
            made[-1].append(list(row))
    if then:
        then(*made)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def modern_workbook(fill: Callable[[Any, Any], None], **options: Any) -> bytes:
    """A workbook by another writer, with shared strings and formats."""
    stream = io.BytesIO()
    book = xlsxwriter.Workbook(stream, {"in_memory": True, **options})
    fill(book, book.add_worksheet("Sheet1"))
    book.close()
    return stream.getvalue()


def zipped(parts: Mapping[str, bytes], *, method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of the given members."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", method) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return stream.getvalue()


def rewritten(book: bytes, change: Callable[[str, bytes], bytes], extra: Mapping[str, bytes] | None = None) -> bytes:
    """The workbook with each part passed through `change`, and `extra` parts put in."""
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            new.writestr(name, change(name, old.read(name)))
        for name, data in (extra or {}).items():
            new.writestr(name, data)
    return stream.getvalue()


_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"


def raw_workbook(sheet: Iterable[str], strings: Iterable[str] | None = None) -> bytes:
    """A workbook written as bare XML, fast and free to be wrong: the sheet's rows, and its shared strings."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        kind = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
        default = '<Default Extension="xml" ContentType="application/xml"/>'
        relations = "application/vnd.openxmlformats-package.relationships+xml"
        default += f'<Default Extension="rels" ContentType="{relations}"/>'
        override = f'<Override PartName="/xl/workbook.xml" ContentType="{kind}"/>'
        archive.writestr("[Content_Types].xml", f'<Types xmlns="{_PACKAGE}/content-types">{default}{override}</Types>')
        archive.writestr("_rels/.rels", _relations([("officeDocument", "xl/workbook.xml")]))
        links = [("worksheet", "worksheets/sheet1.xml"), ("sharedStrings", "sharedStrings.xml")]
        archive.writestr("xl/_rels/workbook.xml.rels", _relations(links[: 1 if strings is None else 2]))
        sheets = '<sheets><sheet name="Sheet1" sheetId="1" r:id="r1"/></sheets>'
        archive.writestr("xl/workbook.xml", f'<workbook xmlns="{_MAIN}" xmlns:r="{_LINKS}">{sheets}</workbook>')
        _write_part(archive, "xl/worksheets/sheet1.xml", "worksheet", "<sheetData>", sheet, "</sheetData>")
        if strings is not None:
            texts = (f"<si><t>{text}</t></si>" for text in strings)
            _write_part(archive, "xl/sharedStrings.xml", "sst", "", texts, "")
    return stream.getvalue()


def _relations(links: Sequence[tuple[str, str]]) -> str:
    made = (f'<Relationship Id="r{i}" Type="{_LINKS}/{kind}" Target="{target}"/>' for i, (kind, target) in enumerate(links, start=1))
    return f'<Relationships xmlns="{_PACKAGE}/relationships">{"".join(made)}</Relationships>'


def _write_part(archive: zipfile.ZipFile, name: str, root: str, before: str, inner: Iterable[str], after: str) -> None:
    with archive.open(name, "w") as part:
        part.write(f'<{root} xmlns="{_MAIN}">{before}'.encode())
        for text in inner:
            part.write(text.encode())
        part.write(f"{after}</{root}>".encode())


def gbk_named_zip(members: Mapping[str, bytes]) -> bytes:
    """A zip as Chinese Windows writes it: member names in GBK, without the UTF-8 flag."""
    stand_ins = {name: f"{i:0{len(name.encode('gbk'))}d}" for i, name in enumerate(members)}
    data = zipped({stand_ins[name]: content for name, content in members.items()})
    for name, stand_in in stand_ins.items():
        data = data.replace(stand_in.encode(), name.encode("gbk"))
    return data


def page(table: Iterable[Sequence[str]] = TABLE, *, encoding: str = "utf-8", before: str = "") -> bytes:
    """A web page with one table, as exports named .xls are."""
    rows = "".join("<tr>" + "".join(f"<td>{cell}</td>" for cell in row) + "</tr>" for row in table)
    head = f'<html><head><meta http-equiv="Content-Type" content="text/html; charset={encoding}"></head><body>'
    return f"{head}{before}<table border=1>{rows}</table></body></html>".encode(encoding)


def old_workbook(table: Iterable[Sequence[str | float]] = TABLE, name: str = "Sheet1") -> bytes:
    """A BIFF8 workbook in a compound file, as Excel 97–2003 wrote it."""
    sheet = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0010, 0, 0, 0, 6))
    for row, cells in enumerate(table):
        for column, cell in enumerate(cells):
            at = struct.pack("<HHH", row, column, 0)
            if isinstance(cell, str):
                sheet += _record(0x0204, at + struct.pack("<HB", len(cell), 1) + cell.encode("utf-16-le"))
            else:
                sheet += _record(0x0203, at + struct.pack("<d", cell))
    sheet += _record(0x000A, b"")
    start = _record(0x0809, struct.pack("<HHHHLL", 0x0600, 0x0005, 0, 0, 0, 6))
    start += _record(0x0042, struct.pack("<H", 1200))
    label = struct.pack("<BB", len(name), 1) + name.encode("utf-16-le")
    length = len(start) + 4 + 6 + len(label) + 4
    start += _record(0x0085, struct.pack("<LBB", length, 0, 0) + label) + _record(0x000A, b"")
    return compound_file("Workbook", start + sheet)


def compound_file(stream_name: str, content: bytes) -> bytes:
    """An OLE compound file ([MS-CFB]) of one stream in 512-byte sectors: FAT, directory, stream."""
    content = content.ljust(max(4096, -(-len(content) // 512) * 512), b"\x00")
    sectors = len(content) // 512
    assert sectors + 2 <= 128, "one FAT sector is enough for a test file"
    fat = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    fat += [0xFFFFFFFF] * (128 - len(fat))
    header = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(16)
    header += struct.pack("<HHHHH6xLLLLLLLLL", 0x3E, 3, 0xFFFE, 9, 6, 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    header += struct.pack("<109L", 0, *[0xFFFFFFFF] * 108)
    directory = _entry("Root Entry", 5, child=1, start=0xFFFFFFFE, size=0)
    directory += _entry(stream_name, 2, child=0xFFFFFFFF, start=2, size=len(content))
    directory += bytes(256)
    return header.ljust(512, b"\x00") + struct.pack("<128L", *fat) + directory + content


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _entry(name: str, kind: int, *, child: int, start: int, size: int) -> bytes:
    encoded = name.encode("utf-16-le") + b"\x00\x00"
    head = encoded.ljust(64, b"\x00") + struct.pack("<HBBLLL", len(encoded), kind, 1, 0xFFFFFFFF, 0xFFFFFFFF, child)
    return head + bytes(36) + struct.pack("<LQ", start, size)
