"""Where a fact comes from: source, delivery, row, business date, the contract it was read by, and how sure the link is."""

from datetime import date
from typing import Any

import strawberry
from sqlalchemy import BigInteger, Float, Text, and_, case, cast, column, func, literal, null, select, type_coerce
from sqlalchemy.dialects.postgresql import JSON as JSON_TEXT
from sqlalchemy.dialects.postgresql import JSONB
from strawberry.scalars import JSON
from strawberry.types import Info

from hub.query.cursors import global_id, global_id_in_sql
from hub.query.reading import Args, Join, Place, Rows, Value
from hub.query.scalar import within
from schema.nodes import Edge, rows_by
from schema.scope import Row, Scope

DELIVERY_BY_ID = Edge("delivery", "schema.sources:Delivery", "delivery", "id")
RECORDS_BY_ID = Edge("record", "schema.sources:Record", "record", "id")
IDENTITY_BY_MENTION = Edge("identity", "", "identity", "id")

#: How sure a link is, as every field that tells it says.
TIERS = "NUMBER (certain), NAME or RELATIVE (probable), ALONE; UNNUMBERED instead of these three for who may not read every list."


def score_of(link: Row) -> float | None:
    """A link's score, where it is told."""
    return None if link["score"] is None else float(link["score"])


@strawberry.type(description="出处 · Where a fact comes from.")
class Provenance:
    """One source row, as a delivery held it."""

    source: str = strawberry.field(description="来源 · The contract's name.")
    department: str = strawberry.field(description="部门 · The department that owns the source.")
    file: str | None = strawberry.field(description="文件 · The file it came in.")
    sheet: str | None = strawberry.field(description="工作表 · The sheet.")
    row_number: int | None = strawberry.field(description="行号 · The row of the sheet in which it first stood so.")
    as_of: date | None = strawberry.field(description="业务日期 · The date the delivery speaks for.")
    record_id: strawberry.ID = strawberry.field(description="记录 · The record; node(id) gives its cells.")
    publication: int | None = strawberry.field(description="发布号 · The publication in which it came.")
    contract_version: str | None = strawberry.field(description="合同版本 · The version of the contract it was read by.")
    link_tier: str | None = strawberry.field(description="关联级别 · " + TIERS)
    link_score: float | None = strawberry.field(description="关联分值 · Log odds; the reasons sum to it.")
    payload: JSON = strawberry.field(description="原始单元格（证件号掩码） · The row's own cells, numbers masked.")


def read_provenance(place: Place, args: Args) -> Rows:
    """The same in SQL; a table is joined only where something of it is asked for."""
    fact = place.columns
    here = select(literal(1).label("here")).subquery()
    r, d, i = place.table("record"), place.table("delivery"), place.table("identity")
    mention = fact["mention"] if "mention" in fact else fact["id"] if "role" in fact else cast(null(), BigInteger)
    return Rows(
        here,
        many=False,
        joins=(
            Join(r, and_(r.c.division == place.division, r.c.id == fact["record"], r.c.hash == fact["hash"])),
            Join(d, and_(d.c.division == place.division, d.c.id == r.c.delivery), needs=(r,)),
            Join(i, and_(i.c.division == place.division, i.c.id == mention, place.valid(i))),
        ),
        columns={
            "source": fact["source"],
            "department": func.split_part(fact["source"], ".", 1, type_=Text),
            "file": d.c.file,
            "sheet": r.c.sheet,
            "row_number": r.c.row,
            "as_of": d.c.as_of,
            "record_id": global_id_in_sql("Record", fact["record"], "/", fact["hash"]),
            "publication": r.c.publication,
            "contract_version": d.c.contract_version,
            "link_tier": i.c.tier,
            "link_score": cast(i.c.score, Float),
            "payload": shown_in_sql(r.c.payload),
        },
    )


async def provenance_of(info: Info[Any, Any], scope: Scope, fact: Row) -> Provenance:
    """The provenance of a fact or mention row."""
    record = await record_of(info, scope, fact["record"], fact["hash"])
    deliveries = await rows_by(info, scope, DELIVERY_BY_ID).load(record["delivery"]) if record else []
    delivery = deliveries[0] if deliveries else None
    mention = fact.get("mention") or (fact["id"] if "role" in fact else None)
    links = await rows_by(info, scope, IDENTITY_BY_MENTION).load(mention) if mention else []
    return Provenance(
        source=fact["source"],
        department=fact["source"].split(".")[0],
        file=delivery["file"] if delivery else None,
        sheet=record["sheet"] if record else None,
        row_number=record["row"] if record else None,
        as_of=delivery["as_of"] if delivery else None,
        record_id=strawberry.ID(global_id("Record", f"{fact['record']}/{fact['hash']}")),
        publication=record["publication"] if record else None,
        contract_version=delivery["contract_version"] if delivery else None,
        link_tier=links[0]["tier"] if links else None,
        link_score=score_of(links[0]) if links else None,
        payload=JSON(shown(record["payload"]) if record else {}),
    )


async def record_of(info: Info[Any, Any], scope: Scope, record: int, content: int) -> Row | None:
    """The version of a record that has this content."""
    versions = await rows_by(info, scope, RECORDS_BY_ID).load(record)
    return next((version for version in versions if version["hash"] == content), None)


def shown_in_sql(payload: Value) -> Value:
    """The same in SQL; {} where there is no row."""
    cell = func.jsonb_each(payload).table_valued(column("key", Text), column("value", JSONB)).render_derived()
    text = case((func.jsonb_typeof(cell.c.value) == "object", cell.c.value["mask"]), else_=cell.c.value)
    cells = select(func.coalesce(func.json_object_agg(cell.c.key, text), literal("{}").cast(JSON_TEXT)))
    return type_coerce(within(cells.select_from(cell), cell), JSONB)


def shown(payload: dict[str, Any]) -> dict[str, Any]:
    """A row's cells as they may be shown: sealed ones as their mask."""
    return {column: cell["mask"] if isinstance(cell, dict) else cell for column, cell in payload.items()}
