"""Deciding who is who over the endpoint: what is asked, what comes of it, and on whose behalf."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import asyncpg
import strawberry
from sqlalchemy import select
from strawberry.types import Info

from hub import reviewing
from hub.access.sealing import Keys
from hub.access.viewer import Kind
from hub.query.cursors import local_id
from hub.query.reading import BadInput
from hub.storage import tables
from schema.identity import LINKS_BY_PERSON, MENTION_VERSIONS
from schema.nodes import Edge, find, rows_by
from schema.person import Person
from schema.scope import Scope, context

PERSON_BY_ID = Edge("person", "schema.person:Person", "person_resolved", "id")
REVIEW_BY_ID = Edge("link_review", "schema.identity:LinkReview", "link_review", "id", current=False)


@strawberry.input(description="核对身份 · Whether two mentions are one person: a pair for review, or two mentions.")
class DecideLinkInput:
    """What somebody decides."""

    review_id: strawberry.ID | None = strawberry.field(default=None, description="待核对 · The pair for review; or the two mentions:")
    mention_id: strawberry.ID | None = strawberry.field(default=None, description="提及一 · One mention.")
    other_id: strawberry.ID | None = strawberry.field(default=None, description="提及二 · The other.")
    same: bool = strawberry.field(description="同一人 · true: one person; false: two.")
    by: str = strawberry.field(description="经办人 · Who decides.")
    reason: str = strawberry.field(description="理由 · Why; no numbers.")


@strawberry.input(description="暂不能判定 · Two mentions that cannot be told from one another: a pair for review, or two mentions.")
class LeaveUndecidedInput:
    """What somebody cannot tell, and who could."""

    review_id: strawberry.ID | None = strawberry.field(default=None, description="待核对 · The pair for review; or the two mentions:")
    mention_id: strawberry.ID | None = strawberry.field(default=None, description="提及一 · One mention.")
    other_id: strawberry.ID | None = strawberry.field(default=None, description="提及二 · The other.")
    settler: str = strawberry.field(description="可核实者 · Who could settle it: an office, a school, a village.")
    by: str = strawberry.field(description="经办人 · Who looked.")
    reason: str = strawberry.field(description="理由 · What is missing; no numbers.")


@strawberry.input(description="合并人员 · Two persons who are one.")
class MergePersonsInput:
    """Whom somebody says to be one."""

    person_id: strawberry.ID = strawberry.field(description="人员一 · One person.")
    other_id: strawberry.ID = strawberry.field(description="人员二 · The other.")
    by: str = strawberry.field(description="经办人 · Who decides.")
    reason: str = strawberry.field(description="理由 · Why; no numbers.")


@strawberry.input(description="拆分人员 · Mentions of a person that are somebody else's.")
class SplitPersonInput:
    """What somebody takes from a person."""

    person_id: strawberry.ID = strawberry.field(description="人员 · The person.")
    mention_ids: list[strawberry.ID] = strawberry.field(description="提及 · The mentions that are none of the person's others.")
    by: str = strawberry.field(description="经办人 · Who decides.")
    reason: str = strawberry.field(description="理由 · Why; no numbers.")


@strawberry.input(description="撤销核对结论 · The two mentions whose verdict is withdrawn.")
class WithdrawVerdictInput:
    """What somebody takes back."""

    mention_id: strawberry.ID = strawberry.field(description="提及一 · One mention.")
    other_id: strawberry.ID = strawberry.field(description="提及二 · The other.")
    by: str = strawberry.field(description="经办人 · Who withdraws.")


@strawberry.type(description="已处理 · Whom the mentions mean now.")
class LinkDecided:
    """The outcome when it was done."""

    persons: list[Person] = strawberry.field(description="人员 · One person, or several.")  # type: ignore[valid-type]


@strawberry.type(description="未处理 · It was refused: which field, and what it needs.")
class LinkRefused:
    """The outcome when it was refused."""

    field: str
    reason: str


DecideLinkResult = Annotated[LinkDecided | LinkRefused, strawberry.union("DecideLinkResult", description="结果 · Done or refused.")]


@dataclass(frozen=True)
class Desk:
    """The writer of one mutation, as ``hub.reviewing`` takes it."""

    connection: asyncpg.Connection
    keys: Keys
    division: int
    day: date

    def today(self) -> date:
        """The business date."""
        return self.day


Work = Callable[[Desk], Awaitable[list[int]]]


async def decided(info: Info[Any, Any], prepare: Callable[[], Awaitable[Work]]) -> DecideLinkResult:
    """Do what ``prepare`` has made of the input; the outcome is the persons as they are then, or why it was refused."""
    ctx = context(info)
    assert ctx.keys
    try:
        work = await prepare()
        ctx.forget()
        async with ctx.write() as connection:
            persons = await work(Desk(connection, ctx.keys(), ctx.division, ctx.today))
    except reviewing.NotDecided as refused:
        return LinkRefused(field=FIELDS.get(refused.field, refused.field), reason=str(refused))
    found = [await find(info, Scope(None, ctx.today), PERSON_BY_ID, key) for key in persons]
    return LinkDecided(persons=[person for person in found if person is not None])


async def on_pair(info: Info[Any, Any], review: str | None, mention: str | None, other: str | None, work: Callable[[Desk, int, int], Awaitable[list[int]]]) -> DecideLinkResult:
    """Do work about the two mentions that a mutation names."""

    async def prepare() -> Work:
        one, two = await pair_asked(info, review, mention, other)
        for field, key in (("mention", one), ("other", two)):
            await there(info, MENTION_VERSIONS, field, key)
        return lambda desk: work(desk, one, two)

    return await decided(info, prepare)


async def merged(info: Info[Any, Any], input: MergePersonsInput) -> DecideLinkResult:
    """Merge two persons, by mentions that the viewer may see."""

    async def prepare() -> Work:
        ids = [await person_there(info, field, id_) for field, id_ in (("person", input.person_id), ("other", input.other_id))]
        scope = Scope(None, context(info).today)
        links = [link["id"] for id_ in ids for link in await rows_by(info, scope, LINKS_BY_PERSON).load(id_)]
        versions = await rows_by(info, scope, MENTION_VERSIONS).load_many(links)
        seen = [link for link, told in zip(links, versions, strict=True) if told]
        return lambda desk: reviewing.merge(desk, *ids, by=decider(info, input.by), reason=input.reason, seen=seen)

    return await decided(info, prepare)


async def split(info: Info[Any, Any], input: SplitPersonInput) -> DecideLinkResult:
    """Split mentions off a person."""

    async def prepare() -> Work:
        person = await person_there(info, "person", input.person_id)
        mentions = [mention_key("mentions", id_) for id_ in input.mention_ids]
        for key in mentions:
            await there(info, MENTION_VERSIONS, "mentions", key)
        return lambda desk: reviewing.split(desk, person, mentions, by=decider(info, input.by), reason=input.reason)

    return await decided(info, prepare)


async def there(info: Info[Any, Any], edge: Edge, field: str, key: int) -> None:
    """NotDecided where a mention is not there, or not in the viewer's care: the same."""
    if await find(info, Scope(None, context(info).today), edge, key) is None:
        raise reviewing.NotDecided(field, "there is no such mention")


