"""Support measures: what departments give now – standings in programmes and payments, side by side."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Numeric, Text, cast, func, literal, null, select, union_all
from strawberry.types import Info

from hub.query.reading import Args, Listed, Place
from schema.connections import connection_type, page
from schema.nodes import Edge, reads, rows_by, wrap
from schema.scope import Row, Scope

PERSON_BY_ID = Edge("person", "schema.person:Person", "person_resolved", "id")


@strawberry.type(description="帮扶措施 · One measure that a department gives a person: a standing in a programme, or a payment.")
class SupportMeasure:
    """One measure."""

    kind: str = strawberry.field(description="类型 · ASSISTANCE or PAYMENT.")
    programme: str | None = strawberry.field(description="项目代码 · Programme code (F01 …).")
    department: str = strawberry.field(description="部门 · Who gives it.")
    source: str = strawberry.field(description="来源 · Source.")
    label: str | None = strawberry.field(description="类别 · What it is called there.")
    amount: Decimal | None = strawberry.field(description="金额 · Yuan: a month for a standing, once for a payment.")
    since: date | None = strawberry.field(description="自 · Since, or paid on.")
    state: str | None = strawberry.field(description="状态 · State.")
    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="受助人 · The person.", metadata=reads(replace(PERSON_BY_ID, own="person", many=False).read))  # type: ignore[untyped-decorator]
    async def person(self, info: Info[Any, Any]) -> Annotated["Person", strawberry.lazy("schema.person")] | None:  # type: ignore[name-defined]  # noqa: F821
        """Whom it is given to."""
        rows = await rows_by(info, self.scope, PERSON_BY_ID).load(self.row["person"])
        return wrap(PERSON_BY_ID.target, rows[0], self.scope) if rows else None


SupportMeasureConnection = connection_type("SupportMeasure", SupportMeasure, "帮扶措施列表 · Support measures, a page at a time.")


def read_support_measures(at: Place, args: Args) -> Listed:
    """What is given on the day, as a list."""
    a, p = at.table("assistance"), at.table("payment")
    given = union_all(
        select(
            literal("ASSISTANCE").label("kind"),
            a.c.id,
            a.c.person,
            a.c.source,
            func.split_part(a.c.source, ".", 1, type_=Text).label("department"),
            a.c.programme,
            a.c.kind.label("label"),
            a.c.monthly_amount.label("amount"),
            cast(null(), Date).label("since"),
            a.c.state,
        ).where(a.c.division == at.division, at.valid(a)),
        select(
            literal("PAYMENT"),
            p.c.id,
            p.c.person,
            p.c.source,
            func.split_part(p.c.source, ".", 1, type_=Text),
            p.c.programme,
            cast(p.c.special_kind, Text),
            cast(p.c.amount, Numeric(14, 2)),
            p.c.paid_on,
            p.c.state,
        ).where(p.c.division == at.division, at.valid(p)),
    ).subquery()
    where = (given.c.programme == args.sql("programme", Text),) if args.choice("programme", bool) else ()
    return Listed(given, where, (given.c.kind, given.c.id), "supportMeasures")


async def support_measures(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of what is given on the day."""
    return await page(info, SupportMeasureConnection, listed, args, lambda row: _measure(row, scope))


def _measure(row: Row, scope: Scope) -> SupportMeasure:
    return SupportMeasure(
        kind=row["kind"],
        programme=row["programme"],
        department=row["source"].split(".")[0],
        source=row["source"],
        label=row["label"],
        amount=row["amount"],
        since=row["since"],
        state=row["state"],
        row=row,
        scope=scope,
    )
