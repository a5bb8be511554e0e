"""同上 and 〃 have the value of the row above, within one table, never a name or a number; and the marks are counted (D-35)."""

import openpyxl
import pytest

from connectors import load_contracts
from connectors.transports.files import open_deliveries
from hub.contract.model import Accepted, Quarantined
from hub.contract.recognise import header_test
from hub.domain.values.text import is_ditto
from hub.steps.validate import raw_pages, sort_out, validate
from tests.flow import TODAY, carry, hub, write_csv

HEADER = "序号 儿童姓名 性别 民族 乡镇街道 村社区 受委托监护人姓名 与儿童关系 监护人身份证号 委托照料原因".split()


def row(n: int, name: str, **told: str) -> list[str]:
    cells = {"序号": str(n), "儿童姓名": name, "性别": "女", "民族": "满族", "乡镇街道": "许屯镇", "村社区": "东村", "受委托监护人姓名": f"李{name[-1]}", "与儿童关系": "祖母"} | told
    return [cells.get(column, "") for column in HEADER]


def outcomes(folder) -> list[Accepted | Quarantined]:
    contracts = load_contracts()
    found = sort_out(open_deliveries(folder, is_header=header_test(contracts)), contracts, today=TODAY)
    return [outcome for delivery in found.deliveries for page in raw_pages(delivery) for _, outcome in validate(page)]


def told(outcome) -> list[tuple[str, str]]:
    return [(p.column, p.kind) for p in outcome.problems]


@pytest.mark.parametrize(("mark", "is_one"), [
    ("同上", True), ("〃", True), ("″", True), ('"', True), ("同 上", True), ("（同上）", True), (" 同上", True), ("同上。", True), ("”", True), ("同前", True),
    ("同上村", False), ("同心村", False), ("大同", False), ("", False), ("上", False), ("无", False), ("-", False), ("同意", False)])
def test_what_repeats_the_row_above(mark, is_one):
    assert is_ditto(mark) is is_one


@pytest.mark.parametrize("mark", ["同上", "〃", "″", '"', "（同上）"])
def test_a_mark_has_the_value_above_through_several_rows(mark, tmp_path):
    write_csv(tmp_path, "农村留守儿童_202609.csv", [
        HEADER, row(1, "王甲"), row(2, "王乙", 村社区=mark, 乡镇街道=mark, 与儿童关系=mark), row(3, "王丙", 村社区=mark), row(4, "王丁", 村社区="西村"), row(5, "王戊", 村社区=mark)])
    made = outcomes(tmp_path)
    assert [outcome.raw["村社区"] for outcome in made] == ["东村", "东村", "东村", "西村", "西村"]
    assert made[1].subrows[0].persons["主体"]["township"] == "210281107" and not any(outcome.problems for outcome in made)


def test_nothing_above_is_a_cell_error_and_no_village(tmp_path):
    write_csv(tmp_path, "农村留守儿童_202609.csv", [HEADER, row(1, "王甲", 村社区="同上"), row(2, "王乙", 村社区="同上"), row(3, "王丙", 村社区=""), row(4, "王丁", 村社区="同上")])
    made = outcomes(tmp_path)
    assert [[column for column, _ in told(outcome)] for outcome in made] == [["村社区"], ["村社区"], [], ["村社区"]]
    assert all("village" not in outcome.subrows[0].persons["主体"] for outcome in made)


def test_names_and_numbers_of_people_are_never_taken(tmp_path):
    elder = "210299195501013024"
    write_csv(tmp_path, "农村留守儿童_202609.csv", [
        HEADER, row(1, "王甲", 受委托监护人姓名="孙秀兰", 监护人身份证号=elder), row(2, "王乙", 受委托监护人姓名="同上", 监护人身份证号="同上"), row(3, "同上")])
    first, second, third = outcomes(tmp_path)
    assert first.subrows[0].persons["监护人"]["number"] == elder
    assert {column for column, _ in told(second)} == {"受委托监护人姓名", "监护人身份证号"} and "监护人" not in second.subrows[0].persons
    assert isinstance(third, Quarantined) and ("儿童姓名", "repeats a row above that it cannot") in told(third)


@pytest.mark.parametrize("between", [["合计", "1"], ["小计：", "1人"], HEADER, ["填表人：某"]])
def test_a_total_or_a_header_ends_the_table(between, tmp_path):
    write_csv(tmp_path, "农村留守儿童_202609.csv", [HEADER, row(1, "王甲"), between + [""] * (len(HEADER) - len(between)), row(2, "王乙", 村社区="同上")])
    assert [told(outcome) for outcome in outcomes(tmp_path)] == [[], [("村社区", "repeats a row above that it cannot")]]


def test_a_blank_line_does_not_end_it_and_another_sheet_does(tmp_path):
    book = openpyxl.Workbook()
    for sheet, rows in ((book.active, [row(1, "王甲"), [], row(2, "王乙", 村社区="〃")]), (book.create_sheet("第二页"), [row(3, "王丙", 村社区="〃")])):
        for cells in (HEADER, *rows):
            sheet.append(cells)
    book.save(tmp_path / "农村留守儿童_202609.xlsx")
    made = outcomes(tmp_path)
    assert [outcome.raw["村社区"] for outcome in made] == ["东村", "东村", "〃"]
    assert told(made[2]) == [("村社区", "repeats a row above that it cannot")]


async def test_the_notice_counts_them_by_column(database, tmp_path):
    children = [chr(0x4E00 + i) for i in range(6_000)]  # more than one page, and more than one process
    write_csv(tmp_path / "in", "农村留守儿童_202609.csv", [HEADER, row(1, "王一"), *(row(i, f"赵{c}", 村社区="同上", 民族="〃" if i % 2 else "汉族") for i, c in enumerate(children, start=2))])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        assert report.state == "PUBLISHED", report.reasons
        assert [notice for notice in report.notices if "同上" in notice] == [
            "column 村社区: 6000 cells say 同上 or the like, and have the value of the row above",
            "column 民族: 3000 cells say 同上 or the like, and have the value of the row above"]
        assert await connection.fetchval("select count(distinct village) from mention where village is not null") == 1
        assert await connection.fetchval("select count(*) from mention where village = '东村' and role = '主体'") == 6001
