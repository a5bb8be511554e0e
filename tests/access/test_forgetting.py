"""Somebody who is forgotten is in no table any more; everybody else is as if the rows had never come, and the audit stays valid."""

from contextlib import asynccontextmanager
from datetime import date
from types import SimpleNamespace

import asyncpg
import pytest

from hub.access.sealing import Keys
from hub.auditing import verify_audit
from hub.forgetting import KEPT, Forgotten, forget
from hub.identity.linking import relink_all
from hub.refusal import Refusal
from hub.steps.assemble import prepare
from hub.storage.columns import metadata
from hub.storage.database import Database
from hub.storage.publishing import publishing
from hub.storage.tables import FACTS
from tests.flow import DIVISION
from tests.queries.conftest import fill

TODAY = date(2026, 10, 20)
WHO = {"by": "甲", "because": "监护人申请"}


@pytest.fixture
async def opened(database, ask):
    """A copy of the small city, opened as a verb opens it."""
    settings = database.settings(HUB_BUSINESS_DATE=str(TODAY))
    connection, admin = await asyncpg.connect(database.dsn("hub_writer")), await asyncpg.connect(database.dsn("hub_admin"))
    logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}

    @asynccontextmanager
    async def on():
        yield SimpleNamespace(settings=settings, connection=connection, admin=admin, division=DIVISION, keys=Keys.load_or_make(settings.key_file), database=Database(None, logins), today=lambda: TODAY)

    yield on
    await connection.close()
    await admin.close()


async def left_every_list(connection, person: int) -> None:
    """The rows that name the person end, as deliveries without them would end them."""
    await connection.execute(
        """update mention set valid = daterange(lower(valid), '2026-10-01') where id in (select id from identity where person = $1) and upper_inf(valid) and lower(valid) < '2026-10-01'""", person
    )
    await connection.execute("update mention set valid = daterange('2026-09-01', '2026-10-01') where id in (select id from identity where person = $1) and upper_inf(valid)", person)


async def where_it_stands(connection, text: str) -> dict[str, int]:
    """The tables in any of whose columns a text stands, and in how many rows."""
    found = {}
    for table in metadata.tables:
        if n := await connection.fetchval(f"select count(*) from {table} t where strpos(t::text, $1) > 0", text):
            found[table] = n
    return found


async def a_child(connection) -> asyncpg.Record:
    """A child with a finding or guardians, whom no row of somebody else's names."""
    return await connection.fetchrow(
        """select p.id, p.name, encode(p.number_blind, 'hex') as blind, p.number_mask from person_resolved p
            where p.number_blind is not null and p.birth_date > '2012-01-01'
              and not exists (select from identity i join mention m on m.division = i.division and m.id = i.id where i.person = p.id and m.role <> '主体')
              and exists (select from guardianship g where g.person = p.id and g.guardian is not null)
              and (select count(*) from person_resolved o where strpos(o.name, p.name) > 0) = 1
            order by exists (select from finding f where f.person = p.id) desc, p.id limit 1"""
    )


async def test_nothing_of_the_person_is_in_any_table_any_more(opened, ask):
    async with opened() as hub:
        child, fetch = await a_child(hub.connection), hub.connection.fetchval
        guardians = [row["guardian"] for row in await hub.connection.fetch("select distinct guardian from guardianship where person = $1 and guardian is not null", child["id"])]
        alone = [one for one in guardians if not await fetch(
            """select exists (select from identity i join mention m on m.division = i.division and m.id = i.id where i.person = $1
                               and m.record not in (select m.record from identity i join mention m on m.division = i.division and m.id = i.id where i.person = $2 and m.role = '主体'))""", one, child["id"])]  # fmt: skip
        assert {"mention", "record", "person_resolved"} <= (await where_it_stands(hub.admin, child["name"])).keys()
        await left_every_list(hub.connection, child["id"])
        would = await forget(hub, [child["id"]], **WHO, dry_run=True)
        assert (await where_it_stands(hub.admin, child["name"])) and would.rows > 3 and would.numbers > 0
        done = await forget(hub, [child["id"]], **WHO, dry_run=False)
        assert done == would and done.people == 1 + len(alone)
        for text in (child["name"], child["blind"], f"{child['id']}"):
            left = {table: n for table, n in (await where_it_stands(hub.admin, text)).items() if table not in KEPT and table != "erased"}
            assert not left, (text, left)
        assert await forget(hub, [child["id"]], **WHO, dry_run=False) == Forgotten(1, 0, 0)
        for one in guardians:
            assert await fetch("select exists (select from person_resolved where id = $1)", one) is (one not in alone)
        told = await ask("lead", "query ($i: ID!) { person(id: $i) { name } persons(first: 100) { nodes { name guardianships { relation } provenance(field: \"name\") { value provenance { source } } } } }", i=str(child["id"]))
        assert told["data"]["person"] is None and told["data"]["persons"]["nodes"], told
        before = await ask("lead", "{ persons(first: 100, asKnownAt: 1) { nodes { name guardianships { relation guardian { name } } provenance(field: \"name\") { value provenance { source asOf } } } } }")
        assert "errors" not in before and all(one["name"] != child["name"] for one in before["data"]["persons"]["nodes"])
        assert (await verify_audit(hub)).good


