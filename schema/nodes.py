"""How types of the graph are declared: plain fields over columns, and edges over keys, from which loaders are built.

A field or edge is data on its type; nothing is calculated in a loader. The same declarations will be compiled to one statement.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Select, Table, select
from strawberry.types import Info

from hub.domain.noun import Column, Kind
from hub.storage import tables
from hub.storage.history import as_known
from schema.scope import Row, Scope, context, global_id


@strawberry.interface(description="有标识的对象 · Anything with an id that node(id) finds again.")
class Node:
    """What every node has: its row and the scope it was read in."""

    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="标识 · Opaque id.")  # type: ignore[untyped-decorator]
    def id(self) -> strawberry.ID:
        return strawberry.ID(global_id(type(self).__name__, self.row["id"]))


@dataclass(frozen=True)
class Edge:
    """An edge: rows of ``table`` whose ``by`` column holds this row's ``own`` column."""

    name: str
    target: str  # "module:Type"
    table: str
    by: str
    own: str = "id"
    many: bool = True
    current: bool = True  # only what is valid on the day; otherwise all periods
    order: tuple[str, ...] = ("id",)
    description: str = ""


PYTHON: Mapping[Kind, Any] = {
    Kind.INTEGER: int,
    Kind.AMOUNT: Decimal,
    Kind.DATE: date,
    Kind.FLAG: bool,
}


def column_fields(columns: tuple[Column, ...]) -> dict[str, Any]:
    """The plain fields of a noun's columns; people, schools and households are edges instead."""
    fields: dict[str, Any] = {}
    for column in columns:
        if column.kind in (Kind.PERSON, Kind.HOUSEHOLD, Kind.SCHOOL):
            continue
        stored = f"{column.name}_mask" if column.kind is Kind.SEALED else column.name
        masked = "（掩码） masked: " if column.kind is Kind.SEALED else " "
        fields[column.name] = plain(stored, PYTHON.get(column.kind, str), f"{column.zh} ·{masked}{column.en}")
    return fields


def plain(stored: str, python: Any, description: str) -> Any:
    """A field that is one column of the row."""

    def resolve(self: Any) -> Any:
        return self.row[stored]

    resolve.__annotations__ = {"return": python | None}
    return strawberry.field(resolver=resolve, description=description)


def edge_field(edge: Edge) -> Any:
    """The field of an edge; its loader takes the keys of many rows at once."""
    module, name = edge.target.split(":")
    target: Any = Annotated[name, strawberry.lazy(module)]

    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        key = self.row[edge.own]
        if key is None:
            return [] if edge.many else None
        rows = await rows_by(info, self.scope, edge).load(key)
        made = [wrap(edge.target, row, self.scope) for row in rows]
        return made if edge.many else (made[0] if made else None)

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[target] if edge.many else target | None}
    return strawberry.field(resolver=resolve, description=edge.description)


def make(name: str, fields: Mapping[str, Any], description: str, edges: tuple[Edge, ...] = ()) -> type[Any]:
    """A node type from its fields and edges."""
    body: dict[str, Any] = {**fields, **{edge.name: edge_field(edge) for edge in edges}}
    made = type(name, (Node,), body)
    made.__doc__ = description
    return strawberry.type(made, description=description, name=name)


def wrap(target: str, row: Row, scope: Scope) -> Any:
    """A row as the type that an edge leads to."""
    module, name = target.split(":")
    return getattr(__import__(module, fromlist=[name]), name)(row=row, scope=scope)


def rows_by(info: Info[Any, Any], scope: Scope, edge: Edge) -> Any:
    """The loader 'rows of a table by one of its columns', for a scope."""
    ctx = context(info)

    async def load(keys: list[Any]) -> list[list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in await ctx.rows(select_by(ctx.division, scope, edge, keys)):
            found[row[edge.by]].append(row)
        return [found[key] for key in keys]

    return ctx.loader((edge.table, edge.by, edge.current, edge.order, scope), load)


def select_by(division: int, scope: Scope, edge: Edge, keys: list[Any]) -> Select[Any]:
    """The statement of an edge for many keys."""
    source = known_table(edge.table, scope)
    statement = select(source).where(source.c.division == division, source.c[edge.by].in_(keys))
    if edge.current and "valid" in source.c:
        statement = statement.where(valid_on(source, scope))
    return statement.order_by(source.c[edge.by], *(source.c[name] for name in edge.order))


def known_table(name: str, scope: Scope) -> FromClause:
    """A table as known in the scope: by both axes, or – where rows only come and never change – those that had come by then."""
    if name in tables.TWO_AXES:
        return as_known(name, scope.known)
    plain_table: Table = tables.metadata.tables[name]
    if scope.known is None or "publication" not in plain_table.c:
        return plain_table
    return select(plain_table).where(plain_table.c.publication <= scope.known).subquery(name)


def valid_on(source: FromClause, scope: Scope) -> ColumnElement[bool]:
    """Whether a row is valid on the scope's day."""
    return source.c.valid.contains(scope.on)
