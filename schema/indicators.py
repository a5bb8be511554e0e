"""Indicators (E.12): their frozen values, as far as they may be told, and the list behind each, within the rights of whoever asks.

A list is read from the tables as the asker may see them. It is there whole or not at all: who may not read each table that an indicator
counts has neither its small values nor its list, since what is missing in a list would tell of who is in it.
"""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Integer, Numeric, Text, case, cast, column, extract, false, func, null, select, text, values
from strawberry.types import Info

from hub.query.reading import Args, BadInput, Given, Listed, Place, Rows, Value
from hub.rules.indicators import INDICATORS, Indicator
from schema.connections import connection_type, page
from schema.nodes import Edge, edge_field, plain, reads, wrap
from schema.scope import Row, Scope, place, scope_of

BY_NAME = {one.name: one for one in INDICATORS}
PLACES = Decimal("0.01")


@strawberry.type(description="指标定义 · An indicator: what it measures and on which clauses it stands.")
class IndicatorCard:
    """One indicator."""

    name: str
    title: str
    title_en: str
    cites: str
    target: Decimal | None


def read_card(at: Place, args: Args) -> Rows:
    """The card of an indicator, from the register of indicators."""
    cards = [(one.name, one.zh, one.en, one.cites, one.target) for one in INDICATORS]
    texts = (column(name, Text) for name in ("name", "title", "title_en", "cites"))
    known = values(*texts, column("target", Numeric), name="indicator").data(cards).alias()
    return Rows(known, (known.c.name == at.columns["name"],), many=False)


def read_percent(at: Place, args: Args) -> Value:
    """The share in per cent to two places; null of nobody."""
    above, below = at.columns["above"], at.columns["below"]
    return case((below > 0, func.round(cast(above, Numeric) * 100 / func.nullif(below, 0), 2, type_=Numeric)), else_=cast(null(), Numeric))


def _card() -> Any:
    def resolve(self: Any) -> IndicatorCard | None:
        one = BY_NAME.get(self.row["name"])
        return IndicatorCard(name=one.name, title=one.zh, title_en=one.en, cites=one.cites, target=one.target) if one else None

    return strawberry.field(resolver=resolve, description="指标 · Which.", metadata=reads(read_card))


def _percent() -> Any:
    def resolve(self: Any) -> Decimal | None:
        above, below = self.row["above"], self.row["below"]
        return (Decimal(100) * above / below).quantize(PLACES, ROUND_HALF_UP) if below > 0 else None

    return strawberry.field(resolver=resolve, description="百分比 · Per cent, to two places; null of nobody.", metadata=reads(read_percent))


@strawberry.type(description="冻结的指标值 · An indicator as it was frozen at an assessment date. Small counts are not there for who may only count.")
class FrozenIndicator:
    """One frozen value."""

    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]
    indicator = _card()
    freeze = plain("publication", int, "冻结号 · The freeze: the publication that it was.")
    township = plain("township", str, "乡镇街道 · Township; * for the city, blank where none owns it.")
    frozen_on = plain("on", date, "冻结日期 · The day of the value; as `on` of indicatorSubjects it gives the list again.")
    known = plain("known", int, "发布号 · As known at which publication; as `asKnownAt` of indicatorSubjects it gives the list again.")
    above = plain("above", int, "分子 · Numerator.")
    below = plain("below", int, "分母 · Denominator.")
    percent = _percent()
    median_days = plain("median_days", Decimal, "销号用时中位数（天） · Median days from opening to conclusion; only of closing.")
    fingerprint = plain("fingerprint", str, "名单指纹 · SHA-256 of the lists behind it.")


PERSON = Edge("person", "schema.person:Person", "person_resolved", "id", "person", many=False, description="当事人 · The person.")
FINDING = Edge("finding", "schema.finding:Finding", "finding", "id", "finding", many=False, description="核查发现 · The finding, of closing.")
COHORT = Edge("cohortCount", "schema.facts:CohortCount", "cohort_count", "id", "cohort_count", many=False, description="学校年级人数 · The school's count, of the retention rates.")


@strawberry.type(description="指标名单中的一项 · One of those whom an indicator counts.")
class IndicatorSubject:
    """One row of a list."""

    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]
    township = plain("township", str, "乡镇街道 · Township; blank where none owns it.")
    above = plain("above", int, "计入分子 · What it adds to the numerator.")
    below = plain("below", int, "计入分母 · What it adds to the denominator.")
    person = edge_field(PERSON)
    finding = edge_field(FINDING)
    cohort_count = edge_field(COHORT)


