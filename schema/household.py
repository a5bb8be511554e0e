"""Household: people registered under one 户号, or people who share life and economy; the two are kept apart."""

from hub.domain.noun import Kind
from schema.facts import fact_edges
from schema.nodes import Edge, make, plain

Household = make(
    "Household",
    {
        "kind": plain("kind", str, "类型 · REGISTER (户号) or LIVING (共同生活的家庭)."),
        "number": plain("number_mask", str, "编号（掩码） · Its number, masked."),
        **dict(fact_edges("id", Kind.HOUSEHOLD)),
    },
    "家庭 · A household.",
    (
        Edge(
            "registered_persons",
            "schema.person:Person",
            "person_resolved",
            "register_household",
            order=("birth_date", "id"),
            description="户籍成员 · People whose chosen register household this is.",
        ),
        Edge(
            "living_persons",
            "schema.person:Person",
            "person_resolved",
            "living_household",
            order=("birth_date", "id"),
            description="共同生活成员 · People whose chosen living household this is.",
        ),
    ),
)
