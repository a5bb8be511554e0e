"""E.4, E.9, E.10, E.11 and E.13 as tables: each boundary the day before and after, and what is no fault."""

from datetime import date, timedelta

import orjson
import pytest
from asyncpg import Range

from tests.rules.city import ON, REF

DAY = timedelta(days=1)
STUDENTS = "education.student_register"
SINCE = Range(date(2026, 9, 1), None)


@pytest.fixture
def rule():
    return "phantom_enrolment"


async def pupil(city, name="王小禾", born=date(2015, 5, 3), **values):
    child = await city.registered(born)
    await city.connection.execute("update person_resolved set name = $2 where id = $1", child, name)
    mention = 10_000 + child % 10_000
    await city.connection.execute(
        """insert into mention (division, id, record, hash, source, role, kind, name, name_key, number_state, valid, known_from)
           values (210281, $1, 1, 1, $2, '主体', 'child', $3, $3, 'missing', '[2026-09-01,)', 1)""", mention, STUDENTS, name)  # fmt: skip
    await city.fact("enrolment", child, source=STUDENTS, mention=mention, **({"state": "在读", "grade": 5, "school": 5, "valid": SINCE} | values))
    return child


async def listed(city, kind, others=5, *, person=None, name=None, term="秋季学期", school=5, present=True):
    """A list of a school: some other pupils, and perhaps ours, by person or by a name that could not be linked."""
    for _ in range(others):
        await city.fact("signal", await city.someone(date(2015, 1, 1)), source="education.exam", kind=kind, school=school, term=term, present=True, valid=SINCE)
    if person:
        await city.fact("signal", person, source="education.exam", kind=kind, school=school, term=term, present=present, valid=SINCE)
    if name:
        stranger, mention = await city.someone(date(2015, 1, 1)), 90_000 + city.next
        await city.connection.execute(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, number_state, valid, known_from)
               values (210281, $1, 1, 1, 'education.exam', '主体', 'child', $2, $2, 'missing', '[2026-09-01,)', 1)""", mention, name)  # fmt: skip
        await city.fact("signal", stranger, source="education.exam", kind=kind, school=school, term=term, present=True, mention=mention, valid=SINCE)


async def test_weak_signals_add_up_and_are_told(city):
    boarder = await pupil(city, attendance_mode="住校")
    await listed(city, "EXAM")
    assert await city.found() == {}  # one list alone says little
    await listed(city, "MEAL")
    assert await city.found() == {boarder: "WEAK_SIGNALS"}
    row = await city.one()
    says = " ".join(side["says"] for side in orjson.loads(row["evidence"])["sides"])
    assert row["severity"] == "medium" and "考试名单从无" in says and "就餐名单从无" in says


@pytest.mark.parametrize(("present", "is_found"), [(True, False), (False, True)])
async def test_who_missed_the_exams_was_not_seen_at_them(city, present, is_found):
    child = await pupil(city)
    for term in ("秋季学期", "春季学期"):
        await listed(city, "EXAM", person=child, term=term, present=present)
    assert (child in await city.found()) is is_found


@pytest.mark.parametrize(
    ("values", "lists", "is_found"),
    [
        ({}, [("EXAM", {}), ("EXAM", {"term": "春季学期"})], True),  # no exam in two terms
        ({}, [("EXAM", {}), ("MEAL", {})], False),  # a day pupil need not eat there
        ({"school_bus_needed": True}, [("EXAM", {}), ("BUS", {})], True),
        ({}, [("EXAM", {}), ("BUS", {})], False),
        ({"attendance_mode": "住校"}, [("EXAM", {"others": 2}), ("MEAL", {})], False),  # two names are no list of a school
        ({"attendance_mode": "住校"}, [("EXAM", {"school": 8}), ("MEAL", {})], False),  # another school's
        ({"attendance_mode": "住校"}, [("EXAM", {"name": "王小禾"}), ("MEAL", {})], False),  # a row of that name could not be linked
        ({"attendance_mode": "住校"}, [("EXAM", {"name": "王小雨"}), ("MEAL", {})], True),
        ({"attendance_mode": "住校", "placement": "送教上门"}, [("EXAM", {}), ("MEAL", {})], False),
        ({"attendance_mode": "住校", "state": "休学"}, [("EXAM", {}), ("MEAL", {})], False),
        ({"attendance_mode": "住校", "source_kind": "借读"}, [("EXAM", {}), ("MEAL", {})], False),
        ({"attendance_mode": "住校", "source_kind": "非借读"}, [("EXAM", {}), ("MEAL", {})], True),
        ({"attendance_mode": "住校", "grade": 10}, [("EXAM", {}), ("MEAL", {})], False),
    ],
)
async def test_lists_that_never_name_a_pupil(city, values, lists, is_found):
    child = await pupil(city, **values)
    for kind, told in lists:
        await listed(city, kind, **told)
    assert (child in await city.found()) is is_found


@pytest.mark.parametrize(
    ("noun", "values", "is_found"),
    [
        ("vocational_enrolment", {"entered": "2026-09", "school_name": "某职业学校"}, True),
        ("employment", {"employer": "某厂", "contract_from": ON, "valid": Range(ON, None)}, True),
        ("employment", {"employer": "某厂", "contract_from": ON + DAY, "valid": Range(ON + DAY, None)}, False),
        ("employment", {"employer": "某厂", "contract_from": ON - DAY, "valid": Range(ON - DAY, ON)}, False),
        ("movement", {"kind": "转学(转出)", "moved_on": REF + DAY, "to_school": 9, "progress": "已完成"}, True),
        ("movement", {"kind": "转学(转出)", "moved_on": REF, "to_school": 9, "progress": "已完成"}, True),  # in summer, when most move
        ("movement", {"kind": "跨省转学", "moved_on": date(2026, 6, 20), "to_school": 9, "completed_on": date(2026, 6, 25)}, True),
        ("movement", {"kind": "转学(转出)", "moved_on": ON - 367 * DAY, "to_school": 9, "progress": "已完成"}, False),  # proves nothing any more
        ("movement", {"kind": "跨省转学", "moved_on": REF + DAY, "progress": "已完成"}, False),  # to a school that nobody names
        ("movement", {"kind": "转学(转出)", "applied_on": date(2026, 11, 1), "progress": "待转入地教育局核办"}, False),
    ],
)
async def test_one_certain_signal_is_enough(city, noun, values, is_found):
    child = await pupil(city)
    await city.fact(noun, child, source="labour.employment", **values)
    assert (child in await city.found()) is is_found


@pytest.mark.parametrize(
    ("last", "excused", "is_found"),
    [(date(2026, 11, 11), False, False), (date(2026, 11, 12), False, True), (date(2026, 11, 12), True, False)],
)
async def test_missing_at_head_counts_over_more_than_seven_school_days(city, last, excused, is_found):
    """From Monday 2 November: the seventh school day after it is Wednesday 11."""
    child = await pupil(city)
    for day, names in ((date(2026, 11, 2), "王小禾、李四"), (last, "张三，王小禾")):
        await city.fact("head_count", None, source="education.head_count", school=5, grade=5, class_name="1班", counted_on=day, registered=30, present=28, absent_names=names, valid=SINCE)
    if excused:
        await city.fact("absence_spell", child, source="education.dropout_ledger", first_absent_on=date(2026, 11, 2), leave_from=date(2026, 11, 2), leave_to=last, valid=SINCE)
    assert (child in await city.found()) is is_found


@pytest.mark.parametrize(("kind", "last", "is_found"), [("寒假", date(2027, 3, 8), False), ("寒假", date(2027, 3, 9), True), ("学期", date(2027, 3, 1), True)])
async def test_a_vacation_has_no_school_days(city, kind, last, is_found):
    """From Thursday 14 January to 1 March there are two school days: Friday 15 and the day itself."""
    await city.fact("calendar_period", None, source="education.school_calendar", kind=kind, starts_on=date(2027, 1, 16), ends_on=date(2027, 2, 28), valid=SINCE)
    child = await pupil(city)
    for day in (date(2027, 1, 14), last):
        await city.fact("head_count", None, source="education.head_count", school=5, grade=5, class_name="1班", counted_on=day, registered=30, present=29, absent_names="王小禾", valid=SINCE)
    await city.connection.execute("update delivery set as_of = $1", last)
    assert (child in await city.found(last)) is is_found


BETWEEN = date(2026, 11, 6)


@pytest.mark.parametrize(
    ("between", "is_found"),
    [
        ({"registered": 30, "present": 30}, False),  # everybody was there
        ({"registered": 30, "present": 29, "absent_names": "李四"}, False),  # only somebody else was missing
        ({"registered": 30, "present": 28, "absent_names": "李四"}, True),  # one of the two is not named
        ({"registered": 30, "present": 29}, True),  # nobody is named
        ({"absent_names": "李四"}, False),
        ({}, True),  # says nothing
        ({"registered": 30, "present": 30, "class_name": "2班"}, True),  # another class
        ({"registered": 30, "present": 30, "class_name": None}, False),  # the whole grade
        ({"registered": 30, "present": 30, "grade": 4}, True),
        ({"registered": 30, "present": 30, "school": 8}, True),
        ({"registered": 30, "present": 30, "counted_on": date(2026, 11, 2)}, True),  # on the first day it was a matter of the hour
        ({"registered": 30, "present": 30, "counted_on": date(2026, 11, 20)}, False),  # there again since
        ({"registered": 30, "present": 29, "absent_names": "王小禾"}, True),
    ],
)
async def test_a_head_count_at_which_the_pupil_was_there_begins_anew(city, between, is_found):
    child = await pupil(city, class_name="1班")
    counts = [{"counted_on": day, "registered": 30, "present": 29, "absent_names": "王小禾"} for day in (date(2026, 11, 2), date(2026, 11, 16))]
    for told in (*counts, {"counted_on": BETWEEN, **between}):
        await city.fact("head_count", None, source="education.head_count", valid=SINCE, **({"school": 5, "grade": 5, "class_name": "1班"} | told))
    assert (child in await city.found()) is is_found


@pytest.mark.parametrize(("registered", "present", "is_found"), [(30, 30, False), (30, 29, True), (30, 31, False), (None, 29, False)])
async def test_a_class_with_fewer_than_its_register(city, registered, present, is_found):
    for day, n in ((date(2026, 10, 1), 1), (date(2026, 11, 1), present)):  # the latest count is the one that stands
        await city.fact("head_count", None, source="education.head_count", school=5, grade=5, class_name="1班", counted_on=day, registered=registered, present=n, valid=SINCE)
    row = await city.one(rule="headcount_short")
    assert (row is not None) is is_found
    if row:
        assert (row["subject"], row["person"], row["school"], row["township"]) == ("school", None, 5, "210281101")


QUARTERS = [
    # updated on, today, kind
    (date(2026, 7, 1), date(2026, 11, 24), None),  # once in the third quarter
    (date(2026, 6, 30), date(2026, 11, 24), "OVERDUE"),  # the third quarter went by
    (date(2026, 9, 30), date(2026, 12, 16), None),
    (date(2026, 9, 30), date(2026, 12, 17), "DUE_SOON"),  # fifteen days are left
    (date(2026, 10, 1), date(2026, 12, 31), None),
    (date(2026, 9, 30), date(2026, 12, 31), "DUE_SOON"),
    (date(2026, 9, 30), date(2027, 1, 1), "OVERDUE"),  # the quarter is over
]


@pytest.mark.parametrize(("updated", "on", "kind"), QUARTERS)
@pytest.mark.parametrize("definition", ["EDUCATION", "CIVIL_AFFAIRS", "GOVERNANCE"])
async def test_an_update_in_every_quarter_by_each_definition(city, definition, updated, on, kind):
    child = await city.registered()
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition=definition, visited_on=updated, valid=Range(date(2026, 1, 1), None))
    await city.connection.execute("update delivery set as_of = $1", on)
    row = await city.one(on, "left_behind_overdue")
    assert (row["kind"] if row else None) == (None if definition == "GOVERNANCE" else kind)


async def test_the_definitions_stand_for_themselves(city):
    child = await city.registered()
    for definition, visited in (("EDUCATION", date(2026, 2, 1)), ("CIVIL_AFFAIRS", date(2026, 10, 2)), ("GOVERNANCE", date(2026, 2, 1))):
        await city.fact("left_behind_file", child, source="x.y", definition=definition, visited_on=visited, valid=Range(date(2026, 1, 1), None))
    assert await city.found(rule="left_behind_overdue") == {child: "OVERDUE"}
    says = await city.connection.fetchval("select evidence::text from finding where rule = 'left_behind_overdue'")
    assert "EDUCATION" in says and "CIVIL_AFFAIRS" not in says


@pytest.mark.parametrize(
    ("born", "level", "kind"),
    [
        (None, None, "NOBODY"),
        (date(1955, 11, 25), None, None),  # seventy
        (date(1955, 11, 24), None, "TOO_OLD"),  # seventy-one today
        (date(2008, 11, 24), None, None),  # eighteen today
        (date(2008, 11, 25), None, "TOO_YOUNG"),
        (date(1980, 1, 1), "二级", "DISABLED"),
        (date(1955, 11, 24), "二级", "TOO_OLD"),  # which is enough, and tells nothing of a certificate
        (date(1980, 1, 1), "三级", None),
    ],
)
async def test_who_looks_after_a_left_behind_child(city, born, level, kind):
    child = await city.registered()
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition="CIVIL_AFFAIRS", visited_on=ON)
    if born:
        guardian = await city.someone(born)
        await city.fact("guardianship", child, source="civil_affairs.left_behind", guardian=guardian, capacity="受委托监护人")
        if level:
            await city.fact("certificate", guardian, category="肢体残疾", level=level, state="正常")
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == kind
    assert not row or row["reveals"] == ("certificate" if kind == "DISABLED" else "")


@pytest.mark.parametrize(("is_guardian", "kind"), [(True, None), (False, "TOO_OLD"), (None, None)])
async def test_who_is_only_of_the_family_looks_after_nobody(city, is_guardian, kind):
    """The school's list names a mother and a grandmother, and says which of them is the guardian."""
    child = await city.registered()
    await city.fact("left_behind_file", child, source=STUDENTS, definition="EDUCATION", visited_on=ON)
    mother, grandmother = await city.someone(date(1985, 1, 1)), await city.someone(date(1950, 1, 1))
    await city.fact("guardianship", child, source=STUDENTS, guardian=grandmother, capacity="监护人", is_guardian=True, valid=Range(date(2026, 9, 1), None))
    await city.fact("guardianship", child, source=STUDENTS, guardian=mother, capacity="家庭成员", is_guardian=is_guardian)
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("definition", "kind", "capacity", "relation", "kin", "found"),
    [
        ("CIVIL_AFFAIRS", None, "家庭成员", "父亲", None, "NOBODY"),
        ("CIVIL_AFFAIRS", None, "监护人", None, "父亲", "NOBODY"),  # as another list says
        ("CIVIL_AFFAIRS", None, "监护人", None, None, None),
        ("CIVIL_AFFAIRS", None, "家庭成员", "祖母", None, None),
        ("CIVIL_AFFAIRS", None, "受委托监护人", "母亲", None, None),
        ("EDUCATION", "双亲留守儿童", "家庭成员", "父亲", None, None),  # the school's register has no place for who is entrusted
    ],
)
async def test_an_absent_parent_looks_after_nobody(city, definition, kind, capacity, relation, kin, found):
    child, parent = await city.registered(), await city.someone(date(1985, 1, 1))
    await city.fact("left_behind_file", child, source="civil_affairs.left_behind", definition=definition, kind=kind, visited_on=ON)
    await city.fact("guardianship", child, source=STUDENTS, guardian=parent, capacity=capacity, relation=relation, is_guardian=True)
    if kin:
        await city.fact("kinship", child, source=STUDENTS, relative=parent, relation=kin)
    row = await city.one(rule="left_behind_guardian")
    assert (row["kind"] if row else None) == found