async def person_there(info: Info[Any, Any], field: str, id_: str) -> int:
    """Whom an id means now. NotDecided where that is nobody, or nobody in the viewer's care: the same."""
    try:
        found = await find_person(info, Scope(None, context(info).today), local_id(id_, "Person"))
    except BadInput as wrong:
        raise reviewing.NotDecided(field, str(wrong)) from wrong
    if found is None:
        raise reviewing.NotDecided(field, "there is no such person")
    return int(found.row["id"])


async def find_person(info: Info[Any, Any], scope: Scope, key: int) -> Any:
    """A person by any id ever issued."""
    found = await find(info, scope, PERSON_BY_ID, key)
    if found is not None:
        return found
    p = tables.person_id
    current = await context(info).value(select(p.c.current).where(p.c.division == context(info).division, p.c.id == key))
    return await find(info, scope, PERSON_BY_ID, current) if current else None


def decider(info: Info[Any, Any], by: str) -> str:
    """Who decides: the viewer; what the input says counts only where there is no account."""
    viewer = context(info).viewer
    return by if viewer.kind is Kind.TEST else viewer.subject


async def pair_asked(info: Info[Any, Any], review: str | None, mention: str | None, other: str | None) -> tuple[int, int]:
    """The two mentions that a mutation names. NotDecided where it names none, or two pairs."""
    if review is None:
        return mention_key("mention", mention), mention_key("other", other)
    found = await find(info, Scope(None, context(info).today), REVIEW_BY_ID, mention_key("review", review))
    if found is None:
        raise reviewing.NotDecided("review", "there is no such pair for review")
    if mention is not None or other is not None:
        named = {mention_key(field, id_) for field, id_ in (("mention", mention), ("other", other)) if id_ is not None}
        if not named <= {found.row["mention"], found.row["other"]}:
            raise reviewing.NotDecided("review", "it is a pair of other mentions; name the pair (reviewId) or its two mentions (mentionId, otherId)")
    return found.row["mention"], found.row["other"]


#: What ``hub.reviewing`` calls a field -> its name here.
FIELDS = {"review": "reviewId", "mention": "mentionId", "other": "otherId", "person": "personId", "mentions": "mentionIds"}


def mention_key(field: str, id_: str | None) -> int:
    """The key of a mention or pair that a mutation names; NotDecided where it is none."""
    if id_ is None:
        raise reviewing.NotDecided(field, "name a pair for review (reviewId), or two mentions (mentionId, otherId)")
    try:
        return local_id(id_, "LinkReview" if field == "review" else "Mention")
    except BadInput as wrong:
        raise reviewing.NotDecided(field, str(wrong)) from wrong
