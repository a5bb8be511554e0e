"""Indicators: their lists, the boundary days, townships that sum to the city, and a frozen value that comes again."""

import os
import random
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest
from asyncpg import Range

from hub.casework.conclusions import record_conclusion
from hub.rules.frozen import freeze, frozen, measured_again
from hub.rules.indicators import INDICATORS, Share, closing_days, corrections_answered, measure, short_of
from hub.storage.publishing import publishing
from tests import processes
from tests.flow import DIVISION
from tests.queries.random_data import PUBLICATIONS, TODAY, fill_at_random
from tests.rules.city import ON

DAY = timedelta(days=1)
BY_NAME = {one.name: one for one in INDICATORS}
STUDENTS = "education.student_register"


@pytest.fixture
def rule():
    return "unenrolled_disabled"


async def told(city, name: str, on: date = ON, known: int | None = None):
    known = known or await city.connection.fetchval("select max(no) from publication")
    return await measure(city.connection, DIVISION, BY_NAME[name], on=on, known=known)


async def pupil(city, *, town: str = "210281101", disabled: bool = False, **place) -> int:
    child = await city.someone(date(2015, 5, 3), township=town)
    await city.fact("hukou_registration", child, register_state="正常")
    if disabled:
        await city.fact("certificate", child, category="智力残疾", level="二级", state="正常")
    if place:
        await city.fact("enrolment", child, source=STUDENTS, **{"school": 5, "grade": 5, "state": "在读", "valid": Range(date(2026, 9, 1), None)} | place)
    return child


async def test_enrolment_counts_children_by_their_conclusion_and_a_suspended_pupil_is_not_enrolled(city):
    here, away = await pupil(city, grade=5), await pupil(city, town="210281102")
    suspended = await pupil(city, state="休学", town="210281102")
    dead = await pupil(city)
    await city.fact("hukou_registration", dead, deceased_on=ON)
    await city.check()
    found = await told(city, "enrolment")
    assert set(found.city.below_list) == {here, away, suspended} and found.city.above_list == (here,)
    assert found.city.percent == Decimal("33.33")
    assert {place: (one.above, one.below) for place, one in found.townships.items()} == {"210281101": (1, 1), "210281102": (0, 2)}


async def test_disabled_children_and_their_placements(city):
    kinds = ["普通学校随班就读", "普通学校特教班", "特殊教育学校", "福利机构特教办学点", "送教上门"]
    children = [await pupil(city, disabled=True, placement=one) for one in kinds]
    out, _ = await pupil(city, disabled=True), await pupil(city, grade=5)
    await city.check()
    found = await told(city, "enrolment_disabled")
    assert set(found.city.below_list) == {*children, out} and set(found.city.above_list) == set(children)
    shares = {name: (await told(city, f"placed_{name}")).city for name in ("inclusive", "special_class", "special_school", "at_home", "remote")}
    assert [(one.above, one.below) for one in shares.values()] == [(1, 5), (1, 5), (2, 5), (1, 5), (0, 5)]


@pytest.mark.parametrize(("marked", "counted"), [(date(2026, 8, 31), 0), (date(2026, 9, 1), 1), (ON, 1), (ON + DAY, 0)])
async def test_new_dropouts_of_the_school_year_by_their_day(city, marked, counted):
    child = await pupil(city, grade=5)
    await pupil(city, grade=5)
    late = await pupil(city, grade=5, valid=Range(date(2026, 9, 2), None))  # not there on the first day
    for one in (child, late):
        await city.fact("absence_spell", one, source=STUDENTS, mark="辍学", marked_on=marked)
    await city.check()
    found = (await told(city, "dropout")).city
    assert (found.above, found.below) == (counted, 2)


@pytest.mark.parametrize(("absent", "counted"), [(date(2026, 8, 31), 0), (date(2026, 9, 1), 1)])
async def test_a_mark_without_a_day_counts_by_the_absence(city, absent, counted):
    await city.fact("absence_spell", await pupil(city, grade=5), source=STUDENTS, mark="辍学", first_absent_on=absent)
    await city.check()
    found = (await told(city, "dropout")).city
    assert (found.above, found.below) == (counted, 1)


async def test_where_no_list_speaks_for_the_first_day_the_first_after_it_does(city):
    first = Range(date(2026, 9, 30), None)
    child, _ = await pupil(city, grade=5, valid=first), await pupil(city, grade=5, valid=first)
    await pupil(city, grade=5, valid=Range(date(2026, 10, 31), None))
    await city.fact("absence_spell", child, source=STUDENTS, mark="辍学", marked_on=date(2026, 10, 9))
    await city.check()
    found = (await told(city, "dropout")).city
    assert (found.above, found.below) == (1, 2)


