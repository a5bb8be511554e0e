"""A delivery's pages keep what was read of each row without a word, so that the next delivery's rows need no reading where they say the same."""

from alembic import op

revision = "0024"
down_revision = "0023"


def upgrade() -> None:
    """Pages of before have told nothing: their rows are read once more."""
    op.execute("alter table delivery_page add column reading bigint, add column contents bigint[] not null default '{}'")
    op.execute("comment on table delivery_page is 'Which record stood in which row of which sheet of a delivery; 2,500 rows a page.'")
