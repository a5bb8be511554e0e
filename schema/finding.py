"""Findings: what a cross-check found, with the records of both sides; and the conclusion that a person records."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Date, Text, cast, column, func, values
from sqlalchemy.dialects.postgresql import JSONB
from strawberry.types import Info

from hub.query.reading import Args, BadInput, Listed, Place, Rows
from hub.rules import RULES
from schema.connections import Within, connection_type, page
from schema.nodes import Edge, elements, make, paired_id, plain, reads, rows_by, wrap
from schema.provenance import RECORDS_BY_ID, TIERS
from schema.scope import Scope, context

if TYPE_CHECKING:
    from schema.sources import Record

CONCLUSIONS = Edge(
    "conclusions",
    "schema.finding:Conclusion",
    "conclusion",
    "finding",
    "id",
    order=("publication",),
    description="结论 · What was concluded, in order.",
)


def read_side_record(place: Place, args: Args) -> Rows:
    """The version of the row that a side rests on."""
    r, side = place.table("record"), place.columns["value"]
    same = (r.c.id == cast(side["record"].astext, BigInteger), cast(r.c.hash, Text) == side["hash"].astext)
    return Rows(r, (r.c.division == place.division, *same), many=False)


@strawberry.type(description="证据 · What one side's row says, and the row itself.")
class Evidence:
    """One record of one side."""

    department: str = strawberry.field(description="部门 · Department.")
    source: str = strawberry.field(description="来源 · Source.")
    says: str = strawberry.field(description="内容 · What it says, without numbers.")
    as_of: date | None = strawberry.field(description="自何时 · Since when.")
    fact: str = strawberry.field(description="事实类别 · The noun.")
    tier: str | None = strawberry.field(description="关联级别 · How sure it is whom the row means, as of a finding; null of a school's.")
    record: Annotated["Record", strawberry.lazy("schema.sources")] | None = strawberry.field(description="记录 · The row.", metadata=reads(read_side_record))  # type: ignore[valid-type]


@strawberry.type(description="已查来源 · A source that was looked into, and how fresh it was.")
class LookedIn:
    """One source a rule needs."""

    source: str
    as_of: date


@strawberry.type(description="规则 · A cross-check: what it asks and on which clauses it stands.")
class RuleCard:
    """One rule."""

    name: str
    number: str
    title: str
    title_en: str
    version: str
    clauses: list[str]


def rule_named(name: str) -> str:
    """The name of a rule there is. BadInput with the names where there is none."""
    if all(rule.name != name for rule in RULES):
        raise BadInput(f"rule: there is no such rule; there are {', '.join(rule.name for rule in RULES)}")
    return name


def rule_card(name: str) -> RuleCard | None:
    """The card of a rule."""
    for rule in RULES:
        if rule.name == name:
            return RuleCard(
                name=rule.name,
                number=rule.number,
                title=rule.title_zh,
                title_en=rule.title_en,
                version=rule.version,
                clauses=list(rule.clauses),
            )
    return None


Conclusion = make(
    "Conclusion",
    {
        "id": paired_id("Conclusion", "finding", "publication"),
        "code": plain("code", str, "结论代码 · Code (E.0.6)."),
        "status": plain("status", str, "状态 · The status it led to."),
        "note": plain("note", str, "说明 · Note."),
        "document": plain("document", str, "证明材料 · Document."),
        "by": plain("by", str, "经办人 · Who."),
        "department": plain("department", str, "部门 · Department."),
        "on": plain("on", date, "日期 · Day."),
        "publication": plain("publication", int, "发布号 · Publication."),
    },
    "核查结论 · What a team member concluded.",
)


def read_evidence(place: Place, args: Args) -> Rows:
    """Both sides, in the order in which the rule told them."""
    sides = elements(place.columns["evidence"]["sides"])
    told = {name: sides.c.value[name].astext for name in ("department", "source", "says", "fact", "tier")}
    as_of = cast(func.nullif(sides.c.value["as_of"].astext, "", type_=Text), Date)
    told["tier"] = place.policy.tier(told["tier"])
    return Rows(sides, order=(sides.c.position,), columns={**told, "as_of": as_of, "value": sides.c.value})


def read_looked_in(place: Place, args: Args) -> Rows:
    """The sources that the rule looked into, but for those of which one may not know when they came."""
    looked = elements(place.columns["evidence"]["looked_in"])
    columns = {"source": looked.c.value["source"].astext, "as_of": cast(looked.c.value["as_of"].astext, Date)}
    return Rows(looked, place.policy.timed(columns["source"]), order=(looked.c.position,), columns=columns)


def read_rule(place: Place, args: Args) -> Rows:
    """The card of the rule, from the register of rules."""
    texts = ("name", "number", "title", "title_en", "version")
    cards = [(r.name, r.number, r.title_zh, r.title_en, r.version, list(r.clauses)) for r in RULES]
    known = values(*(column(name, Text) for name in texts), column("clauses", JSONB), name="rule").data(cards).alias()
    return Rows(known, (known.c.name == place.columns["rule"],), many=False)


def _evidence() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        sides = self.row["evidence"]["sides"]
        versions = await rows_by(info, self.scope, RECORDS_BY_ID).load_many([int(side["record"]) for side in sides])
        return [
            Evidence(
                department=side["department"],
                source=side["source"],
                says=side["says"],
                fact=side["fact"],
                tier=context(info).policy.tier_of(side.get("tier")),
                as_of=date.fromisoformat(side["as_of"]) if side["as_of"] else None,
                record=next((wrap("schema.sources:Record", row, self.scope) for row in rows if str(row["hash"]) == side["hash"]), None),
            )
            for side, rows in zip(sides, versions, strict=True)
        ]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[Evidence]}
    return strawberry.field(resolver=resolve, description="双方证据 · The records of both sides.", metadata=reads(read_evidence))


def _looked_in() -> Any:
    def resolve(self: Any, info: Info[Any, Any]) -> Any:
        looked = [told for told in self.row["evidence"]["looked_in"] if not context(info).policy.is_untimed(told["source"])]
        return [LookedIn(source=told["source"], as_of=date.fromisoformat(told["as_of"])) for told in looked]

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": list[LookedIn]}
    return strawberry.field(resolver=resolve, description="已查来源 · Where was looked, and how fresh that was.", metadata=reads(read_looked_in))


def _rule() -> Any:
    def resolve(self: Any) -> Any:
        return rule_card(self.row["rule"])

    resolve.__annotations__ = {"return": RuleCard | None}
    return strawberry.field(resolver=resolve, description="规则 · The rule.", metadata=reads(read_rule))


Finding = make(
    "Finding",
    {
        "rule": _rule(),
        "rule_version": plain("rule_version", str, "规则版本 · Version of the rule."),
        "subject": plain("subject", str, "对象 · person or school."),
        "kind": plain("kind", str, "子类 · Sub-list."),
        "school_year": plain("school_year", int, "学年 · School year (it begins in September)."),
        "reference_date": plain("reference_date", date, "基准日 · Reference date."),
        "severity": plain("severity", str, "严重程度 · high, medium or low."),
        "confidence": plain("confidence", str, "关联级别 · The weakest link it rests on: " + TIERS),
        "status": plain("status", str, "状态 · 待核查, 核查中, 属实, 不属实, 已解决, 误报, 销号."),
        "township": plain("township", str, "责任乡镇 · Owner township."),
        "opened_on": plain("opened_on", date, "发现日期 · Opened."),
        "due_on": plain("due_on", date, "期限 · Due."),
        "contradicted_on": plain(
            "contradicted_on", date, "被后来数据否定 · Since when the data no longer bears it out; it still waits for a conclusion."
        ),
        "concluded_on": plain("concluded_on", date, "结论日期 · Concluded."),
        "conclusion": plain("conclusion", str, "结论代码 · Code of the last conclusion."),
        "evidence": _evidence(),
        "looked_in": _looked_in(),
    },
    "核查发现 · What a rule found about a person.",
    (
        Edge("person", "schema.person:Person", "person_resolved", "id", "person", many=False, description="当事人 · The person."),
        Edge("school", "schema.school:School", "school", "id", "school", many=False, description="责任学校 · Owner school."),
        CONCLUSIONS,
    ),
)
FindingConnection = connection_type("Finding", Finding, "核查发现列表 · Findings, a page at a time.")


def findings_listed(at: Place, args: Args, *, within: Within | None = None) -> Listed:
    """Findings as a list, oldest first; within a division, its own."""
    f = at.table("finding")
    where = [f.c.division == at.division, at.valid(f)]
    where += [f.c[name] == args.sql(name, Text) for name in ("status", "township") if args.given(name)]
    where += [f.c.rule == args.sql("rule", Text, rule_named)] if args.given("rule") else []
    if within:
        where += within.narrows(f.c.township, [])
    return Listed(f, tuple(where), (f.c.opened_on, f.c.id), "findings")


async def findings_of(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of findings."""
    return await page(info, FindingConnection, listed, args, lambda row: wrap("schema.finding:Finding", row, scope))
