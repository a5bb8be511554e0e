"""The absence clocks: a hand-worked table for each boundary, and two hundred drawn calendars against an independent count."""

import random
from datetime import date, timedelta

import pytest
from asyncpg import Range

from tests.rules.city import City

DAY = timedelta(days=1)
BOOK = "education.dropout_ledger"


@pytest.fixture
def rule():
    return "absence_clock"


async def absent(city: City, since: date, **values) -> int:
    """A registered pupil who is absent since a day."""
    child = await city.registered()
    await city.fact("enrolment", child, source="education.student_register", state="在读", grade=3, school=5)
    await spell(city, child, since, **values)
    return child


async def spell(city: City, child: int, since: date, **values) -> None:
    closed = values.get("closed_on")
    await city.fact(
        "absence_spell", child, source=BOOK, school=5, grade=values.pop("grade", 3), first_absent_on=since,
        valid=values.pop("valid", Range(since, closed + DAY if closed else None)), **values,
    )


async def period(city: City, kind: str, starts: date, ends: date) -> None:
    await city.fact("calendar_period", None, source="education.school_calendar", kind=kind, starts_on=starts, ends_on=ends, valid=Range(starts, ends + DAY))


MONDAY = date(2026, 9, 7)
HOLIDAY = ("法定节假日", date(2026, 10, 1), date(2026, 10, 7))
#: since, what else is known, on, and what the clock says
TABLE = [
    (MONDAY, {}, MONDAY + 6 * DAY, None),  # the seventh day: a week, not more
    (MONDAY, {}, MONDAY + 7 * DAY, "SUSPECTED"),  # the eighth
    (MONDAY - 2 * DAY, {}, MONDAY + 6 * DAY, None),  # written down on a Saturday: the first school day is Monday
    (MONDAY - 2 * DAY, {}, MONDAY + 7 * DAY, "SUSPECTED"),
    (date(2026, 9, 1), {}, date(2026, 9, 27), "SUSPECTED"),  # the 27th day
    (date(2026, 9, 1), {}, date(2026, 9, 28), "DROPOUT"),  # the 28th: four weeks
    (date(2026, 9, 7), {}, date(2026, 10, 10), "SUSPECTED"),  # 34 days later, of which seven were holidays: the 27th
    (date(2026, 9, 7), {}, date(2026, 10, 11), "DROPOUT"),
    (date(2026, 9, 28), {}, date(2026, 10, 11), None),  # 3 + 4 days: the seventh
    (date(2026, 9, 28), {}, date(2026, 10, 12), "SUSPECTED"),
    (date(2026, 10, 2), {}, date(2026, 10, 14), None),  # begins in the holidays: the first day is 8 October
    (date(2026, 10, 2), {}, date(2026, 10, 15), "SUSPECTED"),
    (MONDAY, {"returned_on": MONDAY + 8 * DAY}, MONDAY + 7 * DAY, "SUSPECTED"),  # back tomorrow
    (MONDAY, {"returned_on": MONDAY + 7 * DAY}, MONDAY + 7 * DAY, None),  # back today
    (MONDAY, {"closed_on": MONDAY + 7 * DAY}, MONDAY + 7 * DAY, None),
    (MONDAY, {"excused": True}, MONDAY + 35 * DAY, None),  # a slip without days is for four weeks: the fifth begins a clock of its own
    (MONDAY, {"excused": True}, MONDAY + 35 * DAY + 7 * DAY, "SUSPECTED"),  # seven of these days were holidays
    (MONDAY, {"excused": True, "leave_to": MONDAY + 60 * DAY}, MONDAY + 60 * DAY, None),  # an end without a beginning
    (date(2026, 10, 8), {"leave_from": date(2026, 10, 8)}, date(2026, 11, 11), None),  # a slip without an end: the seventh day after four weeks
    (date(2026, 10, 8), {"leave_from": date(2026, 10, 8)}, date(2026, 11, 12), "SUSPECTED"),
    (date(2026, 10, 8), {"leave_from": date(2026, 10, 8), "leave_to": date(2026, 12, 1)}, date(2026, 11, 27), None),
    (MONDAY, {"leave_from": MONDAY, "leave_to": MONDAY + 4 * DAY}, MONDAY + 13 * DAY, None),  # excused to Friday: counted from the next Monday
    (MONDAY, {"leave_from": MONDAY, "leave_to": MONDAY + 4 * DAY}, MONDAY + 14 * DAY, "SUSPECTED"),
    (MONDAY, {"leave_from": MONDAY + 3 * DAY, "leave_to": MONDAY + 5 * DAY}, MONDAY + 9 * DAY, None),  # three days in between are not counted
    (MONDAY, {"leave_from": MONDAY + 3 * DAY, "leave_to": MONDAY + 5 * DAY}, MONDAY + 10 * DAY, "SUSPECTED"),
    # a slip that is registered later takes it back from that day on
    (MONDAY, {"leave_from": MONDAY, "leave_to": MONDAY + 20 * DAY, "slip_registered_on": MONDAY + 10 * DAY}, MONDAY + 9 * DAY, "SUSPECTED"),
    (MONDAY, {"leave_from": MONDAY, "leave_to": MONDAY + 20 * DAY, "slip_registered_on": MONDAY + 10 * DAY}, MONDAY + 10 * DAY, None),
    (MONDAY, {"excused": True, "slip_registered_on": MONDAY + 10 * DAY}, MONDAY + 9 * DAY, "SUSPECTED"),
    (MONDAY, {"excused": True, "slip_registered_on": MONDAY + 10 * DAY}, MONDAY + 10 * DAY, None),
]


