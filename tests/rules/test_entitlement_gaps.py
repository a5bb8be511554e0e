"""E.10: due and not received, paid and not due, returned, late, and programmes that exclude each other."""

from datetime import date

import pytest
from asyncpg import Range

from tests.rules.city import ON
from tests.rules.pupils import DAY, SINCE, pupil


@pytest.fixture
def rule():
    return "entitlement_gap"


@pytest.mark.parametrize(("answer", "is_found"), [("DUE", True), ("RECEIVING", False), ("NOT_DUE", False), ("UNKNOWN", False)])
async def test_a_gap_is_what_is_due_and_not_what_cannot_be_told(city, answer, is_found):
    child = await city.child()

    async def judge(children):
        return [(one, programme, answer, "") for one in children for programme in ("F07", "F08", "F06")]

    city.judge = judge
    await city.check()
    rows = await city.connection.fetch("select rule, kind, reveals, severity from finding where rule like 'entitlement%' and person = $1 order by kind", child)
    told = [("entitlement_gap_without_care", "F06", "custody", "high"), ("entitlement_gap", "F07", "assistance", "high"), ("entitlement_gap", "F08", "assistance", "high")]
    assert [tuple(row) for row in rows] == (told if is_found else [])


@pytest.mark.parametrize(("values", "is_asked"), [({"disability": "听力残疾"}, True), ({"disability": "无残疾"}, False), ({"disability": "听力残疾", "state": "退学"}, False)])
async def test_whom_programmes_are_asked_about(city, values, is_asked):
    """Whoever only the school's register has as disabled, too: a day pupil is due F12 for it."""
    child, asked = await pupil(city, **values), []

    async def judge(children):
        asked.extend(children)
        return []

    city.judge = judge
    await city.check()
    assert (child in asked) is is_asked


@pytest.mark.parametrize(
    ("died", "paid", "kind"), [(date(2026, 7, 1), date(2026, 9, 1), None), (date(2026, 7, 1), date(2026, 9, 2), "AFTER_DEATH"), (None, date(2026, 9, 25), None)]
)
async def test_paid_after_death(city, died, paid, kind):
    child = await city.registered(deceased_on=died)
    await city.fact("payment", child, source="finance.aid_payment", programme="F12", paid_on=paid, state="成功", valid=SINCE)
    row = await city.one(rule="paid_wrongly")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(("later", "is_found"), [(None, True), (("F12", "成功"), False), (("F12", "退回"), True), (("F11", "成功"), True)])
async def test_a_returned_payment(city, later, is_found):
    child = await city.registered()
    await city.fact("payment", child, source="finance.aid_payment", programme="F12", paid_on=date(2026, 9, 25), state="退回", valid=SINCE)
    if later:
        await city.fact("payment", child, source="finance.aid_payment", programme=later[0], paid_on=date(2026, 10, 9), state=later[1], valid=SINCE)
    assert (child in await city.found(rule="payment_returned")) is is_found


@pytest.mark.parametrize(
    ("since", "later", "is_found"),
    [
        (date(2026, 10, 31), None, True),  # the list of that day tells it
        (date(2026, 2, 28), None, False),  # long ago
        (date(2026, 10, 31), {"period": "2026-2027 秋季学期", "paid_on": date(2026, 10, 9)}, False),
        (date(2026, 10, 31), {"period": "2026-2027 秋季学期"}, False),
        (date(2026, 10, 31), {"period": "2025-2026 春季学期", "paid_on": date(2026, 10, 9)}, True),
    ],
)
async def test_a_returned_payment_without_a_day(city, since, later, is_found):
    child = await city.registered()
    told = {"source": "finance.aid_payment", "programme": "F12", "period": "2026-2027 秋季学期", "valid": Range(since, None)}
    await city.fact("payment", child, **told, state="退回")
    if later:
        await city.fact("payment", child, **(told | {"state": "成功"} | later))
    assert (child in await city.found(rule="payment_returned")) is is_found


