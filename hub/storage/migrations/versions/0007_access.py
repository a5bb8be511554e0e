"""Who looked, who is kept out, and the second lock by tables and care."""

from pathlib import Path

from alembic import op

revision = "0007"
down_revision = "0006"

TABLES = """
create table audit_entry (
    division integer not null, no bigint not null, at timestamp with time zone not null, entry text not null, persons bigint[] not null,
    leaf bytea not null, chain bytea not null, constraint pk_audit_entry primary key (division, no)
);
create index ix_audit_entry_persons on audit_entry using gin (persons);
comment on table audit_entry is 'Who read what of whom and why, before the answer left; hash-chained, append-only.';
create table audit_tail (
    division integer not null, no bigint not null, chain bytea not null, frontier bytea not null, constraint pk_audit_tail primary key (division)
);
comment on table audit_tail is 'Where the chain of audit entries ends: its last hash, and the roots of its full Merkle trees (RFC 6962).';
create table access_block (
    division integer not null, subject text not null, no integer not null, blocked_at timestamp with time zone default now() not null,
    blocked_by text not null, reason text not null, lifted_at timestamp with time zone, lifted_by text,
    constraint pk_access_block primary key (division, subject, no), constraint lifted_by_a_second_person check (lifted_by <> blocked_by)
);
comment on table access_block is 'Viewers whose rights were taken away, by whom and why; a second person gives them back.';
"""


def upgrade() -> None:
    """The tables, then the rights and policies of the neighbouring file."""
    connection = op.get_bind()
    connection.exec_driver_sql(TABLES)
    connection.exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
