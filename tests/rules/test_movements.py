"""E.5 to E.8 as tables: each boundary the day before and after, and what accounts for a pupil."""

from datetime import date, timedelta

import orjson
import pytest
from asyncpg import Range

from tests.rules.city import ON, REF

DAY = timedelta(days=1)
ALWAYS = Range(date(2025, 1, 1), None)
STUDENTS, MOVES = "education.student_register", "education.movement"


@pytest.fixture
def rule():
    return "lost_without_movement"


async def move(city, child, kind, moved_on, **values):
    await city.fact("movement", child, source=MOVES, kind=kind, moved_on=moved_on, valid=values.pop("valid", Range(moved_on or date(2026, 9, 1), None)), **({"progress": "已完成"} | values))


async def place(city, child, **values):
    return await city.fact("enrolment", child, source=values.pop("source", STUDENTS), **({"state": "在读", "grade": 5, "school": 5} | values))


async def kind_of(city, rule, on=ON):
    row = await city.one(on, rule)
    return (row["kind"] or "FOUND") if row else None


LOST = [
    ({"valid": Range(date(2026, 9, 1), ON)}, [], "FOUND"),  # on the list until yesterday
    ({"valid": Range(date(2026, 9, 1), ON + DAY)}, [], None),  # until today
    ({"valid": Range(date(2025, 9, 1), REF + DAY)}, [], "FOUND"),  # to the end of last school year
    ({"valid": Range(date(2025, 9, 1), REF)}, [], "FOUND"),  # the list of 31 August lacks the child
    ({"valid": Range(date(2025, 9, 1), date(2026, 7, 2))}, [], "FOUND"),  # that of 2 July does
    ({"valid": Range(date(2025, 9, 1), date(2026, 7, 1))}, [], None),  # last school year's to find
    ({"valid": Range(date(2025, 9, 1), REF + DAY), "grade": 6}, [], None),  # between two schools: E.5-6
    ({"valid": Range(date(2025, 9, 1), REF + DAY), "grade": 9}, [], None),
    ({"valid": Range(date(2025, 9, 1), REF + 2 * DAY), "grade": 9}, [], "FOUND"),
    ({"valid": Range(date(2025, 9, 1), REF + 2 * DAY)}, [], "FOUND"),  # still there on 1 September
    ({"valid": Range(date(2026, 9, 1), ON), "state": "流失"}, [], None),  # was not active
    ({"valid": Range(date(2026, 9, 1), ON), "grade": 10}, [], None),  # beyond compulsory education
    ({"valid": Range(date(2026, 9, 1), ON), "grade": None}, [], "FOUND"),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("enrolment", {"state": "在读", "grade": 5, "school": 8})], None),  # in another school now
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "转学(转出)", "moved_on": date(2026, 10, 1), "to_school": 9, "progress": "已完成"})], None),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "转学(转出)", "moved_on": date(2026, 11, 20), "progress": "待转入地教育局核办"})], None),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "转学(转出)", "moved_on": date(2026, 10, 1), "progress": "已取消"})], "FOUND"),
    # to a school of this city that does not list the child: a movement says why, and E.5-2 asks for the arrival
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "转学(转出)", "moved_on": date(2026, 10, 1), "to_school": 5, "progress": "已完成"})], None),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "转学(转出)", "moved_on": date(2026, 3, 1), "to_school": 9, "progress": "已完成"}), ("movement", {"kind": "转学(转入)", "moved_on": date(2026, 9, 1), "to_school": 5, "progress": "已完成"})], "FOUND"),  # back since
    # to another province, and nobody says to which school
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "跨省转学", "moved_on": date(2026, 10, 1), "from_school": 5, "progress": "已完成"})], "FOUND"),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("movement", {"kind": "出国", "moved_on": date(2026, 10, 1), "progress": "已完成"})], None),
    ({"valid": Range(date(2026, 9, 1), ON)}, [("hukou_registration", {"deceased_on": date(2026, 11, 1)})], None),
]