STOPPED = {"state": "停保", "stopped": "2026-07-01", "stop_reason": "父母恢复抚养能力", "valid": Range(date(2026, 7, 1), None)}


@pytest.mark.parametrize(
    ("assistance", "paid", "period", "kind"),
    [
        ([STOPPED], date(2026, 9, 1), None, None),
        ([STOPPED], date(2026, 9, 2), None, "STOPPED"),
        ([STOPPED], date(2026, 9, 2), "2026-08", "STOPPED"),
        ([STOPPED], date(2026, 9, 2), "2026-07", None),  # what was due for the month of the end
        ([STOPPED | {"stopped": "2026-07"}], date(2026, 10, 1), None, None),  # to the month's last day
        ([STOPPED | {"stopped": "2026-07"}], date(2026, 10, 2), None, "STOPPED"),
        ([STOPPED | {"stopped": None}], date(2026, 11, 1), None, None),  # no day is told: nothing certain
        ([STOPPED | {"state": "在保"}], date(2026, 11, 1), None, None),
        ([STOPPED | {"programme": "F01"}], date(2026, 11, 1), None, None),  # another programme, on which this one does not hang
        ([STOPPED, {"state": "在保", "valid": Range(date(2026, 11, 10), None)}], date(2026, 11, 1), None, None),  # back on the list
        ([STOPPED, {"state": "在保", "valid": Range(date(2023, 4, 15), date(2026, 7, 2))}], date(2026, 9, 2), None, "STOPPED"),  # as it was before
    ],
)
async def test_paid_after_the_programme_was_stopped(city, assistance, paid, period, kind):
    child = await city.registered()
    for told in assistance:
        await city.fact("assistance", child, source="civil_affairs.child_welfare", **({"programme": "F06"} | told))
    await city.fact("payment", child, source="finance.aid_payment", programme="F06", paid_on=paid, period=period, state="成功", valid=SINCE)
    row = await city.one(rule="paid_wrongly")
    assert ((row["kind"], row["reveals"]) if row else None) == ((kind, "assistance") if kind else None)


