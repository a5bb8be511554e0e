"""Plans and parents: the dead, the imprisoned, the missing and the disabled, as several lists tell of them."""

from datetime import date

import pytest

from tests.flow import carry, hub, number, write_csv
from tests.plans.office import BORN, DAY, ON, Office


async def test_parents_of_whom_sources_say_different_things_are_not_known(office):
    child = await office.registered()
    for role, situation in (("父亲", "死亡"), ("母亲", "死亡"), ("母亲", "失踪")):
        await office.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role=role, situation=situation)
    assert (await office.answers(child))["F05"] == "DUE"
    await office.fact("parent_situation", child, source="civil_affairs.left_behind", parent_role="母亲", situation="失联")
    judged = (await office.judged(child))["F05"]
    assert (judged.answer, judged.missing) == ("UNKNOWN", ("母亲情形",))


async def parent(office, child, role, *, source="education.student_register", **register):
    """A parent of whom the register tells something, whom the school names as one who cares."""
    other = await office.someone(date(1985, 3, 17))
    await office.fact("kinship", child, source=source, relative=other, relation=role)
    await office.fact("guardianship", child, source=source, guardian=other, relation=role, capacity="家庭成员")
    if register:
        await office.fact("hukou_registration", other, source="public_security.household_register", **({"register_state": "正常"} | register))
    return other

DEAD = {"deceased_on": date(2024, 1, 1), "register_state": "死亡注销"}


@pytest.mark.parametrize(
    ("father", "mother", "answer", "missing"),
    [
        (DEAD, DEAD, "DUE", ()),
        ({"register_state": "死亡注销"}, DEAD, "DUE", ()),
        (DEAD, {"deceased_on": ON + DAY}, "UNKNOWN", ("母亲情形",)),
        (DEAD, {}, "UNKNOWN", ("母亲情形",)),
        ({}, {}, "NOT_DUE", ()),
    ],
)
async def test_parents_who_died_by_the_register_care_for_nobody(office, father, mother, answer, missing):
    """Whom the school's register still names as parents (F05, domain E.0.5)."""
    child = await office.registered()
    await parent(office, child, "父亲", **father)
    await parent(office, child, "母亲", **mother)
    judged = (await office.judged(child))["F05"]
    assert (judged.answer, judged.missing) == (answer, missing)


async def test_another_who_is_named_as_the_dead_parent_leaves_it_open(office):
    child = await office.registered()
    for role, register in (("父亲", DEAD), ("母亲", DEAD), ("母亲", {})):
        await parent(office, child, role, **register)
    assert (await office.answers(child))["F05"] == "UNKNOWN"


async def test_a_dead_mother_and_a_father_in_prison(office):
    child = await office.registered()
    await parent(office, child, "母亲", **DEAD)
    await office.fact("parent_situation", child, source="civil_affairs.left_behind", parent_role="父亲", situation="服刑在押")
    answers = await office.answers(child)
    assert (answers["F05"], answers["F06"]) == ("NOT_DUE", "DUE")


