"""Four modes a departure can meet, four departures a delivery can make: what becomes of the row, the value, the delivery."""

from dataclasses import dataclass
from datetime import date

import pytest

from connectors import load_contracts
from hub.contract.apply import compile_rows
from hub.contract.model import Accepted, ContractError, Mode
from hub.contract.reader import read_contract
from hub.contract.recognise import Match, recognise
from hub.domain.values.concealed import concealed

CONTRACT = """
name = "finance.meal_money"
title = "餐费"
department = "finance"
version = "2026-11-24"
mode = "full"
cadence_days = 31
natural_key = [["编号"]]
new_columns = "{new}"

[persons]
"主体" = {{ kind = "child" }}

[columns]
"编号" = {{ type = "text", required = true }}
"姓名" = {{ type = "name", becomes = "主体.name" }}
"性别" = {{ type = "code", codes = "sex", bad = "{code}", becomes = "主体.sex" }}
"人数" = {{ type = "integer", bad = "{type}" }}
"学校" = {{ type = "text", bad = "{lost}" }}
"""
HEADERS = ["编号", "姓名", "性别", "人数", "学校"]
ROW = ["7", "王小禾", "男", "3", "一小"]


@dataclass(frozen=True)
class Told:
    """What became of the row: accepted or not, columns kept, problems (column, kind), and whether the delivery is held."""

    accepted: bool
    kept: tuple[str, ...]
    problems: tuple[tuple[str, str], ...] = ()
    held: bool = False


ALL = tuple(HEADERS)
NEW = (*ALL, "电话")
LESS = ALL[:-1]
NOT_DECLARED = (("电话", "column is not in the contract"),)
MISSING = (("学校", "column is missing"),)
NOT_NUMBER = (("人数", "not a whole number"),)
NOT_LISTED = (("性别", "not in the code list"),)

GOLDEN = {
    ("new column", "evolve"): Told(True, NEW),
    ("new column", "freeze"): Told(False, NEW, NOT_DECLARED, held=True),
    ("new column", "quarantine_row"): Told(False, NEW, NOT_DECLARED),
    ("new column", "quarantine_value"): Told(True, NEW, NOT_DECLARED),
    ("lost column", "evolve"): Told(True, LESS),
    ("lost column", "freeze"): Told(False, LESS, MISSING, held=True),
    ("lost column", "quarantine_row"): Told(False, LESS, MISSING),
    ("lost column", "quarantine_value"): Told(True, LESS, MISSING),
    ("type change", "evolve"): Told(True, ALL),
    ("type change", "freeze"): Told(False, ALL, NOT_NUMBER, held=True),
    ("type change", "quarantine_row"): Told(False, ALL, NOT_NUMBER),
    ("type change", "quarantine_value"): Told(True, ALL, NOT_NUMBER),
    ("code-list change", "evolve"): Told(True, ALL),
    ("code-list change", "freeze"): Told(False, ALL, NOT_LISTED, held=True),
    ("code-list change", "quarantine_row"): Told(False, ALL, NOT_LISTED),
    ("code-list change", "quarantine_value"): Told(True, ALL, NOT_LISTED),
}
#: departure -> (the contract's word for it, the headers, the row)
DEPARTURES = {
    "new column": ("new", [*HEADERS, "电话"], [*ROW, "13900000000"]),
    "lost column": ("lost", HEADERS[:-1], ROW[:-1]),
    "type change": ("type", HEADERS, [*ROW[:3], "三个", ROW[4]]),
    "code-list change": ("code", HEADERS, [*ROW[:2], "甲类", *ROW[3:]]),
}


@pytest.mark.parametrize("mode", [str(mode) for mode in Mode if mode is not Mode.KEEP_VALUE])
@pytest.mark.parametrize("departure", DEPARTURES)
def test_a_departure_meets_its_mode(tmp_path, departure, mode):
    word, headers, row = DEPARTURES[departure]
    path = tmp_path / "finance" / "meal_money.toml"
    path.parent.mkdir()
    path.write_text(CONTRACT.format(**{w: mode if w == word else "evolve" for w in ("new", "lost", "type", "code")}), encoding="utf-8")
    match = recognise([read_contract(path)], file_name="餐费_202609.csv", titles=(), headers=headers)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(tuple(row))
    told = Told(isinstance(outcome, Accepted), tuple(outcome.raw), tuple((p.column, p.kind) for p in outcome.problems),
                held=bool(match.holds) or any(p.freezes for p in outcome.problems))
    assert told == GOLDEN[departure, mode]
    assert outcome.raw == {name: cell for name, cell in zip(headers, row, strict=True) if name in outcome.raw}  # nothing is lost


