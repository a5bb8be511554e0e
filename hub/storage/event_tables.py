"""The tables of events: the outbox of findings, and how far each department has confirmed it."""

from sqlalchemy import BigInteger, Column, Date, Index, Table, Text

from hub.storage.columns import division, key, metadata

finding_event = Table(
    "finding_event",
    metadata,
    division(),
    key("publication"),
    key("finding"),
    key("kind", Text),  # NEW, CHANGED, CONTRADICTED, OVERDUE
    Column("rule", Text, nullable=False),
    Column("person", BigInteger),
    Column("township", Text),
    Column("status", Text, nullable=False),
    Column("due_on", Date),
    Column("reveals", Text, nullable=False),
    Index(None, "division", "finding"),
    Index(None, "division", "person"),
    comment="The outbox: what became of a finding, written in the transaction that did it; append-only.",
)

hook_mark = Table(
    "hook_mark",
    metadata,
    division(),
    key("department", Text),
    key("url_hash", Text),
    Column("publication", BigInteger, nullable=False),
    Column("finding", BigInteger, nullable=False),
    Column("kind", Text, nullable=False),
    Column("digested_on", Date, nullable=False),
    comment="The last event that a department has confirmed, and the last day whose digest it has.",
)
