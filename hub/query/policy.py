"""What a class of rights may see: every table is read through it, so that filters, orders, cursors and counts see what the fields do.

Four things are compiled in: fields that are not there (``hub.query.pruning``), columns that are masked, words that would tell what is
closed and are plainer ones instead, and rows that are left out. The row rule reads the viewer's care from settings of the transaction, as PostgreSQL's row security does behind it
(``migrations/versions/0007_access.sql``), so that a plan is shared by everybody of the class.
"""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    LargeBinary,
    Text,
    and_,
    any_,
    case,
    cast,
    column,
    exists,
    false,
    func,
    literal,
    literal_column,
    null,
    or_,
    select,
    table,
    union_all,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from hub.access.catalogue import Mask, Reach, read_catalogue
from hub.access.rights import Rights, everything
from hub.storage import tables
from hub.storage.history import known_in, known_rows
from hub.storage.tables import TWO_AXES

CATALOGUE = read_catalogue()
NAMES = {Reach.COUNTY: "county", Reach.TOWNSHIP: "township", Reach.VILLAGE: "village", Reach.SCHOOL: "school"}  # in settings, as row security knows them
EVERY_DEPARTMENT = "department/*"
#: What the transaction is told, in the order in which the statement sets it. Beside townships, villages and schools the care holds
#: ``department/D`` (the viewer's own), and of a broken glass ``person/ID`` and ``seen/TOWNSHIP``, which the second lock opens for it.
SETTINGS = ("divisions", "reach", "care", "towns", "tables", "day")


SUBJECT = "主体"  # the role of whom a row is about
LIVING = "assistance"  # only who may read it sees households of those who live together
ABOUT_FINDINGS = ("finding", "finding_event", "round_row", "round_result")  # of a township, and each says which table's facts it tells of
INDICATORS = "frozen_indicator"  # of a township or of the city, each with the tables that one must read to see what it counts
ROUNDS = ("inspection_round", "round_signature")  # which name nobody; one that a rule of it closes is not there at all
OF_A_KIND = {"household": "kind", "membership": "household_kind"}  # rows that say whether a household is of the register, or of who lives together
DELIVERY = "delivery"  # names nobody, but tells when a list said something new, and of how many
OPERATES = "data_bureau"  # runs the hub, and sees how each delivery fared
#: What a delivery says of how many people it told something new: for the list's own department, and who runs the hub (G.8).
HOW_MANY = ("rows_read", "rows_not_data", "rows_new", "rows_changed", "rows_unchanged", "rows_quarantined", "rows_refused", "records_ended")
HOW_IT_FARED = ("reasons", "notices")
#: How sure a link is comes from the pair that says most, whichever list the other row is on; a number is the row's own.
LINK = {"identity": "tier", "finding": "confidence"}
BY_PAIR = {"identity.score": null(), "identity.reasons": cast(literal("[]"), JSONB)}
BY_NUMBER, UNNUMBERED = "NUMBER", "UNNUMBERED"
#: Which lists name a person, now or during which publications (``migrations/versions/0025_named.sql``).
NAMED_BY = table("named_by", *map(column, ("division", "person", "source", "role", "now", "since", "until")))
STAFF = ("access_request", "access_use")  # whose rows are there for whoever decides, wherever the child is