@pytest.mark.parametrize(("values", "facts", "kind"), LOST)
async def test_missing_without_a_movement(city, values, facts, kind):
    child = await city.registered()
    await place(city, child, **values)
    for noun, told in facts:
        await city.fact(noun, child, source=MOVES, valid=ALWAYS, **told)
    assert await kind_of(city, "lost_without_movement") == kind


ARRIVALS = [
    # Monday 26 October: the twentieth working day after it is Monday 23 November
    (date(2026, 10, 27), {"progress": "待转入地教育局核办", "to_school": 9}, None),
    (date(2026, 10, 26), {"progress": "待转入地教育局核办", "to_school": 9}, "medium"),
    (date(2026, 10, 26), {"progress": None, "to_school": 9}, None),  # a list without 审核状态 tells what is done
    (date(2026, 10, 26), {"progress": None}, "high"),
    (date(2026, 10, 26), {"progress": "已完成", "to_school": 9}, None),  # completed by the receiving side
    (date(2026, 10, 26), {"progress": "已完成", "to_school": 5}, "medium"),  # a school of this city, which does not list the pupil
    (date(2026, 10, 27), {"progress": "已完成", "to_school": 5}, None),
    (date(2026, 10, 26), {"progress": "已完成"}, "high"),  # to nowhere
    (date(2026, 10, 26), {"progress": "已取消"}, None),
    (None, {"progress": None, "completed_on": date(2026, 10, 26)}, "high"),  # told by the day of its completion alone
    (None, {"progress": "待转入地教育局核办", "applied_on": date(2026, 10, 26), "to_school": 9}, "medium"),
    (ON - timedelta(days=366), {"progress": None}, None),  # too long ago for this list
    (ON - timedelta(days=365), {"progress": None}, "high"),
]


@pytest.mark.parametrize(("moved_on", "values", "severity"), ARRIVALS)
async def test_a_transfer_out_is_proved_within_twenty_working_days(city, moved_on, values, severity):
    child = await city.registered()
    await move(city, child, "转学(转出)", moved_on, **values)
    row = await city.one(rule="transfer_without_arrival")
    assert (row["severity"] if row else None) == severity
    await place(city, child)
    assert await city.found(rule="transfer_without_arrival") == {}


@pytest.mark.parametrize(
    ("until", "after", "severity"),
    [
        (ON - 5 * DAY, None, None),
        (ON - 6 * DAY, None, "medium"),
        (ON - 29 * DAY, None, "medium"),
        (ON - 30 * DAY, None, "high"),
        (ON - 30 * DAY, ("复学", ON), None),
        (ON - 30 * DAY, ("复学", ON + DAY), "high"),  # back tomorrow
        (ON - 30 * DAY, ("复学", date(2025, 9, 1)), "high"),  # that was before
        (ON - 30 * DAY, ("转学(转入)", ON), None),
        (ON - 30 * DAY, ("转学(转出)", ON - DAY), "high"),  # to nowhere
        (ON - 30 * DAY, ("休学", ON - 29 * DAY), None),  # suspended again
    ],
)
async def test_a_suspension_is_over(city, until, after, severity):
    child = await city.registered()
    await move(city, child, "休学", date(2025, 11, 1), suspended_until=until)
    await place(city, child, state="休学")
    if after:
        await move(city, child, *after, suspended_until=date(2027, 1, 1) if after[0] == "休学" else None)
    row = await city.one(rule="suspension_over")
    assert (row["severity"] if row else None) == severity