def test_a_value_in_quarantine_is_not_told(tmp_path):
    """The row is accepted, its person stands, and the unreadable value is nowhere but in the record."""
    path = tmp_path / "meal_money.toml"
    path.write_text(CONTRACT.format(new="evolve", lost="evolve", type="evolve", code="quarantine_value"), encoding="utf-8")
    match = recognise([read_contract(path)], file_name="餐费.csv", titles=(), headers=HEADERS)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(("7", "王小禾", "甲类", "3", "一小"))
    assert isinstance(outcome, Accepted)
    (subrow,) = outcome.subrows
    assert subrow.persons["主体"]["name"] == "王小禾"
    assert "sex" not in subrow.persons["主体"]
    assert outcome.raw["性别"] == "甲类"


def test_a_code_that_is_kept_as_written_is_told(tmp_path):
    """A payment whose programme or state no list has keeps its key and its words; a list that most of it is of is held."""
    (contract,) = [one for one in load_contracts() if one.name == "civil_affairs.disability_subsidy"]
    headers = ["姓名", "残疾人证号", "资助项目", "月份", "金额", "发放日期", "发放状态"]
    match = recognise([contract], file_name="两项补贴.csv", titles=(), headers=headers)
    assert isinstance(match, Match)
    rows = compile_rows(match, "", date(2026, 9, 30))
    outcomes = [rows(("王小禾", "", programme, "202609", "120", "20260920", state)) for programme, state in (("护理补贴", "已发放"), ("两项补贴", "挂起 210299201503051234"))]
    read, kept = [outcome for outcome in outcomes if isinstance(outcome, Accepted)]
    assert [(p.column, p.kind) for p in kept.problems] == [("资助项目", "not in the code list"), ("发放状态", "not in the code list")]
    told = [fact.values for outcome in (read, kept) for subrow in outcome.subrows for fact in subrow.facts]
    assert [(values["programme"], values["state"]) for values in told] == [("F08", "成功"), ("两项补贴", concealed("挂起 210299201503051234"))]
    assert read.key != kept.key and not read.problems
    assert "210299201503051234" not in str(told)


@pytest.mark.parametrize("column", ['"人数" = { type = "integer", bad = "keep_value" }', '"性别" = { type = "code", codes = "sex", bad = "keep_value", becomes = "主体.sex" }'])
def test_only_codes_that_become_texts_are_kept_as_written(tmp_path, column):
    path = tmp_path / "meal_money.toml"
    name = column.partition(" ")[0]
    text = CONTRACT.format(new="evolve", lost="evolve", type="evolve", code="evolve")
    path.write_text("\n".join(column if line.startswith(name) else line for line in text.splitlines()), encoding="utf-8")
    with pytest.raises(ContractError, match="only a column of type code"):
        read_contract(path)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ('codes = "sex", unreadable = "未说明的性别"', ""),
        ('codes = "sex", unreadable = "不明"', "no code is called 不明"),
        ('codes = "sex", bad = "evolve", unreadable = "未说明的性别"', "only a column whose cell may be missing"),
    ],
)
def test_what_stands_for_a_code_that_cannot_be_read(tmp_path, words, said):
    path = tmp_path / "meal_money.toml"
    column = f'"性别" = {{ type = "code", {words}, becomes = "主体.sex" }}'
    text = CONTRACT.format(new="evolve", lost="evolve", type="evolve", code="evolve")
    path.write_text("\n".join(column if line.startswith('"性别"') else line for line in text.splitlines()), encoding="utf-8")
    if said:
        with pytest.raises(ContractError, match=said):
            read_contract(path)
        return
    match = recognise([read_contract(path)], file_name="餐费.csv", titles=(), headers=HEADERS)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(("7", "王小禾", "甲类", "3", "一小"))
    assert isinstance(outcome, Accepted)
    assert [(p.column, p.kind) for p in outcome.problems] == [("性别", "not in the code list")]
    assert outcome.subrows[0].persons["主体"]["sex"] == "未说明的性别"


@pytest.mark.parametrize(
    ("record", "now", "state", "told"),
    [
        ("流失", "在读", "流失", [("学籍状态", "contradicts 就读状态")]),
        ("下落不明", "休学", "下落不明", [("学籍状态", "contradicts 就读状态")]),
        ("在读", "流失", "流失", []),
        ("在籍", "休学", "休学", []),
        ("流失", "", "流失", []),
        ("流失", "毕业", "毕业", []),  # neither says that the pupil is there
        ("", "在读", "在读", []),
    ],
)
def test_a_record_that_says_the_pupil_is_not_there_counts_and_the_contradiction_is_told(record, now, state, told):
    (contract,) = [one for one in load_contracts() if one.name == "education.student_register"]
    headers = ["学籍号", "姓名", "学校名称", "年级", "学籍状态", "就读状态", "是否留守儿童"]
    match = recognise([contract], file_name="学籍信息.csv", titles=(), headers=headers)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(("", "王小禾", "复州城镇中心小学", "三年级", record, now, "否"))
    assert isinstance(outcome, Accepted)
    assert [(p.column, p.kind) for p in outcome.problems] == told
    (enrolment,) = [fact for subrow in outcome.subrows for fact in subrow.facts if fact.noun == "enrolment"]
    assert enrolment.values["state"] == state
    assert (outcome.raw.get("就读状态", ""), outcome.raw.get("学籍状态", "")) == (now, record)
