"""A backup that fails leaves nothing and tells its cause, never a row."""

import pytest

from hub.storage import backup as keeping
from hub.storage.backup import BackupError, backup


def test_a_failed_backup_leaves_nothing_and_tells_its_cause(database, tmp_path, monkeypatch):
    monkeypatch.setattr(keeping, "DUMP", "no/such/folder.dump")
    with pytest.raises(BackupError, match="could not open output file"):
        backup(database.settings(), tmp_path / "kept")
    assert list((tmp_path / "kept").iterdir()) == []


def test_the_cause_is_the_first_error_and_never_a_row():
    said = 'pg_restore: error: COPY failed for table "person"\nCONTEXT:  COPY person, line 1: "210299"\npg_restore: detail: no'
    assert keeping._cause(said) == 'COPY failed for table "person"'
