"""A full delivery whose rows wait in quarantine ends nobody who may be one of them; the others end."""

from datetime import date

import pytest

from connectors import load_contracts
from hub import pipeline
from hub.steps.quarantine import repair
from tests.flow import DIVISION, TODAY, carry, hub, number, write_csv
from tests.spec.test_quarantine_and_hold import SOURCE, rows

GONE = 50  # whose row is missing from the second list

HEADER = ["序号", "学校名称", "年级", "学籍号", "姓名", "性别", "出生日期", "身份证件号", "就读状态"]


def born(who: int) -> date:
    return date(2012 + who % 3, 1 + who % 12, 3 + who % 7)


def pupils() -> list[list[str]]:
    """Forty pupils, each row under 序号 1 as some offices write it."""
    return [HEADER, *(["1", "复州中心小学", "五年级", f"G{number(born(i), 101 + 2 * i)}", f"在{chr(0x4e00 + i)}", "男", f"{born(i):%Y%m%d}", number(born(i), 101 + 2 * i), "在读"] for i in range(40))]


async def enrolled(connection) -> set[str]:
    rows = await connection.fetch("select m.name from enrolment e join mention m on m.id = e.mention where upper(e.valid) is null and upper(m.valid) is null")
    return {row["name"][1] for row in rows}


def without(told: list[list[str]], who: int, *columns: str) -> None:
    """Leave cells of a pupil's row as failed formulas do."""
    for column in columns:
        told[1 + who][HEADER.index(column)] = "#N/A"


@pytest.mark.parametrize(
    ("unreadable", "stay"),
    [
        (("姓名",), {0}),  # the key can be read
        (("姓名", "学籍号"), {0}),  # the number tells whose row it is
        (("姓名", "学籍号", "身份证件号"), {0, 7}),  # the birth date tells who it may be: both that are missing of that day
        (("姓名", "学籍号", "身份证件号", "出生日期"), {0, 7, 20}),  # nothing tells: it may be any that is missing
    ],
)
async def test_who_may_be_a_row_that_waits_stays(unreadable, stay, database, tmp_path):
    first = pupils()
    first[8][HEADER.index("出生日期")] = first[1][HEADER.index("出生日期")]
    later = [list(row) for row in first]
    without(later, 0, *unreadable)
    later = [row for i, row in enumerate(later) if i not in (8, 21)]  # two have really gone, one of them of the same birth date
    write_csv(tmp_path / "a", "学生基础信息_20260930.csv", first)
    write_csv(tmp_path / "b", "学生基础信息_20261031.csv", later)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.state, report.counts.quarantined, report.counts.conserved) == ("PUBLISHED", 1, True), report.reasons
        assert {chr(0x4e00 + i) for i in (0, 7, 20)} & await enrolled(connection) == {chr(0x4e00 + i) for i in stay}
        assert report.counts.ended == 3 - len(stay)
        said = "1 record that it does not name stays" if len(stay) == 1 else f"{len(stay)} records that it does not name stay"
        assert any(notice.startswith(f"{said} as before") for notice in report.notices)


async def test_a_shifted_row_is_known_by_its_number_wherever_that_stands(database, tmp_path):
    first = pupils()
    later = [list(row) for row in first]
    later[1] = [later[1][0], later[1][7], later[1][4], "", later[1][1], "", "", "", ""]  # its cells under other headers
    del later[21]
    write_csv(tmp_path / "a", "学生基础信息_20260930.csv", first)
    write_csv(tmp_path / "b", "学生基础信息_20261031.csv", later)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.counts.quarantined, report.counts.ended) == (1, 1)
        assert {chr(0x4e00), chr(0x4e00 + 20)} & await enrolled(connection) == {chr(0x4e00)}


async def test_who_stood_in_for_a_row_ends_when_that_is_repaired(database, tmp_path):
    """A blank name and no number: the row may be any of the missing; repaired, it is one, and the other has gone with its delivery."""
    first, later = rows(), rows(broken=range(0, 5))
    for row in later[1:6]:
        row[1], row[7], row[8] = "", "", ""
    del later[1 + GONE]
    write_csv(tmp_path / "a", "常住人口_202609.csv", first)
    write_csv(tmp_path / "b", "常住人口_202610.csv", later)
    standing = "select count(*) from record_period where upper(valid) is null"
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.counts.quarantined, report.counts.ended, await connection.fetchval(standing)) == (5, 0, 60)
        delivery = await connection.fetchval("select delivery from quarantine limit 1")
        mended = tmp_path / "repair.csv"
        cells = [(i + 2, column, first[1 + i][at]) for i in range(5) for column, at in (("姓名", 4), ("户号", 1), ("公民身份号码", 7), ("出生日期", 8))]
        mended.write_text("delivery,sheet,row,column,value\n" + "".join(f"{delivery},,{row},{column},{value}\n" for row, column, value in cells), encoding="utf-8")
        await repaired_from(connection, keys, mended, delivery)
        assert await connection.fetchval(standing) == 59
        told = await connection.fetchrow("select rows_unchanged, rows_quarantined, records_ended from delivery where id = $1", delivery)
        assert tuple(told) == (59, 0, 1)


async def repaired_from(connection, keys, file, delivery) -> None:
    """What `hub quarantine repair FILE` and `replay` do."""
    await repair(connection, DIVISION, keys, file, contracts=load_contracts(), by="甲")
    contract = next(c for c in load_contracts() if c.name == SOURCE)
    await pipeline.replay(delivery, contract, connection=connection, keys=keys, division=DIVISION, business_date=TODAY)


async def test_a_second_row_of_a_key_stays_too(database, tmp_path):
    """Two rows of one key are two records: the second stands on while its row waits, though another row gives the key."""
    first = pupils()
    first.append([*first[3][:2], "六年级", *first[3][3:]])
    later = [list(row) for row in first]
    later[-1][HEADER.index("姓名")] = "#N/A"
    write_csv(tmp_path / "a", "学生基础信息_20260930.csv", first)
    write_csv(tmp_path / "b", "学生基础信息_20261031.csv", later)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (report,) = await carry(connection, keys, tmp_path / "b")
        assert (report.counts.quarantined, report.counts.ended) == (1, 0)
