"""The graph, assembled: its root fields, its mutations, and the Strawberry object that serves them."""

from datetime import date
from typing import Annotated, Any

import strawberry
from sqlalchemy import func, select
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from hub.casework import conclusions
from hub.domain.nouns import NOUNS
from hub.storage import tables
from hub.storage.publishing import publishing
from schema import facts, finding, household, person, school, sources
from schema.connections import Listed, Page, connection_type, page
from schema.division import Division, all_divisions, division_of
from schema.finding import Finding, FindingConnection, findings_of
from schema.household import Household
from schema.nodes import Edge, Node, rows_by, wrap
from schema.people import ChildFilter, ChildGroup, Count, PersonConnection, PersonOrder, child_counts, people
from schema.person import Person
from schema.plans import AidPlan, ChildPlan, aid_plan, child_plan
from schema.school import School
from schema.scope import BadInput, Scope, context, key_of, local_id, scope_of, split_id
from schema.sources import DeliveryConnection, Source
from schema.support import SupportMeasureConnection, support_measures

AsKnownAt = Annotated[
    int | None, strawberry.argument(description="按该发布号所知 · As known at this publication; everything below answers as it did then.")
]
On = Annotated[
    date | None, strawberry.argument(description="业务日期 · The day that counts as today; the business date where it is not given.")
]

PERSON_BY_ID = Edge("person", "schema.person:Person", "person_resolved", "id")
HOUSEHOLD_BY_ID = Edge("household", "schema.household:Household", "household", "id")
SCHOOL_BY_ID = Edge("school", "schema.school:School", "school", "id")
FINDING_BY_ID = Edge("finding", "schema.finding:Finding", "finding", "id", current=False)

HouseholdConnection = connection_type("Household", Household, "家庭列表 · Households, a page at a time.")
SchoolConnection = connection_type("School", School, "学校列表 · Schools, a page at a time.")


async def find(info: Info[Any, Any], scope: Scope, edge: Edge, key: int) -> Any:
    """A node by its key; None where there is none in the scope."""
    rows = await rows_by(info, scope, edge).load(key)
    return wrap(edge.target, rows[0], scope) if rows else None


async def find_person(info: Info[Any, Any], scope: Scope, key: int) -> Any:
    """A person by any id ever issued."""
    found = await find(info, scope, PERSON_BY_ID, key)
    if found is not None:
        return found
    p = tables.person_id
    current = await context(info).value(select(p.c.current).where(p.c.division == context(info).division, p.c.id == key))
    return await find(info, scope, PERSON_BY_ID, current) if current else None


