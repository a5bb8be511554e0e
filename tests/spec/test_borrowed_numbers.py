"""A row that gives somebody else's number is not theirs for it, in whatever order the lists come, one after the other."""

from collections.abc import Mapping, Sequence
from datetime import date
from itertools import permutations

import pytest

from tests.flow import carry, hub, number, write_csv

HOLDER, BORROWER, OTHER = number(date(2015, 7, 2), 31), number(date(2015, 6, 2), 33), number(date(2014, 6, 2), 35)
SCHOOL = "复州城镇中心小学"
PUPILS = ("学校名称", "年级", "姓名", "性别", "出生日期", "身份证件号", "学籍号", "就读状态")
LISTS = {
    "education/学生基础信息_202609.csv": [PUPILS, (SCHOOL, "五年级", "蔡一凡", "男", "20150702", HOLDER, f"G{HOLDER}", "在读")],
    "education/学生基础信息_202610.csv": [
        PUPILS,
        (SCHOOL, "五年级", "蔡一凡", "男", "20150702", HOLDER, f"G{HOLDER}", "在读"),
        (SCHOOL, "五年级", "蔡一鸣", "男", "20150602", BORROWER, f"G{BORROWER}", "在读"),
        (SCHOOL, "六年级", "卢一凡", "男", "20140602", OTHER, f"G{OTHER}", "在读"),
    ],
    "public_security/常住人口_202610.csv": [
        ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期"),
        ("210281101000777", "蔡大海", "子", "蔡一鸣", "男", BORROWER, "20150602"),
    ],
    "finance/资助和补贴发放明细_202610.csv": [
        ("学校", "姓名", "身份证号", "特殊困难类型", "学年", "学期", "资助项目", "金额", "发放日期", "发放方式", "发放状态"),
        (SCHOOL, "蔡一鸣", HOLDER, "低保家庭学生", "2026-2027", "秋季学期", "F12", "312.5", "20260920", "银行卡", "成功"),
    ],
}
ORDERS = [order for order in permutations(LISTS) if order.index("education/学生基础信息_202609.csv") < order.index("education/学生基础信息_202610.csv")]

FATHER, MOTHER, CHILD = number(date(1985, 3, 17), 41), number(date(1987, 9, 22), 42), number(date(2016, 5, 3), 43)
REGISTER = "public_security/常住人口_202609.csv", [
    ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"),
    *(
        ("210281101000201", "蒋大勇", relation, name, sex, told, f"{told[6:14]}", "辽宁省瓦房店市复州城镇八里庄村12号")
        for relation, name, sex, told in (("户主", "蒋大勇", "男", FATHER), ("妻", "李梅", "女", MOTHER), ("子", "蒋小禾", "男", CHILD))
    ),
]
SCHOOLED = "education/学生基础信息_202609.csv", [PUPILS, (SCHOOL, "四年级", "蒋小禾", "男", "20160503", CHILD, f"G{CHILD}", "在读")]


def allowance(child: str) -> tuple[str, list[tuple[str, ...]]]:
    """A card with a child whose line gives this number, and no birth date."""
    head = ("DB77002", "蒋大勇", FATHER)
    place = ("在保", "复州城镇", "八里庄村")
    return "civil_affairs/城乡低保对象_202609.csv", [
        ("低保证号", "户主姓名", "户主身份证号", "家庭成员姓名", "与户主关系", "成员身份证号", "状态", "乡镇街道", "村社区"),
        (*head, "李梅", "妻", MOTHER, *place),
        (*head, "蒋小禾", "子", child, *place),
    ]


async def one_by_one(connection, keys, folder, lists: Mapping[str, Sequence[Sequence[str]]], order: Sequence[str]) -> dict[tuple[str, str], set[int]]:
    """Carry lists one after the other; (name, department) -> the persons of the rows about somebody of that name."""
    for place, name in enumerate(order):
        write_csv(folder / str(place) / name.split("/")[0], name.split("/")[1], lists[name])
        await carry(connection, keys, folder / str(place))
    told: dict[tuple[str, str], set[int]] = {}
    for row in await connection.fetch("select m.name, split_part(m.source, '.', 1) as department, i.person from mention m join identity i using (id) where m.anchor is null"):
        told.setdefault((row["name"], row["department"]), set()).add(row["person"])
    return told


