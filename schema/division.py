"""Division: the county's township-level units, with who lives there and what was found there."""

from typing import Any

import strawberry
from sqlalchemy import Text, column, false, literal, true, values
from strawberry.types import Info

from hub.domain.values.division import COUNTY, COUNTY_NAME, TOWNSHIPS
from hub.query.reading import Args, Given, Listed, Place, Rows, Value
from schema.connections import Within
from schema.finding import FindingConnection, findings_listed, findings_of
from schema.nodes import reads
from schema.people import ChildFilter, PersonConnection, PersonOrder, people, people_listed
from schema.register import RegisterEntryConnection, register_listed, register_of
from schema.scope import Scope, place

DIVISIONS = {**TOWNSHIPS, COUNTY: COUNTY_NAME}


def read_children(at: Place, args: Args) -> Listed:
    """The division's children."""
    return people_listed(at, args, children=True, within=_within(at))


def read_findings(at: Place, args: Args) -> Listed:
    """The division's findings."""
    return findings_listed(at, args, within=_within(at))


def read_register(at: Place, args: Args) -> Listed:
    """The division's children of compulsory age."""
    return register_listed(at, args, within=_within(at))


@strawberry.type(description="行政区划 · A township-level division of the county, or the county itself.")
class Division:
    """One division by its code."""

    code: str = strawberry.field(description="代码 · 6 or 9 digits.")
    name: str = strawberry.field(description="名称 · Name.")
    scope: strawberry.Private[Scope]

    @strawberry.field(description="居民 · People whose township this is.", metadata=reads(read_children))  # type: ignore[untyped-decorator]
    async def children(
        self,
        info: Info[Any, Any],
        filter: ChildFilter | None = None,
        order_by: PersonOrder = PersonOrder.NAME,
        first: int | None = None,
        after: str | None = None,
        last: int | None = None,
        before: str | None = None,
    ) -> PersonConnection:
        """The division's children."""
        args = Given.of(filter=filter, order_by=order_by, first=first, after=after, last=last, before=before)
        return await people(info, self.scope, read_children(self._place(info), args), args)

    @strawberry.field(description="核查发现 · Findings that this division owns.", metadata=reads(read_findings))  # type: ignore[untyped-decorator]
    async def findings(
        self, info: Info[Any, Any], rule: str | None = None, status: str | None = None, first: int | None = None, after: str | None = None
    ) -> FindingConnection:
        """The division's findings."""
        args = Given.of(rule=rule, status=status, first=first, after=after)
        return await findings_of(info, self.scope, read_findings(self._place(info), args), args)

    @strawberry.field(description="适龄儿童台账 · Its children of compulsory age, each with a conclusion.", metadata=reads(read_register))  # type: ignore[untyped-decorator]
    async def school_age_register(
        self,
        info: Info[Any, Any],
        conclusion: str | None = None,
        owner: str | None = None,
        blind_spot: bool | None = None,
        local: bool | None = None,
        first: int | None = None,
        after: str | None = None,
    ) -> RegisterEntryConnection:
        """The division's register."""
        args = Given.of(conclusion=conclusion, owner=owner, blind_spot=blind_spot, local=local, first=first, after=after)
        return await register_of(info, self.scope, read_register(self._place(info), args), args)

    def _place(self, info: Info[Any, Any]) -> Place:
        return place(info, self.scope).at("Division", _columns(literal(self.code), self.code == COUNTY))


def read_division(at: Place, args: Args) -> Rows:
    """The division of a code."""
    return rows_of(args.sql("code", Text), args.choice("code", COUNTY.__eq__))


def read_divisions(at: Place, args: Args) -> Rows:
    """The townships in order of their codes."""
    listed = _values()
    return Rows(listed, (listed.c.code != COUNTY,), (listed.c.code,), columns={**listed.c, **_columns(listed.c.code, False)})


def read_own(at: Place, args: Args) -> Rows:
    """The division that a person's township is."""
    return rows_of(at.columns["township"], None)


def rows_of(code: Value, county: bool | None) -> Rows:
    """The one division of a code, which may be the county's; None where that is not known before."""
    listed = _values()
    return Rows(listed, (listed.c.code == code,), many=False, columns={**listed.c, **_columns(listed.c.code, county)})


def division_of(code: str, scope: Scope) -> Division | None:
    """The division of a code; None where there is no such one in this county."""
    name = DIVISIONS.get(code)
    return Division(code=code, name=name, scope=scope) if name else None


def all_divisions(scope: Scope) -> list[Division]:
    """The county's townships in order of their codes."""
    return [Division(code=code, name=name, scope=scope) for code, name in TOWNSHIPS.items()]


def _values() -> Any:
    return values(column("code", Text), column("name", Text), name="division").data(list(DIVISIONS.items())).alias()


def _columns(code: Value, county: bool | None) -> dict[str, Value]:
    return {"code": code, "county": code == COUNTY if county is None else true() if county else false()}


def _within(at: Place) -> Within:
    return Within(at.columns["code"], at.columns["county"])