@pytest.mark.parametrize(("since", "known", "on", "kind"), TABLE)
async def test_the_boundaries(city, since, known, on, kind):
    await period(city, *HOLIDAY)
    await absent(city, since, **known)
    await city.connection.execute("update delivery set as_of = $1", on)
    row = await city.one(on)
    assert (row["kind"] if row else None) == kind
    if row:
        assert (row["severity"], row["school"]) == ("high" if kind == "DROPOUT" else "medium", 5)


EXCUSES = [
    ("movement", {"kind": "休学", "moved_on": MONDAY, "suspended_until": MONDAY + 30 * DAY, "progress": "已完成"}, None),
    ("movement", {"kind": "休学", "moved_on": MONDAY, "suspended_until": MONDAY + 30 * DAY, "progress": "待审核"}, "SUSPECTED"),
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "progress": "待转入地教育局核办"}, None),
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "progress": "已取消"}, "SUSPECTED"),
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "progress": "审核不通过"}, "SUSPECTED"),
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "progress": "状态不明"}, "SUSPECTED"),
    ("deferral_approval", {"approved_on": MONDAY - DAY, "until": MONDAY + 30 * DAY}, None),
    ("deferral_approval", {"approved_on": MONDAY - DAY, "until": MONDAY + 4 * DAY}, None),  # five days of ten are counted
    ("deferral_approval", {"approved_on": MONDAY - DAY, "until": MONDAY + 30 * DAY, "authority": "复州城镇中心小学"}, "SUSPECTED"),
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "completed_on": MONDAY + 2 * DAY, "progress": "已完成"}, None),  # seven days of ten
    ("movement", {"kind": "转学(转出)", "applied_on": MONDAY, "completed_on": MONDAY + DAY, "progress": "已完成"}, "SUSPECTED"),
    ("movement", {"kind": "省内转学", "applied_on": MONDAY, "moved_on": MONDAY + 2 * DAY, "progress": "已完成"}, None),
    ("movement", {"kind": "省内转学", "moved_on": MONDAY, "progress": "已完成"}, "SUSPECTED"),  # the day itself alone
]


