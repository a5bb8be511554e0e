"""Whether an operation's time depends on how many children there are: the same operations over homes of different sizes, in turns.

    python -m tests.bench.reading.flat ON HOME [HOME …]
"""

import asyncio
import statistics
import sys
import time
from pathlib import Path

import orjson

from hub.answering import Answering, Request
from hub.query.limits import TRUSTED
from hub.settings import Settings
from hub.storage.database import Database
from hub.storage.embedded import ensure_started

HERE = Path(__file__).parent
TURNS = 30
PAGES = "query ($after: String) { children(first: 50, after: $after) { nodes { id name township enrolments { grade } } pageInfo { endCursor } } }"


def main() -> None:
    """Measure and print."""
    on, *homes = sys.argv[1:]
    asyncio.run(flat(on, homes))


async def flat(on: str, homes: list[str]) -> None:
    """One line an operation: the median of each home in ms, every home's turn after the other's."""
    hubs = [Answering(settings, Database(ensure_started(settings), {})) for settings in (Settings.from_environ({"HUB_HOME": home, "HUB_BUSINESS_DATE": on}) for home in homes)]
    told = [await asked_of(hub) for hub in hubs]
    print(f"{'children':34s}" + "".join(f"{children:>12d}" for children, _ in told))
    for name in told[0][1]:
        spent: list[list[float]] = [[] for _ in hubs]
        for turn in range(TURNS):
            for hub, (_, operations), times in zip(hubs, told, spent, strict=True):
                document, values = operations[name]
                began = time.perf_counter()
                await ask(hub, document, values[turn % len(values)])
                times.append((time.perf_counter() - began) * 1000)
        print(f"{name:34s}" + "".join(f"{statistics.median(times):9.1f} ms" for times in spent), flush=True)
    for hub in hubs:
        await hub.close()


async def asked_of(hub: Answering) -> tuple[int, dict[str, tuple[str, list[dict[str, str]]]]]:
    """How many children a home has, and what it is asked with which variables."""
    known = await ask(hub, "{ children(first: 100) { totalCount nodes { id } } divisions { code } }", {})
    ids = [{"id": node["id"]} for node in known["children"]["nodes"]]
    townships = [{"township": division["code"]} for division in known["divisions"]]
    cursors: list[dict[str, str]] = [{}]
    for _ in range(10):  # ten pages, each by the cursor of the one before
        page = await ask(hub, PAGES, cursors[-1])
        cursors.append({"after": page["children"]["pageInfo"]["endCursor"]})
    read = {name: (HERE / f"{name}.graphql").read_text(encoding="utf-8") for name in ("point", "worklist", "counts")}
    return known["children"]["totalCount"], {
        "one child with everything": (read["point"], ids),
        "a page of 50 by its cursor": (PAGES, cursors),
        "worklist of at most 50": (read["worklist"], townships),
        "group counts (reads every child)": (read["counts"], [{}]),
    }


async def ask(hub: Answering, document: str, variables: dict[str, str]) -> dict:
    told = orjson.loads((await hub.answer(Request(document, variables, limits=TRUSTED))).body)
    assert "errors" not in told, told
    return told["data"]


if __name__ == "__main__":
    main()
