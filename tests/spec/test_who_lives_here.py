"""Children whom one list alone knows, and who live here by what it tells: each is found (A-87; domain B.4, B.8)."""

from datetime import date

import pytest

from tests.flow import carry, hub, number, write_csv
from tests.rules.city import ON, City

BORN = date(2015, 5, 3)
CHILD, PARENT = number(BORN, 21), number(date(1985, 4, 11), 31)
HERE = "瓦房店市新华街道桃园社区3号"
PERMIT = ["居住证号", "姓名", "公民身份号码", "居住地住址", "签发日期", "最近签注日期", "到期日期", "随行子女姓名", "随行子女身份证号"]


@pytest.mark.parametrize(
    ("file", "head", "row", "township"),
    [
        ("居住证", PERMIT, ["J1", "王大山", PARENT, HERE, "20250910", "20260905", "20270909", "王小禾", CHILD], "210281001"),
        ("居住证", PERMIT, ["J1", "王大山", PARENT, HERE, "20240720", "20260715", "20260801", "王小禾", CHILD], "210281001"),  # endorsed since
        ("居住证", PERMIT, ["J1", "王大山", PARENT, HERE, "20240720", "20250715", "20260801", "王小禾", CHILD], None),
        ("无户口人员", ["姓名", "出生日期", "父母", "原因", "发现日期"], ["王小禾", "20150503", "王大山、李小云", "非婚生", "20260910"], ""),
        ("残疾人基本服务状况和需求动态更新", ["G2", "G1", "O17", "O19", "O15", "G15", "G206"], [f"{CHILD}51", "王小禾", CHILD, "20150503", "5", "_2", HERE], "210281001"),
    ],
)  # fmt: skip
async def test_a_child_whom_one_list_knows(database, tmp_path, file, head, row, township):
    write_csv(tmp_path / "in", f"{file}_20261031.csv", [head, row])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        city = City(connection, "unenrolled")
        await connection.execute("delete from delivery")
        await city.deliver()
        found = await city.one(ON)
        assert (found and (found["township"] or "")) == township


REGISTER = ["户号", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址", "注销日期", "注销原因", "户籍状态"]


async def test_a_register_entry_ends_for_a_reason_that_somebody_can_read(database, tmp_path):
    cancelled = {
        "王一": ("20260901", "迁往沈阳市", ""), "王二": ("20260901", "迁往本市其他乡镇", ""), "王三": ("20260901", "错登", ""), "王四": ("20260901", "随亲属", ""), "王五": ("20260901", "", ""),
        "王六": ("20260901", "随亲属", "迁出"), "王七": ("20260901", "病故", ""), "王八": ("", "", "正常"), "王九": ("20271201", "迁往沈阳市", ""),
    }  # fmt: skip
    people = [[f"H{n}", "长子", name, "男", number(BORN, 21 + 2 * n), "20150503", HERE, *told] for n, (name, told) in enumerate(cancelled.items())]
    write_csv(tmp_path / "in", "常住人口_20261031.csv", [REGISTER, *people])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        assert (report.state, report.unread.rows) == ("PUBLISHED", 2), report.reasons
        city = City(connection, "unenrolled")
        await connection.execute("delete from delivery")
        await city.deliver()
        named = {row["id"]: row["name"] for row in await connection.fetch("select id, name from person_resolved")}
        assert {named[person] for person in await city.found(ON)} == {"王二", "王三", "王四", "王八", "王九"}
