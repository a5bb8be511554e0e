"""What a plan is made of, as statements: the rows about a child, and what is asked of the lists themselves.

Two readers share them: many children in a fixed number of statements (``hub.casework.plans``), and one child as JSON inside a
statement that asks for more (``told_of`` and ``told_of_lists`` write it, ``read_told`` and ``read_lists`` read it again).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import (
    JSON,
    Column,
    ColumnElement,
    Date,
    FromClause,
    LargeBinary,
    Numeric,
    Select,
    Text,
    and_,
    cast,
    exists,
    false,
    func,
    literal,
    literal_column,
    or_,
    select,
    true,
)
from sqlalchemy.dialects.postgresql import DATERANGE, JSONB, aggregate_order_by

from hub.casework.waiting import Waiting
from hub.rules.programmes import LISTS
from hub.storage import tables
from hub.storage.history import Known, as_known

DEAD = "死亡注销"
ALWAYS = ("source", "record", "hash", "valid")
#: Noun -> the columns that a plan's words and rules look at, beside those of every fact.
FACT_COLUMNS: Mapping[str, tuple[str, ...]] = {
    "enrolment": ("state", "grade", "attendance_mode", "school", "disability", "boarder_aid", "orphan"),
    "certificate": ("category", "level", "state", "valid_until"),
    "assistance": ("programme", "kind", "state", "covered", "stopped", "stop_reason"),
    "payment": ("programme", "amount", "paid_on", "state", "period"),
    "parent_situation": ("parent_role", "situation"),
    "guardianship": ("relation", "capacity", "is_guardian"),
    "kinship": ("relation",),
    "schooling_statement": ("status", "reason", "out_of_school", "assured", "hardship"),
    "left_behind_file": ("definition", "kind"),
    "hukou_registration": ("register_state", "village", "deceased_on", "cancelled_on", "cancel_reason"),
    "residence": ("village",),
    "vocational_enrolment": ("school_name", "entered"),
}
#: Noun -> what is told beside it of the person whom it names: whether a relative has died, and holds a certificate; a prisoner's sentence; how long a situation is told.
BESIDE: Mapping[str, tuple[str, ...]] = {"kinship": ("died", "certified"), "parent_situation": ("sentence_from", "sentence_to", "told_from", "told_until")}
#: Lists that tell of a parent in custody, or otherwise unable to care; all of a department's where that is said.
OF_PARENTS = frozenset({"justice.", "civil_affairs.child_welfare", "governance.key_youth"})
PERSON_COLUMNS = ("id", "name", "born_from", "born_to", "birth_date", "deceased_on", "number_blind")
MENTION_COLUMNS = ("name_key", "number_blind", "certificate_number_blind", "birth_date", "deceased_on")


def everything(name: str, rows: FromClause) -> FromClause:
    """The rows as whoever may see all of them sees them."""
    return rows


@dataclass(frozen=True)
class Sight:
    """Whose rows are read, on which day, as known when, and what of a table whoever asks may see; ``closed`` are the lists that are closed to them."""

    division: int | ColumnElement[Any]
    on: date | ColumnElement[Any]
    known: Known = None
    seen: Callable[[str, FromClause], FromClause] = everything
    closed: frozenset[str] = frozenset()

    @property
    def lists(self) -> tuple[str, ...]:
        """The lists that programmes look in; one that is closed has not come."""
        return tuple(source for source in LISTS if not self.closed & {source, f"{source.partition('.')[0]}."})

    @property
    def parents_closed(self) -> bool:
        """Whether a list is closed that may tell of a parent what no other list does."""
        return bool(self.closed & OF_PARENTS)

    def table(self, name: str) -> FromClause:
        """A two-axes table's rows, under an alias of their own."""
        return self.seen(name, as_known(name, self.known)).alias()

    def facts(self, noun: str) -> tuple[FromClause, ColumnElement[bool]]:
        """A noun's facts, and which of them are valid on the day."""
        rows = self.table(noun)
        return rows, self._there(rows)

    def told(self, noun: str, rows: FromClause) -> list[ColumnElement[Any]]:
        """The columns of a noun's facts that a plan looks at, with what is told of the people whom they name, in the order of ``read_told``."""
        beside = {"kinship": self._of_relative, "parent_situation": self._of_situation}.get(noun)
        return [*(rows.c[name] for name in _columns(noun)), *(beside(rows) if beside else ())]

    def _of_relative(self, kin: FromClause) -> list[ColumnElement[Any]]:
        h, p, c = self.table("hukou_registration"), self.table("person_resolved"), self.table("certificate")
        cancelled = and_(or_(h.c.register_state == DEAD, h.c.cancel_reason == DEAD), func.coalesce(h.c.cancelled_on, self.on) <= self.on)
        died = or_(
            _any(h, h.c.person == kin.c.relative, self._there(h), or_(h.c.deceased_on <= self.on, cancelled)),
            _any(p, p.c.id == kin.c.relative, p.c.division == self.division, p.c.deceased_on <= self.on),
        )
        stands = and_(func.coalesce(c.c.state, "正常") == "正常", or_(c.c.valid_until.is_(None), c.c.valid_until >= self.on))
        return [died.label("died"), _any(c, c.c.person == kin.c.relative, self._there(c), stands).label("certified")]

    def _of_situation(self, situation: FromClause) -> list[ColumnElement[Any]]:
        """From when to when the row that tells a parent's situation says that the sentence goes, and from when until before when it tells the situation."""
        c = self.table("custody")
        same = (c.c.person == situation.c.parent, c.c.record == situation.c.record, self._there(c))
        ends = {"sentence_from": func.min(c.c.sentence_from), "sentence_to": func.max(c.c.sentence_to)}
        sentence = [select(end).select_from(c).where(*same).correlate_except(c).scalar_subquery().label(name) for name, end in ends.items()]
        s = self.table("parent_situation")
        same = (s.c.division == self.division, s.c.id == situation.c.id, s.c.situation == situation.c.situation)
        ever: ColumnElement[Any] = literal_column("'infinity'::date")
        told_ends: dict[str, ColumnElement[Any]] = {
            "told_from": func.min(func.lower(s.c.valid)),
            "told_until": func.nullif(func.max(func.coalesce(func.upper(s.c.valid), ever)), ever),
        }
        told = [select(cast(end, Text)).select_from(s).where(*same).correlate_except(s).scalar_subquery().label(name) for name, end in told_ends.items()]
        return [*sentence, *told]

    def _there(self, rows: FromClause) -> ColumnElement[bool]:
        return and_(rows.c.division == self.division, rows.c.valid.contains(self.on))

    def mentions(self) -> tuple[FromClause, FromClause, ColumnElement[bool]]:
        """The links of people and the mentions that they lead to, with their join."""
        i, m = self.table("identity"), self.table("mention")
        return i, m, and_(i.c.division == self.division, m.c.division == i.c.division, m.c.id == i.c.id)