async def test_retention_is_told_by_the_township_of_the_school(city):
    for grade, year, told_ in ((1, "2017-2018", {"entered": 40}), (9, "2025-2026", {"graduated": 38})):
        await city.fact("cohort_count", None, source="education.cohort_count", school=5, grade=grade, school_year=year, **told_)
        await city.fact("cohort_count", None, source="education.cohort_count", school=6, grade=grade, school_year=year, **told_)
    await city.check()
    found = await told(city, "retention_raw")
    assert {place: (one.above, one.below) for place, one in found.townships.items()} == {"210281101": (38, 40), "": (38, 40)}


@pytest.mark.parametrize(("visited", "counted"), [(ON - 92 * DAY, 0), (ON - 91 * DAY, 1), (ON, 1), (ON + DAY, 1), (None, 1)])
async def test_a_left_behind_file_is_kept_by_the_quarter(city, visited, counted):
    """Where no visit is told, or one that is to come, the file changed on 30 September."""
    await city.fact("left_behind_file", await pupil(city), source="civil_affairs.left_behind", visited_on=visited)
    await city.check()
    found = (await told(city, "quarterly_update")).city
    assert (found.above, found.below) == (counted, 1)


async def test_retention_raw_and_adjusted_by_the_cohort_alone(city):
    async def count(year: int, grade: int, school: int = 5, **numbers: int) -> None:
        await city.fact("cohort_count", None, source="education.cohorts", school=school, school_year=f"{year}-{year + 1}", grade=grade, **numbers)

    await city.connection.execute("update school set township = case id when 5 then '210281101' else '210281102' end where id in (5, 6)")
    await count(2017, 1, entered=100, transferred_in=3)  # Y = 2026: entered in September 2017, graduated in summer 2026
    await count(2020, 4, transferred_in=4, transferred_out=10, died=1)
    await count(2025, 9, school=6, graduated=90, transferred_out=1)
    await count(2016, 1, entered=1000)  # the cohorts beside it
    await count(2018, 1, entered=1000)
    await count(2024, 9, graduated=1000)
    await count(2026, 9, graduated=1000)
    await count(2021, 4, transferred_in=1000)
    await city.check()
    raw, adjusted = (await told(city, "retention_raw", ON)), (await told(city, "retention_adjusted", ON))
    assert (raw.city.above, raw.city.below, raw.city.percent) == (90, 100, Decimal("90.00"))
    assert (adjusted.city.above, adjusted.city.below, adjusted.city.percent) == (90, 95, Decimal("94.74"))
    assert raw.townships["210281102"].percent is None and sum(one.above for one in raw.townships.values()) == 90


async def test_three_years_of_junior_middle_school(city):
    async def count(year: int, grade: int, **numbers: int) -> None:
        await city.fact("cohort_count", None, source="education.cohorts", school=5, school_year=f"{year}-{year + 1}", grade=grade, **numbers)

    await city.connection.execute("update school set township = '210281101' where id = 5")
    await count(2023, 7, entered=40)
    await count(2024, 8, transferred_in=3, transferred_out=1)
    await count(2025, 9, graduated=36)
    await count(2022, 7, entered=1000)  # the cohort before, and a sixth grade that is none of it
    await count(2022, 6, transferred_in=1000)
    await city.check()
    raw, adjusted = (await told(city, "retention3_raw")).city, (await told(city, "retention3_adjusted")).city
    assert (raw.above, raw.below) == (36, 40) and (adjusted.above, adjusted.below) == (36, 42)


@pytest.mark.parametrize(("marked", "counted"), [(date(2026, 9, 14), 0), (date(2026, 9, 15), 1), (ON, 1), (ON + DAY, 0)])
async def test_new_dropouts_of_the_term_by_the_school_calendar(city, marked, counted):
    for kind, start, end in (("学期", date(2026, 3, 1), date(2026, 7, 10)), ("学期", date(2026, 9, 15), date(2027, 1, 16)), ("学期", date(2027, 3, 1), date(2027, 7, 10)), ("寒假", date(2026, 11, 1), date(2026, 11, 2))):
        await city.fact("calendar_period", None, source="education.school_calendar", kind=kind, starts_on=start, ends_on=end, valid=Range(start, end))
    child = await pupil(city, grade=5)
    await pupil(city, grade=5, valid=Range(date(2026, 9, 16), None))  # not there on the first day of the term
    await city.fact("absence_spell", child, source=STUDENTS, mark="辍学", marked_on=marked)
    await city.check()
    found = (await told(city, "dropout_term")).city
    assert (found.above, found.below) == (counted, 1)


