"""What needs a second person, what was opened by it, and requests for correction."""

from pathlib import Path

from alembic import op

revision = "0009"
down_revision = "0010"


def upgrade() -> None:
    """The tables, then their rights and policies, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
