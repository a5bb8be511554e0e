"""Readers while a load runs: how long an answer takes beside idle, and whether a walk through a whole list meets anybody twice.

    python -m tests.bench.reading.writes HOME ON FOLDER [--seconds 20]

FOLDER holds deliveries that HOME has not had yet.
"""

import argparse
import asyncio
import json
import os
import subprocess
import sys

import httpx

from tests.bench.reading.load import PORTS, known_values, served
from tests.bench.reading.refusals import HEADERS, others, percentile

WALK = "query ($after: String) { children(first: 100, after: $after) { nodes { id } pageInfo { endCursor hasNextPage } } }"


def main() -> None:
    """As a verb of its own, over a home that is loaded already."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("home")
    asked.add_argument("on")
    asked.add_argument("folder")
    asked.add_argument("--seconds", type=int, default=20)
    told = asked.parse_args()
    with served("hub", told.home, told.on):
        asyncio.run(readers(told.home, told.on, told.folder, told.seconds))


async def readers(home: str, on: str, folder: str, seconds: int) -> None:
    """Measure and print."""
    ids = known_values()["id"]
    idle = await others(ids, seconds)
    command = [sys.executable, "-c", "from hub.cli import main; main()", "run", folder, "--quiet", "--on", on]
    load = subprocess.Popen(command, env=os.environ | {"HUB_HOME": home}, stdout=subprocess.DEVNULL)
    during: list[float] = []
    walks: list[tuple[int, int]] = []
    while load.poll() is None:
        during += await others(ids, 5)
        walks.append(await walk())
    ratio = percentile(during, 95) / percentile(idle, 95)
    print(f"readers' p95: {percentile(idle, 95):.1f} ms idle, {percentile(during, 95):.1f} ms during a load: {ratio:.2f} times ({len(during)} answers)")
    print(f"{len(walks)} walks through {min(n for n, _ in walks)} to {max(n for n, _ in walks)} children meanwhile: {sum(twice for _, twice in walks)} met twice", flush=True)


async def walk() -> tuple[int, int]:
    """Every page of a list: how many were met, and how many of them more than once."""
    met: list[str] = []
    after = None
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{PORTS['hub']}", headers=HEADERS, timeout=60) as client:
        while True:
            answer = await client.post("/graphql", content=json.dumps({"query": WALK, "variables": {"after": after}}))
            page = answer.json()["data"]["children"]
            met += [node["id"] for node in page["nodes"]]
            after = page["pageInfo"]["endCursor"]
            if not page["pageInfo"]["hasNextPage"]:
                return len(met), len(met) - len(set(met))


if __name__ == "__main__":
    main()
