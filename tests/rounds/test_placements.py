"""A confirmed disabled child is closed only with a placement and a 学籍号, or an approved exemption (A-68, C.18)."""

from datetime import date, timedelta

import asyncpg
import pytest
from asyncpg import Range

from hub.casework.conclusions import ConclusionRecorded, record_conclusion
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.rules.city import ON, City

DAY = timedelta(days=1)
PLACE = {"state": "在读", "placement": "普通学校随班就读", "student_number_blind": b"1"}


@pytest.fixture
async def city(database):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, "unenrolled_disabled")
    await made.deliver()
    yield made
    await connection.close()


async def concluded(city, finding: int, code: str, *, note: str | None = "说明", document: str | None = "文 1 号") -> str:
    """'' where it was recorded, else why not."""
    async with publishing(city.connection, division=DIVISION, kind="conclusion", by="t", business_date=ON) as publication:
        told = await record_conclusion(publication, finding=finding, code=code, by="甲", department="education", note=note, document=document)
    return "" if isinstance(told, ConclusionRecorded) else told.reason


async def confirmed(city) -> tuple[int, int]:
    child = await city.child()
    finding = (await city.one())["id"]
    assert await concluded(city, finding, "15") == ""
    return child, finding


@pytest.mark.parametrize(
    ("place", "code", "lacks"),
    [
        (None, "16", "学籍号"), (None, "01", "学籍号"), (None, "10", ""), (None, "11", ""), (None, "12", ""), (None, "04", ""),
        (PLACE, "16", ""), (PLACE, "01", ""), (PLACE, "02", "placement"), (PLACE, "03", "placement"),
        (PLACE | {"student_number_blind": None}, "16", "学籍号"), (PLACE | {"placement": None}, "16", "placement"),
        (PLACE | {"placement": "待安置"}, "16", "placement"), (PLACE | {"placement": "非特教"}, "01", "placement"),
        (PLACE | {"placement": "送教上门"}, "03", ""), (PLACE | {"placement": "特殊教育学校"}, "02", ""), (PLACE | {"placement": "远程教育"}, "16", ""),
        (PLACE | {"state": "休学"}, "16", "学籍号"), (PLACE | {"state": "流失"}, "16", "学籍号"), (PLACE | {"state": None}, "16", ""),
        (PLACE | {"valid": Range(date(2026, 9, 1), ON)}, "16", "学籍号"), (PLACE | {"valid": Range(date(2026, 9, 1), ON + DAY)}, "16", ""),
        (PLACE | {"valid": Range(ON, None)}, "16", ""), (PLACE | {"valid": Range(ON + DAY, None)}, "16", "学籍号"),
    ],
)  # fmt: skip
async def test_what_closes_a_confirmed_child(city, place, code, lacks):
    child, finding = await confirmed(city)
    if place:
        await city.fact("enrolment", child, source="education.student_register", **place)
    told = await concluded(city, finding, code)
    assert (told == "") if not lacks else (lacks in told.split("(A-68)")[0]), told
    assert await city.connection.fetchval("select status from finding where id = $1", finding) == ("属实" if lacks else "销号")


@pytest.mark.parametrize("code", ["01", "02", "03", "16"])
async def test_who_was_not_confirmed_first_needs_them_too(city, code):
    await city.child()
    finding = (await city.one())["id"]
    assert "学籍号" in await concluded(city, finding, code)
    assert await city.connection.fetchval("select status from finding where id = $1", finding) == "待核查"


@pytest.mark.parametrize("code", [*(f"{no:02d}" for no in range(1, 19)), "99"])
async def test_a_finding_ends_on_a_document_a_note_or_the_register(city, code):
    """Of a child whom nobody certified: every code but the one that goes on names what it rests on."""
    child = await city.registered()
    finding = (await city.one(rule="unenrolled"))["id"]
    told = await concluded(city, finding, code, note=None, document=None)
    assert told if code != "15" else told == ""
    if code in ("01", "02", "03"):
        await city.fact("enrolment", child, source="education.student_register", state="在读", student_number_blind=b"1")
        assert await concluded(city, finding, code, note=None, document=None) == ""


async def test_number_and_placement_of_two_places_are_not_one(city):
    child, finding = await confirmed(city)
    for told in (PLACE | {"placement": None}, PLACE | {"student_number_blind": None}):
        await city.fact("enrolment", child, source="education.student_register", **told)
    assert "placement" in await concluded(city, finding, "16")


@pytest.mark.parametrize(
    ("reveals", "code", "taken"),
    [("", "17", False), ("", "18", False), ("assistance", "17", False), ("certificate", "17", True), ("certificate", "18", False), ("custody", "18", True), ("parent_situation", "18", True), ("custody", "17", False)],
)  # fmt: skip
async def test_a_code_that_tells_why_is_of_findings_that_tell_it(city, reveals, code, taken):
    await city.registered()
    finding = (await city.one(rule="unenrolled"))["id"]
    await city.connection.execute("update finding set reveals = $2 where id = $1", finding, reveals)
    told = await concluded(city, finding, code)
    assert (told == "") is taken
    assert await city.connection.fetchval("select count(*) from conclusion") == int(taken)
