"""Alembic's entry: runs the versions on the given database, each in its own transaction."""

from alembic import context

from hub.storage.connecting import engine_of
from hub.storage.tables import metadata


def run() -> None:
    """Connect as the owner role and migrate."""
    engine = engine_of(context.config.get_main_option("sqlalchemy.url") or "")
    with engine.connect() as connection:
        context.configure(connection=connection, target_metadata=metadata, transaction_per_migration=True)
        with context.begin_transaction():
            context.run_migrations()


run()