@pytest.mark.parametrize(("definition", "marked", "is_found"), [("CIVIL_AFFAIRS", "非留守儿童", True), ("CIVIL_AFFAIRS", "双亲留守儿童", False), ("CIVIL_AFFAIRS", None, False), ("GOVERNANCE", "非留守儿童", False)])
async def test_unmarked_at_school(city, definition, marked, is_found):
    child = await pupil(city, left_behind=marked)
    await city.fact("left_behind_file", child, source="x.y", definition=definition, visited_on=ON)
    assert (child in await city.found(rule="left_behind_unmarked")) is is_found


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
        ([STOPPED | {"programme": "F01"}], date(2026, 11, 1), None, None),  # another programme
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


@pytest.mark.parametrize(
    ("school", "card", "kind"),
    [
        (("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (("无残疾", None), ("智力残疾", "二级"), "UNMARKED"),
        (("精神残疾", "二级"), ("智力残疾", "二级"), "CATEGORY"),
        (("智力残疾", "三级"), ("智力残疾", "二级"), "LEVEL"),
        ((None, None), ("智力残疾", "二级"), None),  # a blank is not 无
    ],
)
async def test_disability_at_school_and_on_the_card(city, school, card, kind):
    child = await city.child(certificate={"category": card[0], "level": card[1]})
    await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5, disability=school[0], disability_level=school[1])
    row = await city.one(rule="disability_differs")
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("card", "school", "civil", "kind"),
    [
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", "三级"), "CIVIL_AFFAIRS_LEVEL"),
        (("智力残疾", "二级"), ("智力残疾", "二级"), ("智力残疾", None), None),
        (("智力残疾", "二级"), ("无残疾", None), ("精神残疾", "二级"), "UNMARKED"),  # which the school's register tells alone
        (("智力残疾", "二级"), None, ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),  # on no register
        (None, ("智力残疾", "二级"), ("智力残疾", "二级"), None),
        (None, ("无残疾", None), ("精神残疾", "二级"), "CIVIL_AFFAIRS_CATEGORY"),
        (None, None, ("精神残疾", "二级"), None),  # nobody else says anything
    ],
)
async def test_disability_by_civil_affairs_is_a_third_side(city, card, school, civil, kind):
    child = await city.child(certificate={"category": card[0], "level": card[1]}) if card else await city.registered()
    if school:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5, disability=school[0], disability_level=school[1])
    await city.fact("assessment", child, source="civil_affairs.child_welfare", kind="REGISTERED", category=civil[0], level=civil[1])
    row = await city.one(rule="disability_differs")
    assert (row["kind"] if row else None) == kind
    if row:
        assert row["reveals"] == ("certificate" if kind == "UNMARKED" else "parent_situation")
        assert "civil_affairs" in {side["department"] for side in orjson.loads(row["evidence"])["sides"]}