@pytest.mark.parametrize("order", ORDERS, ids=lambda order: "-".join(name.split("/")[0][0] for name in order))
async def test_a_classmates_number_moves_no_payment(database, tmp_path, order):
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, LISTS, order)
        assert told["蔡一鸣", "finance"] == told["蔡一鸣", "education"] == told["蔡一鸣", "public_security"] != told["蔡一凡", "education"]
        waiting = await connection.fetch("select a.name as one, b.name as other from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other where r.kind = 'NUMBER_CONFLICT'")
        assert {frozenset(row.values()) for row in waiting} == {frozenset({"蔡一鸣", "蔡一凡"})}


@pytest.mark.parametrize("number", [FATHER, MOTHER], ids=["of the head", "of another line"])
@pytest.mark.parametrize("order", list(permutations(range(3))))
async def test_a_child_with_a_parents_number_and_no_birth_date_is_the_child_that_it_is(database, tmp_path, number, order):
    lists = dict([REGISTER, SCHOOLED, allowance(number)])
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, lists, [list(lists)[place] for place in order])
        assert told["蒋小禾", "civil_affairs"] == told["蒋小禾", "education"] == told["蒋小禾", "public_security"]
        assert told["李梅", "civil_affairs"] == told["李梅", "public_security"] != told["蒋小禾", "education"]


STRANGERS = number(date(2016, 11, 20), 45)  # within 400 days of the child's birth date
TYPED = "education/学生基础信息_202609.csv", [
    (*PUPILS, "成员1姓名", "成员1关系", "成员1身份证件号"),
    (SCHOOL, "四年级", "蒋小禾", "男", "20160503", STRANGERS, f"G{STRANGERS}", "在读", "蒋大勇", "父亲", FATHER),
]


@pytest.mark.parametrize("order", list(permutations(range(2))))
async def test_a_strangers_number_beside_the_childs_own_birth_date_is_asked_about(database, tmp_path, order):
    lists = dict([REGISTER, TYPED])
    async with hub(database, tmp_path) as (connection, keys):
        await one_by_one(connection, keys, tmp_path, lists, [list(lists)[place] for place in order])
        waiting = await connection.fetch("select a.name as one, b.name as other, r.kind from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other")
        assert [tuple(row) for row in waiting] == [("蒋小禾", "蒋小禾", "NUMBER_CONFLICT")]


GRANDMOTHER = number(date(1956, 1, 1), 22)
GRANDCHILD = "public_security/常住人口_202609.csv", [
    ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期"),
    ("210281101000601", "孙桂芝", "户主", "孙桂芝", "女", GRANDMOTHER, "19560101"),
    ("210281101000601", "孙桂芝", "子", "蒋大勇", "男", FATHER, "19850317"),
    ("210281101000601", "孙桂芝", "孙子", "蒋小禾", "男", CHILD, "20160503"),
]


@pytest.mark.parametrize("order", list(permutations(range(2))))
async def test_a_number_typed_wrong_of_a_child_in_its_grandmothers_household_is_asked_about(database, tmp_path, order):
    """The head's row says nothing of the father, who stands in a row of his own."""
    typed = number(date(2016, 5, 3), 63)
    head, (*row, _, _, state, father, relation, fathers) = TYPED[1]
    lists = dict([GRANDCHILD, (TYPED[0], [head, (*row, typed, f"G{typed}", state, father, relation, fathers)])])
    async with hub(database, tmp_path) as (connection, keys):
        await one_by_one(connection, keys, tmp_path, lists, [list(lists)[place] for place in order])
        waiting = await connection.fetch("select a.name as one, b.name as other, r.kind from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other")
        assert [tuple(row) for row in waiting] == [("蒋小禾", "蒋小禾", "NUMBER_CONFLICT")]


SHARED, OTHER_FATHER = number(date(2014, 4, 21), 34), number(date(1984, 3, 11), 43)
TWICE = {
    "public_security/常住人口_202609.csv": [
        ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"),
        ("210281101000301", "郑国立", "户主", "郑国立", "男", FATHER, "19850317", "辽宁省瓦房店市复州城镇八里庄村"),
        ("210281101000301", "郑国立", "女", "郑晓彤", "女", SHARED, "20140421", "辽宁省瓦房店市复州城镇八里庄村"),
        ("210281101000302", "许国才", "户主", "许国才", "男", OTHER_FATHER, "19840311", "辽宁省瓦房店市得利寺镇崔屯村"),
        ("210281101000302", "许国才", "女", "许佳琪", "女", SHARED, "20140421", "辽宁省瓦房店市得利寺镇崔屯村"),
    ],
    "education/学生基础信息_202609.csv": [PUPILS, (SCHOOL, "六年级", "郑晓彤", "女", "20140421", SHARED, f"G{SHARED}", "在读")],
    "disabled_persons/持证残疾人_202609.csv": [
        ("残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "监护人姓名", "监护人身份证号", "与残疾人关系", "证件状态"),
        (f"{SHARED}52", "许佳琪", "女", "20140421", SHARED, "智力", "二级", "许国才", OTHER_FATHER, "父亲", "正常"),
    ],
}


@pytest.mark.parametrize("order", list(permutations(TWICE)), ids=lambda order: "-".join(name.split("/")[0][0] for name in order))
async def test_of_two_whom_the_register_has_under_one_number_the_pupil_is_the_one_of_its_name(database, tmp_path, order):
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, TWICE, order)
        assert told["郑晓彤", "education"] == told["郑晓彤", "public_security"] != told["许佳琪", "public_security"] == told["许佳琪", "disabled_persons"]
        waiting = await connection.fetch("select a.name as one, b.name as other from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other where r.kind = 'TWINS'")
        assert {frozenset(row.values()) for row in waiting} == {frozenset({"郑晓彤", "许佳琪"})}


