"""Traps that a single row holds, each through its contract (domain D); those of whole files are in tests/connectors/awkward.py."""

from datetime import date

import pytest

from connectors import load_contracts
from hub.contract.apply import Reapply
from hub.contract.spellings import fold, spellings
from hub.domain.nouns import NOUNS
from hub.domain.values.dates import read_date
from hub.domain.values.grade import read_grade
from hub.domain.values.student_number import read_student_number
from hub.steps.standardise import convert
from tests.flow import TODAY, number

ID, ELDER = "210299201205030178", "210299195501013024"


def child(contract: str, **told: str):
    (found,) = [c for c in load_contracts() if c.name == contract]
    return Reapply(found)(told, TODAY).subrows[0].persons["主体"]


def again(contract: str, **told: str):
    (found,) = [c for c in load_contracts() if c.name == contract]
    return Reapply(found)(told, TODAY)


def listed(number: str, **told: str):
    return child("disabled_persons.unenrolled_list", **({"姓名": "王小禾", "性别": "男", "出生日期": "20120503", "身份证号": number, "未入学原因": "其它"} | told))


@pytest.mark.parametrize(("trap", "cell", "number"), [("D-09", "210299550101302", ELDER), ("D-10", "21029920120503024x", "21029920120503024X"), ("D-10", "21029920120503024×", "21029920120503024X"), ("D-10", "21029920120503024✕", "21029920120503024X"), ("D-08", "２１０２９９２０１２０５０３０１７８", ID), ("D-14", "'210299201205030178", ID)])
def test_numbers_that_can_be_read(trap, cell, number):
    assert listed(cell, 出生日期=number[6:14])["number"] == number


@pytest.mark.parametrize(("trap", "cell"), [("D-12", "无"), ("D-12", "0"), ("D-12", "000000000000000000"), ("D-12", "123456789012345678"), ("D-12", "20120503"), ("D-12", "13900000000"), ("D-13", "2.10299E+17"), ("D-13", "210299201205030000")])
def test_what_is_no_number_is_none(trap, cell):
    assert not listed(cell).get("number") or listed(cell)["number_state"] == "invalid"


@pytest.mark.parametrize("last", ["*", "＊", "?", "#"])
def test_a_last_character_that_may_be_anything_makes_a_number_unusable(last):
    """D-10: it is told, and what is left is kept as of any number that cannot be read."""
    row = again("disabled_persons.unenrolled_list", 姓名="王小禾", 出生日期="20120503", 身份证号="21029920120503024" + last)
    assert [(p.column, p.kind) for p in row.problems] == [("身份证号", "last character lost")]
    assert row.subrows[0].persons["主体"]["number_state"] == "invalid"


def pupil(**told: str):
    return again("education.student_register", **({"学校名称": "复州城镇中心小学", "姓名": "王小禾", "性别": "男", "出生日期": "20120503", "身份证件号": ID} | told))


@pytest.mark.parametrize(("told", "kind"), [
    ({}, None),
    ({"身份证件号": ELDER}, "a number with another birth date than the one beside it"),
    ({"身份证件号": ELDER, "学籍号": "G" + ID}, "a number with another birth date than the one beside it"),
    ({"身份证件号": ELDER, "出生日期": ""}, "a number with the other sex than the one beside it"),
    ({"出生日期": "20120512"}, None),
    ({"性别": "女"}, None),
    ({"出生日期": "201205", "性别": "女"}, None),
    ({"出生日期": "20120512", "性别": "女"}, "a number with another birth date and the other sex than beside it"),
    ({"身份证件号": ELDER, "出生日期": "", "性别": ""}, "a grown-up's number in a child's place"),
    ({"身份证件号": number(date(2028, 1, 1), 11)}, "a number of somebody not yet born"),
    ({"成员1姓名": "孙秀兰", "成员1身份证件号": ELDER}, None),
    ({"出生日期": "", "成员1姓名": "孙秀兰", "成员1身份证件号": ID}, "the number of somebody else in the row"),
])
def test_a_number_that_is_not_believed_is_told(told, kind):
    assert [(p.column, p.kind) for p in pupil(**told).subrows[0].doubts] == ([("身份证件号", kind)] if kind else [])


