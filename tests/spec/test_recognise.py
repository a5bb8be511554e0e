"""A sheet is taken for what it is, and a list that no contract describes for none."""

from datetime import date

import orjson
import pytest

from connectors import load_contracts
from connectors.transports.grid import HeldRows
from connectors.transports.records import one_sheet
from hub.contract.recognise import Match, Unrecognised, recognise
from hub.steps.validate import sort_out
from tests.flow import carry, hub, number, write_csv

CONTRACTS = load_contracts()
GENERIC = ["序号", "姓名", "性别", "出生日期", "身份证号", "户籍地址", "现住址", "联系电话"]
STRANGERS = {
    "驾驶证持有人": [*GENERIC, "准驾车型", "初次领证日期", "档案编号"],
    "公共图书馆读者": [*GENERIC, "读者证号", "押金", "办证日期"],
    "疫苗接种记录": ["儿童姓名", "性别", "出生日期", "接种疫苗", "批号", "接种日期", "接种单位"],
    "物业缴费": ["户主姓名", "家庭住址", "联系电话", "房号", "缴费金额", "缴费日期"],
    "献血者": ["姓名", "性别", "身份证号", "联系电话", "血型", "献血日期", "献血量"],
}


def recognised(file_name, headers, titles=()):
    match = recognise(CONTRACTS, file_name=file_name, titles=titles, headers=headers)
    return match.contract.name if isinstance(match, Match) else None


@pytest.mark.parametrize("name", STRANGERS)
def test_a_list_of_another_kind_is_not_taken_for_one_of_ours(name):
    match = recognise(CONTRACTS, file_name=f"{name}_202609.xlsx", titles=(name,), headers=STRANGERS[name])
    assert isinstance(match, Unrecognised)
    assert "nearest is" in match.reason


def test_without_its_contract_a_poverty_list_is_not_an_allowance_list():
    headers = ["户编号", "户主", "户类型", "识别时间", "风险是否消除", "成员姓名", "证件号码", "与户主关系", "在校生状况", "健康状况", "劳动技能", "务工情况"]
    others = [contract for contract in CONTRACTS if contract.name != "poverty_relief.household"]
    assert recognised("脱贫户_202609.xlsx", headers) == "poverty_relief.household"
    assert isinstance(recognise(others, file_name="脱贫户_202609.xlsx", titles=(), headers=headers), Unrecognised)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract.name)
def test_a_layout_is_recognised_under_any_file_name(contract):
    """By all its declared headers, without help of a name; and by its name where half of the headers are new."""
    headers = [name for name, rule in contract.columns.items() if not rule.sheet]
    assert recognised("导出(1).csv", headers) == contract.name
    known = [name for name in headers if name in {*(group[0] for group in contract.needs), *contract.natural_key[0]} or contract.columns[name].required]
    known += [name for name in headers if name not in known][: max(0, 4 - len(known))]
    assert recognised(f"{contract.title}.csv", [*known, *(f"本地列{n}" for n in range(len(known) - 1))]) == contract.name


def numbers(file_name, headers):
    """Header -> the column it is read as."""
    match = recognise(CONTRACTS, file_name=file_name, titles=(), headers=headers)
    assert isinstance(match, Match), match.reason
    return match.contract.name, {headers[position]: rule.name for position, rule in match.columns.items()}


@pytest.mark.parametrize(("headers", "head", "member"), [
    (["低保证号", "户主姓名", "户主身份证号", "姓名", "身份证号", "与户主关系"], "户主身份证号", "身份证号"),
    (["低保证号", "姓名", "身份证号", "与户主关系", "户主姓名", "户主身份证号"], "户主身份证号", "身份证号"),
    (["低保证号", "身份证号", "姓名", "与户主关系", "户主姓名", "户主身份证号"], "户主身份证号", "身份证号"),
    (["低保证号", "户主姓名", "身份证号", "成员姓名", "成员身份证号", "与户主关系"], "身份证号", "成员身份证号"),
])
def test_whose_number_a_number_beside_another_is(headers, head, member):
    name, columns = numbers("城乡低保对象_202609.csv", headers)
    assert name == "civil_affairs.minimum_living_allowance"
    assert (columns[head], columns[member]) == ("户主身份证号", "成员身份证号")


