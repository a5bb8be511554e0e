"""Plans over the graph: 一家一案 and 一生一案 – facts side by side, what is given, what is due, what cannot be told."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import strawberry
from sqlalchemy import BigInteger, Integer, func, literal, or_, select
from strawberry.types import Info

from hub.casework import plans
from hub.casework.plan_inputs import Lists, Sight, read_lists, read_told, told_of, told_of_lists
from hub.query.cursors import global_id, local_id
from hub.query.reading import Args, Judged, Judging, Place, Read, Rows, Value
from schema.household import Household
from schema.nodes import Edge, reads, rows_by, wrap
from schema.people import years_before
from schema.person import Person
from schema.scope import Scope, context

PERSON_BY_ID = Edge("person", "schema.person:Person", "person_resolved", "id", current=False)
HOUSEHOLD_BY_ID = Edge("household", "schema.household:Household", "household", "id")
CASH = Edge("cash", "", "assistance", "household")


def read_child_plan(at: Place, args: Args) -> Rows:
    """The plan of one child, by its person's id."""
    found = PERSON_BY_ID.rows(at, args.sql("personId", BigInteger, person_key))
    return replace(found, many=False)


def read_aid_plan(at: Place, args: Args) -> Rows:
    """The plan of a household, by its id."""
    return replace(HOUSEHOLD_BY_ID.rows(at, args.sql("householdId", BigInteger, household_key)), many=False)


def person_key(text: str) -> int:
    """The key in a person's id."""
    return local_id(text, "Person")


def household_key(text: str) -> int:
    """The key in a household's id."""
    return local_id(text, "Household")


def read_day(place: Place, args: Args) -> Value:
    """The day that the plan is for."""
    return place.on


def read_person(place: Place, args: Args) -> Rows:
    """Whose plan it is."""
    return replace(PERSON_BY_ID.rows(place, place.columns["id"]), many=False)


def read_household(place: Place, args: Args) -> Rows:
    """Which household's plan it is."""
    return replace(HOUSEHOLD_BY_ID.rows(place, place.columns["id"]), many=False)


def read_members(place: Place, args: Args) -> Rows:
    """The people whose register or living household it is."""
    p = place.table("person_resolved")
    lives = or_(p.c.register_household == place.columns["id"], p.c.living_household == place.columns["id"])
    return Rows(p, (p.c.division == place.division, lives), (p.c.birth_date, p.c.id))


def read_children(place: Place, args: Args) -> Rows:
    """Those of them who are, or may be, under 18 on the day."""
    members = read_members(place, args)
    assert members.source is not None
    return replace(members, where=(*members.where, members.source.c.born_to > years_before(place.on, literal(18, Integer))))


def read_cash(place: Place, args: Args) -> Value:
    """The household's monthly allowance, as the list repeats it at each member."""
    cash = CASH.rows(place, place.columns["id"])
    assert cash.source is not None
    of_allowance = select(func.max(cash.source.c.monthly_amount)).where(*cash.where, cash.source.c.programme == "F01")
    return of_allowance.correlate_except(cash.source).scalar_subquery()


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


class Judgement(NamedTuple):
    """What the rules give of a child's plan."""

    facts: list[PlanFact]
    disagreements: list[str]
    programmes: list[ProgrammeAnswer]


def judge(lists: Lists, inputs: Any) -> Judgement:
    """A plan of what the statement told of a child."""
    told = read_told(inputs)
    assert told.person is not None
    return judgement(plans.plan_of(told.person["id"], told, lists))


def judgement(plan: plans.Plan) -> Judgement:
    """A plan as the graph has it."""
    return Judgement(
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
        disagreements=[*plan.disagreements, *plan.notices],
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


def sight(place: Place) -> Sight:
    """A place as plans take it."""
    return Sight(place.division, place.on, place.known, place.policy.seen, place.policy.allowed.closed_sources)


PLAN = Judging(
    inputs=lambda place: told_of(sight(place), place.columns), beside=lambda place: told_of_lists(sight(place)), read_beside=read_lists, judge=judge
)


def judged(attribute: str) -> Read:
    """The declaration of a field that the rules give."""
    return lambda place, args: Judged(PLAN, attribute)


@strawberry.type(description="一生一案 · A child's plan, assembled from all sources.")
class ChildPlan:
    """One child."""

    person: Person = strawberry.field(metadata=reads(read_person))  # type: ignore[valid-type]
    on: date = strawberry.field(metadata=reads(read_day))
    facts: list[PlanFact] = strawberry.field(metadata=reads(judged("facts")))
    disagreements: list[str] = strawberry.field(
        description="部门不一致及提示 · Where departments say different things; the planner chooses, with a reason. Besides: rows in quarantine that may be anybody's.",
        metadata=reads(judged("disagreements")),
    )
    programmes: list[ProgrammeAnswer] = strawberry.field(metadata=reads(judged("programmes")))


@strawberry.type(
    description="一家一案 · A household's plan: its members, its children's plans, and the cash that comes once to the household."
)
class AidPlan:
    """One household."""

    household: Household = strawberry.field(metadata=reads(read_household))  # type: ignore[valid-type]
    on: date = strawberry.field(metadata=reads(read_day))
    members: list[Person] = strawberry.field(metadata=reads(read_members))  # type: ignore[valid-type]
    children: list[ChildPlan] = strawberry.field(metadata=reads(read_children))
    household_cash: Decimal | None = strawberry.field(
        description="低保月保障金额（全户一次） · The household's monthly allowance, counted once.", metadata=reads(read_cash)
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
    members = await plans.household_members(ctx.rows, ctx.division, household, known=scope.known, seen=ctx.policy.seen)
    children = [row for row in members if row["born_to"] is not None and _age(row["born_to"], scope.on) < 18]
    cash = await rows_by(info, scope, CASH).load(household)
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
    persons, closed = [row["id"] for row in people], ctx.policy.allowed.closed_sources
    told = await plans.child_plans(ctx.rows, ctx.division, persons, on=scope.on, known=scope.known, seen=ctx.policy.seen, closed=closed)
    return [
        ChildPlan(person=wrap(PERSON_BY_ID.target, row, scope), on=scope.on, **judgement(plan)._asdict()) for row, plan in zip(people, told, strict=True)
    ]


def _age(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))
