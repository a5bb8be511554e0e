"""Who looked at somebody: the entries of the audit about a person, newest last; looking at them leaves an entry too."""

from datetime import datetime
from typing import Any

import strawberry
from sqlalchemy import BigInteger, DateTime, Interval, Text, any_, cast, func, literal, or_, select, true, union_all
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, array
from strawberry.types import Info

from hub.access.alarms import CHINA_AHEAD, MANY, NIGHT_FROM, NIGHT_TO
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
    about = cast(array([key]).concat(same), ARRAY(BigInteger))
    told_of = func.array(select(func.entries_about(at.division, about, type_=BigInteger)).scalar_subquery(), type_=ARRAY(BigInteger))  # by the index (0029_looked_at.sql)
    found = (
        select(
            entries.c.no, entries.c.at, *(entry[name].astext.label(name) for name in names), func.coalesce(func.nullif(entry["fields"], literal("null").cast(JSONB), type_=JSONB), literal("[]").cast(JSONB), type_=JSONB).label("fields"),
            key.label("person"),
        )
        .where(entries.c.division == at.division, entries.c.no == any_(cast(told_of, ARRAY(BigInteger))))
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
    """Alarms by account and hour, of the hours that are counted and of the entries since: who reads, never whom."""
    entries, counted = at.table("audit_entry"), at.table("audit_hour")
    told = cast(entries.c.entry, JSONB)
    theirs = select(func.max(counted.c.hour) + cast(literal("1 hour"), Interval), func.max(counted.c.upto)).where(counted.c.division == at.division)
    since, upto = (theirs.with_only_columns(one).scalar_subquery() for one in theirs.selected_columns)
    each = select(
        entries.c.no, told["who"].astext.label("who"), told["role"].astext.label("role"), func.date_trunc("hour", entries.c.at).label("hour"), entries.c.persons,
        told.has_key("opened").label("opened"), told.has_key("glass_broken").label("broken"),
    ).where(entries.c.division == at.division, entries.c.no > func.coalesce(upto, 0), entries.c.at >= func.coalesce(since, cast(literal("-infinity"), DateTime(True)))).subquery("each")  # fmt: skip
    one = func.unnest(each.c.persons).table_valued("person").render_derived()
    now = (
        select(
            each.c.who, each.c.role, each.c.hour, func.count(one.c.person.distinct()).label("people"), func.count(each.c.no.distinct()).label("answers"),
            func.bool_or(each.c.opened).label("opened"), func.bool_or(each.c.broken).label("broken"),
        ).select_from(each.outerjoin(one, true())).where(each.c.who.is_not(None), each.c.role.is_not(None)).group_by(each.c.who, each.c.role, each.c.hour)
    )  # fmt: skip
    before = select(*(counted.c[name] for name in ("who", "role", "hour", "people", "answers", "opened", "broken"))).where(counted.c.division == at.division)
    by_hour = union_all(before, now).subquery("by_hour")
    in_china = func.extract("hour", func.timezone("UTC", by_hour.c.hour) + cast(literal(f"{CHINA_AHEAD} hours"), Interval))
    night = or_(in_china >= NIGHT_FROM, in_china < NIGHT_TO) & (by_hour.c.people > 0)
    found = union_all(
        *(
            select(
                literal(kind, Text).label("kind"), by_hour.c.who, by_hour.c.role, by_hour.c.hour, by_hour.c.people, by_hour.c.answers,
                (-cast(func.extract("epoch", by_hour.c.hour), BigInteger)).label("newest"),
            ).where(is_so)
            for kind, is_so in (("NIGHT", night), ("MANY", by_hour.c.people > MANY), ("NUMBER", by_hour.c.opened), ("GLASS", by_hour.c.broken))
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
