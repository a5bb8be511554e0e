"""Connections that many viewers share: whatever ends a statement – its answer, an error, a cancel, a kill – the next viewer's answer is
the next viewer's alone, and an idle connection gives no row. REQUESTS says how many (1,000,000 in the long run); PGBOUNCER where it is.
"""

import asyncio
import contextlib
import os
import pwd
import random
import shutil
import socket
import subprocess
import sys
import time
from collections import Counter
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import asyncpg
import pytest

from hub.access.deciding import Asker
from hub.access.rights import rights_of
from hub.query.asking import Asker as Questions
from hub.query.documents import read
from hub.query.limits import AD_HOC
from hub.query.plans import Plan, compile_plan
from hub.query.policy import CATALOGUE, Policy
from hub.storage.readers import Readers
from schema.declared import seen_by
from tests.flow import DIVISION
from tests.queries.random_data import TODAY, fill_at_random

REQUESTS = int(os.environ.get("REQUESTS", "3000"))
TOWNS = [f"21028100{n}" for n in range(1, 9)]
QUERY = "{ persons(first: 100) { totalCount nodes { id township } } }"
AT_ONCE = 24
BOUNCER = os.environ.get("PGBOUNCER") or shutil.which("pgbouncer") or ""


@dataclass(frozen=True)
class Asked:
    """A viewer's statement with its parameters, and what it must answer."""

    town: str
    sql: str
    parameters: list[object]
    answer: bytes


@pytest.fixture
async def viewers(database) -> list[Asked]:
    """Inspectors of eight townships, each with the answer that a connection of its own gives."""
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.execute(f"update person_resolved set township = (array{TOWNS!r})[1 + abs(id) % 8], valid = '[2000-01-01,)'")
    await writer.close()
    found = []
    for town in TOWNS:
        policy = Policy(rights_of(CATALOGUE, Asker("township", "township.inspector"), "visit", date.today()))
        plan, told = planned(policy), policy.request(DIVISION, TODAY, frozenset({town, "department/township"}))
        assert plan.sql is not None
        alone = await asyncpg.connect(database.dsn("hub_reader"))
        answer = (await alone.fetchrow(plan.sql, *plan.parameters(told)))["answer"]
        await alone.close()
        found.append(Asked(town, plan.sql, plan.parameters(told), answer))
    others = [[other.encode() for other in TOWNS if other != one.town] for one in found]
    assert all(one.town.encode() in one.answer and not any(o in one.answer for o in other) for one, other in zip(found, others, strict=True))
    return found


def planned(policy: Policy) -> Plan:
    """The plan as the endpoint makes it."""
    graph = seen_by(policy)
    document = read(graph.types, QUERY, AD_HOC)
    operation = document.operation(None)
    assert operation is not None and document.parsed is not None
    return compile_plan(graph, document.parsed, operation, Questions(policy.request(DIVISION, TODAY)), policy, AD_HOC.page)


async def mixed(readers: Readers, viewers: list[Asked], admin: asyncpg.Connection, name: str, requests: int) -> Counter[str]:
    """So many requests of random viewers, some cancelled, some of an error, some whose connection is killed; what they came to."""
    told: Counter[str] = Counter()
    left = iter(range(requests))

    async def one(rng: random.Random) -> None:
        for _ in left:
            viewer, kind = rng.choice(viewers), rng.choices(("answer", "cancel", "error"), (90, 7, 3))[0]
            if kind == "error":  # after the settings are set, as anything in the statement may fail
                broken = viewer.sql.replace("SELECT convert_to(", "SELECT (1 / (length(told) * 0))::text::bytea, convert_to(", 1)
                assert broken != viewer.sql
                with contextlib.suppress(asyncpg.PostgresError, ConnectionError, asyncpg.InterfaceError):
                    await readers.row(broken, viewer.parameters)
                    raise AssertionError("it did not fail")
                told["error"] += 1
                continue
            asked = asyncio.create_task(readers.row(viewer.sql, viewer.parameters))
            if kind == "cancel":
                await asyncio.sleep(rng.random() * 0.004)
                asked.cancel()
            try:
                answer = (await asked)["answer"]
            except asyncio.CancelledError:
                told["cancelled"] += 1
            except (asyncpg.PostgresError, asyncpg.InterfaceError, ConnectionError, OSError):
                told["killed"] += 1
            else:
                told["answered"] += 1
                told["leaked"] += answer != viewer.answer

    async def killing(rng: random.Random) -> None:
        while True:
            await asyncio.sleep(0.05)
            await admin.execute("select pg_terminate_backend(pid) from pg_stat_activity where usename = 'hub_reader' and datname = $1 and pid % 5 = $2", name, rng.randrange(5))

    killer = asyncio.create_task(killing(random.Random(0)))
    try:
        await asyncio.gather(*(one(random.Random(n)) for n in range(AT_ONCE)))
    finally:
        killer.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await killer
    return told


