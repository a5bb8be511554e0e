"""A round from its frozen list to its last signature: replayed, sampled, handed out, taken back, in conflict, countersigned, compared."""

import asyncio
import os
import stat
from datetime import date, timedelta

import asyncpg
import openpyxl
import pytest

from hub.casework.conclusions import record_conclusion
from hub.exports.cells import safe
from hub.rounds.comparing import compare
from hub.rounds.freezing import NotOpened, Wanted, draw, draw_again, fingerprint, open_round
from hub.rounds.results import COUNTERSIGNED, Answer, NotTaken, beside_a_round, countersign, sign, take, unsettled
from hub.rounds.sheets import ANSWERS, KEYS, PLAINLY, SHEET, take_sheet, told_of, write_sheets
from hub.rules import RULES
from hub.steps.findings import finding_id
from hub.storage.publishing import publishing
from tests import processes
from tests.flow import DIVISION
from tests.rules.city import ON, City

RULE = "unenrolled_disabled"
TOWNS = ("210281101", "210281102", "210281103")
TEAM = ("education", "disabled_persons", "justice")


@pytest.fixture
async def city(database):
    """Nine disabled children out of school, three in each of three townships."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, RULE)
    await made.deliver()
    made.children = []
    for town in TOWNS:
        for month in (1, 2, 3):
            person = await made.someone(date(2015, month, 3), township=town)
            await made.fact("hukou_registration", person, register_state="正常")
            await made.fact("certificate", person, category="智力残疾", level="二级", state="正常")
            made.children.append(person)
    assert set(await made.found()) == set(made.children)
    yield made
    await connection.close()


def publication(city, on: date = ON, kind: str = "round"):
    return publishing(city.connection, division=DIVISION, kind=kind, by="test", business_date=on)


async def opened(city, on: date = ON, **told) -> int:
    wanted = {"title": "秋季联合核查", "rules": (RULE,), "departments": TEAM} | told
    async with publication(city, on) as now:
        return await open_round(now, Wanted(**wanted), by="甲", department="education")


async def rows(city, no: int) -> list:
    return await city.connection.fetch("select * from round_row where round = $1 order by township, place", no)


async def answered(city, no: int, finding: int, code: str, department: str = "education", by: str = "甲", on: date = ON, **told):
    document = told.pop("document", "证明 1 号")
    async with publication(city, on) as now:
        return await take(now, round_no=no, finding=finding, answer=Answer(code, told.pop("note", "说明"), document), by=by, department=department, **told)


async def refused(work) -> NotTaken | NotOpened:
    with pytest.raises((NotTaken, NotOpened)) as told:
        await work
    return told.value


async def status(city, finding: int) -> str:
    return await city.connection.fetchval("select status from finding where id = $1", finding)


async def test_a_list_drawn_again_a_year_later_is_identical_though_everything_has_changed(city):
    no = await opened(city, sample=2, seed="秋")
    before = await rows(city, no)
    assert len(before) == 6 and [row["place"] for row in before] == [1, 2] * 3
    await answered(city, no, before[0]["finding"], "04")  # one is concluded, one moves, one is enrolled, one is new
    await city.connection.execute("update person_resolved set township = $2, known_from = 9 where id = $1", before[1]["person"], TOWNS[2])
    await city.registered(date(2014, 4, 4))
    await city.fact("enrolment", before[2]["person"], source="education.student_register", school=None, state="在读", grade=3)
    await city.check(ON + timedelta(days=1))
    await city.check(ON + timedelta(days=365))
    again, same = await draw_again(city.connection, DIVISION, no)
    assert same and [(row.finding, row.place, row.township) for row in again] == [(row["finding"], row["place"], row["township"]) for row in before]


async def test_a_list_that_was_changed_behind_the_rounds_back_is_told(city, database):
    no = await opened(city)
    assert (await draw_again(city.connection, DIVISION, no))[1]
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute("update round_row set checksum = 'x' where place = 1 and township = $1", TOWNS[0])
    await admin.close()
    assert not (await draw_again(city.connection, DIVISION, no))[1]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await city.connection.execute("delete from round_row")


async def test_the_day_the_publication_the_sample_and_the_townships_bound_the_list(city):
    assert len(await rows(city, await opened(city))) == 9
    assert len(await rows(city, await opened(city, townships=TOWNS[:2]))) == 6
    assert [row["township"] for row in await rows(city, await opened(city, sample=1))] == list(TOWNS)
    drawn = [{row["finding"] for row in await rows(city, await opened(city, sample=2, seed=seed))} for seed in ("a", "a", "b", "c", "d")]
    assert drawn[0] == drawn[1] and len({frozenset(one) for one in drawn}) > 1
    assert (await refused(opened(city, frozen_on=ON - timedelta(days=1)))).field == "rules"  # the day before, nothing was open
    assert (await refused(opened(city, frozen_on=ON + timedelta(days=1)))).field == "frozenOn"
    newest = await city.connection.fetchval("select max(no) from publication")
    assert (await refused(opened(city, known=newest + 1))).field == "known"
    assert (await refused(opened(city, known=0))).field == "known"
    assert (await refused(opened(city, sample=0))).field == "sample"
    assert (await refused(opened(city, departments=("education",)))).field == "departments"
    assert (await refused(opened(city, departments=("justice", "disabled_persons")))).field == "departments"
    assert (await refused(opened(city, rules=("nothing",)))).field == "rules"
    assert (await refused(opened(city, title="电话13900000000"))).field == "title"


async def test_a_sheet_goes_out_and_comes_back(city, tmp_path):
    no = await opened(city)
    written = await write_sheets(city.connection, DIVISION, no, tmp_path / "out")
    assert [count for _, count in written] == [3, 3, 3]
    path = written[0][0]
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    assert sheet.protection.sheet and [cell.value for cell in sheet[1]] == [*KEYS, *ANSWERS]
    assert all(cell.protection.locked for cell in sheet[2][: len(KEYS)]) and not any(cell.protection.locked for cell in sheet[2][len(KEYS) :])
    for at, told in ((2, ("04", "在读证明 1 号", None)), (3, ("10", "批准 3 号", None)), (4, ("42", None, None))):
        for column, one in enumerate(told, start=len(KEYS) + 1):
            sheet.cell(at, column, one)
    book.save(path)
    async with publication(city) as now:
        lines = await take_sheet(now, no, path, by="甲", department="education")
    assert told_of(lines) == {"TAKEN": 1, "WAITING": 1, "REFUSED": 1}
    assert lines[2].refused.startswith("code: the code must be one of 01, 02")
    listed = await rows(city, no)
    assert [await status(city, row["finding"]) for row in listed[:3]] == ["销号", "待核查", "待核查"]
    async with publication(city) as now:  # the same sheet once more changes nothing
        assert told_of(await take_sheet(now, no, path, by="甲", department="education")) == {"AGAIN": 2, "REFUSED": 1}
    assert await city.connection.fetchval("select count(*) from round_result") == 2


async def test_a_code_may_be_written_as_people_write_it(city, tmp_path):
    """In wide digits, by its name, or as it stands beside the sheet; what gives two of them, or half a name, is nobody's guess."""
    cells = ["１５", "15 确认失学-劝返中", "15确认失学-劝返中", "确认失学-劝返中", "15 ", 15, "13 确认失学-劝返中", "15 16", "劝返中"]
    no = await opened(city)
    lines = []
    for (path, _), three in zip(await write_sheets(city.connection, DIVISION, no, tmp_path / "out"), (cells[:3], cells[3:6], cells[6:]), strict=True):
        book = openpyxl.load_workbook(path)
        for at, cell in enumerate(three, start=2):
            for column, one in enumerate((cell, "走访记录 1 号", "已劝返"), start=len(KEYS) + 1):
                book[SHEET].cell(at, column, one)
        book.save(path)
        async with publication(city) as now:
            lines += await take_sheet(now, no, path, by="甲", department="education")
    assert [line.taken is not None for line in lines] == [True] * 6 + [False] * 3
    assert {row["code"] for row in await city.connection.fetch("select code from round_result")} == {"15"}


