"""Who looked at somebody: the entries of the audit about a person, newest last; looking at them leaves an entry too."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import BigInteger, Interval, Text, cast, func, literal, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from strawberry.types import Info

from hub.access.alarms import MANY, NIGHT_FROM, NIGHT_TO
from hub.query.cursors import local_id
from hub.query.reading import Args, Given, Listed, Place
from hub.storage import tables
from schema.connections import connection_type, page
from schema.nodes import reads
from schema.scope import Row, Scope, place, scope_of


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


# --- alarms --------------------------------------------------------------------------------------------------------------


@strawberry.type(description="告警 · An account's reading in one hour that the auditor should look at.")
class AccessAlarm:
    """One alarm."""

    kind: str = strawberry.field(description=f"类别 · NIGHT ({NIGHT_FROM}–{NIGHT_TO} h), MANY (more than {MANY} people in the hour), NUMBER (one was opened), GLASS (one was broken).")
    who: str = strawberry.field(description="账号 · The account.")
    role: str | None = strawberry.field(description="角色 · Role.")
    hour: datetime = strawberry.field(description="时段 · The hour, by its beginning.")
    people: int = strawberry.field(description="人数 · How many people it read of in that hour, each once.")
    answers: int = strawberry.field(description="次数 · How many answers.")


AccessAlarmConnection = connection_type("AccessAlarm", AccessAlarm, "告警列表 · Alarms, the newest hour first.")
ALARM = ("kind", "who", "role", "hour", "people", "answers")


def read_alarms(at: Place, args: Args) -> Listed:
    """Alarms by account and hour: who reads, never whom."""
    entries = at.table("audit_entry")
    told = cast(entries.c.entry, JSONB)
    in_china = func.timezone("UTC", entries.c.at) + cast(literal("8 hours"), Interval)
    hours = select(
        told["who"].astext.label("who"), told["role"].astext.label("role"), func.date_trunc("hour", entries.c.at).label("hour"), entries.c.persons,
        (func.extract("hour", in_china) >= NIGHT_FROM).label("late"), (func.extract("hour", in_china) < NIGHT_TO).label("early"),
        told.has_key("opened").label("opened"), told.has_key("glass_broken").label("broken"),
    ).where(entries.c.division == at.division).subquery("hours")  # fmt: skip
    one = func.unnest(hours.c.persons).table_valued("person").render_derived()
    each = (
        select(hours, one.c.person)
        .select_from(hours.outerjoin(one, true()))
        .where(hours.c.who.is_not(None), hours.c.role.is_not(None))
        .subquery("each")
    )
    people, night = func.count(each.c.person.distinct()), func.bool_or(each.c.late | each.c.early) & (func.count(each.c.person) > 0)
    by_hour = select(
        each.c.who, each.c.role, each.c.hour, people.label("people"), night.label("night"), func.bool_or(each.c.opened).label("opened"), func.bool_or(each.c.broken).label("broken"),
    ).group_by(each.c.who, each.c.role, each.c.hour).subquery("by_hour")  # fmt: skip
    answers = (
        select(hours.c.who, hours.c.role, hours.c.hour, func.count().label("answers")).group_by(hours.c.who, hours.c.role, hours.c.hour).subquery("answers")
    )
    same = (answers.c.who == by_hour.c.who) & (answers.c.role == by_hour.c.role) & (answers.c.hour == by_hour.c.hour)
    found = union_all(
        *(
            select(
                literal(kind, Text).label("kind"), by_hour.c.who, by_hour.c.role, by_hour.c.hour, by_hour.c.people, answers.c.answers,
                (-cast(func.extract("epoch", by_hour.c.hour), BigInteger)).label("newest"),
            ).select_from(by_hour.join(answers, same)).where(is_so)
            for kind, is_so in (("NIGHT", by_hour.c.night), ("MANY", by_hour.c.people > MANY), ("NUMBER", by_hour.c.opened), ("GLASS", by_hour.c.broken))
        )
    ).subquery("alarms")  # fmt: skip
    return Listed(found, (), (found.c.newest, found.c.kind, found.c.who, found.c.role), "accessAlarms")


@strawberry.type
class AlarmQueries:
    """What the auditor should look at."""

    @strawberry.field(description="告警 · Reading at night, of many, of numbers, through a broken glass; looking here leaves an entry too.", metadata=reads(read_alarms))  # type: ignore[untyped-decorator]
    async def access_alarms(
        self, info: Info[Any, Any], first: int | None = None, after: str | None = None, last: int | None = None, before: str | None = None
    ) -> AccessAlarmConnection:
        args = Given.of(first=first, after=after, last=last, before=before)
        scope = await scope_of(info, None, None)
        return await page(info, AccessAlarmConnection, read_alarms(place(info, scope), args), args, lambda row: AccessAlarm(**{name: row[name] for name in ALARM}))


def _access(row: Row) -> Access:
    return Access(**{name: row[name] for name in ("no", "at", "who", "department", "role", "purpose", "operation", "fields")})
