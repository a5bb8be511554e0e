"""Frozen indicators for the graph: of what each tells, whether it is told to whoever may only count, and the days that closing took."""

from pathlib import Path

from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    """The columns, then the reader's policy, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
