"""A backup brings back what was there, says so by counts and digests, and never passes for one when it is damaged."""

import shutil
from datetime import date

import pytest

from hub.storage.backup import BackupError, backup, restore
from tests.flow import carry, hub, what_is_known
from tests.properties.test_timelines import deliver


async def filled(database, tmp_path):
    """Two months of a register, and what is known of it."""
    for month in (date(2026, 9, 30), date(2026, 10, 31)):
        deliver(tmp_path / "in" / f"{month:%Y-%m}", month, {0: (month.month % 3, True), 1: (1, False)})
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        return await what_is_known(connection)


async def test_restored_is_what_was_backed_up(database_factory, tmp_path):
    with database_factory() as lived, database_factory() as empty:
        known = await filled(lived, tmp_path)
        proof = backup(lived.settings(), tmp_path / "backup")
        assert proof.rows > 0
        brought = restore(empty.settings(), tmp_path / "backup")
        assert (brought.tables, brought.rows) == (proof.tables, proof.rows)
        async with hub(empty, tmp_path) as (connection, _):
            assert await what_is_known(connection) == known
            assert await connection.fetchval("select bool_and(relrowsecurity and relforcerowsecurity) from pg_class where relname = 'mention'")


async def test_a_reader_of_a_restored_database_is_held_to_row_security(database_factory, tmp_path):
    import asyncpg

    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path)
        backup(lived.settings(), tmp_path / "backup")
        restore(empty.settings(), tmp_path / "backup")
        connection = await asyncpg.connect(empty.dsn("hub_reader"))
        assert await connection.fetchval("select count(*) from person_resolved") == 0
        await connection.execute("select set_config('hub.divisions', '210281', false), set_config('hub.tables', ',person_resolved,', false), set_config('hub.reach', 'county', false)")
        assert await connection.fetchval("select count(*) from person_resolved") > 0
        await connection.close()


async def test_damage_and_rows_in_the_way_are_refused(database_factory, tmp_path):
    with database_factory() as lived:
        await filled(lived, tmp_path)
        backup(lived.settings(), tmp_path / "backup")
        with pytest.raises(BackupError, match="not empty"):
            restore(lived.settings(), tmp_path / "backup")
        with pytest.raises(BackupError, match="not empty"):
            backup(lived.settings(), tmp_path / "backup")
        shutil.copytree(tmp_path / "backup", tmp_path / "damaged")
        dump = tmp_path / "damaged" / "database.dump"
        dump.write_bytes(dump.read_bytes()[:-1])
        with database_factory() as empty, pytest.raises(BackupError, match="damaged"):
            restore(empty.settings(), tmp_path / "damaged")