@pytest.mark.parametrize(
    ("assistance", "programme", "paid", "kind"),
    [
        ([STOPPED], "F07", date(2026, 9, 1), None),
        ([STOPPED], "F07", date(2026, 9, 2), "STOPPED"),  # which is for who is on the allowance
        ([STOPPED], "F02", date(2026, 9, 2), "STOPPED"),
        ([STOPPED], "F08", date(2026, 9, 2), None),  # for the severely disabled, on the allowance or not
        ([STOPPED, {"programme": "F03", "state": "在保"}], "F07", date(2026, 11, 1), None),  # at the edge of the allowance: a local rule
        ([STOPPED, {"state": "在保", "valid": Range(date(2026, 8, 1), None)}], "F07", date(2026, 11, 1), None),  # on the list again
        ([STOPPED | {"programme": "F03"}], "F07", date(2026, 11, 1), None),
    ],
)
async def test_paid_after_what_the_programme_hangs_on_was_stopped(city, assistance, programme, paid, kind):
    child = await city.registered()
    for told in assistance:
        await city.fact("assistance", child, source="civil_affairs.minimum_living_allowance", **({"programme": "F01"} | told))
    await city.fact("payment", child, source="finance.aid_payment", programme=programme, paid_on=paid, state="成功", valid=SINCE)
    row = await city.one(rule="paid_wrongly")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("programme", "period", "paid", "kind"),
    [
        ("F12", "2026-2027 秋季学期", date(2026, 8, 29), None),
        ("F12", "2026-2027 秋季学期", date(2026, 8, 30), "COMPLETED"),
        ("F12", "2025-2026 春季学期", date(2026, 9, 25), None),  # what was due until then
        ("F11", "2026-09", date(2026, 9, 25), "COMPLETED"),
        ("F11", "2026-06", date(2026, 9, 25), None),
        ("F17", None, date(2026, 9, 25), None),  # for later stages too
    ],
)
async def test_paid_after_nine_years_were_completed(city, programme, period, paid, kind):
    child = await city.registered(date(2011, 3, 3))
    await city.fact("graduation", child, source="education.student_register", outcome="毕业", grade=9, graduated_on=date(2026, 6, 28), valid=Range(date(2026, 6, 30), None))
    await city.fact("payment", child, source="finance.aid_payment", programme=programme, period=period, paid_on=paid, state="成功", valid=SINCE)
    row = await city.one(rule="paid_wrongly")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("place", "vocational", "kind"),
    [({"grade": 8}, False, "IN_SCHOOL"), ({"grade": 9}, False, "IN_SCHOOL"), ({"grade": 10}, False, None), ({"grade": 8, "state": "退学"}, False, None), ({"grade": None}, False, None), ({"grade": 9}, True, None)],
)  # fmt: skip
async def test_the_rain_and_dew_programme_is_never_for_grades_one_to_nine(city, place, vocational, kind):
    child = await pupil(city, born=date(2011, 3, 3), **place)
    if vocational:  # E.7 asks where the pupil is
        await city.fact("vocational_enrolment", child, source="vocational.student_register", entered="2026-09", school_name="某职业学校")
    await city.fact("payment", child, source="finance.aid_payment", programme="F20", paid_on=date(2026, 9, 25), state="成功", valid=SINCE)
    row = await city.one(rule="paid_wrongly")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("periods", "paid", "is_found"),
    [
        (("2026-09", "2026-10"), date(2026, 10, 20), True),  # the next month's
        (("2026-09", "2026-09"), date(2026, 10, 20), False),
        (("2026-09", "2026-09"), date(2026, 9, 25), False),  # again on the same day
        (("2026-09", "2026-09"), date(2026, 9, 24), True),  # before it came back
        (("2026-09", None), date(2026, 10, 20), False),
        ((None, "2026-10"), date(2026, 10, 20), False),
        (("2026-09", "2026-2027 秋季学期"), date(2026, 10, 20), False),  # a term that may hold the month
        (("2025-2026 春季学期", "2026-2027 秋季学期"), date(2026, 10, 20), True),
    ],
)
async def test_a_returned_payment_is_made_good_for_its_own_period(city, periods, paid, is_found):
    child = await city.registered()
    for period, day, state in zip(periods, (date(2026, 9, 25), paid), ("退回", "成功"), strict=True):
        await city.fact("payment", child, source="finance.aid_payment", programme="F08", period=period, paid_on=day, state=state, valid=SINCE)
    assert (child in await city.found(rule="payment_returned")) is is_found


TERM = (date(2026, 3, 1), date(2026, 7, 11))  # spring of 2025-2026


@pytest.mark.parametrize(
    ("period", "paid", "state", "kind"),
    [
        ("2026-09", date(2026, 9, 30), "成功", None),
        ("2026-09", date(2026, 10, 1), "成功", "PAID_LATE"),
        ("2026-11", None, "待发放", None),  # November is not over
        ("2026-10", None, "待发放", "UNPAID"),
        ("2026-10", date(2026, 11, 2), "退回", None),  # which is told as returned
        ("2025-2026 春季学期", date(2026, 7, 11), "成功", None),
        ("2025-2026 春季学期", date(2026, 7, 12), "成功", "PAID_LATE"),
        ("2026-2027 秋季学期", date(2026, 9, 25), "成功", None),
        ("2025-2026 秋季学期", date(2026, 9, 25), "成功", None),  # its term stands in no calendar
        ("2025-2026 全学年", date(2026, 9, 25), "成功", None),
        (None, date(2026, 9, 25), "成功", None),
        ("2026-02", date(2026, 9, 25), "成功", None),  # due more than half a year before the school year
    ],
)
async def test_paid_after_the_month_or_term(city, period, paid, state, kind):
    await city.fact("calendar_period", None, source="education.school_calendar", kind="学期", name="春季学期", starts_on=TERM[0], ends_on=TERM[1], valid=Range(TERM[0], TERM[1] + DAY))
    await city.fact("payment", await city.registered(), source="finance.aid_payment", programme="F12", paid_on=paid, period=period, state=state, valid=SINCE)
    row = await city.one(rule="payment_late")
    assert ((row["kind"], row["reveals"]) if row else None) == ((kind, "payment") if kind else None)


