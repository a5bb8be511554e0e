"""An entry of the audit is kept as it is, up to a page: to compress one of a hundred people cost more than to write it."""

from alembic import op

revision = "0014"
down_revision = "0012"


def upgrade() -> None:
    """PostgreSQL looks at rows from two kilobytes on, and leaves those below the target alone."""
    op.execute("alter table audit_entry set (toast_tuple_target = 8160)")
