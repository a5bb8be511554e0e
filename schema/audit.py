"""Who looked at somebody: the entries of the audit about a person, newest last; looking at them leaves an entry too."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import BigInteger, cast, func, literal, select
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from strawberry.types import Info

from hub.query.cursors import local_id
from hub.query.reading import Args, Listed, Place
from hub.storage import tables
from schema.connections import connection_type, page
from schema.scope import Row, Scope


@strawberry.type(description="查阅记录 · One answer that told something of the person.")
class Access:
    """One entry of the audit."""

    no: int = strawberry.field(description="序号 · Its number in the chain.")
    at: datetime = strawberry.field(description="时间 · When.")
    who: str = strawberry.field(description="查阅人 · The account.")
    department: str | None = strawberry.field(description="部门 · Department.")
    role: str | None = strawberry.field(description="角色 · Role.")
    purpose: str | None = strawberry.field(description="用途 · The purpose that was stated.")
    operation: str | None = strawberry.field(description="操作 · Name of the operation.")
    fields: list[str] = strawberry.field(description="字段 · What was read.")


AccessConnection = connection_type("Access", Access, "查阅记录列表 · Who looked, a page at a time.")


def person_key(text: str) -> int:
    """The key in a person's id."""
    return local_id(text, "Person")


def read_accesses(at: Place, args: Args) -> Listed:
    """The entries about a person, under any id that the person ever had."""
    entries, ids, others = at.table("audit_entry"), tables.person_id.alias(), tables.person_id.alias()
    entry = cast(entries.c.entry, JSONB)
    names = ("who", "department", "role", "purpose", "operation")
    key = args.sql("personId", BigInteger, person_key)
    current = func.coalesce(select(ids.c.current).where(ids.c.division == at.division, ids.c.id == key).scalar_subquery(), key)
    same = func.array(select(others.c.id).where(others.c.division == at.division, others.c.current == current).scalar_subquery(), type_=ARRAY(BigInteger))
    about = array([key]).concat(same)
    found = (
        select(
            entries.c.no, entries.c.at, *(entry[name].astext.label(name) for name in names), func.coalesce(func.nullif(entry["fields"], literal("null").cast(JSONB), type_=JSONB), literal("[]").cast(JSONB), type_=JSONB).label("fields"),
            key.label("person"),
        )
        .where(entries.c.division == at.division, entries.c.persons.op("&&")(cast(about, ARRAY(BigInteger))))
        .subquery("access")
    )  # fmt: skip
    return Listed(found, (), (found.c.no,), "accesses")


async def accesses(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of them."""
    return await page(info, AccessConnection, listed, args, _access)


def _access(row: Row) -> Access:
    return Access(**{name: row[name] for name in ("no", "at", "who", "department", "role", "purpose", "operation", "fields")})
