"""Plans and payments: what a payment is called, how long it speaks, lists of payments that are held or too old."""

from datetime import date
from decimal import Decimal

import pytest

from tests.flow import carry, hub, number, write_csv
from tests.plans.office import AID, ALLOWANCE, BORN, CERTIFICATES, SUBSIDY, Office


@pytest.mark.parametrize(
    ("programme", "state", "answers"),
    [
        ("重度残疾人护理补贴", "已发放", ("DUE", "RECEIVING")),
        ("F07-困难残疾人生活补贴", "发放成功", ("RECEIVING", "DUE")),
        ("困难残疾人生活补贴", "", ("RECEIVING", "DUE")),
        ("护理补贴", "退票", ("DUE", "DUE")),
        ("护理补贴", "待发放", ("DUE", "UNKNOWN")),
        ("F07", "挂账", ("UNKNOWN", "DUE")),
        ("两项补贴", "成功", ("UNKNOWN", "UNKNOWN")),
        ("两项补贴", "退回", ("DUE", "DUE")),
    ],
)
async def test_what_a_payment_is_called_and_whether_it_came(programme, state, answers, database, tmp_path):
    """By code or by name (C); what cannot be read leaves it open, and is told."""
    row = {"姓名": "王小禾", "身份证号": number(BORN, 21), "残疾人证号": number(BORN, 21) + "52", "补贴类型": programme, "月份": "202610", "金额": "120", "发放日期": "20261020", "发放状态": state}
    write_csv(tmp_path / "a", "残疾人两项补贴发放_20261031.csv", [list(row), list(row.values())])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        office = Office(connection, database, keys)
        await office.lists()
        child = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        await office.fact("certificate", child, category="智力残疾", level="二级", state="正常")
        await office.fact("assistance", child, source=ALLOWANCE, programme="F01", kind="农村低保", state="在保")
        judged = await office.answers(child, date(2026, 10, 31))
        assert (judged["F07"], judged["F08"]) == answers
        unread = {column for column, _, _ in report.unread.cells}
        assert unread == {column for column, cell in (("资助项目", programme == "两项补贴"), ("发放状态", state == "挂账")) if cell}


@pytest.mark.parametrize(
    ("source", "as_of", "state", "answers"),
    [
        (SUBSIDY, date(2026, 11, 20), "HELD", {"F08": "UNKNOWN", "F12": "DUE"}),  # the list of its own payer; finance alone pays the other
        (AID, date(2026, 11, 20), "HELD", {"F08": "UNKNOWN", "F12": "UNKNOWN"}),
        (SUBSIDY, date(2026, 10, 31), "HELD", {"F08": "UNKNOWN", "F12": "DUE"}),  # of the same day, and it came later
        (SUBSIDY, date(2026, 9, 30), "HELD", {"F08": "DUE", "F12": "DUE"}),  # October's has been published since
        (SUBSIDY, date(2026, 11, 25), "HELD", {"F08": "DUE", "F12": "DUE"}),  # it speaks for a day to come
        (SUBSIDY, date(2026, 11, 20), "REFUSED", {"F08": "DUE", "F12": "DUE"}),
        (CERTIFICATES, date(2026, 11, 20), "HELD", {"F08": "DUE", "F12": "DUE"}),  # no list of payments: what stands of it stands
    ],
)
async def test_a_held_list_of_payments_leaves_open_who_goes_without(office, source, as_of, state, answers):
    child = await office.child(certificate={"level": "一级"})
    await office.pupil(child)
    await office.list(source, as_of, publication=None, state=state)
    judged = await office.judged(child)
    assert {code: judged[code].answer.value for code in answers} == answers
    assert all(("待放行" in judged[code].missing[0], judged[code].department) == (True, source.split(".")[0]) for code in answers if answers[code] == "UNKNOWN")
    await office.fact("payment", child, programme="F08", paid_on=date(2026, 11, 2), state="成功", source=SUBSIDY)
    assert (await office.answers(child))["F08"] == "RECEIVING"


