"""Facts of single children written straight into the tables, and rules run over them: what spec tables are made of."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import asyncpg
from asyncpg import Range

from hub.rules import RULES
from hub.rules.rule import Rule
from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION

ON = date(2026, 11, 24)
REF = date(2026, 8, 31)
SOURCES = sorted({need.source for rule in RULES for need in rule.needs})


async def nothing_judged(children: list[int]) -> list[tuple[int, str, str, str]]:
    """A judge who has nothing to say."""
    return []


class City:
    """A database with the facts a test names, and nothing else."""

    def __init__(self, connection: asyncpg.Connection, rule: str) -> None:
        self.connection = connection
        self.rule = rule
        self.next = 0
        self.outcomes: dict[str, Any] = {}
        self.judge = nothing_judged

    async def someone(self, born: date, township: str | None = "210281101") -> int:
        """A person of whom only this is known."""
        self.next += 1
        person = DIVISION * 10**10 + self.next
        await self.connection.execute(
            """insert into person_resolved (division, id, name, pinyin, birth_date, born_from, born_to, township, chosen, valid, known_from)
               values ($1, $2, '王小禾', 'wang xiao he', $3, $3, $3, $4, '{}', '(,)', 1)""",
            DIVISION, person, born, township,
        )
        return person

    async def child(self, born: date = date(2015, 5, 3), *, certificate: dict | None = None, register: dict | None = None) -> int:
        """A registered, certified child."""
        person = await self.registered(born, **(register or {}))
        await self.fact("certificate", person, **({"category": "智力残疾", "level": "二级", "state": "正常"} | (certificate or {})))
        return person

    async def registered(self, born: date = date(2015, 5, 3), **register: Any) -> int:
        """A child of the household register."""
        person = await self.someone(born)
        await self.fact("hukou_registration", person, **({"register_state": "正常"} | register))
        return person

    async def fact(
        self, noun: str, person: int | None, *, valid: Range | None = None, source: str = "disabled_persons.certificate", **values: Any
    ) -> int:
        """One fact of a noun; its id."""
        self.next += 1
        if noun == "deferral_approval":
            values = {"authority": "瓦房店市教育局"} | values
        told = {
            "division": DIVISION, "id": self.next, "source": source, "record": self.next, "hash": 1,
            **({} if person is None else {"mention": self.next, "person": person}),
            "valid": valid or Range(date(2026, 9, 30), None), "known_from": 1, **values,
        }
        await self.connection.execute(
            f"insert into {noun} ({', '.join(told)}) values ({', '.join(f'${i}' for i in range(1, len(told) + 1))})", *told.values()
        )
        return told["id"]

    async def school(self, id_: int, name: str, **profile: Any) -> None:
        """A school, and what the register of schools says of it."""
        await self.connection.execute("insert into school values ($1, $2, $3, null, 1)", DIVISION, id_, name)
        await self.fact("school_profile", None, source="education.school", school=id_, **profile)

    async def deliver(self, as_of: date = date(2026, 10, 31)) -> None:
        """The sources that the rules need have delivered."""
        for place, source in enumerate(SOURCES):
            await self.connection.execute(
                """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state)
                   values ($1, $2, $3, '1', 'f', '[]', '[]', $4, 'PUBLISHED')""",
                DIVISION, place, source, as_of,
            )

    async def check(self, on: date = ON, *, everybody: bool = True, rules: Sequence[Rule] = RULES) -> None:
        """Run rules, all where nothing is said."""
        async with publishing(self.connection, division=DIVISION, kind="check", by="test", business_date=on) as publication:
            self.outcomes = {outcome.rule.name: outcome for outcome in await check(publication, rules, on=on, everybody=everybody, judge=self.judge)}

    async def found(self, on: date = ON, rule: str = "") -> dict[int, str]:
        """Run the rule under test, or the one named; person -> kind of what stands uncontradicted of it."""
        return {row["person"]: row["kind"] for row in await self._standing(on, rule or self.rule)}

    async def one(self, on: date = ON, rule: str = "") -> Any:
        """Run the rule under test, or the one named; its one finding that stands, or None."""
        rows = await self._standing(on, rule or self.rule)
        assert len(rows) <= 1, rows
        return rows[0] if rows else None

    async def _standing(self, on: date, name: str) -> list[asyncpg.Record]:
        await self.check(on, rules=[rule for rule in RULES if rule.name == name])
        return await self.connection.fetch("select * from finding where contradicted_on is null and rule = $1", name)
