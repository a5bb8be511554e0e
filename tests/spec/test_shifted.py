"""A row whose cells have moved to other columns is quarantined whole; one odd cell is a cell error, and dirt is no shift (D-29)."""

from datetime import date

import pytest

from connectors import load_contracts
from hub.contract.apply import Reapply, compile_rows
from hub.contract.model import Quarantined
from hub.contract.recognise import recognise
from tests.flow import TODAY, carry, hub, number, write_csv

ID, OTHER, ELDER = number(date(2012, 5, 3), 17), number(date(2013, 11, 2), 208), number(date(1955, 1, 1), 302)
#: One good row of a layout: its file's name and header -> cell.
LAYOUTS = {
    "unenrolled": ("未入学适龄残疾儿童少年名单", {"姓名": "王小禾", "性别": "男", "出生日期": "2012-05-03", "身份证号": ID, "残疾类别": "智力", "残疾等级": "二级", "监护人": "孙秀兰",
                                        "联系电话": "13900000002", "现住址": "瓦房店市复州城镇八里庄村", "未入学原因": "残疾程度较重"}),
    "left behind": ("农村留守儿童", {"儿童姓名": "王小雨", "性别": "女", "民族": "汉族", "儿童身份证号": OTHER, "受委托监护人姓名": "孙秀兰", "与儿童关系": "祖母", "联系电话": "13900000002",
                               "居住地址": "瓦房店市复州城镇八里庄村"}),
    "bus": ("校车", {"序号": "7", "学校": "复州城镇中心小学", "年级": "三年级", "姓名": "王小雨", "学籍号": "G" + OTHER, "身份证件号": OTHER, "月份": "202609", "乘车次数": "20"}),
    "ledger": ("控辍保学台账", {"学校": "复州城镇中心小学", "年级": "三年级", "姓名": "王小雨", "性别": "女", "身份证号": OTHER, "监护人姓名": "孙秀兰", "关系": "祖母", "电话": "13900000002",
                           "首次无故不到校日期": "20260903", "累计天数": "12", "标注状态": "疑似辍学", "标注日期": "20260920"}),
    "prisoners": ("服刑人员未成年子女", {"服刑人员姓名": "王大山", "服刑人员身份证号": number(date(1985, 3, 17), 421), "子女姓名": "王小雨", "子女性别": "女", "子女出生日期": "201311",
                                   "监护人姓名": "孙秀兰", "与子女关系": "祖母", "联系电话": "13900000002"}),
}


def apply(layout: str, cells: list[str]):
    file, told = LAYOUTS[layout]
    match = recognise(load_contracts(), file_name=f"{file}_202609.csv", titles=(), headers=tuple(told))
    return compile_rows(match, "", TODAY)(tuple(cells))


def is_shifted(outcome) -> bool:
    return isinstance(outcome, Quarantined) and "columns seem shifted" in [problem.kind for problem in outcome.problems]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_the_row_as_it_should_be_is_accepted(layout):
    outcome = apply(layout, list(LAYOUTS[layout][1].values()))
    assert not isinstance(outcome, Quarantined) and outcome.problems == ()


@pytest.mark.parametrize(("layout", "at", "side"), [
    ("unenrolled", at, side) for at in range(7) for side in ("right", "left")] + [
    ("left behind", at, side) for at in range(6) for side in ("right", "left")] + [
    ("bus", at, side) for at in range(3) for side in ("right", "left")] + [
    ("ledger", at, side) for at in range(9) for side in ("right", "left")] + [
    ("prisoners", at, side) for at in range(6) for side in ("right", "left")])
def test_cells_moved_by_one_column_quarantine_the_row(layout, at, side):
    cells = list(LAYOUTS[layout][1].values())
    moved = [*cells[:at], "", *cells[at:-1]] if side == "right" else [*cells[:at], *cells[at + 1:], ""]
    assert isinstance(apply(layout, moved), Quarantined)
    if at or layout in ("left behind", "ledger"):  # where the name itself went blank, that is told first
        assert is_shifted(apply(layout, moved)), moved


