"""A small city that went through the whole flow, asked as any account."""

import asyncpg
import httpx
import pytest

from hub.access.accounts import write_accounts
from hub.access.sealing import Keys
from hub.storage.database import Database
from hub.web import create_app
from tests.access.people import EVERYBODY
from tests.queries.conftest import fill


@pytest.fixture
async def ask(database, tmp_path):
    """Asks as an account, of a small city that went through the whole flow."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    settings = database.settings(HUB_BUSINESS_DATE="2026-10-20", HUB_WITHOUT_TOKEN="refused")
    await fill(connection, Keys.load_or_make(settings.key_file), tmp_path / "in", 12)
    await connection.close()
    made = write_accounts(database.home, EVERYBODY)
    app = create_app(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub") as client:

        async def asking(name: str, query: str, **variables) -> dict:
            sent = {"authorization": f"Bearer {made.token(name)}", "hub-purpose": made.named(name).purpose}
            return (await client.post("/graphql", json={"query": query, "variables": variables}, headers=sent)).json()

        asking.app = app
        yield asking
    await app.answering.close()


@pytest.fixture
def served_again(ask):
    """Waits until the endpoint has looked anew at who is blocked and which glass is broken."""

    async def wait() -> None:
        ask.app.answering.admission._asked = float("-inf")

    return wait
