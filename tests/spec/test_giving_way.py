"""Whoever asks the endpoint goes before what carries deliveries."""

import asyncio
import os
from concurrent.futures import ThreadPoolExecutor

from hub.access.sealing import Keys
from hub.opening import BEHIND, Hub
from hub.steps.pull import RawStore
from hub.storage.database import Database


def test_a_long_verb_and_its_server_process_come_after_those_who_ask(database, tmp_path):
    keys = Keys.load_or_make(tmp_path / "sealing.json")
    ours = Database(database.running, {}, database.name)

    async def told() -> list[tuple[int, int]]:
        connection = await ours.connect("writer")
        hub = Hub(database.settings(), keys, RawStore(tmp_path / "raw", keys), ours, connection)
        try:
            await hub.give_way()
            processes = [0, await connection.fetchval("select pg_backend_pid()")]
            return [(os.getpriority(os.PRIO_PROCESS, one), os.sched_getscheduler(one)) for one in processes]
        finally:
            await connection.close()

    with ThreadPoolExecutor(1) as aside:  # a priority is a thread's, and the tests that follow keep theirs
        assert aside.submit(asyncio.run, told()).result() == [(BEHIND, os.SCHED_BATCH)] * 2
    assert os.getpriority(os.PRIO_PROCESS, 0) < BEHIND
