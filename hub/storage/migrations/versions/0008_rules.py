"""What a finding reveals, who is to be rechecked, and the register of children of compulsory age."""

from pathlib import Path

from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    """The columns and tables, then their rights and policies."""
    connection = op.get_bind()
    for table in ("finding", "finding_history"):
        connection.exec_driver_sql(f"alter table {table} add column reveals text not null default ''")
        connection.exec_driver_sql(f"alter table {table} alter column reveals drop default")
    connection.exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