def test_a_list_of_heads_alone_is_a_list_of_households():
    headers = ["地区", "户主姓名", "身份证号", "低保证号", "起始保障年月", "开户银行", "账户名称", "银行账号"]
    assert numbers("低保家庭_202609.csv", headers)[0] == "civil_affairs.minimum_living_allowance_household"


def test_the_standards_letter_codes_are_a_student_register():
    headers = "XH XM XBM CSRQ CSDM JG MZM GJDQM SFZJLXM SFZJH XXDM SZNJ SZBH RXNY JDFSM XSDQZTM".split()
    assert numbers("学籍.csv", headers)[0] == "education.student_register"


def test_a_parents_situation_under_a_two_row_header_has_its_dates():
    headers = ["儿童姓名", "性别", "出生日期", "证件号码", "类别", "父亲/姓名", "父亲/情形", "父亲/起", "父亲/止", "母亲/姓名", "母亲/情形", "母亲/起", "母亲/止"]
    _, columns = numbers("事实无人抚养儿童.xlsx", headers)
    assert [columns[h] for h in headers[5:]] == ["父亲姓名", "父亲情形", "父亲情形起", "父亲情形止", "母亲姓名", "母亲情形", "母亲情形起", "母亲情形止"]
    flat = ["儿童姓名", "性别", "出生日期", "证件号码", "类别", "父亲情形", "起", "止", "母亲情形", "起", "止"]
    match = recognise(CONTRACTS, file_name="事实无人抚养儿童.xlsx", titles=(), headers=flat)
    assert [match.columns[n].name for n in (6, 7, 9, 10)] == ["父亲情形起", "父亲情形止", "母亲情形起", "母亲情形止"]


def test_what_has_neither_header_nor_row_is_told_as_such():
    """An interface that answers with an empty list (JSON names no headers then) is nobody's missing contract."""
    (refused,) = sort_out([one_sheet("register", (), HeldRows())], load_contracts(), today=date(2026, 11, 24)).refused
    assert refused.reason == "there is nothing in it: no header and no row"


HOLDERS = [
    ["残疾人证号", "姓名", "性别", "出生日期", "残疾类别", "残疾等级"],
    *([f"{number(date(2014, 1 + i, 3), 100 + i)}52", f"王{chr(0x4e00 + i)}", "男", f"2014{1 + i:02d}03", "智力", "二级"] for i in range(6)),
]


@pytest.mark.parametrize(("more", "state", "said"), [
    (["姓名", *(f"李{chr(0x4e00 + i)}" for i in range(6))], "HELD", "column 姓名 stands twice, and the two differ in 6 of 6 rows"),
    (["姓　名", *(row[1] for row in HOLDERS[1:])], "PUBLISHED", "column 姓名 stands twice; the first is read, and the other kept"),
    (["备用", *"abcdef"], "PUBLISHED", "column 备用 is new"),
])
async def test_a_column_that_stands_twice_is_kept_twice_and_held_where_the_two_differ(more, state, said, database, tmp_path):
    """Which of the two is meant, no row tells; a person says so by taking one out."""
    write_csv(tmp_path / "a", "持证残疾人_202609.csv", [[*row, cell] for row, cell in zip(HOLDERS, more, strict=True)])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == state and any(said in sentence for sentence in (*report.reasons, *report.notices)), report
        if state == "HELD":
            (report,) = await carry(connection, keys, tmp_path / "a", released=True)
            kept = orjson.loads(await connection.fetchval("select payload from record limit 1"))
            assert kept["姓名"].startswith("王") and kept["姓名·2"].startswith("李")
