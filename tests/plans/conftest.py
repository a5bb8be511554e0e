"""An office to which every list has come, for each test of plans."""

import asyncpg
import pytest

from hub.access.sealing import Keys
from tests.plans.office import Office


@pytest.fixture
async def office(database, tmp_path):
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    made = Office(connection, database, Keys.load_or_make(tmp_path / "keys.json"))
    await made.lists()
    yield made
    await connection.close()
