"""Lists of people across departments: filtered, ordered, counted, in pages."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date
from enum import Enum
from functools import partial
from typing import Any

import strawberry
from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Date,
    FromClause,
    Integer,
    Select,
    Text,
    any_,
    case,
    cast,
    exists,
    func,
    literal,
    literal_column,
    or_,
    select,
    union_all,
)
from strawberry.types import Info

from hub.domain.values.codes import CODE_LISTS, Code
from hub.query.aiming import Sought
from hub.query.reading import Args, BadInput, Given, Listed, Place, Rows
from hub.rules.releasing import FEWEST
from hub.storage import tables
from schema.connections import Within, connection_type, page
from schema.finding import rule_named
from schema.nodes import wrap
from schema.person import Person
from schema.scope import Context, Scope, context, place, place_at

#: States in which a pupil is on a register but not in school.
INACTIVE = ("退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明")
FEW = 20  # people whom a filter singles out by who they are: whoever asks about so few asks about each
CHECKED = "check"  # the kind of publication with which a run ends
FAR = date(9000, 1, 1)  # the last day that Python knows is infinity to the driver

PersonConnection = connection_type("Person", Person, "人员列表 · People, a page at a time.")


@strawberry.enum(description="排序 · Order.")
class PersonOrder(Enum):
    """How people are ordered; ties by id."""

    NAME = "NAME"
    BIRTH_DATE = "BIRTH_DATE"
    TOWNSHIP = "TOWNSHIP"


@strawberry.enum(description="分组 · What counts are grouped by.")
class ChildGroup(Enum):
    """How children are counted."""

    TOWNSHIP = "TOWNSHIP"
    SEX = "SEX"
    AGE = "AGE"


@strawberry.input(description="筛选 · Conditions from several departments; all given ones must hold.")
class ChildFilter:
    """What children are asked for."""

    disabled: bool | None = strawberry.field(default=None, description="持有效残疾人证 · Holds a valid disability certificate on the day.")
    enrolled: bool | None = strawberry.field(
        default=None, description="有在读学籍 · Has an active place on a school's register on the day."
    )
    on_minimum_living_allowance: bool | None = strawberry.field(
        default=None, description="低保在保 · Covered by 城市低保 or 农村低保 on the day."
    )
    left_behind: bool | None = strawberry.field(default=None, description="留守（任一口径） · Left behind by any of the definitions.")
    parent_in_prison: bool | None = strawberry.field(
        default=None, description="服刑人员未成年子女 · A parent's imprisonment is on the justice list."
    )
    has_finding: bool | None = strawberry.field(default=None, description="有未销号的核查发现 · Has a finding that is not concluded.")
    rule: str | None = strawberry.field(default=None, description="…由该规则（单独给出时即有未销号的发现） · … of this rule; alone it asks for those who have one.")
    age_from: int | None = strawberry.field(default=None, description="周岁起 · At least this old on the day, or perhaps so where only a birth month or year is known.")
    age_to: int | None = strawberry.field(default=None, description="周岁止 · At most this old on the day, or perhaps so where only a birth month or year is known.")
    sex: str | None = strawberry.field(default=None, description="性别 · 男性 or 女性.")
    township: str | None = strawberry.field(default=None, description="乡镇街道代码 · Township code of residence.")
    name_contains: str | None = strawberry.field(default=None, description="姓名包含 · Characters in the name.")


@strawberry.type(description="计数 · One group and how many children are in it.")
class Count:
    """One group."""

    key: str | None
    count: int


def people_listed(at: Place, args: Args, *, children: bool, within: Within | None = None) -> Listed:
    """People as a list: who the filter lets through, in the order that is asked for; within a division, its township is the one."""
    source = at.table("person_resolved")
    order = args.choice("orderBy")
    keys: dict[PersonOrder, ColumnElement[Any]] = {  # each has its index on person_resolved
        PersonOrder.NAME: source.c.name_order,
        PersonOrder.BIRTH_DATE: case((source.c.birth_date.is_(None), literal(FAR, Date)), else_=source.c.birth_date),
        PersonOrder.TOWNSHIP: source.c.township_order,
    }
    where = conditions(at, source, args.inside("filter"), children=children, within=within)
    return Listed(source, where, (keys[order], source.c.id), f"people/{order.value}")


async def people(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """One page of people."""
    return await page(info, PersonConnection, listed, args, lambda row: wrap("schema.person:Person", row, scope))


def read_child_counts(at: Place, args: Args) -> Rows:
    """The groups as rows of a key and a count."""
    counted = counts(at, args).subquery()
    return Rows(counted, order=(counted.c.key,))


async def child_counts(info: Info[Any, Any], scope: Scope, args: Args) -> list[Count]:
    """How many children there are in each group."""
    counted = counts(place(info, scope), args)
    return [Count(key=row["key"], count=row["count"]) for row in await context(info).rows(counted.order_by(counted.selected_columns.key))]


def counts(at: Place, args: Args) -> Select[Any]:
    """Children by group, counted; for who may see nobody, the groups of a release, with the small ones hidden."""
    at = at if at.policy.allowed.small_counts else released(at)
    source = at.table("person_resolved")
    by: dict[ChildGroup, ColumnElement[Any]] = {
        ChildGroup.TOWNSHIP: source.c.township,
        ChildGroup.SEX: source.c.sex,
        ChildGroup.AGE: cast(func.extract("year", func.age(at.on, source.c.birth_date)), Text),
    }
    key = by[args.choice("groupBy")].label("key")
    counted = select(key, func.count().label("count")).where(*conditions(at, source, args.inside("filter"), children=True)).group_by(key)
    return counted if at.policy.allowed.small_counts else suppressed(counted)


def released(at: Place) -> Place:
    """The release of a month: as known before the first publication made in that month, on its first day; a month to come is the newest publication's.

    Whoever may only count has one table a month and dimension, whatever day or publication is asked for, and nothing that is published later
    changes one that was told: two questions differ by nobody in particular. The month of the hub's first checks is the first that has a table, of
    what was known then: the tables of two days long before it would tell who was born between them.
    """

    p, q, r, s = (tables.publication.alias() for _ in range(4))
    newest = select(func.max(p.c.business_date)).where(p.c.division == at.division).scalar_subquery()
    opened = select(func.min(s.c.business_date)).where(s.c.division == at.division, s.c.kind == CHECKED).scalar_subquery()
    first_day = cast(func.date_trunc("month", func.least(func.greatest(at.on, opened), newest)), Date)
    before = select(func.min(q.c.no) - 1).where(q.c.division == at.division, q.c.business_date >= first_day).scalar_subquery()
    begun = select(func.min(r.c.no)).where(r.c.division == at.division, r.c.kind == CHECKED).scalar_subquery()
    return replace(at, on=first_day, known=case((begun.is_(None), literal(0, BigInteger)), else_=func.greatest(before, begun)))


def suppressed(counted: Select[Any]) -> Select[Any]:
    """Groups without those of 1 to 5, and without so many others that no hidden one is told by the total, which another dimension may tell.

    Others are hidden in the order of their keys, never by their size, until the hidden sum leaves each small group all of 1 to 5.
    """
    groups = counted.subquery()
    small = groups.c.count < FEWEST
    first = func.min(func.coalesce(groups.c.key, "")).filter(small).over()
    ring = select(groups.c.key, groups.c.count, small.label("small"), (func.coalesce(groups.c.key, "") <= first).label("before")).subquery()
    key = func.coalesce(ring.c.key, "")
    told = select(
        ring.c.key,
        ring.c.count,
        ring.c.small,
        func.row_number().over(partition_by=ring.c.small, order_by=(ring.c.before, key)).label("nth"),
        func.sum(ring.c.count).over(partition_by=ring.c.small, order_by=(ring.c.before, key)).label("others"),
        func.coalesce(func.sum(ring.c.count).filter(ring.c.small).over(), 0).label("hidden"),
        func.count().filter(ring.c.small).over().label("smalls"),
    ).subquery()
    enough = told.c.hidden + told.c.others >= FEWEST * told.c.nth + (FEWEST - 1) * told.c.smalls
    until = func.min(told.c.nth).filter(~told.c.small & enough).over()
    shown = select(told.c.key, told.c.count, told.c.small, told.c.nth, told.c.smalls, until.label("until")).subquery()
    return select(shown.c.key, shown.c.count).where(~shown.c.small, or_(shown.c.smalls == 0, shown.c.nth > shown.c.until))


def conditions(at: Place, person: FromClause, asked: Args, *, children: bool, within: Within | None = None) -> tuple[ColumnElement[bool], ...]:
    """The filter as SQL conditions on a person."""
    told = _Told(at, person)
    found: list[ColumnElement[bool]] = [person.c.division == at.division]
    if children:
        found.append(person.c.born_to > years_before(at.on, literal(18, Integer)))
        found.append(or_(person.c.birth_date.is_(None), person.c.birth_date <= at.on))  # who is not born yet is nobody's child
    for name, condition in (
        ("disabled", told.disabled),
        ("enrolled", told.enrolled),
        ("onMinimumLivingAllowance", told.on_allowance),
        ("leftBehind", told.left_behind),
        ("parentInPrison", told.parent_in_prison),
        ("hasFinding", partial(told.has_finding, asked)),
    ):
        wanted = asked.choice(name)
        if wanted is None and name == "hasFinding" and asked.given("rule"):
            wanted = True  # who asks for a rule asks for its findings
        if wanted is not None:
            found.append(condition(wanted))
    if asked.given("ageFrom"):
        found.append(person.c.born_from <= years_before(at.on, asked.sql("ageFrom", Integer, _age)))
    if asked.given("ageTo"):
        found.append(person.c.born_to > years_before(at.on, asked.sql("ageTo", Integer, _next_age)))
    if asked.given("sex"):
        found.append(person.c.sex == asked.sql("sex", Text, _sex))
    township = [person.c.township == asked.sql("township", Text)] if asked.given("township") else []
    found += within.narrows(person.c.township, township) if within else township
    if asked.choice("nameContains", bool):
        found.append(func.strpos(person.c.name, asked.sql("nameContains", Text)) > 0)
    return tuple(found)


class _Told:
    """What other tables tell of a person on the day, each as a condition: that it is so (``wanted``), or that it is not.

    Lists that name few children are read whole, and the children looked up by it: the planner, which cannot tell how few they are, would ask
    of each child, or of each of the list one by one.
    """

    def __init__(self, at: Place, person: FromClause) -> None:
        self.at, self.person = at, person

    def disabled(self, wanted: bool) -> ColumnElement[bool]:
        c = self.at.table("certificate")
        told = func.coalesce(c.c.state, "正常") == "正常", or_(c.c.valid_until.is_(None), c.c.valid_until >= self.at.on)
        return self._among(c, *told) if wanted else ~self._has(c, *told)

    def enrolled(self, wanted: bool) -> ColumnElement[bool]:
        e = self.at.table("enrolment")
        found = self._has(e, func.coalesce(e.c.grade, 1) >= 1, func.coalesce(e.c.state, "在读").not_in(INACTIVE))
        return found if wanted else ~found

    def on_allowance(self, wanted: bool) -> ColumnElement[bool]:
        a = self.at.table("assistance")
        found = self._has(a, a.c.programme == "F01", func.coalesce(a.c.state, "在保") == "在保", func.coalesce(a.c.covered, True))
        return found if wanted else ~found

    def left_behind(self, wanted: bool) -> ColumnElement[bool]:
        found = self._has(self.at.table("left_behind_file"))
        return found if wanted else ~found

    def parent_in_prison(self, wanted: bool) -> ColumnElement[bool]:
        s = self.at.table("parent_situation")
        told = s.c.situation == "服刑在押"
        return self._among(s, told) if wanted else ~self._has(s, told)

    def has_finding(self, asked: Args, wanted: bool) -> ColumnElement[bool]:
        f = self.at.table("finding")
        told = [f.c.status != "销号", *([f.c.rule == asked.sql("rule", Text, rule_named)] if asked.given("rule") else [])]
        return self._among(f, *told) if wanted else ~self._has(f, *told)

    def _has(self, table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(self._rows(table, literal_column("1"), *conditions).where(table.c.person == self.person.c.id))

    def _among(self, table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return self.person.c.id == any_(func.array(self._rows(table, table.c.person, *conditions).scalar_subquery()))

    def _rows(self, table: Any, told: Any, *conditions: ColumnElement[bool]) -> Select[Any]:
        return select(told).where(table.c.division == self.at.division, self.at.valid(table), *conditions)


async def whom_named(ctx: Context, sought: Sequence[Sought]) -> tuple[set[str], list[Sought]]:
    """Whom filters mean by who they are, whatever else they would know of them; of a filter that means more than a few, nobody: and which these are."""
    meant: list[tuple[Sought, Select[Any]]] = []
    for one in sought:
        with suppress(BadInput):  # the operation itself says so
            meant.append((one, _meant(await place_at(ctx, one.known, one.on), dict(one.who), one.children and not one.names)))  # by a name a grown-up is asked about, too
    found: dict[int, list[str]] = {}
    few = [select(literal(no, Integer).label("filter"), statement.subquery().c.id) for no, (_, statement) in enumerate(meant)]
    for row in await ctx.rows(select(union_all(*few).subquery())) if few else ():
        found.setdefault(row["filter"], []).append(str(row["id"]))
    many = [meant[no][0] for no, some in found.items() if len(some) > FEW]
    return {one for some in found.values() if len(some) <= FEW for one in some}, many


async def townships_of(ctx: Context, people: Collection[str]) -> set[str]:
    """Where people live today, as far as who asks may know them."""
    p = (await place_at(ctx, None, None)).table("person_resolved")
    return {row["township"] for row in await ctx.rows(select(p.c.township).distinct().where(p.c.division == ctx.division, p.c.id.in_(map(int, people)), p.c.township.is_not(None)))}


def _meant(at: Place, who: Mapping[str, Any], children: bool) -> Select[Any]:
    source = at.table("person_resolved")
    return select(source.c.id).distinct().where(*conditions(at, source, Given(who), children=children)).limit(FEW + 1)


def years_before(on: ColumnElement[Any], years: ColumnElement[int]) -> ColumnElement[Any]:
    """The same day that many years before; 29 February becomes the 28th."""
    return cast(on - func.make_interval(years), Date)


def _age(years: int) -> int:
    if not 0 <= years <= 150:
        raise BadInput("ages are from 0 to 150")
    return years


def _sex(text: str) -> str:
    """The exact label of a sex, in any of its spellings."""
    found = CODE_LISTS["sex"].read(text)
    if not isinstance(found, Code):
        raise BadInput("sex: write 男性 or 女性")
    return found.label


def _next_age(years: int) -> int:
    return _age(years) + 1
