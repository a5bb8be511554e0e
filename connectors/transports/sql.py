"""Reads a table or a query of a department's own database, page by page along its key."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.engine import URL, Connection, Engine, make_url
from sqlalchemy.exc import DBAPIError, SQLAlchemyError
from sqlalchemy.sql import FromClause
from sqlalchemy.sql.elements import ColumnClause, ColumnElement

from connectors.transports.grid import HeldRows
from connectors.transports.records import one_sheet, value_text
from connectors.transports.refusal import Unreadable
from hub.domain.delivery import RawDelivery, Refused

# What its pool logs of a connection that failed is the driver's own words, and may hold a value.
logging.getLogger("sqlalchemy.pool").disabled = True
logging.getLogger("sqlalchemy.pool.impl.NullPool").disabled = True

ASK_OPERATOR = "check the source's settings and that the server can be reached"

_CONNECT_ARGUMENTS: dict[str, dict[str, Any]] = {
    "pg8000": {"timeout": 300},
    "pymysql": {"connect_timeout": 10, "read_timeout": 300, "charset": "utf8mb4"},
    "pysqlite": {"timeout": 30},
}

# PostgreSQL: too many connections. MariaDB: the same, shutting down, cannot connect, gone away, lost.
_LOST_CODES = frozenset({"53300", "1040", "1053", "2002", "2003", "2006", "2013"})


@dataclass(frozen=True, slots=True)
class SqlSource:
    """Where to read: an SQLAlchemy URL, a table (`name` or `owner.name`) or a SELECT, and the key columns.

    The key columns together must identify a row and never be NULL. `changed_column` with `read(since=…)`
    gives only rows changed after that moment.
    """

    name: str
    url: str | URL = field(repr=False)
    keys: tuple[str, ...]
    table: str | None = None
    query: str | None = None
    changed_column: str | None = None
    page_size: int = 5_000
    row_limit: int = 5_000_000
    attempts: int = 3
    connect_arguments: Mapping[str, Any] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        if (self.table is None) == (self.query is None):
            raise ValueError(f"source {self.name}: give either a table or a query")
        if not self.keys:
            raise ValueError(f"source {self.name}: name the key columns, by which its pages are cut")

    def read(
        self,
        *,
        since: object = None,
        on_progress: Callable[[int, int], None] | None = None,
        sleep: Callable[[float], None] = time.sleep,
    ) -> RawDelivery | Refused:
        """Reads every row within one read-only transaction, repeatable where the server can.

        A connection lost on the way begins the reading again, since half of one state of the table and half
        of another would be neither. `on_progress` is told the rows read and the rows in all.
        """
        try:
            return self._attempts(since, on_progress, sleep)
        except Unreadable as error:
            return Refused(self.name, error.reason, error.hint)

    def _attempts(
        self,
        since: object,
        on_progress: Callable[[int, int], None] | None,
        sleep: Callable[[float], None],
    ) -> RawDelivery:
        engine = self._engine()
        try:
            for attempt in range(1, self.attempts + 1):
                try:
                    with engine.connect() as connection:
                        return _Reading(self, connection, since, on_progress).run()
                except SQLAlchemyError as error:
                    if attempt == self.attempts or not _is_lost(error):
                        raise Unreadable(_failure(error), ASK_OPERATOR) from None
                    engine.dispose()
                    sleep(2.0**attempt)
                except (ValueError, TypeError, OverflowError, AttributeError, RecursionError) as error:
                    raise Unreadable(
                        f"a value of the table is none that can be read ({type(error).__name__})",
                        "ask for a query that gives such columns as texts: cast(… as text)",
                    ) from None
        finally:
            engine.dispose()
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _engine(self) -> Engine:
        try:
            url = make_url(self.url)
            if url.get_dialect().is_async:
                raise Unreadable(f"the driver {url.get_driver_name()} cannot be used here", "write the address without it, or with pg8000 or pymysql")
            if _names_no_file(url):  # the driver would make one
                raise Unreadable("there is no database file at the address", ASK_OPERATOR)
            arguments = {**_CONNECT_ARGUMENTS.get(url.get_driver_name(), {}), **self.connect_arguments}
            # Parameters are key values, and a key may be a citizen number: never in a message.
            return sa.create_engine(url, hide_parameters=True, connect_args=arguments, poolclass=sa.NullPool)
        except (SQLAlchemyError, ImportError) as error:
            raise Unreadable(
                f"the database address is not understood ({type(error).__name__})", ASK_OPERATOR
            ) from None


def _names_no_file(url: URL) -> bool:
    """Whether an address of SQLite's names a file that is not there."""
    path = url.database or ":memory:"
    return url.get_backend_name() == "sqlite" and not path.startswith((":memory:", "file:")) and not Path(path).is_file()


