"""The two time axes in SQL: what is known now, what was known at a publication, and how a row moves from one to the other."""

from functools import cache
from typing import Any

from sqlalchemy import (
    Alias,
    BigInteger,
    ColumnClause,
    ColumnElement,
    FromClause,
    Select,
    Table,
    TableClause,
    column,
    literal,
    literal_column,
    select,
    union_all,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.visitors import InternalTraversal

from hub.storage.tables import TWO_AXES, metadata

Known = int | ColumnElement[int] | None


def known_rows(name: str, known: Known) -> FromClause:
    """A table as known at a publication: by both axes, or – where rows only come and never change – those that had come by then."""
    if name in TWO_AXES:
        return as_known(name, known)
    table = metadata.tables[name]
    if known is None or "publication" not in table.c:
        return table
    return select(table).where(table.c.publication <= known).subquery(name)


def as_known(name: str, known: Known) -> FromClause:
    """The rows of a two-axes table as they were known at publication ``known``; now where it is None.

    Both give the same columns: those of the history table without its ``known`` span. What is known now is the same object each time:
    whoever joins or nests it takes an alias.
    """
    return _now(name) if known is None else KnownRows(name, literal(known, BigInteger) if isinstance(known, int) else known).alias(name)


@cache
def _now(name: str) -> FromClause:
    """Made once, since every use of it asks for all its columns."""
    current, _ = TWO_AXES[name]
    return PlainTable(name, *_columns(current)).alias(name)


class PlainTable(TableClause):
    """A table by its name and columns alone: whoever takes an alias makes all its columns anew, and these are made quickly."""

    inherit_cache = True
    _traverse_internals = [("name", InternalTraversal.dp_string)]  # noqa: RUF012 – as SQLAlchemy declares it


class KnownRows(TableClause):
    """A two-axes table as known at a publication: current rows and those of its history. Its text is written once for all statements."""

    inherit_cache = True
    _traverse_internals = [("name", InternalTraversal.dp_string), ("at", InternalTraversal.dp_clauseelement)]  # noqa: RUF012 – as SQLAlchemy declares it

    def __init__(self, name: str, at: ColumnElement[int]) -> None:
        super().__init__(name, *(one for one in _columns(TWO_AXES[name][0]) if one.name != "known_from"))
        self.at = at


def known_in(rows: FromClause) -> ColumnElement[int] | None:
    """The publication that rows are as known at; None: now."""
    return rows.element.at if isinstance(rows, Alias) and isinstance(rows.element, KnownRows) else None


@compiles(KnownRows)
def _known(rows: KnownRows, compiler: Any, **told: Any) -> str:
    return f"({_text(rows.name).replace(AT, compiler.process(rows.at))})"


AT = "@publication@"


@cache
def _text(name: str) -> str:
    """The two halves of a table as known at a publication, which stands in it as ``AT``."""
    current, history = TWO_AXES[name]
    at: ColumnElement[int] = literal_column(AT, BigInteger)
    halves = _shared(current).where(current.c.known_from <= at), _shared(history).where(history.c.known.contains(at))
    return str(union_all(*halves).compile(dialect=postgresql.dialect()))  # type: ignore[no-untyped-call]


def _columns(table: Table) -> list[ColumnClause[Any]]:
    return [column(one.name, one.type) for one in table.c]


def columns_of(name: str) -> list[str]:
    """The columns that are written to current and history tables alike, in order; what PostgreSQL computes is not written."""
    current, _ = TWO_AXES[name]
    return [column.name for column in current.c if column.name != "known_from" and column.computed is None]


def known_at(name: str) -> str:
    """A two-axes table of division $1 as known at publication $2, as the source of a select."""
    columns = ", ".join(f'"{column}"' for column in columns_of(name))
    return (
        f"(select {columns}, known_from as version from {name} where division = $1 and known_from <= $2"
        f" union all select {columns}, lower(known) as version from {name}_history where division = $1 and known @> $2::bigint)"
    )


def retire(name: str, *, source: str, match: str, delete: bool = True) -> str:
    """SQL ($1 = publication) that moves to history the rows of ``name`` (as t) joined to ``source`` (as s) on ``match``.

    A row first known in this very publication was never seen by a reader: it goes without a trace.
    """
    columns = columns_of(name)
    into = ", ".join(f'"{c}"' for c in columns)
    chosen = ", ".join(f't."{c}"' for c in columns)
    keep = f'insert into "{name}_history" ({into}, known) select {chosen}, int8range(t.known_from, $1) from gone t where t.known_from < $1'
    if delete:
        return f'with gone as (delete from "{name}" t using {source} s where {match} returning t.*) {keep}'
    return f'with gone as (select t.* from "{name}" t join {source} s on {match} for update of t) {keep}'


def _shared(table: Table) -> Select[tuple[object, ...]]:
    return select(*(column for column in table.c if column.name not in ("known_from", "known")))