FrozenIndicatorConnection = connection_type("FrozenIndicator", FrozenIndicator, "指标列表 · Frozen values, the newest freeze first.")
IndicatorSubjectConnection = connection_type("IndicatorSubject", IndicatorSubject, "指标名单 · The list behind an indicator, by township.")


def indicator_named(name: str) -> str:
    """The name of an indicator there is. BadInput with the names where there is none."""
    if name not in BY_NAME:
        raise BadInput(f"name: there is no such indicator; there are {', '.join(BY_NAME)}")
    return name


def read_indicators(at: Place, args: Args) -> Listed:
    """The frozen values, by freeze, indicator and township."""
    f = at.table("frozen_indicator")
    where = [f.c.division == at.division]
    where += [f.c.name == args.sql("name", Text, indicator_named)] if args.given("name") else []
    where += [f.c.township == args.sql("township", Text)] if args.given("township") else []
    where += [f.c.publication == args.sql("freeze", BigInteger)] if args.given("freeze") else []
    return Listed(f, tuple(where), (-f.c.publication, f.c.name.collate("C"), f.c.township.collate("C")), "indicators")


def read_subjects(at: Place, args: Args) -> Listed:
    """Whom an indicator counts on the day, as known here."""
    one = BY_NAME[args.choice("name", indicator_named)]
    listed = counted(at, one)
    where = [] if at.policy.opens(one.reveals) else [false()]
    where += [listed.c.township == args.sql("township", Text)] if args.given("township") else []
    if args.given("counted"):
        where.append(listed.c.above > 0 if args.choice("counted", bool) else listed.c.above <= 0)
    return Listed(listed, tuple(where), (listed.c.township.collate("C"), listed.c.subject), "indicatorSubjects")


def counted(at: Place, one: Indicator) -> Any:
    """The list of an indicator over the tables as they are seen at a place; its subject stands under the name of its table, too."""
    year = extract("year", at.on) - case((extract("month", at.on) >= 9, 0), else_=1)
    asked = select(at.on.label("day"), cast(year, Integer).label("year")).cte("asked", nesting=True)
    seen = [_seen(at, name) for name in one.reads]
    told = text(one.sql).columns(column("subject", BigInteger), column("person", BigInteger), column("township", Text), column("below", Integer), column("above", Integer))
    rows = told.add_cte(asked, *seen, nest_here=True).subquery()
    of = (rows.c.subject.label(name) if one.of == name else cast(null(), BigInteger).label(name) for name in ("finding", "cohort_count"))
    return select(*rows.c, *of).subquery()


def _seen(at: Place, name: str) -> Any:
    """A table's rows of this division, under its own name."""
    rows = at.table(name)
    return select(rows).where(rows.c.division == at.division).cte(name, nesting=True)


@strawberry.type
class IndicatorQueries:
    """The root fields about indicators."""

    @strawberry.field(description="指标 · Indicators as they were frozen, the newest freeze first.", metadata=reads(read_indicators))  # type: ignore[untyped-decorator]
    async def indicators(
        self,
        info: Info[Any, Any],
        name: Annotated[str | None, strawberry.argument(description="指标名称 · Only this one.")] = None,
        township: Annotated[str | None, strawberry.argument(description="乡镇街道 · Only this one; * for the city.")] = None,
        freeze: Annotated[int | None, strawberry.argument(description="冻结号 · Only of this freeze.")] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: int | None = None,
    ) -> FrozenIndicatorConnection:
        args = Given.of(name=name, township=township, freeze=freeze, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, None)
        return await page(info, FrozenIndicatorConnection, read_indicators(place(info, scope), args), args, lambda row: wrap("schema.indicators:FrozenIndicator", row, scope))

    @strawberry.field(
        description="指标名单 · Whom an indicator counts: those of its denominator, on a day and as known at a publication; nobody for who may not see all of them.",
        metadata=reads(read_subjects),
    )  # type: ignore[untyped-decorator]
    async def indicator_subjects(
        self,
        info: Info[Any, Any],
        name: Annotated[str, strawberry.argument(description="指标名称 · Which.")],
        township: Annotated[str | None, strawberry.argument(description="乡镇街道 · Only of this one.")] = None,
        counted: Annotated[bool | None, strawberry.argument(description="计入分子 · true: those of the numerator; false: the others; all where it is not given.")] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: int | None = None,
        on: date | None = None,
    ) -> IndicatorSubjectConnection:
        args = Given.of(name=name, township=township, counted=counted, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await page(info, IndicatorSubjectConnection, read_subjects(place(info, scope), args), args, lambda row: wrap("schema.indicators:IndicatorSubject", row, scope))
