"""校核申请 in the graph: opened by who uses data, answered by who provides it, seen by these two sides."""

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import Text, case, cast, null
from strawberry.types import Info

from hub.casework.corrections import NO_SOURCE, OUTCOMES, PROMISED, WAITING, NotTaken, answer_correction, open_correction
from hub.query.cursors import global_id, global_id_in_sql, local_id
from hub.query.reading import Args, BadInput, Given, Listed, Place, Value
from hub.storage.publishing import publishing
from schema.connections import connection_type, page
from schema.nodes import Edge, find, reads
from schema.scope import Row, Scope, context, place, scope_of

PERSON = Edge("person", "schema.person:Person", "person_resolved", "id")
FINDING = Edge("finding", "schema.finding:Finding", "finding", "id", current=False)


def read_person_id(at: Place, args: Args) -> Value:
    """The person's id; null where it is about none."""
    return case((at.columns["person"].is_(None), cast(null(), Text)), else_=global_id_in_sql("Person", at.columns["person"]))


def read_overdue(at: Place, args: Args) -> Value:
    """Whether it should have been answered by the day; what is promised has been."""
    return at.columns["state"].in_(set(WAITING) - {PROMISED}) & (at.columns["due_on"] < at.on)


def read_no(at: Place, args: Args) -> Value:
    """Its number."""
    return at.columns["id"]


@strawberry.type(description="校核申请 · A request that the department which provides an item check it.")
class Correction:
    """One request."""

    no: int = strawberry.field(description="编号 · Its number.", metadata=reads(read_no))
    source: str = strawberry.field(description="来源 · The list that is asked about.")
    owner: str = strawberry.field(description="提供部门 · Who answers.")
    item: str = strawberry.field(description="信息项 · Which item.")
    statement: str = strawberry.field(description="疑点 · What seems wrong.")
    department: str = strawberry.field(description="申请部门 · Who asks.")
    opened_on: date = strawberry.field(description="申请日期 · When.")
    due_on: date = strawberry.field(description="答复期限 · Ten working days after, or twenty.")
    extension: str | None = strawberry.field(description="延期理由 · Why it takes longer.")
    state: str = strawberry.field(description="状态 · OPEN, EXTENDED, PROMISED until the provider's next delivery says it, CORRECTED or CONFIRMED.")
    answer: str | None = strawberry.field(description="答复 · What was found.")
    answered_on: date | None = strawberry.field(description="答复日期 · When.")
    person_id: strawberry.ID | None = strawberry.field(description="人员 · Whom it is about.", metadata=reads(read_person_id))
    overdue: bool = strawberry.field(description="逾期 · Not answered in time.", metadata=reads(read_overdue))


CorrectionConnection = connection_type("Correction", Correction, "校核申请列表 · Requests, the one due first at the front.")
COLUMNS = ("source", "owner", "item", "statement", "department", "opened_on", "due_on", "extension", "state", "answer", "answered_on")


def read_corrections(at: Place, args: Args) -> Listed:
    """The requests of one's own department, on either side."""
    c = at.table("correction")
    where = [c.c.division == at.division]
    waiting = args.choice("waiting")
    if waiting is not None:
        where.append(c.c.state.in_(WAITING) if waiting else c.c.state.not_in(WAITING))
    return Listed(c, tuple(where), (c.c.due_on, c.c.id), "corrections")


@strawberry.input(description="提出校核申请 · About a person's item in a source, or from a finding.")
class OpenCorrectionInput:
    """What is asked."""

    source: str = strawberry.field(description="来源 · The list, as `sources` names it.")
    item: str = strawberry.field(description="信息项 · Which item, such as 残疾等级.")
    statement: str = strawberry.field(description="疑点 · What seems wrong; no numbers.")
    person_id: strawberry.ID | None = strawberry.field(default=None, description="人员 · Whom it is about.")
    finding_id: strawberry.ID | None = strawberry.field(default=None, description="核查发现 · The finding it comes from (E.11); it names the person.")


@strawberry.input(description="答复校核申请 · By the department that provides the source.")
class AnswerCorrectionInput:
    """What is answered."""

    no: int = strawberry.field(description="编号 · The request.")
    outcome: str = strawberry.field(description=f"结果 · {', '.join(OUTCOMES)}.")
    answer: str = strawberry.field(description="答复 · What was found, or why it takes longer; no numbers.")


