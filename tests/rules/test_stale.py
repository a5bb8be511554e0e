"""E.11-13: a list past its limit is asked for once, of the department that provides it, and a newer delivery answers."""

from datetime import timedelta

import pytest

from hub.casework.stale import ask_for_stale
from hub.rules.limits import LIMITS
from hub.storage.publishing import publishing
from tests.flow import DIVISION
from tests.rules.city import ON

DAY = timedelta(days=1)
SOURCE = "disabled_persons.certificate"
LIMIT = LIMITS[SOURCE]


@pytest.fixture
def rule():
    return "unenrolled_disabled"


async def asked(city, on) -> list[str]:
    async with publishing(city.connection, division=DIVISION, kind="check", by="hub", business_date=on) as publication:
        return await ask_for_stale(publication, on)


async def test_a_list_past_its_limit_is_asked_for_once_and_a_newer_one_answers(city):
    await city.connection.execute("update delivery set as_of = $1", ON)
    await city.connection.execute("update delivery set as_of = $1 where source = $2", ON - LIMIT * DAY, SOURCE)
    assert await asked(city, ON) == []
    assert await asked(city, ON + DAY) == [SOURCE]
    row = await city.connection.fetchrow("select * from correction")
    assert (row["owner"], row["department"], row["state"], row["person"]) == ("disabled_persons", "data_bureau", "OPEN", None)
    assert str(LIMIT) in row["statement"] and (ON - LIMIT * DAY).isoformat() in row["statement"]
    assert await asked(city, ON + 2 * DAY) == []
    await city.connection.execute("update delivery set as_of = $1 where source = $2", ON, SOURCE)
    assert await asked(city, ON + 3 * DAY) == []
    row = await city.connection.fetchrow("select * from correction")
    assert (row["state"], row["answered_by"], row["answered_on"]) == ("CORRECTED", "hub", ON + 3 * DAY) and ON.isoformat() in row["answer"]
    assert await asked(city, ON + (LIMIT + 1) * DAY) != [] and await city.connection.fetchval("select count(*) from correction where source = $1", SOURCE) == 2


async def test_a_list_that_never_came_is_asked_for_by_nobody(city):
    await city.connection.execute("delete from delivery where source = $1", SOURCE)
    assert SOURCE not in await asked(city, ON + 4000 * DAY)
