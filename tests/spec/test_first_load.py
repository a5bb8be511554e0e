"""Deliveries of several sources carried together: linked once, each with its own report, and what looks wrong left out."""

from pathlib import Path

import asyncpg
import pytest

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub import pipeline
from hub.contract.recognise import header_test
from hub.identity.linking import relink_all
from hub.steps.assemble import prepare, rehome
from hub.steps.resolve import resolve
from hub.steps.validate import Delivery, sort_out
from hub.storage.publishing import publishing
from tests.bench.linkage.population import write
from tests.flow import DIVISION, TODAY, carry, hub, what_is_known, write_csv
from tests.properties.test_linkage import people
from tests.spec.test_quarantine_and_hold import rows


def deliveries(folder: Path) -> list[Delivery]:
    contracts = load_contracts()
    return sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=TODAY).deliveries


async def carried_together(connection, keys, folder: Path) -> list[pipeline.Report]:
    return await pipeline.run(deliveries(folder / "2026-09"), connection=connection, keys=keys, division=DIVISION, business_date=TODAY)


async def test_together_is_as_one_by_one_and_then_linked_whole(database_factory, tmp_path):
    write(tmp_path / "city", children=150, seed=5, dirt="hard")
    seen = []
    for together in (True, False):
        with database_factory() as database:
            async with hub(database, tmp_path) as (connection, keys):
                if together:
                    reports = await carried_together(connection, keys, tmp_path / "city")
                    assert await connection.fetchval("select count(*) from publication") == 1
                else:
                    reports = await carry(connection, keys, tmp_path / "city" / "2026-09")
                    async with publishing(connection, division=DIVISION, kind="link", by="test", business_date=TODAY) as publication:
                        await prepare(publication)
                        await relink_all(publication, keys)
                        await rehome(publication)
                        await resolve(publication)
                assert len(reports) == 6
                assert all(report.state == "PUBLISHED" and report.counts.conserved for report in reports)
                known = await what_is_known(connection)
                del known["identity"]  # whoever stays with the same people keeps the reasons that first brought him there
                seen.append((company(await people(connection)), known))
    assert seen[0] == seen[1]


def company(found: dict[int, int]) -> set[frozenset[int]]:
    """Who is with whom."""
    groups: dict[int, set[int]] = {}
    for mention, person in found.items():
        groups.setdefault(person, set()).add(mention)
    return {frozenset(group) for group in groups.values()}


async def test_what_is_held_or_was_received_is_left_out(database, tmp_path):
    write(tmp_path / "city", children=300, seed=6, dirt="easy")
    (register,) = (tmp_path / "city").glob("*/*/*常住人口*")
    folder = register.parent
    register.unlink()
    write_csv(folder, "常住人口_202609.csv", rows(broken=range(0, 50)))  # most rows cannot be read: held
    async with hub(database, tmp_path) as (connection, keys):
        reports = await carried_together(connection, keys, tmp_path / "city")
        states = {report.source: report.state for report in reports}
        assert states.pop("public_security.household_register") == "HELD"
        assert set(states.values()) == {"PUBLISHED"} and len(states) == 5
        assert not await connection.fetchval("select count(*) from record where source like 'public_security.%'")
        told = {row["source"]: row["state"] for row in await connection.fetch("select source, state from delivery")}
        assert told == {**states, "public_security.household_register": "HELD"}
        again = await carried_together(connection, keys, tmp_path / "city")
        assert {report.state for report in again} == {"ALREADY"}
        assert await connection.fetchval("select count(*) from publication") == 1, "nothing new, nothing published"


INDEXES = "select indexname, indexdef from pg_indexes where schemaname = 'public' union select conname, pg_get_constraintdef(oid) from pg_constraint where connamespace = 'public'::regnamespace"


@pytest.mark.parametrize("is_read", [False, True])
async def test_a_large_one_is_written_without_indexes_and_ends_with_them(is_read, database_factory, tmp_path, monkeypatch):
    """What is known is the same, and so are the indexes; while somebody reads the empty tables they stay."""
    write(tmp_path / "city", children=60, seed=5, dirt="hard")
    seen = []
    for large in (10**9, 1):
        monkeypatch.setattr(pipeline, "LARGE", large)
        with database_factory() as database:
            async with hub(database, tmp_path) as (connection, keys):
                before = set(await connection.fetch(INDEXES))
                reader = await asyncpg.connect(database.dsn("hub_writer"))
                async with reader.transaction():
                    if is_read:
                        await reader.fetchval("select count(*) from mention")
                    reports = await carried_together(connection, keys, tmp_path / "city")
                await reader.close()
                assert {report.state for report in reports} == {"PUBLISHED"}
                assert set(await connection.fetch(INDEXES)) == before
                assert not await connection.fetchval("select has_table_privilege('hub_writer', 'index_aside', 'select')")
                seen.append(await what_is_known(connection))
    assert seen[0] == seen[1]


async def test_no_transaction_ends_without_an_index(database, tmp_path):
    async with hub(database, tmp_path) as (connection, _):
        before = set(await connection.fetch(INDEXES))
        with pytest.raises(asyncpg.IntegrityConstraintViolationError):
            async with connection.transaction():
                assert await connection.fetchval("select set_indexes_aside(array['mention'])")
        assert set(await connection.fetch(INDEXES)) == before
        await connection.execute("insert into publication (division, no, business_date, kind, by) values (1, 1, current_date, 'test', 'test')")
        async with connection.transaction():  # a table that is not empty keeps its own
            assert await connection.fetchval("select set_indexes_aside(array['publication'])")
        assert set(await connection.fetch(INDEXES)) == before


async def test_what_stands_without_people_is_ended_all_the_same(database, tmp_path, monkeypatch):
    """A hub that knows schools only is not empty: what a later list leaves out ends."""
    monkeypatch.setattr(pipeline, "LARGE", 1)
    schools = [["学校标识码", "学校名称", "办学类型"], *([f"21028100{n}", f"第{n}小学", "小学"] for n in range(10, 40))]
    write_csv(tmp_path / "a", "学校名录_202609.csv", schools)
    write_csv(tmp_path / "b", "学校名录_202610.csv", schools[:-1])
    async with hub(database, tmp_path) as (connection, keys):
        for folder in ("a", "b"):
            (report,) = await carry(connection, keys, tmp_path / folder)
            assert report.state == "PUBLISHED"
        assert await connection.fetchval("select count(*) from school_profile where upper(valid) is null") == 29


async def test_the_planner_knows_the_tables_of_a_small_hub(database, tmp_path):
    """A few hundred rows taken for one row each had a cross-check compare everybody with everybody."""
    write(tmp_path / "city", children=60, seed=6, dirt="medium")
    async with hub(database, tmp_path) as (connection, keys):
        await carried_together(connection, keys, tmp_path / "city")
        unknown = await connection.fetch(
            "select relname from pg_class where reltuples < 0 and relname = any(array['mention', 'identity', 'record', 'record_period', 'membership', 'kinship'])"
        )
    assert not unknown
