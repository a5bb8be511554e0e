"""Inspection rounds in the graph: the rounds, their rows and answers; opening, answering, countersigning and signing with typed outcomes."""

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Text
from strawberry.types import Info

from hub.access.deciding import departments_that_may
from hub.access.viewer import Kind
from hub.casework.conclusions import DEPARTMENTS
from hub.query.cursors import local_id
from hub.query.policy import CATALOGUE
from hub.query.reading import Args, BadInput, Given, Listed, Place
from hub.rounds.freezing import NotOpened, Wanted, open_round
from hub.rounds.results import Answer, NotTaken, countersign, sign, take
from hub.rules import RULES
from hub.storage.publishing import publishing
from schema.connections import connection_type, page
from schema.nodes import Edge, find, make, plain, reads, wrap
from schema.scope import Scope, context, place, scope_of

#: What a department of a round does there: it sees it, answers its rows and signs it off.
SIGNING = ("InspectionRound.id", "RoundRow.id", "Mutation.answerRow", "Mutation.signRound")
ROUND_BY_ID = Edge("round", "schema.rounds:InspectionRound", "inspection_round", "id", current=False)
ROW_BY_ID = Edge("row", "schema.rounds:RoundRow", "round_row", "id", current=False)
RESULT_BY_ID = Edge("result", "schema.rounds:RoundResult", "round_result", "id", current=False)
SIGNATURE_BY_ID = Edge("signature", "schema.rounds:RoundSignature", "round_signature", "id", current=False)

RoundResult = make(
    "RoundResult",
    {
        "state": plain("state", str, "状态 · TAKEN 成立, WAITING 待会签, CONFLICT 有冲突, REFUSED 未采纳."),
        "reason": plain("reason", str, "原因 · Why it does not stand; blank where it does."),
        "code": plain("code", str, "结论代码 · Code (E.0.6)."),
        "note": plain("note", str, "说明 · Note."),
        "document": plain("document", str, "证明材料 · Document."),
        "by": plain("by", str, "经办人 · Who."),
        "department": plain("department", str, "部门 · Department."),
        "on": plain("on", date, "日期 · Day."),
        "countersigned_by": plain("countersigned_by", str, "会签人 · Who countersigned."),
        "countersigned_for": plain("countersigned_for", str, "会签部门 · For which department."),
    },
    "核查结果 · An answer to a row of a round; a countersignature is one of its own.",
)
RoundSignature = make(
    "RoundSignature",
    {
        "department": plain("department", str, "部门 · Department."),
        "by": plain("by", str, "签字人 · Who."),
        "on": plain("on", date, "日期 · Day."),
        "unanswered": plain("unanswered", int, "未答复行数 · Rows without an answer that stood then."),
    },
    "部门签字 · A department has signed a round off.",
)
InspectionRound = make(
    "InspectionRound",
    {
        "title": plain("title", str, "名称 · What it is called."),
        "frozen_on": plain("frozen_on", date, "名单日期 · The date of the list."),
        "known": plain("known", int, "名单发布号 · The publication as known at which the list is."),
        "rules": plain("rules", list[str], "核查规则 · Whose findings."),
        "townships": plain("townships", list[str], "乡镇街道 · Only these; none: all."),
        "sample": plain("sample", int, "抽样 · Of each township at most so many; null: all."),
        "seed": plain("seed", str, "抽样种子 · What the sample is drawn by."),
        "departments": plain("departments", list[str], "参加部门 · The team."),
        "size": plain("size", int, "行数 · Rows of the list."),
        "fingerprint": plain("fingerprint", str, "名单指纹 · SHA-256 of the list: drawn again, it is the same."),
        "by": plain("by", str, "发起人 · Who opened it."),
        "department": plain("department", str, "发起部门 · For which department."),
        "publication": plain("publication", int, "发布号 · The publication that opened it."),
    },
    "联合核查轮次 · A list of findings frozen at a date, and the departments that look into it.",
    (Edge("signatures", "schema.rounds:RoundSignature", "round_signature", "round", description="签字 · Who has signed; all departments: it is closed."),),
)
RoundRow = make(
    "RoundRow",
    {
        "place": plain("place", int, "序号 · In its township's sheet."),
        "township": plain("township", str, "乡镇街道 · Township."),
        "checksum": plain("checksum", str, "校验码 · As on the sheet."),
    },
    "核查名单行 · A finding on a round's frozen list.",
    (
        Edge("round", "schema.rounds:InspectionRound", "inspection_round", "id", "round", many=False, description="轮次 · The round."),
        Edge("finding", "schema.finding:Finding", "finding", "id", "finding", many=False, current=False, description="核查发现 · The finding, as it is now; with asKnownAt of the round, as on the list."),
        Edge("person", "schema.person:Person", "person_resolved", "id", "person", many=False, description="当事人 · The person."),
        Edge("results", "schema.rounds:RoundResult", "round_result", "row", order=("publication", "id"), description="核查结果 · The answers, in order."),
    ),
)  # fmt: skip
TYPES = [InspectionRound, RoundRow, RoundResult, RoundSignature]
NODES = {"InspectionRound": ROUND_BY_ID, "RoundRow": ROW_BY_ID, "RoundResult": RESULT_BY_ID, "RoundSignature": SIGNATURE_BY_ID}
InspectionRoundConnection = connection_type("InspectionRound", InspectionRound, "联合核查轮次列表 · Rounds, the newest first.")
RoundRowConnection = connection_type("RoundRow", RoundRow, "核查名单 · A round's rows by township and place.")


