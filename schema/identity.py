"""Who is who: the links that make up a person, the pairs that wait for somebody to decide, and the verdicts that were given."""

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import strawberry
from sqlalchemy import BigInteger, Float, Integer, Text, case, cast, func, literal, or_, select
from strawberry.types import Info

from hub.identity.deciding import BY_HARM
from hub.query.cursors import global_id, global_id_in_sql
from hub.query.reading import Args, BadInput, Listed, Place, Rows, Value
from hub.query.scalar import within
from schema.connections import connection_type, page
from schema.nodes import Edge, elements, make, plain, reads, rows_by, wrap
from schema.provenance import TIERS, record_of, score_of
from schema.scope import Row, Scope

if TYPE_CHECKING:
    from schema.person import Mention
    from schema.sources import Record

MENTION_VERSIONS = Edge("mention", "schema.person:Mention", "mention", "id", current=False, order=())
LINKS_BY_PERSON = Edge("identity", "", "identity", "person", current=False)
VERDICTS_BY_MENTION = Edge("verdicts", "schema.identity:LinkVerdict", "link_verdict", "mention", current=False)
VERDICTS_BY_OTHER = Edge("verdicts", "schema.identity:LinkVerdict", "link_verdict", "other", current=False)
IN_TIME = ("publication", "kind", "person", "other")
EVENTS_BY_PERSON = Edge("events", "", "identity_event", "person", order=IN_TIME)
EVENTS_BY_OTHER = Edge("events", "", "identity_event", "other", order=IN_TIME)


@strawberry.type(description="理由 · One piece of evidence and its weight; a link's reasons sum to its score.")
class LinkReason:
    """One reason."""

    name: str = strawberry.field(description="特征 · What was compared, and how far it agrees.")
    weight: float = strawberry.field(description="权重 · Natural log odds.")


def read_reasons(place: Place, args: Args) -> Rows:
    """The reasons of a link or a pair: pairs of name and weight."""
    told = elements(place.columns["reasons"])
    columns = {"name": told.c.value[0].astext, "weight": cast(told.c.value[1].astext, Float)}
    return Rows(told, order=(told.c.position,), columns=columns)


def reasons_of(row: Row) -> list[LinkReason]:
    """The same of a row at hand."""
    return [LinkReason(name=name, weight=weight) for name, weight in row["reasons"]]


def _mention(column: str, description: str) -> Any:
    """The field of a mention, as its row last told it."""

    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        versions = await rows_by(info, self.scope, MENTION_VERSIONS).load(self.row[column])
        return wrap(MENTION_VERSIONS.target, versions[-1], self.scope) if versions else None

    def read(place: Place, args: Args) -> Rows:
        m = place.table("mention")
        return Rows(m, (m.c.division == place.division, m.c.id == place.columns[column]), (m.c.valid.desc(),), many=False)

    mention: Any = Annotated["Mention", strawberry.lazy("schema.person")]
    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": mention | None}
    return strawberry.field(resolver=resolve, description=description, metadata=reads(read))


# --- verdicts and pairs for review -------------------------------------------------------------------------------------

LinkVerdict = make(
    "LinkVerdict",
    {
        "same": plain("same", bool, "同一人 · Whether the two mentions are one person; null: it cannot be told, and they stay apart."),
        "by": plain("by", str, "经办人 · Who decided."),
        "reason": plain("reason", str, "理由 · Why."),
        "decided_on": plain("decided_on", date, "日期 · When."),
        "settler": plain("settler", str, "可核实者 · Who could tell, where it could not be told."),
        "mention": _mention("mention", "提及一 · One of the two."),
        "other": _mention("other", "提及二 · The other."),
    },
    "核对结论 · What a person decided about two mentions; it binds the linker until it is withdrawn.",
)


def read_score(place: Place, args: Args) -> Value:
    """A score as a number of the graph."""
    return cast(place.columns["score"], Float)