@dataclass(frozen=True)
class Policy:
    """One class of rights. Plans are cached by its name; what depends on who asks is a setting, never part of it.

    ``glass``: of those who have broken one, so that single people beside their care are there (``person/ID`` among the care).
    """

    allowed: Rights
    glass: bool = False

    @property
    def rights(self) -> str:
        """The name of the class."""
        return f"{self.allowed.name}+" if self.glass else self.allowed.name

    @cached_property
    def _opened(self) -> str:
        """The tables that give rows, as row security looks for them."""
        return "".join(f",{name},{name}_history" if name in TWO_AXES else f",{name}" for name in sorted(self.allowed.tables)) + ","

    def opens(self, tables: Iterable[str]) -> bool:
        """Whether every one of some tables gives rows."""
        return self.allowed.tables.issuperset(tables)

    def shows(self, type_name: str) -> bool:
        """Whether nodes of a type are there: one without its id is none."""
        return f"{type_name}.id" in self.allowed.fields

    def seen(self, table: str, rows: FromClause) -> FromClause:
        """A table's rows as this class may see them: rows left out, columns masked. Of what is known now it is made once."""
        if rows is not known_rows(table, None):
            return self._seen(table, rows)
        if table not in self._seen_now:
            self._seen_now[table] = self._seen(table, rows)
        return self._seen_now[table]

    @cached_property
    def _seen_now(self) -> dict[str, FromClause]:
        return {}

    def _seen(self, table: str, rows: FromClause) -> FromClause:
        if self.rights == "everything":
            return rows
        if table == DELIVERY:
            return self._deliveries(rows)
        if table not in CATALOGUE.tables:
            return rows
        columns = [self._column(table, name, column, rows) for name, column in rows.c.items()]
        told = select(*columns)
        if table not in self.allowed.tables:
            return told.where(false()).subquery(table)
        if table == "correction":
            return told.where(or_(*(literal("department/").concat(rows.c[side]) == _care() for side in ("owner", "department")))).subquery(table)
        rule = self._named(rows) if table == "person_resolved" else None
        rule = _both(rule, _rule(self.allowed.reach, table, rows, self.glass, LIVING in self.allowed.tables))
        rule = _both(rule, self._open(table, rows))
        if rule is None and not any(column.startswith(f"{table}.") for column in (*self.allowed.masks, *self.allowed.plainly)):
            return rows
        return (told if rule is None else told.where(rule)).subquery(table)

    def _deliveries(self, rows: FromClause) -> FromClause:
        """Deliveries without those of closed lists, whose publication would tell from which of them somebody came; how many rows one had
        is its own department's, since two of them differ by few."""
        own = or_(*(literal("department/").concat(one) == _care() for one in (func.split_part(rows.c.source, ".", 1, type_=Text), literal(OPERATES))))
        columns = [
            case((own, column), else_=null()).label(name) if name in HOW_MANY
            else case((own, column), else_=cast(literal("[]"), JSONB)).label(name) if name in HOW_IT_FARED
            else column
            for name, column in rows.c.items()
        ]  # fmt: skip
        return select(*columns).where(*self.timed(rows.c.source)).subquery(DELIVERY)

    def timed(self, source: ColumnElement[Any]) -> tuple[ColumnElement[bool], ...]:
        """The condition on a source that these rights may know when it came, where there is one."""
        return (~_of(source, self._untimed),) if self._untimed else ()

    def is_untimed(self, source: str) -> bool:
        """Whether these rights may not know when a source came."""
        return any(source.startswith(one) if one.endswith(".") else source == one for one in self._untimed)

    @property
    def _untimed(self) -> frozenset[str]:
        """Lists of which these rights may not know when they came: the closed ones, for who sees people."""
        return self.allowed.closed_sources if self.allowed.personal else frozenset()

    def known_to(self, division: ColumnElement[Any], known: ColumnElement[Any]) -> ColumnElement[Any]:
        """As of which publication these rights read, asked for one: that one; but what a closed list changed is known to them only once
        an open one has come after it, so that no number tells which list it was.

        Repaired rows (``replay``) may be of any list.
        """
        if not self._untimed:
            return known
        opened, hidden = tables.delivery.alias(), tables.delivery.alias()
        replayed = tables.publication.alias()
        last = select(func.coalesce(func.max(opened.c.publication), 0)).where(
            opened.c.division == division, opened.c.publication <= known, ~_of(opened.c.source, self._untimed)
        ).scalar_subquery()  # fmt: skip
        closed = union_all(
            select(hidden.c.publication.label("no")).where(hidden.c.division == division, _of(hidden.c.source, self._untimed)),
            select(replayed.c.no).where(replayed.c.division == division, replayed.c.kind == "replay"),
        ).subquery()
        before = select(func.min(closed.c.no) - 1).where(closed.c.no > last, closed.c.no <= known).scalar_subquery()
        return func.coalesce(before, known, type_=BigInteger)

    def _named(self, people: FromClause) -> ColumnElement[bool] | None:
        """Whether a person is there: a child, whoever names it, since a child at no school is looked for (E.2, A-87); a grown-up only where
        a list that these rights open names him, or else his being there would tell the list. Of whom no birth date is known, who may
        be a child is whom a row is about."""
        if not self.allowed.closed_sources:
            return None
        n, at = NAMED_BY.alias(), known_in(people)
        then = (n.c.now,) if at is None else (n.c.since <= at, or_(n.c.until.is_(None), n.c.until > at))
        may_be_child = and_(people.c.born_to.is_(None), n.c.role == SUBJECT)
        seen = or_(~_of(n.c.source, self.allowed.closed_sources), may_be_child)
        named = exists(select(1).where(n.c.division == people.c.division, n.c.person == people.c.id, *then, seen))
        return or_(people.c.born_to > cast(_day() - literal_column("interval '18 years'"), Date), named)

    def _open(self, table: str, rows: FromClause) -> ColumnElement[bool] | None:
        """Whether a row comes from a list that these rights open: a list of prisoners' children tells why by naming a child, and so does
        the mere being there of a finding about them. Who lives together is known from the lists of assistance alone."""
        opened = ["", *sorted(self.allowed.tables)]
        if table in ABOUT_FINDINGS:
            return rows.c.reveals.in_(opened)
        if table == INDICATORS and not self.allowed.small_counts:
            released: ColumnElement[bool] = rows.c.released
            return released
        if table in (*ROUNDS, INDICATORS):
            return rows.c.reveals.bool_op("<@")(literal(opened, ARRAY(Text)))
        if table == "conclusion":
            f = tables.finding.alias()
            return exists(select(1).where(f.c.division == rows.c.division, f.c.id == rows.c.finding, f.c.reveals.in_(opened)))
        registered = rows.c[OF_A_KIND[table]] == "REGISTER" if table in OF_A_KIND and LIVING not in self.allowed.tables else None
        if not self.allowed.closed_sources:
            return registered
        if "source" in rows.c:
            return _both(registered, ~_of(rows.c.source, self.allowed.closed_sources))
        if registered is not None:
            return registered
        told = {"identity": ("id",), "link_review": ("mention", "other"), "link_verdict": ("mention", "other")}.get(table, ())
        closed = None
        for name in told:
            for mention in (tables.mention.alias(), tables.mention_history.alias()):
                same = (mention.c.division == rows.c.division, mention.c.id == rows.c[name])
                closed = _both(closed, ~exists(select(1).where(*same, _of(mention.c.source, self.allowed.closed_sources))))
        return closed

    def tier(self, told: ColumnElement[Any]) -> ColumnElement[Any]:
        """How sure a link is, as these rights may know it: whose row has no number is sure by other rows, maybe of a closed list."""
        if not self.allowed.closed_sources:
            return told
        return case((told == BY_NUMBER, told), (told.is_not(None), literal(UNNUMBERED)), else_=null())

    def tier_of(self, told: str | None) -> str | None:
        """The same of a value."""
        return told if told in (BY_NUMBER, None) or not self.allowed.closed_sources else UNNUMBERED

    def settings(self, division: int, today: date, care: frozenset[str]) -> dict[str, str]:
        """What the transaction is told of the viewer: without it row security gives no row."""
        return {
            "divisions": str(division),
            "reach": NAMES[self.allowed.reach],
            "care": ",".join(sorted(care)) if self.allowed.name != "everything" else EVERY_DEPARTMENT,
            "towns": ",".join(sorted({one.removeprefix("seen/").partition("/")[0] for one in care if not one.startswith(("person/", "department/"))})),
            "tables": self._opened,
            "day": today.isoformat(),
        }

    def request(self, division: int, today: date, care: frozenset[str] = frozenset()) -> dict[str, Any]:
        """The same as a statement's parameters, beside the request's own variables."""
        told = self.settings(division, today, care)
        return {"@today": today, "@division": division} | {f"@{name}": value for name, value in told.items()}

    def _column(self, table: str, name: str, column: ColumnElement[Any], rows: FromClause) -> ColumnElement[Any]:
        if self.allowed.closed_sources and name == LINK.get(table):
            return self.tier(column).label(name)
        if self.allowed.closed_sources and f"{table}.{name}" in BY_PAIR:
            return case((rows.c[LINK[table]] == BY_NUMBER, column), else_=cast(BY_PAIR[f"{table}.{name}"], column.type)).label(name)
        words = self.allowed.plainly.get(f"{table}.{name}")
        if words:
            return case(*((column == word, seen) for word, seen in sorted(words.items())), else_=column).label(name)
        match self.allowed.masks.get(f"{table}.{name}"):
            case None:
                return column
            case Mask.NAME:
                return func.left(column, 1, type_=Text).concat("*").label(name)
            case Mask.GONE if isinstance(column.type, LargeBinary):  # a key of an order: it says nothing, and pages go on by id
                return cast(literal(b"", LargeBinary), column.type).label(name)
            case Mask.GONE:
                return cast(null(), column.type).label(name)


