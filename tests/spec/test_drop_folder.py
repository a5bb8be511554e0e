"""`hub run` of a folder whose files go, or turn into something else, while they are read: each is one refused line."""

import os
from datetime import date
from types import SimpleNamespace

import asyncpg

from connectors.transports.files import open_deliveries
from hub import running
from hub.access.sealing import Keys
from hub.demo.show import make_homes
from hub.steps.pull import RawStore
from tests.flow import DIVISION

ON = date(2026, 10, 20)


async def test_a_file_that_goes_while_it_is_read_is_one_refused_line(database, tmp_path, monkeypatch):
    drop, outside = tmp_path / "drop", tmp_path / "outside.csv"
    drop.mkdir()
    for name in ("gone.csv", "link.csv", "pipe.csv", "stays.csv"):
        (drop / name).write_text("姓名,证件号码,性别,民族,学籍号\n甲,1,男,汉族,2\n")
    outside.write_text("somebody else's")

    def read_then_changed(*args, **options):
        yield from open_deliveries(*args, **options)
        for name in ("gone.csv", "link.csv", "pipe.csv"):
            (drop / name).unlink()
        (drop / "link.csv").symlink_to(outside)
        os.mkfifo(drop / "pipe.csv")

    monkeypatch.setattr(running, "open_deliveries", read_then_changed)
    monkeypatch.setattr(running, "load_contracts", lambda folder: ())
    settings = database.settings(HUB_BUSINESS_DATE=str(ON))
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    try:
        keys = Keys.load_or_make(settings.key_file)
        hub = SimpleNamespace(settings=settings, connection=connection, division=DIVISION, keys=keys, today=lambda: ON, raw=RawStore(settings.home / "raw", keys))
        outcome = await running.run_folder(hub, drop, watch=lambda: None)
    finally:
        await connection.close()
    assert {refused.file for refused in outcome.refused} == {"gone.csv", "link.csv", "pipe.csv", "stays.csv"}
    assert sum("cannot be opened" in refused.reason for refused in outcome.refused) == 3
    assert len(list(hub.raw.folder.iterdir())) == 1  # what stayed, and nothing from outside


def test_homes_of_the_demo_are_closed_to_others(tmp_path):
    before = os.umask(0o022)
    try:
        make_homes(tmp_path / "hub", tmp_path / "hub" / "demo")
    finally:
        os.umask(before)
    others_read = [path.stat().st_mode & 0o066 for path in (tmp_path / "hub", tmp_path / "hub" / "demo")]
    assert others_read == [0, 0]
