"""The graph, assembled: its root fields, its mutations, and the Strawberry object that serves them."""

from contextlib import suppress
from dataclasses import replace
from datetime import date
from typing import Annotated, Any

import strawberry
from graphql import GraphQLError
from sqlalchemy import BigInteger, Text, any_, cast, func, select
from sqlalchemy.dialects.postgresql import array
from strawberry.schema.config import StrawberryConfig
from strawberry.types import Info

from hub import reviewing
from hub.access.viewer import Kind
from hub.casework import conclusions
from hub.domain.nouns import NOUNS
from hub.query.cursors import key_of, local_id, split_id
from hub.query.reading import Args, BadInput, Given, Listed, Place, Read, Rows, Value
from hub.rounds.results import beside_a_round
from hub.storage import tables
from hub.storage.publishing import NothingPublished, publishing
from schema import audit, facts, finding, household, identity, indicators, person, rounds, school, sources
from schema.audit import AccessConnection, AlarmQueries, read_accesses
from schema.connections import connection_type, page
from schema.corrections import CorrectionMutations, CorrectionQueries
from schema.deciding import (
    PERSON_BY_ID,
    REVIEW_BY_ID,
    DecideLinkInput,
    DecideLinkResult,
    Desk,
    LeaveUndecidedInput,
    MergePersonsInput,
    SplitPersonInput,
    WithdrawVerdictInput,
    decider,
    find_person,
    merged,
    on_pair,
    split,
)
from schema.division import Division, all_divisions, division_of, read_division, read_divisions
from schema.events import Subscription
from schema.finding import Finding, FindingConnection, findings_listed, findings_of
from schema.household import Household
from schema.identity import LinkReviewConnection, link_reviews, link_reviews_listed
from schema.nodes import Edge, Node, find, reads, rows_by, wrap
from schema.people import (
    ChildFilter,
    ChildGroup,
    Count,
    PersonConnection,
    PersonOrder,
    child_counts,
    people,
    people_listed,
    read_child_counts,
)
from schema.person import Person
from schema.plans import AidPlan, ChildPlan, aid_plan, child_plan, read_aid_plan, read_child_plan
from schema.register import RegisterEntry
from schema.requests import RequestMutations, RequestQueries
from schema.rounds import RoundMutations, RoundQueries
from schema.school import School
from schema.scope import Scope, context, place, scope_of
from schema.sources import DeliveryConnection, Source, read_deliveries, read_sources
from schema.support import SupportMeasureConnection, read_support_measures, support_measures

AsKnownAt = Annotated[
    int | None, strawberry.argument(description="按该发布号所知 · As known at this publication; everything below answers as it did then.")
]
On = Annotated[
    date | None, strawberry.argument(description="业务日期 · The day that counts as today; the business date where it is not given.")
]

HOUSEHOLD_BY_ID = Edge("household", "schema.household:Household", "household", "id")
SCHOOL_BY_ID = Edge("school", "schema.school:School", "school", "id")
FINDING_BY_ID = Edge("finding", "schema.finding:Finding", "finding", "id", current=False)

HouseholdConnection = connection_type("Household", Household, "家庭列表 · Households, a page at a time.")
SchoolConnection = connection_type("School", School, "学校列表 · Schools, a page at a time.")


async def find_node(info: Info[Any, Any], scope: Scope, id_: str) -> Any:
    """Any node by its id."""
    kind, key = split_id(id_)
    if (kind not in PAIRED and kind not in NODES) or not context(info).policy.shows(kind):
        raise BadInput("id: this is not an id of the hub")
    if kind in PAIRED:
        return await find_paired(info, scope, kind, key)
    return await (find_person(info, scope, key_of(key)) if kind == "Person" else find(info, scope, NODES[kind], key_of(key)))


async def find_paired(info: Info[Any, Any], scope: Scope, kind: str, key: str) -> Any:
    """A node whose key is two columns: 'one/other'."""
    edge, other = PAIRED[kind]
    one, _, told = key.partition("/")
    rows = await rows_by(info, scope, edge).load(key_of(one))
    found = next((row for row in rows if str(row[other]) == told), None)
    return wrap(edge.target, found, scope) if found else None


def read_person(at: Place, args: Args) -> Rows:
    """A person by any id ever issued: the one who has it, else the one it resolves to."""
    return _person(at, args.sql("id", BigInteger, person_key))


