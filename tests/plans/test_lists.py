"""Plans and the lists they look in: how long a list speaks, rows that wait in quarantine, states that nobody can read."""

from datetime import date

import pytest

from hub.rules.limits import limit_days
from tests.flow import DIVISION, carry, hub, number, write_csv
from tests.plans.office import ALLOWANCE, BORN, CERTIFICATES, DAY, SUBSIDY, Office


async def test_a_list_speaks_as_long_as_its_limit_and_not_before_its_date(office):
    child = await office.registered()
    last = date(2026, 10, 31) + limit_days(CERTIFICATES) * DAY
    assert (await office.answers(child, last))["F08"] == "NOT_DUE"
    late = (await office.judged(child, last + DAY))["F08"]
    assert (late.answer, late.missing, late.department) == ("UNKNOWN", ("持证残疾人名单（现有截至2026-10-31）",), "disabled_persons")
    assert (await office.answers(child, date(2026, 10, 31)))["F08"] == "NOT_DUE"
    assert (await office.answers(child, date(2026, 10, 30)))["F08"] == "UNKNOWN"
    await office.list(CERTIFICATES, last + DAY, publication=7)
    assert (await office.answers(child, last + DAY))["F08"] == "NOT_DUE"
    assert (await office.answers(child, last + DAY, known=6))["F08"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("cells", "answer"),
    [
        ({"姓名": "王小禾", "残疾类别": "?"}, "UNKNOWN"),
        ({"姓名": "王 小 禾"}, "UNKNOWN"),
        ({"姓名": "王?禾"}, "UNKNOWN"),
        ({"姓名": "王小禾", "身份证号": "21029920150503"}, "UNKNOWN"),  # damaged: nobody's
        ({"姓名": "王小禾", "监护人身份证号": number(date(1985, 1, 1), 11)}, "UNKNOWN"),
        ({"姓名": "王小禾", "出生日期": "2015-05"}, "UNKNOWN"),
        ({"姓名": "王晓河", "身份证号": number(BORN, 21)}, "UNKNOWN"),
        ({"身份证号": number(BORN, 21)}, "UNKNOWN"),
        ({"姓名": "王小禾", "出生日期": "2015-06"}, "NOT_DUE"),
        ({"姓名": "王小禾", "身份证号": number(BORN, 23)}, "NOT_DUE"),  # her namesake's
        ({"姓名": "李明", "监护人姓名": "王小禾"}, "NOT_DUE"),
        ({"姓名": "李明"}, "NOT_DUE"),
        ({"残疾类别": "肢体"}, "NOT_DUE"),
    ],
)
async def test_a_row_that_waits_and_may_be_hers_leaves_it_open(office, cells, answer):
    child, namesake = await office.named("王小禾", 21), await office.named("王小禾", 23)
    assert await office.named("王大山", 11, date(1985, 1, 1)) != namesake
    await office.waits(CERTIFICATES, cells)
    judged = await office.judged(child)
    assert (judged["F07"].answer, judged["F08"].answer) == (answer, answer)
    assert answer == "NOT_DUE" or ("隔离" in judged["F08"].reason_zh and judged["F08"].department == "disabled_persons")
    assert judged["F10"].answer == "NOT_DUE"  # of another list


async def test_a_row_that_names_nobody_is_a_notice_and_leaves_answers_alone(office):
    child = await office.named("王小禾", 21)
    await office.waits(CERTIFICATES, {"残疾类别": "肢体", "监护人姓名": "王大山"})
    await office.waits(CERTIFICATES, {"身份证号": "2102"})
    await office.waits(ALLOWANCE, {"家庭成员姓名": "李明"})
    plan = (await office.plans(child))[0]
    assert [notice for notice in plan.notices if "2行" in notice and "2 rows" in notice and "持证残疾人名单" in notice] == list(plan.notices) != []


async def test_rows_that_may_not_be_read_are_a_notice(office):
    child = await office.named("王小禾", 21)
    await office.connection.execute("update delivery set rows_quarantined = 3 where source = $1", CERTIFICATES)
    await office.waits(CERTIFICATES, {"姓名": "李明"})
    assert [("2行" in notice, "无权查看" in notice) for notice in (await office.plans(child))[0].notices] == [(True, True)]


