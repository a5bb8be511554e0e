"""Inspection rounds: frozen lists, what was answered, who signed."""

from pathlib import Path

from alembic import op

revision = "0011"
down_revision = "0009"


def upgrade() -> None:
    """The tables, then their rights and policies, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