@pytest.mark.parametrize(("codes", "exit_code"), [(["42", "42", "42"], 1), (["15", "42", "15"], 1), (["15", "15", "15"], 0), ([], 0)])
async def test_taking_a_sheet_back_ends_with_1_where_an_answer_is_refused(city, database, tmp_path, codes, exit_code):
    no = await opened(city)
    path = (await write_sheets(city.connection, DIVISION, no, tmp_path, township=TOWNS[0]))[0][0]
    book = openpyxl.load_workbook(path)
    for at, code in enumerate(codes, start=2):
        for column, one in enumerate((code, "走访记录 1 号", "已劝返"), start=len(KEYS) + 1):
            book[SHEET].cell(at, column, one)
    book.save(path)
    words = ("round", "take", str(no), str(path), "--by", "甲", "--department", "education", "--on", ON.isoformat())
    told = await asyncio.to_thread(processes.verb, *words, env={**os.environ, **database.environ(), "COLUMNS": "250"})
    assert (told.returncode, told.stdout.count("code: ")) == (exit_code, codes.count("42")), told


@pytest.mark.parametrize(("column", "value"), [("姓名", "王小苗"), ("核查编号", "17"), ("乡镇街道", "别处"), ("校验码", "0"), ("轮次", "1"), ("出生日期", "")])
async def test_a_sheet_whose_key_was_changed_is_refused_as_a_whole(city, tmp_path, column, value):
    no = await opened(city)
    path = (await write_sheets(city.connection, DIVISION, no, tmp_path, township=TOWNS[0]))[0][0]
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    sheet.cell(2, len(KEYS) + 1, "01")
    sheet.cell(3, KEYS.index(column) + 1, value)
    book.save(path)
    async with publication(city) as now:
        told = await refused(take_sheet(now, no, path, by="甲", department="education"))
    assert told.field == "sheet" and "row 3" in str(told) and column in str(told)
    assert await city.connection.fetchval("select count(*) from round_result") == 0


