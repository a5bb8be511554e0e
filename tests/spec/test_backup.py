"""A backup is made of a hub with rows, brought back into an empty one, and proved equal; a failed one leaves nothing and tells its cause."""

import pytest

from hub.storage import backup as keeping
from hub.storage.backup import BackupError, backup, restore
from tests.flow import carry, hub, what_is_known
from tests.properties.test_timelines import MONTHS, deliver


async def test_a_backup_brought_back_is_the_same(database_factory, tmp_path):
    with database_factory() as one, database_factory() as other:
        async with hub(one, tmp_path) as (connection, keys):
            await carry(connection, keys, deliver(tmp_path / "in", MONTHS[0], {0: (0, True), 1: (1, False)}))
            known = await what_is_known(connection)
        assert known["record_period"]
        made = backup(one.settings(), tmp_path / "kept")
        assert made.rows > 0
        brought = restore(other.settings(), tmp_path / "kept")
        assert (brought.tables, brought.rows) == (made.tables, made.rows)
        async with hub(other, tmp_path) as (connection, _):
            assert await what_is_known(connection) == known
        with pytest.raises(BackupError, match="is not empty"):
            restore(other.settings(), tmp_path / "kept")


def test_a_failed_backup_leaves_nothing_and_tells_its_cause(database, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "DUMP", "no/such/folder.dump")
    with pytest.raises(BackupError, match="could not open output file"):
        backup(database.settings(), tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_cause_is_the_first_error_and_never_a_row():
    said = 'pg_restore: error: COPY failed for table "person"\nCONTEXT:  COPY person, line 1: "210299"\npg_restore: detail: no'
    assert keeping._cause(said) == 'COPY failed for table "person"'