@pytest.mark.parametrize(
    ("source", "values", "enrolled", "kind"),
    [
        ("poverty_relief.household", {"assured": True}, False, "ASSURED_BUT_OUT"),
        ("poverty_relief.household", {"assured": True}, True, None),
        ("poverty_relief.household", {"assured": None}, False, None),
        ("civil_affairs.child_welfare", {"status": "小学"}, False, "SAID_IN_BUT_OUT"),
        ("civil_affairs.child_welfare", {"status": "未就学"}, False, None),
        ("civil_affairs.left_behind", {"status": "小学"}, False, "SAID_IN_BUT_OUT"),
        ("disabled_persons.survey", {"out_of_school": True}, True, "SAID_OUT_BUT_ENROLLED"),
        ("disabled_persons.survey", {"out_of_school": True}, False, None),
    ],
)
async def test_what_a_department_says_of_schooling(city, source, values, enrolled, kind):
    child = await city.registered()
    await city.fact("schooling_statement", child, source=source, **values)
    if enrolled:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    tells = {"poverty_relief.household": "assistance", "civil_affairs.child_welfare": "parent_situation", "disabled_persons.survey": "certificate"}
    assert not row or row["reveals"] == tells.get(source, "")


@pytest.mark.parametrize(
    ("told", "place", "kind"),
    [
        ({"status": "小学", "school_name": "瓦房店市新华小学"}, {"state": "在读", "school": 5}, "AT_ANOTHER_SCHOOL"),
        ({"status": "小学", "school_name": "瓦房店市复州城镇中心小学"}, {"state": "在读", "school": 5}, None),  # with and without the city's name
        ({"status": "小学", "school_name": "新华小学"}, {"state": "在读", "school": None}, None),
        ({"status": "小学", "school_name": "庄河市某小学"}, {"state": "在读", "school": 5}, None),  # of which nothing is known
        ({"status": "小学", "school_name": None}, {"state": "在读", "school": 5}, None),
        ({"status": "小学", "school_name": "新华小学"}, {"state": "流失", "school": 5}, "SAID_IN_BUT_OUT"),
    ],
)
async def test_a_school_that_does_not_have_the_pupil(city, told, place, kind):
    await city.school(20, "新华小学", kind="小学")
    child = await city.registered()
    await city.fact("schooling_statement", child, source="civil_affairs.child_welfare", **told)
    await city.fact("enrolment", child, source=STUDENTS, grade=5, **place)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    assert not row or (row["severity"] == "low") is (kind == "AT_ANOTHER_SCHOOL")


