"""Reads one page of JSON strictly, and lays its records out as rows of text."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from typing import Any

import httpx

from connectors.transports.grid import HeldRows
from connectors.transports.http_paging import Page, same_origin
from connectors.transports.refusal import Unreadable
from hub.domain.values.concealed import concealed

MAX_DEPTH = 16

FIX_SOURCE = "ask the department's own IT to correct its interface"


class Truncated(Exception):
    """The body ends before the document does, or is no JSON at all; asking again may help."""


class _Number(str):
    """A number as it is written: 18 digits stay 18 digits."""


class _Doubled(dict[str, Any]):
    """An object that gives a key twice."""

    key: str = ""


class _NotFinite:
    """NaN or Infinity, which JSON does not have."""


def parse_page(body: bytes, headers: httpx.Headers, path: Sequence[str], number: int, url: httpx.URL) -> Page:
    """Parses a page and finds its records; raises `Truncated` or `Unreadable`, which name the place."""
    document = _document(_text(body, headers, number), number)
    records = document
    for key in path:
        records = records.get(key) if isinstance(records, dict) else None
    if not isinstance(records, list):
        where = "/".join(path) or "its top"
        raise Unreadable(f"page {number}: no list of records at {where}", "check the source's settings")
    return Page(records, document, _next_link(headers, url, number), hashlib.sha256(json.dumps(records, default=repr).encode()).hexdigest())


class Records:
    """Rows collected over pages; the headers are the keys in order of first appearance."""

    def __init__(self) -> None:
        self.held = HeldRows()
        self._columns: dict[str, int] = {}

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(self._columns)

    @property
    def count(self) -> int:
        return self.held.count

    def add(self, records: Sequence[Any], page: int) -> list[list[str]]:
        """Adds a page's records, and returns them as rows; nested objects become columns `A/B`."""
        rows = [self._row(record, f"page {page}, record {i}") for i, record in enumerate(records, start=1)]
        for row in rows:
            self.held.add(self.held.count + 1, row)
        return rows

    def restore(self, headers: Sequence[str], rows: Sequence[list[str]]) -> None:
        """Takes rows of an earlier run back."""
        for header in headers:
            self._columns.setdefault(header, len(self._columns))
        for row in rows:
            self.held.add(self.held.count + 1, row)

    def _row(self, record: Any, place: str) -> list[str]:
        if not isinstance(record, dict):
            raise Unreadable(f"{place}: not an object", FIX_SOURCE)
        row = [""] * len(self._columns)
        seen: set[str] = set()
        for path, text in _flat(record, "", place, 0):
            if path in seen:
                raise Unreadable(f"{place}: the key {concealed(path)} is given twice", FIX_SOURCE)
            seen.add(path)
            column = self._columns.setdefault(path, len(self._columns))
            row.extend([""] * (column + 1 - len(row)))
            row[column] = text
        return row


def _text(body: bytes, headers: httpx.Headers, number: int) -> str:
    """UTF-8 as RFC 8259 has it, or GB18030 where the content type says a GB encoding."""
    charset = headers.get("content-type", "").lower().partition("charset=")[2].strip("\"' ")
    encoding = "gb18030" if charset.startswith("gb") else "utf-8-sig"
    try:
        return body.decode(encoding)
    except UnicodeDecodeError as error:
        if error.end >= len(body):
            raise Truncated("the answer ends in the middle of a character") from error
        raise Unreadable(
            f"page {number}: not valid {encoding} at byte {error.start:,}", FIX_SOURCE
        ) from error


def _document(text: str, number: int) -> Any:
    try:
        return json.loads(
            text,
            object_pairs_hook=_object,
            parse_int=_Number,
            parse_float=_Number,
            parse_constant=lambda _: _NotFinite(),
        )
    except json.JSONDecodeError as error:
        raise Truncated(
            f"the answer is no complete JSON (line {error.lineno}, column {error.colno})"
        ) from error
    except RecursionError as error:
        raise Unreadable(f"page {number}: nested too deeply", FIX_SOURCE) from error


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    plain = dict(pairs)
    if len(plain) == len(pairs):
        return plain
    keys = [key for key, _ in pairs]
    doubled = _Doubled(plain)
    doubled.key = next(key for key in keys if keys.count(key) > 1)
    return doubled


def _flat(value: dict[str, Any], above: str, place: str, depth: int) -> Iterator[tuple[str, str]]:
    if isinstance(value, _Doubled):
        raise Unreadable(f"{place}: the key {concealed(above + value.key)} is given twice", FIX_SOURCE)
    if depth > MAX_DEPTH:
        raise Unreadable(f"{place}: nested too deeply", FIX_SOURCE)
    for key, inner in value.items():
        _refuse_odd_text(key, f"{place}, a key of {above or 'the record'}")
        path = f"{above}{key}"
        if isinstance(inner, dict):
            yield from _flat(inner, f"{path}/", place, depth + 1)
        else:
            yield path, _cell(inner, f"{place}, {path}")


def _cell(value: Any, place: str) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, _NotFinite):
        raise Unreadable(f"{place}: NaN or Infinity, which is no JSON", FIX_SOURCE)
    if isinstance(value, str):
        return _refuse_odd_text(value, place)
    if isinstance(value, list) and not any(isinstance(item, dict | list) for item in value):
        return "、".join(_cell(item, place) for item in value)
    return _json(value, place)


def _json(value: Any, place: str) -> str:
    """A list of objects stays one cell, as JSON text with its numbers as they were written."""
    if isinstance(value, dict):
        if isinstance(value, _Doubled):
            raise Unreadable(f"{place}: the key {concealed(value.key)} is given twice", FIX_SOURCE)
        inner = (f"{_json(key, place)}:{_json(item, place)}" for key, item in value.items())
        return "{" + ",".join(inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(_json(item, place) for item in value) + "]"
    if isinstance(value, _NotFinite):
        raise Unreadable(f"{place}: NaN or Infinity, which is no JSON", FIX_SOURCE)
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, str):
        return json.dumps(_refuse_odd_text(value, place), ensure_ascii=False)
    return json.dumps(value)


def _refuse_odd_text(text: str, place: str) -> str:
    """Refuses what PostgreSQL cannot store as text; returns a plain string."""
    if "\x00" in text:
        raise Unreadable(f"{place}: holds \\u0000", FIX_SOURCE)
    if any("\ud800" <= character <= "\udfff" for character in text):
        raise Unreadable(f"{place}: holds half of a surrogate pair", FIX_SOURCE)
    return str(text)


def _next_link(headers: httpx.Headers, url: httpx.URL, number: int) -> str | None:
    links = httpx.Response(200, headers=headers).links
    if "next" not in links:
        return None
    target = url.join(links["next"].get("url", ""))
    if not same_origin(target, url):
        raise Unreadable(f"page {number}: the next link leads to another host", "check the source's settings")
    return str(target)
