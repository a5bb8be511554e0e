"""Of whom somebody has read within an hour is looked up in the audit by its time; entries come in its order, so that a few pages of an index tell where."""

from alembic import op

revision = "0027"
down_revision = "0026"


def upgrade() -> None:
    """A small index, which costs an entry next to nothing."""
    op.execute("create index ix_audit_entry_at on audit_entry using brin (at)")