def read_rounds(at: Place, args: Args) -> Listed:
    """The rounds, the newest first."""
    r = at.table("inspection_round")
    return Listed(r, (r.c.division == at.division,), (-r.c.id,), "inspectionRounds")


def round_key(id_: str) -> int:
    """The key of a round. BadInput where the id is none."""
    return local_id(id_, "InspectionRound")


def read_rows(at: Place, args: Args) -> Listed:
    """A round's rows, a township's, or everything that one may see."""
    r = at.table("round_row")
    where = [r.c.division == at.division, r.c.round == args.sql("round", BigInteger, round_key)]
    where += [r.c.township == args.sql("township", Text)] if args.given("township") else []
    return Listed(r, tuple(where), (r.c.place, r.c.id), "roundRows")


@strawberry.input(description="发起联合核查 · What the round is about.")
class OpenRoundInput:
    """A round to open."""

    title: str = strawberry.field(description="名称 · What it is called; no numbers.")
    rules: list[str] = strawberry.field(description="核查规则 · Whose open findings.")
    departments: list[str] = strawberry.field(description=f"参加部门 · Two at least, your own among them, of {', '.join(DEPARTMENTS)}.")
    townships: list[str] | None = strawberry.field(default=None, description="乡镇街道 · Only these.")
    sample: int | None = strawberry.field(default=None, description="抽样 · Of each township at most so many.")
    seed: str | None = strawberry.field(default=None, description="抽样种子 · What the sample is drawn by; made up where it is not given.")
    frozen_on: date | None = strawberry.field(default=None, description="名单日期 · The business date where it is not given.")
    known: int | None = strawberry.field(default=None, description="名单发布号 · The newest publication where it is not given.")


@strawberry.input(description="填报核查结果 · An answer to a row.")
class AnswerRowInput:
    """An answer."""

    row_id: strawberry.ID = strawberry.field(description="名单行 · The row.")
    code: str = strawberry.field(description="结论代码 · 01 to 18 or 99 (E.0.6).")
    note: str | None = strawberry.field(default=None, description="说明 · Note; no numbers.")
    document: str | None = strawberry.field(default=None, description="证明材料 · Title and number of the document.")


@strawberry.input(description="会签 · An answer of another department that is let stand.")
class CountersignInput:
    """A countersignature."""

    result_id: strawberry.ID = strawberry.field(description="核查结果 · The answer that waits.")


@strawberry.input(description="签字 · A department signs a round off.")
class SignRoundInput:
    """A signature."""

    round_id: strawberry.ID = strawberry.field(description="轮次 · The round.")
    leave_unanswered: bool = strawberry.field(default=False, description="允许未答复 · Sign although rows have no answer that stands.")


