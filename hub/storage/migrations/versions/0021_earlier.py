"""The number that a person had before, as a student number keeps it."""

from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    """Mentions know it; what is linked already does so once its rows change."""
    for table in ("mention", "mention_history"):
        op.execute(f"alter table {table} add column earlier_blind bytea")
