"""A first load's indexes are set aside and built when a table has its rows."""

from pathlib import Path

from alembic import op

revision = "0016"
down_revision = "0014"


def upgrade() -> None:
    """The table and the functions, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
