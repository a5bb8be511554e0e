"""PostgreSQL's own row security behind the compiler: forced on every personal table, and it holds where the compiler would not."""

import random

import asyncpg
import pytest

from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.query.policy import ALLOWS_EVERYTHING, CATALOGUE, Policy
from hub.storage.tables import TWO_AXES
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.queries.random_data import TODAY, fill_at_random

PERSONAL = {name for table in CATALOGUE.tables for name in ([table, f"{table}_history"] if table in TWO_AXES else [table])}
UNREACHED = {"audit_entry", "access_use"}  # of random data there are none


@pytest.fixture
async def reader(database):
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.execute(
        """insert into quarantine (division, delivery, sheet, row, source, payload, problems, state, publication)
           select division, id, '', 1, source, '{}', '[]', 'OPEN', publication from delivery where publication is not null limit 1"""
    )
    await writer.close()
    connection = await asyncpg.connect(database.dsn("hub_reader"))
    yield connection
    await connection.close()


async def told(connection: asyncpg.Connection, policy: Policy, care: frozenset[str] = frozenset(), **changed: str) -> None:
    for name, value in (policy.settings(DIVISION, TODAY, care) | changed).items():
        await connection.execute("select set_config($1, $2, true)", f"hub.{name}", value)


async def rows(connection: asyncpg.Connection) -> dict[str, int]:
    return {name: await connection.fetchval(f"select count(*) from {name}") for name in sorted(PERSONAL - UNREACHED)}


async def test_enabled_and_forced_on_every_personal_table_with_a_rule_that_names_it(database):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    locked = {row["relname"] for row in await connection.fetch("select relname from pg_class where relrowsecurity and relforcerowsecurity")}
    rules = {row["tablename"]: row["qual"] for row in await connection.fetch("select tablename, qual from pg_policies where 'hub_reader' = any(roles)")}
    assert locked >= PERSONAL
    for name in PERSONAL:
        assert f",{name}," in rules[name] and "hub.tables" in rules[name] and "hub.divisions" in rules[name], name
    functions = await connection.fetch("select proname from pg_proc where pronamespace = 'public'::regnamespace and prolang = (select oid from pg_language where lanname = 'plpgsql') and has_function_privilege('hub_reader', oid, 'execute')")
    assert not functions  # no policy can call one for each row
    await connection.close()


async def test_without_settings_nothing_and_with_one_missing_nothing(reader):
    assert set((await rows(reader)).values()) == {0}
    for missing in ("divisions", "tables"):
        async with reader.transaction():
            await told(reader, ALLOWS_EVERYTHING, **{missing: ""})
            assert set((await rows(reader)).values()) == {0}, missing
    async with reader.transaction():
        await told(reader, ALLOWS_EVERYTHING, reach="")
        found = await rows(reader)
        assert found["person_resolved"] == found["person_resolved_history"] == found["finding"] == 0
    async with reader.transaction():
        await told(reader, ALLOWS_EVERYTHING)
        assert all((await rows(reader)).values())
    assert set((await rows(reader)).values()) == {0}  # nothing of a transaction stays on its connection


@pytest.mark.parametrize("account", EVERYBODY, ids=lambda account: account.name)
async def test_a_table_that_is_not_granted_gives_no_row_and_people_are_those_in_care(reader, database, account):
    policy = Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))
    async with reader.transaction():
        await told(reader, policy, frozenset(account.care))
        found = await rows(reader)
    opened = {name for table in policy.allowed.tables for name in (table, f"{table}_history")}
    assert not {name for name, count in found.items() if count and name not in opened}
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    if account.name in ("township", "village"):
        assert found["person_resolved"] == await admin.fetchval("select count(*) from person_resolved where township = $1", account.care[0][:9]) > 0
    if account.name == "township":
        assert found["finding"] == await admin.fetchval("select count(*) from finding where township = $1 and (reveals = '' or reveals = any($2))", account.care[0], sorted(policy.allowed.tables))
    await admin.close()


@pytest.mark.parametrize("account", EVERYBODY, ids=lambda account: account.name)
async def test_households_of_who_live_together_are_there_for_who_may_read_of_assistance(reader, database, account):
    """They are known from the lists of assistance alone; on both locks."""
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    for table, column in (("household", "kind"), ("membership", "household_kind"), ("membership_history", "household_kind")):
        await admin.execute(f"update {table} set {column} = case when id % 2 = 0 then 'LIVING' else 'REGISTER' end")
    await admin.close()
    policy = Policy(rights_of(CATALOGUE, Asker(account.department, account.role), account.purpose, TODAY))
    may = "assistance" in policy.allowed.tables
    assert may == ({"Person.livingHousehold", "Household.livingPersons"} <= policy.allowed.fields)
    async with reader.transaction():
        await told(reader, policy, frozenset(account.care))
        for table, column in (("household", "kind"), ("membership", "household_kind"), ("membership_history", "household_kind")):
            seen = {row[0] for row in await reader.fetch(f"select distinct {column} from {table}")}
            assert seen <= {"REGISTER", "LIVING"} if may else seen <= {"REGISTER"}, table
            assert "household" not in policy.allowed.tables or "REGISTER" in seen


async def test_the_application_owns_nothing_and_cannot_make_a_way_round(reader):
    for statement in ("create function f() returns int language sql as 'select 1'", "create view v as select 1", "set role hub_owner", "alter table custody disable row level security"):
        with pytest.raises(asyncpg.PostgresError):
            await reader.execute(statement)
