"""Lists of people across departments: filtered, ordered, counted, in pages."""

from datetime import date
from enum import Enum
from typing import Any

import strawberry
from sqlalchemy import ColumnElement, Date, FromClause, Text, and_, cast, exists, func, literal, or_, select
from strawberry.types import Info

from schema.connections import Listed, Page, connection_type, page
from schema.nodes import known_table, valid_on, wrap
from schema.person import Person
from schema.scope import BadInput, Scope, context

#: States in which a pupil is on a register but not in school.
INACTIVE = ("退学", "停学", "流失", "毕业", "结业", "肄业", "转学(转出)", "死亡", "开除", "下落不明")
FAR = date(9999, 12, 31)

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
    rule: str | None = strawberry.field(default=None, description="…由该规则 · … of this rule.")
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


async def people(info: Info[Any, Any], scope: Scope, asked: ChildFilter, order: PersonOrder, wanted: Page, *, children: bool) -> Any:
    """One page of people."""
    source = known_table("person_resolved", scope)
    where = conditions(context(info).division, source, scope, asked, children=children)
    keys: dict[PersonOrder, ColumnElement[Any]] = {
        PersonOrder.NAME: func.coalesce(source.c.pinyin, "", type_=Text).collate("C"),
        PersonOrder.BIRTH_DATE: func.coalesce(source.c.birth_date, literal(FAR, Date), type_=Date),
        PersonOrder.TOWNSHIP: func.coalesce(source.c.township, "", type_=Text).collate("C"),
    }
    listed = Listed(source, where, (keys[order], source.c.id), f"people/{order.value}")
    return await page(info, PersonConnection, listed, wanted, lambda row: wrap("schema.person:Person", row, scope))


async def child_counts(info: Info[Any, Any], scope: Scope, group: ChildGroup, asked: ChildFilter) -> list[Count]:
    """How many children there are in each group."""
    source = known_table("person_resolved", scope)
    by: dict[ChildGroup, ColumnElement[Any]] = {
        ChildGroup.TOWNSHIP: source.c.township,
        ChildGroup.SEX: source.c.sex,
        ChildGroup.AGE: cast(func.extract("year", func.age(scope.on, source.c.birth_date)), Text),
    }
    key = by[group].label("key")
    rows = await context(info).rows(
        select(key, func.count().label("count"))
        .where(*conditions(context(info).division, source, scope, asked, children=True))
        .group_by(key)
        .order_by(key)
    )
    return [Count(key=row["key"], count=row["count"]) for row in rows]


def conditions(division: int, person: FromClause, scope: Scope, asked: ChildFilter, *, children: bool) -> tuple[ColumnElement[bool], ...]:
    """The filter as SQL conditions on a person."""
    told = _Told(division, person, scope)
    found: list[ColumnElement[bool]] = [person.c.division == division]
    if children:
        found.append(person.c.born_to > _years_before(scope.on, 18))
    for wanted, condition in (
        (asked.disabled, told.disabled),
        (asked.enrolled, told.enrolled),
        (asked.on_minimum_living_allowance, told.on_allowance),
        (asked.left_behind, told.left_behind),
        (asked.parent_in_prison, told.parent_in_prison),
        (asked.has_finding, lambda: told.has_finding(asked.rule)),
    ):
        if wanted is not None:
            found.append(condition() if wanted else ~condition())
    if asked.age_from is not None:
        found.append(person.c.born_from <= _years_before(scope.on, _age(asked.age_from)))
    if asked.age_to is not None:
        found.append(person.c.born_to > _years_before(scope.on, _age(asked.age_to) + 1))
    if asked.sex is not None:
        found.append(person.c.sex == asked.sex)
    if asked.township is not None:
        found.append(person.c.township == asked.township)
    if asked.name_contains:
        found.append(func.strpos(person.c.name, asked.name_contains) > 0)
    return tuple(found)


class _Told:
    """What other tables tell of a person on the day, each as a condition."""

    def __init__(self, division: int, person: FromClause, scope: Scope) -> None:
        self.division, self.person, self.scope = division, person, scope

    def disabled(self) -> ColumnElement[bool]:
        c = self._table("certificate")
        return self._has(c, func.coalesce(c.c.state, "正常") == "正常", or_(c.c.valid_until.is_(None), c.c.valid_until >= self.scope.on))

    def enrolled(self) -> ColumnElement[bool]:
        e = self._table("enrolment")
        return self._has(e, func.coalesce(e.c.grade, 1) >= 1, func.coalesce(e.c.state, "在读").not_in(INACTIVE))

    def on_allowance(self) -> ColumnElement[bool]:
        a = self._table("assistance")
        return self._has(a, a.c.programme == "F01", func.coalesce(a.c.state, "在保") == "在保", func.coalesce(a.c.covered, True))

    def left_behind(self) -> ColumnElement[bool]:
        return self._has(self._table("left_behind_file"))

    def parent_in_prison(self) -> ColumnElement[bool]:
        s = self._table("parent_situation")
        return self._has(s, s.c.situation == "服刑在押")

    def has_finding(self, rule: str | None) -> ColumnElement[bool]:
        f = self._table("finding")
        return exists(
            select(1).where(
                f.c.division == self.division, f.c.person == self.person.c.id, f.c.status != "销号", *([f.c.rule == rule] if rule else [])
            )
        )

    def _table(self, name: str) -> Any:
        source = known_table(name, self.scope)
        return source.alias(f"has_{name}") if hasattr(source, "alias") else source

    def _has(self, table: Any, *conditions: ColumnElement[bool]) -> ColumnElement[bool]:
        return exists(
            select(1).where(
                and_(table.c.division == self.division, table.c.person == self.person.c.id, valid_on(table, self.scope), *conditions)
            )
        )


def _years_before(on: date, years: int) -> date:
    """The same day that many years before; 29 February becomes the 28th."""
    try:
        return on.replace(year=on.year - years)
    except ValueError:
        return on.replace(year=on.year - years, day=28)


def _age(years: int) -> int:
    if not 0 <= years <= 150:
        raise BadInput("ages are from 0 to 150")
    return years
