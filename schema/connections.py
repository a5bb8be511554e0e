"""Relay connections by keyset: stable pages while rows come and go, and an exact count when it is asked for."""

import base64
import binascii
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Any

import orjson
import strawberry
from sqlalchemy import ColumnElement, FromClause, func, literal, select, tuple_
from strawberry.types import Info

from schema.scope import MAX_PAGE, BadInput, context


@strawberry.type(description="分页信息 · Relay page information.")
class PageInfo:
    """Whether there is more, and where this page begins and ends."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Page:
    """What a connection asks for."""

    first: int | None
    after: str | None
    last: int | None
    before: str | None

    def size(self) -> int:
        """How many rows; BadInput where more than a page, none, or both directions are asked for."""
        if self.first is not None and self.last is not None:
            raise BadInput("first and last cannot both be given")
        size = self.first if self.first is not None else self.last if self.last is not None else 50
        if not 0 <= size <= MAX_PAGE:
            raise BadInput(f"first and last are from 0 to {MAX_PAGE}")
        return size


@dataclass(frozen=True)
class Listed:
    """A list that can be paged: its rows, the keys it is ordered by (the last one unique), and a name for its cursors."""

    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    keys: tuple[ColumnElement[Any], ...]
    order: str


def connection_type(name: str, node: Any, description: str) -> Any:
    """The connection type of a node type."""

    edge = strawberry.type(type(f"{name}Edge", (), {"__annotations__": {"cursor": str, "node": node}}), description=f"{description} · edge")

    async def total_count(self: Any, info: Info[Any, Any]) -> int:
        listed: Listed = self.listed
        return int(await context(info).value(select(func.count()).select_from(listed.source).where(*listed.where)))

    body = {
        "__annotations__": {"edges": list[edge], "nodes": list[node], "page_info": PageInfo, "listed": strawberry.Private[Any]},  # type: ignore[valid-type]
        "total_count": strawberry.field(
            resolver=total_count, description="总数（精确） · Exact number of rows that the filter lets through."
        ),
    }
    made = strawberry.type(type(f"{name}Connection", (), body), description=description)
    made.edge_type = edge
    return made


async def page(info: Info[Any, Any], connection: Any, listed: Listed, asked: Page, wrap: Callable[[Any], Any]) -> Any:
    """One page of a list, in its order whichever way it is walked."""
    size = asked.size()
    backwards = asked.last is not None
    statement = select(listed.source, *(key.label(f"key_{i}") for i, key in enumerate(listed.keys))).where(*listed.where)
    if asked.after is not None:
        statement = statement.where(tuple_(*listed.keys) > tuple_(*_read_cursor(asked.after, listed)))
    if asked.before is not None:
        statement = statement.where(tuple_(*listed.keys) < tuple_(*_read_cursor(asked.before, listed)))
    order = [key.desc() for key in listed.keys] if backwards else list(listed.keys)
    rows = list(await context(info).rows(statement.order_by(*order).limit(size + 1)))
    more = len(rows) > size
    rows = rows[:size]
    if backwards:
        rows.reverse()
    nodes = [wrap(row) for row in rows]
    cursors = [_cursor(listed, row) for row in rows]
    return connection(
        edges=[connection.edge_type(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        listed=listed,
        page_info=PageInfo(
            has_next_page=more if not backwards else asked.before is not None,
            has_previous_page=more if backwards else asked.after is not None,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )


def _cursor(listed: Listed, row: Any) -> str:
    values = [listed.order, *(row[f"key_{i}"] for i in range(len(listed.keys)))]
    return base64.urlsafe_b64encode(orjson.dumps(values)).decode().rstrip("=")


def _read_cursor(text: str, listed: Listed) -> list[ColumnElement[Any]]:
    """The keys in a cursor, as typed parameters; BadInput where it is of another list or no cursor at all."""
    try:
        order, *values = orjson.loads(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    except (binascii.Error, orjson.JSONDecodeError, UnicodeEncodeError, ValueError, TypeError):
        raise BadInput("cursor: this is not a cursor of the hub") from None
    if order != listed.order or len(values) != len(listed.keys):
        raise BadInput("cursor: this cursor belongs to a list in another order")
    try:
        return [
            literal(date.fromisoformat(value) if key.type.python_type is date else value, key.type)
            for key, value in zip(listed.keys, values, strict=True)
        ]
    except (TypeError, ValueError):
        raise BadInput("cursor: this is not a cursor of the hub") from None