BEFORE, ADOPTED = number(date(2014, 4, 21), 22), number(date(2014, 4, 21), 64)
ADOPTION = {
    "public_security/常住人口_202610.csv": [
        ("户号", "户主姓名", "与户主关系", "姓名", "曾用名", "性别", "公民身份号码", "出生日期"),
        ("210281101000401", "林春生", "养女或继女", "林思雨", "馬小雨", "女", ADOPTED, "20140421"),
    ],
    "education/学生基础信息_202610.csv": [PUPILS, (SCHOOL, "六年级", "林思雨", "女", "20140421", ADOPTED, f"G{ADOPTED}", "在读")],
    "disabled_persons/持证残疾人_202609.csv": [
        ("残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "证件状态"),
        (f"{BEFORE}52", "马小雨", "女", "20140421", BEFORE, "智力", "二级", "正常"),
    ],
}


@pytest.mark.parametrize("order", list(permutations(ADOPTION)), ids=lambda order: "-".join(name.split("/")[0][0] for name in order))
async def test_an_adopted_child_with_another_name_and_number_is_asked_about(database, tmp_path, order):
    """By the name that the child had before (D-26), however it is written."""
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, ADOPTION, order)
        assert told["林思雨", "education"] == told["林思雨", "public_security"] != told["马小雨", "disabled_persons"]
        waiting = await connection.fetch("select a.name as one, b.name as other, r.kind from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other")
        assert {(frozenset((row["one"], row["other"])), row["kind"]) for row in waiting} == {(frozenset({"林思雨", "马小雨"}), "NUMBER_CONFLICT")}


RENAMED = number(date(2014, 6, 3), 51)
RENAMING = {
    "public_security/常住人口_202609.csv": (
        ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期"),
        ("210281101000501", "章国强", "子", "{}", "男", RENAMED, "20140603"),
    ),
    "civil_affairs/城乡低保对象_202609.csv": (
        ("低保证号", "户主姓名", "户主身份证号", "家庭成员姓名", "与户主关系", "成员身份证号", "状态"),
        ("DB77005", "章国强", OTHER_FATHER, "{}", "子", RENAMED, "在保"),
    ),
}


@pytest.mark.parametrize("name", ["章子轩", "苏浩然"], ids=["a slip put right", "a new family name"])
@pytest.mark.parametrize("renaming", list(RENAMING), ids=lambda name: name.split("/")[0])
async def test_a_child_whose_name_a_list_changes_leaves_nobody_behind(database, tmp_path, renaming, name):
    """Number and all else are as before (D-26); the school has the new name already."""
    head, row = RENAMING[renaming]
    lists = {
        month: [head, tuple(cell.format(told) for cell in row)] for month, told in ((renaming, "章浩然"), (renaming.replace("202609", "202610"), name))
    } | {"education/学生基础信息_202609.csv": [PUPILS, (SCHOOL, "六年级", name, "男", "20140603", RENAMED, f"G{RENAMED}", "在读")]}
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, lists, list(lists))
        department = renaming.split("/")[0]
        assert told["章浩然", department] == told[name, department] == told[name, "education"]
        assert len(told[name, "education"]) == 1
        assert await connection.fetchval("select count(*) from link_review") == 0