async def idle_gives_nothing(readers: Readers) -> int:
    """How many idle connections were looked at: none has a setting of a viewer, and none gives a row."""
    looked = 0
    for connection in readers._idle:
        try:
            row = await connection.fetchrow("select current_setting('hub.care', true) as care, current_setting('hub.divisions', true) as divisions, (select count(*) from person_resolved) as rows")
        except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, ConnectionError, OSError):
            continue  # killed while it was idle
        assert not row["care"] and not row["divisions"] and row["rows"] == 0, dict(row)
        looked += 1
    return looked


async def test_no_viewer_is_answered_as_another(database, viewers):
    readers = Readers(lambda: asyncpg.connect(database.dsn("hub_reader"), statement_cache_size=128), size=6, wait=30)
    admin = await asyncpg.connect(database.dsn("hub_admin"))
    began = time.monotonic()
    told = await mixed(readers, viewers, admin, database.name, REQUESTS)
    print(f"\n{REQUESTS} requests in {time.monotonic() - began:.0f} s: {dict(told)}", file=sys.stderr)
    assert told["leaked"] == 0 and told["answered"] > REQUESTS * 0.6 and told["cancelled"] > 0 and told["error"] > 0 and told["killed"] > 0, told
    assert await idle_gives_nothing(readers) > 0
    await readers.close()
    await admin.close()


@contextlib.contextmanager
def bouncer(database, folder: Path):
    """pgbouncer in transaction mode before the test's database, as the server's own account; its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = database.running
    config = folder / "pgbouncer.ini"
    config.touch(mode=0o600)
    config.write_text(
        f"[databases]\n* = host={server.sockets} port={server.port} user=hub_reader password={server.passwords['hub_reader']}\n"
        f"[pgbouncer]\nlisten_addr = 127.0.0.1\nlisten_port = {port}\nunix_socket_dir =\nauth_type = any\npool_mode = transaction\n"
        "default_pool_size = 4\nmax_client_conn = 200\n"
    )
    account = ["-u", pwd.getpwuid(server.sockets.stat().st_uid).pw_name] if os.geteuid() == 0 else []
    process = subprocess.Popen([BOUNCER, *account, str(config)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
                break
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        process.wait(10)


@pytest.mark.skipif(not BOUNCER, reason="pgbouncer is not here: PGBOUNCER=/path, or apt-get install pgbouncer")
async def test_through_a_pooler_of_transactions_neither(database, viewers, tmp_path):
    """Twenty connections of ours share four of the server's, which change hands after every statement."""
    with bouncer(database, tmp_path) as port:
        address = f"postgresql://hub_reader@127.0.0.1:{port}/{database.name}"
        readers = Readers(lambda: asyncpg.connect(address, statement_cache_size=0), size=20, wait=30)
        admin = await asyncpg.connect(database.dsn("hub_admin"))
        told = await mixed(readers, viewers, admin, database.name, REQUESTS)
        print(f"\n{REQUESTS} requests through pgbouncer: {dict(told)}", file=sys.stderr)
        assert told["leaked"] == 0 and told["answered"] > REQUESTS * 0.6 and told["cancelled"] > 0 and told["killed"] > 0, told
        assert await idle_gives_nothing(readers) > 0
        assert 0 < await admin.fetchval("select count(*) from pg_stat_activity where usename = 'hub_reader' and datname = $1", database.name) <= 4
        await readers.close()
        await admin.close()
