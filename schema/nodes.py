"""How types of the graph are declared: plain fields over columns, and edges over keys, from which loaders are built.

A field or edge is data on its type; nothing is calculated in a loader. ``hub.query`` compiles the same declarations to one statement.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from importlib import import_module
from typing import Annotated, Any

import strawberry
from sqlalchemy import ColumnElement, FromClause, Select, func, select
from sqlalchemy import column as named
from sqlalchemy.dialects.postgresql import JSONB
from strawberry.types import Info

from hub.domain.noun import Column, Kind
from hub.query.cursors import global_id, global_id_in_sql
from hub.query.reading import Args, Place, Read, Rows, Value
from hub.storage.history import known_rows
from schema.scope import Context, Row, Scope, context


def reads(read: Read) -> dict[str, Read]:
    """The metadata of a field: how it is read in SQL, where that is more than a column of its row."""
    return {"read": read}


def read_id(place: Place, args: Args) -> Value:
    """A node's id from its key."""
    return global_id_in_sql(place.type_name, place.columns["id"])


@strawberry.interface(description="有标识的对象 · Anything with an id that node(id) finds again.")
class Node:
    """What every node has: its row and the scope it was read in."""

    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="标识 · Opaque id.", metadata=reads(read_id))  # type: ignore[untyped-decorator]
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

    def read(self, place: Place, args: Args) -> Rows:
        """The edge's rows, seen from a row."""
        told = self.rows(place, place.columns[self.own])
        return replace(told, edge=(told.source.c[self.by], self.own)) if told.source is not None else told

    def rows(self, place: Place, key: Value) -> Rows:
        """The edge's rows for a key."""
        source = place.table(self.table)
        where = [source.c.division == place.division, source.c[self.by] == key]
        if self.current and "valid" in source.c:
            where.append(place.valid(source))
        return Rows(source, tuple(where), self.ordered(source), many=self.many)

    def ordered(self, source: FromClause) -> tuple[Value, ...]:
        """The edge's order, which leaves nothing to chance: where all periods are told, the earlier first."""
        return (*(source.c[name] for name in self.order), *([source.c.valid] if not self.current and "valid" in source.c else []))


PYTHON: Mapping[Kind, Any] = {
    Kind.INTEGER: int,
    Kind.AMOUNT: Decimal,
    Kind.DATE: date,
    Kind.LAST_DAY: date,
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
    return strawberry.field(resolver=resolve, description=description, metadata={"column": stored})


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
    return strawberry.field(resolver=resolve, description=edge.description, metadata=reads(edge.read))


def make(name: str, fields: Mapping[str, Any], description: str, edges: tuple[Edge, ...] = ()) -> type[Any]:
    """A node type from its fields and edges."""
    body: dict[str, Any] = {**fields, **{edge.name: edge_field(edge) for edge in edges}}
    made = type(name, (Node,), body)
    made.__doc__ = description
    return strawberry.type(made, description=description, name=name)


def wrap(target: str, row: Row, scope: Scope) -> Any:
    """A row as the type that an edge leads to."""
    module, name = target.split(":")
    return getattr(lazily(module), name)(row=row, scope=scope)


def lazily(module: str) -> Any:
    """A module of the graph that itself needs ours: types lead to one another in circles."""
    return import_module(module)


def rows_by(info: Info[Any, Any], scope: Scope, edge: Edge) -> Any:
    """The loader 'rows of a table by one of its columns', for a scope."""
    ctx = context(info)

    async def load(keys: list[Any]) -> list[list[Row]]:
        found: dict[Any, list[Row]] = defaultdict(list)
        for row in await ctx.rows(select_by(ctx, scope, edge, keys)):
            found[row[edge.by]].append(row)
        return [found[key] for key in keys]

    return ctx.loader((edge.table, edge.by, edge.current, edge.order, scope), load)


def select_by(ctx: Context, scope: Scope, edge: Edge, keys: list[Any]) -> Select[Any]:
    """The statement of an edge for many keys, of the rows that the asker may see."""
    source = ctx.policy.seen(edge.table, known_rows(edge.table, scope.known))
    statement = select(source).where(source.c.division == ctx.division, source.c[edge.by].in_(keys))
    if edge.current and "valid" in source.c:
        statement = statement.where(valid_on(source, scope))
    return statement.order_by(source.c[edge.by], *edge.ordered(source))


def paired_id(kind: str, one: str, other: str) -> Any:
    """The id of a node whose key is two columns: a record's content, a finding's conclusion."""

    def resolve(self: Any) -> Any:
        return strawberry.ID(global_id(kind, f"{self.row[one]}/{self.row[other]}"))

    def read(place: Place, args: Args) -> Value:
        return global_id_in_sql(kind, place.columns[one], "/", place.columns[other])

    resolve.__annotations__ = {"return": strawberry.ID}
    return strawberry.field(resolver=resolve, description="标识 · Opaque id.", metadata=reads(read))


def elements(array: Value) -> Any:
    """The elements of a JSON array as rows: value and position."""
    return func.jsonb_array_elements(array).table_valued(named("value", JSONB), with_ordinality="position").render_derived()


def valid_on(source: FromClause, scope: Scope) -> ColumnElement[bool]:
    """Whether a row is valid on the scope's day."""
    return source.c.valid.contains(scope.on)


async def find(info: Info[Any, Any], scope: Scope, edge: Edge, key: int) -> Any:
    """A node by its key; None where there is none in the scope."""
    rows = await rows_by(info, scope, edge).load(key)
    return wrap(edge.target, rows[0], scope) if rows else None
