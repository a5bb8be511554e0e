"""The tables of what is told of findings: the outbox, how far each department has confirmed it, and indicators frozen at assessment dates."""

from sqlalchemy import ARRAY, BigInteger, Boolean, Column, Date, Index, Integer, Numeric, Table, Text

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

frozen_indicator = Table(
    "frozen_indicator",
    metadata,
    division(),
    key("publication"),
    key("name", Text),
    key("township", Text),  # '' where none owns it, '*' for the city
    Column("on", Date, nullable=False),
    Column("known", BigInteger, nullable=False),
    Column("above", Integer, nullable=False),
    Column("below", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),  # SHA-256 of the lists behind it
    Column("median_days", Numeric(8, 1)),  # of findings that were closed
    Column("reveals", ARRAY(Text), nullable=False),  # the tables that one must be able to read to see every row that is counted
    Column("released", Boolean, nullable=False),  # whether it is told to whoever may only count
    comment="Indicators as they were at an assessment date (E.12); append-only.",
)
