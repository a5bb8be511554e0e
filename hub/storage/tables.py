"""The tables, written once as they are; the migrations must arrive exactly here.

Every table that grows with the population starts its key with ``division``, the county-level code of the hub that owns
the row, and no join leaves it out. Each kind of fact has two tables: the current one holds what is known now (past valid
periods included), its ``_history`` twin what was known before, with the span of publications during which it was.
"""

from typing import Any

from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Computed,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import DATERANGE, INT8RANGE, JSONB, ExcludeConstraint

from hub.domain.noun import Column as NounColumn
from hub.domain.noun import Kind, Noun, Owner
from hub.domain.nouns import NOUNS
from hub.domain.person import MENTION_COLUMNS
from hub.storage.access_tables import access_request as access_request  # with its neighbours they are of the same metadata
from hub.storage.columns import division, key
from hub.storage.columns import metadata as metadata
from hub.storage.event_tables import finding_event as finding_event
from hub.storage.round_tables import round_row as round_row

# --- what was written when ------------------------------------------------------------------------------------------

publication = Table(
    "publication",
    metadata,
    division(),
    key("no"),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("business_date", Date, nullable=False),
    Column("kind", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("note", Text),
)

# --- deliveries and records: what came in, kept as received ----------------------------------------------------------

delivery = Table(
    "delivery",
    metadata,
    division(),
    key("id"),
    Column("source", Text, nullable=False),
    Column("contract_version", Text, nullable=False),
    Column("file", Text, nullable=False),
    Column("parts", JSONB, nullable=False),  # [{"file", "sha256", "kept"}]; kept = the file in the raw store
    Column("headers", JSONB, nullable=False),
    Column("as_of", Date, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    Column("state", Text, nullable=False),  # PUBLISHED, HELD, REFUSED
    Column("reasons", JSONB, nullable=False, server_default="[]"),
    Column("notices", JSONB, nullable=False, server_default="[]"),
    Column("profile", JSONB, nullable=False, server_default="{}"),
    Column("rows_read", Integer, nullable=False, server_default="0"),
    Column("rows_not_data", Integer, nullable=False, server_default="0"),
    Column("rows_new", Integer, nullable=False, server_default="0"),
    Column("rows_changed", Integer, nullable=False, server_default="0"),
    Column("rows_unchanged", Integer, nullable=False, server_default="0"),
    Column("rows_quarantined", Integer, nullable=False, server_default="0"),
    Column("rows_refused", Integer, nullable=False, server_default="0"),
    Column("records_ended", Integer, nullable=False, server_default="0"),
    Column("decided_by", Text),
    Column("decided_at", DateTime(timezone=True)),
    Column("publication", BigInteger),
    Index(None, "division", "source", "as_of"),
)

delivery_page = Table(
    "delivery_page",
    metadata,
    division(),
    key("delivery"),
    key("sheet", Text),
    key("position", Integer),
    Column("records", ARRAY(BigInteger), nullable=False),
    Column("row_numbers", ARRAY(Integer), nullable=False),
    Column("lines", ARRAY(Text), nullable=False),
    Column("reading", BigInteger),  # keyed hash of the contract, the program and the school year that read them
    Column("contents", ARRAY(BigInteger), nullable=False, server_default="{}"),  # hash of the cells of each row of which there was nothing to tell, else null
    comment="Which record stood in which row of which sheet of a delivery; 2,500 rows a page.",
)

quarantine = Table(
    "quarantine",
    metadata,
    division(),
    key("delivery"),
    key("sheet", Text),
    key("row", Integer),
    Column("source", Text, nullable=False),
    Column("line", Text),
    Column("payload", JSONB, nullable=False),
    Column("problems", JSONB, nullable=False),
    Column("state", Text, nullable=False),  # OPEN, REPAIRED, REPLAYED, DROPPED
    Column("repair", JSONB),
    Column("repaired_by", Text),
    Column("publication", BigInteger, nullable=False),
    Index(None, "division", "source", "state"),
)

record = Table(
    "record",
    metadata,
    division(),
    key("id"),
    key("hash"),
    Column("source", Text, nullable=False),
    Column("delivery", BigInteger, nullable=False),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("payload", JSONB, nullable=False),
    Column("problems", JSONB),
    Column("publication", BigInteger, nullable=False),
    Column("double_of", BigInteger),  # of a second row of one natural key: the key's own record
    Index("record_with_problems", "division", "id", "hash", postgresql_where=text("problems is not null")),
    Index("record_double", "division", "source", postgresql_where=text("double_of is not null")),
    comment="A source row by content, append-only. id = keyed hash of source and natural key; hash = of the cells.",
)

vault = Table(
    "vault",
    metadata,
    division(),
    key("blind", LargeBinary),
    Column("key_no", Integer, nullable=False),
    Column("cipher", LargeBinary, nullable=False),
    comment="Sealed values (citizen, certificate, student, phone, bank numbers): erasing a row here erases the value.",
)

erased = Table(
    "erased",
    metadata,
    division(),
    key("blind", LargeBinary),
    Column("at", DateTime(timezone=True), nullable=False, server_default=func.now()),
    comment="Numbers that were erased for somebody, by blind index: no delivery seals them anew.",
)


# --- facts on two time axes -----------------------------------------------------------------------------------------


def stored(column: NounColumn) -> list[Column[Any]]:
    """The database columns that hold one column of a noun."""
    match column.kind:
        case Kind.SEALED:
            return [Column(f"{column.name}_mask", Text), Column(f"{column.name}_blind", LargeBinary)]
        case Kind.PERSON:
            return [Column(column.name, BigInteger), Column(f"{column.name}_mention", BigInteger)]
        case Kind.SCHOOL | Kind.HOUSEHOLD:
            return [Column(column.name, BigInteger)]
        case Kind.INTEGER:
            return [Column(column.name, Integer)]
        case Kind.AMOUNT:
            return [Column(column.name, Numeric(14, 2))]
        case Kind.DATE | Kind.LAST_DAY:
            return [Column(column.name, Date)]
        case Kind.FLAG:
            return [Column(column.name, Boolean)]
        case _:
            return [Column(column.name, Text)]


def two_axes(name: str, columns: list[Column[Any]], *, indexes: tuple[tuple[str, ...], ...], comment: str, by_id: bool = False, lasting: bool = False) -> tuple[Table, Table]:
    """The current table and its history twin; in the current one no two periods of one id overlap.

    ``by_id``: its rows are looked up by id one at a time, for which the constraint's own index is slow.
    ``lasting``: each row is valid for ever, so that there is one for each id, and a primary key says so at a tenth of the cost.
    """

    def copies() -> list[Column[Any]]:
        return [
            Column("division", Integer, nullable=False),
            Column("id", BigInteger, nullable=False),
            *(Column(c.name, c.type, *([Computed(c.computed.sqltext, persisted=True)] if c.computed else []), nullable=c.nullable) for c in columns),
        ]

    current = Table(
        name,
        metadata,
        *copies(),
        Column("valid", DATERANGE, nullable=False),
        Column("known_from", BigInteger, nullable=False),
        PrimaryKeyConstraint("division", "id")
        if lasting
        else ExcludeConstraint(("division", "="), ("id", "="), ("valid", "&&"), name=f"one_{name}_at_a_time", deferrable=True, initially="DEFERRED"),
        *(Index(None, "division", *i) for i in indexes),
        *([Index(f"by_id_{name}", "id", postgresql_using="hash")] if by_id else []),
        comment=comment,
    )
    history = Table(
        f"{name}_history",
        metadata,
        *copies(),
        Column("valid", DATERANGE, nullable=False),
        Column("known", INT8RANGE, nullable=False),
        *(Index(None, "division", *i) for i in (("id",), *indexes)),
        comment=f"What was known of {name} before, and during which publications.",
    )
    return current, history


def fact_tables(noun: Noun) -> tuple[Table, Table]:
    """The two tables of a noun: one source's assertion for a period, with the record it comes from."""
    columns: list[Column[Any]] = [
        Column("source", Text, nullable=False),
        Column("record", BigInteger, nullable=False),
        Column("hash", BigInteger, nullable=False),
    ]
    indexes: list[tuple[str, ...]] = [("record",)]
    if noun.owner is Owner.PERSON:
        columns += [Column("mention", BigInteger, nullable=False), Column("person", BigInteger, nullable=False)]
        indexes.append(("person",))
    for column in noun.columns:
        columns += stored(column)
        if column.kind in (Kind.PERSON, Kind.HOUSEHOLD, Kind.SCHOOL):
            indexes.append((column.name,))
    return two_axes(noun.name, columns, indexes=tuple(indexes), comment=noun.en)


record_period, record_period_history = two_axes(
    "record_period",
    [Column("source", Text, nullable=False), Column("hash", BigInteger, nullable=False), Column("delivery", BigInteger, nullable=False)],
    indexes=(("source",),),
    comment="During which business dates a source row stood with which content (id = record).",
)

mention, mention_history = two_axes(
    "mention",
    [
        Column("record", BigInteger, nullable=False),
        Column("hash", BigInteger, nullable=False),
        Column("source", Text, nullable=False),
        Column("role", Text, nullable=False),
        Column("kind", Text, nullable=False),
        Column("anchor", BigInteger),
        *(c for column in MENTION_COLUMNS for c in stored(column)),
        Column("number_state", Text, nullable=False),
        Column("earlier_blind", LargeBinary),  # a number that the person had before this one, as a student number keeps it
        Column("name_key", Text),
        Column("pinyin", Text),
        Column("birth_date", Date),
        Column("relation", Text),  # what this person is of the row's subject; the subject itself: of the household's head
        Column("register_household", BigInteger),
        Column("living_household", BigInteger),
        Column("school", BigInteger),
    ],
    indexes=(("record",), ("number_blind",), ("anchor",), ("register_household",), ("living_household",)),
    by_id=True,
    comment="A person named in a source row: evidence for identity, and the source's assertion about that person.",
)

identity, identity_history = two_axes(
    "identity",
    [
        Column("person", BigInteger, nullable=False),
        Column("tier", Text, nullable=False),
        Column("score", Numeric(8, 3), nullable=False),
        Column("reasons", JSONB, nullable=False),
        Column("rule_version", Text, nullable=False),
        Column("cluster", LargeBinary, nullable=False),
        Column("household", BigInteger),  # of somebody whom the register does not list: with whom the person belongs
    ],
    indexes=(("person",), ("cluster",)),
    lasting=True,
    comment="Which person a mention (id) means, how sure that is and why.",
)

mention_key = Table(
    "mention_key",
    metadata,
    division(),
    key("key"),
    key("mention"),
    Index(None, "division", "mention"),
    comment="Keyed hashes of what mentions of one person are likely to share; only the linker reads them.",
)

linkage_weights = Table(
    "linkage_weights",
    metadata,
    division(),
    key("publication"),
    Column("version", Text, nullable=False),
    Column("weights", JSONB, nullable=False),
    comment="Weights fitted to the hub's own numbers; the newest decide, and without any those that come with the hub.",
)

FACTS = {name: fact_tables(noun) for name, noun in NOUNS.items()}

# --- the graph's nodes ----------------------------------------------------------------------------------------------

person_id = Table(
    "person_id",
    metadata,
    division(),
    key("id"),
    Column("current", BigInteger, nullable=False),
    Column("publication", BigInteger, nullable=False),
    Index(None, "division", "current"),
    comment="Any person id ever issued resolves here in one look-up.",
)

person_id_history = Table(
    "person_id_history",
    metadata,
    Column("division", Integer, nullable=False),
    Column("id", BigInteger, nullable=False),
    Column("current", BigInteger, nullable=False),
    Column("known", INT8RANGE, nullable=False),
    Index(None, "division", "id"),
)

household = Table(
    "household",
    metadata,
    division(),
    key("id"),
    Column("kind", Text, nullable=False),  # REGISTER or LIVING
    Column("number_mask", Text),
    Column("number_blind", LargeBinary),
    Column("publication", BigInteger, nullable=False),
)

school = Table(
    "school",
    metadata,
    division(),
    key("id"),
    Column("name", Text, nullable=False),
    Column("township", Text),
    Column("publication", BigInteger, nullable=False),
)


def sortable(column: str) -> Computed:
    """The bytes of a text, which sort as it does under "C". Under row security PostgreSQL begins an index in the middle only at
    operators that are leakproof; those of bytes are, those of text are not."""
    return Computed(rf"decode(replace(coalesce({column}, ''), '\', '\\'), 'escape')", persisted=True)


person_resolved, person_resolved_history = two_axes(
    "person_resolved",
    [
        Column("name", Text),
        Column("pinyin", Text),
        Column("former_name", Text),
        Column("sex", Text),
        Column("birth_date", Date),
        Column("born", Text),
        Column("born_from", Date),  # the first and the last day that the birth date can mean, as precise as it is known
        Column("born_to", Date),
        Column("ethnic_group", Text),
        Column("number_mask", Text),
        Column("number_blind", LargeBinary),
        Column("phone_mask", Text),
        Column("township", Text),
        Column("village", Text),
        Column("hukou_township", Text),
        Column("register_household", BigInteger),
        Column("living_household", BigInteger),
        Column("deceased_on", Date),
        Column("chosen", JSONB, nullable=False),
        Column("name_order", LargeBinary, sortable("pinyin")),
        Column("township_order", LargeBinary, sortable("township")),
    ],
    indexes=(("township", "id"), ("birth_date",), ("number_blind",), ("register_household",), ("living_household",)),
    lasting=True,
    comment="One value per person and time by the survivorship rule (id = person); `chosen` names the record of each value.",
)

#: Who is a child on a day, with what children are counted by: counts are read from the index alone.
Index("children", person_resolved.c.division, person_resolved.c.born_to, postgresql_include=["township", "sex", "birth_date", "id"])
Index(None, person_resolved_history.c.division, person_resolved_history.c.born_to)

#: The orders in which people are listed (`schema.people`), so that a page is read where it begins and nothing is sorted.
for _order, _key in (
    ("name", person_resolved.c.name_order),
    # CASE rather than COALESCE: PostgreSQL takes a COALESCE for something that might leak
    ("birth_date", text("(CASE WHEN birth_date IS NULL THEN '9000-01-01'::date ELSE birth_date END)")),
    ("township", person_resolved.c.township_order),
):
    Index(f"people_by_{_order}", person_resolved.c.division, _key, person_resolved.c.id, _table=person_resolved)

# --- identity: pairs for a person to decide ---------------------------------------------------------------------------

link_review, link_review_history = two_axes(
    "link_review",
    [
        Column("mention", BigInteger, nullable=False),
        Column("other", BigInteger, nullable=False),
        Column("score", Numeric(8, 3), nullable=False),
        Column("kind", Text, nullable=False),
        Column("reasons", JSONB, nullable=False),
    ],
    indexes=(("mention",),),
    comment="Mentions that stay apart until a person decides.",
)

link_verdict, link_verdict_history = two_axes(
    "link_verdict",
    [
        Column("mention", BigInteger, nullable=False),
        Column("other", BigInteger, nullable=False),
        Column("same", Boolean),  # null: it cannot be told, and they stay apart
        Column("by", Text, nullable=False),
        Column("reason", Text, nullable=False),
        Column("decided_on", Date, nullable=False),
        Column("settler", Text),  # who could tell
    ],
    indexes=(("mention",), ("other",)),
    comment="What a person has decided about two mentions: one person, two, or that it cannot be told.",
)

identity_event = Table(
    "identity_event",
    metadata,
    division(),
    key("publication"),
    key("kind", Text),  # MERGED, FORWARDED, RESTORED or SPLIT
    key("person"),
    key("other"),
    Column("on", Date, nullable=False),
    Index(None, "division", "person"),
    Index(None, "division", "other"),
    comment="What became of person ids: merged into another, forwarded, restored, split.",
)

# --- findings ---------------------------------------------------------------------------------------------------------

finding, finding_history = two_axes(
    "finding",
    [
        Column("rule", Text, nullable=False),
        Column("rule_version", Text, nullable=False),
        Column("person", BigInteger),
        Column("subject", Text, nullable=False),
        Column("kind", Text),
        Column("school_year", Integer, nullable=False),
        Column("reference_date", Date, nullable=False),
        Column("severity", Text, nullable=False),
        Column("confidence", Text, nullable=False),
        Column("status", Text, nullable=False),
        Column("township", Text),
        Column("school", BigInteger),
        Column("opened_on", Date, nullable=False),
        Column("last_seen_on", Date, nullable=False),
        Column("due_on", Date),
        Column("contradicted_on", Date),
        Column("conclusion", Text),
        Column("concluded_on", Date),
        Column("reopened", Integer, nullable=False),
        Column("evidence", JSONB, nullable=False),
        Column("reveals", Text, nullable=False),  # the table whose facts its mere being there tells of; '' for none
    ],
    indexes=(("person",), ("rule", "status", "township", "id"), ("township", "id")),
    by_id=True,
    comment="What a rule found, with the records of both sides; it leaves the open list only by a conclusion (E.0.6).",
)

conclusion = Table(
    "conclusion",
    metadata,
    division(),
    key("finding"),
    key("publication"),
    Column("code", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("note", Text),
    Column("document", Text),
    Column("by", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("on", Date, nullable=False),
    comment="What a team member concluded about a finding; append-only.",
)

register_entry, register_entry_history = two_axes(
    "register_entry",
    [
        Column("person", BigInteger, nullable=False),
        Column("school_year", Integer, nullable=False),
        Column("township", Text),
        Column("age", Integer, nullable=False),
        Column("certain", Boolean, nullable=False),  # whether the birth date leaves no doubt of the age
        Column("local", Boolean, nullable=False),  # registered or living here; the register of a township lists these
        Column("conclusion", Text, nullable=False),
        Column("school", BigInteger),
        Column("owner", Text, nullable=False),  # SCHOOL, CASE, PLAN, GONE; '' for nobody: a blind spot
        Column("sources", Integer, nullable=False),  # how many lists know the child
    ],
    indexes=(("person",), ("township", "conclusion", "id"), ("school",)),
    by_id=True,
    comment="适龄儿童台账: each child of compulsory age in a school year, what came of it, and who has it in hand (A-09).",
)

recheck = Table(
    "recheck",
    metadata,
    division(),
    key("person"),
    comment="Whom publications have touched since the rules last ran.",
)

index_aside = Table(
    "index_aside",
    metadata,
    Column("table_name", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("definition", Text, nullable=False),
    comment="The indexes that a first load has set aside; empty outside of its transaction.",
)

rule_run = Table(
    "rule_run",
    metadata,
    division(),
    key("publication"),
    key("rule", Text),
    Column("rule_version", Text, nullable=False),
    Column("reference_date", Date, nullable=False),
    Column("found", Integer, nullable=False),
    Column("refused", Text),
)

#: Tables on two axes, by name: (current, history).
TWO_AXES: dict[str, tuple[Table, Table]] = {
    "record_period": (record_period, record_period_history),
    "mention": (mention, mention_history),
    "identity": (identity, identity_history),
    **FACTS,
    "person_resolved": (person_resolved, person_resolved_history),
    "link_review": (link_review, link_review_history),
    "link_verdict": (link_verdict, link_verdict_history),
    "finding": (finding, finding_history),
    "register_entry": (register_entry, register_entry_history),
}
