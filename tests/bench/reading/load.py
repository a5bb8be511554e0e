"""Reads at 1 and 32 connections: the hub, with its audit and without, beside the limit, its own second road and PostGraphile, interleaved, on one database.

    python -m tests.bench.reading.load HOME ON [--seconds 5] [--rounds 2] [--only point]
"""

import argparse
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

import httpx

from tests.bench.reading.postgraphile import PORT, key_of, postgraphile, same_words
from tests.bench.reading.serving import OPERATIONS

HERE = Path(__file__).parent
SERVED = {"limit": 18_311, "hub": 18_312, "second": 18_313, "silent": 18_316}
PORTS = SERVED | {"peer": PORT}
VARIABLE = {"point": "id", "worklist": "township", "thousand": "township", "counts": None}
LONGER = {"counts": 3}  # times as long: what 32 connections have under way at the end must be little beside what was done
SECOND_AT_MOST = {"thousand": 1}  # connections; at 32 the resolvers need minutes an answer


def main() -> None:
    """As a verb of its own, over a home that is loaded already."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home")
    asked.add_argument("on")
    asked.add_argument("--seconds", type=int, default=5)
    asked.add_argument("--rounds", type=int, default=2)
    asked.add_argument("--only", choices=OPERATIONS, action="append", default=None)
    told = asked.parse_args()
    reading(told.home, told.on, told.seconds, told.rounds, told.only or OPERATIONS)


def reading(home: str, on: str, seconds: int, rounds: int, operations: Sequence[str] = OPERATIONS) -> None:
    """Measure and print; answers are compared first."""
    if not shutil.which("wrk"):
        print("reads: needs wrk (Debian: apt-get install wrk); not run")
        return
    with ExitStack() as stack, tempfile.TemporaryDirectory() as scratch:
        pids = {kind: stack.enter_context(served(kind, home, on)) for kind in SERVED}
        has_peer = stack.enter_context(postgraphile(home, on, Path(scratch)))
        values = known_values()
        same_answers(values, has_peer=has_peer)
        titles = f"{'limit own':>10s} {'by hand':>9s} {'hub':>9s} {'of limit':>8s} {'hub CPU':>9s} {'no audit':>9s} {'of limit':>8s} {'second road':>12s} {'PostGraphile':>13s} {'times':>6s} {'silent':>6s}"
        print(f"{'operation':10s} {'conn.':>5s} {titles}")
        for name in operations:
            for connections in (1, 32):
                kinds = ["own", "hub", "silent"] + (["hand"] if (HERE / f"{name}.sql").exists() else [])
                if connections <= SECOND_AT_MOST.get(name, 32):
                    kinds.append("second")
                if has_peer and (HERE / f"peer_{name}.graphql").exists():
                    kinds.append("peer")
                told: dict[str, list[tuple[float, float]]] = {kind: [] for kind in kinds}
                for turn in range(rounds):
                    for kind in kinds if turn % 2 == 0 else reversed(kinds):
                        pid = pids["limit" if kind in ("own", "hand") else "hub" if kind == "peer" else kind]
                        told[kind].append(load(kind, name, values, connections, seconds * LONGER.get(name, 1), Path(scratch), pid))
                line(name, connections, told)


def line(name: str, connections: int, told: dict[str, list[tuple[float, float]]]) -> None:
    """One row: medians; the limit is the best of its shapes."""
    rate = {kind: statistics.median(rate for rate, _ in cells) for kind, cells in told.items()}
    best = max(rate["own"], rate.get("hand", 0))
    cpu = statistics.median(cpu for _, cpu in told["hub"])
    hand, second, peer = (f"{rate[kind]:9.1f}" if kind in rate else "        –" for kind in ("hand", "second", "peer"))
    times = f"{rate['hub'] / rate['peer']:6.1f} {rate['silent'] / rate['peer']:6.1f}" if "peer" in rate else "     –      –"
    told_of_hub = f"{rate['hub']:9.1f} {rate['hub'] / best:8.2f} {cpu:6.2f} ms {rate['silent']:9.1f} {rate['silent'] / best:8.2f}"
    print(f"{name:10s} {connections:5d} {rate['own']:10.1f} {hand} {told_of_hub}    {second}     {peer} {times}", flush=True)


@contextmanager
def served(kind: str, home: str, on: str) -> Iterator[int]:
    """One server as a process of its own; its pid."""
    command = [sys.executable, "-m", "tests.bench.reading.serving", kind, str(PORTS[kind]), home, on]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    if "serving" not in process.stdout.readline():
        raise SystemExit(f"{kind} did not start")
    try:
        with httpx.Client(transport=httpx.HTTPTransport(retries=20)) as client:
            client.get(f"http://127.0.0.1:{PORTS[kind]}/{'ready' if kind == 'limit' else 'healthz'}", timeout=30).raise_for_status()
        yield process.pid
    finally:
        process.terminate()
        process.wait()


def known_values() -> dict[str, list[str]]:
    """Children and townships to ask for."""
    told = ask("hub", "{ children(first: 100, filter: {enrolled: true}) { nodes { id } } divisions { code } }", {})["data"]
    return {"id": [node["id"] for node in told["children"]["nodes"]], "township": [division["code"] for division in told["divisions"]]}


def same_answers(values: dict[str, list[str]], *, has_peer: bool) -> None:
    """The hub, its second road, its peer and every shape of the limit say the same; the compiler's own statement byte for byte."""
    for name in OPERATIONS:
        variable = VARIABLE[name]
        for value in values[variable][:3] if variable else [""]:
            variables = {variable: value} if variable else {}
            document = (HERE / f"{name}.graphql").read_text(encoding="utf-8")
            hub = ask("hub", document, variables)
            assert "errors" not in hub, hub
            own = httpx.get(f"http://127.0.0.1:{PORTS['limit']}/{name}", params=variables, timeout=60)
            assert own.content == raw("hub", document, variables)
            assert hub == ask("second", document, variables) == ask("silent", document, variables)
            if has_peer and (peer := HERE / f"peer_{name}.graphql").exists():
                told = ask("peer", peer.read_text(encoding="utf-8"), {"id": key_of(value)} if variable == "id" else variables)
                assert same_words(hub["data"], told.get("data")), told
            if (HERE / f"{name}.sql").exists():
                assert hub == httpx.get(f"http://127.0.0.1:{PORTS['limit']}/hand/{name}", params=variables, timeout=60).json()


