"""Relay connections by keyset: stable pages while rows come and go, and an exact count when it is asked for."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, and_, func, or_, select
from sqlalchemy.sql.elements import False_, True_
from strawberry.types import Info

from hub.query.cursors import cursor
from hub.query.paging import Page
from hub.query.reading import Args, Listed, Value
from schema.scope import context


@strawberry.type(description="分页信息 · Relay page information.")
class PageInfo:
    """Whether there is more, and where this page begins and ends."""

    has_next_page: bool
    has_previous_page: bool
    start_cursor: str | None
    end_cursor: str | None


@dataclass(frozen=True)
class Within:
    """A division that narrows a list: its code, and whether it is the whole county – known as true or false, or to be asked."""

    code: Value
    county: Value

    def narrows(self, column: Value, otherwise: list[ColumnElement[bool]]) -> list[ColumnElement[bool]]:
        """The condition that a column is this division; in the county ``otherwise`` holds."""
        if isinstance(self.county, True_):
            return otherwise
        if isinstance(self.county, False_):
            return [column == self.code]
        return [or_(and_(self.county, *otherwise), and_(~self.county, column == self.code))]


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


async def page(info: Info[Any, Any], connection: Any, listed: Listed, args: Args, wrap: Callable[[Any], Any]) -> Any:
    """One page of a list, in its order whichever way it is walked."""
    asked = Page(args, context(info).page)
    rows = list(await context(info).rows(asked.rows(listed)))
    more = len(rows) > asked.size
    rows = rows[: asked.size]
    if asked.backwards:
        rows.reverse()
    nodes = [wrap(row) for row in rows]
    cursors = [cursor(listed.order, [row[f"key_{i}"] for i in range(len(listed.keys))]) for row in rows]
    return connection(
        edges=[connection.edge_type(cursor=cursor, node=node) for cursor, node in zip(cursors, nodes, strict=True)],
        nodes=nodes,
        listed=listed,
        page_info=PageInfo(
            has_next_page=more if not asked.backwards else asked.before,
            has_previous_page=more if asked.backwards else asked.after,
            start_cursor=cursors[0] if cursors else None,
            end_cursor=cursors[-1] if cursors else None,
        ),
    )
