"""Findings that tell of a disability, of assistance or of a payment say so, also those found before; and who lives together is locked as assistance is."""

from pathlib import Path

from alembic import op

revision = "0020"
down_revision = "0019"


def upgrade() -> None:
    """The rows, then the policies, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
