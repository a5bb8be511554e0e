"""Words that would tell what is closed: who may not see special education sees plainer ones, and names of absent pupils nobody sees."""

import asyncpg
import pytest

from hub.access.catalogue import read_catalogue
from hub.storage.tables import metadata
from tests.access.people import EVERYBODY

REGISTER = "query ($c: String) { divisions { schoolAgeRegister(first: 100, conclusion: $c) { totalCount nodes { conclusion owner } } } }"
MODES = "{ persons(first: 100) { nodes { enrolments { attendanceMode } } } }"
KNOWN_MODES = "query ($n: Int) { persons(first: 100, asKnownAt: $n) { nodes { enrolments { attendanceMode } } } }"
TELLING = {"送教上门": "在校", "在校(特教)": "在校", "延缓入学、休学或评估(已批准)": "不在校(已有安排)"}


@pytest.fixture
async def watch(database, ask):
    connection = await asyncpg.connect(database.dsn("hub_admin"))
    await connection.execute("update enrolment set attendance_mode = case id % 2 when 0 then '送教上门' else '住校' end")
    yield connection
    await connection.close()


async def conclusions(ask, name: str, wanted: str | None = None) -> list[str]:
    told = (await ask(name, REGISTER, c=wanted))["data"]["divisions"]
    counted = sum(division["schoolAgeRegister"]["totalCount"] for division in told)
    nodes = [node["conclusion"] for division in told for node in division["schoolAgeRegister"]["nodes"]]
    assert len(nodes) == counted
    return nodes


@pytest.mark.parametrize(("telling", "plain"), TELLING.items())
async def test_the_register_says_it_plainly_to_who_may_not_know(ask, watch, telling, plain):
    await watch.execute("update register_entry set conclusion = $1, owner = 'SCHOOL'", telling)
    assert set(await conclusions(ask, "lead")) == {telling} and await conclusions(ask, "lead", plain) == []
    for name in ("township", "education", "supervisor"):
        assert set(await conclusions(ask, name)) == {plain}, name
        assert await conclusions(ask, name, telling) == [], name
        assert len(await conclusions(ask, name, plain)) == len(await conclusions(ask, name)), name


async def test_who_is_out_of_school_is_told_to_everybody_as_it_is(ask, watch):
    await watch.execute("update register_entry set conclusion = '失学', owner = ''")
    for name in ("lead", "township", "education", "supervisor"):
        assert set(await conclusions(ask, name, "失学")) == {"失学"}, name


async def test_the_form_of_attendance_tells_no_teaching_at_home(ask, watch):
    newest = await watch.fetchval("select max(no) from publication")

    async def modes(name: str) -> list[set[str]]:
        answers = (await ask(name, MODES), await ask(name, KNOWN_MODES, n=newest))
        return [{enrolment["attendanceMode"] for node in answer["data"]["persons"]["nodes"] for enrolment in node["enrolments"]} for answer in answers]

    for name in ("lead", "placement", "planner", "federation"):
        assert await modes(name) == [{"送教上门", "住校"}] * 2, name
    for name in ("township", "village", "school", "supervisor", "education"):
        told = await modes(name)
        assert set().union(*told) <= {"其他", "住校"}, name
    assert (await modes("education"))[0] == {"其他", "住校"}


async def test_names_of_absent_pupils_are_there_for_nobody(ask, watch):
    for account in EVERYBODY:
        told = str(await ask(account.name, "{ schools(first: 5) { nodes { headCounts { id absentNames } } } }"))
        assert "absentNames" not in told.replace("Cannot query field 'absentNames'", "") and "'data'" not in told, account.name
    told = await ask("supervisor", "{ schools(first: 5) { nodes { headCounts { registered present } } } }")
    assert told["data"]["schools"]["nodes"]


def test_each_column_with_a_telling_word_is_there():
    items = read_catalogue().items.values()
    columns = [column.split(".") for item in items for column in item.plainly]
    assert columns and all(name in metadata.tables[table].c for table, name in columns)