async def test_two_swapped_rows_and_another_rounds_sheet_and_no_sheet_at_all(city, tmp_path):
    no, other = await opened(city), await opened(city)
    path = (await write_sheets(city.connection, DIVISION, no, tmp_path, township=TOWNS[0]))[0][0]
    async with publication(city) as now:
        assert "轮次" in str(await refused(take_sheet(now, other, path, by="甲", department="education")))
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    one, two = sheet.cell(2, 3).value, sheet.cell(3, 3).value
    sheet.cell(2, 3, two), sheet.cell(3, 3, one)
    book.save(path)
    async with publication(city) as now:
        assert "row 2" in str(await refused(take_sheet(now, no, path, by="甲", department="education")))
        for wrong in (b"", b"PK\x03\x04", b"a,b\n"):
            (tmp_path / "x.xlsx").write_bytes(wrong)
            assert (await refused(take_sheet(now, no, tmp_path / "x.xlsx", by="甲", department="education"))).field == "sheet"


async def test_a_line_twice_in_a_sheet_with_two_answers_waits_and_a_second_department_says_which(city, tmp_path):
    no = await opened(city)
    path = (await write_sheets(city.connection, DIVISION, no, tmp_path, township=TOWNS[0]))[0][0]
    book = openpyxl.load_workbook(path)
    sheet = book[SHEET]
    for column in range(1, len(KEYS) + 1):
        sheet.cell(5, column, sheet.cell(2, column).value)
    sheet.cell(2, len(KEYS) + 1, "04"), sheet.cell(5, len(KEYS) + 1, "05")
    sheet.cell(2, len(KEYS) + 2, "证明 1 号"), sheet.cell(5, len(KEYS) + 2, "证明 1 号")
    book.save(path)
    async with publication(city) as now:
        lines = await take_sheet(now, no, path, by="甲", department="education")
    assert [line.taken.state for line in lines] == ["CONFLICT", "CONFLICT"]
    finding = (await rows(city, no))[0]["finding"]
    assert await status(city, finding) == "待核查"
    async with publication(city) as now:
        await countersign(now, result=lines[1].taken.result, by="乙", department="disabled_persons")
    assert await city.connection.fetchval("select conclusion from finding where id = $1", finding) == "05"
    async with publication(city) as now:  # the other one waits no more
        assert (await refused(countersign(now, result=lines[0].taken.result, by="乙", department="disabled_persons"))).field == "result"
    assert await unsettled(city.connection, DIVISION, no) == []


