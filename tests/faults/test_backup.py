"""A backup brings back what was there, says so by counts and digests, and never passes for one when it is damaged."""

import shutil
from datetime import date

import pytest
from sqlalchemy import text

from hub.access.sealing import Keys
from hub.opening import open_hub
from hub.refusal import Refusal
from hub.storage.backup import RIGHTS, BackupError, backup, restore
from hub.storage.connecting import engine_of
from tests.flow import carry, hub, what_is_known
from tests.properties.test_timelines import deliver


async def filled(database, tmp_path, *, keys_of=None):
    """Two months of a register, and what is known of it."""
    for month in (date(2026, 9, 30), date(2026, 10, 31)):
        deliver(tmp_path / "in" / f"{month:%Y-%m}", month, {0: (month.month % 3, True), 1: (1, False)})
    async with hub(database, keys_of or tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        return await what_is_known(connection)


async def test_restored_is_what_was_backed_up(database_factory, tmp_path):
    with database_factory() as lived, database_factory() as empty:
        known = await filled(lived, tmp_path, keys_of=lived.home)
        proof = backup(lived.settings(), tmp_path / "backup")
        give_keys(lived, empty)
        assert proof.rows > 0
        brought = restore(empty.settings(), tmp_path / "backup")
        assert (brought.tables, brought.rows) == (proof.tables, proof.rows)
        async with hub(empty, tmp_path) as (connection, _):
            assert await what_is_known(connection) == known
            assert await connection.fetchval("select bool_and(relrowsecurity and relforcerowsecurity) from pg_class where relname = 'mention'")


async def test_a_reader_of_a_restored_database_is_held_to_row_security(database_factory, tmp_path):
    import asyncpg

    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup", with_keys=True)
        restore(empty.settings(), tmp_path / "backup")
        connection = await asyncpg.connect(empty.dsn("hub_reader"))
        assert await connection.fetchval("select count(*) from person_resolved") == 0
        await connection.execute("select set_config('hub.divisions', '210281', false), set_config('hub.tables', ',person_resolved,', false), set_config('hub.reach', 'county', false)")
        assert await connection.fetchval("select count(*) from person_resolved") > 0
        await connection.close()


async def test_damage_and_rows_in_the_way_are_refused(database_factory, tmp_path):
    with database_factory() as lived:
        await filled(lived, tmp_path, keys_of=lived.home)
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


async def test_a_restored_hub_goes_on_where_it_was(database_factory, tmp_path):
    """Into a home that was never opened: the keys are in place, the application may write, and unchanged rows are known again."""
    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup", with_keys=True)
        with engine_of(empty.dsn("hub_owner")).begin() as connection:  # as whoever prepares a cluster leaves it, before any migration
            connection.execute(text(f"revoke temporary on database {empty.name} from public, hub_writer"))
        assert "the sealing keys are in place" in str(restore(empty.settings(), tmp_path / "backup"))
        own = empty.settings().key_file
        assert own.read_bytes() == lived.settings().key_file.read_bytes() and own.stat().st_mode & 0o077 == 0
        deliver(tmp_path / "later" / "2026-11", date(2026, 11, 20), {0: (10 % 3, True), 1: (1, False)})
        async with hub(empty, empty.home) as (connection, keys):
            (report,) = await carry(connection, keys, tmp_path / "later")
        assert report.state == "PUBLISHED" and (report.counts.new, report.counts.ended) == (0, 0) and report.counts.unchanged > 0


async def test_a_home_with_other_keys_is_not_restored_into(database_factory, tmp_path):
    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup", with_keys=True)
        Keys.load_or_make(empty.settings().key_file)
        with pytest.raises(BackupError, match="holds other keys than the backup"):
            restore(empty.settings(), tmp_path / "backup")


async def test_a_database_of_other_keys_is_not_opened(database_factory, tmp_path):
    """Without the keys, and with others: nothing is carried under which nobody would be known again, and no new keys are made."""
    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup", with_keys=True)
        restore(empty.settings(), tmp_path / "backup")
        own = empty.settings().key_file
        own.unlink()
        with pytest.raises(Refusal, match="no such file"):
            async with open_hub(empty.settings()):
                pass
        assert not own.exists()
        Keys.load_or_make(own)
        with pytest.raises(Refusal, match="holds other keys"):
            async with open_hub(empty.settings()):
                pass
        own.write_bytes(lived.settings().key_file.read_bytes())
        async with open_hub(empty.settings()):
            pass


async def test_a_backup_without_keys_goes_only_to_its_own(database_factory, tmp_path):
    """Refused before anything is brought back, and nothing is made; after a rotation the keys are still its own."""
    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup")
        own = empty.settings().key_file
        with pytest.raises(BackupError, match="put the keys of its hub there first"):
            restore(empty.settings(), tmp_path / "backup")
        assert not own.exists()
        Keys.load_or_make(own)
        with pytest.raises(BackupError, match="other keys than those of the backup"):
            restore(empty.settings(), tmp_path / "backup")
        own.unlink()
        give_keys(lived, empty)
        Keys.add(own, "aes")
        assert "those in place are its hub's" in str(restore(empty.settings(), tmp_path / "backup"))


async def test_a_backup_whose_keys_are_forgotten_is_not_restored(database_factory, tmp_path):
    with database_factory() as lived, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup")
        give_keys(lived, empty)
        own = empty.settings().key_file
        Keys.add(own, "aes")
        Keys.forget(own)
        with pytest.raises(BackupError, match="no longer holds"):
            restore(empty.settings(), tmp_path / "backup")


async def test_a_restored_database_gives_the_rights_of_a_fresh_one(database_factory, tmp_path):
    """Row by row: what each role may do with the database, the schema, its tables, columns and functions, and what binds it."""
    with database_factory() as lived, database_factory() as fresh, database_factory() as empty:
        await filled(lived, tmp_path, keys_of=lived.home)
        backup(lived.settings(), tmp_path / "backup", with_keys=True)
        for bare in (fresh, empty):
            with engine_of(bare.dsn("hub_owner")).begin() as connection:
                connection.execute(text(f"revoke temporary on database {bare.name} from public, hub_writer"))
        with engine_of(fresh.dsn("hub_owner")).begin() as connection:
            connection.execute(text(RIGHTS))
        restore(empty.settings(), tmp_path / "backup")
        assert rights(empty) == rights(fresh)


def rights(database) -> set[tuple]:
    """Every right and policy of a database."""
    with engine_of(database.dsn("hub_owner")).connect() as connection:
        return {tuple(row) for row in connection.execute(text(WHO_MAY))}


WHO_MAY = """
    select 'database', 'it', a.grantee::regrole::text, a.privilege_type from pg_database, aclexplode(datacl) a where datname = current_database()
    union all select 'schema', nspname, a.grantee::regrole::text, a.privilege_type from pg_namespace, aclexplode(nspacl) a where nspname = 'public'
    union all select 'table', relname, a.grantee::regrole::text, a.privilege_type from pg_class, aclexplode(relacl) a where relnamespace = 'public'::regnamespace
    union all select 'column', attrelid::regclass || '.' || attname, a.grantee::regrole::text, a.privilege_type from pg_attribute, aclexplode(attacl) a
    union all select 'function', p.oid::regprocedure::text, a.grantee::regrole::text, a.privilege_type from pg_proc p, aclexplode(proacl) a
     where pronamespace = 'public'::regnamespace and not exists (select from pg_depend d where d.objid = p.oid and d.deptype = 'e')
    union all select 'policy', tablename || '.' || policyname, roles::text, concat(cmd, qual, with_check) from pg_policies
    union all select 'locked', relname, relrowsecurity::text, relforcerowsecurity::text from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r'"""


def give_keys(one, other) -> None:
    """Put a hub's keys into another home, as an operator does."""
    other.settings().key_file.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(one.settings().key_file, other.settings().key_file)
