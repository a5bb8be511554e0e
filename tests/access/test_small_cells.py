"""Who may only count learns of no group of 1 to 5: not from a table, not from its gaps, not from two tables, however many are asked for."""

import random
from collections import Counter, defaultdict
from datetime import date, timedelta

import asyncpg
import httpx
import pytest
from sqlalchemy import ARRAY, Integer, Text, bindparam, column, create_engine, func, select

from hub.access.accounts import write_accounts
from hub.rules.releasing import FEWEST
from hub.storage.database import Database
from hub.web import create_app
from schema.people import suppressed
from tests.access.people import EVERYBODY
from tests.flow import DIVISION
from tests.queries.random_data import PERSON

DAYS = [date(2026, 8, 15) + timedelta(17 * i) for i in range(8)]  # publications; a third of them on two days of one month
TOWNS = [f"2102811{n:02}" for n in range(12)]
SEXES = ("男性", "女性", "未说明的性别")


async def populate(connection: asyncpg.Connection, chance: random.Random) -> None:
    """Children in very unlike townships, ages and sexes, who come and move from publication to publication."""
    sizes = [chance.choice((0, 1, 2, 3, 4, 5, 6, 7, 9, 14, 60)) for _ in TOWNS]
    homes = [town for town, size in zip(TOWNS, sizes, strict=True) for _ in range(size)] + [None] * chance.randrange(9)
    for no, day in enumerate(DAYS, start=1):
        await connection.execute("insert into publication (division, no, business_date, kind, by) values ($1, $2, $3, 'check', 'test')", DIVISION, no, day)
    for n, home in enumerate(homes):
        born = date(2026 - chance.choice((3, 5, 7, 7, 8, 8, 8, 9, 12, 17)), chance.randrange(1, 13), chance.randrange(1, 29))
        sex = chance.choices(SEXES, (10, 9, 1))[0]
        since = chance.choice((1, 1, 1, chance.randrange(1, len(DAYS) + 1)))
        moved = chance.randrange(since + 1, len(DAYS) + 2) if chance.random() < 0.2 else None
        row = (DIVISION, PERSON + n, sex, born, born, born, "{}", asyncpg.Range(None, None))
        names = "division, id, sex, birth_date, born_from, born_to, chosen, valid"
        if moved is not None and moved <= len(DAYS):
            await connection.execute(
                f"insert into person_resolved_history ({names}, known, township) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", *row, asyncpg.Range(since, moved), home
            )
            home, since = chance.choice(TOWNS), moved
        await connection.execute(f"insert into person_resolved ({names}, known_from, township) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", *row, since, home)


