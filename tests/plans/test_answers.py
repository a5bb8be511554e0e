"""Plans over facts of single children: grades, facts of another time, how many statements, and the export of their answers."""

import asyncio
from datetime import date

import asyncpg
import pytest
from asyncpg import Range
from sqlalchemy.ext.asyncio import create_async_engine

from hub.exports import cells
from hub.exports.entitlements import HEADER, told_entitlements
from tests.flow import DIVISION, carry, hub, number, write_csv
from tests.plans.office import BORN, CERTIFICATES, DAY, ON, Office


async def test_a_blank_grade_is_missing_and_not_the_first(office):
    child = await office.registered()
    await office.pupil(child, grade=None)
    judged = await office.judged(child)
    assert (judged["F10"].answer, judged["F10"].missing, judged["F10"].department) == ("UNKNOWN", ("年级",), "education")
    assert judged["F11"].answer == judged["F12"].answer == "NOT_DUE"  # no boarder, and of no kind of hardship
    await office.fact("certificate", child, category="智力残疾", level="二级", state="正常")
    judged = await office.judged(child)
    assert (judged["F12"].answer, judged["F12"].missing[0]) == ("UNKNOWN", "年级")


async def test_of_two_places_the_one_that_tells_its_grade_counts(office):
    child = await office.registered()
    await office.pupil(child, grade=None)
    await office.pupil(child, grade=7)
    assert (await office.answers(child))["F10"] == "RECEIVING"


async def test_statements_do_not_grow_with_the_children(office):
    children = [await office.named("王小禾", 21 + 2 * n) for n in range(30)]
    for child in children:
        await office.pupil(child)
        await office.waits(CERTIFICATES, {"姓名": "王小禾", "身份证号": "2102"})
    await office.plans(children[0])
    one = office.statements
    await office.plans(*children)
    assert office.statements == one <= 19


async def test_facts_of_another_time_do_not_count(office):
    child = await office.named("王小禾", 21)
    await office.fact("hukou_registration", child, valid=Range(date(2026, 1, 1), ON), register_state="迁出", cancelled_on=date(2026, 2, 1))
    await office.fact("hukou_registration", child, valid=Range(ON, None), register_state="正常")
    assert (await office.answers(child, ON))["F01"] == "UNKNOWN"
    assert (await office.answers(child, ON - DAY))["F01"] == "NOT_DUE"


async def test_the_export_lists_whom_the_cross_check_of_entitlements_looks_at(office, tmp_path):
    """Whoever may have been under 18 on 31 August; some are 18 by the day."""
    under, over, perhaps = await office.child(date(2008, 9, 1)), await office.child(date(2008, 8, 31)), await office.child(BORN)
    await office.connection.execute(
        "update person_resolved set birth_date = null, born_from = '2008-08-01', born_to = '2008-09-30' where id = $1", perhaps
    )
    undated, unlisted = await office.child(BORN), await office.child(BORN)  # nobody tells when they were born
    await office.connection.execute("update person_resolved set birth_date = null, born_from = null, born_to = null where id = any($1)", [undated, unlisted])
    await office.fact("left_behind_file", undated, source="civil_affairs.left_behind", definition="CIVIL_AFFAIRS")
    looked_at = []

    async def judge(children):
        looked_at.extend(children)
        return []

    office.judge = judge
    await office.check(ON)
    assert sorted(looked_at) == [under, perhaps, undated]
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(office.database.dsn("hub_writer")))
    async with engine.connect() as reading:
        cells.write_csv(tmp_path / "out.csv", HEADER, await told_entitlements(reading, DIVISION, on=ON))
    await engine.dispose()
    told = (tmp_path / "out.csv").read_text(encoding="utf-8-sig")
    assert [str(child) in told for child in (under, over, perhaps, undated, unlisted)] == [True, False, True, True, False]


async def test_who_judges_beside_the_rules_and_fails_leaves_nothing_and_is_stopped_with_them(office, monkeypatch):
    await office.child(date(2012, 5, 3))
    before = await office.connection.fetchval("select count(*) from rule_run")
    stopped = []

    async def judge(children):
        raise ZeroDivisionError

    office.judge = judge
    with pytest.raises(ZeroDivisionError):
        await office.check(ON)

    async def long_judge(children):
        try:
            await asyncio.sleep(60)
        except asyncio.CancelledError:
            stopped.append(children)
            raise

    async def broken(*told):
        await asyncio.sleep(0)  # so that the judge has begun
        raise OSError

    office.judge = long_judge
    monkeypatch.setattr("hub.steps.check._run", broken)
    with pytest.raises(OSError):
        await office.check(ON)
    await asyncio.sleep(0)
    assert len(stopped) == 1
    assert await office.connection.fetchval("select count(*) from rule_run") == before


@pytest.mark.parametrize(
    ("told", "mode", "answer"),
    [({"是否孤儿": "是"}, "住校", "DUE"), ({"是否烈士或优抚子女": "是"}, "住校", "UNKNOWN"), ({"是否烈士或优抚子女": "否", "是否孤儿": "否"}, "住校", "NOT_DUE"), ({"是否孤儿": "是"}, "走读", "NOT_DUE")],
)
async def test_a_boarder_of_a_kind_of_hardship_by_the_schools_register(told, mode, answer, database, tmp_path):
    row = {"学籍号": "G" + number(BORN, 21), "姓名": "王小禾", "出生日期": "20150503", "身份证件号": number(BORN, 21), "学校名称": "复州城镇中心小学", "年级": "五年级",
           "就读方式": mode, "就读状态": "在读", "是否孤儿": "", "是否烈士或优抚子女": ""} | told  # fmt: skip
    write_csv(tmp_path / "a", "学籍信息_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where birth_date = $1", BORN)
        assert (await office.answers(child))["F11" if mode == "住校" else "F12"] == answer


@pytest.mark.parametrize(
    ("kind", "answer"),
    [
        *((kind, "DUE") for kind in ("脱贫户", "脱贫不稳定户", "一般脱贫户", "低保脱贫户", "稳定脱贫户", "已脱贫", "建档立卡贫困户", "五保贫困户", "1-脱贫户")),
        *((kind, "NOT_DUE") for kind in ("边缘易致贫户", "突发严重困难户", "3 边缘易致贫户")),
        *((kind, "UNKNOWN") for kind in ("贫困户", "一般农户", "监测户", "未脱贫", None)),
    ],
)
async def test_a_kind_of_household_is_lifted_watched_or_not_told(office, kind, answer):
    child = await office.someone(BORN)
    await office.pupil(child)
    await office.fact("assistance", child, source="poverty_relief.household", programme="POV", kind=kind)
    assert (await office.answers(child))["F12"] == answer
