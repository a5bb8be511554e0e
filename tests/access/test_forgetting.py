"""Somebody who is forgotten is in no table any more; everybody else is as if the rows had never come, and the audit stays valid."""

import json
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
        assert json.loads(await hub.admin.fetchval("select entry from audit_entry order by no desc limit 1"))["persons"] == [child["id"]]  # what it told of the lists is in the audit
        for wrong in ({"by": " ", "because": "x"}, {"by": "x", "because": ""}, {"by": "x", "because": f"{child['name']}家长申请"}, {"by": "x", "because": "210299198503174212"}):
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


async def test_what_was_answered_and_concluded_goes_with_the_person_and_with_nobody_else(opened):
    """The writer itself may delete none of it; the function lets go of whoever is known nowhere any more."""
    async with opened() as hub:
        child = await a_child(hub.connection)
        other = await hub.connection.fetchval("select id from person_resolved where id <> $1 order by id limit 1", child["id"])
        for no, person in ((901, child["id"]), (902, other)):
            await hub.admin.execute(
                """insert into finding (division, id, known_from, valid, rule, rule_version, person, subject, school_year, reference_date, severity, confidence, status, township,
                                        opened_on, last_seen_on, reopened, evidence, reveals)
                   values ($1, $2, 1, '[2026-01-01,)', 'unenrolled', '1', $3, $3::bigint::text, 2026, '2026-09-01', '中', 'NUMBER', '销号', '210281001', '2026-09-01', '2026-09-01', 0, '{}', '')""", DIVISION, no, person,
            )  # fmt: skip
            await hub.admin.execute("insert into conclusion values ($1, $2, 1, 'IN_SCHOOL', '销号', '欧阳某某已返校', null, '甲', 'education', '2026-09-02')", DIVISION, no)
            await hub.admin.execute("insert into finding_event (division, publication, finding, kind, rule, person, status, reveals) values ($1, 1, $2, 'NEW', 'unenrolled', $3, '待核查', '')", DIVISION, no, person)
            await hub.admin.execute(
                """insert into round_result (division, id, publication, "row", round, person, state, reason, code, note, "by", department, "on", reveals)
                   values ($1, $2, 1, $2, 1, $3, 'TAKEN', '', 'IN_SCHOOL', '欧阳某某已返校', '甲', 'education', '2026-09-02', '')""", DIVISION, no, person,
            )  # fmt: skip
        await hub.admin.execute("insert into correction (division, id, publication, person, source, owner, item, statement, opened_by, department, opened_on, due_on, state) values ($1, 1, 1, $2, 'education.student_register', 'education', '年级', $3, 'a', 'civil_affairs', '2026-10-01', '2026-10-15', 'OPEN')", DIVISION, child["id"], f"{child['name']}家地址不符")
        await hub.admin.execute("insert into access_request (division, no, kind, asked_by, department, role, purpose, person, what, reason) values ($1, 1, 'NUMBER', 'a', 'b', 'c', 'd', $2, 'NUMBER', $3)", DIVISION, child["id"], f"给{child['name']}补办学籍")
        for table in ("finding_event", "round_result"):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await hub.connection.execute(f"delete from {table}")
        with pytest.raises(asyncpg.RaiseError, match="known still"):
            await hub.connection.fetchval("select delete_of_forgotten($1, $2, '{}')", DIVISION, [other])
        await left_every_list(hub.connection, child["id"])
        await forget(hub, [child["id"]], **WHO, dry_run=False)
        for table, key in (("conclusion", "finding"), ("finding_event", "finding"), ("round_result", "id"), ("finding", "id")):
            assert {row[0] for row in await hub.admin.fetch(f"select {key} from {table} where {key} > 900 and {key} < 903")} == {902}, table
        assert await where_it_stands(hub.admin, child["name"]) == {} and await hub.admin.fetchval("select statement from correction") == "—"