def read_verdict(place: Place, args: Args) -> Rows:
    """The verdict on a pair."""
    v = place.table("link_verdict")
    return Rows(v, (v.c.division == place.division, *_on(v, place.columns)), (v.c.id, v.c.valid), many=False)


def _on(verdict: Any, pair: Any) -> tuple[Any, Any]:
    """Whether a verdict is on a pair, whichever of the two is told first."""
    one, other = pair["mention"], pair["other"]
    return verdict.c.mention == func.least(one, other, type_=BigInteger), verdict.c.other == func.greatest(one, other, type_=BigInteger)


def _score() -> Any:
    def resolve(self: Any) -> Any:
        return float(self.row["score"])

    resolve.__annotations__ = {"return": float}
    return strawberry.field(resolver=resolve, description="分值 · Natural log odds.", metadata=reads(read_score))


def _reasons() -> Any:
    def resolve(self: Any) -> Any:
        return reasons_of(self.row)

    resolve.__annotations__ = {"return": list[LinkReason]}
    return strawberry.field(resolver=resolve, description="理由 · What speaks for and against one person.", metadata=reads(read_reasons))


def _verdict() -> Any:
    async def resolve(self: Any, info: Info[Any, Any]) -> Any:
        one, other = sorted((self.row["mention"], self.row["other"]))
        found = await rows_by(info, self.scope, VERDICTS_BY_MENTION).load(one)
        return next((wrap(VERDICTS_BY_MENTION.target, row, self.scope) for row in found if row["other"] == other), None)

    resolve.__annotations__ = {"self": Any, "info": Info[Any, Any], "return": LinkVerdict | None}
    return strawberry.field(resolver=resolve, description="核对结论 · What was decided; null while nobody has.", metadata=reads(read_verdict))


LinkReview = make(
    "LinkReview",
    {
        "kind": plain("kind", str, f"类别 · Why it waits, most harmful first: {', '.join(BY_HARM)}."),
        "score": _score(),
        "reasons": _reasons(),
        "mention": _mention("mention", "提及一 · One of the two, with its row."),
        "other": _mention("other", "提及二 · The other, with its row."),
        "verdict": _verdict(),
    },
    "待核对 · Two mentions that stay apart until a person decides.",
)
LinkReviewConnection = connection_type("LinkReview", LinkReview, "待核对列表 · Pairs for a person, a page at a time.")


def kind_named(name: str) -> str:
    """A kind of pairs that there is. BadInput with the kinds where it is none."""
    if name not in BY_HARM:
        raise BadInput(f"kind: there is no such kind; there are {', '.join(BY_HARM)}")
    return name


def link_reviews_listed(at: Place, args: Args) -> Listed:
    """Pairs for review, the most harmful kind and then the likeliest first, and last those that somebody could not tell.

    Open ones are those of which nobody has said what they are and that are still apart.
    """
    r, v = at.table("link_review"), at.table("link_verdict")
    where = [r.c.division == at.division]
    where += [r.c.kind == args.sql("kind", Text, kind_named)] if args.given("kind") else []
    on_it = select(literal(1)).where(v.c.division == at.division, *_on(v, r.c))
    decided, undecided = on_it.where(v.c.same.is_not(None)).exists(), on_it.where(v.c.same.is_(None)).exists()
    wanted = args.choice("decided")
    if wanted is not None:
        where += [decided] if wanted else [~decided, ~_together(at, r)]
    rank = case({kind: place for place, kind in enumerate(BY_HARM)}, value=r.c.kind, else_=len(BY_HARM)) + case((undecided, len(BY_HARM) + 1), else_=0)
    unlikely = cast(func.round(-1000 * r.c.score), Integer)
    return Listed(r, tuple(where), (cast(rank, Integer), unlikely, r.c.id), "linkReviews")


def _together(at: Place, pair: Any) -> Any:
    one, other = at.table("identity"), at.table("identity")
    same = (one.c.division == at.division, one.c.id == pair.c.mention, other.c.division == at.division, other.c.id == pair.c.other)
    return select(literal(1)).where(*same, one.c.person == other.c.person).exists()


