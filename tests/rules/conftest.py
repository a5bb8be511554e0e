"""A city for each test of a rule; a test module says in a fixture ``rule`` which."""

import asyncpg
import pytest

from tests.rules.city import City


@pytest.fixture
async def city(database, rule):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = City(connection, rule)
    await made.deliver()
    await made.school(5, "复州城镇中心小学", kind="小学", township="210281101")
    await made.school(6, "复州城镇中心幼儿园")
    await made.school(7, "小红花园", kind="幼儿园")
    yield made
    await connection.close()
