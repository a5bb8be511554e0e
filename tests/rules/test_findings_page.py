"""A page of findings with the records of both sides, as share of the limit: `python -m pytest -m bench tests/rules/test_findings_page.py -n 0 -s`."""

import os
import statistics
import time

import asyncpg
import orjson
import pytest

from hub.answering import Answering, Request
from hub.query.policy import ALLOWS_EVERYTHING
from hub.storage.database import Database
from tests.flow import DIVISION
from tests.rules.city import ON, City
from tests.rules.test_speed import CHILDREN, FILL

CONNECTIONS, ROUNDS, SECONDS = int(os.environ.get("CONNECTIONS", "8")), 5, 2.0
PAGE = """{ findings(rule: "unenrolled", first: 50) { nodes {
    id kind severity confidence status township openedOn dueOn rule { number title clauses } person { name age } lookedIn { source asOf }
    evidence { department source says asOf tier record { id } } } } }"""


@pytest.fixture
def rule():
    return "unenrolled"


@pytest.mark.bench
async def test_a_page_of_findings_with_its_evidence(database, rule):
    """The limit is the page's own statement over the same connections with the same entry in the audit, and nothing of GraphQL."""
    from tests.bench.rights import frame, rate

    admin = await asyncpg.connect(database.dsn("hub_admin"))
    await admin.execute(FILL)
    await admin.execute(
        f"""insert into record (division, id, hash, source, delivery, sheet, row, payload, publication)
            select {DIVISION}, n, 1, 'public_security.household_register', 1, '', n, '{{}}', 1 from generate_series(1, {CHILDREN}) n"""
    )
    connection = await asyncpg.connect(database.dsn("hub_writer"), server_settings={"plan_cache_mode": "force_generic_plan", "random_page_cost": "1.1", "jit": "off"})
    city = City(connection, rule)
    await city.deliver()
    await city.check(ON)
    await admin.execute("analyze")
    settings = database.settings(HUB_BUSINESS_DATE=ON.isoformat())
    answering = Answering(settings, Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}))
    asking = await answering.admission.admit("", "")
    assert asking.policy is ALLOWS_EVERYTHING
    request = Request(PAGE, asking=asking)
    nodes = orjson.loads((await answering.answer(request)).body)["data"]["findings"]["nodes"]
    assert len(nodes) == 50 and all(node["evidence"] and node["evidence"][0]["record"] for node in nodes)
    works = {"limit": await frame(answering, request, asking), "hub": lambda: answering.answer(request)}
    told: dict[str, list[float]] = {"limit": [], "hub": []}
    for work in works.values():
        await rate(work, CONNECTIONS, 0.5)
    for _ in range(ROUNDS):
        for kind, work in works.items():
            told[kind].append(await rate(work, CONNECTIONS, SECONDS))
    limit, hub = (statistics.median(told[kind]) for kind in ("limit", "hub"))
    began = time.perf_counter()
    await works["limit"]()
    print(f"\na page of 50 of {await connection.fetchval('select count(*) from finding'):,} findings with evidence, {CONNECTIONS} connections: "
          f"{hub:.0f} of {limit:.0f} a second, {hub / limit:.2f} of the limit; one alone {(time.perf_counter() - began) * 1000:.1f} ms", flush=True)  # fmt: skip
    await answering.close()
    await connection.close()
    await admin.close()
    assert hub / limit >= 0.85, (hub, limit)
