"""What rights cost: answers with rights, purpose, audit and row security, beside the same statement in the same frame with the same audit, and beside it bare.

    python -m tests.bench.rights HOME ON [--seconds 1] [--rounds 15] [--connections 32]

All three run in this process over the same pool of connections, one after another in short turns, and the median of the rounds' ratios counts, since the machine's own speed changes from one second to the next. *bare*: the
statement of somebody who may see everything, no audit. *frame*: the viewer's own statement, and its entry in the audit. *hub*: the
token and the purpose let in, then ``Answering.answer``. HOME is a demo's, whose joint team lead asks. Row security: a page and a count as the reader, beside the owner, whose policy lets everything through.
"""

import argparse
import asyncio
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import date

from hub.access.audit import entry_of
from hub.access.viewer import TESTER
from hub.admitting import Asking
from hub.answering import Answering, Request
from hub.opening import open_hub
from hub.query.marks import unmarked
from hub.query.policy import ALLOWS_EVERYTHING, Policy
from hub.query.trusted import sha256
from hub.settings import Settings

OPERATIONS = {
    "point": 'query Point($id: ID!) { person(id: $id) { id name age township enrolments { state school { name } } custodies { facility } } }',
    "worklist": "query Worklist { children(first: 50, filter: {disabled: true, enrolled: false}) { nodes { id name age township certificates { category level } } } }",
    "hundred": "query Hundred { children(first: 100) { nodes { id name age enrolments { state grade } guardianships { relation } assistances { programme state } } } }",
}


async def rate(work: Callable[[], Awaitable[object]], connections: int, seconds: float) -> float:
    """Answers a second with so many at a time."""
    done, until = 0, time.perf_counter() + seconds

    async def one() -> None:
        nonlocal done
        while time.perf_counter() < until:
            await work()
            done += 1

    began = time.perf_counter()
    await asyncio.gather(*(one() for _ in range(connections)))
    return done / (time.perf_counter() - began)


async def measure(home: str, on: str, seconds: float, rounds: int, connections: int) -> None:
    """Measure and print."""
    settings = Settings.from_environ({"HUB_HOME": home, "HUB_BUSINESS_DATE": on})
    async with open_hub(settings) as hub:
        answering = Answering(settings, hub.database)
        accounts = answering.admission.accounts
        assert accounts is not None, "a demo's home has accounts: hub demo"
        authorization = f"Bearer {accounts.token('lead')}"
        asking = await answering.admission.admit(authorization, "joint_inspection")
        first = Request("{ children(first: 1) { nodes { id } } }", asking=asking)
        id_ = (await answering.answer(first)).body.decode().split('"id":"')[1].split('"')[0]
        print(f"{'operation':10s} {'bare/s':>8s} {'frame/s':>8s} {'hub/s':>8s} {'hub of frame':>13s} {'hub of bare':>12s}")
        for name, text in OPERATIONS.items():
            request = Request(text, {"id": id_} if name == "point" else None, asking=asking)
            told: dict[str, list[float]] = {"bare": [], "frame": [], "hub": []}
            works = {"bare": await bare(answering, request), "frame": await frame(answering, request, asking), "hub": whole(answering, request, authorization)}
            for work in works.values():
                await rate(work, connections, 0.3)
            for _ in range(rounds):
                for kind, work in works.items():
                    told[kind].append(await rate(work, connections, seconds))
            b, f, h = (statistics.median(told[kind]) for kind in ("bare", "frame", "hub"))
            of_frame, of_bare = (statistics.median(hub / other for hub, other in zip(told["hub"], told[kind], strict=True)) for kind in ("frame", "bare"))
            print(f"{name:10s} {b:8.0f} {f:8.0f} {h:8.0f} {of_frame:13.2f} {of_bare:12.2f}")
        await answering.close()
        await row_security(hub, asking.policy)


async def _plan(answering: Answering, request: Request, asking: Asking) -> tuple[str, list[object], object]:
    document, operation = await answering.prepared(request, asking)
    variables = answering.variables(document, operation, request.variables, asking)
    plan = answering.view(asking.policy).documents.plan(document, operation, variables, asking.policy, request.limits)
    assert plan.sql is not None
    return plan.sql, plan.parameters(variables), document


def whole(answering: Answering, request: Request, authorization: str) -> Callable[[], Awaitable[object]]:
    """The request as it comes: who it is from is looked at each time."""

    async def work() -> object:
        asking = await answering.admission.admit(authorization, "joint_inspection")
        return await answering.answer(Request(request.document, request.variables, asking=asking))

    return work


async def bare(answering: Answering, request: Request) -> Callable[[], Awaitable[object]]:
    """The statement of whoever may see everything, alone."""
    sql, parameters, _ = await _plan(answering, request, Asking(TESTER, "test", ALLOWS_EVERYTHING))
    return lambda: answering.readers.row(sql, parameters)


async def frame(answering: Answering, request: Request, asking: Asking) -> Callable[[], Awaitable[object]]:
    """The viewer's statement with its entry in the audit, and nothing of GraphQL."""
    sql, parameters, document = await _plan(answering, request, asking)
    fields, hashed = sorted(document.fields), sha256(request.document)  # type: ignore[attr-defined]

    async def work() -> object:
        row = await answering.readers.row(sql, parameters)
        body, about = unmarked(row["answer"])
        await answering.audit.write(entry_of(asking.viewer, asking.purpose, "", hashed, fields, about))
        return body

    return work


async def row_security(hub: object, policy: Policy) -> None:
    """A page by name and a count of children, held by policies and not, the best of many."""
    statements = {
        "page": "select id, name from person_resolved where division = $1 order by name_order, id limit 50",
        "count": "select count(*) from person_resolved where division = $1 and born_to > current_date - 6570",
    }
    reader, owner = await hub.database.connect("reader"), await hub.database.connect("owner")  # type: ignore[attr-defined]
    for name, value in policy.settings(hub.division, date.today(), frozenset()).items():  # type: ignore[attr-defined]
        await reader.execute("select set_config($1, $2, false)", f"hub.{name}", value)
    for name, sql in statements.items():
        best = {}
        for kind, connection in (("held", reader), ("free", owner)):
            times = []
            for _ in range(300):
                began = time.perf_counter()
                await connection.fetch(sql, hub.division)  # type: ignore[attr-defined]
                times.append(time.perf_counter() - began)
            best[kind] = min(times)
        print(f"row security, {name}: {best['held'] * 1000:.2f} ms beside {best['free'] * 1000:.2f} ms, {best['held'] / best['free']:.2f} times")
    await reader.close()
    await owner.close()


def main() -> None:
    """As a verb of its own, over a home that is loaded already."""
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("home")
    asked.add_argument("on")
    asked.add_argument("--seconds", type=float, default=1)
    asked.add_argument("--rounds", type=int, default=15)
    asked.add_argument("--connections", type=int, default=32)
    told = asked.parse_args()
    asyncio.run(measure(told.home, told.on, told.seconds, told.rounds, told.connections))


if __name__ == "__main__":
    main()