def ask(kind: str, document: str, variables: dict[str, str]) -> dict:
    return json.loads(raw(kind, document, variables))


def raw(kind: str, document: str, variables: dict[str, str]) -> bytes:
    told = httpx.post(f"http://127.0.0.1:{PORTS[kind]}/graphql", json={"query": document, "variables": variables}, timeout=120)
    return told.content


def load(kind: str, name: str, values: dict[str, list[str]], connections: int, seconds: int, scratch: Path, pid: int) -> tuple[float, float]:
    """Requests a second, and the server's own CPU in ms a request."""
    script = scratch / f"{kind}.lua"
    script.write_text(lua(kind, name, values), encoding="utf-8")
    port = PORTS["limit" if kind in ("own", "hand") else kind]
    before = cpu_seconds(pid)
    told = subprocess.run(
        ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "60s", "-s", str(script), f"http://127.0.0.1:{port}/"], capture_output=True, text=True, check=True
    ).stdout
    spent = cpu_seconds(pid) - before
    if "Non-2xx" in told:
        raise SystemExit(f"{kind} {name}: {told}")
    done = int(re.search(r"(\d+) requests in", told)[1])  # type: ignore[index]
    return float(re.search(r"Requests/sec:\s+([\d.]+)", told)[1]), spent * 1000 / max(done, 1)  # type: ignore[index]


def lua(kind: str, name: str, values: dict[str, list[str]]) -> str:
    """A script for wrk whose requests walk through the values."""
    variable = VARIABLE[name]
    asked = [key_of(value) for value in values["id"]] if kind == "peer" and variable == "id" else values[variable] if variable else [""]
    listed = ",".join(json.dumps(value) for value in asked)
    if kind in ("own", "hand"):
        path = f"/{'hand/' if kind == 'hand' else ''}{name}?{variable}="
        request = f'wrk.format("GET", "{path}" .. v[i])'
    else:
        file = HERE / f"{'peer_' if kind == 'peer' else ''}{name}.graphql"
        query = json.dumps(json.dumps(file.read_text(encoding="utf-8"), ensure_ascii=False), ensure_ascii=False)
        told = f'"\\"{variable}\\":\\"" .. v[i] .. "\\""' if variable else '""'
        request = f'wrk.format("POST", "/graphql", nil, "{{\\"query\\":" .. {query} .. ",\\"variables\\":{{" .. {told} .. "}}}}")'
    return (
        f'wrk.headers["content-type"] = "application/json"\nwrk.headers["accept"] = "application/graphql-response+json"\n'
        f"local v, i = {{{listed}}}, 0\nfunction request() i = i % #v + 1 return {request} end\n"
    )


def cpu_seconds(pid: int) -> float:
    """What a process has used of the processors."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
