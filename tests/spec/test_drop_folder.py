"""`hub run` of a folder whose files go, or turn into something else, while they are read: each is one refused line."""

import os
import warnings
import zipfile
from datetime import date
from types import SimpleNamespace

import asyncpg

from connectors.transports.files import open_deliveries
from hub import running
from hub.access.sealing import Keys
from hub.demo.show import make_homes
from hub.opening import open_hub
from hub.steps.pull import RawStore
from tests.flow import DIVISION, carry, hub, number, write_csv

ON = date(2026, 10, 20)


HEAD = ["低保证号", "户主姓名", "户主身份证号", "家庭成员姓名", "成员身份证号", "与户主关系", "月保障金额", "救助类别"]


def allowance(folder, name, serials, amount):
    rows = [[f"DB{n:05d}", "王大山", number(date(1980, 1, 1), n), "王小禾", number(date(2015, 5, 3), n), "子", str(amount), "农村低保"] for n in serials]
    write_csv(folder, name, [HEAD, *rows])


async def standing(connection, day):
    rows = await connection.fetch("select monthly_amount as amount, count(*) as n from assistance where valid @> $1::date group by 1 order by 1", day)
    return {int(row["amount"]): row["n"] for row in rows if row["amount"] is not None}


async def test_a_file_that_is_sent_again_takes_those_with_it_that_were_received(database, tmp_path):
    """One list in two files: the one that is as it was is read with the one that was corrected, and nobody's allowance has ended."""
    drop = tmp_path / "drop"
    allowance(drop / "2026-09-30", "岗店街道 城乡低保对象.csv", range(101, 107), 500)
    allowance(drop / "2026-09-30", "太阳街道 城乡低保对象.csv", range(201, 255), 500)
    async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-10-02")) as opened:
        await running.run_folder(opened, drop, watch=lambda: None)
        allowance(drop / "2026-09-30", "太阳街道 城乡低保对象.csv", range(201, 255), 650)
        told = await running.run_folder(opened, drop, watch=lambda: None)
        assert [report.state for report in told.reports] == ["PUBLISHED"]
        assert await standing(opened.connection, date(2026, 10, 2)) == {500: 6, 650: 54}
        told = await running.run_folder(opened, drop, watch=lambda: None)
        assert {report.state for report in told.reports} == {"ALREADY"}


async def test_a_list_that_is_again_as_it_was_speaks_for_its_own_month(database, tmp_path):
    drop = tmp_path / "drop"
    async with open_hub(database.settings(HUB_BUSINESS_DATE="2026-09-15")) as opened:
        for day, amount in (("2026-06-30", 500), ("2026-07-31", 700), ("2026-08-31", 500)):
            allowance(drop / day, "城乡低保对象.csv", range(101, 110), amount)
            await running.run_folder(opened, drop, watch=lambda: None)
        told = [await standing(opened.connection, date(2026, month, 31)) for month in (7, 8)]
        assert told == [{700: 9}, {500: 9}]
        assert {report.state for report in (await running.run_folder(opened, drop, watch=lambda: None)).reports} == {"ALREADY"}


async def test_two_files_of_one_name_in_a_zip_are_both_carried(database, tmp_path):
    head, drop = ["户号", "户主姓名", "与户主关系", "姓名", "公民身份号码"], tmp_path / "drop"
    drop.mkdir()
    with warnings.catch_warnings(), zipfile.ZipFile(drop / "上报_20260930.zip", "w") as archive:
        warnings.simplefilter("ignore")
        for serial in (21, 31):
            row = [f"21028{serial}", "王大山", "子", "王小禾", number(date(2015, 5, 3), serial)]
            archive.writestr("常住人口_20260930.csv", "\r\n".join(map(",".join, (head, row))).encode())
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, drop)
        assert (report.state, report.counts.new) == ("PUBLISHED", 2)
        assert await connection.fetchval("select count(distinct sheet) from record") == 2


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
