"""The register of children of compulsory age (适龄儿童台账): one entry a child and school year, with its conclusion and who has it in hand."""

from typing import Any

from sqlalchemy import Text
from strawberry.types import Info

from hub.query.reading import Args, BadInput, Listed, Place
from schema.connections import Within, connection_type, page
from schema.nodes import Edge, make, plain, wrap
from schema.scope import Scope

OWNERS = ("SCHOOL", "CASE", "PLAN", "GONE")

RegisterEntry = make(
    "RegisterEntry",
    {
        "school_year": plain("school_year", int, "学年 · School year (it begins in September)."),
        "township": plain("township", str, "乡镇街道 · Township."),
        "age": plain("age", int, "周岁 · Completed years on 31 August; the least that the birth date allows."),
        "certain": plain("certain", bool, "年龄确定 · Whether the birth date leaves no doubt of the age."),
        "local": plain("local", bool, "本地 · Registered or living here."),
        "conclusion": plain("conclusion", str, "就学结论 · What came of the child; everybody has one."),
        "owner": plain("owner", str, "由谁负责 · SCHOOL, CASE, PLAN or GONE; blank: nobody, a blind spot."),
        "sources": plain("sources", int, "来源数 · How many lists know the child."),
    },
    "适龄儿童台账条目 · A child of compulsory age in a school year.",
    (
        Edge("person", "schema.person:Person", "person_resolved", "id", "person", many=False, description="儿童 · The child."),
        Edge("school", "schema.school:School", "school", "id", "school", many=False, description="在籍学校 · The school of its place."),
    ),
)
RegisterEntryConnection = connection_type("RegisterEntry", RegisterEntry, "适龄儿童台账 · Register, a page at a time.")


def owner_named(name: str) -> str:
    """Who can have a child in hand. BadInput with the words where it is none."""
    if name not in OWNERS:
        raise BadInput(f"owner: one of {', '.join(OWNERS)}; blindSpot: true lists those whom nobody has in hand")
    return name


def register_listed(at: Place, args: Args, *, within: Within | None = None) -> Listed:
    """The register by township and child; within a division, its own."""
    r = at.table("register_entry")
    where = [r.c.division == at.division, at.valid(r)]
    where += [r.c[name] == args.sql(name, Text) for name in ("conclusion",) if args.given(name)]
    where += [r.c.owner == args.sql("owner", Text, owner_named)] if args.given("owner") else []
    for name, holds in (("blindSpot", r.c.owner == ""), ("local", r.c.local)):
        if args.given(name):
            where.append(holds if args.choice(name, bool) else ~holds)
    if within:
        where += within.narrows(r.c.township, [])
    return Listed(r, tuple(where), (r.c.id,), "register")


async def register_of(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of the register."""
    return await page(info, RegisterEntryConnection, listed, args, lambda row: wrap("schema.register:RegisterEntry", row, scope))
