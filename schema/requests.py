"""Opening a sealed number, breaking a glass, and what a second person decides: mutations with typed refusals, and the list of requests."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from enum import Enum
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from hub.access import requests
from hub.access.requests import NotOpened, TooOften
from hub.domain.values.concealed import spells_number
from hub.query.cursors import local_id
from hub.query.reading import Args, BadInput, Given, Listed, Place
from schema.connections import connection_type, page
from schema.nodes import Edge, find, reads
from schema.scope import Row, Scope, context, place, scope_of

PERSON = Edge("person", "schema.person:Person", "person_resolved", "id")
FINDING = Edge("finding", "schema.finding:Finding", "finding", "id", current=False)


@strawberry.enum(description="号码 · Which sealed number.")
class Identifier(Enum):
    """What can be opened: name -> the field that shows its mask, which must be open to who asks."""

    NUMBER = "Person.number"
    PHONE = "Person.phone"
    STUDENT_NUMBER = "Enrolment.studentNumber"
    CERTIFICATE_NUMBER = "Certificate.number"



@strawberry.type(description="申请 · Something that a second person decides; it names nobody's name.")
class AccessRequest:
    """One request; whom it is about is not told."""

    no: int = strawberry.field(description="编号 · Its number.")
    kind: str = strawberry.field(description="类别 · NUMBER, GLASS, EXPORT or READING: an account that read of too many people, and reads of nobody until this is agreed to.")
    asked_by: str = strawberry.field(description="申请人 · The account.")
    department: str = strawberry.field(description="部门 · Department.")
    role: str = strawberry.field(description="角色 · Role.")
    purpose: str = strawberry.field(description="用途 · The purpose that was stated.")
    what: str = strawberry.field(description="内容 · Which number, or the hash of the document.")
    reason: str = strawberry.field(description="理由 · Why.")
    asked_at: datetime = strawberry.field(description="申请时间 · When.")
    ends_at: datetime | None = strawberry.field(description="有效至 · Until when it is good.")
    decided_by: str | None = strawberry.field(description="审批人 · The second person.")
    agreed: bool | None = strawberry.field(description="同意 · null while nobody has decided.")


AccessRequestConnection = connection_type("AccessRequest", AccessRequest, "申请列表 · Requests, the newest first.")
COLUMNS = ("no", "kind", "asked_by", "department", "role", "purpose", "what", "reason", "asked_at", "ends_at", "decided_by", "agreed")


def read_access_requests(at: Place, args: Args) -> Listed:
    """Requests, the newest first; whom they are about is not told."""
    r = at.table("access_request")
    where = [r.c.division == at.division]
    waiting = args.choice("waiting")
    if waiting is not None:
        where.append(r.c.decided_by.is_(None) if waiting else r.c.decided_by.is_not(None))
    return Listed(r, tuple(where), (-r.c.no,), "accessRequests")


@strawberry.input(description="申请查看号码 · Which number of whom, and why.")
class AskAccessInput:
    """What somebody asks for."""

    person_id: strawberry.ID = strawberry.field(description="人员 · Whose.")
    what: Identifier = strawberry.field(description="号码 · Which.")
    reason: str = strawberry.field(description="理由 · Why; no numbers.")
    finding_id: strawberry.ID | None = strawberry.field(default=None, description="核查发现 · The case it is for.")


@strawberry.input(description="审批 · A second person's decision.")
class DecideAccessInput:
    """What is decided."""

    no: int = strawberry.field(description="编号 · The request.")
    agreed: bool = strawberry.field(description="同意 · false ends a broken glass at once.")


@strawberry.input(description="查看号码 · One number of one person, by an approval, a broken glass, or – telephones – an open case.")
class RevealIdentifierInput:
    """What is to be opened."""

    person_id: strawberry.ID = strawberry.field(description="人员 · Whose.")
    what: Identifier = strawberry.field(description="号码 · Which.")
    request_no: int | None = strawberry.field(default=None, description="申请编号 · The request that a second person agreed to.")
    finding_id: strawberry.ID | None = strawberry.field(default=None, description="核查发现 · The open case; enough for a telephone.")


@strawberry.input(description="紧急查阅 · One person outside one's care, at once; a second person looks at it afterwards.")
class BreakGlassInput:
    """Whom, and why it cannot wait."""

    person_id: strawberry.ID = strawberry.field(description="人员 · Whom.")
    reason: str = strawberry.field(description="理由 · What happened; no numbers.")


@strawberry.type(description="已登记 · The request stands.")
class AccessStands:
    """The outcome when it was done."""

    no: int = strawberry.field(description="编号 · The request's number.")
    ends_at: datetime | None = strawberry.field(description="有效至 · Until when it is good; null while it waits.")


@strawberry.type(description="号码 · One number, in full.")
class IdentifierRevealed:
    """The outcome when it was opened."""

    value: str = strawberry.field(description="号码 · In full; keep it nowhere.")
    until: datetime = strawberry.field(description="有效至 · Forget it then.")


@strawberry.type(description="未办理 · It was refused: which field, and what it needs.")
class AccessRefused:
    """The outcome when it was refused."""

    field: str
    reason: str


@strawberry.type(description="过于频繁 · The account has opened as many numbers as it may.")
class AccessTooOften:
    """The outcome beyond the rate."""

    reason: str
    seconds: int = strawberry.field(description="秒 · Until it may again.")


AccessResult = Annotated[AccessStands | AccessRefused, strawberry.union("AccessResult", description="结果 · Done or refused.")]
RevealResult = Annotated[IdentifierRevealed | AccessRefused | AccessTooOften, strawberry.union("RevealResult", description="结果 · Opened, refused, or too often.")]


async def _outcome(work: Callable[[], Awaitable[Any]]) -> Any:
    try:
        return await work()
    except NotOpened as refused:
        return AccessRefused(field=refused.field, reason=str(refused))
    except TooOften as often:
        return AccessTooOften(reason=str(often), seconds=often.seconds)


def _key(field: str, id_: str, kind: str) -> int:
    try:
        return local_id(id_, kind)
    except BadInput as wrong:
        raise NotOpened(field, str(wrong)) from wrong


def _asker(info: Info[Any, Any]) -> requests.Asker:
    viewer = context(info).viewer
    return requests.Asker(viewer.subject, viewer.department, viewer.role, context(info).purpose)


def _without_numbers(reason: str) -> str:
    if spells_number(reason):
        raise NotOpened("reason", "a citizen, bank or telephone number has no place in a reason; leave it out")
    return reason


async def _in_sight(info: Info[Any, Any], id_: str, what: Identifier) -> int:
    """The person's key; NotOpened where the person, or the mask of that number, is not there for who asks: the same."""
    ctx = context(info)
    person = await find(info, Scope(None, ctx.today), PERSON, _key("personId", id_, "Person"))
    if person is None:
        raise NotOpened("personId", "there is no such person")
    if what.value not in ctx.policy.allowed.fields:
        raise NotOpened("what", "this number is not shown for this purpose, not even its mask")
    return int(person.row["id"])