@pytest.mark.parametrize(
    ("row", "answers"),
    [
        ({}, ("NOT_DUE", "DUE")),
        ({"羁押监所": "社区矫正中心"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所（未决）"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20261231"}, ("NOT_DUE", "UNKNOWN")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20270314"}, ("NOT_DUE", "DUE")),
        ({"羁押监所": "某看守所", "刑期起止": "20260915-20270313"}, ("NOT_DUE", "UNKNOWN")),
    ],
)
async def test_only_who_serves_half_a_year_in_custody_cannot_care(row, answers, database, tmp_path):
    """The father is in prison for years, the mother as the row says (domain B.5, B.7)."""
    rows = [
        {"服刑人员姓名": name, "服刑人员身份证号": number(date(1985, 3, 17), serial), RELATION: role, "羁押监所": "某监狱", "刑期起止": "20230110-20290709",
         "子女姓名": "王小禾", "子女身份证号": number(BORN, 301)} | told
        for name, serial, role, told in (("王大山", 301, "父亲", {}), ("李秀英", 302, "母亲", row))
    ]  # fmt: skip
    write_csv(tmp_path / "a", "服刑人员未成年子女_20261031.csv", [list(rows[0]), *(list(one.values()) for one in rows)])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.list("civil_affairs.child_welfare", date(2026, 10, 31))
        child = await connection.fetchval("select id from person_resolved where birth_date = $1", BORN)
        judged = await office.answers(child)
        assert (judged["F05"], judged["F06"]) == answers


@pytest.mark.parametrize(
    ("state", "until", "role", "answer"),
    [
        ("正常", None, "父亲", "DUE"),
        ("正常", ON, "继母或养母", "DUE"),
        ("正常", ON - DAY, "母亲", "NOT_DUE"),
        ("注销", None, "母亲", "NOT_DUE"),
        ("正常", None, "祖父", "NOT_DUE"),
    ],
)
async def test_a_boarder_whose_parent_is_disabled(office, state, until, role, answer):
    """残疾人子女 (F11, C.15)."""
    child = await office.registered()
    await office.pupil(child, attendance_mode="住校")
    await office.fact("certificate", await parent(office, child, role), state=state, valid_until=until)
    judged = (await office.judged(child))["F11"]
    assert (judged.answer, "残疾人子女" in judged.reason_zh) == (answer, answer == "DUE")


@pytest.mark.parametrize(
    ("situation", "since", "until", "answer"),
    [
        ("强制隔离戒毒", "20260901", "20261101", "UNKNOWN"),
        ("强制隔离戒毒", "20260601", "20261129", "UNKNOWN"),  # six months from 1 June end on 30 November
        ("强制隔离戒毒", "20260601", "20261130", "DUE"),
        ("强制隔离戒毒", "20260901", "", "DUE"),
        ("服刑在押", "20260901", "20261101", "UNKNOWN"),
        ("服刑在押", "20250901", "20261101", "DUE"),
        ("失联", "20261001", "", "UNKNOWN"),
        ("失联", "20260501", "", "UNKNOWN"),  # told on 31 October
        ("失联", "20260430", "", "DUE"),
        ("重病", "20261001", "", "DUE"),
    ],
)
async def test_a_situation_that_civil_affairs_tells_counts_from_six_months_on(situation, since, until, answer, database, tmp_path):
    """Also where another cell of the row changed since, so that the fact begins anew (domain B.5)."""
    row = {"儿童姓名": "王小禾", "出生日期": f"{BORN:%Y%m%d}", "证件号码": number(BORN, 301), "类别": "事实无人抚养儿童", "父亲姓名": "王大山", "父亲情形": "重残", "父亲情形起": "20250101", "父亲情形止": "",
           "母亲姓名": "李梅", "母亲情形": situation, "母亲情形起": since, "母亲情形止": until, "监护人姓名": "孙秀兰", "认定日期": "20230101", "保障状态": "停保", "监护人电话": ""}  # fmt: skip
    for day, phone in (("20261020", "13900000001"), ("20261031", "13900000002")):
        write_csv(tmp_path / day, f"孤儿和事实无人抚养儿童_{day}.csv", [list(row), list((row | {"监护人电话": phone}).values())])
    async with hub(database, tmp_path) as (connection, keys):
        for day in ("20261020", "20261031"):
            await carry(connection, keys, tmp_path / day)
        office = Office(connection, database, keys)
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        assert (await office.answers(child, date(2026, 10, 31)))["F06"] == answer

RELATION = "服刑人员与子女关系"


@pytest.mark.parametrize(
    ("told", "missing"),
    [
        ({"服刑人员身份证号": number(date(1985, 3, 17), 301)}, ("母亲情形",)),
        ({"服刑人员身份证号": number(date(1985, 3, 17), 302)}, ("父亲情形",)),
        ({"服刑人员性别": "女"}, ("父亲情形",)),
        ({RELATION: "父子"}, ("母亲情形",)),
            ({RELATION: "亲属"}, ("父亲情形", "母亲情形")),
        ({RELATION: "父亲"}, ("母亲情形",)),
        ({"与儿童关系": "母亲"}, ("父亲情形",)),
        ({"服刑人员身份证号": number(date(1985, 3, 17), 301)[:-1] + "?"}, ("父亲情形", "母亲情形")),
        ({}, ("父亲情形", "母亲情形")),
    ],
)
async def test_of_a_prisoner_whose_sex_is_told_only_the_other_parent_is_missing(told, missing, database, tmp_path):
    row = {"服刑人员姓名": "王大山", **told, "刑期起止": "20230110-20290709", "子女姓名": "王小禾", "子女身份证号": number(BORN, 301), "监护人姓名": "王老山", "与子女关系": "祖父"}
    write_csv(tmp_path / "a", "服刑人员未成年子女_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        (child,) = [row["id"] for row in await connection.fetch("select id from person_resolved where birth_date = $1", BORN)]
        judged = await office.judged(child)
        assert {(judged[code].answer.value, judged[code].missing) for code in ("F05", "F06") if judged[code].missing} == {("UNKNOWN", missing)}
        assert judged["F06"].missing == missing
        assert await connection.fetchval("select relation from guardianship") == "祖父"
