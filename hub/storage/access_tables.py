"""The tables of who looked, who may not, what needs a second person, and corrections. Staff is named here, and children by id."""

from sqlalchemy import ARRAY, BigInteger, Boolean, CheckConstraint, Column, Date, DateTime, Index, Integer, LargeBinary, Table, Text, func

from hub.storage.columns import division, key, metadata

# --- who looked, and who may not ---------------------------------------------------------------------------------------

audit_entry = Table(
    "audit_entry",
    metadata,
    division(),
    key("no"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("entry", Text, nullable=False),  # canonical JSON: what is hashed
    Column("persons", ARRAY(BigInteger), nullable=False),
    Column("leaf", LargeBinary, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Index(None, "persons", postgresql_using="gin"),
    Index("ix_audit_entry_at", "at", postgresql_using="brin"),
    comment="Who read what of whom and why, before the answer left; hash-chained, append-only.",
)

audit_tail = Table(
    "audit_tail",
    metadata,
    division(),
    Column("no", BigInteger, nullable=False),
    Column("chain", LargeBinary, nullable=False),
    Column("frontier", LargeBinary, nullable=False),
    comment="Where the chain of audit entries ends: its last hash, and the roots of its full Merkle trees (RFC 6962).",
)

audit_hour = Table(
    "audit_hour",
    metadata,
    division(),
    Column("hour", DateTime(timezone=True), primary_key=True),
    key("who", Text),
    key("role", Text),
    Column("people", Integer, nullable=False),
    Column("answers", Integer, nullable=False),
    Column("opened", Boolean, nullable=False),
    Column("broken", Boolean, nullable=False),
    Column("upto", BigInteger, nullable=False),  # entries of later hours have greater numbers
    comment="What each account read of in an hour that is over, counted from the entries of the audit, which stay what counts.",
)

access_block = Table(
    "access_block",
    metadata,
    division(),
    key("subject", Text),
    key("no", Integer),
    Column("blocked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("blocked_by", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("lifted_at", DateTime(timezone=True)),
    Column("lifted_by", Text),
    CheckConstraint("lifted_by <> blocked_by", name="lifted_by_a_second_person"),
    comment="Viewers whose rights were taken away, by whom and why; a second person gives them back.",
)

# --- what needs a second person, and corrections (校核) ------------------------------------------------------------------

access_request = Table(
    "access_request",
    metadata,
    division(),
    key("no"),
    Column("kind", Text, nullable=False),  # NUMBER, GLASS, EXPORT
    Column("asked_by", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("role", Text, nullable=False),
    Column("purpose", Text, nullable=False),
    Column("person", BigInteger),
    Column("finding", BigInteger),
    Column("township", Text),  # of a broken glass: where the person is
    Column("what", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("asked_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("ends_at", DateTime(timezone=True)),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("agreed", Boolean),
    CheckConstraint("decided_by <> asked_by", name="decided_by_a_second_person"),
    Index(None, "division", "asked_by", "asked_at"),
    comment="What somebody asked for that a second person decides: a sealed number, a broken glass, a long list.",
)

access_use = Table(
    "access_use",
    metadata,
    division(),
    key("no"),
    Column("opened_by", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("person", BigInteger, nullable=False),
    Column("what", Text, nullable=False),
    Column("request", BigInteger),
    Index(None, "division", "opened_by", "at"),
    comment="Sealed numbers that were opened, kept before they were told; append-only.",
)

correction = Table(
    "correction",
    metadata,
    division(),
    key("id"),
    Column("publication", BigInteger, nullable=False),
    Column("person", BigInteger),
    Column("finding", BigInteger),
    Column("source", Text, nullable=False),
    Column("owner", Text, nullable=False),  # the department that provides the source
    Column("item", Text, nullable=False),
    Column("statement", Text, nullable=False),
    Column("opened_by", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("opened_on", Date, nullable=False),
    Column("due_on", Date, nullable=False),
    Column("extended_on", Date),
    Column("extension", Text),
    Column("state", Text, nullable=False),  # OPEN, EXTENDED, PROMISED, CORRECTED, CONFIRMED
    Column("answer", Text),
    Column("answered_by", Text),
    Column("answered_on", Date),
    Column("answered_in", BigInteger),  # publication
    Index(None, "division", "owner", "state"),
    Index(None, "division", "person"),
    comment="校核申请: a department that uses data asks the one that provides it to check; the hub never edits source data (Order 809, G.1).",
)