@pytest.mark.parametrize(
    ("between", "second", "is_found"),
    [
        (None, {}, True),
        (("复学", date(2026, 8, 1)), {}, False),
        (("复学", date(2026, 10, 1)), {}, True),
        (None, {"progress": "待审核"}, False),  # not approved
        (None, {"progress": "审核不通过"}, False),
        (None, {"moved_on": None, "applied_on": date(2026, 9, 1)}, True),
        (None, {"moved_on": ON + DAY}, False),
    ],
)
async def test_two_suspensions_one_after_the_other(city, between, second, is_found):
    child = await city.registered()
    second = {"moved_on": date(2026, 9, 1)} | second
    await move(city, child, "休学", date(2026, 1, 1), suspended_until=date(2026, 8, 31))
    await move(city, child, "休学", second.pop("moved_on"), suspended_until=date(2027, 8, 31), valid=ALWAYS, **second)
    if between:
        await move(city, child, *between)
    assert (child in await city.found(rule="suspension_chain")) is is_found


@pytest.mark.parametrize(
    ("kind", "values", "told"),
    [
        ("退学", {"grade": 9}, "QUIT"),
        ("退学", {"grade": 10}, None),
        ("开除学籍", {"grade": 1}, "EXPEL"),
        ("取消学籍", {"grade": None}, "REVOKE"),  # eleven years old: compulsory, whatever the grade
        ("退学", {"grade": 7, "progress": "已取消"}, None),
        ("退学", {"grade": 7, "progress": "审核不通过"}, None),
        ("退学", {"grade": 7, "progress": "状态不明"}, "QUIT"),
        ("退学", {"grade": 7, "moved_on": REF}, None),  # last school year's
        ("退学", {"grade": 7, "moved_on": REF, "entered_on": REF + DAY}, "QUIT"),  # entered in this one
        ("退学", {"grade": 7, "moved_on": ON + DAY}, None),
        ("休学", {"grade": 7}, None),
        ("退学", {"grade": 7, "moved_on": None, "applied_on": REF + DAY}, "QUIT"),  # the day of it is not told
        ("退学", {"grade": 7, "moved_on": None, "applied_on": REF}, None),
        ("开除学籍", {"grade": 7, "moved_on": None, "entered_on": ON}, "EXPEL"),
        ("取消学籍", {"grade": 7, "moved_on": None, "valid": Range(REF + DAY, None)}, "REVOKE"),  # no day at all: that of the list
    ],
)
async def test_what_compulsory_education_does_not_know(city, kind, values, told):
    child = await city.registered()
    values = {"moved_on": ON, **values}
    await move(city, child, kind, values.pop("moved_on"), **{"valid": ALWAYS} | values)
    assert await kind_of(city, "forbidden_movement") == told


@pytest.mark.parametrize(
    ("on", "left", "now", "is_found"),
    [
        (date(2026, 9, 14), date(2026, 9, 1), None, False),  # the new registers are not told yet
        (date(2026, 9, 15), date(2026, 9, 1), None, True),
        (date(2026, 9, 15), date(2026, 9, 1), 7, False),
        (date(2026, 9, 15), date(2026, 9, 1), 6, False),  # repeats the grade
        (date(2026, 9, 15), date(2026, 5, 2), None, True),  # on the list of 1 May
        (date(2026, 9, 15), date(2026, 5, 1), None, False),  # had left before the summer
    ],
)
async def test_between_primary_and_middle_school(city, on, left, now, is_found):
    child = await city.registered(date(2014, 5, 3), valid=ALWAYS)
    await place(city, child, grade=6, valid=Range(date(2025, 9, 1), left))
    if now:
        await place(city, child, grade=now, valid=Range(date(2026, 9, 1), None))
    await city.connection.execute("update delivery set as_of = $1", on)
    assert (child in await city.found(on, "lost_between_schools")) is is_found


