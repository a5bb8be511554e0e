"""Deciding who is who over the endpoint: what is asked, what comes of it, and on whose behalf."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import asyncpg
import strawberry
from strawberry.types import Info

from hub import reviewing
from hub.access.sealing import Keys
from hub.access.viewer import Kind
from hub.query.cursors import local_id
from hub.query.reading import BadInput
from schema.identity import MENTION_VERSIONS
from schema.nodes import Edge, find
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


@strawberry.input(description="撤销核对结论 · The two mentions whose verdict is withdrawn.")
class WithdrawVerdictInput:
    """What somebody takes back."""

    mention_id: strawberry.ID = strawberry.field(description="提及一 · One mention.")
    other_id: strawberry.ID = strawberry.field(description="提及二 · The other.")
    by: str = strawberry.field(description="经办人 · Who withdraws.")


@strawberry.type(description="已处理 · Whom the two mentions mean now.")
class LinkDecided:
    """The outcome when it was done."""

    persons: list[Person] = strawberry.field(description="人员 · One person, or two.")  # type: ignore[valid-type]


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


async def decided(info: Info[Any, Any], asked: Callable[[], Awaitable[tuple[int, int]]], work: Callable[[Desk, int, int], Awaitable[list[int]]]) -> DecideLinkResult:
    """Do the work about the two mentions that are asked for; the outcome is the persons as they are then, or why it was refused."""
    ctx = context(info)
    now = Scope(None, ctx.today)
    assert ctx.keys
    try:
        one, other = await asked()
        for field, key in (("mention", one), ("other", other)):
            if await find(info, now, MENTION_VERSIONS, key) is None:  # not there, or not in the viewer's care: the same
                raise reviewing.NotDecided(field, "there is no such mention")
        async with ctx.write() as connection:
            persons = await work(Desk(connection, ctx.keys(), ctx.division, ctx.today), one, other)
    except reviewing.NotDecided as refused:
        return LinkRefused(field=FIELDS.get(refused.field, refused.field), reason=str(refused))
    found = [await find(info, now, PERSON_BY_ID, key) for key in persons]
    return LinkDecided(persons=[person for person in found if person is not None])


def decider(info: Info[Any, Any], by: str) -> str:
    """Who decides: the viewer; what the input says counts only where there is no account."""
    viewer = context(info).viewer
    return by if viewer.kind is Kind.TEST else viewer.subject


async def pair_asked(info: Info[Any, Any], review: str | None, mention: str | None, other: str | None) -> tuple[int, int]:
    """The two mentions that a mutation names. NotDecided where it names none."""
    if review is None:
        return mention_key("mention", mention), mention_key("other", other)
    found = await find(info, Scope(None, context(info).today), REVIEW_BY_ID, mention_key("review", review))
    if found is None:
        raise reviewing.NotDecided("review", "there is no such pair for review")
    return found.row["mention"], found.row["other"]


#: What ``hub.reviewing`` calls a field -> its name here.
FIELDS = {"review": "reviewId", "mention": "mentionId", "other": "otherId"}


def mention_key(field: str, id_: str | None) -> int:
    """The key of a mention or pair that a mutation names; NotDecided where it is none."""
    if id_ is None:
        raise reviewing.NotDecided(field, "name a pair for review (reviewId), or two mentions (mentionId, otherId)")
    try:
        return local_id(id_, "LinkReview" if field == "review" else "Mention")
    except BadInput as wrong:
        raise reviewing.NotDecided(field, str(wrong)) from wrong