async def test_what_has_changed_since_the_list_was_frozen_conflicts(city):
    no = await opened(city)
    listed = [row["finding"] for row in await rows(city, no)]
    async with publication(city, kind="conclusion") as now:
        await record_conclusion(now, finding=listed[0], code="04", by="丙", department="township", note=None, document="在读证明 1 号")
    told = await answered(city, no, listed[0], "05")
    assert (told.state, "04 on 2026-11-24" in told.reason) == ("REFUSED", True)
    await city.connection.execute("update certificate set level = '四级' where person = $1", (await rows(city, no))[1]["person"])
    await city.check(ON)
    told = await answered(city, no, listed[1], "04")
    assert (told.state, told.reason) == ("CONFLICT", "the finding says something else than the list: severity, evidence")
    assert await status(city, listed[1]) == "待核查"
    assert (await answered(city, no, listed[1], "04")).again
    assert (await answered(city, no, listed[1], "05", "disabled_persons", "乙")).reason == "another answer waits: 04 by education"
    async with publication(city) as now:
        assert (await refused(countersign(now, result=told.result, by="丁", department="education"))).field == "by"
        assert (await refused(countersign(now, result=told.result, by="甲", department="justice"))).field == "by"
        assert (await refused(countersign(now, result=told.result, by="丁", department="township"))).field == "department"
        assert (await countersign(now, result=told.result, by="丁", department="justice")).state == "TAKEN"
    assert await status(city, listed[1]) == "销号"
    assert await city.connection.fetchval("select countersigned_for from round_result where settles = $1", told.result) == "justice"


async def test_confirmed_out_of_school_goes_on_and_is_answered_again(city):
    no = await opened(city)
    row = (await rows(city, no))[0]
    finding = row["finding"]
    assert (await answered(city, no, finding, "15")).state == "TAKEN" and await status(city, finding) == "属实"
    assert (await refused(answered(city, no, finding, "16"))).field == "code"  # neither placement nor 学籍号
    await city.fact("enrolment", row["person"], source="education.student_register", state="在读", placement="特殊教育学校", student_number_blind=b"1")
    waits = await answered(city, no, finding, "16")
    assert waits.state == "WAITING"
    async with publication(city) as now:
        await countersign(now, result=waits.result, by="乙", department="disabled_persons")
    assert await status(city, finding) == "销号"


async def test_a_finding_that_is_open_again_is_answered_again(city):
    """Concluded by an answer, reopened since: the same words are an answer of today, and until it comes the row has none."""
    no = await opened(city, departments=("education", "disabled_persons"))
    finding = (await rows(city, no))[0]["finding"]
    assert (await answered(city, no, finding, "04")).state == "TAKEN" and await status(city, finding) == "销号"
    assert (await answered(city, no, finding, "04")).again
    await city.connection.execute("update finding set status = '待核查', conclusion = null, concluded_on = null, reopened = 1 where id = $1", finding)
    async with publication(city) as now:
        assert "9 rows have no answer" in str(await refused(sign(now, round_no=no, by="甲", department="education")))
    told = await answered(city, no, finding, "04", on=ON + timedelta(days=60))
    assert (told.state, told.again) != ("TAKEN", True)
    if told.state == "CONFLICT":  # it says something else than the list did
        async with publication(city, ON + timedelta(days=60)) as now:
            await countersign(now, result=told.result, by="乙", department="disabled_persons")
    assert await status(city, finding) == "销号"
    async with publication(city) as now:
        assert "8 rows have no answer" in str(await refused(sign(now, round_no=no, by="甲", department="education")))