class Since(NamedTuple):
    """A period of which only the beginning is looked at."""

    lower: date | None


@dataclass(frozen=True)
class Told:
    """What sources tell of one child."""

    person: Any | None
    facts: Mapping[str, Sequence[Any]]
    mentions: Sequence[Any]


def gives(payment: Any) -> bool:
    """Whether a payment gives something; one of nothing is none, nor is what was taken back."""
    return payment["amount"] is None or payment["amount"] > 0


@dataclass(frozen=True)
class Lists:
    """What the lists that programmes look in say on a day: which have come, as of when, the rows of them that wait in quarantine, whether
    one that may tell of a parent is closed to whoever asks, and of which a delivery is held."""

    on: date
    delivered: Mapping[str, date]
    waiting: Waiting
    parents_closed: bool = False
    held: frozenset[str] = frozenset()


# --- statements -----------------------------------------------------------------------------------------------------


def delivered(sight: Sight) -> Select[Any]:
    """The lists that have come by the day, with the latest date each speaks for."""
    d = tables.delivery.alias()
    found = select(d.c.source, func.max(d.c.as_of).label("as_of")).where(_published(sight, d), d.c.source.in_(sight.lists), d.c.as_of <= sight.on)
    return found.group_by(d.c.source)


def waiting(sight: Sight) -> Select[Any]:
    """The rows that waited, at a publication or now, of each list's latest delivery: a later delivery speaks for an earlier one's rows."""
    q, d, latest = sight.seen("quarantine", tables.quarantine.alias()).alias(), tables.delivery.alias(), delivered(sight).subquery()
    waits: ColumnElement[bool] = q.c.state.in_(("OPEN", "REPAIRED"))
    if sight.known is not None:  # a replayed row bears the publication that took it in
        waits = or_(waits, and_(q.c.state == "REPLAYED", q.c.publication > sight.known))
    return (
        select(q.c.source, d.c.as_of, q.c.payload.label("cells"), q.c.delivery, q.c.sheet, q.c.row)
        .join(d, and_(d.c.division == q.c.division, d.c.id == q.c.delivery))
        .join(latest, and_(latest.c.source == q.c.source, latest.c.as_of == d.c.as_of))
        .where(_published(sight, d), waits)
    )


