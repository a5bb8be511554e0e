"""The register of compulsory age: everybody has a conclusion; whom nobody has in hand is a blind spot, by an independent count."""

import csv
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest
from asyncpg import Range

from hub.casework.conclusions import record_conclusion
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.rules.city import ON, REF

DAY = timedelta(days=1)
STUDENTS = "education.student_register"


@pytest.fixture
def rule():
    return "unenrolled"


CASES = [
    # facts, conclusion, who has it in hand
    ([], "失学", ""),
    ([("enrolment", {"state": "在读", "grade": 5, "school": 5})], "在校", "SCHOOL"),
    ([("enrolment", {"state": "休学", "grade": 5, "school": 5})], "休学", "SCHOOL"),
    ([("enrolment", {"state": "在读", "grade": 5, "school": 5, "placement": "送教上门"})], "送教上门", "SCHOOL"),
    ([("enrolment", {"state": "在读", "grade": 5, "school": 5, "placement": "特殊教育学校"})], "在校(特教)", "SCHOOL"),
    ([("enrolment", {"state": "流失", "grade": 5, "school": 5})], "失学(学籍非在读)", ""),
    ([("enrolment", {"state": "在读", "grade": 5, "school": 5}), ("absence_spell", {"mark": "辍学", "marked_on": ON})], "辍学", "CASE"),
    ([("enrolment", {"state": "在读", "grade": 5, "school": 5}), ("absence_spell", {"mark": "辍学", "marked_on": ON, "returned_on": ON})], "在校", "SCHOOL"),
    ([("absence_spell", {"first_absent_on": ON})], "失学", "CASE"),  # in the ledger: somebody goes after it
    ([("movement", {"kind": "转学(转出)", "moved_on": date(2026, 8, 1), "to_school": 9, "progress": "已完成"})], "市外或境外就读", "SCHOOL"),
    ([("deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON})], "延缓入学、休学或评估(已批准)", "PLAN"),
    ([("deferral_approval", {"approved_on": date(2026, 8, 20), "until": ON - DAY})], "失学", ""),
    ([("hukou_registration", {"deceased_on": ON})], "死亡", "GONE"),
]


@pytest.mark.parametrize(("facts", "conclusion", "owner"), CASES)
async def test_one_conclusion_each(city, facts, conclusion, owner):
    child = await city.registered()
    for noun, told in facts:
        await city.fact(noun, child, source=STUDENTS, **told)
    await city.check()
    row = await city.connection.fetchrow("select * from register_entry where person = $1", child)
    assert (row["conclusion"], row["owner"], row["local"], row["age"], row["certain"]) == (conclusion, owner, True, 11, True)


@pytest.mark.parametrize(
    ("born", "age"), [(date(2020, 9, 1), None), (date(2020, 8, 31), 6), (date(2010, 9, 1), 15), (date(2010, 8, 31), None)]
)
async def test_who_is_of_that_age(city, born, age):
    child = await city.registered(born)
    await city.check()
    assert await city.connection.fetchval("select age from register_entry where person = $1", child) == age


@pytest.mark.parametrize(("on", "conclusion"), [(date(2026, 9, 30), "待登记"), (date(2026, 10, 1), "失学")])
async def test_six_year_olds_in_september(city, on, conclusion):
    child = await city.registered(date(2020, 3, 1))
    await city.connection.execute("update delivery set as_of = $1", on)
    await city.check(on)
    assert await city.connection.fetchval("select conclusion from register_entry where person = $1", child) == conclusion


async def test_the_end_of_grade_nine(city):
    child = await city.registered(date(2011, 3, 1))
    await city.fact("graduation", child, source=STUDENTS, grade=9, graduated_on=date(2026, 6, 28))
    await city.check()
    assert tuple(await city.connection.fetchrow("select conclusion, owner from register_entry where person = $1", child)) == ("已完成义务教育", "GONE")


async def test_a_child_of_nowhere_is_a_blind_spot(city):
    """Known to one list only, registered and living nowhere here: no cross-check looks for it, the blind spots do."""
    child = await city.someone(date(2015, 5, 3), township=None)
    await city.fact("parent_situation", child, source="civil_affairs.child_welfare", situation="失联")
    assert child not in await city.found()
    assert tuple(await city.connection.fetchrow("select local, conclusion, owner from register_entry where person = $1", child)) == (False, "失学", "")


async def test_a_conclusion_takes_a_child_out_of_the_blind_spots(city):
    child = await city.registered()
    await city.check()
    assert await city.connection.fetchval("select owner from register_entry where person = $1", child) == ""
    finding = await city.connection.fetchval("select id from finding where rule = 'unenrolled'")
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="甲", business_date=ON) as publication:
        await record_conclusion(publication, finding=finding, code="15", by="甲", department="education", note=None, document=None)
    await city.check(everybody=False)
    assert await city.connection.fetchval("select owner from register_entry where person = $1", child) == "CASE"
    assert await city.connection.fetchval("select count(*) from register_entry_history where owner = ''") == 1


async def test_a_concluded_case_has_nobody_in_hand_but_who_is_elsewhere_done_gone_or_exempt(city):
    owners = dict.fromkeys(("01", "16", "09", "13", "99"), "") | dict.fromkeys(("04", "05", "06", "07", "08", "10", "11", "12", "14"), "CASE")
    codes = {await city.registered(): code for code in owners}
    await city.check()
    findings = {row["person"]: row["id"] for row in await city.connection.fetch("select person, id from finding where rule = 'unenrolled'")}
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="甲", business_date=ON) as publication:
        for child, code in codes.items():
            await record_conclusion(publication, finding=findings[child], code=code, by="甲", department="education", note="说明", document="文 1 号")
    await city.check(everybody=False)
    assert await city.connection.fetch("select distinct status from finding where rule = 'unenrolled'") == [("销号",)]
    assert {codes[row["person"]]: row["owner"] for row in await city.connection.fetch("select person, owner from register_entry")} == owners
    await city.connection.execute("update finding set school_year = 2025 where rule = 'unenrolled'")  # last year's says nothing of this one
    await city.check()
    assert [tuple(row) for row in await city.connection.fetch("select owner, count(*) from register_entry group by owner")] == [("", len(codes))]


@pytest.mark.parametrize(("code", "days", "status"), [("16", 59, "销号"), ("16", 60, "待核查"), ("01", 60, "待核查"), ("09", 60, "待核查"), ("04", 60, "销号"), ("06", 90, "销号")])
async def test_a_child_said_to_be_at_school_whom_no_register_comes_to_show_is_found_again(city, code, days, status):
    child = await city.registered()
    shown = await city.registered(date(2015, 5, 4))
    await city.check()
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="甲", business_date=ON) as publication:
        for row in await city.connection.fetch("select id from finding where rule = 'unenrolled'"):
            await record_conclusion(publication, finding=row["id"], code=code, by="甲", department="education", note="说明", document="文 1 号")
    await city.fact("enrolment", shown, source=STUDENTS, state="在读", grade=5, school=5, valid=Range(ON + DAY, None))
    await city.connection.execute("update delivery set as_of = $1", ON + days * DAY)
    await city.check(ON + days * DAY)
    told = {row["person"]: row for row in await city.connection.fetch("select * from finding where rule = 'unenrolled'")}
    assert (told[child]["status"], told[child]["reopened"]) == (status, int(status == "待核查"))
    assert (told[shown]["status"], told[shown]["reopened"]) == ("销号", 0)