@pytest.mark.parametrize(
    ("code", "first", "second", "good"),
    [
        ("17", "education", "disabled_persons", True), ("17", "disabled_persons", "education", True), ("17", "education", "justice", False),
        ("12", "disabled_persons", "education", True), ("12", "disabled_persons", "justice", False),
        ("06", "disabled_persons", "education", True), ("06", "disabled_persons", "justice", False), ("09", "education", "justice", True),
        ("13", "education", "justice", True), ("14", "education", "justice", True),  # public security is none of this team
    ],
)  # fmt: skip
async def test_a_conclusion_that_demands_it_is_countersigned_by_whose_fact_it_is(city, code, first, second, good):
    no = await opened(city)
    finding = (await rows(city, no))[0]["finding"]
    told = await answered(city, no, finding, code, first)
    assert told.state == "WAITING" and await status(city, finding) == "待核查"
    async with publication(city) as now:
        if good:
            await countersign(now, result=told.result, by="乙", department=second)
        else:
            assert (await refused(countersign(now, result=told.result, by="乙", department=second))).field == "department"
    assert (await status(city, finding) == "销号") is good


async def test_what_a_parents_prison_ends_is_answered_by_that_of_findings_that_tell_of_it(city):
    """Who sees a finding sees the code of its conclusion, and every answer to its row."""
    no = await opened(city)
    row = (await rows(city, no))[0]
    assert (await refused(answered(city, no, row["finding"], "18", "justice"))).field == "code"
    assert await city.connection.fetchval("select count(*) from round_result") == 0
    await city.connection.execute("update finding set reveals = 'custody' where id = $1", row["finding"])
    told = await answered(city, no, row["finding"], "18")
    assert told.state == "WAITING"
    async with publication(city) as now:
        assert (await refused(countersign(now, result=told.result, by="乙", department="disabled_persons"))).field == "department"
        assert (await countersign(now, result=told.result, by="乙", department="justice")).state == "TAKEN"


async def test_a_round_closes_when_every_department_has_signed_and_nothing_waits(city):
    no = await opened(city, townships=TOWNS[:1])
    listed = [row["finding"] for row in await rows(city, no)]
    waiting = await answered(city, no, listed[0], "13")
    async with publication(city) as now:
        assert (await refused(sign(now, round_no=no, by="甲", department="education", unanswered=True))).field == "round"
        await countersign(now, result=waiting.result, by="乙", department="justice")
    await answered(city, no, listed[1], "04")
    async with publication(city) as now:
        assert str(await refused(sign(now, round_no=no, by="甲", department="education"))).startswith("1 rows have no answer")
        assert await sign(now, round_no=no, by="甲", department="education", unanswered=True) == ("disabled_persons", "justice")
        assert (await refused(sign(now, round_no=no, by="甲", department="education", unanswered=True))).field == "department"
    await answered(city, no, listed[2], "05")  # until the last signature, answers are taken
    async with publication(city) as now:
        assert await sign(now, round_no=no, by="乙", department="disabled_persons") == ("justice",)
        assert await sign(now, round_no=no, by="丙", department="justice") == ()
    assert (await refused(answered(city, no, listed[2], "04"))).field == "round"
    assert (await refused(answered(city, no, 17, "04"))).field == "round"


async def test_an_answer_waits_no_longer_for_what_another_round_has_concluded(city):
    no, other = await opened(city, townships=TOWNS[:1]), await opened(city, townships=TOWNS[:1])
    finding = (await rows(city, no))[0]["finding"]
    waiting = await answered(city, no, finding, "13")
    await answered(city, other, finding, "04")
    assert await status(city, finding) == "销号"
    async with publication(city) as now:
        assert await unsettled(city.connection, DIVISION, no) == []
        assert (await refused(countersign(now, result=waiting.result, by="乙", department="justice"))).field == "result"
        assert await sign(now, round_no=no, by="甲", department="education", unanswered=True) == ("disabled_persons", "justice")


