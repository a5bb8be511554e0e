"""A sheet per township tells its rows' township where the row does not; Sheet1, 汇总 and a school are none (D-18)."""

import openpyxl
import pytest

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub.contract.apply import Reapply
from hub.contract.recognise import header_test
from hub.contract.sheets import SHEET, township_of
from hub.steps.validate import raw_pages, sort_out, validate
from tests.flow import TODAY, carry, hub

HEADER = "姓名 性别 出生日期 残疾类别 残疾等级 监护人 现住址 未入学原因".split()
XUTUN, YONGNING, SONGSHU = "210281107", "210281108", "210281103"


def book(path, sheets: dict[str, list[list[str]]], header=HEADER) -> None:
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows in sheets.items():
        sheet = made.create_sheet(name)
        for cells in (header, *rows):
            sheet.append(cells)
    path.parent.mkdir(parents=True, exist_ok=True)
    made.save(path)


def child(name: str, **told: str) -> list[str]:
    cells = {"姓名": name, "性别": "男", "出生日期": "20150503", "残疾类别": "智力", "残疾等级": "二级", "监护人": f"李{name[-1]}", "未入学原因": "残疾程度较重"} | told
    return [cells.get(column, "") for column in HEADER]


def townships(folder) -> dict[str, str | None]:
    contracts = load_contracts()
    found = sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=TODAY)
    made = [outcome for delivery in found.deliveries for page in raw_pages(delivery) for _, outcome in validate(page)]
    return {o.subrows[0].persons["主体"]["name"]: o.subrows[0].persons["主体"].get("township") for o in made}


@pytest.mark.parametrize(("name", "code"), [
    ("许屯镇", XUTUN), ("许屯", XUTUN), ("1.许屯镇", XUTUN), ("许屯镇（32人）", XUTUN), ("2026年许屯镇", XUTUN), ("许屯镇残疾儿童", XUTUN), ("210281107", XUTUN), ("三台乡", "210281208"),
    ("新华街道办事处", "210281001"), ("许屯镇东村", XUTUN),
    ("Sheet1", None), ("工作表1", None), ("汇总", None), ("填表说明", None), ("附件1", None), ("瓦房店市", None), ("新华小学", None), ("许屯镇中心小学", None), ("许屯派出所", None), ("太阳能", None), ("", None)])
def test_which_sheets_are_townships(name, code):
    found = township_of(name)
    assert (found and found.code) == code


def test_the_sheet_tells_what_the_row_does_not(tmp_path):
    book(tmp_path / "未入学适龄残疾儿童少年名单_202609.xlsx", {
        "许屯镇": [child("王甲")], "2.永宁镇（2人）": [child("王乙"), child("王丙", 现住址="瓦房店市松树镇东村")], "Sheet3": [child("王丁")]})
    assert townships(tmp_path) == {"王甲": XUTUN, "王乙": YONGNING, "王丙": SONGSHU, "王丁": None}


def test_the_rows_own_column_wins_and_a_blank_one_does_not(tmp_path):
    header = [*HEADER, "乡镇街道"]
    book(tmp_path / "未入学适龄残疾儿童少年名单_202609.xlsx", {"许屯镇": [[*child("王甲"), "永宁镇"], [*child("王乙"), ""], [*child("王丙"), "—"]]}, header)
    assert townships(tmp_path) == {"王甲": YONGNING, "王乙": XUTUN, "王丙": XUTUN}


@pytest.mark.parametrize("contract", ["civil_affairs.minimum_living_allowance", "civil_affairs.left_behind", "civil_affairs.destitute_support", "civil_affairs.child_welfare",
    "disabled_persons.certificate", "disabled_persons.unenrolled_list", "disabled_persons.survey", "justice.prisoners_children", "poverty_relief.household",
    "public_security.household_register", "health.disability_screening"])
def test_whose_lists_come_by_township(contract):
    (found,) = [c for c in load_contracts() if c.name == contract]
    assert [rule.type for rule in found.columns.values() if rule.sheet] == ["division"]


def test_a_school_registers_sheet_is_its_schools_township_and_no_pupils(tmp_path):
    header = "学校名称 姓名 性别 出生日期 学籍状态 是否留守儿童".split()
    book(tmp_path / "学生基础信息_202609.xlsx", {"许屯镇": [["许屯镇中心小学", "王甲", "男", "20150503", "在读", "否"]]}, header)
    assert townships(tmp_path) == {"王甲": None}


def test_a_stored_row_is_read_with_its_sheet(tmp_path):
    (contract,) = [c for c in load_contracts() if c.name == "disabled_persons.unenrolled_list"]
    outcome = Reapply(contract)({**dict(zip(HEADER, child("王甲"), strict=True)), SHEET: "许屯镇"}, TODAY)
    assert outcome.subrows[0].persons["主体"]["township"] == XUTUN


async def test_disagreement_is_told_and_where_it_stands(database, tmp_path):
    header = [*HEADER, "乡镇街道"]
    book(tmp_path / "in" / "未入学适龄残疾儿童少年名单_202609.xlsx", {
        "许屯镇": [[*child(f"王{c}"), "永宁镇"] for c in "甲乙"] + [[*child("王丙"), "许屯镇"]], "永宁镇": [[*child("王丁"), ""]], "汇总": [[*child("王甲"), "永宁镇"]]}, header)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        assert "2 rows name another township than their sheet; the row's own counts" in report.notices
        told = dict(await connection.fetch("select name, township from mention where role = '主体'"))
        assert told == {"王甲": YONGNING, "王乙": YONGNING, "王丙": XUTUN, "王丁": YONGNING}


async def test_a_list_may_tell_its_townships_by_a_column_or_by_its_sheets(database, tmp_path):
    """One is as good as the other: only a list that tells them in neither way any more is held."""
    names = [f"王{chr(0x4e00 + i)}" for i in range(24)]
    by_column = [[*child(name), "许屯镇"] for name in names]
    book(tmp_path / "a" / "未入学适龄残疾儿童少年名单_202608.xlsx", {"Sheet1": by_column}, [*HEADER, "乡镇街道"])
    book(tmp_path / "b" / "未入学适龄残疾儿童少年名单_202609.xlsx", {"许屯镇": [child(name) for name in names]})
    book(tmp_path / "c" / "未入学适龄残疾儿童少年名单_202610.xlsx", {"Sheet1": [child(name) for name in names]})
    async with hub(database, tmp_path) as (connection, keys):
        states = [(await carry(connection, keys, tmp_path / folder))[0] for folder in "abc"]
        assert [report.state for report in states] == ["PUBLISHED", "PUBLISHED", "HELD"], [report.reasons for report in states]
        assert any("乡镇街道" in reason or "行政区划" in reason for reason in states[2].reasons)
