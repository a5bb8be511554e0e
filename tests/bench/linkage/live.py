"""One new record against a million persons, and many: decided and stored durably, beside a bare durable insert in the same run.

``python -m tests.bench.linkage.live [--persons 1000000]``. The persons are register entries of invented families, written as the hub
would have written them: mentions, keys, identities. What is timed is a publication with one pupil's row (a child and two guardians, some
without number): its mentions, their keys, the decision, identities, the commit.
"""

import argparse
import asyncio
import os
import shutil
import statistics
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from hub.access.sealing import Keys
from hub.domain.values.citizen_number import check_digit
from hub.domain.values.division import TOWNSHIPS
from hub.identity.blocking import keys_of
from hub.identity.gathering import evidence_of
from hub.identity.linking import link
from hub.identity.pinyin import pinyin_key
from hub.identity.weights import shipped
from hub.identity.writing import rule_version
from hub.settings import Settings
from hub.steps.standardise import MENTION_FIELDS, span
from hub.storage.database import Database, keep_up
from hub.storage.embedded import ensure_started, stop
from hub.storage.migrations import migrate
from hub.storage.publishing import publishing
from tests.bench.linkage.population import FIRST, LAST, OLD_FIRST, OLD_LAST, SURNAMES

DIVISION = 210281
BATCH = 20_000
PLACE = {name: at for at, name in enumerate(MENTION_FIELDS)}
TODAY = date(2026, 9, 30)


def family(rng: Random, keys: Keys, serial: int) -> list[dict[str, Any]]:
    """A couple with one or two children, as mentions."""
    town = rng.choice(TOWNSHIP_CODES)
    village = f"{rng.choice('前后东西南北大小')}{rng.choice(SURNAMES)}{rng.choice('屯沟岭泡甸庙河房堡山')}村"
    household = keys.number("household", "REGISTER", str(serial))
    surname = SURNAMES[min(int(rng.expovariate(1 / 25)), len(SURNAMES) - 1)]
    people = []
    for relation in ("户主", "配偶", "长子", "长女")[: rng.choice((3, 4))]:
        child = relation in ("长子", "长女")
        sex = "男性" if relation in ("户主", "长子") else "女性"
        born = date(rng.randint(2009, 2022), 1, 1) if child else date(rng.randint(1974, 1998), 1, 1)
        born += timedelta(days=rng.randrange(365))
        first = f"2102{rng.randint(10, 99)}{born:%Y%m%d}{rng.randint(0, 99):02d}{rng.randrange(5) * 2 + (sex == '男性')}"
        own = surname if relation != "配偶" else rng.choice(SURNAMES)
        name = own + (rng.choice(FIRST) + rng.choice(LAST) if child else rng.choice(OLD_FIRST) + rng.choice(OLD_LAST))
        number = first + check_digit(first)
        people.append(
            mention(keys, ("register", serial, relation), "public_security.household_register", "主体", "any", number=number, name=name, born=born, sex=sex,
                    township=town, village=village, relation=relation, register_household=household)
        )  # fmt: skip
    return people


def mention(keys: Keys, identity: tuple[Any, ...], source: str, role: str, kind: str, *, number: str | None, born: date | None, **told: Any) -> dict[str, Any]:
    """A drafted mention by column."""
    record = keys.number("record", *map(str, identity))
    return dict.fromkeys(MENTION_FIELDS) | {
        "division": DIVISION, "id": keys.number(str(record), role), "record": record, "hash": 0, "source": source, "role": role, "kind": kind,
        "number_mask": number and "*" * 18, "number_blind": number and keys.blind(number), "number_state": "valid" if number else "missing",
        "birth_date": born, "born": born and born.isoformat(), "name_key": told["name"], "pinyin": pinyin_key(told["name"]), "valid": span(TODAY, None), **told,
    }  # fmt: skip


