"""What can be waited for: publications as they come, and what became of the findings that one may see."""

from collections.abc import AsyncIterator
from datetime import date, datetime
from typing import Any

import strawberry
from sqlalchemy import Select, select, tuple_
from strawberry.types import Info

from hub.query.cursors import global_id
from hub.query.policy import Policy
from hub.storage import tables
from hub.storage.outbox import event_id
from schema.scope import Row, context

AT_ONCE = 100  # events of findings in one answer


@strawberry.type(description="发布 · A publication: what was made visible at once.")
class PublicationEvent:
    """One publication."""

    no: int = strawberry.field(description="发布号 · Its number; give it to asKnownAt.")
    at: datetime = strawberry.field(description="时间 · When it was made.")
    kind: str = strawberry.field(description="类别 · delivery, check, conclusion …")
    business_date: date = strawberry.field(description="业务日期 · The day it was made on.")


@strawberry.type(description="核查发现事件 · What became of a finding; ask for the finding by its id.")
class FindingEvent:
    """One event of the outbox."""

    id: str = strawberry.field(description="事件编号 · Its id, the same by every road and however often it comes.")
    kind: str = strawberry.field(description="类别 · NEW 新发现, CHANGED 有变化, CONTRADICTED 被后来数据否定, OVERDUE 逾期.")
    publication: int = strawberry.field(description="发布号 · The publication that did it.")
    finding_id: strawberry.ID = strawberry.field(description="核查发现 · The finding.")
    rule: str = strawberry.field(description="规则 · The rule.")
    township: str | None = strawberry.field(description="责任乡镇 · Owner township.")
    status: str = strawberry.field(description="状态 · Its status then.")
    due_on: date | None = strawberry.field(description="期限 · Due.")


def events_of(policy: Policy, division: int, publication: int, last: Row | None) -> Select[Any]:
    """The events of a publication as a class of rights sees them, so many as one answer has, after the last one that was told."""
    e = policy.seen("finding_event", tables.finding_event)
    told = select(e.c.publication, e.c.finding, e.c.kind, e.c.rule, e.c.person, e.c.township, e.c.status, e.c.due_on)
    told = told.where(e.c.division == division, e.c.publication == publication).order_by(e.c.finding, e.c.kind).limit(AT_ONCE)
    return told if last is None else told.where(tuple_(e.c.finding, e.c.kind) > tuple_(last["finding"], last["kind"]))


def event_of(row: Row) -> FindingEvent:
    """An event as it is told."""
    return FindingEvent(
        id=event_id(row),
        finding_id=strawberry.ID(global_id("Finding", row["finding"])),
        **{name: row[name] for name in ("kind", "publication", "rule", "township", "status", "due_on")},
    )


@strawberry.type(description="订阅 · What can be waited for.")
class Subscription:
    """The events; each says only that something is there to be asked for."""

    @strawberry.subscription(description="新发布 · Publications as they come; from a number on where one is given, and so many of them.")  # type: ignore[untyped-decorator]
    async def publications(self, info: Info[Any, Any], after: int | None = None, first: int | None = None) -> AsyncIterator[PublicationEvent]:
        if first is not None and first <= 0:
            return
        told = 0
        async for row in context(info).publications(after):
            yield PublicationEvent(**row)
            told += 1
            if told == first:
                return

    @strawberry.subscription(description="核查发现事件 · What becomes of findings, a publication's at a time and a hundred at most; after a publication where one is given, and so many answers.")  # type: ignore[untyped-decorator]
    async def findings(self, info: Info[Any, Any], after: int | None = None, first: int | None = None) -> AsyncIterator[list[FindingEvent]]:
        if first is not None and first <= 0:
            return
        told = 0
        async for rows in context(info).finding_events(after):
            yield [event_of(row) for row in rows]
            told += 1
            if told == first:
                return
