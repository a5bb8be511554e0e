"""Says what a file is by its first bytes, whatever its name claims (domain research D-38, D-39)."""

from __future__ import annotations

import zipfile
from enum import Enum
from io import BytesIO

from connectors.transports.refusal import SAVE_AS_XLSX, Unreadable


class Content(Enum):
    """What a transport can read."""

    TEXT = "delimited text"
    HTML = "HTML table"
    XLSX = "workbook"
    XLS = "old workbook"
    ZIP = "zip archive"


_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"

_PICTURES = (b"\x89PNG", b"\xff\xd8\xff", b"II*\x00", b"MM\x00*")
_PERHAPS_PICTURES = (b"GIF8", b"BM", b"RIFF")  # letters, with which plain text may begin too ("BM001,…"): a picture has NUL bytes soon after
_HEIF = (b"ftypheic", b"ftypheix", b"ftypmif1", b"ftypavif")  # from the fifth byte on
_OTHERS = (
    (b"%PDF", "a PDF document"),
    (b"Rar!", "a RAR archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"SQLite format 3", "an SQLite database"),
    (b"\x00\x01\x00\x00Standard", "an Access database"),
    (b"{\\rtf", "an RTF document"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OLE_STREAMS = (
    ("EncryptedPackage", "the workbook is protected by a password"),
    ("WordDocument", "this is a text document (.doc/.wps), not a table"),
    ("PowerPoint Document", "this is a slide show, not a table"),
    ("_VBA_PROJECT", "the workbook contains macros"),
)
_WPS_SUFFIXES = (".et", ".ett", ".wps", ".wpt", ".dps")


def recognise(name: str, data: bytes) -> Content:
    """Returns what the bytes are; raises `Unreadable` with a clear text for what cannot be read at all."""
    if not data.strip(b"\x00 \t\r\n\xef\xbb\xbf\xff\xfe"):
        raise Unreadable("the file is empty")
    if data.startswith(b"PK"):
        return _zip_kind(data)
    if data.startswith(_OLE):
        return _ole_kind(name, data)
    _refuse_others(data)
    return Content.HTML if _looks_like_html(data) else Content.TEXT


def _zip_kind(data: bytes) -> Content:
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise Unreadable("the zip structure is damaged or cut short (a half-written file?)") from error
    if "[Content_Types].xml" not in names:
        if "mimetype" in names and "content.xml" in names:
            raise Unreadable("this is an OpenDocument file (.ods/.odt)", SAVE_AS_XLSX)
        return Content.ZIP
    if "xl/workbook.bin" in names:
        raise Unreadable("this is a binary workbook (.xlsb)", SAVE_AS_XLSX)
    if not any(name.startswith("xl/") for name in names):
        raise Unreadable("this is an Office document, but not a workbook", SAVE_AS_XLSX)
    return Content.XLSX


def _ole_kind(name: str, data: bytes) -> Content:
    for stream, reason in _OLE_STREAMS:
        if stream.encode("utf-16-le") in data:
            hint = "请取消密码后重新报送 (remove the password)" if "password" in reason else SAVE_AS_XLSX
            raise Unreadable(reason, hint)
    if name.lower().endswith(_WPS_SUFFIXES):
        raise Unreadable("this is a WPS file (.et/.wps)", SAVE_AS_XLSX)
    return Content.XLS


def _refuse_others(data: bytes) -> None:
    for magic, kind in _OTHERS:
        if data.startswith(magic):
            raise Unreadable(f"this is {kind}, not a table", SAVE_AS_XLSX)
    if data.startswith(_PICTURES) or data[4:].startswith(_HEIF) or (data.startswith(_PERHAPS_PICTURES) and b"\x00" in data[:64]):
        raise Unreadable("this is a picture (a photograph or scan), not a table", "请人工录入为表格 (somebody has to enter it as a table)")


def _looks_like_html(data: bytes) -> bool:
    start = data[:4096].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").lower()
    return start.startswith(
        (b"<!doctype html", b"<html", b"<table", b"<head", b"<meta", b"<style", b"<body")
    ) or (
        start.startswith((b"<?xml", b"<!--", b"<div", b"<script"))
        and (b"<html" in start or b"<table" in start)
    )
