"""Rows that stand word for word as their source's last delivery had them are not read again, and nothing becomes other by it."""

import shutil
from collections import Counter
from datetime import date

import pytest

from hub.contract.apply import Rows
from hub.demo import generate
from hub.steps import stage as staging
from hub.steps.stage import Stage
from tests.flow import carry, hub, number, what_is_known, write_csv

HEADER = ["序号", "学校名称", "年级", "学籍号", "姓名", "性别", "出生日期", "身份证件号", "就读状态"]


@pytest.fixture
def read(monkeypatch) -> Counter[str]:
    """How many rows were read, by source."""
    counted: Counter[str] = Counter()
    reads = Rows.__call__

    def counting(self, cells):
        counted[self.contract.name] += 1
        return reads(self, cells)

    monkeypatch.setattr(Rows, "__call__", counting)
    return counted


def pupils(grade: str = "五年级", *, lines: int = 1) -> list[list[str]]:
    """Thirty pupils, numbered from ``lines`` on."""
    days = [date(2014, 1 + i % 12, 3 + i % 7) for i in range(30)]
    return [HEADER, *([str(lines + i), "复州中心小学", grade, f"G{number(day, 101 + 2 * i)}", f"在{chr(0x4e00 + i)}", "男", f"{day:%Y%m%d}", number(day, 101 + 2 * i), "在读"]
                      for i, day in enumerate(days))]


async def told(connection) -> list[tuple]:
    """What is kept of deliveries, their rows and their quarantine."""
    found = [*await connection.fetch(
        """select source, as_of, state, reasons, notices, profile, rows_read, rows_not_data, rows_new, rows_changed, rows_unchanged,
                  rows_quarantined, rows_refused, records_ended from delivery order by source, as_of, file""")]
    found += await connection.fetch("select delivery, sheet, position, records, row_numbers, lines, contents from delivery_page order by delivery, sheet, position")
    found += await connection.fetch("select delivery, sheet, row, line, payload, problems, state from quarantine order by delivery, sheet, row")
    return [tuple(row.values()) for row in found]


async def test_a_city_whose_rows_are_not_read_again_is_the_same_city(database_factory, tmp_path, monkeypatch, read):
    city = tmp_path / "city"
    generate(city, children=150, seed=11)
    shutil.copytree(city / "2026-10", city / "2026-11")
    for path in sorted((city / "2026-11").rglob("*")):
        if path.is_file():
            path.rename(path.with_name(path.name.replace("202610", "202611").replace("2026-10", "2026-11")))
    known, kept, rows = [], [], []
    for reads_all in (False, True):
        with monkeypatch.context() as patched, database_factory() as database:
            if reads_all:
                patched.setattr(Stage, "_standing", nobody)
            async with hub(database, tmp_path) as (connection, keys):
                for month in ("2026-09", "2026-10", "2026-11"):
                    read.clear()
                    await carry(connection, keys, city / month, today=date(2026, 12, 24))
                    rows.append(read.total())
                known.append(await what_is_known(connection))
                kept.append(await told(connection))
    assert known[0] == known[1]
    assert kept[0] == kept[1]
    assert rows[0] == rows[3]
    assert rows[1] < rows[4] / 2
    assert rows[2] < rows[5] / 4


async def nobody(stage: Stage, *before: object) -> dict[int, int]:
    return {}


async def test_only_what_says_something_new_is_read(database, tmp_path, read):
    async with hub(database, tmp_path) as (connection, keys):
        for day, rows, expected in (("20260930", pupils(), 30), ("20261031", pupils(lines=7), 0), ("20261130", pupils("六年级"), 30)):
            write_csv(tmp_path / day, f"学生基础信息_{day}.csv", rows)
            read.clear()
            (report,) = await carry(connection, keys, tmp_path / day, today=date(2026, 12, 24), released=True)
            assert (report.state, report.counts.conserved, read.total()) == ("PUBLISHED", True, expected)
        lines = await connection.fetch("select lines[1] as first from delivery_page p join delivery d on d.id = p.delivery order by d.as_of")
        assert [row["first"] for row in lines] == ["1", "7", "1"]


async def test_a_row_of_which_there_was_something_to_tell_is_read_again(database, tmp_path, read):
    rows = pupils()
    rows[4][HEADER.index("出生日期")] = "21401301"
    rows[9][HEADER.index("就读状态")] = "不知道"
    async with hub(database, tmp_path) as (connection, keys):
        for day in ("20260930", "20261031"):
            write_csv(tmp_path / day, f"学生基础信息_{day}.csv", rows)
            read.clear()
            await carry(connection, keys, tmp_path / day)
        assert 1 <= read.total() <= 2
        first, second = await connection.fetch("select profile, rows_quarantined from delivery order by as_of")
        assert first == second


async def test_a_row_that_stands_below_another_of_its_key_is_a_record_of_its_own(database_factory, tmp_path, monkeypatch):
    """The key has said something else in a row above: the row is read after all."""
    rows = pupils()
    other = list(rows[3])
    other[HEADER.index("年级")] = "四年级"
    seen = []
    for reads_all in (False, True):
        with monkeypatch.context() as patched, database_factory() as database:
            if reads_all:
                patched.setattr(Stage, "_standing", nobody)
            async with hub(database, tmp_path) as (connection, keys):
                for day, told_rows in (("20260930", rows), ("20261031", [*rows[:3], other, *rows[3:]]), ("20261130", rows)):
                    write_csv(tmp_path / day, f"学生基础信息_{day}.csv", told_rows)
                    (report,) = await carry(connection, keys, tmp_path / day, today=date(2026, 12, 24))
                    assert report.state == "PUBLISHED", report.reasons
                seen.append((await what_is_known(connection), await told(connection)))
    assert seen[0] == seen[1]


@pytest.mark.parametrize("change", ["school year", "program", "earlier date"])
async def test_what_reads_otherwise_reads_again(change, database, tmp_path, read, monkeypatch):
    days = ("20260930", "20261031")
    if change == "school year":
        days = ("20260831", "20260930")
    elif change == "earlier date":
        days = ("20261031", "20260930")
    async with hub(database, tmp_path) as (connection, keys):
        for day in days:
            write_csv(tmp_path / day, f"学生基础信息_{day}.csv", pupils())
            read.clear()
            await carry(connection, keys, tmp_path / day)
            if change == "program":
                monkeypatch.setattr(staging, "read_by", lambda: "another")
        assert read.total() >= 30