async def test_nobody_concludes_alone_what_an_open_round_demands_two_departments_for(city):
    async def alone(finding: int, code: str) -> str:
        async with publication(city) as now:
            told = await beside_a_round(now, finding, code, "education")
        return told.reason if told else ""

    outside = "13 needs a second department's countersignature: open a round with this finding, and answer its row there"

    unlisted = (await rows(city, await opened(city, townships=TOWNS[2:])))[0]["finding"]
    async with publication(city) as now:
        for by, department in zip("甲乙丙", TEAM, strict=True):  # that round is closed
            await sign(now, round_no=(await city.connection.fetchval("select max(id) from inspection_round")), by=by, department=department, unanswered=True)
    no = await opened(city, townships=TOWNS[:1])
    first, second, third = [row["finding"] for row in await rows(city, no)]
    assert await alone(unlisted, "13") == outside and await alone(unlisted, "04") == "" and await alone(first, "04") == ""
    assert await alone(first, "13") == (
        "the finding is on the list of an open round, and 13 needs a second department's countersignature; "
        "answer its row there, and a second one of disabled_persons, education, justice countersigns"
    )
    waiting = await answered(city, no, second, "17")
    told = await alone(second, "04")  # not even with a code that needs nobody, and without telling what waits
    assert "waits for a countersignature" in told and "17" not in told
    async with publication(city) as now:
        await countersign(now, result=waiting.result, by="乙", department="disabled_persons")
    assert await alone(second, "04") == ""  # concluded: the conclusion itself says so
    await city.connection.execute("update certificate set level = '四级' where person = (select person from finding where id = $1)", third)
    await city.check(ON)
    assert "says something else by now" in await alone(third, "04")
    async with publication(city) as now:
        for by, department in zip("甲乙丙", TEAM, strict=True):
            await sign(now, round_no=no, by=by, department=department, unanswered=True)
    assert [await alone(finding, "13") for finding in (first, second, third)] == [outside, "", outside]


@pytest.mark.parametrize(("rule", "department", "may"), [
    (RULE, "education", True), (RULE, "disabled_persons", True), (RULE, "supervision", True), (RULE, "civil_affairs", False), (RULE, "justice", False),
    ("absence_clock", "education", True), ("absence_clock", "civil_affairs", False), ("absence_clock", "disabled_persons", False),
    ("unenrolled_of_prisoners", "justice", True), ("unenrolled_poor", "civil_affairs", True), ("unenrolled_poor", "justice", False),
    ("payment_returned", "supervision", True), ("payment_returned", "education", False), ("of_no_rule", "supervision", True), ("of_no_rule", "education", False),
])  # fmt: skip
async def test_a_finding_is_concluded_by_whose_rule_it_is_or_whose_lists_it_compares(city, rule, department, may):
    finding = await city.connection.fetchval("update finding set rule = $1 where id = (select min(id) from finding) returning id", rule)
    async with publication(city) as now:
        told = await beside_a_round(now, finding, "15", department)
    assert told is None if may else told.field == "department" and "supervision" in told.reason


@pytest.mark.parametrize("code", sorted(COUNTERSIGNED))
async def test_what_two_departments_say_in_a_round_no_department_says_alone_outside(city, code):
    finding = await city.connection.fetchval("select min(id) from finding")
    for department in ("education", "disabled_persons", "supervision"):
        async with publication(city) as now:
            told = await beside_a_round(now, finding, code, department)
        assert told and told.field == "code" and "open a round" in told.reason


@pytest.mark.parametrize("by", ["甲", " 甲", "甲 ", "甲\u3000"])
async def test_one_person_is_two_departments_by_no_blank(city, by):
    no = await opened(city, townships=TOWNS[:1])
    finding = (await rows(city, no))[0]["finding"]
    waiting = await answered(city, no, finding, "13")
    async with publication(city) as now:
        assert (await refused(countersign(now, result=waiting.result, by=by, department="justice"))).field == "by"
        await countersign(now, result=waiting.result, by="乙", department="justice")
        await sign(now, round_no=no, by="甲", department="education", unanswered=True)
        assert str(await refused(sign(now, round_no=no, by=by, department="justice", unanswered=True))) == "甲 has signed for education; somebody of justice signs for it"
        assert await sign(now, round_no=no, by="乙", department="justice", unanswered=True) == ("disabled_persons",)
        assert (await refused(sign(now, round_no=no, by="\u3000", department="disabled_persons", unanswered=True))).field == "by"