@strawberry.type(description="已登记 · The request stands.")
class CorrectionStands:
    """The outcome when it was done."""

    no: int
    due_on: date
    state: str


@strawberry.type(description="未登记 · It was refused: which field, and what it needs.")
class CorrectionRefused:
    """The outcome when it was refused."""

    field: str
    reason: str


CorrectionResult = Annotated[CorrectionStands | CorrectionRefused, strawberry.union("CorrectionResult", description="结果 · Done or refused.")]


async def _about(info: Info[Any, Any], given: OpenCorrectionInput) -> tuple[int | None, int | None]:
    """The person and the finding that are meant, if they are in sight."""
    now = Scope(None, context(info).today)
    try:
        finding = local_id(given.finding_id, "Finding") if given.finding_id else None
        person = local_id(given.person_id, "Person") if given.person_id else None
    except BadInput as wrong:
        raise NotTaken("findingId" if given.finding_id else "personId", str(wrong)) from wrong
    if finding is not None:
        found = await find(info, now, FINDING, finding) if context(info).policy.shows("Finding") else None
        if found is None:
            raise NotTaken("findingId", "there is no such finding")
        return found.row["person"], finding
    if person is not None and await find(info, now, PERSON, person) is None:
        raise NotTaken("personId", "there is no such person")
    return person, None


@strawberry.type
class CorrectionMutations:
    """Open and answer."""

    @strawberry.mutation(description="提出校核申请 · Ask the department that provides an item to check it; the hub edits nothing itself.")  # type: ignore[untyped-decorator]
    async def open_correction(self, info: Info[Any, Any], input: OpenCorrectionInput) -> CorrectionResult:
        ctx = context(info)
        try:
            person, finding = await _about(info, input)
            if ctx.policy.is_untimed(input.source):  # whether such a list has ever come is not told either
                raise NotTaken("source", NO_SOURCE)
            async with (
                ctx.write() as connection,
                publishing(connection, division=ctx.division, kind="correction", by=ctx.viewer.subject, business_date=ctx.today) as publication,
            ):
                no = await open_correction(
                    publication, source=input.source, item=input.item, statement=input.statement, by=ctx.viewer.subject, department=ctx.viewer.department, person=person, finding=finding
                )
                row = await connection.fetchrow("select due_on, state from correction where division = $1 and id = $2", ctx.division, no)
        except NotTaken as refused:
            return CorrectionRefused(field=refused.field, reason=str(refused))
        return CorrectionStands(no=no, **row)

    @strawberry.mutation(description="答复校核申请 · Answer, or extend once; what is corrected comes with the source's next delivery.")  # type: ignore[untyped-decorator]
    async def answer_correction(self, info: Info[Any, Any], input: AnswerCorrectionInput) -> CorrectionResult:
        ctx = context(info)
        try:
            async with (
                ctx.write() as connection,
                publishing(connection, division=ctx.division, kind="correction", by=ctx.viewer.subject, business_date=ctx.today) as publication,
            ):
                await answer_correction(publication, no=input.no, outcome=input.outcome, answer=input.answer, by=ctx.viewer.subject, department=ctx.viewer.department)
                row = await connection.fetchrow("select due_on, state from correction where division = $1 and id = $2", ctx.division, input.no)
        except NotTaken as refused:
            return CorrectionRefused(field=refused.field, reason=str(refused))
        return CorrectionStands(no=input.no, **row)


@strawberry.type
class CorrectionQueries:
    """The requests."""

    @strawberry.field(description="校核申请列表 · Those that one's own department asks or answers.", metadata=reads(read_corrections))  # type: ignore[untyped-decorator]
    async def corrections(
        self,
        info: Info[Any, Any],
        waiting: Annotated[bool | None, strawberry.argument(description="待答复 · true: not answered; false: answered.")] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> CorrectionConnection:
        scope = await scope_of(info, None, None)
        args = Given.of(waiting=waiting, first=first, after=after, last=last, before=before)
        return await page(info, CorrectionConnection, read_corrections(place(info, scope), args), args, lambda row: _correction(row, scope))


def _correction(row: Row, scope: Scope) -> Correction:
    whom = row["person"]
    return Correction(
        **{name: row[name] for name in COLUMNS},
        no=row["id"],
        person_id=None if whom is None else strawberry.ID(global_id("Person", whom)),
        overdue=row["state"] in WAITING and row["due_on"] < scope.on,
    )