async def test_what_is_said_tells_of_its_list_only_where_no_other_list_of_the_department_says_it(city):
    child = await city.registered()
    await city.fact("schooling_statement", child, source="civil_affairs.child_welfare", status="小学")
    assert (await city.one(rule="said_in_school"))["reveals"] == "parent_situation"
    added = await city.fact("schooling_statement", child, source="civil_affairs.left_behind", status="初中")
    assert (await city.one(rule="said_in_school"))["reveals"] == ""
    await city.connection.execute("update schooling_statement set status = '未就学' where id = $1", added)  # it no longer says so
    assert (await city.one(rule="said_in_school"))["reveals"] == "parent_situation"


@pytest.mark.parametrize(
    ("values", "enrolled", "kind"),
    [
        ({"status": "2", "stated_on": "2026-09-01"}, False, "SAID_IN_BUT_OUT"),
        ({"status": "_3", "stated_on": "2026-09"}, False, "SAID_IN_BUT_OUT"),
        ({"status": "2", "stated_on": "2026-09-01"}, True, None),
        ({"status": "2", "stated_on": "2026-08-31"}, False, None),  # told in the school year before
        ({"status": "2", "stated_on": "2026-08"}, False, None),
        ({"status": "2", "stated_on": "2026"}, False, None),  # a bare year may be its summer
        ({"status": "2"}, False, None),
        ({"status": "1", "stated_on": "2026-09-01"}, False, None),  # no schooling
        ({"status": "4", "stated_on": "2026-09-01"}, False, None),  # beyond compulsory schooling
        ({"status": "2", "reason": "_1", "out_of_school": True, "stated_on": "2026-09-01"}, False, None),  # and yet a reason why in none
    ],
)
async def test_a_survey_speaks_of_the_school_year_in_which_it_was_told(city, values, enrolled, kind):
    child = await city.registered()
    await city.fact("schooling_statement", child, source="disabled_persons.survey", **values)
    if enrolled:
        await city.fact("enrolment", child, source=STUDENTS, state="在读", grade=5, school=5)
    row = await city.one(rule="said_in_school")
    assert (row["kind"] if row else None) == kind
    if row:
        assert orjson.loads(row["evidence"])["sides"][0]["says"] in ("小学", "初中")  # not the survey's code


