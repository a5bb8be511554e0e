"""The first tables, with their roles' rights and row security."""

from pathlib import Path

from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Run the statements of the neighbouring files: tables, then rights."""
    here = Path(__file__).parent
    for file in ("0001_tables.sql", "0001_rights.sql"):
        op.get_bind().exec_driver_sql((here / file).read_text())
