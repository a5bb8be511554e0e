"""Indicators: their lists, the boundary days, townships that sum to the city, and a frozen value that comes again."""

import os
import random
from datetime import date, timedelta
from decimal import Decimal

import asyncpg
import pytest
from asyncpg import Range

from hub.casework.conclusions import record_conclusion
from hub.rules.indicators import INDICATORS, closing_days, measure
from hub.storage.publishing import publishing
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


@pytest.mark.parametrize(("visited", "counted"), [(ON - 92 * DAY, 0), (ON - 91 * DAY, 1), (ON, 1), (ON + DAY, 0), (None, 0)])
async def test_a_left_behind_file_is_kept_by_the_quarter(city, visited, counted):
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


async def test_closing_rate_and_days_are_frozen_by_publication(city):
    await pupil(city, disabled=True)
    await pupil(city, disabled=True, town="210281102")
    await city.check()
    frozen = await city.connection.fetchval("select max(no) from publication")
    before = await told(city, "closing", ON + 5 * DAY, frozen)
    finding = await city.connection.fetchval("select id from finding where rule = 'unenrolled_disabled' order by township limit 1")
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON + 4 * DAY) as publication:
        await record_conclusion(publication, finding=finding, code="01", by="甲", department="education", note=None, document=None)
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
    import subprocess
    import sys

    await pupil(city, grade=5)
    await pupil(city)
    await city.check()
    environ = {**os.environ, **database.environ(HUB_BUSINESS_DATE=ON.isoformat())}

    def verb(*more: str):
        return subprocess.run([sys.executable, "-m", "hub.cli", "rules", "indicators", *more], env=environ, capture_output=True, text=True)

    done = verb("--only", "enrolment", "--out", str(tmp_path / "x.csv"))
    assert done.returncode == 0 and "50.00" in done.stdout and "210281101" in done.stdout, done.stderr
    assert len((tmp_path / "x.csv").read_text().splitlines()) == 3 and (tmp_path / "x.csv").stat().st_mode & 0o77 == 0
    assert "there is no publication 99" in verb("--as-known-at", "99").stderr
    assert "--only names one of" in verb("--only", "nothing").stderr
