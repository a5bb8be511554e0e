"""Sources, their deliveries and records: where everything comes from, and how fresh it is."""

from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import Integer, Select, Text, func, literal, select, type_coerce
from strawberry.scalars import JSON
from strawberry.types import Info

from hub.query.reading import Args, Given, Listed, Place, Rows, Value
from schema.connections import connection_type, page
from schema.nodes import Edge, make, paired_id, plain, reads, wrap
from schema.provenance import shown, shown_in_sql
from schema.scope import Scope, context, place


def _payload() -> Any:
    def resolve(self: Any) -> Any:
        return shown(self.row["payload"])

    def read(place: Place, args: Args) -> Value:
        return shown_in_sql(place.columns["payload"])

    resolve.__annotations__ = {"return": JSON}
    return strawberry.field(resolver=resolve, description="单元格（证件号掩码） · The row's own cells, numbers masked.", metadata=reads(read))


def _problems() -> Any:
    def resolve(self: Any) -> Any:
        return self.row["problems"]

    def read(place: Place, args: Args) -> Value:
        return place.columns["problems"]

    resolve.__annotations__ = {"return": JSON | None}
    text = "未能读取的单元格 · Cells of the row that could not be read: column, kind of fault, what to do; never the cell."
    return strawberry.field(resolver=resolve, description=text, metadata=reads(read))


Record = make(
    "Record",
    {
        "id": paired_id("Record", "id", "hash"),
        "source": plain("source", str, "来源 · The contract's name."),
        "sheet": plain("sheet", str, "工作表 · Sheet."),
        "row_number": plain("row", int, "行号 · Row of the sheet in which it first stood so."),
        "payload": _payload(),
        "problems": _problems(),
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
            order=("sheet", "row", "id", "hash"),
            description="记录 · The rows that were new or changed in it.",
        ),
    ),
)
DeliveryConnection = connection_type("Delivery", Delivery, "批次列表 · Deliveries, a page at a time.")


def read_deliveries(at: Place, args: Args) -> Listed:
    """Deliveries as a list: those of the source that is asked for, or of the source they are asked of."""
    d = at.table("delivery")
    where = [d.c.division == at.division]
    if "name" in at.columns:
        where.append(d.c.source == at.columns["name"])
    elif args.choice("source", bool):
        where.append(d.c.source == args.sql("source", Text))
    return Listed(d, tuple(where), (d.c.as_of, d.c.id), "deliveries")


@strawberry.type(description="来源 · A department's source and how fresh it is, by its own business date.")
class Source:
    """One source that has delivered."""

    name: str = strawberry.field(description="名称 · The contract's name.")
    department: str = strawberry.field(description="部门 · Department.")
    as_of: date | None = strawberry.field(description="业务日期 · The latest date it speaks for; a reload of an old file does not move it.")
    deliveries_published: int = strawberry.field(description="已发布批次 · Published deliveries.")
    days_old: int | None = strawberry.field(description="距今天数 · Days between that date and the day.")
    scope: strawberry.Private[Scope]

    @strawberry.field(description="批次 · Its deliveries, newest first.", metadata=reads(read_deliveries))  # type: ignore[untyped-decorator]
    async def deliveries(self, info: Info[Any, Any], first: int | None = None, after: str | None = None) -> DeliveryConnection:  # type: ignore[valid-type]
        """The source's deliveries."""
        args = Given.of(first=first, after=after)
        at = place(info, self.scope).at("Source", {"name": literal(self.name)})
        return await deliveries(info, self.scope, read_deliveries(at, args), args)


def read_sources(at: Place, args: Args) -> Rows:
    """Every source that has delivered, by name."""
    told = _published(at).subquery()
    columns = {
        "name": told.c.source,
        "department": func.split_part(told.c.source, ".", 1, type_=Text),
        "as_of": told.c.as_of,
        "deliveries_published": told.c.n,
        "days_old": type_coerce(at.on - told.c.as_of, Integer),
    }
    return Rows(told, order=(told.c.source,), columns=columns)


async def sources(info: Info[Any, Any], scope: Scope) -> list[Source]:
    """Every source that has delivered, by name."""
    told = _published(place(info, scope))
    return [
        Source(
            name=row["source"],
            department=row["source"].split(".")[0],
            as_of=row["as_of"],
            deliveries_published=row["n"],
            days_old=(scope.on - row["as_of"]).days,
            scope=scope,
        )
        for row in await context(info).rows(told.order_by(told.selected_columns.source))
    ]


async def deliveries(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of deliveries."""
    return await page(info, DeliveryConnection, listed, args, lambda row: wrap("schema.sources:Delivery", row, scope))


def _published(at: Place) -> Select[Any]:
    d = at.table("delivery")
    latest = select(d.c.source, func.max(d.c.as_of).label("as_of"), func.count().label("n"))
    return latest.where(d.c.division == at.division, d.c.state == "PUBLISHED").group_by(d.c.source)
