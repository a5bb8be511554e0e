"""Person: one node for everybody, child or adult, with one chosen value per field and every source's own beside it."""

from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Boolean, ColumnElement, Float, Integer, Text, and_, cast, false, func, or_, select
from strawberry.types import Info

from hub.domain.noun import Kind
from hub.domain.person import MENTION_COLUMNS
from hub.query.reading import Args, Place, Rows, Value
from schema.facts import fact_edges, person_edges
from schema.identity import identity_field, read_record, record_field
from schema.nodes import Edge, column_fields, elements, lazily, make, plain, reads, rows_by, wrap
from schema.provenance import TIERS, Provenance, provenance_of, read_provenance, score_of

MENTION_BY_ID = Edge("mentions", "schema.person:Mention", "mention", "id", current=False, order=("source", "id"))
IDENTITY_BY_PERSON = Edge("identity", "", "identity", "person", current=False)
FINDINGS = Edge(
    "findings",
    "schema.finding:Finding",
    "finding",
    "person",
    order=("rule", "id"),
    description="核查发现 · What rules found about the person.",
)

#: Field of Person -> the mention column that asserts it.
ASSERTED = {
    "name": "name",
    "formerName": "former_name",
    "sex": "sex",
    "birthDate": "birth_date",
    "born": "born",
    "ethnicGroup": "ethnic_group",
    "number": "number_mask",
    "phone": "phone_mask",
    "township": "township",
    "village": "village",
    "address": "address",
}


def read_age(place: Place, args: Args) -> Value:
    """Full years on the day."""
    return cast(func.extract("year", func.age(place.on, place.columns["birth_date"])), Integer)


def read_mentions(place: Place, args: Args) -> Rows:
    """The person's mentions in the order of their links."""
    told = _mentions_of(place)
    return Rows(told, (told.c.link_person == place.columns["id"],), _in_link_order(told))


def read_links(place: Place, args: Args) -> Rows:
    """The person's links whose mention is known."""
    i, m = place.table("identity"), place.table("mention")
    there = select(m.c.id).where(m.c.division == place.division, m.c.id == i.c.id).exists()
    columns = {**i.c, "score": cast(i.c.score, Float)}
    return Rows(i, (i.c.division == place.division, i.c.person == place.columns["id"], there), (i.c.id, i.c.valid), columns=columns)


def read_linked(place: Place, args: Args) -> Rows:
    """A link's mention."""
    return replace(MENTION_BY_ID.rows(place, place.columns["id"]), many=False)


def read_reasons(place: Place, args: Args) -> Rows:
    """The reasons of a link: pairs of evidence and weight."""
    told = elements(place.columns["reasons"])
    columns = {"evidence": told.c.value[0].astext, "weight": cast(told.c.value[1].astext, Float)}
    return Rows(told, order=(told.c.position,), columns=columns)


def read_assertions(place: Place, args: Args) -> Rows:
    """What each of the person's mentions asserts of a field."""
    field = args.choice("field")
    if field not in ASSERTED:
        return Rows(None)
    told = _mentions_of(place)
    value, chosen = told.c[ASSERTED[field]], place.columns["chosen"][field].astext
    is_chosen: ColumnElement[bool] = func.coalesce(cast(told.c.id, Text) == chosen, false(), type_=Boolean)
    if ASSERTED[field] in place.columns:
        is_chosen = or_(is_chosen, and_(chosen.is_(None), func.coalesce(value == place.columns[ASSERTED[field]], false())))
    columns = {**told.c, "value": cast(value, Text), "chosen": is_chosen}
    return Rows(told, (told.c.link_person == place.columns["id"], value.is_not(None)), _in_link_order(told), columns=columns)


def _mentions_of(place: Place) -> Any:
    i, m = place.table("identity"), place.table("mention")
    linked = select(m, i.c.person.label("link_person"), i.c.id.label("link"), i.c.valid.label("link_valid"))
    same = and_(m.c.division == i.c.division, m.c.id == i.c.id)
    return linked.select_from(i.join(m, same)).where(i.c.division == place.division).subquery()


def _in_link_order(told: Any) -> tuple[Any, ...]:
    return (told.c.link, told.c.link_valid, told.c.source, told.c.id, told.c.valid)


@strawberry.type(description="一方的说法 · What one source asserts of a field, with where it says so; sources stand side by side.")
class Assertion:
    """One source's value of one field of a person."""

    value: str | None = strawberry.field(description="值 · As standardised, numbers masked.")
    chosen: bool = strawberry.field(description="采用 · Whether the survivorship rule chose this value.")
    provenance: Provenance = strawberry.field(description="出处 · Where it says so.", metadata=reads(read_provenance))


@strawberry.type(description="关联 · A mention that was linked to the person, and why.")
class Link:
    """One link of the person's identity."""

    mention: "Mention" = strawberry.field(description="提及 · Who was named in which row.", metadata=reads(read_linked))  # type: ignore[valid-type]
    tier: str = strawberry.field(description="级别 · " + TIERS)
    score: float | None = strawberry.field(description="分值 · Natural log odds; null of UNNUMBERED.")
    reasons: list["Reason"] = strawberry.field(description="理由 · They sum to the score.", metadata=reads(read_reasons))


@strawberry.type(description="理由 · One piece of evidence and its weight.")
class Reason:
    """One piece of evidence."""

    evidence: str
    weight: float


