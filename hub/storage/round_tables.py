"""The tables of inspection rounds (联合核查轮次): append-only, so that what was known of a round at a publication can be told for ever."""

from sqlalchemy import ARRAY, BigInteger, CheckConstraint, Column, Date, Index, Integer, Table, Text

from hub.storage.columns import division, key, metadata

inspection_round = Table(
    "inspection_round",
    metadata,
    division(),
    key("id"),  # the publication that opened it: numbers of rounds that somebody may not see leave no gap
    Column("publication", BigInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("frozen_on", Date, nullable=False),
    Column("known", BigInteger, nullable=False),  # the publication as known at which the list is
    Column("rules", ARRAY(Text), nullable=False),
    Column("townships", ARRAY(Text), nullable=False),  # none: all
    Column("sample", Integer),  # of each township at most so many
    Column("seed", Text, nullable=False),
    Column("departments", ARRAY(Text), nullable=False),
    Column("reveals", ARRAY(Text), nullable=False),  # the tables whose facts its rules tell of
    Column("size", Integer, nullable=False),
    Column("fingerprint", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("department", Text, nullable=False),
    comment="联合核查轮次: a list of findings frozen at a date and a publication, and the departments that look into it (A-47, A-67).",
)

round_row = Table(
    "round_row",
    metadata,
    division(),
    key("id"),
    Column("publication", BigInteger, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("finding", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),  # in its township's sheet
    Column("township", Text),
    Column("person", BigInteger),
    Column("rule", Text, nullable=False),
    Column("version", BigInteger, nullable=False),  # the publication since which the frozen version of the finding was known
    Column("checksum", Text, nullable=False),
    Column("reveals", Text, nullable=False),
    Index(None, "division", "round", "township", "place"),
    Index(None, "division", "person"),
    comment="A finding on a round's frozen list.",
)

round_result = Table(
    "round_result",
    metadata,
    division(),
    key("id"),
    Column("publication", BigInteger, nullable=False),
    Column("row", BigInteger, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("township", Text),
    Column("person", BigInteger),
    Column("state", Text, nullable=False),  # TAKEN, WAITING, CONFLICT, REFUSED
    Column("reason", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("note", Text),
    Column("document", Text),
    Column("by", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("countersigned_by", Text),
    Column("countersigned_for", Text),
    Column("settles", BigInteger),  # the result that the countersignature lets stand
    Column("reveals", Text, nullable=False),
    CheckConstraint('countersigned_by <> "by" and countersigned_for <> department', name="countersigned_by_a_second_department"),
    Index(None, "division", "row"),
    Index(None, "division", "person"),
    comment="What a member of the team answered to a row; a countersignature is a result of its own.",
)

round_signature = Table(
    "round_signature",
    metadata,
    division(),
    key("id"),
    Column("publication", BigInteger, nullable=False),
    Column("round", BigInteger, nullable=False),
    Column("department", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("on", Date, nullable=False),
    Column("unanswered", Integer, nullable=False),
    Column("reveals", ARRAY(Text), nullable=False),
    Index(None, "division", "round", "department", unique=True),
    comment="A department has signed a round off; when all of its departments have, it is closed (A-47).",
)