async def test_what_is_left_hangs_together_and_everybody_else_is_who_they_were(opened, tmp_path):
    async with opened() as hub:
        child = await a_child(hub.connection)
        await left_every_list(hub.connection, child["id"])
        who = "select i.id, i.person from identity i where i.person <> $1 order by 1"
        before = {row["id"]: row["person"] for row in await hub.connection.fetch(who, child["id"])}
        await forget(hub, [child["id"]], **WHO, dry_run=False)
        after = {row["id"]: row["person"] for row in await hub.connection.fetch(who, child["id"])}
        assert after and all(before[one] == person for one, person in after.items())
        for name in FACTS:
            for table in (name, f"{name}_history"):
                columns = metadata.tables[table].c.keys()
                if "mention" in columns:
                    assert not await hub.connection.fetchval(f"select exists (select from {table} t where not exists (select from mention m where m.id = t.mention union all select from mention_history h where h.id = t.mention))"), table
                assert not await hub.connection.fetchval(f"select exists (select from {table} t where not exists (select from record r where r.id = t.record and r.hash = t.hash))"), table
        async with publishing(hub.connection, division=DIVISION, kind="link", by="test", business_date=TODAY) as publication:
            await prepare(publication)
            await relink_all(publication, hub.keys)
        assert {row["id"]: row["person"] for row in await hub.connection.fetch(who, child["id"])} == after
        await fill(hub.connection, hub.keys, tmp_path / "again", 13)  # deliveries go on; whom they name again is there again, by the same number but sealed no more
        assert await hub.connection.fetchval("select count(*) from person_resolved where name = $1", child["name"]) == 1
        assert not await hub.connection.fetchval("select exists (select from vault where encode(blind, 'hex') = $1)", child["blind"])


async def test_whom_a_list_names_to_this_day_is_not_forgotten(opened):
    async with opened() as hub:
        child = await a_child(hub.connection)
        before = await hub.connection.fetchval("select count(*) from mention")
        for dry_run in (True, False):
            with pytest.raises(Refusal, match="to this day") as told:
                await forget(hub, [child["id"]], **WHO, dry_run=dry_run)
            assert "education." in str(told.value) and child["name"] not in str(told.value)
        for wrong in ({"by": " ", "because": "x"}, {"by": "x", "because": ""}):
            with pytest.raises(Refusal):
                await forget(hub, [child["id"]], **wrong, dry_run=False)
        with pytest.raises(Refusal, match="no person 5"):
            await forget(hub, [5], **WHO, dry_run=False)
        assert await hub.connection.fetchval("select count(*) from mention") == before


async def test_killed_in_the_middle_nothing_is_gone(opened, monkeypatch):
    async with opened() as hub:
        child = await a_child(hub.connection)
        await left_every_list(hub.connection, child["id"])
        before = await where_it_stands(hub.admin, child["name"])

        async def falls(*_):
            raise RuntimeError("x")

        monkeypatch.setattr("hub.forgetting._numbers", falls)
        with pytest.raises(RuntimeError):
            await forget(hub, [child["id"]], **WHO, dry_run=False)
        assert await where_it_stands(hub.admin, child["name"]) == before