@pytest.mark.parametrize(
    ("entry", "is_found"),
    [
        ({"deceased_on": ON - 62 * DAY}, False),
        ({"deceased_on": ON - 63 * DAY}, True),
        ({"register_state": "死亡注销", "cancelled_on": ON - 63 * DAY}, True),
        ({"register_state": "死亡注销", "cancelled_on": ON - 62 * DAY}, False),
        ({"register_state": "死亡注销", "valid": Range(ON - 63 * DAY, None)}, True),  # since the register says so
        ({"register_state": "死亡注销", "valid": Range(ON - 90 * DAY, ON - 20 * DAY)}, True),  # and where it no longer lists the entry
        ({"register_state": "迁出", "cancelled_on": ON - 90 * DAY}, False),
    ],
)
async def test_covered_after_death(city, entry, is_found):
    someone = await city.someone(date(1950, 1, 1))
    await city.fact("hukou_registration", someone, **entry)
    await city.fact("assistance", someone, source="civil_affairs.minimum_living_allowance", programme="F01", state="在保")
    assert (someone in await city.found(rule="dead_on_allowance")) is is_found


@pytest.mark.parametrize("register", [{"deceased_on": date(2024, 1, 1)}, {"register_state": "死亡注销"}, None])
async def test_whose_parent_has_died_is_judged_also_when_only_the_child_is_rechecked(city, register):
    child, parent = await city.registered(), await city.someone(date(1985, 1, 1))
    await city.fact("kinship", child, source=STUDENTS, relative=parent, relation="父亲")
    if register:
        await city.fact("hukou_registration", parent, source="public_security.household_register", **register)
    else:  # the register no longer lists the entry
        await city.connection.execute("update person_resolved set deceased_on = '2024-01-01' where id = $1", parent)
    judged = []

    async def judge(children):
        judged.extend(children)
        return []

    city.judge = judge
    await city.check()
    await city.connection.execute("insert into recheck values (210281, $1)", child)
    await city.check(everybody=False)
    assert judged == [child, child]


