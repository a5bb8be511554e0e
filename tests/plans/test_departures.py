"""Plans of children who died, moved away or whose allowance ended: from the day it counts, and what is told of it."""

from datetime import date

import pytest
from asyncpg import Range

from tests.flow import carry, hub, number, write_csv
from tests.plans.office import ALLOWANCE, BORN, DAY, ON, Office


@pytest.mark.parametrize(
    "entry",
    [
        {"deceased_on": ON},
        {"deceased_on": ON, "register_state": "死亡注销"},
        {"register_state": "死亡注销", "cancelled_on": ON},
        {"cancel_reason": "死亡注销", "register_state": "死亡注销", "cancelled_on": ON, "deceased_on": ON + DAY},
    ],
)
async def test_death_counts_from_its_day_on(office, entry):
    child = await office.registered(**entry)
    await office.pupil(child)
    assert (await office.answers(child, ON - DAY))["F10"] == "RECEIVING"
    judged = await office.judged(child, ON)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert all(f"已死亡（{ON}" in judgement.reason_zh and "died on" in judgement.reason_en for judgement in judged.values())


async def test_any_sources_date_of_death_counts(office):
    child = await office.named("王小禾", 21)
    await office.pupil(child)
    await office.connection.execute("update mention set deceased_on = $1, source = 'health.deaths'", ON)
    assert (await office.answers(child, ON - DAY))["F10"] == "RECEIVING"
    assert set((await office.answers(child)).values()) == {"NOT_DUE"}


async def test_federation_or_school_alone_count_where_no_entry_contradicts(office):
    unregistered, registered = await office.someone(BORN), await office.registered()
    for child in (unregistered, registered):
        await office.fact("certificate", child, category="智力残疾", level="二级", state="注销(死亡)")
        await office.pupil(child)
    assert set((await office.answers(unregistered)).values()) == {"NOT_DUE"}
    plan = (await office.plans(registered))[0]
    assert {a.programme.code: a.judgement.answer.value for a in plan.answers}["F10"] == "RECEIVING"
    assert any("户籍在册" in told for told in plan.disagreements)


@pytest.mark.parametrize("state", ["迁出", "出国(境)注销"])
async def test_moving_away_counts_from_its_day_on(office, state):
    child = await office.registered(register_state=state, cancelled_on=ON)
    assert (await office.answers(child, ON - DAY))["F01"] == "UNKNOWN"
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert all(str(ON) in judgement.reason_zh and str(ON) in judgement.reason_en for judgement in judged.values())


@pytest.mark.parametrize("other", [{"register_state": "正常"}, {"register_state": "迁出", "cancelled_on": ON + DAY}])
async def test_whoever_has_another_entry_that_stands_has_not_moved_away(office, other):
    child = await office.registered(register_state="迁出", cancelled_on=ON - DAY)
    await office.fact("hukou_registration", child, **other)
    assert (await office.answers(child))["F01"] == "UNKNOWN"


async def test_a_duplicate_entry_that_was_cancelled_is_no_moving_away(office):
    child = await office.registered(register_state="重户", cancelled_on=ON - DAY)
    assert (await office.answers(child))["F01"] == "UNKNOWN"


async def test_what_is_paid_after_death_is_said(office):
    child = await office.registered(deceased_on=date(2026, 10, 1))
    allowance = {"programme": "F01", "kind": "农村低保", "state": "在保", "source": ALLOWANCE}
    await office.fact("assistance", child, **allowance)
    for programme, paid_on in (("F07", date(2026, 10, 1)), ("F08", date(2026, 10, 2))):
        await office.fact("payment", child, programme=programme, paid_on=paid_on, state="成功", source="finance.aid_payment")
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert {code for code, judgement in judged.items() if "应予核减" in judgement.reason_zh} == {"F01", "F08"}

WELFARE = {"programme": "F06", "state": "停保", "stopped": "2026-10-01", "source": "civil_affairs.child_welfare"}


async def test_a_death_that_ended_an_allowance_ends_every_programme(office):
    child = await office.registered()
    await office.pupil(child)
    await office.fact("assistance", child, **WELFARE, stop_reason="死亡", valid=Range(date(2026, 10, 1), None))
    await office.fact("payment", child, programme="F06", paid_on=date(2026, 10, 20), state="成功", source="finance.aid_payment")
    judged = await office.judged(child)
    assert {judgement.answer.value for judgement in judged.values()} == {"NOT_DUE"}
    assert "应予核减" in judged["F06"].reason_zh and "应予核减" not in judged["F10"].reason_zh
    assert any("民政称已死亡" in told for told in (await office.plans(child))[0].disagreements)
    for why in ("祖父（监护人）死亡，改由叔父照料", "双方均死亡转为孤儿", "核实未死亡，重新认定"):
        other = await office.registered()
        await office.pupil(other)
        await office.fact("assistance", other, **WELFARE, stop_reason=why)
        assert (await office.answers(other))["F10"] == "RECEIVING"


