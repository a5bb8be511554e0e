"""Migrations forward: `migrate` brings a database to the newest version, `pending` tells whether it is there."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from hub.storage.connecting import engine_of

HERE = Path(__file__).parent


def migrate(url: str, *, revision: str = "head") -> None:
    """Run the migrations on the database at ``url`` (an address of the owner role) up to ``revision``."""
    command.upgrade(_config(url), revision)


def pending(url: str) -> bool:
    """Whether the database lacks a migration."""
    engine = engine_of(url)
    with engine.connect() as connection:
        return MigrationContext.configure(connection).get_current_revision() != head()


def head() -> str:
    """The newest revision."""
    newest = ScriptDirectory(str(HERE)).get_current_head()
    assert newest is not None
    return newest


def _config(url: str) -> Config:
    config = Config()
    config.set_main_option("script_location", str(HERE))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config