@pytest.mark.parametrize(
    ("register", "situation", "is_found"), [({}, None, True), ({"deceased_on": date(2024, 1, 1)}, None, False), ({}, "失联", False), ({}, "正常", True)]
)
async def test_an_orphan_whose_parent_lives(city, register, situation, is_found):
    child, parent = await city.registered(), await city.registered(date(1985, 1, 1), **register)
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F05", state="在保")
    await city.fact("kinship", child, source=STUDENTS, relative=parent, relation="父亲")
    if situation:
        await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent=parent, parent_role="父亲", situation=situation)
    assert (child in await city.found(rule="orphan_with_parent")) is is_found


@pytest.mark.parametrize(("ended", "other", "is_found"), [(ON - 61 * DAY, None, False), (ON - 62 * DAY, None, True), (ON - 90 * DAY, "失联", False)])
async def test_a_sentence_that_has_ended(city, ended, other, is_found):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role="父亲", situation="服刑在押", valid=Range(date(2024, 1, 1), ended))
    if other:
        await city.fact("parent_situation", child, source="civil_affairs.child_welfare", parent_role="父亲", situation=other, valid=Range(ended, None))
    assert (child in await city.found(rule="sentence_ended")) is is_found


SERVED = {"parent_role": "父亲", "situation": "服刑在押"}