def counted(sight: Sight) -> Select[Any]:
    """How many rows of each list's latest delivery were put into quarantine, whoever may read them."""
    d, latest = tables.delivery.alias(), delivered(sight).subquery()
    newest = and_(latest.c.source == d.c.source, latest.c.as_of == d.c.as_of)
    return select(d.c.source, func.sum(d.c.rows_quarantined).label("n")).join(latest, newest).where(_published(sight, d)).group_by(d.c.source)


def held(sight: Sight) -> Select[Any]:
    """The lists of which a delivery waited for a person, at a publication or now, and none has been published that is as new."""
    d, newer = tables.delivery.alias(), tables.delivery.alias()
    waits: ColumnElement[bool] = d.c.state == "HELD"
    if sight.known is not None:
        p = tables.publication.alias()
        then = select(p.c.at).where(p.c.division == sight.division, p.c.no == sight.known).scalar_subquery()
        waits = and_(d.c.received_at <= then, or_(waits, d.c.decided_at > then))
    later = or_(newer.c.as_of > d.c.as_of, and_(newer.c.as_of == d.c.as_of, newer.c.received_at > d.c.received_at))
    answered = _any(newer, _published(sight, newer), newer.c.source == d.c.source, newer.c.as_of <= sight.on, later)
    return select(d.c.source).distinct().where(d.c.division == sight.division, d.c.source.in_(sight.lists), d.c.as_of <= sight.on, waits, ~answered)


def holders(sight: Sight, numbers: Any) -> Select[Any]:
    """Whose some numbers are; of two people with one number the later id is taken."""
    p = sight.table("person_resolved")
    return select(p.c.number_blind, p.c.id).where(p.c.division == sight.division, p.c.number_blind.in_(numbers)).order_by(p.c.id)


def _published(sight: Sight, d: FromClause) -> ColumnElement[bool]:
    published = and_(d.c.division == sight.division, d.c.state == "PUBLISHED")
    return published if sight.known is None else and_(published, d.c.publication <= sight.known)


# --- the same as JSON, within a statement ---------------------------------------------------------------------------


def told_of(sight: Sight, person: Mapping[str, ColumnElement[Any]]) -> ColumnElement[Any]:
    """What sources tell of the child whose row this is, as JSON: ``person`` is its columns in ``person_resolved``."""
    parts: list[Any] = ["person", _cells([person[name] for name in PERSON_COLUMNS])]
    for noun in FACT_COLUMNS:
        rows, there = sight.facts(noun)
        parts += [noun, _array(sight.told(noun, rows), (rows.c.source, rows.c.id), rows, there & (rows.c.person == person["id"]))]
    i, m, same = sight.mentions()
    parts += ["mention", _array([m.c[name] for name in MENTION_COLUMNS], (m.c.source, m.c.id), i.join(m, same), i.c.person == person["id"], own=(i, m))]
    return func.json_build_object(*parts, type_=JSON)


