"""Documents that are refused, of many shapes up to 64 kB: how long each takes, and what one who sends them at full rate does to others.

    python -m tests.bench.reading.refusals HOME ON [--each 40] [--seconds 8]
"""

import argparse
import asyncio
import itertools
import json
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from tests.bench.reading.load import HERE, PORTS, known_values, served

LARGEST = 64 * 1024
HEADERS = {"content-type": "application/json", "accept": "application/graphql-response+json"}
PAUSE = 0.02  # seconds between the requests of each of the others: they are people, not a load test
OTHERS, CONNECTIONS = 4, 4  # the others; the attacker's connections


def filled(unit: str, head: str = "{", tail: str = "}") -> str:
    """A document of 64 kB."""
    return head + unit * ((LARGEST - 40 - len(head) - len(tail)) // len(unit)) + tail


def chain(length: int) -> str:
    """Fragments that each spread the next one twice: 2^length fields."""
    return "{...f0}" + "".join(f"fragment f{i} on Query{{...f{i + 1} ...f{i + 1}}}" for i in range(length)) + f"fragment f{length} on Query{{publication}}"


def numbered(unit: str, count: int) -> str:
    return "".join(unit.replace("#", str(i)) for i in range(count))


SHAPES: dict[str, str] = {
    "a chain that means 2^1000 fields": chain(1000),
    "a chain that means 2^48 fields": chain(48),
    "words": filled("id "),
    "fields of one name": "{" + "publication " * 1_990 + "}",
    "fields that are not there": "{" + numbered("x# ", 1_990) + "}",
    "aliases": "{" + numbered("a#: publication ", 600) + "}",
    "levels": "{a" * 990 + "}" * 990,
    "lists in lists": "{a(b:" + "[" * 900 + "]" * 900 + ")}",
    "objects in objects": "{a(b:" + "{c:" * 600 + "1" + "}" * 600 + ")}",
    "a long text": filled("x", '{a(b:"', '")}'),
    "a block text": filled("\n  x", '{a(b:"""', '""")}'),
    "escapes": filled("\\u0041", '{a(b:"', '")}'),
    "a comment": filled("x", "#", "\n{publication y}"),
    "commas": filled(",", "", "{y}"),
    "lines": filled("\n", "", "{y}"),
    "a long name": filled("x"),
    "spreads": "{" + "...f " * 900 + "}fragment f on Query{" + "publication " * 50 + "}",
    "fragments in a ring": "{...f0}" + "".join(f"fragment f{i} on Query{{...f{(i + 1) % 45} ...f{(i + 7) % 45} ...f{(i + 3) % 45}}}" for i in range(45)),
    "fragments that nobody spreads": "{publication}" + numbered("fragment f# on Query{a#:publication}", 49),
    "directives": "{a" + "@include(if:true)" * 240 + "}",
    "variables": "query(" + numbered("$v#:Int ", 480) + "){publication}",
    "inline fragments": "{" + "...on Query{publication}" * 300 + "}",
    "fields to be merged": "{children{nodes{" + "enrolments{id grade} " * 60 + "}}}",
    "conditions": "{children(filter:{" + "disabled:true " * 500 + "}){totalCount}}",
    "introspection": "{__schema{types{" + "fields{type{ofType{ofType{name}}}}" * 100 + "}}}",
    "a page too large": "{children(first:1000000){nodes{id}}}",
    "no document": filled("%", "", ""),
}


def main() -> None:
    """As a verb of its own, over a home that is loaded already."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home")
    asked.add_argument("on")
    asked.add_argument("--each", type=int, default=40)
    asked.add_argument("--seconds", type=int, default=8)
    told = asked.parse_args()
    refusals(told.home, told.on, told.each, told.seconds)


def refusals(home: str, on: str, each: int, seconds: int) -> None:
    """Measure and print."""
    with served("hub", home, on) as pid:
        every = [spent for name, document in SHAPES.items() for spent in shape(name, document, each, pid)]
        waited, worked = [wall for wall, _ in every], [cpu for _, cpu in every]
        print(f"refused documents: {len(every)} of {len(SHAPES)} shapes; by the clock p50 {statistics.median(waited):.1f} ms, p99 {percentile(waited, 99):.1f} ms;"
              f" the hub's own work p50 {statistics.median(worked):.1f} ms, p99 {percentile(worked, 99):.1f} ms", flush=True)  # fmt: skip
        attacked(known_values()["id"], seconds)


def body(document: str, salt: int) -> bytes:
    """A request that was never made before: what is remembered of a document does not help."""
    return json.dumps({"query": f"{document}\n# {salt}"}).encode()


def shape(name: str, document: str, each: int, pid: int) -> list[tuple[float, float]]:
    """One shape, so many times: milliseconds by the clock, and of the hub's own work, which a busy machine does not change."""
    spent = []
    with httpx.Client(base_url=f"http://127.0.0.1:{PORTS['hub']}", headers=HEADERS, timeout=60) as client:
        for salt in range(each):
            content = body(document, salt)
            began, worked = time.perf_counter(), work_ms(pid)
            answer = client.post("/graphql", content=content)
            spent.append(((time.perf_counter() - began) * 1000, work_ms(pid) - worked))
            assert answer.status_code == 400 and "data" not in answer.json(), (name, answer.text[:200])
    waited, worked_ms = [wall for wall, _ in spent], [cpu for _, cpu in spent]
    print(f"  {name:34s} {len(document):6d} bytes  p50 {statistics.median(waited):6.1f}  most {max(waited):6.1f} ms;  work: most {max(worked_ms):5.1f} ms", flush=True)
    return spent


def work_ms(pid: int) -> float:
    """What a process's threads have run so far."""
    return sum(int(task.read_text().split()[0]) for task in Path(f"/proc/{pid}/task").glob("*/schedstat")) / 1e6


def attacked(ids: list[str], seconds: int) -> None:
    """Others ask for one child each, alone and beside one who sends refused documents as fast as answers come, in turns."""
    if not shutil.which("wrk"):
        print("an attacker at full rate: needs wrk (Debian: apt-get install wrk); not run")
        return
    alone: list[float] = []
    beside: list[float] = []
    for _ in range(3):
        alone += asyncio.run(others(ids, seconds))
        with attacker(seconds + 2):
            beside += asyncio.run(others(ids, seconds))
    ratio = percentile(beside, 95) / percentile(alone, 95)
    print(f"others' p95: {percentile(alone, 95):.1f} ms alone, {percentile(beside, 95):.1f} ms beside an attacker at full rate: {ratio:.2f} times", flush=True)


@contextmanager
def attacker(seconds: int) -> Iterator[None]:
    """One who sends every shape in turn on several connections, each document new, for as long as the `with` lasts."""
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        for n, document in enumerate(SHAPES.values()):
            (folder / str(n)).write_text(json.dumps({"query": document + "\n# "})[:-2], encoding="utf-8")
        script = folder / "attack.lua"
        script.write_text(
            f'wrk.headers["content-type"] = "application/json"\nlocal bodies, i = {{}}, 0\n'
            f'for n = 0, {len(SHAPES) - 1} do bodies[n] = io.open("{folder}/" .. n):read("*a") end\n'
            f'function request() i = i + 1 return wrk.format("POST", "/graphql", nil, bodies[i % {len(SHAPES)}] .. i .. "\\"}}") end\n',
            encoding="utf-8",
        )
        command = ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{seconds}s", "-s", str(script), f"http://127.0.0.1:{PORTS['hub']}/"]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:
            time.sleep(0.5)
            yield
            running.terminate()


async def others(ids: list[str], seconds: int) -> list[float]:
    """What the others' requests take, in milliseconds."""
    document = (HERE / "point.graphql").read_text(encoding="utf-8")
    spent: list[float] = []
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORTS['hub']}", headers=HEADERS, timeout=60) as client:

        async def one(walk: Iterator[str]) -> None:
            until = time.perf_counter() + seconds
            while time.perf_counter() < until:
                content = json.dumps({"query": document, "variables": {"id": next(walk)}})
                began = time.perf_counter()
                answer = await client.post("/graphql", content=content)
                spent.append((time.perf_counter() - began) * 1000)
                assert answer.status_code == 200, (answer.status_code, answer.text)
                await asyncio.sleep(PAUSE)

        await asyncio.gather(*(one(itertools.cycle(ids[n:] + ids[:n])) for n in range(OTHERS)))
    return spent


def percentile(values: list[float], of: int) -> float:
    """The value that so many of a hundred are at most."""
    return sorted(values)[min(len(values) - 1, len(values) * of // 100)]


if __name__ == "__main__":
    main()
