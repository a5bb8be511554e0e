"""A move within the city: who lives where afterwards."""

from datetime import date

import pytest

from hub.identity.linking import relink_all
from hub.storage.publishing import publishing
from tests.flow import DIVISION, TODAY, carry, hub, number, write_csv

REGISTER = ["序号", "户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址", "注销日期", "注销原因"]
PUPILS = ["序号", "学校名称", "学籍号", "姓名", "性别", "出生日期", "身份证件号", "现住址", "年级", "班级", "就读状态", "成员1姓名", "成员1关系", "成员1身份证件号", "成员1是否监护人"]
AIDED = ["低保证号", "户主姓名", "户主身份证号", "家庭成员姓名", "与户主关系", "成员身份证号", "性别", "出生日期", "乡镇街道", "救助类别"]
OLD, NEW = "瓦房店市复州城镇八里庄村", "瓦房店市永宁镇大房村"
BORN = date(2012, 5, 9)
FAMILIES = range(8)  # several, since a wrong choice by id would be right for half of them


def grandmother(n: int) -> list[str]:
    return [f"孙桂{chr(0x5170 + n)}", "女", number(date(1956, 9, 22), 302 + 2 * n), "19560922"]


def child(n: int) -> list[str]:
    return [f"孙雨{chr(0x6CFD + n)}", "男", number(BORN, 31 + 2 * n), "20120509"]


async def homes(connection, names: list[str]) -> dict[str, tuple]:
    rows = await connection.fetch(
        """select p.name, p.register_household, p.living_household, p.hukou_township,
                  array(select distinct m.household from membership m where m.person = p.id and upper(m.valid) is null and m.household_kind = 'REGISTER') as standing
             from person_resolved p where p.name = any($1)""",
        names,
    )
    return {row["name"]: tuple(row.values())[1:] for row in rows}


async def test_a_child_on_no_register_follows_its_guardian(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        for day, household, address in (("20260930", "50000", OLD), ("20261031", "60000", NEW)):
            listed = [[str(n), f"{household}{n}", grandmother(n)[0], "户主", *grandmother(n), address, "", ""] for n in FAMILIES]
            write_csv(tmp_path / day, f"常住人口_{day}.csv", [REGISTER, *listed])
            pupils = [[str(n), "复州城镇中心小学", f"G{child(n)[2]}", child(n)[0], "男", "20120509", child(n)[2], OLD, "三年级", "1", "在读", grandmother(n)[0], "祖母", grandmother(n)[2], "是"]
                      for n in FAMILIES]  # fmt: skip
            write_csv(tmp_path / day, f"学生基础信息_{day}.csv", [PUPILS, *pupils])
            for report in await carry(connection, keys, tmp_path / day, released=True):
                assert report.state == "PUBLISHED", report.reasons
        found = await homes(connection, [who(n)[0] for n in FAMILIES for who in (grandmother, child)])
        for n in FAMILIES:
            (home,) = found[grandmother(n)[0]][3]
            assert found[grandmother(n)[0]][0] == home
            assert found[child(n)[0]][:2] == (None, home)


@pytest.mark.parametrize("why", ["迁出", ""])
async def test_a_cancelled_row_that_is_still_listed_is_nobodys_household(why, database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        before = [[str(n), f"50000{n}", child(n)[0], "户主", *child(n), OLD, "", ""] for n in FAMILIES]
        gone = [[*row[:-2], "20261015", why] for row in before]
        after = [[str(n), f"60000{n}", child(n)[0], "户主", *child(n), NEW, "", ""] for n in FAMILIES]
        for day, rows in (("20260930", before), ("20261031", [*gone, *after])):
            write_csv(tmp_path / day, f"常住人口_{day}.csv", [REGISTER, *rows])
            (report,) = await carry(connection, keys, tmp_path / day, released=True)
            assert report.state == "PUBLISHED", report.reasons
        for register, _, township, standing in (await homes(connection, [child(n)[0] for n in FAMILIES])).values():
            assert [register] == standing
            assert township == "210281108"


async def test_who_comes_to_be_listed_is_in_that_household_at_once(database, tmp_path):
    """September knows children by their school and the allowances, with fathers whom the register does not list; October's register lists them, with numbers, under their grandfathers."""
    pupils, aided, heads, listed = [], [], [], []
    for n, surname in enumerate("孙李王赵钱周吴郑"):
        born, name, head = date(2012, 1 + n, 9), f"{surname}雨{chr(0x6CFD + n)}", f"{surname}大{chr(0x5170 + n)}"
        told = [name, "男", number(born, 31 + 2 * n), f"{born:%Y%m%d}"]
        pupils.append([str(n), "复州城镇中心小学", "", *told[:2], told[3], told[2], OLD, "三年级", "1", "在读", f"{surname}金{chr(0x798F + n)}", "父亲", number(date(1984, 2, 1 + n), 301 + 2 * n), ""])
        aided.append([f"H{n}", f"{surname}金{chr(0x798F + n)}", number(date(1984, 2, 1 + n), 301 + 2 * n), name, "子", told[2], "男", told[3], "复州城镇", "农村低保"])
        heads.append([str(n), f"60000{n}", head, "户主", head, "男", number(date(1950, 2, 1 + n), 301 + 2 * n), f"195002{1 + n:02d}", NEW, "", ""])
        listed.append([f"1{n}", f"60000{n}", head, "孙子", *told, NEW, "", ""])
    write_csv(tmp_path / "20260930", "常住人口_20260930.csv", [REGISTER, *heads])
    write_csv(tmp_path / "20260930", "学生基础信息_20260930.csv", [PUPILS, *pupils])
    write_csv(tmp_path / "20260930", "城乡低保对象_20260930.csv", [AIDED, *aided])
    write_csv(tmp_path / "20261031", "常住人口_20261031.csv", [REGISTER, *heads, *listed])
    async with hub(database, tmp_path) as (connection, keys):
        for day in ("20260930", "20261031"):
            for report in await carry(connection, keys, tmp_path / day, released=True):
                assert report.state == "PUBLISHED", report.reasons
        homes = "select i.id, i.household from identity i join mention m on m.division = i.division and m.id = i.id where m.anchor is null order by i.id"
        one_by_one = [tuple(row) for row in await connection.fetch(homes)]
        async with publishing(connection, division=DIVISION, kind="link", by="test", business_date=TODAY) as publication:
            await relink_all(publication, keys)
        assert one_by_one == [tuple(row) for row in await connection.fetch(homes)]