DONE_WITH_PRIMARY = [
    # since when the register has the place, its grade, another place or movement, and the day
    (date(2026, 11, 10), 6, None, ON, True),
    (date(2026, 11, 10), 6, ("movement", {"progress": "待审核"}), ON, False),  # nobody has approved that primary school is over
    (date(2026, 11, 10), 5, None, ON, True),
    (date(2026, 11, 10), None, None, ON, False),  # it may be the seventh
    (date(2026, 11, 10), 7, None, ON, False),
    (date(2026, 11, 10), 6, ("enrolment", {"state": "在读", "grade": 7, "school": 8}), ON, False),
    (date(2026, 11, 10), 6, ("enrolment", {"state": "流失", "grade": 7, "school": 8}), ON, True),
    (date(2026, 11, 10), 6, ("movement", {"kind": "留级"}), ON, False),
    (date(2026, 11, 10), 6, ("movement", {"kind": "转学(转入)", "to_school": 5}), ON, False),
    (date(2026, 11, 10), 6, ("movement", {"kind": "转学(转出)", "to_school": 9}), ON, False),
    (date(2025, 9, 1), 6, None, date(2026, 11, 1), False),  # the register of the new year may not be told yet
    (date(2025, 9, 1), 6, None, date(2026, 11, 2), True),
]


@pytest.mark.parametrize(("since", "grade", "beside", "on", "is_found"), DONE_WITH_PRIMARY)
async def test_a_place_left_over_in_primary_school_is_no_way_into_middle_school(city, since, grade, beside, on, is_found):
    child = await city.registered(date(2014, 5, 3), valid=ALWAYS)
    await place(city, child, grade=grade, valid=Range(since, None))
    noun, told = beside or (None, {})
    await move(city, child, "毕业", date(2026, 6, 28), grade=6, **(told if "progress" in told else {}))
    if noun == "enrolment":
        await city.fact(noun, child, source=STUDENTS, **told)
    elif "kind" in told:
        await move(city, child, moved_on=date(2026, 9, 1), **told)
    await city.connection.execute("update delivery set as_of = $1", on)
    assert (child in await city.found(on, "lost_between_schools")) is is_found


@pytest.mark.parametrize(
    ("grade", "since", "on", "is_found"),
    [
        (9, date(2027, 3, 1), date(2027, 3, 6), False),  # the sixth day
        (9, date(2027, 3, 1), date(2027, 3, 7), True),  # a week
        (8, date(2027, 3, 1), date(2027, 3, 20), False),
        (9, date(2027, 2, 26), date(2027, 3, 6), False),  # began on a Friday before 1 March: the sixth day after it
        (9, date(2027, 2, 26), date(2027, 3, 7), True),
        (9, date(2026, 11, 9), date(2027, 3, 15), True),  # away since autumn
        (9, date(2026, 11, 9), date(2027, 2, 28), False),
    ],
)
async def test_ninth_graders_in_spring(city, grade, since, on, is_found):
    child = await city.registered(date(2012, 5, 3))
    await city.fact("absence_spell", child, source="education.dropout_ledger", school=5, grade=grade, first_absent_on=since, valid=Range(since, None))
    await city.connection.execute("update delivery set as_of = $1", on)
    assert (child in await city.found(on, "ninth_grade_spring")) is is_found


@pytest.mark.parametrize(("late", "is_found"), [(30, False), (31, True)])
async def test_a_movement_entered_late(city, late, is_found):
    child = await city.registered()
    await move(city, child, "转学(转入)", ON - late * DAY, entered_on=ON)
    assert (child in await city.found(rule="backdated_movement")) is is_found