async def test_blind_spots_are_the_set_difference_of_an_independent_script(city, tmp_path):
    """The tables are written out as CSV; a script that knows nothing of the hub counts with sets."""
    import random

    from tests.rules.test_kept_current import Lives

    lives = Lives(city, 11)
    for _ in range(60):
        await lives.family()
    for _ in range(90):
        await lives.change()
    await city.someone(date(2014, 1, 1), township=None)
    chance = random.Random(3)
    for child in lives.children:
        if chance.random() < 0.1:
            await city.fact("movement", child, source=STUDENTS, kind="毕业", grade=9, moved_on=date(2026, 6, 28))
    await city.check()
    for nth, row in enumerate(await city.connection.fetch("select id from finding where rule ~ 'unenrolled' order by id limit 20")):
        status, code = (("核查中", None), ("销号", "04"), ("销号", "13"), ("销号", "06"))[nth % 4]
        await city.connection.execute("update finding set status = $2, conclusion = $3, concluded_on = case when $3::text is not null then $4::date end where id = $1", row["id"], status, code, ON)
    await city.check()
    counted = await counted_apart(city.connection, tmp_path, ON, REF)
    listed = {row["person"] for row in await city.connection.fetch("select person from register_entry where owner = ''")}
    assert listed == counted and len(listed) > 5


async def counted_apart(connection, folder: Path, on: date, ref: date) -> set[int]:
    """The blind spots by a script that knows nothing of the hub and is given the tables as CSV."""
    for table in ("person_resolved", "hukou_registration", "enrolment", "vocational_enrolment", "movement", "absence_spell", "deferral_approval", "graduation", "finding", "school"):
        rows = await connection.fetch(f"select * from {table}")
        with (folder / f"{table}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(rows[0].keys() if rows else [])
            for row in rows:
                writer.writerow([f"{v.lower}|{v.upper or ''}" if isinstance(v, Range) else "" if v is None else v for v in row.values()])
    told = subprocess.run([sys.executable, str(Path(__file__).with_name("blind_spots.py")), str(folder), on.isoformat(), ref.isoformat()], capture_output=True, text=True, check=True)
    return {int(line) for line in told.stdout.split()}