async def _case(info: Info[Any, Any], id_: str | None, person: int) -> int | None:
    """The case's key: an open finding about the person, in sight."""
    if id_ is None:
        return None
    ctx = context(info)
    found = await find(info, Scope(None, ctx.today), FINDING, _key("findingId", id_, "Finding")) if ctx.policy.shows("Finding") else None
    if found is None or found.row["person"] != person or found.row["status"] == "销号":
        raise NotOpened("findingId", "there is no such open case of this person")
    return int(found.row["id"])


@strawberry.type
class RequestMutations:
    """The mutations about what needs a second person."""

    @strawberry.mutation(description="申请查看号码 · Ask a second person to agree that one number is opened.")  # type: ignore[untyped-decorator]
    async def ask_access(self, info: Info[Any, Any], input: AskAccessInput) -> AccessResult:
        async def work() -> AccessStands:
            ctx = context(info)
            person = await _in_sight(info, input.person_id, input.what)
            case = await _case(info, input.finding_id, person)
            async with ctx.write() as connection:
                no = await requests.ask(
                    connection, ctx.division, requests.Kind.NUMBER, _asker(info), what=input.what.name, reason=_without_numbers(input.reason), person=person, finding=case
                )
            return AccessStands(no=no, ends_at=None)

        return await _outcome(work)

    @strawberry.mutation(description="审批 · Agree to somebody else's request, or not.")  # type: ignore[untyped-decorator]
    async def decide_access(self, info: Info[Any, Any], input: DecideAccessInput) -> AccessResult:
        async def work() -> AccessStands:
            ctx = context(info)
            async with ctx.write() as connection:
                row = await requests.decide(connection, ctx.division, input.no, by=ctx.viewer.subject, agreed=input.agreed)
            return AccessStands(no=row["no"], ends_at=row["ends_at"])

        return await _outcome(work)

    @strawberry.mutation(
        description="查看号码 · Open one sealed number of one person; one in an operation, so many in an hour, and each is in the audit."
    )  # type: ignore[untyped-decorator]
    async def reveal_identifier(self, info: Info[Any, Any], input: RevealIdentifierInput) -> RevealResult:
        async def work() -> IdentifierRevealed:
            ctx = context(info)
            if ctx.opened:
                raise NotOpened("personId", "one number in one operation")
            ctx.opened = True
            assert ctx.keys
            person = await _in_sight(info, input.person_id, input.what)
            case = await _case(info, input.finding_id, person)
            ctx.noted |= {"request": input.request_no, "case": case}
            async with ctx.write() as connection:
                if input.what is Identifier.PHONE and case is not None:
                    blind, cipher, key_no, until = await requests.open_by_case(connection, ctx.division, ctx.viewer.subject, person=person, what=input.what.name)
                else:
                    blind, cipher, key_no, until = await requests.open_number(
                        connection, ctx.division, ctx.viewer.subject, person=person, what=input.what.name, request=input.request_no
                    )
            ctx.noted["opened"] = input.what.name
            return IdentifierRevealed(value=ctx.keys().open(cipher, blind, key_no), until=until)

        return await _outcome(work)

    @strawberry.mutation(description="紧急查阅 · See one person outside one's care for half an hour; the second person is told, and looks at it.")  # type: ignore[untyped-decorator]
    async def break_glass(self, info: Info[Any, Any], input: BreakGlassInput) -> AccessResult:
        async def work() -> AccessStands:
            ctx = context(info)
            person = _key("personId", input.person_id, "Person")
            async with ctx.write() as connection:
                row = await requests.break_glass(connection, ctx.division, _asker(info), person=person, reason=_without_numbers(input.reason))
            ctx.read.add(str(row["person"]))
            ctx.noted |= {"glass_broken": row["no"]}
            return AccessStands(no=row["no"], ends_at=row["ends_at"])

        return await _outcome(work)


@strawberry.type
class RequestQueries:
    """What waits for a second person."""

    @strawberry.field(description="申请列表 · What needs a second person, the newest first.", metadata=reads(read_access_requests))  # type: ignore[untyped-decorator]
    async def access_requests(
        self,
        info: Info[Any, Any],
        waiting: Annotated[bool | None, strawberry.argument(description="待审批 · true: undecided ones; false: decided ones.")] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> AccessRequestConnection:
        scope = await scope_of(info, None, None)
        args = Given.of(waiting=waiting, first=first, after=after, last=last, before=before)
        return await page(info, AccessRequestConnection, read_access_requests(place(info, scope), args), args, _request)


def _request(row: Row) -> AccessRequest:
    return AccessRequest(**{name: row[name] for name in COLUMNS})
