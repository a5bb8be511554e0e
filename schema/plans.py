"""Plans over the graph: 一家一案 and 一生一案 – facts side by side, what is given, what is due, what cannot be told."""

from datetime import date
from decimal import Decimal
from typing import Any

import strawberry
from strawberry.types import Info

from hub.casework import plans
from hub.query.cursors import global_id
from schema.household import Household
from schema.nodes import Edge, rows_by, wrap
from schema.person import Person
from schema.scope import Scope, context

PERSON_BY_ID = Edge("person", "schema.person:Person", "person_resolved", "id")
HOUSEHOLD_BY_ID = Edge("household", "schema.household:Household", "household", "id")


@strawberry.type(description="事实 · What one source says, with its date; sources stand side by side.")
class PlanFact:
    """One fact."""

    noun: str
    says: str
    department: str
    source: str
    as_of: date | None
    record_id: strawberry.ID


@strawberry.type(description="项目结论 · What a programme's rule says of the child.")
class ProgrammeAnswer:
    """One programme."""

    code: str
    name: str
    name_en: str
    payer: str
    cites: str
    answer: str = strawberry.field(description="RECEIVING 已享受, DUE 应享未享, NOT_DUE 不符合, UNKNOWN 资料不足.")
    reason: str
    reason_en: str
    missing: list[str] = strawberry.field(description="缺少的资料 · What is missing where it cannot be told.")
    settled_by: str | None = strawberry.field(description="由谁补齐 · The department that can settle it.")


@strawberry.type(description="一生一案 · A child's plan, assembled from all sources.")
class ChildPlan:
    """One child."""

    person: Person  # type: ignore[valid-type]
    on: date
    facts: list[PlanFact]
    disagreements: list[str] = strawberry.field(
        description="部门不一致及提示 · Where departments say different things; the planner chooses, with a reason. Besides: rows in quarantine that may be anybody's."
    )
    programmes: list[ProgrammeAnswer]


@strawberry.type(
    description="一家一案 · A household's plan: its members, its children's plans, and the cash that comes once to the household."
)
class AidPlan:
    """One household."""

    household: Household  # type: ignore[valid-type]
    on: date
    members: list[Person]  # type: ignore[valid-type]
    children: list[ChildPlan]
    household_cash: Decimal | None = strawberry.field(
        description="低保月保障金额（全户一次） · The household's monthly allowance, counted once."
    )


async def child_plan(info: Info[Any, Any], scope: Scope, person: int) -> ChildPlan | None:
    """The plan of one child."""
    rows = await rows_by(info, scope, PERSON_BY_ID).load(person)
    return (await _plans(info, scope, [rows[0]]))[0] if rows else None


async def aid_plan(info: Info[Any, Any], scope: Scope, household: int) -> AidPlan | None:
    """The plan of a household, register or living."""
    ctx = context(info)
    found = await rows_by(info, scope, HOUSEHOLD_BY_ID).load(household)
    if not found:
        return None
    members = await plans.household_members(ctx.rows, ctx.division, household, known=scope.known)
    children = [row for row in members if row["born_to"] is not None and _age(row["born_to"], scope.on) < 18]
    cash = await rows_by(info, scope, Edge("cash", "", "assistance", "household")).load(household)
    monthly = [row["monthly_amount"] for row in cash if row["programme"] == "F01" and row["monthly_amount"] is not None]
    return AidPlan(
        household=wrap(HOUSEHOLD_BY_ID.target, found[0], scope),
        on=scope.on,
        members=[wrap(PERSON_BY_ID.target, row, scope) for row in members],
        children=await _plans(info, scope, children),
        household_cash=max(monthly) if monthly else None,
    )


async def _plans(info: Info[Any, Any], scope: Scope, people: list[Any]) -> list[ChildPlan]:
    ctx = context(info)
    told = await plans.child_plans(ctx.rows, ctx.division, [row["id"] for row in people], on=scope.on, known=scope.known)
    return [
        ChildPlan(
            person=wrap(PERSON_BY_ID.target, row, scope),
            on=scope.on,
            disagreements=[*plan.disagreements, *plan.notices],
            facts=[
                PlanFact(
                    noun=f.noun,
                    says=f.says,
                    department=f.source.split(".")[0],
                    source=f.source,
                    as_of=f.as_of,
                    record_id=strawberry.ID(global_id("Record", f"{f.record}/{f.hash}")),
                )
                for f in plan.facts
            ],
            programmes=[
                ProgrammeAnswer(
                    code=a.programme.code,
                    name=a.programme.name_zh,
                    name_en=a.programme.name_en,
                    payer=a.programme.payer,
                    cites=a.programme.cites,
                    answer=a.judgement.answer.value,
                    reason=a.judgement.reason_zh,
                    reason_en=a.judgement.reason_en,
                    missing=list(a.judgement.missing),
                    settled_by=a.judgement.department,
                )
                for a in plan.answers
            ],
        )
        for row, plan in zip(people, told, strict=True)
    ]


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
