"""In which publication a request for correction was answered: what the provider delivers after it is compared with what stood then."""

import sqlalchemy
from alembic import op

revision = "0026"
down_revision = "0025"


def upgrade() -> None:
    """One column; what was answered before has none, and stays as it is."""
    op.add_column("correction", sqlalchemy.Column("answered_in", sqlalchemy.BigInteger))
