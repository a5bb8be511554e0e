"""Support measures: what departments give now – standings in programmes and payments, side by side."""

from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from sqlalchemy import Date, Numeric, Text, cast, literal, null, select, union_all
from strawberry.types import Info

from schema.connections import Listed, Page, connection_type, page
from schema.nodes import Edge, known_table, rows_by, valid_on, wrap
from schema.scope import Row, Scope, context

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

    @strawberry.field(description="受助人 · The person.")  # type: ignore[untyped-decorator]
    async def person(self, info: Info[Any, Any]) -> Annotated["Person", strawberry.lazy("schema.person")] | None:  # type: ignore[name-defined]  # noqa: F821
        """Whom it is given to."""
        rows = await rows_by(info, self.scope, PERSON_BY_ID).load(self.row["person"])
        return wrap(PERSON_BY_ID.target, rows[0], self.scope) if rows else None


SupportMeasureConnection = connection_type("SupportMeasure", SupportMeasure, "帮扶措施列表 · Support measures, a page at a time.")


async def support_measures(info: Info[Any, Any], scope: Scope, programme: str | None, wanted: Page) -> Any:
    """A page of what is given on the day."""
    a, p = known_table("assistance", scope), known_table("payment", scope)
    division = context(info).division
    given = union_all(
        select(
            literal("ASSISTANCE").label("kind"),
            a.c.id,
            a.c.person,
            a.c.source,
            a.c.programme,
            a.c.kind.label("label"),
            a.c.monthly_amount.label("amount"),
            cast(null(), Date).label("since"),
            a.c.state,
        ).where(a.c.division == division, valid_on(a, scope)),
        select(
            literal("PAYMENT"),
            p.c.id,
            p.c.person,
            p.c.source,
            p.c.programme,
            cast(p.c.special_kind, Text),
            cast(p.c.amount, Numeric(14, 2)),
            p.c.paid_on,
            p.c.state,
        ).where(p.c.division == division, valid_on(p, scope)),
    ).subquery("measure")
    where = (given.c.programme == programme,) if programme else ()
    return await page(
        info,
        SupportMeasureConnection,
        Listed(given, where, (given.c.kind, given.c.id), "supportMeasures"),
        wanted,
        lambda row: _measure(row, scope),
    )


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
