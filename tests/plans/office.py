"""A city whose plans can be asked for, and the days that the tests of plans share."""

import json
from datetime import date, timedelta

import asyncpg
from sqlalchemy.ext.asyncio import create_async_engine

from hub.casework.plans import child_plans
from hub.rules.programmes import LISTS
from tests.flow import DIVISION, number
from tests.rules.city import City

ON = date(2026, 11, 24)
BORN = date(2015, 5, 3)
DAY = timedelta(days=1)
CERTIFICATES, ALLOWANCE = "disabled_persons.certificate", "civil_affairs.minimum_living_allowance"
SUBSIDY, AID = "civil_affairs.disability_subsidy", "finance.aid_payment"


class Office(City):
    """A city whose plans can be asked for."""

    def __init__(self, connection, database, keys):
        super().__init__(connection, "")
        self.database, self.keys = database, keys
        self.statements = 0

    async def plans(self, *persons, on=ON, known=None):
        """The plans, and how many statements they took."""
        engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(self.database.dsn("hub_writer")))
        self.statements = 0
        async with engine.connect() as reading:

            async def rows(statement):
                self.statements += 1
                return (await reading.execute(statement)).mappings().all()

            told = await child_plans(rows, DIVISION, persons, on=on, known=known)
        await engine.dispose()
        return told

    async def judged(self, person, on=ON, known=None):
        """Programme -> judgement."""
        return {a.programme.code: a.judgement for a in (await self.plans(person, on=on, known=known))[0].answers}

    async def answers(self, person, on=ON, known=None):
        """Programme -> answer."""
        return {code: judgement.answer.value for code, judgement in (await self.judged(person, on, known)).items()}

    async def lists(self, as_of=date(2026, 10, 31), publication=1):
        """All lists that programmes look in have come."""
        for source in LISTS:
            await self.list(source, as_of, publication)

    async def list(self, source, as_of, publication=1, state="PUBLISHED"):
        """One list has come; the delivery's id."""
        self.next += 1
        await self.connection.execute(
            """insert into delivery (division, id, source, contract_version, file, parts, headers, as_of, state, publication)
               values ($1, $2, $3, '1', 'f', '[]', '[]', $4, $5, $6)""",
            DIVISION, self.next, source, as_of, state, publication,
        )
        return self.next

    async def waits(self, source, cells, *, delivery=None, state="OPEN", publication=1):
        """A row of a list's latest delivery in quarantine; numbers are sealed, as they are kept."""
        delivery = delivery or await self.connection.fetchval("select id from delivery where source = $1 order by as_of desc limit 1", source)
        self.next += 1
        payload = {c: {"mask": "2102…", "blind": self.keys.blind(v).hex()} if any(w in c for w in ("身份证", "证号", "电话")) else v for c, v in cells.items()}
        await self.connection.execute(
            """insert into quarantine (division, delivery, sheet, row, source, payload, problems, state, publication)
               values ($1, $2, '', $3, $4, $5, '[]', $6, $7)""",
            DIVISION, delivery, self.next, source, json.dumps(payload), state, publication,
        )

    async def named(self, name, serial, born=BORN):
        """A child with a number, as its mention names it."""
        person = await self.someone(born)
        blind = self.keys.blind(number(born, serial))
        await self.connection.execute("update person_resolved set name = $2, number_blind = $3 where id = $1", person, name, blind)
        self.next += 1
        await self.connection.execute(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, number_blind, number_state, birth_date, valid, known_from)
               values ($1, $2, $2, 1, 'education.student_register', '主体', 'child', $3::text, $3::text, $4, 'VALID', $5, '(,)', 1)""",
            DIVISION, self.next, name, blind, born,
        )
        await self.connection.execute(
            "insert into identity (division, id, person, cluster, tier, score, reasons, rule_version, valid, known_from) values ($1, $2, $3, '', 'NUMBER', 9, '[]', '1', '(,)', 1)",
            DIVISION, self.next, person,
        )
        return person

    async def pupil(self, person, **values):
        """A place at school."""
        await self.fact("enrolment", person, source="education.student_register", **({"state": "在读", "grade": 4, "attendance_mode": "走读"} | values))