DOUBLES = [
    ([{"school": 5}, {"school": 8}], ON, "TWO_SCHOOLS"),
    ([{"school": 5}, {"school": 5}], ON, "SAME_SCHOOL"),
    ([{"school": 5}], ON, None),
    ([{"school": 5}, {"school": 8, "state": "转学(转出)"}], ON, None),
    ([{"school": 5}, {"school": 8, "source_kind": "借读"}], ON, None),
    ([{"school": 5}, {"school": 8, "source_kind": "非借读"}], ON, "TWO_SCHOOLS"),
    ([{"school": 5}, {"school": 6, "grade": 0}], ON, None),  # a kindergarten's list is no register
    ([{"school": 5, "grade": 6}, {"school": 8, "grade": 7}], date(2026, 9, 30), None),  # tolerated in September
    ([{"school": 5, "grade": 6}, {"school": 8, "grade": 7}], date(2026, 10, 1), "TWO_STAGES"),
    ([{"school": 5, "grade": 3}, {"school": 8, "grade": 8}], date(2026, 9, 30), "TWO_STAGES"),  # no way from one to the other
    ([{"school": 5, "grade": 6}, {"school": 8, "grade": 7}, {"school": 9, "grade": 7}], date(2026, 9, 30), "TWO_STAGES"),  # two middle schools
    ([{"school": 5, "grade": 5}, {"school": 8, "grade": 7}], date(2026, 9, 30), "TWO_STAGES"),
    ([{"school": 5, "grade": 5}, {"school": 8, "grade": 5}], date(2026, 9, 30), "TWO_SCHOOLS"),
    ([{"school": 5, "valid": Range(date(2026, 9, 1), ON)}, {"school": 8}], ON, None),  # moved school today
    ([{"school": 5, "valid": Range(date(2026, 9, 1), ON + DAY)}, {"school": 8}], ON, "TWO_SCHOOLS"),
]


@pytest.mark.parametrize(("places", "on", "kind"), DOUBLES)
async def test_two_places_of_one_pupil(city, places, on, kind):
    child = await city.registered()
    for told in places:
        await place(city, child, **({"valid": Range(date(2026, 9, 1), None)} | told))
    await city.connection.execute("update delivery set as_of = $1", on)
    assert await kind_of(city, "double_enrolment", on) == kind


async def test_two_places_are_one_finding_with_both_as_its_sides(city):
    child = await city.registered()
    entries = {await place(city, child, school=school) for school in (5, 8)}
    row = await city.one(rule="double_enrolment")
    assert {int(one["id"]) for one in orjson.loads(row["evidence"])["sides"] if one["fact"] == "enrolment"} == entries


@pytest.mark.parametrize(
    ("progress", "applied_on", "is_found"),
    [
        ("待转入地教育局核办", date(2026, 10, 27), False),
        ("待转入地教育局核办", date(2026, 10, 26), True),
        ("已完成", date(2026, 10, 27), True),
        ("审核不通过", ON, True),
        ("状态不明", ON, True),
    ],
)
async def test_two_places_during_a_transfer(city, progress, applied_on, is_found):
    child = await city.registered()
    for school in (5, 8):
        await place(city, child, school=school)
    await move(city, child, "转学(转入)", None, applied_on=applied_on, progress=progress)
    assert (child in await city.found(rule="double_enrolment")) is is_found


EARLY = [
    # born, entry, what else, and what is found
    (date(2011, 8, 31), "2026-09", [], None),  # fifteen on 31 August, on no register: no sign
    (date(2011, 9, 1), "2026-09", [], "BY_AGE"),  # fourteen
    (date(2011, 9, 1), "2026-09", [("graduation", {"grade": 9, "graduated_on": date(2026, 6, 28)})], None),
    (date(2011, 9, 1), "2026-09", [("graduation", {"grade": 6, "graduated_on": date(2026, 6, 28)})], "BY_AGE"),
    (date(2011, 9, 1), "2026-09", [("graduation", {"grade": 9, "graduated_on": date(2026, 10, 2)})], "BY_AGE"),  # after the month of entry
    (date(2010, 9, 1), "2026-09", [("enrolment", {"state": "在读", "grade": 9, "school": 5})], "ON_MIDDLE_SCHOOL_REGISTER"),
    (date(2010, 9, 1), "2026-09", [("enrolment", {"state": "流失", "grade": 8, "school": 5})], "ON_MIDDLE_SCHOOL_REGISTER"),
    (date(2010, 9, 1), "2026-09", [("enrolment", {"state": "毕业", "grade": 9, "school": 5})], None),
    (date(2010, 9, 1), "2026-09", [("enrolment", {"state": "在读", "grade": 10, "school": 5})], None),
    (date(2011, 7, 9), "2026-03", [], "BY_AGE"),  # entered in spring: counted on 31 August 2025
    (date(2010, 8, 31), "2026-03", [], None),
]