def read_node(at: Place, args: Args) -> Rows:
    """Any node: its kind stands in its id."""
    kind = args.choice("id", kind_of)
    if not at.policy.shows(kind):  # as a kind that there is not
        raise BadInput("id: this is not an id of the hub")
    if kind in PAIRED:
        edge, other = PAIRED[kind]
        r = at.table(edge.table)
        same = (r.c[edge.by] == args.sql("id", BigInteger, first_key), cast(r.c[other], Text) == args.sql("id", Text, second_key))
        return Rows(r, (r.c.division == at.division, *same), many=False, type_name=kind)
    key = args.sql("id", BigInteger, node_key)
    found = _person(at, key) if kind == "Person" else replace(NODES[kind].rows(at, key), many=False)
    return replace(found, type_name=kind)


def _person(at: Place, key: Value) -> Rows:
    p, ids = at.table("person_resolved"), tables.person_id.alias()
    current = select(ids.c.current).where(ids.c.division == at.division, ids.c.id == key).scalar_subquery()
    where = (p.c.division == at.division, p.c.id == any_(array([key, current])), at.valid(p))
    return Rows(p, where, ((p.c.id == key).desc(),), many=False)


def read_by_id(edge: Edge, kind: str, argument: str = "id") -> Read:
    """A node of one kind by its id."""

    def key(text: str) -> int:
        return local_id(text, kind)

    def read(at: Place, args: Args) -> Rows:
        return replace(edge.rows(at, args.sql(argument, BigInteger, key)), many=False)

    return read


def read_children(at: Place, args: Args) -> Listed:
    """People under 18 on the day."""
    return people_listed(at, args, children=True)


def read_persons(at: Place, args: Args) -> Listed:
    """Everybody."""
    return people_listed(at, args, children=False)


def read_households(at: Place, args: Args) -> Listed:
    """Households by id."""
    h = at.table("household")
    kind = [h.c.kind == args.sql("kind", Text)] if args.choice("kind", bool) else []
    return Listed(h, (h.c.division == at.division, *kind), (h.c.id,), "households")


def read_schools(at: Place, args: Args) -> Listed:
    """Schools by name."""
    s = at.table("school")
    named = [func.strpos(s.c.name, args.sql("nameContains", Text)) > 0] if args.choice("nameContains", bool) else []
    return Listed(s, (s.c.division == at.division, *named), (s.c.name.collate("C"), s.c.id), "schools")


def read_business_date(at: Place, args: Args) -> Value:
    """The day that counts as today."""
    return at.on


def read_publication(at: Place, args: Args) -> Value:
    """The newest publication's number."""
    p = tables.publication.alias()
    newest = select(func.coalesce(func.max(p.c.no), 0, type_=BigInteger)).where(p.c.division == at.division)
    return newest.scalar_subquery()


def kind_of(text: str) -> str:
    """The kind of node that an id names."""
    kind, _ = split_id(text)
    if kind not in PAIRED and kind not in NODES:
        raise BadInput("id: this is not an id of the hub")
    return kind


def person_key(text: str) -> int:
    """A person's key in an id."""
    return local_id(text, "Person")


def node_key(text: str) -> int:
    """The key in an id of any kind."""
    return key_of(split_id(text)[1])


def first_key(text: str) -> int:
    """The first of two keys in an id."""
    return key_of(split_id(text)[1].partition("/")[0])


def second_key(text: str) -> str:
    """The second of two keys in an id."""
    return split_id(text)[1].partition("/")[2]


