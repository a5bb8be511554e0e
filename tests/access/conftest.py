"""A small city that went through the whole flow, asked as any account."""

import asyncio

import asyncpg
import httpx
import pytest

from hub.access.accounts import write_accounts
from hub.access.sealing import Keys
from hub.storage.database import Database
from hub.web import create_app
from tests.access.people import EVERYBODY
from tests.conftest import cloned
from tests.queries.conftest import fill

OF_THE_CITY = {"ask", "opened"}  # fixtures that are of the small city


@pytest.fixture(scope="session")
def small_city(cluster, tmp_path_factory):
    """A small city that went through the whole flow once, with its keys."""

    async def carried():
        connection = await asyncpg.connect(city.dsn("hub_writer"))
        await fill(connection, Keys.load_or_make(city.settings().key_file), tmp_path_factory.mktemp("small"), 12)
        await connection.close()

    with cloned(cluster, tmp_path_factory.mktemp("city")) as city:
        asyncio.run(carried())
        yield city


@pytest.fixture
def database(request, database_factory):
    """A fresh database; a copy of the small city where it is asked of that."""
    with database_factory(request.getfixturevalue("small_city") if OF_THE_CITY & set(request.fixturenames) else None) as made:
        yield made


@pytest.fixture
async def ask(database):
    """Asks as an account, of a copy of the small city."""
    settings = database.settings(HUB_BUSINESS_DATE="2026-10-20", HUB_WITHOUT_TOKEN="refused")
    made = write_accounts(database.home, EVERYBODY)
    app = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:

        async def asking(name: str, query: str, **variables) -> dict:
            sent = {"authorization": f"Bearer {made.token(name)}", "hub-purpose": made.named(name).purpose}
            return (await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)).json()

        asking.app, asking.made, asking.client = app, made, client
        yield asking
    await app.answering.close()


@pytest.fixture
def served_again(ask):
    """Waits until the endpoint has looked anew at who is blocked and which glass is broken."""

    async def wait() -> None:
        ask.app.answering.admission._asked = float("-inf")

    return wait
