"""Who looked at somebody is found by the index, and what an account read of in an hour is counted once that hour is over."""

from pathlib import Path

from alembic import op

revision = "0029"
down_revision = "0028"


def upgrade() -> None:
    """The function, the table and its policies, in the neighbouring file."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