@strawberry.type(description="查询 · What can be asked.")
class Query(RequestQueries, CorrectionQueries, AlarmQueries, RoundQueries, indicators.IndicatorQueries):
    """The root fields."""

    @strawberry.field(description="人员 · A person, by any id ever issued.", metadata=reads(read_person))  # type: ignore[untyped-decorator]
    async def person(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Person | None:
        return await find_person(info, await scope_of(info, as_known_at, on), local_id(id, "Person"))

    @strawberry.field(description="儿童 · A child, by any id ever issued.", metadata=reads(read_person))  # type: ignore[untyped-decorator]
    async def child(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Person | None:
        return await find_person(info, await scope_of(info, as_known_at, on), local_id(id, "Person"))

    @strawberry.field(description="儿童列表 · Children (under 18 on the day), filtered across departments.", metadata=reads(read_children))  # type: ignore[untyped-decorator]
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
        args = Given.of(filter=filter, order_by=order_by, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await people(info, scope, read_children(place(info, scope), args), args)

    @strawberry.field(description="人员列表 · Everybody, filtered across departments.", metadata=reads(read_persons))  # type: ignore[untyped-decorator]
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
        args = Given.of(filter=filter, order_by=order_by, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await people(info, scope, read_persons(place(info, scope), args), args)

    @strawberry.field(description="儿童计数 · Children counted by group.", metadata=reads(read_child_counts))  # type: ignore[untyped-decorator]
    async def child_counts(
        self, info: Info[Any, Any], group_by: ChildGroup, filter: ChildFilter | None = None, as_known_at: AsKnownAt = None, on: On = None
    ) -> list[Count]:
        return await child_counts(info, await scope_of(info, as_known_at, on), Given.of(group_by=group_by, filter=filter))

    @strawberry.field(description="家庭 · A household.", metadata=reads(read_by_id(HOUSEHOLD_BY_ID, "Household")))  # type: ignore[untyped-decorator]
    async def household(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Household | None:
        return await find(info, await scope_of(info, as_known_at, on), HOUSEHOLD_BY_ID, local_id(id, "Household"))

    @strawberry.field(description="家庭列表 · Households.", metadata=reads(read_households))  # type: ignore[untyped-decorator]
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
        args = Given.of(kind=kind, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        listed = read_households(place(info, scope), args)
        return await page(info, HouseholdConnection, listed, args, lambda row: Household(row=row, scope=scope))

    @strawberry.field(description="学校 · A school.", metadata=reads(read_by_id(SCHOOL_BY_ID, "School")))  # type: ignore[untyped-decorator]
    async def school(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> School | None:
        return await find(info, await scope_of(info, as_known_at, on), SCHOOL_BY_ID, local_id(id, "School"))

    @strawberry.field(description="学校列表 · Schools by name.", metadata=reads(read_schools))  # type: ignore[untyped-decorator]
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
        args = Given.of(name_contains=name_contains, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        listed = read_schools(place(info, scope), args)
        return await page(info, SchoolConnection, listed, args, lambda row: School(row=row, scope=scope))

    @strawberry.field(description="行政区划 · A division by its code of 6 or 9 digits.", metadata=reads(read_division))  # type: ignore[untyped-decorator]
    async def division(self, info: Info[Any, Any], code: str, as_known_at: AsKnownAt = None, on: On = None) -> Division | None:
        return division_of(code, await scope_of(info, as_known_at, on))

    @strawberry.field(description="行政区划列表 · The county's townships.", metadata=reads(read_divisions))  # type: ignore[untyped-decorator]
    async def divisions(self, info: Info[Any, Any], as_known_at: AsKnownAt = None, on: On = None) -> list[Division]:
        return all_divisions(await scope_of(info, as_known_at, on))

    @strawberry.field(description="帮扶措施 · What departments give on the day.", metadata=reads(read_support_measures))  # type: ignore[untyped-decorator]
    async def support_measures(
        self,
        info: Info[Any, Any],
        programme: str | None = None,
        first: int | None = None,
        after: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> SupportMeasureConnection:
        args = Given.of(programme=programme, first=first, after=after)
        scope = await scope_of(info, as_known_at, on)
        return await support_measures(info, scope, read_support_measures(place(info, scope), args), args)

    @strawberry.field(description="核查发现列表 · Findings, oldest first.", metadata=reads(findings_listed))  # type: ignore[untyped-decorator]
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
        args = Given.of(rule=rule, status=status, township=township, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await findings_of(info, scope, findings_listed(place(info, scope), args), args)

    @strawberry.field(description="待核对列表 · Pairs of mentions for a person to decide, the most harmful kind first.", metadata=reads(link_reviews_listed))  # type: ignore[untyped-decorator]
    async def link_reviews(
        self,
        info: Info[Any, Any],
        kind: Annotated[str | None, strawberry.argument(description="类别 · Only of this kind.")] = None,
        decided: Annotated[
            bool | None, strawberry.argument(description="已核对 · true: those with a verdict; false: those that are open; both where it is not given.")
        ] = None,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
        as_known_at: AsKnownAt = None,
        on: On = None,
    ) -> LinkReviewConnection:
        args = Given.of(kind=kind, decided=decided, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await link_reviews(info, scope, link_reviews_listed(place(info, scope), args), args)

    @strawberry.field(description="来源列表 · Sources with their freshness.", metadata=reads(read_sources))  # type: ignore[untyped-decorator]
    async def sources(self, info: Info[Any, Any], as_known_at: AsKnownAt = None, on: On = None) -> list[Source]:
        return await sources.sources(info, await scope_of(info, as_known_at, on))

    @strawberry.field(description="批次列表 · Deliveries.", metadata=reads(read_deliveries))  # type: ignore[untyped-decorator]
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
        args = Given.of(source=source, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, as_known_at, on)
        return await sources.deliveries(info, scope, read_deliveries(place(info, scope), args), args)

    @strawberry.field(description="一案：家庭帮扶方案 · The plan of a household (一家一案), assembled from all sources.", metadata=reads(read_aid_plan))  # type: ignore[untyped-decorator]
    async def aid_plan(
        self, info: Info[Any, Any], household_id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None
    ) -> AidPlan | None:
        return await aid_plan(info, await scope_of(info, as_known_at, on), local_id(household_id, "Household"))

    @strawberry.field(description="一生一案：儿童方案 · The plan of a child, assembled from all sources.", metadata=reads(read_child_plan))  # type: ignore[untyped-decorator]
    async def child_plan(
        self, info: Info[Any, Any], person_id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None
    ) -> ChildPlan | None:
        return await child_plan(info, await scope_of(info, as_known_at, on), local_id(person_id, "Person"))

    @strawberry.field(description="谁看过 · Who looked at a person, for which purpose and at what; looking here leaves an entry too.", metadata=reads(read_accesses))  # type: ignore[untyped-decorator]
    async def accesses(
        self,
        info: Info[Any, Any],
        person_id: strawberry.ID,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> AccessConnection:
        args = Given.of(person_id=person_id, first=first, after=after, last=last, before=before)
        scope = await scope_of(info, None, None)
        return await audit.accesses(info, scope, read_accesses(place(info, scope), args), args)

    @strawberry.field(description="按标识取对象 · Any node by its id.", metadata=reads(read_node))  # type: ignore[untyped-decorator]
    async def node(self, info: Info[Any, Any], id: strawberry.ID) -> Node | None:
        return await find_node(info, await scope_of(info, None, None), id)

    @strawberry.field(
        description="按标识取某时对象 · Any node by its id, as known at a publication or on a day. Clients want node() with an id alone.",
        metadata=reads(read_node),
    )  # type: ignore[untyped-decorator]
    async def node_at(self, info: Info[Any, Any], id: strawberry.ID, as_known_at: AsKnownAt = None, on: On = None) -> Node | None:
        return await find_node(info, await scope_of(info, as_known_at, on), id)

    @strawberry.field(description="业务日期 · The day that counts as today.", metadata=reads(read_business_date))  # type: ignore[untyped-decorator]
    async def business_date(self, info: Info[Any, Any]) -> date:
        return context(info).today

    @strawberry.field(description="最新发布号 · The newest publication; give it to asKnownAt to get the same answer for ever.", metadata=reads(read_publication))  # type: ignore[untyped-decorator]
    async def publication(self, info: Info[Any, Any]) -> int:
        return await context(info).value(select(read_publication(place(info, Scope(None, context(info).today)), Given({})))) or 0


@strawberry.input(description="核查结论 · A conclusion about a finding.")
class ConcludeFindingInput:
    """What a team member concludes."""

    finding_id: strawberry.ID = strawberry.field(description="核查发现 · The finding.")
    code: str = strawberry.field(description="结论代码 · 01 to 18 or 99 (E.0.6).")
    by: str = strawberry.field(description="经办人 · Who concludes; the account, where there is one.")
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
class Mutation(RequestMutations, CorrectionMutations, RoundMutations):
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
        if ctx.viewer.kind is not Kind.TEST and input.department != ctx.viewer.department:
            return ConclusionRefused(field="department", reason=f"you conclude for {ctx.viewer.department}, and for nobody else")
        if await find(info, Scope(None, ctx.today), FINDING_BY_ID, key) is None:  # not there, or not in the viewer's care: the same
            return ConclusionRefused(field="finding", reason="there is no such finding")
        ctx.forget()
        async with (
            ctx.write() as connection,
            publishing(connection, division=ctx.division, kind="conclusion", by=ctx.viewer.subject, business_date=ctx.today) as publication,
        ):
            told = await beside_a_round(publication, key, input.code, input.department) or await conclusions.record_conclusion(
                publication,
                finding=key,
                code=input.code,
                by=decider(info, input.by),
                department=input.department,
                note=input.note,
                document=input.document,
            )
            if isinstance(told, conclusions.ConclusionRefused):
                raise NothingPublished
        if isinstance(told, conclusions.ConclusionRefused):
            return ConclusionRefused(field=told.field, reason=told.reason)
        return ConclusionRecorded(
            finding=await find(info, Scope(None, ctx.today), FINDING_BY_ID, key),
            code=told.code,
            label=told.label,
            status=told.status,
            publication=told.publication,
        )


    @strawberry.mutation(
        description="核对身份 · Decide whether two mentions are one person; it binds the linker until it is withdrawn. The same again changes nothing."
    )  # type: ignore[untyped-decorator]
    async def decide_link(self, info: Info[Any, Any], input: DecideLinkInput) -> DecideLinkResult:
        async def work(desk: Desk, one: int, other: int) -> list[int]:
            return await reviewing.decide(desk, one, other, same=input.same, by=decider(info, input.by), reason=input.reason)

        return await on_pair(info, input.review_id, input.mention_id, input.other_id, work)

    @strawberry.mutation(
        description="暂不能判定 · Say that two mentions cannot be told from one another: they stay apart and wait at the end of the queue."
    )  # type: ignore[untyped-decorator]
    async def leave_undecided(self, info: Info[Any, Any], input: LeaveUndecidedInput) -> DecideLinkResult:
        async def work(desk: Desk, one: int, other: int) -> list[int]:
            return await reviewing.leave_undecided(desk, one, other, settler=input.settler, by=decider(info, input.by), reason=input.reason)

        return await on_pair(info, input.review_id, input.mention_id, input.other_id, work)

    @strawberry.mutation(description="合并人员 · Decide that two persons are one; the id that is given up leads to the other for ever.")  # type: ignore[untyped-decorator]
    async def merge_persons(self, info: Info[Any, Any], input: MergePersonsInput) -> DecideLinkResult:
        return await merged(info, input)

    @strawberry.mutation(description="拆分人员 · Decide that some mentions of a person are none of the others.")  # type: ignore[untyped-decorator]
    async def split_person(self, info: Info[Any, Any], input: SplitPersonInput) -> DecideLinkResult:
        return await split(info, input)

    @strawberry.mutation(
        description="撤销核对结论 · Withdraw a verdict and what was said with it; everything goes back to the persons it was of, under their old ids."
    )  # type: ignore[untyped-decorator]
    async def withdraw_verdict(self, info: Info[Any, Any], input: WithdrawVerdictInput) -> DecideLinkResult:
        async def work(desk: Desk, one: int, other: int) -> list[int]:
            return await reviewing.withdraw(desk, one, other, by=decider(info, input.by))

        return await on_pair(info, None, input.mention_id, input.other_id, work)


#: Nodes whose key is two columns: how the rows of the first are found, and the second.
PAIRED: dict[str, tuple[Edge, str]] = {
    "Record": (Edge("record", "schema.sources:Record", "record", "id"), "hash"),
    "Conclusion": (Edge("conclusion", "schema.finding:Conclusion", "conclusion", "finding", order=("publication",)), "publication"),
}
NODES: dict[str, Edge] = {
    "Person": PERSON_BY_ID,
    "Household": HOUSEHOLD_BY_ID,
    "School": SCHOOL_BY_ID,
    "Finding": FINDING_BY_ID,
    "RegisterEntry": Edge("register_entry", "schema.register:RegisterEntry", "register_entry", "id", current=False),
    "Delivery": Edge("delivery", "schema.sources:Delivery", "delivery", "id"),
    "Mention": person.MENTION_BY_ID,
    "LinkReview": REVIEW_BY_ID,
    **rounds.NODES,
    "LinkVerdict": Edge("link_verdict", "schema.identity:LinkVerdict", "link_verdict", "id", current=False),
    **{
        facts.type_name(noun): Edge(noun.name, f"schema.facts:{facts.type_name(noun)}", noun.name, "id", current=False)
        for noun in NOUNS.values()
    },
}
TYPES = [getattr(facts, facts.type_name(noun)) for noun in NOUNS.values()] + [
    person.Person,
    person.Mention,
    RegisterEntry,
    identity.LinkReview,
    identity.LinkVerdict,
    household.Household,
    school.School,
    finding.Finding,
    finding.Conclusion,
    *rounds.TYPES,
    sources.Record,
    sources.Delivery,
]


class Api(strawberry.Schema):
    """The graph. Its errors carry statements with people's data in them: they go to nobody's log from here."""

    def process_errors(self, errors: list[Any], execution_context: Any = None) -> None:
        """Nothing: the endpoint logs an id and a kind, and the caller gets the id."""


api = Api(query=Query, mutation=Mutation, subscription=Subscription, types=TYPES, config=StrawberryConfig(auto_camel_case=True))


def _day(value: Any) -> date:
    """A day as a request writes it; what is wrong is told in the hub's words."""
    if isinstance(value, str):
        with suppress(ValueError):
            return date.fromisoformat(value)
    raise GraphQLError("a day is written as 2026-09-01, and must be one of the calendar")


_written: Any = api._schema.type_map["Date"]
_written.parse_value = _written.coerce_input_value = _day
