"""E.4: what speaks against an empty place adds up, each boundary the day before and after, and what is no fault."""

from datetime import date

import orjson
import pytest
from asyncpg import Range

from tests.rules.city import ON, REF
from tests.rules.pupils import DAY, SINCE, pupil


@pytest.fixture
def rule():
    return "phantom_enrolment"


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


@pytest.mark.parametrize(
    ("first", "second", "counted", "is_found"),
    [
        ("1班", "2班", "1班", "first"),
        ("1班", "2班", "2班", "second"),
        ("1班", "2班", None, ""),  # whose class is not told
        ("1班", "1班", "1班", ""),
        ("1班", None, "1班", ""),
        (None, "2班", "1班", "first"),
        ("五年级一班", "2班", "（1）班", "first"),
    ],
)
async def test_whom_a_head_count_misses_is_of_its_class_and_the_only_one_of_the_name(city, first, second, counted, is_found):
    ours = {"first": await pupil(city, class_name=first), "second": await pupil(city, born=date(2015, 6, 4), class_name=second)}
    for day in (date(2026, 11, 2), date(2026, 11, 16)):
        await city.fact("head_count", None, source="education.head_count", school=5, grade=5, class_name=counted, counted_on=day, registered=30, present=29, absent_names="王小禾", valid=SINCE)
    found = await city.found()
    assert [who for who, person in ours.items() if person in found] == ([is_found] if is_found else [])


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