def told_of_lists(sight: Sight) -> ColumnElement[Any]:
    """What is asked of the lists, as JSON."""
    come, many, rows = delivered(sight).subquery(), counted(sight).subquery(), waiting(sight).cte()
    cell = func.jsonb_each(rows.c.cells).table_valued("key", Column("value", JSONB))
    numbers = select(func.decode(cell.c.value["blind"].astext, "hex")).select_from(rows.join(cell, true()))
    whose, waits = holders(sight, numbers).subquery(), held(sight).subquery()
    parts: list[Any] = ["on", literal(sight.on, Date) if isinstance(sight.on, date) else sight.on]
    parts += ["parents_closed", true() if sight.parents_closed else false()]
    parts += ["delivered", _array([come.c.source, come.c.as_of], (come.c.source,), come)]
    parts += ["waiting", _array([rows.c.source, rows.c.as_of, rows.c.cells], (rows.c.source, rows.c.delivery, rows.c.sheet, rows.c.row), rows)]
    parts += ["counted", _array([many.c.source, many.c.n], (many.c.source,), many)]
    parts += ["holders", _array([whose.c.number_blind, whose.c.id], (whose.c.id,), whose)]
    parts += ["held", _array([waits.c.source], (waits.c.source,), waits)]
    return func.json_build_object(*parts, type_=JSON)


def read_told(told: Mapping[str, Any]) -> Told:
    """What ``told_of`` wrote."""
    facts = {noun: [read(cells) for cells in told[noun]] for noun, read in _FACTS.items()}
    return Told(_PERSON(told["person"]), facts, [_MENTION(cells) for cells in told["mention"]])


def read_lists(told: Mapping[str, Any]) -> Lists:
    """What ``told_of_lists`` wrote."""
    rows = [{"source": source, "as_of": date.fromisoformat(as_of), "cells": cells} for source, as_of, cells in told["waiting"]]
    whose = {bytes.fromhex(number): person for number, person in told["holders"]}
    come = {source: date.fromisoformat(as_of) for source, as_of in told["delivered"]}
    waits = Waiting.of(rows, dict(told["counted"])).held_by(whose)
    return Lists(date.fromisoformat(told["on"]), come, waits, told["parents_closed"], frozenset(source for (source,) in told["held"]))


def _columns(noun: str) -> tuple[str, ...]:
    return (*ALWAYS, *FACT_COLUMNS[noun])


def _any(rows: FromClause, *where: ColumnElement[bool]) -> ColumnElement[bool]:
    return exists(select(1).select_from(rows).where(*where).correlate_except(rows))


def _array(columns: Sequence[Any], order: Sequence[Any], source: FromClause, *where: Any, own: Sequence[FromClause] = ()) -> ColumnElement[Any]:
    listed = func.json_agg(aggregate_order_by(_cells(columns), *order))
    found = select(func.coalesce(listed, func.json_build_array())).select_from(source).where(*where)
    return found.correlate_except(*(own or (source,))).scalar_subquery()


def _cells(columns: Sequence[Any]) -> ColumnElement[Any]:
    return func.json_build_array(*(_cell(column) for column in columns), type_=JSON)


def _cell(column: ColumnElement[Any]) -> ColumnElement[Any]:
    """A value as JSON holds it without loss."""
    if isinstance(column.type, DATERANGE):
        return func.json_build_array(func.lower(column))
    if isinstance(column.type, Numeric):
        return cast(column, Text)
    if isinstance(column.type, LargeBinary):
        return func.encode(column, "hex")
    return column


class _Reading:
    """Reads the cells of a table's columns into a row."""

    def __init__(self, table: str, columns: Sequence[str], beside: Sequence[str] = ()) -> None:
        kept = tables.metadata.tables[table].c
        self.columns = [*((name, _meaning(kept[name])) for name in columns), *((name, None) for name in beside)]

    def __call__(self, cells: Sequence[Any]) -> Mapping[str, Any]:
        return {name: of(cell) if of and cell is not None else cell for (name, of), cell in zip(self.columns, cells, strict=True)}


def _meaning(column: Column[Any]) -> Callable[[Any], Any] | None:
    if isinstance(column.type, DATERANGE):
        return lambda cells: Since(date.fromisoformat(cells[0]) if cells[0] else None)
    if isinstance(column.type, Date):
        return date.fromisoformat
    if isinstance(column.type, Numeric):
        return Decimal
    return bytes.fromhex if isinstance(column.type, LargeBinary) else None


_PERSON = _Reading("person_resolved", PERSON_COLUMNS)
_MENTION = _Reading("mention", MENTION_COLUMNS)
_FACTS = {noun: _Reading(noun, _columns(noun), BESIDE.get(noun, ())) for noun in FACT_COLUMNS}