@pytest.fixture
def a_city(database):
    """Makes a city of a seed; gives how an account asks it, and its administrator's connection."""

    async def make(seed: int):
        filling = await asyncpg.connect(database.dsn("hub_writer"))
        await populate(filling, random.Random(seed))
        await filling.close()
        made = write_accounts(database.home, EVERYBODY)
        logins = {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")}
        app = create_app(database.settings(HUB_BUSINESS_DATE=DAYS[-1].isoformat(), HUB_WITHOUT_TOKEN="refused"), Database(None, logins))
        client = httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://hub")
        sent = {"authorization": f"Bearer {made.token('leader')}", "hub-purpose": "statistics"}

        async def ask(query: str):
            return (await client.post("/graphql", json={"query": query}, headers=sent)).json()

        return ask, client, app

    return make


def given(when: dict) -> str:
    return "".join(f", {name}: {value}" if name == "asKnownAt" else f', {name}: "{value}"' for name, value in when.items())


async def attack(ask, chance: random.Random, times: int) -> dict[tuple[str, date], dict[str | None, int]]:
    """Ask so many counts in every way that there is; what was told, by dimension and month. Two that tell otherwise of one month are a leak by themselves."""
    told: dict[tuple[str, date], dict[str | None, int]] = {}
    while times > 0:
        asked = []
        for _ in range(min(15, times)):
            group, when = chance.choice(("TOWNSHIP", "SEX", "AGE")), {}
            if chance.random() < 0.7:
                when["on"] = date(2026, 7, 1) + timedelta(chance.randrange(200))
            if chance.random() < 0.5:
                when["asKnownAt"] = chance.randrange(1, len(DAYS) + 1)
            asked.append((group, when))
        times -= len(asked)
        fields = " ".join(f"c{i}: childCounts(groupBy: {group}{given(when)}) {{ key count }}" for i, (group, when) in enumerate(asked))
        answer = await ask("{ %s }" % fields)  # noqa: UP031
        assert "data" in answer, answer
        for i, (group, when) in enumerate(asked):
            day = when.get("on") or (DAYS[when["asKnownAt"] - 1] if "asKnownAt" in when else DAYS[-1])
            groups = {one["key"]: one["count"] for one in answer["data"][f"c{i}"]}
            assert told.setdefault((group, min(max(day, DAYS[0]), DAYS[-1]).replace(day=1)), groups) == groups, (group, when)
    return told


def recovered(shown: dict[str | None, int], real: Counter, total: int | None) -> list:
    """The small groups that an attacker knows exactly, who knows the rule, every key, how many are hidden, and the total where another table tells it."""
    hidden = [key for key in real if key not in shown]
    small = [key for key in hidden if real[key] < FEWEST]
    if any(count < FEWEST for count in shown.values()):
        return [key for key, count in shown.items() if count < FEWEST]
    if not small or total is None:
        return []
    rest = total - sum(shown.values())
    others = len(hidden) - 1
    # one small group: what is left for the others must let it be more than one of 1 to 5, for any split of the others into small and large ones
    possible = {v for v in range(1, FEWEST) if any(s + FEWEST * (others - s) <= rest - v and (s < others or rest - v <= (FEWEST - 1) * s) for s in range(others + 1))}
    return small if len(possible) < 2 else []


async def tables_hold(ask, watch, chance: random.Random, times: int) -> int:
    told = await attack(ask, chance, times)
    found, smalls = [], 0
    real: dict[tuple[str, date], Counter] = defaultdict(Counter)
    for group, month in told:
        known = await watch.fetchval("select greatest(min(no) - 1, 1) from publication where business_date >= $1::date", month)
        key = {"TOWNSHIP": "township", "SEX": "sex", "AGE": "extract(year from age($1::date, birth_date))::text"}[group]
        rows = await watch.fetch(
            f"""select {key} as key, count(*) as n from (
                    select township, sex, birth_date, born_to from person_resolved where known_from <= $2
                    union all select township, sex, birth_date, born_to from person_resolved_history where known @> $2::bigint) p
                 where born_to > ($1::date - interval '18 years')::date group by 1""",
            month, known,
        )  # fmt: skip
        real[group, month] = Counter({row["key"]: row["n"] for row in rows})
    for (group, month), groups in told.items():
        truth = real[group, month]
        assert all(truth[key] == count for key, count in groups.items()), (group, month)
        totals = [sum(told[other, month].values()) for other in ("TOWNSHIP", "SEX", "AGE") if (other, month) in told and set(told[other, month]) == set(real[other, month])]
        found += [(group, month, key) for key in recovered(groups, truth, totals[0] if totals else None)]
        smalls += sum(1 for n in truth.values() if n < FEWEST)
    assert not found, found
    return smalls


@pytest.mark.parametrize("seed", [1, *(pytest.param(seed, marks=pytest.mark.long) for seed in (2, 3))])
async def test_an_attacker_who_counts_finds_no_small_group(a_city, database, seed):
    ask, client, app = await a_city(seed)
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    assert await tables_hold(ask, watch, random.Random(seed), 300) > 10
    await watch.close()
    await client.aclose()
    await app.answering.close()


async def test_what_is_published_changes_no_table_that_was_told(a_city, database):
    """A person fewer – two were merged – told by no difference: of this month, a month gone, a month to come, or by the publication."""
    ask, client, app = await a_city(1)
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    asked = "{ %s }" % " ".join(f'{g.lower()}{i}: childCounts(groupBy: {g}{more}) {{ key count }}' for g in ("TOWNSHIP", "SEX", "AGE") for i, more in enumerate(("", ', on: "2026-08-20"', ', on: "2026-10-31"', ', on: "2027-03-01"', ", asKnownAt: 3", f", asKnownAt: {len(DAYS)}")))  # noqa: UP031
    before = await ask(asked)
    assert any(before["data"].values())
    no = len(DAYS)
    for day in (DAYS[-1], DAYS[3], DAYS[-1]):  # the newest is of a day gone by, too
        no += 1
        await admin.execute("insert into publication (division, no, business_date, kind, by) values ($1, $2, $3, 'verdict', 'test')", DIVISION, no, day)
        await admin.execute(
            """with gone as (delete from person_resolved where id = (select min(id) from person_resolved where born_to > '2015-01-01') returning *)
               insert into person_resolved_history (division, id, sex, birth_date, born_from, born_to, chosen, valid, township, known)
               select division, id, sex, birth_date, born_from, born_to, chosen, valid, township, int8range(known_from, $1) from gone""",
            no,
        )
        assert await ask(asked) == before, (no, day)
    await admin.execute("insert into publication (division, no, business_date, kind, by) values ($1, $2, '2027-03-02', 'check', 'test')", DIVISION, no + 1)
    assert await ask(asked.replace("2027-03-01", "2027-03-31")) != before  # a new month has a new table
    await admin.close()
    await client.aclose()
    await app.answering.close()


async def test_no_month_before_the_first_checks_has_a_table_of_its_own(a_city, database):
    """Two such tables would tell who was born between them."""
    ask, client, app = await a_city(1)
    days = [DAYS[0], *(date(2026 - n // 12, 12 - n % 12, 1) for n in range(4, 14))]
    for group in ("TOWNSHIP", "SEX", "AGE"):
        told = (await ask("{ %s }" % " ".join(f'm{n}: childCounts(groupBy: {group}, on: "{day}") {{ key count }}' for n, day in enumerate(days))))["data"]  # noqa: UP031
        assert all(one == told["m0"] for one in told.values()) and (told["m0"] or group != "SEX")
    await client.aclose()
    await app.answering.close()


@pytest.mark.long
@pytest.mark.parametrize("seed", range(10, 15))
async def test_ten_thousand_counts_find_no_small_group(a_city, database, seed):
    ask, client, app = await a_city(seed)
    watch = await asyncpg.connect(database.dsn("hub_admin"))
    assert await tables_hold(ask, watch, random.Random(seed), 10_000) > 10
    await watch.close()
    await client.aclose()
    await app.answering.close()


async def test_who_may_only_count_has_no_other_road(a_city):
    """No filter, no list, no total, no division's children, no node."""
    ask, client, app = await a_city(4)
    for query in (
        "{ childCounts(groupBy: SEX, filter: {ageFrom: 7}) { count } }", "{ children { totalCount } }", "{ persons(first: 0) { totalCount } }", "{ divisions { children { totalCount } } }",
        "{ findings { totalCount } }", "{ households { totalCount } }", "{ supportMeasures { totalCount } }",
    ):  # fmt: skip
        assert "data" not in await ask(query), query
    await client.aclose()
    await app.answering.close()


def test_no_table_of_random_sizes_tells_a_hidden_group_by_its_total(database):
    """The rule alone, on a thousand tables: with the total known, every small group keeps two values or more; nothing large is hidden without need."""
    engine = create_engine(database.sqlalchemy_url())
    chance = random.Random(1)
    keys, counts = bindparam("keys", type_=ARRAY(Text)), bindparam("counts", type_=ARRAY(Integer))
    rows = func.unnest(keys, counts).table_valued(column("key", Text), column("count", Integer)).render_derived()
    told = suppressed(select(rows.c.key, rows.c.count))  # one statement, asked of every table
    with engine.connect() as connection:
        for _ in range(1000):
            real = Counter({(f"{n:02}" if chance.random() < 0.95 else None): chance.choice((1, 2, 3, 5, 6, 6, 7, 8, 12, 40, 300)) for n in range(chance.randrange(1, 14))})
            shown = {key: n for key, n in connection.execute(told, {"keys": list(real), "counts": list(real.values())})}
            assert all(real[key] == n >= FEWEST for key, n in shown.items())
            assert not recovered(shown, real, sum(real.values())) or not shown, (real, shown)
            if all(n >= FEWEST for n in real.values()):
                assert shown == real
            if max(real.values()) >= 100 and len(real) > 6 and sum(n < FEWEST for n in real.values()) == 1:
                assert shown
