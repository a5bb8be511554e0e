"""Person: one node for everybody, child or adult, with one chosen value per field and every source's own beside it."""

from datetime import date
from typing import Any

import strawberry
from strawberry.types import Info

from hub.domain.noun import Kind
from hub.domain.person import MENTION_COLUMNS
from schema.facts import fact_edges, person_edges
from schema.nodes import Edge, column_fields, edge_field, make, plain, rows_by, wrap
from schema.provenance import Provenance, provenance_of

MENTION_BY_ID = Edge("mentions", "schema.person:Mention", "mention", "id", current=False, order=("source", "id"))
IDENTITY_BY_PERSON = Edge("identity", "", "identity", "person", current=False)
FINDINGS = Edge(
    "findings",
    "schema.finding:Finding",
    "finding",
    "person",
    current=False,
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


@strawberry.type(description="一方的说法 · What one source asserts of a field, with where it says so; sources stand side by side.")
class Assertion:
    """One source's value of one field of a person."""

    value: str | None = strawberry.field(description="值 · As standardised, numbers masked.")
    chosen: bool = strawberry.field(description="采用 · Whether the survivorship rule chose this value.")
    provenance: Provenance = strawberry.field(description="出处 · Where it says so.")


@strawberry.type(description="关联 · A mention that was linked to the person, and why.")
class Link:
    """One link of the person's identity."""

    mention: "Mention" = strawberry.field(description="提及 · Who was named in which row.")  # type: ignore[valid-type]
    tier: str = strawberry.field(description="级别 · NUMBER (certain), NAME or RELATIVE (probable), ALONE.")
    score: float = strawberry.field(description="分值 · Natural log odds.")
    reasons: list["Reason"] = strawberry.field(description="理由 · They sum to the score.")


@strawberry.type(description="理由 · One piece of evidence and its weight.")
class Reason:
    """One piece of evidence."""

    evidence: str
    weight: float


def _mention_provenance() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return await provenance_of(info, self.scope, self.row)

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": Provenance}
    return strawberry.field(resolver=resolve, description="出处 · Where this row is.")


Mention = make(
    "Mention",
    {
        "role": plain("role", str, "角色 · The role in which the row names the person: 主体, 监护人1 …"),
        **column_fields(MENTION_COLUMNS),
        "number_state": plain("number_state", str, "号码状态 · valid, missing, invalid or suspect."),
        "provenance": _mention_provenance(),
    },
    "提及 · A person named in a source row.",
)


def _age() -> Any:
    def resolve(self: Any) -> Any:
        born, on = self.row["birth_date"], self.scope.on
        return None if born is None else on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    resolve.__annotations__ = {"return": int | None}
    return strawberry.field(resolver=resolve, description="周岁 · Age in full years on the day.")


async def _mentions(self: Any, info: Info[Any, Any]) -> list[Any]:
    """The person's mentions, valid on the day or not."""
    links = await rows_by(info, self.scope, IDENTITY_BY_PERSON).load(self.row["id"])
    found = await rows_by(info, self.scope, MENTION_BY_ID).load_many([link["id"] for link in links])
    return [row for rows in found for row in rows]


def _mentions_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return [wrap("schema.person:Mention", row, self.scope) for row in await _mentions(self, info)]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[Mention]}
    return strawberry.field(resolver=resolve, description="提及 · Every source row that names the person.")


def _links_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        links = await rows_by(info, self.scope, IDENTITY_BY_PERSON).load(self.row["id"])
        mentions = await rows_by(info, self.scope, MENTION_BY_ID).load_many([link["id"] for link in links])
        return [
            Link(
                mention=wrap("schema.person:Mention", rows[0], self.scope),
                tier=link["tier"],
                score=float(link["score"]),
                reasons=[Reason(evidence=evidence, weight=weight) for evidence, weight in link["reasons"]],
            )
            for link, rows in zip(links, mentions, strict=True)
            if rows
        ]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[Link]}
    return strawberry.field(resolver=resolve, description="身份关联 · The links that make up the person, each with its reasons.")


def _provenance_field() -> Any:
    async def resolve(self: Any, info: Info[Any, Any], field: str) -> Any:
        column = ASSERTED.get(field)
        if column is None:
            return []
        told = [row for row in await _mentions(self, info) if row[column] is not None]
        chosen = self.row["chosen"].get({"name": "name", "birthDate": "birthDate"}.get(field, field))
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
        resolver=resolve, description=f"字段出处 · All sources' assertions of one field ({', '.join(ASSERTED)}), side by side."
    )


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
        "provenance": _provenance_field(),
        **dict(fact_edges("id", Kind.PERSON)),
        "division": edge_field(
            Edge("division", "schema.division:Division", "division", "code", "township", many=False, description="乡镇街道 · The township.")
        ),
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
