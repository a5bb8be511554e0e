"""Division: the county's township-level units, with who lives there and what was found there."""

from typing import Any

import strawberry
from strawberry.types import Info

from hub.domain.values.division import COUNTY, COUNTY_NAME, TOWNSHIPS
from schema.connections import Page
from schema.finding import FindingConnection, findings_of
from schema.people import ChildFilter, PersonConnection, PersonOrder, people
from schema.scope import Scope


@strawberry.type(description="行政区划 · A township-level division of the county, or the county itself.")
class Division:
    """One division by its code."""

    code: str = strawberry.field(description="代码 · 6 or 9 digits.")
    name: str = strawberry.field(description="名称 · Name.")
    scope: strawberry.Private[Scope]

    @strawberry.field(description="居民 · People whose township this is.")  # type: ignore[untyped-decorator]
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
        asked = filter or ChildFilter()
        if self.code != COUNTY:
            asked.township = self.code
        return await people(info, self.scope, asked, order_by, Page(first, after, last, before), children=True)

    @strawberry.field(description="核查发现 · Findings that this division owns.")  # type: ignore[untyped-decorator]
    async def findings(
        self, info: Info[Any, Any], rule: str | None = None, status: str | None = None, first: int | None = None, after: str | None = None
    ) -> FindingConnection:
        """The division's findings."""
        return await findings_of(info, self.scope, rule, status, None if self.code == COUNTY else self.code, Page(first, after, None, None))


def division_of(code: str, scope: Scope) -> Division | None:
    """The division of a code; None where there is no such one in this county."""
    name = TOWNSHIPS.get(code) or (COUNTY_NAME if code == COUNTY else None)
    return Division(code=code, name=name, scope=scope) if name else None


def all_divisions(scope: Scope) -> list[Division]:
    """The county's townships in order of their codes."""
    return [Division(code=code, name=name, scope=scope) for code, name in TOWNSHIPS.items()]