class _Reading:
    """One pass over the source on one connection."""

    def __init__(
        self,
        source: SqlSource,
        connection: Connection,
        since: object,
        on_progress: Callable[[int, int], None] | None,
    ) -> None:
        self._source, self._since, self._on_progress = source, since, on_progress
        self._connection = _one_state(connection)

    def run(self) -> RawDelivery:
        columns = self._columns()
        rows = self._from(columns)
        total = self._count(rows)
        held = HeldRows()
        after: tuple[Any, ...] | None = None
        while held.count <= total and (page := self._page(rows, columns, after)):
            for row in page:
                held.add(held.count + 1, [value_text(value) for value in row])
            after = tuple(page[-1][columns.index(key)] for key in self._source.keys)
            if self._on_progress:
                self._on_progress(held.count, total)
        if held.count != total:
            raise Unreadable(
                f"{total:,} rows were counted but {held.count:,} read: "
                f"the key columns {', '.join(self._source.keys)} do not identify a row",
                "name key columns that together are unique",
            )
        return one_sheet(self._source.name, columns, held)

    def _columns(self) -> list[str]:
        probe = sa.select(sa.text("*")).select_from(self._from(self._source.keys)).where(sa.false())
        columns = list(self._connection.execute(probe).keys())
        wanted = [*self._source.keys, *filter(None, [self._source.changed_column])]
        if missing := [name for name in wanted if name not in columns]:
            raise Unreadable(f"the source has no column {', '.join(missing)}", "check the source's settings")
        if len(set(columns)) < len(columns):
            raise Unreadable("two columns of the query have the same name", "name each column once with AS")
        return columns

    def _from(self, names: Sequence[str]) -> FromClause:
        clauses: list[ColumnClause[Any]] = [sa.column(name) for name in names]
        if self._source.query is not None:
            # A colon in the operator's query is a colon, never a parameter.
            query = sa.text(self._source.query.strip().rstrip(";").replace(":", "\\:"))
            return query.columns(*clauses).subquery("source")
        owner, _, table = (self._source.table or "").rpartition(".")
        return sa.table(table, *clauses, schema=owner or None)

    def _count(self, rows: FromClause) -> int:
        keys = [sa.func.count(rows.c[key]) for key in self._source.keys]
        counts = cast("sa.Select[Any]", sa.select(sa.func.count(), *keys).select_from(rows))
        query = self._filtered(counts, rows)
        total, *filled = self._connection.execute(query).one()
        for key, count in zip(self._source.keys, filled, strict=True):
            if count < total:
                raise Unreadable(
                    f"key column {key} is NULL in {total - count:,} rows",
                    "choose key columns that are always filled",
                )
        if total > self._source.row_limit:
            raise Unreadable(
                f"the source holds {total:,} rows, more than the limit", "raise row_limit or split it"
            )
        return int(total)

    def _page(
        self, rows: FromClause, columns: Sequence[str], after: tuple[Any, ...] | None
    ) -> Sequence[sa.Row[Any]]:
        keys = [rows.c[key] for key in self._source.keys]
        query = self._filtered(sa.select(*(rows.c[name] for name in columns)), rows).order_by(*keys)
        if after is not None:
            query = query.where(_beyond(keys, after))
        return self._connection.execute(query.limit(self._source.page_size)).all()

    def _filtered(self, query: sa.Select[Any], rows: FromClause) -> sa.Select[Any]:
        if self._since is None or self._source.changed_column is None:
            return query
        return query.where(rows.c[self._source.changed_column] > self._since)


def _beyond(
    keys: Sequence[ColumnElement[Any] | ColumnClause[Any]], after: Sequence[Any]
) -> ColumnElement[bool]:
    """Greater than the last key seen; written out, since not every server indexes (a, b) > (x, y)."""
    branches = []
    for depth, key in enumerate(keys):
        same = [earlier == value for earlier, value in zip(keys[:depth], after, strict=False)]
        branches.append(sa.and_(*same, key > after[depth]))
    return sa.or_(*branches)


def _one_state(connection: Connection) -> Connection:
    """Begins a read-only transaction that sees one state of the tables, as far as the server can."""
    dialect = connection.dialect.name
    if dialect == "postgresql":
        return connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if dialect in ("mysql", "mariadb"):
        connection = connection.execution_options(isolation_level="REPEATABLE READ")
        connection.exec_driver_sql("START TRANSACTION WITH CONSISTENT SNAPSHOT, READ ONLY")
    elif dialect == "sqlite":
        connection.exec_driver_sql("PRAGMA query_only = ON")
        connection.exec_driver_sql("BEGIN")
    return connection


def _is_lost(error: SQLAlchemyError) -> bool:
    """True when the connection broke, was not made or waited too long, as when a server restarts."""
    if not isinstance(error, DBAPIError) or error.orig is None:
        return False
    kind, code = type(error.orig).__name__, _code(error)
    return (
        error.connection_invalidated
        or kind == "InterfaceError"
        or code in _LOST_CODES
        or code.startswith(("08", "57P", "SQLITE_BUSY", "SQLITE_LOCKED"))
    )


def _failure(error: SQLAlchemyError) -> str:
    """Names the failure by its class and code; a server's own sentence may quote a value."""
    original = error.orig if isinstance(error, DBAPIError) else None
    code = _code(error) if isinstance(error, DBAPIError) else ""
    kind = type(original or error).__name__
    return f"the database refused the connection or the query ({kind}{', code ' if code else ''}{code})"


def _code(error: DBAPIError) -> str:
    """The driver's code: PostgreSQL's SQLSTATE, MariaDB's number, SQLite's name; empty when it gives none."""
    original = error.orig
    if name := getattr(original, "sqlite_errorname", None):
        return str(name)
    first = original.args[0] if original is not None and original.args else None
    if isinstance(first, dict):
        return str(first.get("C", ""))
    return str(first) if isinstance(first, int) else ""