def _both(one: ColumnElement[bool] | None, other: ColumnElement[bool] | None) -> ColumnElement[bool] | None:
    return other if one is None else one if other is None else one & other


def _of(source: ColumnElement[Any], lists: Collection[str]) -> ColumnElement[bool]:
    """Whether a source is one of some lists, or of a department all of whose lists are meant."""
    whole, single = sorted(one for one in lists if one.endswith(".")), sorted(one for one in lists if not one.endswith("."))
    return or_(*(func.starts_with(source, one) for one in whole), *([source.in_(single)] if single else []))


def _rule(reach: Reach, table: str, rows: FromClause, glass: bool, living: bool) -> ColumnElement[bool] | None:
    """Which rows of a personal table are in the viewer's care; a table without a rule gives none to who does not reach the county.

    ``living``: whether it may be known who lives together.
    """
    if reach is Reach.COUNTY or table in ("person_id", *STAFF, *ROUNDS):
        return None
    if table == "person_resolved":
        return _in_care(reach, rows, rows.c.id, glass)
    if table in (*ABOUT_FINDINGS, INDICATORS) and reach is Reach.TOWNSHIP:
        own: ColumnElement[bool] = rows.c.township == _care()
        return or_(own, _through_glass(rows.c.person)) if glass and table != INDICATORS else own
    if table == "household":
        p = tables.person_resolved.alias()
        lives = (p.c.register_household == rows.c.id) | (p.c.living_household == rows.c.id) if living else p.c.register_household == rows.c.id
        return exists(select(1).where(p.c.division == rows.c.division, lives, _in_care(reach, rows, p.c.id, glass)))
    if table == "conclusion":
        f = tables.finding.alias()
        theirs = _rule(reach, "finding", f, glass, living)
        assert theirs is not None
        return exists(select(1).where(f.c.division == rows.c.division, f.c.id == rows.c.finding, theirs))
    if "person" in rows.c and table != "identity":
        return _in_care(reach, rows, rows.c.person, glass)
    return false()


