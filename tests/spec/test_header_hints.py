"""What brackets in a header say of form and unit is no part of its name; 万元 are yuan times ten thousand (D-22, D-36)."""

from decimal import Decimal

import pytest

from connectors import load_contracts
from hub.contract.apply import Reapply, compile_rows
from hub.contract.recognise import header_test, recognise
from hub.domain.values.text import fold_header, yuan_of
from tests.flow import TODAY

HINTS = """(YYYYMMDD) （yyyy-mm-dd） （格式：20120503） (如2012-05-03) （年/月/日） (年月日) （YYYY年MM月DD日） (必填) (必填，8位数字) (选填) （文本格式） 【下拉选择】 （请按户口簿填写）
    （与户口簿一致） (20120503) (8位) (精确到日) （例：20120503） (YYYYMMDD""".split()


@pytest.mark.parametrize("hint", HINTS)
def test_hints_are_no_part_of_a_header(hint):
    assert fold_header(f"出生日期{hint}") == fold_header(f" *出生日期\n{hint}") == "出生日期"


@pytest.mark.parametrize("header", ["乡镇(街道)", "村(社区)", "行政区划(村/社区)", "月保障金额(户)", "是否保障对象(保障成员)", "出生年月(日)", "身份证号(监护人)", "书面报告送达(乡镇)", "乡(镇、街道)", "姓名(母亲)", "村(居)联系人"])
def test_brackets_that_say_whose_or_which_stay(header):
    assert fold_header(header) == header


@pytest.mark.parametrize(("text", "yuan"), [("金额(万元)", 10_000), ("金额（千元）", 1_000), ("单位：万元", 10_000), ("金额单位：元", 1), ("金额(元)", 1), ("金额", 1), ("单位：人", 1), ("金额(万元/年)", 10_000)])
def test_the_unit_of_an_amount(text, yuan):
    assert yuan_of(text) == yuan


@pytest.mark.parametrize("hint", HINTS)
def test_a_list_with_hints_is_recognised_and_read(hint):
    headers = ("序号", f"姓名{hint}", "性别（男/女）", f"儿童/出生日期{hint}", "身份证号（15或18位）", "残疾类别(下拉)", "残疾等级（一级/二级/三级/四级）", "未入学原因（请详细说明）")
    contracts = load_contracts()
    assert header_test(contracts)(headers)
    match = recognise(contracts, file_name="名单.csv", titles=(), headers=headers)
    assert match.contract.name == "disabled_persons.unenrolled_list" and match.unknown == ()
    outcome = compile_rows(match, "", TODAY)(("1", "王小禾", "男", "20120503", "210299201205030178", "智力", "二级", "残疾程度较重"))
    assert outcome.problems == () and outcome.subrows[0].persons["主体"]["born"].iso == "2012-05-03"


@pytest.mark.parametrize(("cell", "yuan"), [
    ("1,260.00", "1260.00"), ("1260元/月", "1260"), ("1260元/户·月", "1260"), ("0.126万元", "1260.000"), ("15120元/年", None), ("312.5元/学期", None), ("1260元/人·月", None), ("42元/天", None)])
def test_an_amount_for_another_period_is_never_a_monthly_one(cell, yuan):
    """D-36: a household's monthly allowance is neither a year's, nor a term's, nor one person's."""
    (contract,) = [c for c in load_contracts() if c.name == "civil_affairs.minimum_living_allowance"]
    outcome = Reapply(contract)({"户主姓名": "王大山", "户主身份证号": "210299198503174212", "家庭成员姓名": "王小禾", "低保证号": "D1", "月保障金额": cell}, TODAY)
    (told,) = {fact.values.get("monthly_amount") for fact in outcome.subrows[0].facts if fact.noun == "assistance"}
    assert told == (Decimal(yuan) if yuan else None)
    assert [(p.column, p.kind) for p in outcome.problems] == ([] if yuan else [("月保障金额", "an amount for another period or other people")])


@pytest.mark.parametrize(("cell", "period"), [("625", "2025-2026"), ("625元/学期", "2025-2026 每学期"), ("1250元/生·年", "2025-2026 每年")])
def test_a_payments_period_is_kept_beside_the_amount(cell, period):
    (contract,) = [c for c in load_contracts() if c.name == "finance.aid_payment"]
    outcome = Reapply(contract)({"姓名": "王小禾", "资助项目": "F11", "学年": "2025-2026", "发放日期": "20260110", "金额": cell}, TODAY)
    (payment,) = outcome.subrows[0].facts
    assert payment.values["period"] == period and str(payment.values["amount"]) in cell and not outcome.problems


@pytest.mark.parametrize(("header", "titles", "cell", "yuan"), [
    ("金额（元）", (), "1,260.00", "1260.00"), ("金额(万元)", (), "0.126", "1260.000"), ("金额", ("单位：万元",), "0.126", "1260.000"), ("金额(元)", ("单位：人",), "1260", "1260"),
    ("金额(万元)", (), "1260元", "1260"), ("金额(元)", ("单位：万元",), "1260", "1260"), ("金额(千元)", ("单位：万元",), "1.26", "1260.00")])
def test_amounts_are_kept_in_yuan(header, titles, cell, yuan):
    headers = ("姓名", "身份证号", "残疾人证号", "资助项目", "月份", header)
    match = recognise(load_contracts(), file_name="残疾人两项补贴发放_202609.csv", titles=titles, headers=headers)
    outcome = compile_rows(match, "", TODAY)(("王小禾", "210299201205030178", "21029920120503017852", "F07", "202609", cell))
    assert outcome.subrows[0].facts[0].values["amount"] == Decimal(yuan)
    again = Reapply(match.contract)(outcome.raw, TODAY)
    assert again.subrows[0].facts[0].values["amount"] == Decimal(yuan), "a late delivery has its rows read again, without their header"
