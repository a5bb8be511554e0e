"""Which lists name a person, and nothing else of a mention, for whoever may not read mentions; children are counted with that from their index alone."""

from pathlib import Path

from alembic import op

revision = "0025"
down_revision = "0024"


def upgrade() -> None:
    """The view and its rights in the neighbouring file, then the index."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
    op.execute("drop index children")
    op.execute("create index children on person_resolved (division, born_to) include (township, sex, birth_date, id)")