@pytest.mark.parametrize(
    ("bureau", "township", "on", "counted"),
    [
        (date(2026, 11, 5), date(2026, 11, 5), ON, (0, 1)),  # marked on Monday the 2nd: Tuesday, Wednesday, Thursday
        (date(2026, 11, 5), date(2026, 11, 6), ON, (1, 1)),
        (date(2026, 11, 5), None, date(2026, 11, 5), (0, 0)),  # not served on both and not late yet
        (date(2026, 11, 5), None, date(2026, 11, 6), (1, 1)),
        (None, date(2026, 11, 3), date(2026, 11, 9), (1, 1)),
        (date(2026, 11, 9), date(2026, 11, 9), date(2026, 11, 4), (0, 0)),
    ],
)
async def test_late_reports_by_working_day(city, bureau, township, on, counted):
    child = await pupil(city, grade=5)
    await city.fact("absence_spell", child, source=STUDENTS, mark="辍学", marked_on=date(2026, 11, 2), reported_to_bureau_on=bureau, reported_to_township_on=township)
    await city.fact("absence_spell", child, source=STUDENTS, mark="疑似辍学", marked_on=date(2026, 11, 2))
    await city.check()
    found = (await told(city, "late_report", on)).city
    assert (found.above, found.below) == counted
    holiday = date(2026, 11, 3)
    await city.fact("calendar_period", None, source="education.school_calendar", kind="法定节假日", starts_on=holiday, ends_on=holiday, valid=Range(date(2026, 11, 3), date(2026, 11, 4)))
    if (bureau, township) == (date(2026, 11, 5), date(2026, 11, 6)):  # a day longer to report
        assert (await told(city, "late_report", on)).city.above == 0


@pytest.mark.parametrize(("due", "answered", "counted"), [(ON, ON, (1, 1)), (ON - DAY, ON, (0, 1)), (ON, None, None), (ON - DAY, None, (0, 1)), (ON + DAY, ON + DAY, None)])
async def test_corrections_answered_in_time_by_department(city, due, answered, counted):
    await city.connection.execute(
        """insert into correction (division, id, publication, source, owner, item, statement, opened_by, department, opened_on, due_on, state, answered_on)
           values ($1, 1, 1, 'civil_affairs.x', 'civil_affairs', 'i', 's', '甲', 'education', $2, $3, 'OPEN', $4)""",
        DIVISION, date(2026, 11, 1), due, answered,
    )  # fmt: skip
    found = await corrections_answered(city.connection, DIVISION, on=ON)
    assert {owner: (one.above, one.below) for owner, one in found.items()} == ({"civil_affairs": counted} if counted else {})


async def test_frozen_values_come_again_to_the_byte_whatever_happens_later(city, database):
    children = [await pupil(city, grade=5, town=town) for town in ("210281101", "210281102", "210281102")]
    await pupil(city)
    await city.check()
    async with publishing(city.connection, division=DIVISION, kind="freeze", by="t", business_date=ON) as publication:
        kept = await freeze(publication, ON)
    assert {one.name for one in kept} == set(BY_NAME) and [(one.above, one.below) for one in kept if (one.name, one.township) == ("enrolment", "*")] == [(3, 4)]
    new = await pupil(city, grade=5)
    for table, column in (("enrolment", "person"), ("hukou_registration", "person"), ("person_resolved", "id")):
        await city.connection.execute(f"update {table} set known_from = 9 where {column} = $1", new)
    await city.connection.execute("update enrolment set known_from = 9, valid = '[2026-09-01,2026-09-02)' where person = $1", children[0])
    await city.connection.execute(
        """insert into enrolment_history (division, id, source, record, hash, mention, person, valid, school, grade, state, known)
           select division, id, source, record, hash, mention, person, '[2026-09-01,)', school, grade, state, '[1,9)' from enrolment where person = $1""", children[0],
    )  # fmt: skip
    await city.check(ON + DAY)
    stored = await frozen(city.connection, DIVISION, publication.no)
    assert stored == kept and await measured_again(city.connection, DIVISION, stored) == []
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await city.connection.execute("update frozen_indicator set above = 0")
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("update register_entry_history set conclusion = '在校' where conclusion <> '在校'; update register_entry set conclusion = '在校', known_from = 1")
    await admin.close()
    assert "enrolment" in {one.name for one in await measured_again(city.connection, DIVISION, stored)}
    assert await frozen(city.connection, DIVISION, 999) == []


