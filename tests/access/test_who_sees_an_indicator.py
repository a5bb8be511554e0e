"""Frozen indicators and the lists behind them: whole or not at all for who may see people, without small cells for who may only count."""

from datetime import date

import asyncpg
import pytest

from connectors import CONTRACTS
from hub.access.catalogue import read_catalogue
from hub.rules.frozen import freeze
from hub.rules.indicators import INDICATORS
from hub.storage import tables
from hub.storage.publishing import publishing
from tests.access.people import TOWNSHIP
from tests.flow import DIVISION

ON = date(2026, 10, 20)
VALUES = "{ indicators(first: 100) { totalCount nodes { indicator { name } township frozenOn known above below percent } } }"
LIST = "query ($n: String!, $c: Boolean, $k: Int) { indicatorSubjects(name: $n, counted: $c, on: \"2026-10-20\", asKnownAt: $k) { totalCount nodes { township person { id } finding { id } } } }"


async def frozen_on(database, on: date = ON) -> int:
    """A freeze of the small city."""
    connection = await asyncpg.connect(database.dsn("hub_writer"))
    async with publishing(connection, division=DIVISION, kind="freeze", by="t", business_date=on) as publication:
        await freeze(publication, on)
    await connection.close()
    return publication.no


async def values(ask, name: str) -> dict[tuple[str, str], tuple[int, int]]:
    told = (await ask(name, VALUES))["data"]["indicators"]["nodes"]
    return {(one["indicator"]["name"], one["township"]): (one["above"], one["below"]) for one in told}


async def test_a_value_opens_to_the_list_that_it_counts(ask, database):
    await frozen_on(database)
    told = (await ask("lead", VALUES))["data"]["indicators"]["nodes"]
    city = {one["indicator"]["name"]: one for one in told if one["township"] == "*"}
    assert set(city) == {one.name for one in INDICATORS} and city["enrolment"]["below"] > 3
    for name, one in city.items():
        if not name.startswith("retention"):
            above, below = [(await ask("lead", LIST, n=name, c=counted, k=one["known"]))["data"]["indicatorSubjects"]["totalCount"] for counted in (True, None)]
            assert (above, below) == (one["above"], one["below"]), name
    nodes = (await ask("lead", LIST, n="closing"))["data"]["indicatorSubjects"]["nodes"]
    assert nodes and all(one["finding"] for one in nodes)
    assert "no such indicator" in (await ask("lead", LIST, n="nothing"))["errors"][0]["message"]


async def test_an_indicator_is_there_whole_or_not_at_all(ask, database):
    """By the tables that a purpose opens: the register's clerk has enrolment and no certificates; findings tell of custody, assistance and payments, so that closing is the lead's."""
    await frozen_on(database)
    pupils = {"dropout", "dropout_term", "late_report"}
    for name, seen in {
        "education": {"enrolment", *pupils}, "placement": pupils, "civil": {"quarterly_update"}, "lead": {one.name for one in INDICATORS}, "member": set(),
        "federation": set(), "supervisor": {"enrolment", *pupils}, "township": {"enrolment", *pupils},
    }.items():  # fmt: skip
        names = {indicator for indicator, _ in await values(ask, name)}
        rows = {one.name for one in INDICATORS if (await ask(name, "query ($n: String!) { indicatorSubjects(name: $n) { totalCount } }", n=one.name))["data"]["indicatorSubjects"]["totalCount"]}
        public = {one.name for one in INDICATORS if not one.reveals}
        assert names - public <= seen - public and rows <= seen | public, (name, names, rows)
        assert name in ("civil", "township") or names >= seen - public, (name, names)
    for name in ("school", "village", "planner", "police", "operator", "auditor", "manager"):
        assert "data" not in await ask(name, VALUES) and "data" not in await ask(name, "{ indicatorSubjects(name: \"enrolment\") { totalCount } }"), name
    assert "data" not in await ask("leader", "{ indicatorSubjects(name: \"enrolment\") { totalCount } }") and "data" not in await ask("leader", "{ indicators { nodes { fingerprint } } }")


async def test_a_township_has_its_own_values_and_rows(ask, database):
    await frozen_on(database)
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    town = await watch.fetchval("select township from register_entry where local and township is not null group by 1 order by count(*) desc, 1 limit 1")
    for table in ("frozen_indicator", "register_entry", "person_resolved"):
        await watch.execute(f"update {table} set township = $1 where township = $2", TOWNSHIP, town)
    assert {place for _, place in await values(ask, "township")} == {TOWNSHIP}
    listed = (await ask("township", "{ indicatorSubjects(name: \"enrolment\", on: \"2026-10-20\") { totalCount nodes { township } } }"))["data"]["indicatorSubjects"]
    assert listed["totalCount"] == (await values(ask, "township"))["enrolment", TOWNSHIP][1] and {one["township"] for one in listed["nodes"]} == {TOWNSHIP}
    await watch.close()


async def test_who_may_only_count_sees_what_is_released_of_the_first_freeze_of_a_month(ask, database):
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    await frozen_on(database)
    small = {(row["name"], row["township"]) for row in await watch.fetch("select name, township from frozen_indicator where reveals <> '{}' and (above between 1 and 5 or below - above between 1 and 5)")}
    told = await values(ask, "leader")
    assert small and not small & told.keys()
    first = await watch.fetchval("select count(*) from frozen_indicator where released and reveals <> '{}'")
    assert first == len([one for one in told if not one[0].startswith("retention")])
    await frozen_on(database)
    assert await watch.fetchval("select count(*) from frozen_indicator where released and reveals <> '{}'") == first and first
    await frozen_on(database, date(2026, 11, 1))
    assert await watch.fetchval("select count(*) from frozen_indicator where released and reveals <> '{}'") > first
    await watch.close()


async def test_the_second_lock_knows_what_is_released(database, ask):
    """By row security alone: who reads no table of an indicator sees its released rows only, and a township its own."""
    await frozen_on(database)
    reading = await asyncpg.connect(database.dsn("hub_reader"))

    async def seen(tables_: str, reach: str = "county", towns: str = "") -> set[tuple[str, bool]]:
        async with reading.transaction():
            for name, value in {"divisions": str(DIVISION), "tables": tables_, "reach": reach, "towns": towns}.items():
                await reading.execute("select set_config($1, $2, true)", f"hub.{name}", value)
            return {(row["township"], row["released"]) for row in await reading.fetch("select township, released from frozen_indicator")}

    assert await seen(",person_resolved,") == set()
    assert {released for _, released in await seen(",frozen_indicator,")} == {True}
    assert {released for _, released in await seen(",frozen_indicator,register_entry,")} == {True, False}
    assert {town for town, _ in await seen(",frozen_indicator,register_entry,", "township", "210281103")} <= {"210281103"}
    assert await seen(",frozen_indicator,register_entry,", "school") == set()
    await reading.close()


@pytest.mark.parametrize("one", INDICATORS, ids=lambda one: one.name)
def test_an_indicator_says_every_table_that_it_tells_of(one):
    """Each table of people that it reads; and of each list that fills one and is closed as a whole, what opens it."""
    catalogue = read_catalogue()
    assert set(one.reads) & catalogue.tables <= set(one.reveals) <= catalogue.tables
    for table in one.reads:
        if "source" not in tables.metadata.tables[table].c:
            continue
        filling = {contract.name for contract in CONTRACTS if any(fact.noun == table for fact in contract.facts)}
        for item in catalogue.items.values():
            if any(source.startswith(closed) if closed.endswith(".") else source == closed for source in filling for closed in item.sources):
                assert item.tables & set(one.reveals), (table, item.code)
