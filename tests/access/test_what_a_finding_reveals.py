"""A finding whose mere being there tells of a parent's imprisonment is not there for who may not read of custody (domain G.8)."""

from datetime import date

import asyncpg
import pytest
from sqlalchemy.dialects import postgresql

from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.query.policy import CATALOGUE, Policy
from hub.rules import RULES
from hub.storage.tables import TWO_AXES, metadata
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.rules.city import City

TODAY = date(2026, 11, 24)


@pytest.fixture
async def child(database):
    """A prisoner's child out of school, found by two rules and concluded upon; the admin's connection to look from."""
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    city = City(writer, "unenrolled_of_prisoners")
    await city.deliver()
    person, parent = await city.registered(), await city.someone(date(1985, 3, 17))
    await city.fact("custody", parent, source="justice.prisoners_children", facility="某监狱")
    await city.fact("kinship", person, source="justice.prisoners_children", relative=parent, relation="父亲")
    assert person in await city.found(TODAY)
    for row in await writer.fetch("select id from finding"):
        await writer.execute(
            """insert into conclusion (division, finding, publication, code, status, by, department, "on") values ($1, $2, 1, '15', '属实', '甲', 'education', $3)""",
            DIVISION, row["id"], TODAY,
        )
    yield person
    await writer.close()


def policy_of(account) -> Policy:
    return Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))


@pytest.mark.parametrize("account", EVERYBODY, ids=lambda account: account.name)
async def test_only_who_may_read_of_custody_sees_the_finding_on_both_locks(child, database, account):
    policy = policy_of(account)
    may = "custody" in policy.allowed.tables
    hidden = await _of_prisoners(database)
    for user in ("hub_reader", "hub_admin"):  # row security and the compiler together; and the compiler alone, for whom no row security holds
        connection = await asyncpg.connect(database.dsn(user))
        async with connection.transaction():
            for name, value in policy.settings(DIVISION, TODAY, frozenset(account.care)).items():
                await connection.execute("select set_config($1, $2, true)", f"hub.{name}", value)
            for table, key in (("finding", "id"), ("conclusion", "finding")):
                rows = policy.seen(table, metadata.tables[table])
                statement = str(rows.select().compile(dialect=postgresql.dialect(), compile_kwargs={"literal_binds": True}))
                told = {row[key] for row in await connection.fetch(statement)}
                assert may or not hidden & told, (user, table)
                if may and account.name in ("lead", "member"):
                    assert hidden <= told, (user, table)
                if account.name in ("education", "disabled") and table in policy.allowed.tables:
                    assert told  # the child itself is not hidden: another finding, which gives no reason away, is there
            if user == "hub_reader":  # row security alone
                behind = {row["id"] for row in await connection.fetch("select id from finding")}
                assert may or not hidden & behind
        await connection.close()


async def _of_prisoners(database) -> set[int]:
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    found = {row["id"] for row in await admin.fetch("select id from finding where reveals = 'custody'")}
    await admin.close()
    assert found
    return found


def test_a_rule_that_reads_of_custody_reveals_it():
    from hub.rules import DEFINITIONS
    from hub.rules.rule import nouns_read

    for rule in RULES:
        assert rule.reveals == "custody" or "custody" not in nouns_read(rule, DEFINITIONS), rule.name
        assert not rule.reveals or rule.reveals in TWO_AXES