async def test_a_held_list_of_payments_where_none_was_published(office):
    """Finance speaks for others, and not for those whom civil affairs pays."""
    child = await office.child(certificate={"level": "一级"})
    await office.connection.execute("delete from delivery where source = $1", SUBSIDY)
    assert (await office.answers(child))["F08"] == "DUE"
    await office.list(SUBSIDY, date(2026, 10, 31), publication=None, state="HELD")
    assert (await office.answers(child))["F08"] == "UNKNOWN"


@pytest.mark.parametrize(
    ("programme", "paid_on", "period", "answer"),
    [
        ("F08", date(2026, 9, 23), None, "RECEIVING"),
        ("F08", date(2026, 9, 22), None, "DUE"),  # 63 days
        ("F08", date(2025, 10, 15), "2025-2026 秋季学期", "DUE"),  # paid by the month, whatever school year the list names
        ("F08", None, "2026-2027 秋季学期", "RECEIVING"),
        ("F08", None, "2026-09", "RECEIVING"),
        ("F08", None, "2026-08", "DUE"),
        ("F08", date(2026, 9, 1), "2026-09", "RECEIVING"),
        ("F08", date(2026, 8, 1), "2026-12", "RECEIVING"),  # in advance
        ("F08", None, "2025-05", "DUE"),  # the list of October still has it
        ("F08", date(2026, 11, 20), "2025-05", "DUE"),  # arrears: what has been paid since then is not told
        ("F12", date(2026, 10, 15), "2025-05", "RECEIVING"),  # by the term, of which no month tells much
        ("F12", date(2025, 10, 15), "2025-2026 秋季学期", "RECEIVING"),
        ("F12", date(2025, 10, 15), None, "DUE"),
        ("F12", None, "2024-2025 春季学期", "DUE"),
    ],
)
async def test_how_long_a_payment_speaks(office, programme, paid_on, period, answer):
    """Two payment periods from the day of payment, or from the end of what it was paid for (E.10)."""
    child = await office.child(certificate={"level": "一级"})
    await office.pupil(child)
    await office.fact("payment", child, programme=programme, paid_on=paid_on, period=period, state="成功", source="finance.aid_payment")
    assert (await office.answers(child))[programme] == answer


@pytest.mark.parametrize(("amount", "answer"), [(None, "RECEIVING"), (100, "RECEIVING"), (Decimal("0.00"), "DUE"), (-100, "DUE")])
async def test_a_payment_of_nothing_or_less_is_none(office, amount, answer):
    """Money that was taken back is booked below nothing; who was paid before that still was."""
    child = await office.child(certificate={"level": "一级"})
    row = {"programme": "F08", "period": "2026-10", "state": "成功", "source": SUBSIDY}
    await office.fact("payment", child, amount=amount, paid_on=date(2026, 10, 10), **row)
    assert (await office.answers(child))["F08"] == answer
    await office.fact("payment", child, amount=100, paid_on=date(2026, 10, 12), **row)
    assert (await office.answers(child))["F08"] == "RECEIVING"
    dead = await office.registered(deceased_on=date(2026, 10, 1))
    await office.fact("payment", dead, amount=amount, paid_on=date(2026, 10, 10), **row)
    assert ("应予核减" in (await office.judged(dead))["F08"].reason_zh) == (answer == "RECEIVING")


@pytest.mark.parametrize(("as_of", "answer"), [(date(2026, 8, 31), "UNKNOWN"), (date(2026, 10, 31), "DUE")])
async def test_who_was_paid_by_a_list_that_is_too_old_is_left_open(office, as_of, answer):
    """Civil affairs' list is late; finance's, which pays others, does not answer for it."""
    child, never = [await office.child(certificate={"level": "一级"}) for _ in range(2)]
    await office.connection.execute("update delivery set as_of = $2 where source = $1", SUBSIDY, as_of)
    await office.fact("payment", child, programme="F08", paid_on=date(2026, 8, 10), period="2026-08", state="成功", source=SUBSIDY)
    assert ((await office.answers(child))["F08"], (await office.answers(never))["F08"]) == (answer, "DUE")