@pytest.mark.parametrize(("noun", "values", "kind"), EXCUSES)
async def test_what_excuses_beside_a_slip(city, noun, values, kind):
    child = await absent(city, MONDAY)
    await city.fact(noun, child, source="education.movement", valid=Range(date(2026, 9, 1), None), **values)
    row = await city.one(MONDAY + 9 * DAY)
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize(
    ("back", "on", "kind"),
    [
        (MONDAY - 14 * DAY, MONDAY + 7 * DAY, "SUSPECTED"),  # had come back before the absence
        (MONDAY + 3 * DAY, MONDAY + 9 * DAY, None),  # came back in the middle of it: the seventh day since
        (MONDAY + 3 * DAY, MONDAY + 10 * DAY, "SUSPECTED"),
        (MONDAY + 30 * DAY, MONDAY + 10 * DAY, None),  # not back yet
    ],
)
async def test_a_suspension_excuses_until_the_pupil_is_back(city, back, on, kind):
    child = await absent(city, MONDAY)
    for told in ({"kind": "休学", "moved_on": MONDAY - 60 * DAY, "suspended_until": MONDAY + 100 * DAY}, {"kind": "复学", "moved_on": back}):
        await city.fact("movement", child, source="education.movement", valid=Range(date(2026, 1, 1), None), progress="已完成", **told)
    row = await city.one(on)
    assert (row["kind"] if row else None) == kind


@pytest.mark.parametrize("slip", [{"leave_from": MONDAY, "leave_to": MONDAY + 120 * DAY}, {"excused": True, "leave_to": MONDAY + 120 * DAY}])
@pytest.mark.parametrize(("back", "kind"), [(MONDAY + 14 * DAY, "SUSPECTED"), (None, None)])
async def test_a_slip_excuses_until_the_pupil_is_back(city, slip, back, kind):
    child = await absent(city, MONDAY, returned_on=back, **slip)
    await spell(city, child, MONDAY + 14 * DAY)
    row = await city.one(MONDAY + 21 * DAY)
    assert (row["kind"] if row else None) == kind


DONE = {"progress": "已完成"}


@pytest.mark.parametrize(
    ("move", "known", "on", "kind", "unmarked"),
    [
        ({"kind": "转学(转出)", "moved_on": MONDAY + 7 * DAY, "to_school": 9}, {}, MONDAY + 20 * DAY, None, None),  # seven days before it
        ({"kind": "转学(转出)", "moved_on": MONDAY + 8 * DAY, "to_school": 9}, {}, MONDAY + 20 * DAY, None, "NOT_MARKED"),  # eight: the school had to mark
        ({"kind": "转学(转出)", "moved_on": MONDAY - 35 * DAY, "completed_on": MONDAY + 12 * DAY, "to_school": 9}, {}, MONDAY + 11 * DAY, "SUSPECTED", "NOT_MARKED"),
        ({"kind": "转学(转出)", "moved_on": MONDAY - 35 * DAY, "completed_on": MONDAY + 12 * DAY, "to_school": 9}, {}, MONDAY + 12 * DAY, None, "NOT_MARKED"),
        ({"kind": "转学(转出)", "moved_on": MONDAY + 7 * DAY}, {}, MONDAY + 20 * DAY, "SUSPECTED", "NOT_MARKED"),  # to nowhere
        ({"kind": "转学(转出)", "moved_on": MONDAY + 7 * DAY, "to_school": 9, "progress": "待转入地教育局核办"}, {}, MONDAY + 50 * DAY, "SUSPECTED", "NOT_MARKED"),
        ({"kind": "转学(转出)", "moved_on": MONDAY - DAY, "to_school": 9}, {}, MONDAY + 20 * DAY, "SUSPECTED", "NOT_MARKED"),  # absent here after it
        ({"kind": "出国", "moved_on": MONDAY + 4 * DAY}, {}, MONDAY + 40 * DAY, None, None),
        ({"kind": "省内转学", "moved_on": MONDAY + 4 * DAY, "from_school": 8, "to_school": 5}, {"school": 8}, MONDAY + 25 * DAY, None, None),  # active at the other
        ({"kind": "省内转学", "moved_on": MONDAY + 4 * DAY, "from_school": 5, "to_school": 8}, {}, MONDAY + 25 * DAY, "SUSPECTED", "NOT_MARKED"),  # which has no such pupil
        ({"kind": "省内转学", "moved_on": MONDAY + 4 * DAY, "from_school": 8, "to_school": 5}, {}, MONDAY + 25 * DAY, "SUSPECTED", "NOT_MARKED"),  # absent where it led
        ({"kind": "出国", "moved_on": MONDAY + 4 * DAY}, {"mark": "疑似辍学", "marked_on": MONDAY + 5 * DAY}, MONDAY + 20 * DAY, "SUSPECTED", None),  # marked since
    ],
)  # fmt: skip
async def test_who_has_left_for_another_school_is_absent_no_more(city, move, known, on, kind, unmarked):
    child = await city.registered()
    await city.school(8, "岭东街道中心小学", kind="小学", township="210281003")
    await city.fact("enrolment", child, source="education.student_register", state="在读", grade=3, school=5)
    await city.fact("absence_spell", child, source=BOOK, first_absent_on=MONDAY, valid=Range(MONDAY, None), **{"school": 5, "grade": 3} | known)
    await city.fact("movement", child, source="education.movement", valid=Range(date(2026, 9, 1), None), **DONE | move)
    rows = [await city.one(on, rule) for rule in ("absence_clock", "mark_overdue")]
    assert [row["kind"] if row else None for row in rows] == [kind, unmarked]