async def link_reviews(info: Info[Any, Any], scope: Scope, listed: Listed, args: Args) -> Any:
    """A page of pairs for review."""
    return await page(info, LinkReviewConnection, listed, args, lambda row: wrap("schema.identity:LinkReview", row, scope))


# --- a person's identity -----------------------------------------------------------------------------------------------


def read_record(place: Place, args: Args) -> Rows:
    """The version of the row that a mention or link rests on."""
    r = place.table("record")
    same = (r.c.id == place.columns["record"], r.c.hash == place.columns["hash"])
    return Rows(r, (r.c.division == place.division, *same), many=False)


def read_links(place: Place, args: Args) -> Rows:
    """The person's links whose mention is known, each with the row that last told it."""
    i, m = place.table("identity"), place.table("mention")
    there = select(m.c.id).where(m.c.division == place.division, m.c.id == i.c.id).exists()

    def told(column: str) -> Value:
        last = place.table("mention")
        found = select(last.c[column]).where(last.c.division == place.division, last.c.id == i.c.id).order_by(last.c.valid.desc()).limit(1)
        return within(found, last)

    columns = {**i.c, "score": i.c.score, "role": told("role"), "record": told("record"), "hash": told("hash")}
    return Rows(i, (i.c.division == place.division, i.c.person == place.columns["id"], there), (i.c.id, i.c.valid), columns=columns)


def read_verdicts(place: Place, args: Args) -> Rows:
    """The verdicts about any of the person's mentions."""
    v = place.table("link_verdict")

    def mine(column: Value) -> Any:
        i = place.table("identity")
        ids = select(i.c.id).where(i.c.division == place.division, i.c.person == place.columns["id"])
        return column.in_(ids.correlate_except(i))

    return Rows(v, (v.c.division == place.division, or_(mine(v.c.mention), mine(v.c.other))), (v.c.id, v.c.valid))


def read_events(place: Place, args: Args) -> Rows:
    """What became of the person's id, and of others' through it."""
    e = place.table("identity_event")
    ours = or_(e.c.person == place.columns["id"], e.c.other == place.columns["id"])
    return Rows(e, (e.c.division == place.division, ours), tuple(e.c[name] for name in IN_TIME))


def read_whose(column: str) -> Any:
    """The id of a person that a column names."""

    def read(place: Place, args: Args) -> Value:
        return global_id_in_sql("Person", place.columns[column])

    return read


def read_identity(place: Place, args: Args) -> Rows:
    """The person again: what is below asks of the same row."""
    return Rows(select(literal(1).label("here")).subquery(), many=False, columns=place.columns)


@strawberry.type(description="关联 · Why a source row's mention is this person.")
class IdentityLink:
    """One link."""

    row: strawberry.Private[Row]
    told: strawberry.Private[Row]  # the mention, as its row last told it
    scope: strawberry.Private[Scope]

    @strawberry.field(description="角色 · The role in which the row names the person.")  # type: ignore[untyped-decorator]
    def role(self) -> str:
        return str(self.told["role"])

    @strawberry.field(description="级别 · " + TIERS)  # type: ignore[untyped-decorator]
    def tier(self) -> str:
        return str(self.row["tier"])

    @strawberry.field(description="规则版本 · The rule and the weights that decided it.")  # type: ignore[untyped-decorator]
    def rule_version(self) -> str:
        return str(self.row["rule_version"])

    @strawberry.field(description="分值 · Natural log odds; the reasons sum to it; null of UNNUMBERED.", metadata=reads(read_score))  # type: ignore[untyped-decorator]
    def score(self) -> float | None:
        return score_of(self.row)

    @strawberry.field(description="理由 · Each with its weight.", metadata=reads(read_reasons))  # type: ignore[untyped-decorator]
    def reasons(self) -> list[LinkReason]:
        return reasons_of(self.row)

    @strawberry.field(description="记录 · The row.", metadata=reads(read_record))  # type: ignore[untyped-decorator]
    async def record(self, info: Info[Any, Any]) -> Annotated["Record", strawberry.lazy("schema.sources")] | None:  # type: ignore[valid-type]
        return await record_field(info, self.scope, self.told)


