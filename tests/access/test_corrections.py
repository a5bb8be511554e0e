"""校核申请: two sides, ten working days and ten more once, and nobody else sees them."""

from contextlib import asynccontextmanager
from datetime import date, timedelta

import asyncpg
import pytest

from hub.casework.corrections import NotTaken, answer_correction, open_correction, settle_promised, working_days_after
from hub.query.cursors import global_id
from hub.storage.publishing import publishing
from tests.flow import DIVISION, TODAY, carry, hub, number, write_csv

OPEN = "mutation ($i: OpenCorrectionInput!) { openCorrection(input: $i) { __typename ... on CorrectionStands { no dueOn state } ... on CorrectionRefused { field reason } } }"
ANSWER = "mutation ($i: AnswerCorrectionInput!) { answerCorrection(input: $i) { __typename ... on CorrectionStands { no dueOn state } ... on CorrectionRefused { field reason } } }"
LIST = "{ corrections { totalCount nodes { no source owner item department dueOn state answer personId overdue } } }"


@pytest.fixture
async def watch(database, ask):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    yield connection
    await connection.close()


async def opened(ask, name: str = "lead", **told) -> dict:
    given = {"source": "education.student_register", "item": "年级", "statement": "与残联所报不一致", **told}
    return (await ask(name, OPEN, i=given))["data"]["openCorrection"]


@pytest.mark.parametrize(
    ("day", "count", "free", "due"),
    [
        (date(2026, 10, 20), 10, (), date(2026, 11, 3)),  # a Tuesday
        (date(2026, 10, 23), 1, (), date(2026, 10, 26)),  # a Friday: the Monday after
        (date(2026, 10, 24), 1, (), date(2026, 10, 26)),  # a Saturday
        (date(2026, 10, 25), 1, (), date(2026, 10, 26)),
        (date(2026, 9, 30), 1, (date(2026, 10, 1), date(2026, 10, 2)), date(2026, 10, 5)),
        (date(2026, 10, 20), 0, (), date(2026, 10, 20)),
    ],
)
def test_working_days(day, count, free, due):
    assert working_days_after(day, count, frozenset(free)) == due


async def test_the_provider_answers_and_the_hub_edits_nothing(ask, watch):
    child = (await ask("lead", "{ children(first: 1, filter: {enrolled: true}) { nodes { id } } }"))["data"]["children"]["nodes"][0]["id"]
    before = await watch.fetch("select * from enrolment order by id")
    told = await opened(ask, personId=child)
    assert told == {"__typename": "CorrectionStands", "no": 1, "dueOn": "2026-11-03", "state": "OPEN"}
    theirs = (await ask("education", LIST))["data"]["corrections"]["nodes"]
    assert theirs[0]["personId"] == child and theirs[0]["owner"] == "education" and theirs[0]["department"] == "supervision" and not theirs[0]["overdue"]
    assert (await ask("lead", LIST))["data"]["corrections"]["nodes"] == theirs
    for other in ("civil", "justice", "disabled"):
        assert (await ask(other, LIST))["data"]["corrections"] == {"totalCount": 0, "nodes": []}
    assert "data" not in await ask("school", LIST)
    for name, field in (("lead", "no"), ("civil", "no")):  # who asks does not answer; for a third it is not there
        refused = (await ask(name, ANSWER, i={"no": 1, "outcome": "CONFIRMED", "answer": "无误"}))["data"]["answerCorrection"]
        assert refused["field"] == field
    assert (await ask("civil", ANSWER, i={"no": 1, "outcome": "CONFIRMED", "answer": "无误"}))["data"] == (await ask("civil", ANSWER, i={"no": 99, "outcome": "CONFIRMED", "answer": "无误"}))["data"]
    done = (await ask("education", ANSWER, i={"no": 1, "outcome": "CORRECTED", "answer": "学籍年级已更正，下批交付"}))["data"]["answerCorrection"]
    assert done["state"] == "PROMISED"
    assert (await ask("education", ANSWER, i={"no": 1, "outcome": "CONFIRMED", "answer": "无误"}))["data"]["answerCorrection"]["reason"] == "it is answered already"
    assert await watch.fetch("select * from enrolment order by id") == before
    assert await watch.fetchval("select count(*) from publication where kind = 'correction'") == 2


async def test_ten_more_days_once_and_late_is_told_the_day_after(ask, watch):
    assert (await opened(ask))["no"] == 1
    more = {"no": 1, "outcome": "EXTENDED", "answer": "须到校核实"}
    assert (await ask("education", ANSWER, i=more))["data"]["answerCorrection"] == {"__typename": "CorrectionStands", "no": 1, "dueOn": "2026-11-17", "state": "EXTENDED"}
    assert "once" in (await ask("education", ANSWER, i=more))["data"]["answerCorrection"]["reason"]
    today = date(2026, 10, 20)
    for due, late in ((today - timedelta(1), True), (today, False), (today + timedelta(1), False)):
        await watch.execute("update correction set due_on = $1", due)
        assert (await ask("lead", LIST))["data"]["corrections"]["nodes"][0]["overdue"] is late


async def test_a_finding_opens_one_about_its_person(ask):
    found = (await ask("lead", "{ findings(first: 1) { nodes { id person { id } } } }"))["data"]["findings"]["nodes"][0]
    assert (await opened(ask, source="disabled_persons.certificate", item="残疾等级", findingId=found["id"]))["no"] == 1
    assert (await ask("disabled", LIST))["data"]["corrections"]["nodes"][0]["personId"] == found["person"]["id"]