@pytest.mark.parametrize(("died_on", "unmarked"), [(MONDAY + 7 * DAY, None), (MONDAY + 8 * DAY, "NOT_MARKED")])
async def test_a_child_who_died_is_absent_until_then(city, died_on, unmarked):
    child = await absent(city, MONDAY)
    await city.connection.execute("update person_resolved set deceased_on = $2 where id = $1", child, died_on)
    rows = [await city.one(MONDAY + 20 * DAY, rule) for rule in ("absence_clock", "mark_overdue")]
    assert [row["kind"] if row else None for row in rows] == [None, unmarked]


async def test_late_data_takes_a_finding_back_and_leaves_a_trace(city):
    child = await absent(city, MONDAY)
    assert await city.found(MONDAY + 8 * DAY) == {child: "SUSPECTED"}
    await city.connection.execute("update absence_spell set leave_from = $1, leave_to = $2, slip_registered_on = $3", MONDAY, MONDAY + 20 * DAY, MONDAY + 9 * DAY)
    assert await city.found(MONDAY + 9 * DAY) == {}
    row = await city.connection.fetchrow("select * from finding where rule = 'absence_clock'")
    assert (row["status"], row["opened_on"], row["contradicted_on"]) == ("待核查", MONDAY + 8 * DAY, MONDAY + 9 * DAY)
    assert await city.connection.fetchval("select count(*) from finding_history where rule = 'absence_clock' and contradicted_on is null") == 1
    assert await city.found(date(2026, 10, 20)) == {child: "SUSPECTED"}  # the slip is over, the pupil is still away
    assert await city.connection.fetchval("select count(*) from finding where rule = 'absence_clock'") == 1


async def test_two_absences_are_two_findings_and_the_one_grows(city):
    child = await absent(city, MONDAY, returned_on=MONDAY + 20 * DAY)
    await spell(city, child, MONDAY + 21 * DAY)
    await city.found(MONDAY + 10 * DAY)
    await city.found(MONDAY + 50 * DAY)
    rows = await city.connection.fetch("select kind, contradicted_on is null as stands from finding where rule = 'absence_clock' order by 1")
    assert [tuple(row) for row in rows] == [("DROPOUT", True), ("SUSPECTED", False)]


