"""Writes the SQL of all tables as they are now: `python -m hub.storage.migrations.draft > versions/NNNN_tables.sql`."""

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement, SetTableComment

from hub.storage.tables import metadata


def statements() -> list[str]:
    """CREATE TABLE, its indexes and its comment, in the order of ``hub.storage.tables``."""
    return [statement for table in metadata.tables.values() for statement in _of(table)]


def _of(table: Table) -> list[str]:
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]
    made: list[DDLElement] = [CreateTable(table), *(CreateIndex(index) for index in sorted(table.indexes, key=lambda i: str(i.name)))]
    if table.comment:
        made.append(SetTableComment(table))
    return [str(element.compile(dialect=dialect)).strip() for element in made]


if __name__ == "__main__":
    print("-- The tables of the hub. Written by hub/storage/migrations/draft.py; do not edit after a release.\n")
    print(";\n\n".join(statements()) + ";")