@pytest.mark.parametrize(("above", "below", "short"), [(975, 1000, 0), (974, 1000, 1), (38, 40, 1), (40, 40, 0), (0, 0, None)])
def test_how_many_are_short_of_the_target(above, below, short):
    assert short_of(BY_NAME["retention_raw"].target, Share(above, below, (), ())) == short
    assert short_of(BY_NAME["enrolment"].target, Share(above, below, (), ())) is None


async def test_plans_cover_whom_somebody_has_in_hand_and_who_lacks_nothing(city):
    """Of the priority groups: a pupil of the federation's list, one whom a subsidy is due, a left-behind child in no school, and a dead one; others are not asked about."""
    covered, lacking, out = await pupil(city, disabled=True, grade=5), await pupil(city, disabled=True, grade=5), await pupil(city)
    await city.fact("left_behind_file", out, source="civil_affairs.left_behind", visited_on=ON)
    poor, ended, prisoners = await pupil(city, grade=5), await pupil(city, grade=5), await pupil(city, grade=5)
    await city.fact("assistance", poor, source="civil_affairs.minimum_living_allowance", programme="F01", state="在保")
    await city.fact("assistance", ended, source="civil_affairs.minimum_living_allowance", programme="F01", state="停保")
    await city.fact("parent_situation", prisoners, source="justice.prisoners_children", parent_role="父亲", situation="服刑在押")
    await pupil(city, grade=5)

    async def judge(children):
        return [(lacking, "F08", "DUE", "")]

    city.judge = judge
    await city.check()
    found = (await told(city, "plan_coverage")).city
    assert set(found.below_list) == {covered, lacking, out, poor, prisoners} and set(found.above_list) == {covered, poor, prisoners}
    gap = await city.connection.fetchval("select id from finding where rule = 'entitlement_gap'")
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        await record_conclusion(publication, finding=gap, code="99", by="甲", department="civil_affairs", note="已发放", document="发放凭证")
    assert lacking in (await told(city, "plan_coverage")).city.above_list


async def test_closing_rate_and_days_are_frozen_by_publication(city):
    await pupil(city, disabled=True)
    await pupil(city, disabled=True, town="210281102")
    await city.check()
    frozen = await city.connection.fetchval("select max(no) from publication")
    before = await told(city, "closing", ON + 5 * DAY, frozen)
    finding = await city.connection.fetchval("select id from finding where rule = 'unenrolled_disabled' order by township limit 1")
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON + 4 * DAY) as publication:
        await record_conclusion(publication, finding=finding, code="04", by="甲", department="education", note=None, document="在读证明 1 号")
    assert await told(city, "closing", ON + 5 * DAY, frozen) == before and before.city.above == 0
    after = await told(city, "closing", ON + 5 * DAY)
    assert after.city.above_list == (finding,) and after.city.below == before.city.below
    assert await closing_days(city.connection, DIVISION, on=ON + 5 * DAY, known=publication.no) == {"*": 4.0, "210281101": 4.0}
    assert await closing_days(city.connection, DIVISION, on=ON + 5 * DAY, known=frozen) == {}
    assert (await told(city, "closing", ON + 3 * DAY)).city.above == 0  # the day before


@pytest.mark.parametrize("seed", range(3))
async def test_townships_sum_to_the_city_over_random_data(database, seed):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(connection, random.Random(seed))
    some = 0
    for one in INDICATORS:
        for known in range(1, PUBLICATIONS + 1):
            found = await measure(connection, DIVISION, one, on=TODAY, known=known)
            assert sum(share.above for share in found.townships.values()) == found.city.above
            assert sum(share.below for share in found.townships.values()) == found.city.below
            assert set(found.city.above_list) <= set(found.city.below_list) or one.name.startswith("retention")
            some += found.city.below
    assert some
    await connection.close()


async def test_the_verb_prints_townships_and_writes_the_list(city, database, tmp_path):
    await pupil(city, grade=5)
    await pupil(city)
    await city.check()
    environ = {**os.environ, **database.environ(HUB_BUSINESS_DATE=ON.isoformat())}

    def verb(*more: str):
        return processes.verb("rules", "indicators", *more, env=environ)

    done = verb("--only", "enrolment", "--out", str(tmp_path / "x.csv"))
    assert done.returncode == 0 and "50.00" in done.stdout and "210281101" in done.stdout, done.stderr
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 3 and (tmp_path / "x.csv").stat().st_mode & 0o77 == 0
    assert "there is no publication 99" in verb("--as-known-at", "99").stderr
    assert "--only names one of" in verb("--only", "nothing").stderr