async def test_two_rounds_compared(city):
    first = await opened(city)
    listed = await rows(city, first)
    await answered(city, first, listed[0]["finding"], "04")
    await answered(city, first, listed[1]["finding"], "15")
    new = await city.child(date(2014, 4, 4))
    await city.check(ON + timedelta(days=1))
    second = await opened(city, ON + timedelta(days=1))
    await city.fact("enrolment", listed[1]["person"], source="education.student_register", state="在读", placement="送教上门", student_number_blind=b"1")
    await answered(city, second, listed[1]["finding"], "03", on=ON + timedelta(days=1))
    told = await compare(city.connection, DIVISION, first, second)
    assert (len(told.both), [side.finding for side in told.gone], len(told.come)) == (8, [listed[0]["finding"]], 1)
    assert [(one.code, other.code) for one, other in told.changed()] == [("15", "03")]
    assert {row["person"] for row in await rows(city, second)} == set(city.children) - {listed[0]["person"]} | {new}
    same = await compare(city.connection, DIVISION, first, first)
    assert len(same.both) == 9 and not same.changed() and not same.gone and not same.come
    assert (await refused(compare(city.connection, DIVISION, first, 999))).field == "round"


async def test_no_row_is_left_out_where_two_of_a_list_have_become_one_person(city):
    no = await opened(city)
    one, other, third = (row["person"] for row in (await rows(city, no))[:3])
    await city.connection.execute("update person_id set current = $1 where id = $2", one, other)
    same = await compare(city.connection, DIVISION, no, no)
    assert len(same.both) == 9 and all(a.finding == b.finding for a, b in same.both)
    await answered(city, no, next(row["finding"] for row in await rows(city, no) if row["person"] == third), "04")
    later = await opened(city)
    told = await compare(city.connection, DIVISION, no, later)
    assert (len(told.both), len(told.gone), len(told.come)) == (8, 1, 0)


async def test_a_sheet_says_that_a_child_needs_looking_after_and_never_why(database, tmp_path):
    """The list of prisoners' children goes out to townships: no cell, no name of a file or sheet tells of custody, and it comes back (G.8)."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, "unenrolled_of_prisoners")
    await made.deliver()
    person, parent = await made.registered(), await made.someone(date(1985, 3, 17))
    await made.fact("custody", parent, source="justice.prisoners_children", facility="某监狱")
    await made.fact("kinship", person, source="justice.prisoners_children", relative=parent, relation="父亲")
    assert person in await made.found()
    no = await opened(made, rules=("unenrolled_of_prisoners",))
    [(path, count)] = await write_sheets(connection, DIVISION, no, tmp_path)
    book = openpyxl.load_workbook(path)
    told = [path.name, *book.sheetnames, *(str(cell.value) for sheet in book for row in sheet for cell in row if cell.value is not None)]
    assert count == 1 and "监护缺失" in told and book[SHEET].cell(2, KEYS.index("子类") + 1).value in (None, "")
    assert not [one for one in told if any(word in one for word in ("服刑", "监狱", "在押", "E.2", "prison", "custody"))]
    book[SHEET].cell(2, len(KEYS) + 1, "01"), book[SHEET].cell(2, len(KEYS) + 2, "证明 1 号")
    book.save(path)
    async with publication(made) as now:
        assert told_of(await take_sheet(now, no, path, by="甲", department="education")) == {"TAKEN": 1}
    await connection.close()


@pytest.fixture
async def two_reasons(database):
    """Eight children at no school, four of them a prisoner's, on the list for being that too."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, "unenrolled_of_prisoners")
    await made.deliver()
    for day in range(1, 9):
        person = await made.registered(date(2015, 3, day))
        if day % 2:
            parent = await made.someone(date(1985, 3, day))
            await made.fact("custody", parent, source="justice.prisoners_children", facility="某监狱")
            await made.fact("kinship", person, source="justice.prisoners_children", relative=parent, relation="父亲")
    await made.check()
    assert len(await made.found()) == 4
    made.rules, made.dsn = ("unenrolled", "unenrolled_of_prisoners"), database.dsn("hub_admin")
    yield made
    await connection.close()