@pytest.mark.parametrize(
    ("ended", "justice", "civil", "is_found"),
    [
        (ON - 61 * DAY, {}, {}, False),
        (ON - 62 * DAY, {}, {}, True),
        (None, {}, {}, False),  # serves still
        (ON - 62 * DAY, {"parent_role": "母亲"}, {}, False),  # the other parent
        (ON - 62 * DAY, {"situation": "失联"}, {}, False),
        (ON - 62 * DAY, {}, {"situation": "失联"}, False),  # recognised for something else
        (ON - 62 * DAY, {}, {"valid": Range(date(2023, 1, 10), ON - 30 * DAY)}, False),  # by civil affairs' own row it ended later
    ],
)
async def test_a_sentence_that_has_ended_by_the_list_of_justice(city, ended, justice, civil, is_found):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", **({"valid": Range(date(2023, 1, 10), None)} | SERVED | civil))
    await city.fact("parent_situation", child, source="justice.prisoners_children", valid=Range(date(2023, 1, 10), ended), **SERVED | justice)
    row = await city.one(rule="sentence_ended")
    assert (row["reveals"] if row else None) == ("custody" if is_found else None)


async def test_a_sentence_that_justice_lists_again_has_not_ended(city):
    child = await city.registered()
    await city.fact("assistance", child, source="civil_affairs.child_welfare", programme="F06", state="在保")
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", valid=Range(date(2023, 1, 10), None), **SERVED)
    for valid in (Range(date(2023, 1, 10), ON - 200 * DAY), Range(ON - 100 * DAY, None)):
        await city.fact("parent_situation", child, source="justice.prisoners_children", valid=valid, **SERVED)
    assert await city.found(rule="sentence_ended") == {}


@pytest.mark.parametrize(("towns", "is_found"), [(("210281101", "210281103", "210281101"), False), (("210281101", "210281103", "210281001"), True)])
async def test_three_lists_three_townships(city, towns, is_found):
    child = await city.registered()
    for n, town in enumerate(towns):
        await city.fact("residence", child, source=f"x.list{n}", township=town)
    assert (child in await city.found(rule="homes_differ")) is is_found


@pytest.mark.parametrize(("until", "state", "is_found"), [
    (ON, "正常", False), (ON - DAY, "正常", True), (ON - DAY, "过期", True), (None, "过期", True), (ON + DAY, "过期", True), (None, "正常", False),
    (ON - DAY, "状态不明", True), (ON, "状态不明", False), (ON - DAY, "注销", False), (ON - DAY, "注销(康复/不再符合)", False),
])  # fmt: skip
async def test_a_certificate_that_has_run_out(city, until, state, is_found):
    child = await city.child(certificate={"valid_until": until, "state": state})
    assert (child in await city.found(rule="certificate_expired")) is is_found