@strawberry.type(description="查询 · What can be asked.")
class Query:
    """The root fields."""

    @strawberry.field(description="人员 · A person, by any id ever issued.")  # type: ignore[untyped-decorator]
    async def person(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Person | None:
        return await find_person(info, await scope_of(info, as_known_at, on), local_id(id, "Person"))

    @strawberry.field(description="儿童 · A child, by any id ever issued.")  # type: ignore[untyped-decorator]
    async def child(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Person | None:
        return await find_person(info, await scope_of(info, as_known_at, on), local_id(id, "Person"))

    @strawberry.field(description="儿童列表 · Children (under 18 on the day), filtered across departments.")  # type: ignore[untyped-decorator]
    async def children(
        self,
        info: Info[Any, Any],
        filter: ChildFilter | None = None,
        order_by: PersonOrder = PersonOrder.NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> PersonConnection:
        return await people(
            info, await scope_of(info, as_known_at, on), filter or ChildFilter(), order_by, Page(first, after, last, before), children=True
        )

    @strawberry.field(description="人员列表 · Everybody, filtered across departments.")  # type: ignore[untyped-decorator]
    async def persons(
        self,
        info: Info[Any, Any],
        filter: ChildFilter | None = None,
        order_by: PersonOrder = PersonOrder.NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> PersonConnection:
        return await people(
            info, await scope_of(info, as_known_at, on), filter or ChildFilter(), order_by, Page(first, after, last, before), children=False
        )

    @strawberry.field(description="儿童计数 · Children counted by group.")  # type: ignore[untyped-decorator]
    async def child_counts(
        self, info: Info[Any, Any], group_by: ChildGroup, filter: ChildFilter | None = None, as_known_at: AsKnownAt = None, on: On = None
    ) -> list[Count]:
        return await child_counts(info, await scope_of(info, as_known_at, on), group_by, filter or ChildFilter())

    @strawberry.field(description="家庭 · A household.")  # type: ignore[untyped-decorator]
    async def household(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Household | None:
        return await find(info, await scope_of(info, as_known_at, on), HOUSEHOLD_BY_ID, local_id(id, "Household"))

    @strawberry.field(description="家庭列表 · Households.")  # type: ignore[untyped-decorator]
    async def households(
        self,
        info: Info[Any, Any],
        kind: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> HouseholdConnection:
        scope, h = await scope_of(info, as_known_at, on), tables.household
        where = [h.c.division == context(info).division, *([h.c.kind == kind] if kind else []), *_by(h, scope)]
        return await page(
            info,
            HouseholdConnection,
            Listed(h, tuple(where), (h.c.id,), "households"),
            Page(first, after, last, before),
            lambda row: Household(row=row, scope=scope),
        )

    @strawberry.field(description="学校 · A school.")  # type: ignore[untyped-decorator]
    async def school(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> School | None:
        return await find(info, await scope_of(info, as_known_at, on), SCHOOL_BY_ID, local_id(id, "School"))

    @strawberry.field(description="学校列表 · Schools by name.")  # type: ignore[untyped-decorator]
    async def schools(
        self,
        info: Info[Any, Any],
        name_contains: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> SchoolConnection:
        scope, s = await scope_of(info, as_known_at, on), tables.school
        where = [
            s.c.division == context(info).division,
            *([func.strpos(s.c.name, name_contains) > 0] if name_contains else []),
            *_by(s, scope),
        ]
        return await page(
            info,
            SchoolConnection,
            Listed(s, tuple(where), (s.c.name.collate("C"), s.c.id), "schools"),
            Page(first, after, last, before),
            lambda row: School(row=row, scope=scope),
        )

    @strawberry.field(description="行政区划 · A division by its code of 6 or 9 digits.")  # type: ignore[untyped-decorator]
    async def division(self, info: Info[Any, Any], code: str, as_known_at: AsKnownAt = None, on: On = None) -> Division | None:
        return division_of(code, await scope_of(info, as_known_at, on))

    @strawberry.field(description="行政区划列表 · The county's townships.")  # type: ignore[untyped-decorator]
    async def divisions(self, info: Info[Any, Any], as_known_at: AsKnownAt = None, on: On = None) -> list[Division]:
        return all_divisions(await scope_of(info, as_known_at, on))

    @strawberry.field(description="帮扶措施 · What departments give on the day.")  # type: ignore[untyped-decorator]
    async def support_measures(
        self,
        info: Info[Any, Any],
        programme: str | None = None,
        first: int | None = None,
        after: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> SupportMeasureConnection:
        return await support_measures(info, await scope_of(info, as_known_at, on), programme, Page(first, after, None, None))

    @strawberry.field(description="核查发现列表 · Findings, oldest first.")  # type: ignore[untyped-decorator]
    async def findings(
        self,
        info: Info[Any, Any],
        rule: str | None = None,
        status: str | None = None,
        township: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> FindingConnection:
        return await findings_of(info, await scope_of(info, as_known_at, on), rule, status, township, Page(first, after, last, before))

    @strawberry.field(description="来源列表 · Sources with their freshness.")  # type: ignore[untyped-decorator]
    async def sources(self, info: Info[Any, Any], as_known_at: AsKnownAt = None, on: On = None) -> list[Source]:
        return await sources.sources(info, await scope_of(info, as_known_at, on))

    @strawberry.field(description="批次列表 · Deliveries.")  # type: ignore[untyped-decorator]
    async def deliveries(
        self,
        info: Info[Any, Any],
        source: str | None = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> DeliveryConnection:
        return await sources.deliveries(info, await scope_of(info, as_known_at, on), source, Page(first, after, last, before))

    @strawberry.field(description="一案：家庭帮扶方案 · The plan of a household (一家一案), assembled from all sources.")  # type: ignore[untyped-decorator]
    async def aid_plan(
        self, info: Info[Any, Any], household_id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None
    ) -> AidPlan | None:
        return await aid_plan(info, await scope_of(info, as_known_at, on), local_id(household_id, "Household"))

    @strawberry.field(description="一生一案：儿童方案 · The plan of a child, assembled from all sources.")  # type: ignore[untyped-decorator]
    async def child_plan(
        self, info: Info[Any, Any], person_id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None
    ) -> ChildPlan | None:
        return await child_plan(info, await scope_of(info, as_known_at, on), local_id(person_id, "Person"))

    @strawberry.field(description="按标识取对象 · Any node by its id.")  # type: ignore[untyped-decorator]
    async def node(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Node | None:
        scope = await scope_of(info, as_known_at, on)
        kind, key = split_id(id)
        if kind == "Record":
            return await _record(info, scope, key)
        edge = NODES.get(kind)
        if edge is None:
            raise BadInput("id: this is not an id of the hub")
        return await (find_person(info, scope, key_of(key)) if kind == "Person" else find(info, scope, edge, key_of(key)))

    @strawberry.field(description="业务日期 · The day that counts as today.")  # type: ignore[untyped-decorator]
    async def business_date(self, info: Info[Any, Any]) -> date:
        return context(info).today

    @strawberry.field(description="最新发布号 · The newest publication; give it to asKnownAt to get the same answer for ever.")  # type: ignore[untyped-decorator]
    async def publication(self, info: Info[Any, Any]) -> int:
        p = tables.publication
        return await context(info).value(select(func.coalesce(func.max(p.c.no), 0)).where(p.c.division == context(info).division)) or 0


@strawberry.input(description="核查结论 · A conclusion about a finding.")
class ConcludeFindingInput:
    """What a team member concludes."""

    finding_id: strawberry.ID = strawberry.field(description="核查发现 · The finding.")
    code: str = strawberry.field(description="结论代码 · 01 to 18 or 99 (E.0.6).")
    by: str = strawberry.field(description="经办人 · Who concludes.")
    department: str = strawberry.field(description="部门 · Department.")
    note: str | None = strawberry.field(default=None, description="说明 · Note.")
    document: str | None = strawberry.field(default=None, description="证明材料 · Title and number of the document.")


@strawberry.type(description="已记录 · The conclusion stands.")
class ConclusionRecorded:
    """The outcome when it was recorded."""

    finding: Finding
    code: str
    label: str
    status: str
    publication: int


@strawberry.type(description="未记录 · The conclusion was refused: which field, and what it needs.")
class ConclusionRefused:
    """The outcome when it was refused."""

    field: str
    reason: str


ConcludeFindingResult = Annotated[
    ConclusionRecorded | ConclusionRefused, strawberry.union("ConcludeFindingResult", description="结果 · Recorded or refused.")
]


@strawberry.type(description="变更 · What can be done.")
class Mutation:
    """The mutations; each is one transaction with typed outcomes."""

    @strawberry.mutation(
        description="记录核查结论 · Record a conclusion about a finding; the finding leaves the open list in no other way."
    )  # type: ignore[untyped-decorator]
    async def conclude_finding(self, info: Info[Any, Any], input: ConcludeFindingInput) -> ConcludeFindingResult:
        ctx = context(info)
        try:
            key = local_id(input.finding_id, "Finding")
        except BadInput as wrong:
            return ConclusionRefused(field="findingId", reason=str(wrong))
        async with (
            ctx.write() as connection,
            publishing(connection, division=ctx.division, kind="conclusion", by=input.by, business_date=ctx.today) as publication,
        ):
            told = await conclusions.record_conclusion(
                publication,
                finding=key,
                code=input.code,
                by=input.by,
                department=input.department,
                note=input.note,
                document=input.document,
            )
        if isinstance(told, conclusions.ConclusionRefused):
            return ConclusionRefused(field=told.field, reason=told.reason)
        return ConclusionRecorded(
            finding=await find(info, Scope(None, ctx.today), FINDING_BY_ID, key),
            code=told.code,
            label=told.label,
            status=told.status,
            publication=told.publication,
        )


async def _record(info: Info[Any, Any], scope: Scope, key: str) -> Any:
    """A version of a record: 'id/hash'."""
    record, _, content = key.partition("/")
    rows = await rows_by(info, scope, Edge("record", "", "record", "id")).load(key_of(record))
    found = next((row for row in rows if str(row["hash"]) == content), None)
    return sources.Record(row=found, scope=scope) if found else None


def _by(table: Any, scope: Scope) -> list[Any]:
    """What was there at the scope's publication."""
    return [] if scope.known is None else [table.c.publication <= scope.known]


NODES: dict[str, Edge] = {
    "Person": PERSON_BY_ID,
    "Household": HOUSEHOLD_BY_ID,
    "School": SCHOOL_BY_ID,
    "Finding": FINDING_BY_ID,
    "Delivery": Edge("delivery", "schema.sources:Delivery", "delivery", "id"),
    "Mention": person.MENTION_BY_ID,
    **{
        facts.type_name(noun): Edge(noun.name, f"schema.facts:{facts.type_name(noun)}", noun.name, "id", current=False)
        for noun in NOUNS.values()
    },
}
TYPES = [getattr(facts, facts.type_name(noun)) for noun in NOUNS.values()] + [
    person.Person,
    person.Mention,
    household.Household,
    school.School,
    finding.Finding,
    finding.Conclusion,
    sources.Record,
    sources.Delivery,
]


class Api(strawberry.Schema):
    """The graph. Its errors carry statements with people's data in them: they go to nobody's log from here."""

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Nothing: the endpoint logs an id and a kind, and the caller gets the id."""


api = Api(query=Query, mutation=Mutation, types=TYPES, config=StrawberryConfig(auto_camel_case=True))