async def test_a_row_of_a_real_list_waits(database, tmp_path):
    """Through the flow: the second list's row of her lacks the name, and its number is hers; what the first one said holds until it is repaired."""
    head = ["残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "证件状态"]

    def row(name, serial):
        return [number(BORN, serial) + "12", name, "男", "20150503", number(BORN, serial), "智力", "一级", "正常"]

    async with hub(database, tmp_path) as (connection, keys):
        for month, name in (("2026-09-30", "王小禾"), ("2026-10-31", "")):
            rows = [row(name, 21), *(row(other, serial) for other, serial in (("李明", 31), ("赵丽", 41), ("孙秀兰", 51)))]
            write_csv(tmp_path / month, f"持证残疾人_{month}.csv", [head, *rows])
            await carry(connection, keys, tmp_path / month, released=True)
        assert await connection.fetchval("select count(*) from quarantine") == 1
        office = Office(connection, database, keys)
        child, other = [
            await connection.fetchval("select id from person_resolved where number_blind = $1", keys.blind(number(BORN, serial))) for serial in (21, 31)
        ]
        assert await connection.fetchval("select upper(valid) is null from certificate where person = $1", child)
        judged, others = (await office.judged(child))["F08"], (await office.judged(other))["F08"]
        assert (judged.answer, judged.department) == (others.answer, others.department) == ("UNKNOWN", "civil_affairs")


async def test_a_row_waits_until_a_later_list_or_its_replay(office):
    child = await office.named("王小禾", 21)
    await office.waits(CERTIFICATES, {"姓名": "王小禾"}, state="REPAIRED")
    assert (await office.answers(child))["F08"] == "UNKNOWN"
    await office.connection.execute("update quarantine set state = 'REPLAYED', publication = 5")
    assert (await office.answers(child))["F08"] == "NOT_DUE"
    assert (await office.answers(child, known=4))["F08"] == "UNKNOWN"
    assert (await office.answers(child, known=5))["F08"] == "NOT_DUE"
    await office.connection.execute("update quarantine set state = 'OPEN', publication = 1")
    await office.list(CERTIFICATES, date(2026, 11, 10), publication=6)
    assert (await office.answers(child))["F08"] == "NOT_DUE"
    assert (await office.answers(child, date(2026, 11, 9)))["F08"] == "UNKNOWN"
    assert (await office.answers(child, known=5))["F08"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("now", "record", "answer", "unread"),
    [
        ("在读", "正常", "RECEIVING", set()),
        ("", "", "RECEIVING", set()),
        ("离校", "正常", "UNKNOWN", {"就读状态"}),
        ("在籍不在校", "", "UNKNOWN", {"就读状态"}),
        ("", "已注销", "UNKNOWN", {"学籍状态"}),
        ("在读", "人籍一致", "RECEIVING", {"学籍状态"}),  # what the pupil does now counts first
        ("离校", "流失", "NOT_DUE", {"就读状态", "学籍状态"}),  # the record says that the pupil is not there
        ("其他", "", "UNKNOWN", set()),
        ("失学", "正常", "NOT_DUE", set()),
    ],
)
async def test_a_pupils_state_that_nobody_can_read_is_told_and_is_no_place(now, record, answer, unread, database, tmp_path):
    row = {"学校名称": "某镇中心小学", "姓名": "王小禾", "身份证件号": number(BORN, 21), "年级": "四年级", "是否留守儿童": "否", "就读状态": now, "学籍状态": record}
    write_csv(tmp_path / "a", "学生基础信息_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        judged = await office.answers(await connection.fetchval("select id from person_resolved where name = '王小禾'"))
        assert judged["F10"] == answer
        assert {column for column, _, _ in report.unread.cells} == unread


@pytest.mark.parametrize(
    ("state", "answers", "unread"),
    [
        ("在保", ("RECEIVING", "DUE"), set()),
        ("", ("RECEIVING", "DUE"), set()),
        ("退出", ("UNKNOWN", "NOT_DUE"), set()),
        ("待审批", ("UNKNOWN", "UNKNOWN"), {"状态"}),
    ],
)
async def test_a_standing_whose_state_nobody_can_read_is_left_open(state, answers, unread, database, tmp_path):
    row = {"低保证号": "DB1", "保障类型": "农村低保", "户主姓名": "王大山", "家庭成员姓名": "王小禾", "成员身份证号": number(BORN, 21), "与户主关系": "子", "起始保障年月": "202301", "状态": state}
    write_csv(tmp_path / "a", "城乡低保对象_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        await office.fact("certificate", child, category="智力残疾", level="三级", state="正常")
        plan = await office.answers(child)
        assert (plan["F01"], plan["F07"]) == answers
        assert {column for column, _, _ in report.unread.cells} == unread


async def test_a_list_that_was_held_is_known_as_held_until_somebody_decides(office):
    """Answers as known at a publication stay as they were."""
    child = await office.child(certificate={"level": "一级"})
    for no, at in ((1, "2026-11-01 08:00+08"), (2, "2026-11-10 08:00+08"), (3, "2026-11-20 08:00+08")):
        await office.connection.execute(
            "insert into publication (division, no, at, business_date, kind, by) values ($1, $2, $3::text::timestamptz, '2026-11-01', 'check', 'test')", DIVISION, no, at
        )
    await office.connection.execute("update delivery set received_at = '2026-10-31 08:00+08'")
    held = await office.list(SUBSIDY, date(2026, 11, 5), publication=None, state="HELD")
    await office.connection.execute("update delivery set received_at = '2026-11-05 08:00+08' where id = $1", held)
    assert [(await office.answers(child, known=known))["F08"] for known in (1, 2, 3, None)] == ["DUE", "UNKNOWN", "UNKNOWN", "UNKNOWN"]
    await office.connection.execute("update delivery set state = 'REFUSED', decided_at = '2026-11-15 08:00+08' where id = $1", held)
    assert [(await office.answers(child, known=known))["F08"] for known in (1, 2, 3, None)] == ["DUE", "UNKNOWN", "DUE", "DUE"]


@pytest.mark.parametrize(
    ("state", "answer", "unread"),
    [
        ("正常", "DUE", set()),
        ("", "DUE", set()),
        ("停用", "NOT_DUE", set()),
        ("已过期", "NOT_DUE", set()),
        ("作废", "NOT_DUE", set()),
        ("待核发", "UNKNOWN", {"证件状态"}),
    ],
)
async def test_a_certificate_whose_state_nobody_can_read_is_left_open(state, answer, unread, database, tmp_path):
    row = {"残疾人证号": number(BORN, 21) + "51", "姓名": "王小禾", "身份证号": number(BORN, 21), "残疾类别": "智力", "残疾等级": "一级", "证件状态": state}
    write_csv(tmp_path / "a", "持证残疾人_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        assert (await office.answers(await connection.fetchval("select id from person_resolved where name = '王小禾'")))["F08"] == answer
        assert {column for column, _, _ in report.unread.cells} == unread