@pytest.mark.parametrize(("what", "change", "shifted"), [
    ("telephone among numbers, address among names", {"身份证号": "13900000002", "姓名": "瓦房店市许屯镇东村12号"}, True),
    ("telephone among numbers only", {"身份证号": "13900000002"}, False),
    ("a sex that no list has, telephone among dates", {"性别": "阿姨", "出生日期": "13900000002"}, True),
    ("a wrong check digit and a date that does not exist", {"身份证号": ID[:-1] + ("1" if ID[-1] != "1" else "2"), "出生日期": "2012-13-45"}, False),
    ("two codes that no list has", {"残疾类别": "多动", "残疾等级": "待评"}, False),
    ("words for nothing", {"出生日期": "不清楚", "联系电话": "无手机"}, False),
    ("dashes and blanks", {"出生日期": "—", "联系电话": "/", "身份证号": "", "性别": "-"}, False),
    ("no date and no telephone but words", {"出生日期": "瓦房店", "联系电话": "孙秀兰"}, True),
    ("guardian's number beside the child's birth date", {"身份证号": ELDER}, False),
    ("a name of one character that is a code too", {"监护人": "男", "性别": "孙秀兰"}, True),
    ("a float's remains", {"身份证号": "2.10299E+17", "出生日期": "41032"}, False),
])
def test_one_odd_cell_is_no_shift_and_two_are(what, change, shifted):
    told = LAYOUTS["unenrolled"][1]
    assert is_shifted(apply("unenrolled", list((told | change).values()))) is shifted


def test_several_children_in_one_cell_are_no_shift():
    told = LAYOUTS["prisoners"][1] | {"子女姓名": "王小禾、王小雨", "子女性别": "男、女", "子女出生日期": "201205、201311"}
    assert not isinstance(apply("prisoners", list(told.values())), Quarantined)


def test_a_telephone_among_names_is_a_cell_error_and_no_person():
    outcome = apply("unenrolled", list((LAYOUTS["unenrolled"][1] | {"监护人": "父亲"}).values()))
    assert [(p.column, p.kind) for p in outcome.problems] == [("监护人", "does not belong in this column")]
    assert "监护人" not in outcome.subrows[0].persons


def rows(count: int, *, shifted_from: int) -> list[list[str]]:
    told = LAYOUTS["unenrolled"][1]
    made = [list(told)]
    for i in range(count):
        cells = list((told | {"姓名": f"王{chr(0x4e00 + i)}", "身份证号": number(date(2012, 5, 3), 101 + 2 * i)}).values())
        made.append([cells[0], "", *cells[1:-1]] if i >= shifted_from else cells)
    return made


def pupil(**told: str):
    """A pupil of the student register, by the register's own headers."""
    (contract,) = [c for c in load_contracts() if c.name == "education.student_register"]
    cells = {"学校名称": "复州城镇中心小学", "姓名": "王小禾", "性别": "男", "出生日期": "20120503", "身份证件号": ID, "年级": "三年级", "学籍号": "G" + ID}
    return Reapply(contract)(cells | told, TODAY)


@pytest.mark.parametrize("unknown", [{"随班就读": "乱写"}, {"残疾类型": "77"}, {"健康状况": "77"}, {"成员1姓名": "孙秀兰", "成员1关系": "777"}, {"是否孤儿": "0-没写"}, {"随班就读": "是", "残疾类型": "是"}])
@pytest.mark.parametrize("beside", [{"学籍辅号": "2024210281000123"}, {"班号": "2102810012024010"}, {"备注": "13900000002"}])
def test_a_texts_number_and_a_word_that_no_list_has_are_no_shift(unknown, beside):
    outcome = pupil(**unknown, **beside)
    assert not isinstance(outcome, Quarantined) and not is_shifted(outcome)


def test_the_second_student_number_is_sealed():
    assert "学籍辅号" in pupil(学籍辅号="2024210281000123").secret


def test_a_shift_names_the_cells_that_made_it_look_so():
    outcome = pupil(年级="孙秀兰", 联系电话="祖母", 班级="13900000002")
    shifted = next(p for p in outcome.problems if p.kind == "columns seem shifted")
    assert shifted.hint.endswith("look at 联系电话, 班级")
    assert [(p.column, p.kind) for p in outcome.problems if p.column == "班级"] == [("班级", "does not belong in this column")]
    assert "a mobile telephone's number" in next(p.hint for p in outcome.problems if p.column == "班级")


async def test_from_some_row_on(database, tmp_path):
    """Two rows of forty wait in the quarantine with the reason; a whole block of them holds the delivery, with the places."""
    write_csv(tmp_path / "a", "未入学适龄残疾儿童少年名单_202609.csv", rows(40, shifted_from=38))
    write_csv(tmp_path / "b", "未入学适龄残疾儿童少年名单_202610.csv", rows(40, shifted_from=20))
    async with hub(database, tmp_path) as (connection, keys):
        (first,) = await carry(connection, keys, tmp_path / "a")
        assert (first.state, first.counts.quarantined, first.counts.new) == ("PUBLISHED", 2, 38)
        (second,) = await carry(connection, keys, tmp_path / "b")
        assert second.state == "HELD" and any("row 22:" in r and "columns seem shifted" in r for r in second.reasons), second.reasons
        assert not any("1390" in r or "王" in r for r in second.reasons)
