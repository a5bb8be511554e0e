"""The days a partial birth date can mean, and the grade that a movement or a graduation is about."""

from alembic import op

revision = "0002"
down_revision = "0001"

FIRST_DAY = "(born || substr('-01-01', length(born) - 3))::date"
SPAN = "case length(born) when 4 then interval '1 year' when 7 then interval '1 month' else interval '1 day' end"


def upgrade() -> None:
    """Add the columns, and tell the ranges of who is known already; what is to come is told as it is resolved."""
    for table in ("person_resolved", "person_resolved_history"):
        op.execute(f"alter table {table} add column born_from date, add column born_to date")
        op.execute(f"update {table} set born_from = {FIRST_DAY}, born_to = ({FIRST_DAY} + {SPAN} - interval '1 day')::date")
        op.execute(f"create index ix_{table}_division_born_to on {table} (division, born_to)")
    for table in ("movement", "movement_history", "graduation", "graduation_history"):
        op.execute(f"alter table {table} add column grade integer")
