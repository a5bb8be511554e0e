"""What programmes say of some children, for the cross-checks of entitlements (E.10): the plans' own answers, many children at a time."""

from collections.abc import Callable, Coroutine
from datetime import date
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from hub.casework.plans import child_plans

AT_ONCE = 2_000


def judging(engine: AsyncEngine, division: int, on: date) -> Callable[[list[int]], Coroutine[Any, Any, list[tuple[int, str, str, str]]]]:
    """A judge over what is published: (person, programme, answer, reason) for each child and programme."""

    async def judge(children: list[int]) -> list[tuple[int, str, str, str]]:
        answers = []
        async with engine.connect() as reading:

            async def rows(statement):  # type: ignore[no-untyped-def]
                return (await reading.execute(statement)).mappings().all()

            for begin in range(0, len(children), AT_ONCE):
                for plan in await child_plans(rows, division, children[begin : begin + AT_ONCE], on=on):
                    answers += [(plan.person, a.programme.code, a.judgement.answer.value, a.judgement.reason_zh) for a in plan.answers]
        return answers

    return judge