@pytest.mark.parametrize(
    ("on", "known", "fault"),
    [
        (MONDAY + 10 * DAY, {}, None),  # suspected on the 14th: three days to mark it
        (MONDAY + 11 * DAY, {}, "NOT_MARKED"),
        (MONDAY + 11 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 10 * DAY}, None),
        (MONDAY + 11 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 11 * DAY}, "MARKED_LATE"),
        (MONDAY + 30 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 8 * DAY}, None),
        (MONDAY + 31 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 8 * DAY}, "NOT_MARKED_DROPOUT"),
        (MONDAY + 31 * DAY, {"mark": "辍学", "marked_on": MONDAY + 30 * DAY}, None),
        (MONDAY + 31 * DAY, {"mark": "状态不明", "marked_on": MONDAY + 8 * DAY}, None),
        (MONDAY + 31 * DAY, {"mark": "状态不明"}, None),
        (MONDAY + 20 * DAY, {"returned_on": MONDAY + 13 * DAY, "closed_on": MONDAY + 13 * DAY}, "NOT_MARKED"),  # back, and never marked
    ],
)
async def test_a_mark_is_due_within_three_days(city, on, known, fault):
    await absent(city, MONDAY, **known)
    row = await city.one(on, "mark_overdue")
    assert (row["kind"] if row else None) == fault


@pytest.mark.parametrize(
    ("on", "known", "moves", "fault"),
    [
        (MONDAY + 11 * DAY, {}, [("疑似辍学标注", MONDAY + 10 * DAY)], None),
        (MONDAY + 11 * DAY, {}, [("疑似辍学标注", MONDAY + 11 * DAY)], "MARKED_LATE"),
        (MONDAY + 11 * DAY, {}, [("疑似辍学标注", MONDAY - DAY)], "NOT_MARKED"),  # of an earlier absence
        (MONDAY + 11 * DAY, {}, [("疑似辍学标注", MONDAY + 12 * DAY)], "NOT_MARKED"),
        (MONDAY + 31 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 8 * DAY}, [("辍学标注", MONDAY + 30 * DAY)], None),
        (MONDAY + 31 * DAY, {"mark": "疑似辍学", "marked_on": MONDAY + 8 * DAY}, [("疑似辍学标注", MONDAY + 9 * DAY)], "NOT_MARKED_DROPOUT"),
        (MONDAY + 31 * DAY, {"mark": "辍学", "marked_on": MONDAY + 30 * DAY}, [("疑似辍学标注", MONDAY + 8 * DAY)], None),
    ],
)
async def test_a_mark_among_the_movements_is_a_mark(city, on, known, moves, fault):
    child = await absent(city, MONDAY, **known)
    for kind, moved_on in moves:
        await city.fact("movement", child, source="education.movement", kind=kind, moved_on=moved_on, progress="已完成", valid=Range(date(2026, 9, 1), None))
    row = await city.one(on, "mark_overdue")
    assert (row["kind"] if row else None) == fault


@pytest.mark.parametrize(
    ("on", "known", "kind"),
    [
        (date(2026, 10, 16), {}, None),  # marked on Tuesday 13: the third working day is Friday 16
        (date(2026, 10, 17), {}, None),
        (date(2026, 10, 19), {}, "NO_REPORT"),
        (date(2026, 10, 19), {"reported_to_bureau_on": date(2026, 10, 14)}, "NOT_TO_TOWNSHIP"),
        (date(2026, 10, 19), {"reported_to_township_on": date(2026, 10, 19)}, "NOT_TO_BUREAU"),
        (date(2026, 10, 19), {"reported_to_township_on": date(2026, 10, 20)}, "NO_REPORT"),  # tomorrow's delivery is none yet
        (date(2026, 10, 19), {"reported_to_bureau_on": date(2026, 10, 14), "reported_to_township_on": date(2026, 10, 14)}, None),
        (date(2026, 10, 19), {"returned_on": date(2026, 10, 19)}, None),
        (date(2026, 10, 19), {"returned_on": date(2026, 10, 12)}, "NO_REPORT"),  # before it was marked
        (date(2026, 10, 13), {"marked_on": None}, "NO_REPORT"),  # no day is told: none is left
        (date(2026, 10, 13), {"marked_on": None, "reported_to_bureau_on": date(2026, 10, 13), "reported_to_township_on": date(2026, 10, 13)}, None),
    ],
)
async def test_the_written_report_reaches_both(city, on, known, kind):
    await absent(city, date(2026, 9, 7), **{"mark": "辍学", "marked_on": date(2026, 10, 13)} | known)
    row = await city.one(on, "report_undelivered")
    assert (row["kind"] if row else None) == kind