def _in_care(reach: Reach, rows: FromClause, person: ColumnElement[Any], glass: bool) -> ColumnElement[bool]:
    """Whether a person is in the viewer's care today, whatever day or publication is asked for; or seen through a broken glass."""
    if glass:
        return or_(_through_glass(person), _in_care(reach, rows, person, False))
    if reach is Reach.SCHOOL:
        e = tables.FACTS["enrolment"][0].alias()
        return exists(
            select(1).where(e.c.division == rows.c.division, e.c.person == person, cast(e.c.school, Text) == _care(), e.c.valid.contains(_day()))
        )
    p = tables.person_resolved.alias()
    place = p.c.township if reach is Reach.TOWNSHIP else p.c.township.concat("/").concat(p.c.village)
    return exists(select(1).where(p.c.division == rows.c.division, p.c.id == person, place == _care(), p.c.valid.contains(_day())))


def _through_glass(person: ColumnElement[Any]) -> ColumnElement[bool]:
    seen: ColumnElement[bool] = literal("person/").concat(cast(person, Text)) == _care()
    return seen


def _care() -> Any:
    told = func.string_to_array(func.nullif(func.current_setting("hub.care", True), ""), ",", type_=ARRAY(Text))
    return any_(cast(select(told).scalar_subquery(), ARRAY(Text)))


def _day() -> ColumnElement[Any]:
    return select(cast(func.current_setting("hub.day", literal(True)), Date)).scalar_subquery()


ALLOWS_EVERYTHING = Policy(everything(CATALOGUE))
