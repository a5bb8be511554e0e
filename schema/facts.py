"""The facts: one type per noun of ``hub.domain``, each one source's assertion, with its provenance and its edges."""

from datetime import date
from typing import Any

import strawberry
from sqlalchemy import Date, func
from strawberry.types import Info

from hub.domain.noun import Kind, Noun, Owner
from hub.domain.nouns import NOUNS
from hub.query.reading import Args, Place, Value
from schema.nodes import Edge, column_fields, edge_field, make, reads
from schema.provenance import Provenance, provenance_of, read_provenance

TARGETS = {Kind.PERSON: "schema.person:Person", Kind.HOUSEHOLD: "schema.household:Household", Kind.SCHOOL: "schema.school:School"}
TABLES = {Kind.PERSON: "person_resolved", Kind.HOUSEHOLD: "household", Kind.SCHOOL: "school"}


def type_name(noun: Noun) -> str:
    """'schooling_statement' -> 'SchoolingStatement'."""
    return "".join(word.capitalize() for word in noun.name.split("_"))


def fact_type(noun: Noun) -> type[Any]:
    """The type of a noun: its columns, its period, its provenance, the person it is about, and the nodes it names."""
    fields = {
        **column_fields(noun.columns),
        "valid_from": _bound("lower", "有效期起 · First day of the period."),
        "valid_to": _bound("upper", "有效期止（不含） · First day after the period; null while it lasts."),
        "provenance": _provenance(),
    }
    edges = [
        Edge(
            column.name, TARGETS[column.kind], TABLES[column.kind], "id", column.name, many=False, description=f"{column.zh} · {column.en}"
        )
        for column in noun.columns
        if column.kind in TARGETS
    ]
    if noun.owner is Owner.PERSON:
        edges.append(
            Edge(
                "person",
                TARGETS[Kind.PERSON],
                "person_resolved",
                "id",
                "person",
                many=False,
                description="当事人 · The person it is about.",
            )
        )
    return make(type_name(noun), fields, f"{noun.zh} · {noun.en}", tuple(edges))


def fact_edges(own: str, column_kind: Kind) -> tuple[tuple[str, Any], ...]:
    """Edges back from a node to all facts that name it: (field name, field), for a person, household or school."""
    found = []
    for noun in NOUNS.values():
        for column in noun.columns:
            if column.kind is column_kind:
                name = noun.many if column_kind is not Kind.PERSON else f"{noun.many}_as_{column.name}"
                if column_kind is Kind.SCHOOL and column.name != "school":
                    name = f"{noun.many}_{column.name}"
                found.append(
                    (
                        name,
                        edge_field(
                            Edge(
                                name,
                                f"schema.facts:{type_name(noun)}",
                                noun.name,
                                column.name,
                                own,
                                description=f"{noun.zh}（{column.zh}） · {noun.en}",
                            )
                        ),
                    )
                )
    return tuple(found)


def person_edges() -> tuple[Edge, ...]:
    """The edges from a person to the facts about that person."""
    return tuple(
        Edge(
            noun.many, f"schema.facts:{type_name(noun)}", noun.name, "person", order=("source", "id"), description=f"{noun.zh} · {noun.en}"
        )
        for noun in NOUNS.values()
        if noun.owner is Owner.PERSON
    )


def _bound(side: str, description: str) -> Any:
    def resolve(self: Any) -> Any:
        return getattr(self.row["valid"], side)

    def read(place: Place, args: Args) -> Value:
        return getattr(func, side)(place.columns["valid"], type_=Date)

    resolve.__annotations__ = {"return": date | None}
    return strawberry.field(resolver=resolve, description=description, metadata=reads(read))


def _provenance() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        return await provenance_of(info, self.scope, self.row)

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": Provenance}
    return strawberry.field(resolver=resolve, description="出处 · Where this comes from: source, row, dates, link.", metadata=reads(read_provenance))


for _noun in NOUNS.values():
    globals()[type_name(_noun)] = fact_type(_noun)
