"""The three ways in which interfaces cut a list into pages: cursor, page number, link."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import httpx

from connectors.transports.refusal import Unreadable

CHECK_SETTINGS = "check the source's settings"


@dataclass(frozen=True, slots=True)
class Page:
    """One page: its records, the whole document around them, the `next` link, and the hash of its records."""

    records: Sequence[Any]
    document: Any
    next_link: str | None
    digest: str

    def at(self, path: Sequence[str]) -> Any:
        """The value under a path of keys, or None."""
        value = self.document
        for key in path:
            value = value.get(key) if isinstance(value, dict) else None
        return value


class Paging(Protocol):
    """Where the first page is, its address, and what comes after it (None: nothing)."""

    def first(self, url: str) -> str: ...

    def address(self, url: str, position: str, parameters: Mapping[str, str]) -> httpx.URL: ...

    def after(self, position: str, page: Page, rows: int) -> str | None: ...


def same_origin(one: httpx.URL, other: httpx.URL) -> bool:
    """True when scheme, host and port agree: the token must not leave the server it is for."""
    return (one.scheme, one.host, one.port) == (other.scheme, other.host, other.port)


@dataclass(frozen=True, slots=True)
class CursorPaging:
    """Each page names the next: `{"next": "abc"}`; the end is an absent, null or empty cursor."""

    next_path: tuple[str, ...] = ("next",)
    parameter: str = "cursor"

    def first(self, url: str) -> str:
        return ""

    def address(self, url: str, position: str, parameters: Mapping[str, str]) -> httpx.URL:
        cursor = {self.parameter: position} if position else {}
        return httpx.URL(url).copy_merge_params({**parameters, **cursor})

    def after(self, position: str, page: Page, rows: int) -> str | None:
        following = page.at(self.next_path)
        if following is None or following == "":
            return None
        if not isinstance(following, str):
            raise Unreadable(
                f"the cursor at {'/'.join(self.next_path)} is neither text nor number", CHECK_SETTINGS
            )
        if following == position:
            raise Unreadable("a page names itself as the next one", CHECK_SETTINGS)
        return str(following)


@dataclass(frozen=True, slots=True)
class PagePaging:
    """Numbered pages up to an empty one, or up to the total that the pages state.

    A short page is no end: servers cap the page size that they are asked for.
    """

    size: int = 500
    parameter: str = "page"
    size_parameter: str = "pageSize"
    first_number: int = 1
    total_path: tuple[str, ...] = ()

    def first(self, url: str) -> str:
        return str(self.first_number)

    def address(self, url: str, position: str, parameters: Mapping[str, str]) -> httpx.URL:
        paging = {self.parameter: position, self.size_parameter: str(self.size)}
        return httpx.URL(url).copy_merge_params({**parameters, **paging})

    def after(self, position: str, page: Page, rows: int) -> str | None:
        total = self._total(page)
        if total is not None and (rows > total or (not page.records and rows < total)):
            raise Unreadable(f"the source states {total:,} records and gave {rows:,}", "read it again")
        if not page.records or rows == total:
            return None
        return str(int(position) + 1)

    def _total(self, page: Page) -> int | None:
        if not self.total_path:
            return None
        stated = page.at(self.total_path)
        if not isinstance(stated, str) or not stated.isascii() or not stated.isdigit():
            raise Unreadable(f"no whole number at {'/'.join(self.total_path)}", CHECK_SETTINGS)
        return int(stated)


@dataclass(frozen=True, slots=True)
class LinkPaging:
    """The answer's Link header names the next page, rel="next" (RFC 8288), on the same server."""

    def first(self, url: str) -> str:
        return ""

    def address(self, url: str, position: str, parameters: Mapping[str, str]) -> httpx.URL:
        return httpx.URL(position) if position else httpx.URL(url).copy_merge_params(dict(parameters))

    def after(self, position: str, page: Page, rows: int) -> str | None:
        if page.next_link is not None and page.next_link == position:
            raise Unreadable("a page names itself as the next one", CHECK_SETTINGS)
        return page.next_link
