"""Each child's answer for each programme."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import CompoundSelect, and_, or_, select, true, union
from sqlalchemy.ext.asyncio import AsyncConnection

from hub.casework.plans import child_plans
from hub.rules.rule import reference_date, school_year
from hub.storage import tables

HEADER = ("programme", "person_id", "household_id", "answer", "missing", "department")
AT_ONCE = 2_000


async def told_entitlements(connection: AsyncConnection, division: int, *, on: date) -> list[tuple[object, ...]]:
    """One line a programme and child of the cross-checks, who may have been under 18 on 31 August (E.0.1); a household's programme has a line
    for each of its children."""

    async def rows(statement: Any) -> Sequence[Any]:
        return (await connection.execute(statement)).mappings().all()

    p = tables.person_resolved
    born_after = reference_date(school_year(on) - 18)
    children = await rows(
        select(p.c.id, p.c.register_household, p.c.living_household)
        .where(p.c.division == division, or_(p.c.born_to > born_after, and_(p.c.born_to.is_(None), p.c.id.in_(_minors(division, on)))))
        .order_by(p.c.id)
    )
    lines: list[tuple[object, ...]] = []
    for begin in range(0, len(children), AT_ONCE):
        some = children[begin : begin + AT_ONCE]
        for row, plan in zip(some, await child_plans(rows, division, [row["id"] for row in some], on=on), strict=True):
            lines += [
                (
                    a.programme.code,
                    row["id"],
                    row["living_household"] or row["register_household"],
                    a.judgement.answer.value,
                    "; ".join(a.judgement.missing),
                    a.judgement.department,
                )
                for a in plan.answers
            ]
    return lines


def _minors(division: int, on: date) -> CompoundSelect[tuple[int]]:
    """Who stands on a list of minors, which the cross-checks take for a child where nobody tells its birth date (the definition ``child``)."""
    unenrolled = tables.metadata.tables["schooling_statement"]
    told = {
        tables.metadata.tables["left_behind_file"]: true(),
        unenrolled: unenrolled.c.source == "disabled_persons.unenrolled_list",
    }
    return union(*(select(t.c.person).where(t.c.division == division, t.c.valid.contains(on), which) for t, which in told.items()))
