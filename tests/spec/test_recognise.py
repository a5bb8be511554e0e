"""A sheet is taken for what it is, and a list that no contract describes for none."""

import pytest

from connectors import load_contracts
from hub.contract.recognise import Match, Unrecognised, recognise

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
    known = [name for name in headers if name in {*contract.needs, *contract.natural_key[0]} or contract.columns[name].required]
    known += [name for name in headers if name not in known][: max(0, 4 - len(known))]
    assert recognised(f"{contract.title}.csv", [*known, *(f"本地列{n}" for n in range(len(known) - 1))]) == contract.name
