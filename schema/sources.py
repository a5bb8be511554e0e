"""Sources, their deliveries and records: where everything comes from, and how fresh it is."""

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import func, select
from strawberry.scalars import JSON
from strawberry.types import Info

from hub.storage import tables
from schema.connections import Listed, Page, connection_type, page
from schema.nodes import Edge, make, plain, wrap
from schema.provenance import shown
from schema.scope import Scope, context, global_id


def _payload() -> Any:
    def resolve(self: Any) -> Any:
        return shown(self.row["payload"])

    resolve.__annotations__ = {"return": JSON}
    return strawberry.field(resolver=resolve, description="单元格（证件号掩码） · The row's own cells, numbers masked.")


def _record_id() -> Any:
    def resolve(self: Any) -> Any:
        return strawberry.ID(global_id("Record", f"{self.row['id']}/{self.row['hash']}"))

    resolve.__annotations__ = {"return": strawberry.ID}
    return strawberry.field(resolver=resolve, description="标识 · Opaque id of this version of the row.")


Record = make(
    "Record",
    {
        "id": _record_id(),
        "source": plain("source", str, "来源 · The contract's name."),
        "sheet": plain("sheet", str, "工作表 · Sheet."),
        "row_number": plain("row", int, "行号 · Row of the sheet in which it first stood so."),
        "payload": _payload(),
    },
    "记录 · A source row with this content.",
    (
        Edge(
            "delivery", "schema.sources:Delivery", "delivery", "id", "delivery", many=False, description="批次 · The delivery it came in."
        ),
        Edge("mentions", "schema.person:Mention", "mention", "record", "id", current=False, description="提及 · The people it names."),
    ),
)

Delivery = make(
    "Delivery",
    {
        "source": plain("source", str, "来源 · The contract's name."),
        "file": plain("file", str, "文件 · File name."),
        "as_of": plain("as_of", date, "业务日期 · The date it speaks for."),
        "received_at": plain("received_at", datetime, "接收时间 · When it was received."),
        "state": plain("state", str, "状态 · PUBLISHED, HELD or REFUSED."),
        **{
            name: plain(name, int, f"{zh} · Rows {en}.")
            for name, zh, en in (
                ("rows_read", "读取", "read"),
                ("rows_not_data", "非数据", "that are no data"),
                ("rows_new", "新增", "new"),
                ("rows_changed", "变更", "changed"),
                ("rows_unchanged", "未变", "unchanged"),
                ("rows_quarantined", "隔离", "quarantined"),
                ("rows_refused", "拒收", "refused"),
            )
        },
        "records_ended": plain("records_ended", int, "终止 · Records that the delivery no longer has."),
        "publication": plain("publication", int, "发布号 · Publication."),
        "reasons": plain("reasons", list[str], "待定原因 · Why it was held."),
        "notices": plain("notices", list[str], "提示 · What was noticed of its form."),
    },
    "批次 · A delivery.",
    (
        Edge(
            "records",
            "schema.sources:Record",
            "record",
            "delivery",
            order=("sheet", "row"),
            description="记录 · The rows that were new or changed in it.",
        ),
    ),
)
DeliveryConnection = connection_type("Delivery", Delivery, "批次列表 · Deliveries, a page at a time.")


@strawberry.type(description="来源 · A department's source and how fresh it is, by its own business date.")
class Source:
    """One source that has delivered."""

    name: str = strawberry.field(description="名称 · The contract's name.")
    department: str = strawberry.field(description="部门 · Department.")
    as_of: date | None = strawberry.field(description="业务日期 · The latest date it speaks for; a reload of an old file does not move it.")
    deliveries_published: int = strawberry.field(description="已发布批次 · Published deliveries.")
    days_old: int | None = strawberry.field(description="距今天数 · Days between that date and the day.")
    scope: strawberry.Private[Scope]

    @strawberry.field(description="批次 · Its deliveries, newest first.")  # type: ignore[untyped-decorator]
    async def deliveries(self, info: Info[Any, Any], first: int | None = None, after: str | None = None) -> DeliveryConnection:  # type: ignore[valid-type]
        """The source's deliveries."""
        return await deliveries(info, self.scope, self.name, Page(first, after, None, None))


async def sources(info: Info[Any, Any], scope: Scope) -> list[Source]:
    """Every source that has delivered, by name."""
    d = tables.delivery
    rows = await context(info).rows(
        select(d.c.source, func.max(d.c.as_of).label("as_of"), func.count().label("n"))
        .where(*_published(info, scope))
        .group_by(d.c.source)
        .order_by(d.c.source)
    )
    return [
        Source(
            name=row["source"],
            department=row["source"].split(".")[0],
            as_of=row["as_of"],
            deliveries_published=row["n"],
            days_old=(scope.on - row["as_of"]).days,
            scope=scope,
        )
        for row in rows
    ]


async def deliveries(info: Info[Any, Any], scope: Scope, source: str | None, wanted: Page) -> Any:
    """A page of deliveries."""
    d = tables.delivery
    where = [d.c.division == context(info).division]
    if source:
        where.append(d.c.source == source)
    if scope.known is not None:
        where.append(d.c.publication <= scope.known)
    return await page(
        info,
        DeliveryConnection,
        Listed(d, tuple(where), (d.c.as_of, d.c.id), "deliveries"),
        wanted,
        lambda row: wrap("schema.sources:Delivery", row, scope),
    )


def _published(info: Info[Any, Any], scope: Scope) -> list[Any]:
    d = tables.delivery
    where = [d.c.division == context(info).division, d.c.state == "PUBLISHED"]
    return where if scope.known is None else [*where, d.c.publication <= scope.known]