@pytest.mark.parametrize(("why", "says"), [("被收养", "被收养"), ("父母恢复抚养能力", "父母恢复抚养能力"), ("父亲刑满释放，恢复抚养", "父母恢复抚养能力")])
async def test_why_an_allowance_ended_is_no_gap_until_something_new_is_told(office, why, says):
    child = await office.registered()
    row = {"parent_role": "父亲", "situation": "服刑在押", "source": "civil_affairs.child_welfare"}
    await office.fact("assistance", child, **WELFARE, stop_reason=why, record=700)
    await office.fact("parent_situation", child, **row, record=700)  # the same row still says it
    await office.fact("parent_situation", child, **(row | {"parent_role": "母亲", "situation": "失联"}), valid=Range(date(2026, 9, 1), None))
    judged = await office.judged(child)
    assert all(judged[code].answer.value == "NOT_DUE" and f"2026-10-01因{says}终止" in judged[code].reason_zh for code in ("F05", "F06"))
    await office.fact("parent_situation", child, **(row | {"source": "justice.prisoners_children"}), valid=Range(date(2026, 10, 2), None))
    judged = await office.judged(child)
    assert (judged["F06"].answer.value, judged["F06"].department) == ("UNKNOWN", "civil_affairs")


@pytest.mark.parametrize("why", ["未被收养，户籍迁出后停发", "收养关系解除", "解除收养", "父亲未恢复抚养能力，材料过期", "拟收养", "收养不成"])
async def test_a_reason_that_denies_care_ends_nothing(office, why):
    """The child is again without care: who gave the allowance says why it ended."""
    child = await office.registered()
    await office.fact("assistance", child, **WELFARE, stop_reason=why, record=700)
    await office.fact("parent_situation", child, parent_role="父亲", situation="服刑在押", source="civil_affairs.child_welfare", record=700)
    await office.fact("parent_situation", child, parent_role="母亲", situation="失联", source="civil_affairs.child_welfare", record=700)
    judged = await office.judged(child)
    assert judged["F06"].answer.value in ("DUE", "UNKNOWN") and "被收养" not in judged["F06"].reason_zh and "恢复抚养能力" not in judged["F06"].reason_zh


async def test_why_an_allowance_ended_is_read_from_a_later_list_too(database, tmp_path):
    """The end lies before the list that tells it."""
    head = ["儿童姓名", "性别", "出生日期", "证件号码", "类别", "父亲姓名", "父亲情形", "母亲姓名", "母亲情形", "认定日期", "终止日期", "终止原因"]
    told = ["王小禾", "男", "20150503", number(BORN, 301), "事实无人抚养儿童", "王大山", "服刑在押", "李小云", "失联", "20230415"]
    write_csv(tmp_path / "a", "孤儿和事实无人抚养儿童_20260930.csv", [head, [*told, "", ""]])
    write_csv(tmp_path / "b", "孤儿和事实无人抚养儿童_20261031.csv", [head, [*told, "20261010", "死亡"]])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        (child,) = [row["id"] for row in await connection.fetch("select id from person_resolved where birth_date = $1", BORN)]
        assert (await office.answers(child))["F06"] == "RECEIVING"
        await carry(connection, keys, tmp_path / "b")
        assert set((await office.answers(child)).values()) == {"NOT_DUE"}


async def test_a_death_is_known_when_the_register_no_longer_lists_the_entry(database, tmp_path):
    """A child's, and its father's: he stands, then he is dead, then he is not listed."""
    head = ["户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "死亡日期", "户籍状态"]
    people = [("户主", "王大山", "男", date(1985, 3, 17), 11), ("长子", "王小禾", "男", BORN, 21), ("母亲", "李秀兰", "女", date(1955, 1, 1), 32)]
    months = {"2026-06-30": ("正常", ""), "2026-07-31": ("死亡注销", "20260710"), "2026-09-30": None}
    async with hub(database, tmp_path) as (connection, keys):
        for month, told in months.items():
            rows = [
                ["101", "王大山", relation, name, sex, number(born, serial), f"{born:%Y%m%d}", *(("", "正常") if relation == "母亲" else (told[1], told[0]))]
                for relation, name, sex, born, serial in people
                if told or relation == "母亲"
            ]
            write_csv(tmp_path / month, f"常住人口_{month}.csv", [head, *rows])
            await carry(connection, keys, tmp_path / month, released=True)
        died = await connection.fetch("select name, deceased_on from person_resolved order by name")
        assert {row["name"]: row["deceased_on"] for row in died} == {"李秀兰": None, "王大山": date(2026, 7, 10), "王小禾": date(2026, 7, 10)}