COUSINS, ELDER, YOUNGER = number(date(1985, 4, 17), 71), number(date(2014, 3, 4), 73), number(date(2015, 4, 1), 75)
GENERATION = {
    "public_security/常住人口_202609.csv": [
        ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"),
        ("210281101000701", "蒋大勇", "子", "蒋绍文", "男", ELDER, "20140304", "辽宁省瓦房店市复州城镇八里庄村"),
        ("210281101000702", "蒋国立", "孙子", "蒋绍武", "男", YOUNGER, "20150401", "辽宁省瓦房店市得利寺镇崔屯村"),
    ],
    "education/学生基础信息_202609.csv": [
        (*PUPILS, "成员1姓名", "成员1关系", "成员1身份证件号"),
        (SCHOOL, "五年级", "蒋绍武", "男", "20150401", ELDER, f"G{ELDER}", "在读", "蒋大强", "父亲", COUSINS),
    ],
    "disabled_persons/持证残疾人_202609.csv": [
        ("残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "监护人姓名", "监护人身份证号", "与残疾人关系", "证件状态"),
        (f"{ELDER}52", "蒋绍文", "男", "20140304", ELDER, "智力", "二级", "蒋大勇", FATHER, "父亲", "正常"),
    ],
}


@pytest.mark.parametrize("order", list(permutations(GENERATION)), ids=lambda order: "-".join(name.split("/")[0][0] for name in order))
async def test_a_pupil_with_a_cousins_number_is_the_one_of_its_name_and_birth_date(database, tmp_path, order):
    async with hub(database, tmp_path) as (connection, keys):
        told = await one_by_one(connection, keys, tmp_path, GENERATION, order)
        assert told["蒋绍武", "education"] == told["蒋绍武", "public_security"] != told["蒋绍文", "public_security"] == told["蒋绍文", "disabled_persons"]
        waiting = await connection.fetch("select a.name as one, b.name as other from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other where r.kind = 'NUMBER_CONFLICT'")
        assert frozenset({"蒋绍武", "蒋绍文"}) in {frozenset(row.values()) for row in waiting}


FIRST, SECOND = number(date(2013, 5, 6), 81), number(date(2013, 5, 6), 83)


def twins(second: str, home: str, told: str) -> dict[str, list[tuple[str, ...]]]:
    """The second of two twins by her name and 户号, and the school's row with the first one's number and this name."""
    return {
        "public_security/常住人口_202609.csv": [
            ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"),
            ("210281101000801", "蒋大勇", "女", "蒋懿西", "女", FIRST, "20130506", "辽宁省瓦房店市复州城镇八里庄村"),
        ],
        "public_security/常住人口_202610.csv": [
            ("户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"),
            ("210281101000801", "蒋大勇", "女", "蒋懿西", "女", FIRST, "20130506", "辽宁省瓦房店市复州城镇八里庄村"),
            (home, "蒋大勇" if home.endswith("801") else "李梅", "女", second, "女", SECOND, "20130506", "辽宁省瓦房店市复州城镇八里庄村" if home.endswith("801") else "辽宁省瓦房店市得利寺镇崔屯村"),
        ],
        "education/学生基础信息_202609.csv": [
            (*PUPILS, "成员1姓名", "成员1关系", "成员1身份证件号"),
            (SCHOOL, "五年级", told, "女", "20130506", FIRST, "", "在读", "蒋大勇", "父亲", FATHER),
        ],
        "disabled_persons/持证残疾人_202609.csv": [
            ("残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "监护人姓名", "监护人身份证号", "与残疾人关系", "证件状态"),
            (f"{FIRST}52", "蒋懿西", "女", "20130506", FIRST, "智力", "二级", "蒋大勇", FATHER, "父亲", "正常"),
        ],
    }


@pytest.mark.parametrize("order", [order for order in permutations(range(4)) if order.index(0) < order.index(1)], ids=lambda order: "".join(map(str, order)))
@pytest.mark.parametrize(("second", "home", "told"), [("蒋懿杰", "210281101000801", "蒋懿洁"), ("蒋懿杰", "210281101000802", "蒋懿杰")], ids=["misspelt", "with the mother"])
async def test_a_row_with_one_twins_number_and_the_name_of_the_other_is_not_the_first(database, tmp_path, second, home, told, order):
    lists = twins(second, home, told)
    async with hub(database, tmp_path) as (connection, keys):
        found = await one_by_one(connection, keys, tmp_path, lists, [list(lists)[place] for place in order])
        assert found["蒋懿西", "disabled_persons"] == found["蒋懿西", "public_security"]
        assert found[told, "education"].isdisjoint(found["蒋懿西", "public_security"])
        waiting = await connection.fetch("select a.name as one, b.name as other from link_review r join mention a on a.id = r.mention join mention b on b.id = r.other")
        assert frozenset({told, "蒋懿西"}) in {frozenset(row.values()) for row in waiting}