@strawberry.type(description="未办理 · It was refused: which field, and what it needs.")
class RoundRefused:
    """The outcome when it was refused."""

    field: str
    reason: str


@strawberry.type(description="已发起 · The round is open.")
class RoundOpened:
    """The outcome when it was opened."""

    round: InspectionRound  # type: ignore[valid-type]


@strawberry.type(description="已填报 · The answer is kept; whether it stands is its state.")
class RowAnswered:
    """The outcome when it was taken."""

    result: RoundResult  # type: ignore[valid-type]
    again: bool = strawberry.field(description="重复 · It was there already.")


@strawberry.type(description="已签字 · The signature stands.")
class RoundSigned:
    """The outcome when it was signed."""

    waits_for: list[str] = strawberry.field(description="尚未签字 · Departments that have yet to sign; none: the round is closed.")


OpenRoundResult = Annotated[RoundOpened | RoundRefused, strawberry.union("OpenRoundResult", description="结果 · Opened or refused.")]
AnswerRowResult = Annotated[RowAnswered | RoundRefused, strawberry.union("AnswerRowResult", description="结果 · Taken or refused.")]
SignRoundResult = Annotated[RoundSigned | RoundRefused, strawberry.union("SignRoundResult", description="结果 · Signed or refused.")]


async def _seen(info: Info[Any, Any], edge: Edge, field: str, id_: str, kind: str) -> Any:
    """What a mutation names, if it is in sight: otherwise it is not there."""
    try:
        found = await find(info, Scope(None, context(info).today), edge, local_id(id_, kind))
    except BadInput as wrong:
        raise NotTaken(field, str(wrong)) from wrong
    if found is None:
        raise NotTaken(field, "there is no such thing, or it is not yours to see")
    return found.row


def kept_out_of(departments: list[str], rules: list[str], on: date) -> str:
    """Why departments can be none of a round: each with the rules that it may not see, or that it signs no rounds here."""
    told = []
    for department in departments:
        closed = [rule.name for rule in RULES if rule.name in rules and department not in departments_that_may(CATALOGUE, SIGNING, rule.reveals, on)]
        signs = department in departments_that_may(CATALOGUE, SIGNING, (), on)
        told.append(f"{department} may not see {', '.join(closed)}" if signs and closed else f"{department} may not see all of it" if signs else f"{department} signs no rounds")
    return f"{'; '.join(told)}: the round could never be closed. Leave the department out, or open a round for each reason"


def _writing(info: Info[Any, Any]) -> Any:
    ctx = context(info)
    ctx.forget()
    return ctx.write()


def _publishing(info: Info[Any, Any], connection: Any) -> Any:
    ctx = context(info)
    return publishing(connection, division=ctx.division, kind="round", by=ctx.viewer.subject, business_date=ctx.today)