@pytest.mark.parametrize(("born", "entered", "facts", "kind"), EARLY)
async def test_early_vocational_enrolment(city, born, entered, facts, kind):
    child = await city.registered(born)
    await city.fact("vocational_enrolment", child, source="vocational.student_register", entered=entered, school_name="某职业学校", admission_target="往届初中毕业生")
    for noun, told in facts:
        await city.fact(noun, child, source=STUDENTS, **told)
    assert await kind_of(city, "early_vocational") == kind
    if kind == "ON_MIDDLE_SCHOOL_REGISTER":
        row = await city.one(rule="early_vocational")
        assert row["school"] == 5 and "某职业学校" in row["evidence"]  # both are named


async def test_an_approved_school_of_arts_is_exempt(city):
    child = await city.registered(date(2012, 9, 1))
    await city.fact("vocational_enrolment", child, source="vocational.student_register", entered="2026-09", school_name="大连艺术学校")
    assert await kind_of(city, "early_vocational") is None


LABOUR = [
    (date(2010, 11, 24), ON, None, None),  # sixteen today
    (date(2010, 11, 25), ON, None, "UNDER_SIXTEEN"),  # fifteen years and 364 days
    (date(2010, 11, 25), ON + DAY, None, None),  # begins tomorrow
    (date(2009, 3, 1), date(2025, 2, 28), date(2025, 6, 1), "UNDER_SIXTEEN"),  # long over, and under age at its start
    (date(2009, 3, 1), date(2025, 3, 1), date(2025, 6, 1), None),
    (date(2008, 6, 1), date(2024, 5, 31), None, "UNDER_SIXTEEN"),  # of age now; fifteen years and 364 days then
    (date(2008, 6, 1), date(2024, 6, 1), None, None),
    (date(2005, 12, 1), date(2021, 11, 24), date(2022, 6, 1), "UNDER_SIXTEEN"),  # five years ago
    (date(2005, 12, 1), date(2021, 11, 23), date(2022, 6, 1), None),
    (date(2009, 12, 1), date(2021, 11, 1), date(2022, 6, 1), "UNDER_SIXTEEN"),  # a child still, whenever it was
]


@pytest.mark.parametrize(("born", "begins", "ends", "kind"), LABOUR)
async def test_an_employment_before_sixteen(city, born, begins, ends, kind):
    worker = await city.registered(born)
    await city.fact("employment", worker, source="labour.employment", employer="某厂", contract_from=begins, contract_to=ends, valid=Range(begins, ends))
    await place(city, worker, grade=9, valid=ALWAYS)
    assert await kind_of(city, "child_labour") == kind


@pytest.mark.parametrize(("facts", "kind"), [([], "SCHOOL_AGE_WORKER"), ([("graduation", {"grade": 9, "graduated_on": date(2026, 6, 28)})], None), ([("enrolment", {"state": "在读", "grade": 9})], None)])
async def test_sixteen_at_work_and_not_done(city, facts, kind):
    """Fifteen on 31 August, sixteen at the contract: allowed to work, but compulsory education is not over."""
    worker = await city.registered(date(2010, 10, 1))
    await city.fact("employment", worker, source="labour.employment", employer="某厂", contract_from=date(2026, 10, 1), valid=Range(date(2026, 10, 1), None))
    for noun, told in facts:
        await city.fact(noun, worker, source=STUDENTS, **told)
    assert await kind_of(city, "child_labour") == kind


async def test_an_arts_company_is_looked_at_with_less_weight(city):
    worker = await city.registered(date(2013, 1, 1))
    await city.fact("employment", worker, source="labour.employment", employer="某市杂技团", contract_from=ON, valid=Range(ON, None))
    row = await city.one(rule="child_labour")
    assert (row["kind"], row["severity"]) == ("ARTS_OR_SPORT", "low")