TERM_END = date(2027, 1, 15)  # a Friday: ten working days on is Friday the 29th


@pytest.mark.parametrize(
    ("on", "town", "entry", "known", "kind"),
    [
        (TERM_END - DAY, "210299101", None, {}, None),  # the day before the term ends
        (TERM_END, "210299101", None, {}, "DUE"),
        (TERM_END + 14 * DAY, "210299101", None, {}, "DUE"),
        (TERM_END + 17 * DAY, "210299101", None, {}, "OVERDUE"),  # the eleventh working day
        (TERM_END, "210281101", None, {}, None),  # registered here
        (TERM_END, None, None, {}, None),  # nobody says where: no finding
        (TERM_END, "210299101", {"register_state": "正常"}, {}, None),  # the register here has the child
        (TERM_END, "210299101", {"register_state": "迁出", "cancelled_on": date(2026, 9, 1)}, {}, "DUE"),
        (TERM_END, "210299101", None, {"marked_on": TERM_END}, "DUE"),
        (TERM_END, "210299101", None, {"marked_on": None}, "DUE"),
        (TERM_END + DAY, "210299101", None, {"marked_on": TERM_END + DAY}, None),  # marked in the vacation: the next term's
        (TERM_END + DAY, "210299101", None, {"returned_on": TERM_END + DAY}, None),
        (TERM_END, "210299101", None, {"mark": "疑似辍学"}, None),
    ],
)  # fmt: skip
async def test_the_file_of_a_dropout_registered_elsewhere_goes_there_at_the_end_of_term(city, on, town, entry, known, kind):
    for start, end in ((date(2026, 9, 1), TERM_END), (date(2027, 3, 1), date(2027, 7, 10))):
        await period(city, "学期", start, end)
    await city.connection.execute("update delivery set as_of = $1", on - DAY)
    child = await city.someone(date(2015, 5, 3))
    await city.connection.execute("update person_resolved set hukou_township = $2 where id = $1", child, town)
    if entry:
        await city.fact("hukou_registration", child, **entry)
    await spell(city, child, date(2026, 11, 2), **{"mark": "辍学", "marked_on": date(2026, 12, 1)} | known)
    row = await city.one(on, "file_not_transferred")
    assert (row["kind"] if row else None) == kind


async def test_the_file_of_a_child_with_a_residence_permit_goes_too(city):
    await period(city, "学期", date(2026, 9, 1), TERM_END)
    await city.connection.execute("update delivery set as_of = $1", TERM_END)
    child = await city.someone(date(2015, 5, 3))
    await city.fact("residence_permit", child, source="public_security.residence_permit")
    await spell(city, child, date(2026, 11, 2), mark="辍学", marked_on=date(2026, 12, 1))
    assert (await city.one(TERM_END, "file_not_transferred"))["kind"] == "DUE"


def counted(since: date, on: date, pauses, leaves, back: date | None, *, school_days: bool) -> int:
    """Day by day, as one would on a wall calendar."""
    day, n, begun = since, 0, False
    last = min(on, back - DAY) if back else on
    while day <= last:
        off = any(a <= day <= b for a, b in pauses) or any(a <= day <= b for a, b in leaves)
        if not off:
            begun = begun or day.weekday() < 5
            n += begun and (day.weekday() < 5 or not school_days)
        day += DAY
    return n