@pytest.mark.parametrize(
    ("pupils", "funded", "paid", "kind"),
    [
        (37, 100, 72000, None),
        (37, 100, 26640, "PAID_BELOW"),
        (37, 99, 71280, "APPROVED_BELOW"),
        (99, 99, 71280, "APPROVED_BELOW"),
        (100, 100, 72000, None),
        (101, 101, 72720, None),
        (101, 100, 72000, "APPROVED_BELOW"),
        (1, 100, None, "NOT_PAID"),
        (0, 0, 0, None),  # no pupil, no floor
    ],
)
@pytest.mark.parametrize("kind_of_school", ["小学教学点", "小学"])
async def test_the_floor_of_a_hundred(city, kind_of_school, pupils, funded, paid, kind):
    await city.school(20, "八里庄", kind=kind_of_school, township="210281103")
    await city.fact("school_funding", None, source="finance.school_funding", school=20, school_year="2026-2027", pupils=pupils, funded_pupils=funded, rate=720, paid=paid)
    row = await city.one(rule="funding_floor")
    assert (row["kind"] if row else None) == (kind if kind_of_school == "小学教学点" else None)
    if row:
        assert (row["school"], row["township"], row["person"]) == (20, "210281103", None)


@pytest.mark.parametrize(
    ("name", "profile", "is_found"),
    [
        ("瓦房店市八里庄村小学", {"kind": "小学"}, True),
        ("瓦房店市杨家村小学", {"kind": "211"}, True),
        ("瓦房店市钱屯教学点", {"kind": "小学"}, True),
        ("瓦房店市赵屯小学", {"kind": "村小"}, True),
        ("瓦房店市赵屯小学", {"kind": "小学", "parent": 5}, True),  # it belongs to a central school
        ("瓦房店市赵屯小学", {"kind": "小学"}, False),
        ("瓦房店市赵屯小学", {"kind": "小学", "parent": 20}, False),  # to itself
        ("瓦房店市李店初级中学", {"kind": "311", "parent": 5}, False),
        ("瓦房店市孙家村中心小学", {"kind": "小学"}, False),
        ("复州城镇中心小学杨家村小学", {"kind": "小学"}, True),
        ("复州城镇中心小学", {"kind": "218"}, True),
    ],
)
async def test_which_schools_have_the_floor(city, name, profile, is_found):
    await city.school(20, name, township="210281103", **profile)
    await city.fact("school_funding", None, source="finance.school_funding", school=20, school_year="2026-2027", pupils=37, funded_pupils=37, rate=720, paid=26640)
    assert bool(await city.one(rule="funding_floor")) is is_found


@pytest.mark.parametrize(("relation", "own", "is_found"), [("孙女", None, True), ("孙女", "F06", False), ("儿媳", None, False)])
async def test_a_brother_is_recognised_and_the_sister_is_not(city, relation, own, is_found):
    one, other = await city.registered(), await city.registered()
    for child, told in ((one, "孙子"), (other, relation)):
        await city.fact("membership", child, source="public_security.household_register", household=7, household_kind="REGISTER", relation_to_head=told)
    await city.fact("assistance", one, source="civil_affairs.child_welfare", programme="F06", state="在保")
    if own:
        await city.fact("assistance", other, source="civil_affairs.child_welfare", programme=own, state="在保")
    assert (other in await city.found(rule="sibling_recognised")) is is_found


@pytest.mark.parametrize(("second", "kind"), [({"sex": "男性", "birth_date": date(2015, 5, 3)}, None), ({"sex": "女性", "birth_date": date(2015, 5, 3)}, "SEX"), ({"sex": "男性", "birth_date": date(2015, 5, 4)}, "BIRTH_DATE"), ({"sex": None, "birth_date": None}, None)])
async def test_sex_and_birth_date_between_lists(city, second, kind):
    child = await city.registered()
    for n, told in enumerate(({"sex": "男性", "birth_date": date(2015, 5, 3)}, second)):
        await city.connection.execute(
            """insert into mention (division, id, record, hash, source, role, kind, name, name_key, sex, birth_date, number_state, valid, known_from)
               values (210281, $1, 1, 1, $2, '主体', 'child', '王小禾', '王小禾', $3, $4, 'valid', '[2026-09-01,)', 1)""", 700 + n, f"x.list{n}", told["sex"], told["birth_date"])  # fmt: skip
        await city.connection.execute("insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from) values (210281, $1, $2, 'NUMBER', 9, '[]', '1', '', '(,)', 1)", 700 + n, child)
    row = await city.one(rule="basics_differ")
    assert (row["kind"] if row else None) == kind