@pytest.mark.parametrize(
    ("since", "paid", "state", "others", "kind"),
    [
        (ON - 62 * DAY, None, "在保", True, None),
        (ON - 63 * DAY, None, "在保", True, "NOT_PAID"),
        (ON - 63 * DAY, None, "停保", True, None),
        (ON - 63 * DAY, None, "在保", False, None),  # no list tells of such payments
        (ON - 200 * DAY, ON - 61 * DAY, "在保", True, None),
        (ON - 140 * DAY, ON - 62 * DAY, "在保", True, "NOT_PAID"),
    ],
)
async def test_a_recognised_child_who_is_not_paid(city, since, paid, state, others, kind):
    child, other = await city.registered(), await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state=state, valid=Range(since, None))
    if others:
        await city.fact("payment", other, source="finance.aid_payment", programme="F06", paid_on=ON - DAY, valid=SINCE)
    if paid:
        await city.fact("payment", child, source="finance.aid_payment", programme="F06", paid_on=paid, state="成功", valid=SINCE)
    row = await city.one(rule="payment_late")
    assert ((row["person"], row["kind"], row["reveals"]) if row else None) == ((child, kind, "parent_situation") if kind else None)


@pytest.mark.parametrize(("programmes", "is_found"), [(("F05", "F04"), True), (("F05", "F06"), True), (("F06",), False), (("F05", "F01"), False)])
async def test_programmes_that_exclude_each_other(city, programmes, is_found):
    child = await city.registered()
    for programme in programmes:
        await city.fact("assistance", child, source="civil_affairs.child_welfare", programme=programme, state="在保")
    assert (child in await city.found(rule="programmes_exclude")) is is_found


SEPTEMBER, OCTOBER = date(2026, 9, 10), date(2026, 10, 10)


@pytest.mark.parametrize(
    ("paid", "is_found"),
    [
        ([("F05", "2026-09", SEPTEMBER), ("F04", "2026-09", OCTOBER)], True),
        ([("F05", "2026-10", OCTOBER), ("F04", "2026-09", OCTOBER)], False),  # the last of one and the first of the other
        ([("F05", "2026-09", SEPTEMBER), ("F08", "2026-09", SEPTEMBER)], False),
        ([(programme, None, day) for programme in ("F05", "F04") for day in (SEPTEMBER, OCTOBER)], True),
        ([("F05", None, SEPTEMBER), ("F04", None, SEPTEMBER)], False),  # of which months is not told
        ([("F04", None, SEPTEMBER), ("F05", None, SEPTEMBER), ("F05", None, OCTOBER)], False),
    ],
)
async def test_both_of_two_that_exclude_each_other_are_paid(city, paid, is_found):
    child = await city.registered()
    for programme, period, day in paid:
        await city.fact("payment", child, source="finance.aid_payment", programme=programme, period=period, paid_on=day, state="成功", valid=SINCE)
    assert (child in await city.found(rule="programmes_exclude")) is is_found


@pytest.mark.parametrize(("relation", "own", "is_found"), [("孙女", None, True), ("孙女", "F06", False), ("儿媳", None, False)])
async def test_a_brother_is_recognised_and_the_sister_is_not(city, relation, own, is_found):
    one, other = await city.registered(), await city.registered()
    for child, told in ((one, "孙子"), (other, relation)):
        await city.fact("membership", child, source="public_security.household_register", household=7, household_kind="REGISTER", relation_to_head=told)
    await city.fact("assistance", one, source="civil_affairs.child_welfare", programme="F06", state="在保")
    if own:
        await city.fact("assistance", other, source="civil_affairs.child_welfare", programme=own, state="在保")
    assert (other in await city.found(rule="sibling_recognised")) is is_found
