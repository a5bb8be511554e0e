"""The outbox of findings, and how far departments have confirmed it."""

from pathlib import Path

from alembic import op

revision = "0012"
down_revision = "0015"


def upgrade() -> None:
    """The tables with what became of findings before, then their rights and policies, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