def _mention_provenance() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return await provenance_of(info, self.scope, self.row)

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": Provenance}
    return strawberry.field(resolver=resolve, description="出处 · Where this row is.", metadata=reads(read_provenance))


def _record() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return await record_field(info, self.scope, self.row)

    record: Any = Annotated["Record", strawberry.lazy("schema.sources")]  # noqa: F821
    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": record | None}
    return strawberry.field(resolver=resolve, description="记录 · The row itself.", metadata=reads(read_record))


Mention = make(
    "Mention",
    {
        "role": plain("role", str, "角色 · The role in which the row names the person: 主体, 监护人1 …"),
        **column_fields(MENTION_COLUMNS),
        "number_state": plain("number_state", str, "号码状态 · valid, missing, invalid or suspect."),
        "record": _record(),
        "provenance": _mention_provenance(),
    },
    "提及 · A person named in a source row.",
)


def _age() -> Any:
    def resolve(self: Any) -> Any:
        born, on = self.row["birth_date"], self.scope.on
        return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    resolve.__annotations__ = {"return": int | None}
    return strawberry.field(resolver=resolve, description="周岁 · Age in full years on the day.", metadata=reads(read_age))


async def _mentions(self: Any, info: Info[Any, Any]) -> list[Any]:
    """The person's mentions, valid on the day or not."""
    links = await rows_by(info, self.scope, IDENTITY_BY_PERSON).load(self.row["id"])
    found = await rows_by(info, self.scope, MENTION_BY_ID).load_many([link["id"] for link in links])
    return [row for rows in found for row in rows]


def _mentions_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return [wrap("schema.person:Mention", row, self.scope) for row in await _mentions(self, info)]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[Mention]}
    return strawberry.field(resolver=resolve, description="提及 · Every source row that names the person.", metadata=reads(read_mentions))


def _links_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        links = await rows_by(info, self.scope, IDENTITY_BY_PERSON).load(self.row["id"])
        mentions = await rows_by(info, self.scope, MENTION_BY_ID).load_many([link["id"] for link in links])
        return [
            Link(
                mention=wrap("schema.person:Mention", rows[0], self.scope),
                tier=link["tier"],
                score=score_of(link),
                reasons=[Reason(evidence=evidence, weight=weight) for evidence, weight in link["reasons"]],
            )
            for link, rows in zip(links, mentions, strict=True)
            if rows
        ]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[Link]}
    return strawberry.field(resolver=resolve, description="身份关联 · The links that make up the person, each with its reasons.", metadata=reads(read_links))


def _provenance_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any], field: str) -> Any:
        column = ASSERTED.get(field)
        if column is None:
            return []
        told = [row for row in await _mentions(self, info) if row[column] is not None]
        chosen = self.row["chosen"].get(field)
        return [
            Assertion(
                value=str(row[column]),
                chosen=str(row["id"]) == chosen or (chosen is None and row[column] == self.row.get(column)),
                provenance=await provenance_of(info, self.scope, row),
            )
            for row in told
        ]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "field": str, "return": list[Assertion]}
    return strawberry.field(
        resolver=resolve,
        description=f"字段出处 · All sources' assertions of one field ({', '.join(ASSERTED)}), side by side.",
        metadata=reads(read_assertions),
    )


def _division_field() -> Any:
    def resolve(self: Any) -> Any:
        return lazily("schema.division").division_of(self.row["township"], self.scope)

    def read(place: Place, args: Args) -> Rows:
        return lazily("schema.division").read_own(place, args)

    resolve.__annotations__ = {"self": Any, "return": Annotated["Division", strawberry.lazy("schema.division")] | None}  # noqa: F821
    return strawberry.field(resolver=resolve, description="乡镇街道 · The township.", metadata=reads(read))


Person = make(
    "Person",
    {
        "name": plain("name", str, "姓名 · Name."),
        "former_name": plain("former_name", str, "曾用名 · A name used before."),
        "sex": plain("sex", str, "性别 · Sex (GB/T 2261.1)."),
        "birth_date": plain("birth_date", date, "出生日期 · Birth date, where a full one is known."),
        "born": plain("born", str, "出生 · Birth date as precise as it is known."),
        "age": _age(),
        "ethnic_group": plain("ethnic_group", str, "民族 · Ethnic group."),
        "number": plain("number_mask", str, "公民身份号码（掩码） · Citizen number, masked."),
        "phone": plain("phone_mask", str, "联系电话（掩码） · Telephone, masked."),
        "township": plain("township", str, "居住乡镇 · Township of residence, else of registration (code)."),
        "village": plain("village", str, "村社区 · Village or community."),
        "hukou_township": plain("hukou_township", str, "户籍乡镇 · Township of registration (code)."),
        "deceased_on": plain("deceased_on", date, "死亡日期 · Date of death."),
        "mentions": _mentions_field(),
        "links": _links_field(),
        "identity": identity_field(),
        "provenance": _provenance_field(),
        **dict(fact_edges("id", Kind.PERSON)),
        "division": _division_field(),
    },
    "人员 · A person: a child or somebody beside a child.",
    (
        *person_edges(),
        FINDINGS,
        Edge(
            "register_household",
            "schema.household:Household",
            "household",
            "id",
            "register_household",
            many=False,
            description="户籍户 · Register household (户号).",
        ),
        Edge(
            "living_household",
            "schema.household:Household",
            "household",
            "id",
            "living_household",
            many=False,
            description="共同生活家庭 · Living household.",
        ),
    ),
)