async def test_two_hundred_calendars(city):
    """Drawn absences with holidays, slips, back-dated slips, transfers and returns, on drawn days."""
    chance = random.Random(20260901)
    on = date(2027, 3, 20)
    pauses = [(date(2026, 10, 1), date(2026, 10, 7)), (date(2027, 1, 1), date(2027, 1, 3)), (date(2027, 1, 17), date(2027, 2, 28))]
    for place, (starts, ends) in enumerate(pauses):
        await period(city, ("法定节假日", "法定节假日", "寒假")[place], starts, ends)
    wanted: dict[int, tuple[int, str | None]] = {}
    for _ in range(200):
        since = date(2026, 9, 1) + chance.randrange(200) * DAY if chance.random() < 0.5 else on - chance.randrange(80) * DAY
        leaves, known = [], {}
        back = since + chance.randrange(1, 60) * DAY if chance.random() < 0.2 else None
        if chance.random() < 0.5:
            begin = since + chance.randrange(-2, 25) * DAY
            leave = (begin, begin + chance.randrange(30) * DAY)
            registered = chance.choice((None, begin, on, on + DAY))  # back-dated up to today; tomorrow's is not known yet
            known = {"leave_from": leave[0], "leave_to": leave[1], "slip_registered_on": registered}
            leaves += [leave] if registered is None or registered <= on else []
        child = await absent(city, since, returned_on=back, **known)
        match chance.randrange(6):
            case 0:
                until = on - chance.randrange(40) * DAY
                await city.fact("movement", child, kind="休学", moved_on=until - 20 * DAY, suspended_until=until, progress="已完成")
                leaves.append((until - 20 * DAY, until))
            case 1:
                applied = on - chance.randrange(1, 15) * DAY
                await city.fact("movement", child, kind="转学(转出)", applied_on=applied, progress="待转入地教育局核办")
                leaves.append((applied, on))
        days = counted(since, on, pauses, leaves, back, school_days=False)
        running = not back or back > on
        wanted[child] = days, ("DROPOUT" if days >= 28 else "SUSPECTED" if days > 7 else None) if running else None
    await city.connection.execute("update delivery set as_of = $1", on)
    found = await city.found(on)
    assert {child: found.get(child) for child in wanted} == {child: kind for child, (_, kind) in wanted.items()}
    assert {kind for _, kind in wanted.values()} == {None, "SUSPECTED", "DROPOUT"}
    told = dict(await city.connection.fetch("select person, substring(evidence::text from '计 (\\d+) 天')::int from finding where rule = 'absence_clock'"))
    assert all(told[child] == days for child, (days, kind) in wanted.items() if kind)


async def test_the_other_reading_counts_school_days(city, monkeypatch):
    """absenceDayMode = SCHOOLDAY: more than five, and twenty."""
    from dataclasses import replace

    import hub.steps.check as check

    word = check.DEFINITIONS["absence"]
    mode = replace(word.parameters["absence_day_mode"], default="SCHOOLDAY")
    monkeypatch.setitem(check.DEFINITIONS, "absence", replace(word, parameters={**word.parameters, "absence_day_mode": mode}))
    child = await absent(city, MONDAY)
    for on, kind in ((MONDAY + 6 * DAY, None), (MONDAY + 7 * DAY, "SUSPECTED"), (MONDAY + 24 * DAY, "SUSPECTED"), (MONDAY + 25 * DAY, "DROPOUT")):
        assert counted(MONDAY, on, [], [], None, school_days=True) == {6: 5, 7: 6, 24: 19, 25: 20}[(on - MONDAY).days]
        assert (await city.found(on)).get(child) == kind, on


@pytest.mark.parametrize("code", ["04", "07"])
async def test_a_suspected_dropout_who_becomes_one_after_it_was_concluded_is_looked_into_again(city, code):
    """A-62 is another fact than A-61; while it is the same, the conclusion stands."""
    await absent(city, date(2026, 9, 1))
    (found,) = await city._standing(date(2026, 9, 20), "absence_clock")
    await city.connection.execute("update finding set status = '销号', conclusion = $1, concluded_on = $2", code, date(2026, 9, 21))
    for on, status, kind, again in ((date(2026, 9, 27), "销号", "SUSPECTED", 0), (date(2026, 9, 28), "待核查", "DROPOUT", 1), (date(2026, 9, 29), "待核查", "DROPOUT", 1)):
        (told,) = await city._standing(on, "absence_clock")
        assert (told["id"], told["status"], told["kind"], told["reopened"]) == (found["id"], status, kind, again)
    await city.connection.execute("update finding set status = '销号', conclusion = $1, concluded_on = $2", code, date(2026, 9, 29))
    (told,) = await city._standing(date(2026, 10, 20), "absence_clock")
    assert told["status"] == "销号", "who looked into the dropout has told of it"