def test_the_guardians_number_in_the_childs_place_is_suspect():
    """D-11: the birth date and the sex beside it are another's."""
    assert listed(ID)["number_state"] == "valid" and listed(ELDER)["number_state"] == "suspect"


@pytest.mark.parametrize(("digits", "born", "doubted"), [
    ("210299120503017", "", True),  # 1912, or a child of 2012
    ("210299120503017", "20120503", True),
    ("210299120503017", "2012", True),
    ("210299120503017", "19120503", False),
    ("210299261124011", "", True),  # a hundred years old today, or born today
    ("210299261125011", "", False),
    ("210299550101301", "", False),
])
def test_fifteen_digits_that_may_be_a_childs_are_nobodys_of_the_last_century(digits, born, doubted):
    """D-09: fifteen digits are of the last century, and a child's number with the century left out is none."""
    person = child("disabled_persons.certificate", 姓名="王小禾", 性别="男", 出生日期=born, 身份证号=digits)
    assert person["number_state"] == ("suspect" if doubted else "valid")


@pytest.mark.parametrize(("trap", "address", "township"), [("D-33", "复县许屯镇东村", "210281107"), ("D-33", "许屯镇东村", "210281107"), ("D-33", "辽宁省大连市瓦房店市许屯镇", "210281107"), ("D-33", "普兰店市许屯镇", None), ("D-33", "吉林省许屯镇", None)])
def test_addresses_in_old_and_short_forms(trap, address, township):
    assert listed(ID, 现住址=address).get("township") == township


@pytest.mark.parametrize(("trap", "cell", "level"), [("D-37", "六年级", 6), ("D-37", "六", 6), ("D-37", "6", 6), ("D-37", "小六", 6), ("D-37", "初一", 7), ("D-37", "小学2024级", 3)])
def test_grades(trap, cell, level):
    assert read_grade(cell, TODAY).level == level


@pytest.mark.parametrize(("trap", "letter", "number"), [("D-27", "G", ID), ("D-43", "L", None), ("D-43", "J", None)])
def test_only_a_g_number_may_hint_at_the_citizen_number(trap, letter, number):
    told = read_student_number(letter + ID)
    assert (told.citizen_number and told.citizen_number.number) == number


@pytest.mark.parametrize(("header", "told", "graduates"), [("状态", "毕业", True), ("状态", "在籍", False), ("学籍状态", "毕业", True), ("在籍状态", "毕业", True)])
def test_a_student_registers_state_under_its_spellings(header, told, graduates):
    contract = next(c for c in load_contracts() if c.name == "education.student_register")
    rule = {spelt: column for spelt, (column, *_) in spellings(contract).items()}[fold(header)]
    row = Reapply(contract)({"学校名称": "复州城镇初级中学", "姓名": "王小禾", "学籍号": "G210299201105030013", rule.name: told}, TODAY)
    facts = {fact.noun: fact.values for fact in row.subrows[0].facts}
    assert (facts["enrolment"]["state"], "graduation" in facts) == (told if graduates else "在读", graduates)


def moved(**told: str):
    """What the list of movements says of a pupil who finished on 30 June 2025."""
    (contract,) = [c for c in load_contracts() if c.name == "education.movement"]
    row = Reapply(contract)({"姓名": "王小禾", "异动类型": "毕业", "异动日期": "20250630", **told}, TODAY)
    return {fact.noun: fact.values for fact in row.subrows[0].facts}["graduation"].get("grade"), [problem.kind for problem in row.problems]


@pytest.mark.parametrize("cell", ["2022级", "2022级3班", "2022级（3）班", "22级3班", "初2022级"])
@pytest.mark.parametrize("who", [{"身份证件号": number(date(2010, 1, 5), 301)}, {"出生日期": "2010-01"}, {"学籍号": "G" + number(date(2010, 1, 5), 301)}])
def test_an_entry_year_is_read_with_the_childs_age(cell, who):
    """D-37: a junior middle school's class of 2022 finished grade 9 in June 2025, whenever the list is sent."""
    assert moved(年级=cell, **who) == (9, [])