@strawberry.type
class RoundMutations:
    """Open, answer, countersign, sign: for one's own department."""

    @strawberry.mutation(description="发起联合核查 · Freeze a list of open findings; who may not read what a rule tells of cannot open a round of it.")  # type: ignore[untyped-decorator]
    async def open_round(self, info: Info[Any, Any], input: OpenRoundInput) -> OpenRoundResult:
        ctx = context(info)
        wanted = Wanted(
            input.title, tuple(input.rules), tuple(input.departments), tuple(input.townships or ()), input.sample, input.seed or "", input.frozen_on, input.known
        )
        closed = [rule.name for rule in RULES if rule.name in input.rules and not ctx.policy.allowed.tables.issuperset(rule.reveals)]
        if closed and ctx.viewer.kind is not Kind.TEST:
            return RoundRefused(field="rules", reason=f"not yours to look into: {', '.join(closed)}")
        reveals = {noun for rule in RULES if rule.name in input.rules for noun in rule.reveals}
        kept_out = sorted(set(input.departments) & set(DEPARTMENTS) - departments_that_may(CATALOGUE, SIGNING, reveals, date.today()))
        if kept_out and ctx.viewer.kind is not Kind.TEST:
            return RoundRefused(field="departments", reason=kept_out_of(kept_out, input.rules, date.today()))
        try:
            async with _writing(info) as connection, _publishing(info, connection) as publication:
                department = ctx.viewer.department if ctx.viewer.kind is not Kind.TEST else wanted.departments[0] if wanted.departments else ""
                no = await open_round(publication, wanted, by=ctx.viewer.subject, department=department)
        except NotOpened as refused:
            return RoundRefused(field=refused.field, reason=str(refused))
        return RoundOpened(round=await find(info, Scope(None, ctx.today), ROUND_BY_ID, no))

    @strawberry.mutation(description="填报核查结果 · Answer a row; what conflicts or needs a second department waits for its countersignature.")  # type: ignore[untyped-decorator]
    async def answer_row(self, info: Info[Any, Any], input: AnswerRowInput) -> AnswerRowResult:
        ctx = context(info)
        try:
            row = await _seen(info, ROW_BY_ID, "rowId", input.row_id, "RoundRow")
            async with _writing(info) as connection, _publishing(info, connection) as publication:
                told = await take(
                    publication, round_no=row["round"], finding=row["finding"], answer=Answer(input.code, input.note, input.document), by=ctx.viewer.subject, department=ctx.viewer.department
                )
        except NotTaken as refused:
            return RoundRefused(field=refused.field, reason=str(refused))
        return RowAnswered(result=await find(info, Scope(None, ctx.today), RESULT_BY_ID, told.result), again=told.again)

    @strawberry.mutation(description="会签 · Let another department's answer stand.")  # type: ignore[untyped-decorator]
    async def countersign_answer(self, info: Info[Any, Any], input: CountersignInput) -> AnswerRowResult:
        ctx = context(info)
        try:
            row = await _seen(info, RESULT_BY_ID, "resultId", input.result_id, "RoundResult")
            async with _writing(info) as connection, _publishing(info, connection) as publication:
                told = await countersign(publication, result=row["id"], by=ctx.viewer.subject, department=ctx.viewer.department)
        except NotTaken as refused:
            return RoundRefused(field=refused.field, reason=str(refused))
        return RowAnswered(result=await find(info, Scope(None, ctx.today), RESULT_BY_ID, told.result), again=told.again)

    @strawberry.mutation(description="签字 · Sign a round off for one's department; it is closed when all have.")  # type: ignore[untyped-decorator]
    async def sign_round(self, info: Info[Any, Any], input: SignRoundInput) -> SignRoundResult:
        ctx = context(info)
        try:
            row = await _seen(info, ROUND_BY_ID, "roundId", input.round_id, "InspectionRound")
            async with _writing(info) as connection, _publishing(info, connection) as publication:
                left = await sign(publication, round_no=row["id"], by=ctx.viewer.subject, department=ctx.viewer.department, unanswered=input.leave_unanswered)
        except NotTaken as refused:
            return RoundRefused(field=refused.field, reason=str(refused))
        return RoundSigned(waits_for=list(left))


@strawberry.type
class RoundQueries:
    """The rounds and their rows."""

    @strawberry.field(description="联合核查轮次列表 · Rounds, the newest first; those of which one may not read everything are not there.", metadata=reads(read_rounds))  # type: ignore[untyped-decorator]
    async def inspection_rounds(
        self,
        info: Info[Any, Any],
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: int | None = None,
    ) -> InspectionRoundConnection:
        scope = await scope_of(info, as_known_at, None)
        args = Given.of(first=first, after=after, last=last, before=before)
        listed = read_rounds(place(info, scope), args)
        return await page(info, InspectionRoundConnection, listed, args, lambda row: wrap("schema.rounds:InspectionRound", row, scope))

    @strawberry.field(description="核查名单 · A round's rows, one township's or all that are in sight.", metadata=reads(read_rows))  # type: ignore[untyped-decorator]
    async def round_rows(
        self,
        info: Info[Any, Any],
        round: strawberry.ID,
        township: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: int | None = None,
    ) -> RoundRowConnection:
        scope = await scope_of(info, as_known_at, None)
        args = Given.of(round=round, township=township, first=first, after=after, last=last, before=before)
        listed = read_rows(place(info, scope), args)
        return await page(info, RoundRowConnection, listed, args, lambda row: wrap("schema.rounds:RoundRow", row, scope))