async def test_what_is_refused(ask):
    assert (await opened(ask, source="justice.nothing"))["field"] == "source"
    assert (await opened(ask, "education"))["reason"].startswith("this source is your own")
    assert (await opened(ask, item=" "))["field"] == "item"
    assert (await opened(ask, statement="电话13900000000不对"))["field"] == "statement"
    assert (await opened(ask, personId=global_id("Person", 3)))["field"] == "personId"
    assert (await opened(ask, findingId=global_id("Finding", 3)))["field"] == "findingId"
    assert (await opened(ask))["no"] == 1 and (await opened(ask))["reason"].endswith("request 1")
    assert (await ask("education", ANSWER, i={"no": 1, "outcome": "MAYBE", "answer": "x"}))["data"]["answerCorrection"]["field"] == "outcome"


async def test_the_police_answer_about_their_own_register_and_see_no_other_departments_data(ask, watch):
    await watch.execute("insert into delivery select (jsonb_populate_record(d, '{\"id\": 77, \"source\": \"public_security.household_register\"}')).* from delivery d limit 1")
    told = await opened(ask, source="public_security.household_register", item="出生日期")
    assert told["__typename"] == "CorrectionStands"
    listed = (await ask("police", LIST))["data"]["corrections"]
    assert listed["totalCount"] == 1 and listed["nodes"][0]["owner"] == "public_security"
    done = (await ask("police", ANSWER, i={"no": told["no"], "outcome": "CONFIRMED", "answer": "与户籍底册一致"}))["data"]["answerCorrection"]
    assert done["state"] == "CONFIRMED"
    for field in ("enrolments { id }", "certificates { id }", "custodies { id }", "findings { id }"):
        assert "data" not in await ask("police", "{ children(first: 1) { nodes { id %s } } }" % field)  # noqa: UP031


PUPILS = ["序号", "学校名称", "姓名", "性别", "出生日期", "身份证件号", "年级", "班级", "就读状态", "残疾类型", "现住址"]


@pytest.mark.parametrize(
    ("item", "changed", "state"),
    [("残疾类型", {"残疾类型": "智力残疾"}, "CORRECTED"), ("残疾类型", {"班级": "2"}, "OPEN"), ("这个孩子的住址", {"现住址": "瓦房店市许屯镇"}, "CORRECTED"), ("这个孩子的住址", {}, "OPEN"), ("残疾类型", None, "CORRECTED")],
)
async def test_what_is_said_to_be_corrected_is_so_when_the_next_delivery_says_it(item, changed, state, database, tmp_path):
    """Another cell that changed is no correction of this one; whom the list lets go, it says nothing of any more."""
    born = date(2015, 5, 3)
    row = dict(zip(PUPILS, ["1", "复州城镇中心小学", "王小禾", "女", "20150503", number(born, 102), "三年级", "1", "在读", "无残疾", "瓦房店市复州城镇"], strict=True))
    others = [row | {"序号": str(n), "姓名": f"李小{chr(0x4E00 + n)}", "身份证件号": number(born, 102 + 2 * n)} for n in range(2, 9)]
    for day, rows in (("20260930", [row, *others]), ("20261031", [*([row | changed] if changed is not None else []), *(other | {"班级": "3"} for other in others)])):
        write_csv(tmp_path / day, f"学生基础信息_{day}.csv", [PUPILS, *(list(one.values()) for one in rows)])
    source = "education.student_register"
    async with hub(database, tmp_path) as (connection, keys):

        @asynccontextmanager
        async def opened_publication(kind: str):
            async with publishing(connection, division=DIVISION, kind=kind, by="test", business_date=TODAY) as publication:
                yield publication

        async def stands() -> str:
            async with opened_publication("check") as publication:
                await settle_promised(publication)
            return await connection.fetchval("select state from correction")

        await carry(connection, keys, tmp_path / "20260930")
        person = await connection.fetchval("select id from person_resolved where name = '王小禾'")
        async with opened_publication("correction") as publication:
            no = await open_correction(publication, source=source, item=item, statement="与残联不一致", by="甲", department="disabled_persons", person=person, finding=None)
        async with opened_publication("correction") as publication:
            await answer_correction(publication, no=no, outcome="CORRECTED", answer="已更正", by="乙", department="education")
        assert await stands() == "PROMISED"  # by its word alone nothing is corrected
        async with opened_publication("correction") as publication:
            with pytest.raises(NotTaken, match="asked already"):
                await open_correction(publication, source=source, item=item, statement="与残联不一致", by="甲", department="disabled_persons", person=person, finding=None)
        await carry(connection, keys, tmp_path / "20261031")
        assert await stands() == state
        assert await connection.fetchval("select due_on > $1 from correction", TODAY) or state == "CORRECTED"


async def test_whether_a_closed_list_has_ever_come_is_not_told(ask, watch):
    listed = "justice.prisoners_children"
    await watch.execute("update delivery set source = $1 where id = (select max(id) from delivery)", listed)
    told = [await opened(ask, "civil", source=source) for source in (listed, "justice.never_heard_of", "education.never_heard_of")]
    assert told[0] == told[1] == told[2] and told[0]["field"] == "source"
    assert (await opened(ask, "lead", source=listed))["__typename"] == "CorrectionStands"