@pytest.mark.parametrize(
    ("cell", "told", "level"),
    [
        ("2019级", {"出生日期": "2013-03-05"}, 6),
        ("2019级", {"转出学校": "桃园小学"}, 6),
        ("2022级", {"转出学校": "复州城镇初级中学"}, 9),
        ("2022级", {"转出学校": "第一高级中学"}, 12),
        ("2022级", {"出生日期": "2007-03-05"}, 12),
        ("2022级", {"转出学校": "桃园小学", "出生日期": "2010-01-05"}, 3),  # who starts late
        ("2022级", {"转出学校": "特殊教育学校", "出生日期": "2010-01-05"}, None),  # of any age in any grade
        ("2022级", {}, None),
        ("2022级", {"转出学校": "第三中学"}, None),
    ],
)
def test_the_schools_stage_counts_before_age_and_nothing_is_guessed(cell, told, level):
    assert moved(年级=cell, **told) == (level, [] if level else ["an entry year without its stage"])


@pytest.mark.parametrize(
    ("told", "kept", "problems"),
    [
        ({"复学日期": "20261008"}, "复学日期", []),  # back on the same day
        ({"复学日期": "20261007"}, None, ["复学日期"]),
        ({"复学日期": "20251012"}, None, ["复学日期"]),  # a year typed wrong
        ({"复学日期": "202610"}, "复学日期", []),  # may be later
        ({"复学日期": "202609"}, None, ["复学日期"]),
        ({"销号日期": "20251012"}, None, ["销号日期"]),
        ({"标注日期": "20251012"}, None, ["标注日期"]),
        ({"标注日期": "20261112", "销号日期": "20261111"}, "标注日期", ["销号日期"]),  # closed before it was marked
        ({"标注日期": "20251012", "销号日期": "20261007"}, None, ["标注日期", "销号日期"]),
        ({"请假起始日期": "20261008", "请假截止日期": "20251009"}, None, ["请假截止日期"]),
        ({"首次无故不到校日期": "", "复学日期": "20251012"}, "复学日期", []),
    ],
)
def test_a_date_before_the_one_it_follows_upon_is_told_and_does_not_count(told, kept, problems):
    row = again("education.dropout_ledger", **({"姓名": "王小禾", "学籍号": "G" + ID, "首次无故不到校日期": "20261008"} | told))
    (fact,) = [fact for fact in row.subrows[0].facts if fact.noun == "absence_spell"]
    assert [problem.column for problem in row.problems] == problems
    assert {"returned_on", "closed_on", "leave_to", "marked_on"} & fact.values.keys() == ({{"复学日期": "returned_on", "标注日期": "marked_on"}[kept]} if kept else set())
    assert fact.stated_to is None


@pytest.mark.parametrize(
    ("noun", "column", "cell", "day"),
    [
        ("deferral_approval", "until", "20261015", date(2026, 10, 15)),
        ("deferral_approval", "until", "2026年10月", date(2026, 10, 31)),
        ("deferral_approval", "until", "2026年", date(2026, 12, 31)),
        ("deferral_approval", "approved_on", "2026年10月", None),  # a beginning is not guessed
        ("movement", "suspended_until", "202702", date(2027, 2, 28)),
        ("certificate", "valid_until", "2031.06", date(2031, 6, 30)),
        ("residence_permit", "expires_on", "2027", date(2027, 12, 31)),
        ("absence_spell", "leave_to", "2026-11", date(2026, 11, 30)),
        ("deferral_approval", "until", "16岁", None),  # worked out from an age
    ],
)
def test_an_end_told_as_a_month_or_a_year_holds_to_its_last_day(noun, column, cell, day):
    assert convert(NOUNS[noun].column(column).kind, read_date(cell, TODAY)) == day