def pupil(rng: Random, keys: Keys, serial: int, home: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """A school's row about a child of a registered family and its parents, some without number."""
    child = rng.choice(home[2:])
    whole = ("pupil", serial)
    rows = [mention(keys, whole, "education.student_register", "主体", "child", number=None, born=child["birth_date"], name=child["name_key"], sex=child["sex"],
                    township=child["township"], village=child["village"])]  # fmt: skip
    if rng.random() < 0.92:
        rows[0] |= {name: child[name] for name in ("number_mask", "number_blind", "number_state")}
    for place, (parent, relation) in enumerate(zip(home[:2], ("父亲", "母亲"), strict=True), start=1):
        row = mention(keys, whole, "education.student_register", f"监护人{place}", "adult", number=None, born=None, name=parent["name_key"], relation=relation,
                      anchor=rows[0]["id"], phone_mask="*", phone_blind=keys.blind(f"139{serial:08d}{place}"))  # fmt: skip
        if rng.random() < 0.64:
            row |= {name: parent[name] for name in ("number_mask", "number_blind", "number_state", "birth_date")}
        rows.append(row)
    return rows


TOWNSHIP_CODES = list(TOWNSHIPS)


async def fill(connection: asyncpg.Connection, keys: Keys, persons: int) -> list[list[dict[str, Any]]]:
    """Write families until there are enough persons; returns some of them."""
    rng = Random(1)
    kept: list[list[dict[str, Any]]] = []
    serial, done = 0, 0
    while done < persons:
        rows: list[dict[str, Any]] = []
        while len(rows) < BATCH:
            home = family(rng, keys, serial)
            serial += 1
            rows += home
            if serial % 97 == 0:
                kept.append(home)
        await copy(connection, keys, rows, first=done + 1)
        done += len(rows)
    await connection.execute("analyze")
    return kept


async def copy(connection: asyncpg.Connection, keys: Keys, rows: list[dict[str, Any]], first: int) -> None:
    """Mentions with their keys, each its own person."""
    await connection.copy_records_to_table("mention", columns=[*MENTION_FIELDS, "known_from"], records=[(*row.values(), 1) for row in rows])
    await connection.copy_records_to_table("mention_key", columns=["division", "key", "mention"], records=list(hashed(keys, rows)))
    people = [DIVISION * 10_000_000_000 + n for n in range(first, first + len(rows))]
    await connection.copy_records_to_table(
        "identity", columns=["division", "id", "person", "tier", "score", "reasons", "rule_version", "cluster", "valid", "known_from"],
        records=[(DIVISION, row["id"], person, "NUMBER", 18, "[]", rule_version(shipped().version), b"N" + row["number_blind"], EVER, 1) for row, person in zip(rows, people, strict=True)],
    )  # fmt: skip
    await connection.copy_records_to_table("person_id", columns=["division", "id", "current", "publication"], records=[(DIVISION, p, p, 1) for p in people])


def hashed(keys: Keys, rows: list[dict[str, Any]]) -> Iterator[tuple[int, int, int]]:
    for row in rows:
        told = evidence_of([row | {"began": None}], lambda number: None)[0]
        for key in {keys.number("key", text) for text in (*keys_of(told, (), TODAY.year), f"w|{told.name}")}:
            yield DIVISION, key, told.id


EVER = asyncpg.Range()


#: What a session has in which records come one by one; a run makes it with each delivery.
SESSION = "create temp table in_told (mention bigint)"


async def publish(connection: asyncpg.Connection, keys: Keys, rows: list[dict[str, Any]]) -> None:
    """One publication with these mentions: stored, keyed, decided, committed."""
    async with publishing(connection, division=DIVISION, kind="bench", by="bench", business_date=TODAY) as publication:
        listed = ", ".join(f"${n}" for n in range(1, len(MENTION_FIELDS) + 2))
        await connection.executemany(
            f"insert into mention ({', '.join(MENTION_FIELDS)}, known_from) values ({listed})", [(*row.values(), publication.no) for row in rows]
        )
        await connection.execute("with gone as (delete from in_told) insert into in_told select unnest($1::bigint[])", list({row["id"] for row in rows}))
        await link(publication, keys)


async def measure(settings: Settings, dsn: str, admin: str, persons: int, singles: int, bulk: int) -> None:
    """Fill, then time bare inserts, single records and a bulk."""
    keys = Keys.load_or_make(settings.key_file)
    filling = await asyncpg.connect(admin)  # COPY into a table with row security is for its owner's master alone
    began = time.perf_counter()
    kept = await fill(filling, keys, persons)
    await filling.close()
    connection = await Database(None, {"writer": dsn}).connect("writer")  # as the hub connects
    await connection.execute(SESSION)
    print(f"{persons} persons written in {time.perf_counter() - began:.0f} s")
    rng = Random(2)
    bare = []
    for _ in range(singles):
        began = time.perf_counter()
        await connection.execute("insert into vault values ($1, $2, 1, $3)", DIVISION, os.urandom(16), b"x" * 46)
        bare.append(time.perf_counter() - began)
    spent = []
    for n in range(singles):
        rows = pupil(rng, keys, n, rng.choice(kept))
        began = time.perf_counter()
        await publish(connection, keys, rows)
        spent.append(time.perf_counter() - began)
    tell("a bare durable insert", bare)
    tell("one record of three people, decided and stored", spent)
    print(f"  that is {statistics.median(spent) / statistics.median(bare):.1f} times the bare insert")
    many = [row for n in range(bulk) for row in pupil(rng, keys, singles + n, rng.choice(kept))]
    began = time.perf_counter()
    await publish(connection, keys, many)
    seconds = time.perf_counter() - began
    print(f"  {bulk} records at once: {seconds:.1f} s, {bulk / seconds:.0f} rows/s")
    linked = await connection.fetchval("select count(*) from identity i where tier <> 'ALONE' and known_from > 1")
    print(f"  of {3 * (singles + bulk)} mentions {linked} were linked")
    await connection.close()


def tell(name: str, spent: list[float]) -> None:
    ordered = sorted(spent)
    print(f"  {name}: p50 {1000 * statistics.median(ordered):.2f} ms, p95 {1000 * ordered[int(len(ordered) * 0.95)]:.2f}, p99 {1000 * ordered[int(len(ordered) * 0.99)]:.2f}")


def main() -> None:
    """On a server of its own."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--persons", type=int, default=1_000_000)
    asked.add_argument("--singles", type=int, default=300)
    asked.add_argument("--bulk", type=int, default=2_000)
    told = asked.parse_args()
    home = Path(tempfile.mkdtemp(prefix="hub-bench-"))
    home.chmod(0o755)
    settings = Settings.from_environ({"HUB_HOME": str(home / "home")})
    try:
        keep_up(settings)
        running = ensure_started(settings)
        migrate(running.sqlalchemy_url("hub_owner"))
        asyncio.run(measure(settings, running.dsn("hub_writer"), running.dsn("hub_admin"), told.persons, told.singles, told.bulk))
    finally:
        stop(settings)
        shutil.rmtree(home, ignore_errors=True)


if __name__ == "__main__":
    main()