async def test_neither_place_nor_severity_nor_number_of_a_row_tells_its_rule(two_reasons, tmp_path):
    orders = set()
    for seed in ("甲", "乙", "丙"):
        no = await opened(two_reasons, rules=two_reasons.rules, seed=seed)
        listed = await rows(two_reasons, no)
        orders.add("".join("+" if row["reveals"] else "-" for row in listed))
        assert len(listed) == 12 and (await draw_again(two_reasons.connection, DIVISION, no))[1]
    assert len(orders) > 1 and not {"-" * 8 + "+" * 4, "+" * 4 + "-" * 8} & orders
    [(path, _)] = await write_sheets(two_reasons.connection, DIVISION, no, tmp_path)
    told = [{key: cell.value for key, cell in zip(KEYS, line, strict=False)} for line in openpyxl.load_workbook(path)[SHEET].iter_rows(min_row=2)]
    closed = [line for line in told if line["核查规则"] == "监护缺失"]
    assert len(closed) == 4 and {line["严重程度"] for line in closed} <= {None, ""} and all(line["严重程度"] for line in told if line not in closed)
    ids = {safe(str(finding_id(rule, person, 2026, ""))) for rule in RULES for person in {row["person"] for row in listed}}
    assert not {line["核查编号"] for line in closed} & ids and {line["核查编号"] for line in told if line not in closed} <= ids


async def test_a_round_ordered_by_its_rules_is_drawn_again_and_its_sheet_taken(two_reasons, tmp_path):
    """As rounds were frozen and sheets printed that are out still: rule by rule, with severities and the findings' own numbers."""
    no = await opened(two_reasons, rules=two_reasons.rules, seed="秋")
    told = await two_reasons.connection.fetchrow("select * from inspection_round where id = $1", no)
    ordered = await draw(two_reasons.connection, DIVISION, known=told["known"], on=told["frozen_on"], rules=told["rules"], townships=(), sample=None, seed="秋", by_rule=True)
    assert [row.rule for row in ordered] == sorted(row.rule for row in ordered)
    admin = await asyncpg.connect(two_reasons.dsn)
    await admin.execute("update inspection_round set fingerprint = $2 where id = $1", no, fingerprint(ordered))
    await admin.execute("update round_row set place = -place where round = $1", no)
    for row in ordered:
        await admin.execute("update round_row set place = $3, checksum = $4 where round = $1 and finding = $2", no, row.finding, row.place, row.checksum)
    await admin.close()
    assert (await draw_again(two_reasons.connection, DIVISION, no)) == (ordered, True)
    [(path, _)] = await write_sheets(two_reasons.connection, DIVISION, no, tmp_path)
    book = openpyxl.load_workbook(path)
    for at, row in enumerate(ordered, start=2):
        book[SHEET].cell(at, KEYS.index("核查编号") + 1, safe(str(row.finding))), book[SHEET].cell(at, KEYS.index("严重程度") + 1, await severity(two_reasons, row.finding))
        book[SHEET].cell(at, len(KEYS) + 1, "04"), book[SHEET].cell(at, len(KEYS) + 2, "证明 1 号")
    book.save(path)
    async with publication(two_reasons) as now:
        assert told_of(await take_sheet(now, no, path, by="甲", department="education")) == {"TAKEN": 12}


async def severity(city, finding: int) -> str:
    return await city.connection.fetchval("select severity from finding where id = $1", finding)


def test_whatever_a_rule_reveals_has_plain_words_for_the_sheet():
    assert {noun for rule in RULES for noun in rule.reveals} <= set(PLAINLY)