async def record_field(info: Info[Any, Any], scope: Scope, told: Row) -> Any:
    """The version of the row that something rests on, as the graph shows it."""
    found = await record_of(info, scope, told["record"], told["hash"])
    return wrap("schema.sources:Record", found, scope) if found else None


@strawberry.type(description="身份变动 · What became of a person's id.")
class IdentityEvent:
    """One event."""

    row: strawberry.Private[Row]

    @strawberry.field(
        description="类别 · MERGED into the other; FORWARDED to the other from now on; RESTORED from the other; SPLIT: mentions left for the other."
    )  # type: ignore[untyped-decorator]
    def kind(self) -> str:
        return str(self.row["kind"])

    @strawberry.field(description="日期 · The business date.")  # type: ignore[untyped-decorator]
    def on(self) -> date:
        return self.row["on"]  # type: ignore[no-any-return]

    @strawberry.field(description="发布号 · The publication that made it.")  # type: ignore[untyped-decorator]
    def publication(self) -> int:
        return int(self.row["publication"])

    @strawberry.field(description="人员 · The id that it befell; it resolves for ever.", metadata=reads(read_whose("person")))  # type: ignore[untyped-decorator]
    def person_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("Person", self.row["person"]))

    @strawberry.field(description="另一人员 · The other id.", metadata=reads(read_whose("other")))  # type: ignore[untyped-decorator]
    def other_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("Person", self.row["other"]))


@strawberry.type(description="身份 · How the hub knows that these rows name one person.")
class Identity:
    """A person's links, the verdicts that bear on them, and what became of its ids."""

    row: strawberry.Private[Row]
    scope: strawberry.Private[Scope]

    @strawberry.field(description="关联 · Each source row that names the person, and why it is linked.", metadata=reads(read_links))  # type: ignore[untyped-decorator]
    async def links(self, info: Info[Any, Any]) -> list[IdentityLink]:
        links = await rows_by(info, self.scope, LINKS_BY_PERSON).load(self.row["id"])
        versions = await rows_by(info, self.scope, MENTION_VERSIONS).load_many([link["id"] for link in links])
        return [IdentityLink(row=link, told=told[-1], scope=self.scope) for link, told in zip(links, versions, strict=True) if told]

    @strawberry.field(description="核对结论 · What persons decided about any of these mentions.", metadata=reads(read_verdicts))  # type: ignore[untyped-decorator]
    async def verdicts(self, info: Info[Any, Any]) -> list[LinkVerdict]:  # type: ignore[valid-type]
        links = await rows_by(info, self.scope, LINKS_BY_PERSON).load(self.row["id"])
        found = {
            row["id"]: row
            for edge in (VERDICTS_BY_MENTION, VERDICTS_BY_OTHER)
            for rows in await rows_by(info, self.scope, edge).load_many([link["id"] for link in links])
            for row in rows
        }
        return [wrap(VERDICTS_BY_MENTION.target, found[id_], self.scope) for id_ in sorted(found)]

    @strawberry.field(description="身份变动 · Merges, splits and forwards of this id and into it, in time.", metadata=reads(read_events))  # type: ignore[untyped-decorator]
    async def events(self, info: Info[Any, Any]) -> list[IdentityEvent]:
        found = {
            tuple(row[name] for name in IN_TIME): row
            for edge in (EVENTS_BY_PERSON, EVENTS_BY_OTHER)
            for row in await rows_by(info, self.scope, edge).load(self.row["id"])
        }
        return [IdentityEvent(row=found[key]) for key in sorted(found)]


def identity_field() -> Any:
    """Person.identity."""

    def resolve(self: Any) -> Any:
        return Identity(row=self.row, scope=self.scope)

    resolve.__annotations__ = {"return": Identity}
    return strawberry.field(resolver=resolve, description="身份 · The links that make up the person, and what persons decided.", metadata=reads(read_identity))