@pytest.mark.parametrize(
    ("cell", "progress", "problems"),
    [
        ("已完成", "已完成", []),
        ("审核通过", "已完成", []),
        ("待转入地教育局核办", "待转入地教育局核办", []),
        ("待转出学校审核", "待转出校核办", []),
        ("审核中", "待审核", []),
        ("已撤回", "已取消", []),
        ("已驳回", "审核不通过", []),
        ("不予批准", "审核不通过", []),
        ("转办", "状态不明", ["审核状态"]),  # told, and neither done nor being handled
        ("1", "状态不明", ["审核状态"]),
        ("", None, []),
    ],
)
def test_how_far_a_movement_is(cell, progress, problems):
    row = again("education.movement", 姓名="王小禾", 学籍号="G" + ID, 异动类型="转学(转出)", 异动日期="20261008", 审核状态=cell)
    (fact,) = [fact for fact in row.subrows[0].facts if fact.noun == "movement"]
    assert (convert(NOUNS["movement"].column("progress").kind, fact.values.get("progress")), [problem.column for problem in row.problems]) == (progress, problems)


@pytest.mark.parametrize(
    ("cell", "mark", "problems"),
    [
        ("辍学", "辍学", []),
        ("2", "辍学", []),
        *((word, "辍学", []) for word in ("已辍学", "已标注辍学", "辍学学生", "确认辍学", "标注辍学")),
        ("已标注疑似辍学", "疑似辍学", []),
        ("已复学", "无标注", []),
        ("请假", "无标注", []),
        ("无", "无标注", []),
        ("劝返中", "状态不明", ["标注状态"]),
        ("9", "状态不明", ["标注状态"]),
        ("", None, []),
    ],
)
def test_a_mark_of_dropout_that_nobody_can_read_is_told_and_is_not_none(cell, mark, problems):
    row = again("education.dropout_ledger", 姓名="王小禾", 学籍号="G" + ID, 首次无故不到校日期="20260903", 标注状态=cell)
    (fact,) = [fact for fact in row.subrows[0].facts if fact.noun == "absence_spell"]
    assert (convert(NOUNS["absence_spell"].column("mark").kind, fact.values.get("mark")), [problem.column for problem in row.problems]) == (mark, problems)


@pytest.mark.parametrize(
    ("source", "column", "cell", "seen"),
    [
        ("exam", "成绩", "86.5", True), ("exam", "成绩", "0", True), ("exam", "成绩", "优", True), ("exam", "成绩", "缺考", False), ("exam", "成绩", "缺", False), ("exam", "成绩", "未参加", False), ("exam", "成绩", "", False),
        ("meal", "就餐次数", "22", True), ("meal", "就餐次数", "", True), ("meal", "就餐次数", "0", False), ("school_bus", "乘车次数", "０", False), ("school_bus", "乘车次数", "3", True),
    ],
)  # fmt: skip
def test_who_is_on_a_list_and_was_not_there_was_not_seen(source, column, cell, seen):
    when = {"学年": "2026-2027", "学期": "2026-2027学年秋季学期"} if source == "exam" else {"月份": "202610"}
    row = again(f"education.{source}", **{"学校": "复州城镇中心小学", "姓名": "王小禾", "学籍号": "G" + ID, column: cell}, **when)
    assert row.subrows[0].facts[0].values["present"] is seen


@pytest.mark.parametrize(
    ("insurance", "employs"),
    [
        ("企业职工基本养老保险", True), ("城镇职工基本医疗保险", True), ("工伤保险", True), ("失业", True),
        ("城乡居民基本医疗保险", False), ("城乡居民基本养老保险", False), ("城镇居民医保", False), ("新农合", False), ("新型农村社会养老保险", False),
    ],
)  # fmt: skip
def test_who_is_insured_as_a_resident_is_nobodys_employee(insurance, employs):
    row = again("labour.social_insurance", **{"姓名": "王小禾", "身份证号": ID, "险种": insurance, "参保单位": "八里庄村民委员会", "参保起止": "20260101-20261231"})
    assert [fact.noun for fact in row.subrows[0].facts] == (["employment"] if employs else [])
