"""Sub-selects that stand where a value stands, with only the joins that something of them is asked of."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import FromClause, Select
from sqlalchemy.sql import visitors

from hub.query.reading import Join, Value


def within(found: Select[Any], *own: FromClause) -> Value:
    """The select as one value; everything that is not its own it takes from around it."""
    return found.correlate_except(*own).scalar_subquery()


def joined_for(source: FromClause, joins: Sequence[Join], text: Value) -> tuple[FromClause, list[FromClause]]:
    """The source with those joins that the text asks something of; and the tables that are in it."""
    if not joins:
        return source, [source]
    asked = {id(getattr(part, "table", None)) for part in visitors.iterate(text)}
    wanted = [join for join in joins if id(join.table) in asked]
    needed = {id(table) for join in wanted for table in join.needs} | {id(join.table) for join in wanted}
    told, tables = source, [source]
    for join in joins:
        if id(join.table) in needed:
            told = told.outerjoin(join.table, join.on)
            tables.append(join.table)
    return told, tables
