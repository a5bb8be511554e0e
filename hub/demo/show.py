"""`make demo`: make the city, carry its deliveries through the flow, print what was found, serve it."""

import asyncio
import os
import re
import shutil
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from rich.console import Console

from hub.access.accounts import Accounts
from hub.demo import LEVELS, ROUNDS, SPRING
from hub.demo.accounts import demo_accounts
from hub.demo.evaluate import Evaluation, evaluate
from hub.opening import Hub, open_hub
from hub.query.cursors import global_id
from hub.rules.frozen import freeze
from hub.running import Outcome, run_folder
from hub.settings import CannotServe, Settings
from hub.storage.database import open_database, stop_database
from hub.storage.publishing import publishing
from hub.web import serve, take_port

BUSINESS_DATE = ROUNDS[-1]
CHILDREN = 20_000
STANDING = re.compile(r"(?P<children>\d+) children, seed (?P<seed>\d+), dirt (?P<dirt>\w+)(?P<spring>, to spring)?")


def demo_settings(settings: Settings) -> Settings:
    """The demo's own home inside the hub's, so that it never meets other data, and its day."""
    home = settings.home / "demo"
    return replace(
        settings, home=home, key_file=home / "keys" / "sealing.json", audit=home / "audit", audit_key=home / "keys" / "audit.pem", database_url="", business_date=settings.business_date or BUSINESS_DATE
    )


def make_homes(*homes: Path) -> None:
    """Make folders that are not there for nobody else; as root, the database's own account passes through them."""
    for home in homes:
        home.mkdir(parents=True, exist_ok=True, mode=0o711 if os.geteuid() == 0 else 0o700)


@dataclass(frozen=True)
class Asked:
    """Which city is asked for."""

    children: int
    seed: int
    dirt: str
    spring: bool

    def __str__(self) -> str:
        return f"{self.children} children, seed {self.seed}, dirt {self.dirt}{', to spring' if self.spring else ''}"


def asked_for(settings: Settings, children: int | None, seed: int | None, dirt: str | None, *, spring: bool) -> Asked:
    """The city of these arguments; where nothing is said, the one that stands. CannotServe where another stands."""
    if dirt not in (None, *LEVELS):
        raise CannotServe(f"--dirt must be one of {', '.join(LEVELS)}")
    asked, stamp = Asked(CHILDREN if children is None else children, 1 if seed is None else seed, dirt or "medium", spring), _stamp(settings)
    if not stamp.exists() or stamp.read_text() == str(asked):
        return asked
    standing = STANDING.fullmatch(stamp.read_text())
    if (children, seed, dirt, spring) != (None, None, None, False) or not standing:
        raise CannotServe(f"{stamp.parent.parent} holds a city of {stamp.read_text()}; `make demo-reset` removes it")
    return Asked(int(standing["children"]), int(standing["seed"]), standing["dirt"], bool(standing["spring"]))


def _stamp(settings: Settings) -> Path:
    """Where the city that stands says which it is."""
    return demo_settings(settings).home / "city" / "made"


def show(settings: Settings, asked: Asked, *, serve_it: bool, console: Console, watch: Callable[[], Any]) -> None:
    """The whole of `hub demo`."""
    told = demo_settings(settings if settings.business_date or not asked.spring else replace(settings, business_date=SPRING))
    began = time.monotonic()
    make_homes(settings.home, told.home)
    city = told.home / "city"
    with ExitStack() as stack:
        taken = stack.enter_context(take_port(told)) if serve_it else None
        database = stack.enter_context(open_database(told))
        evaluation, steps = asyncio.run(_fill(told, city, asked, console, watch))
        console.print(f"\n{evaluation}\n", markup=False)
        console.print(f"ready after {time.monotonic() - began:.0f} s. Three next steps:", markup=False)
        for step in steps:
            console.print(step, markup=False)
        if taken:
            try:
                serve(
                    told,
                    database,
                    taken,
                    ready=lambda url: console.print(
                        f"\nserving {url} – on this machine only, invented data only; Ctrl-C stops it", markup=False
                    ),
                )
            except KeyboardInterrupt:
                console.print("stopped; `make demo` serves the same city again", markup=False)


def reset(settings: Settings) -> str:
    """Throw the demo's home away, and only that."""
    told = demo_settings(settings)
    if not told.home.exists():
        return "there is no demo city"
    stop_database(told)
    shutil.rmtree(told.home)
    return f"removed {told.home}"


async def _fill(
    settings: Settings, city: Path, asked: Asked, console: Console, watch: Callable[[], Any]
) -> tuple[Evaluation, list[str]]:
    """Make the city if there is none, carry what is not carried yet, and look at what came of it.

    A month is carried while a process of its own makes the next.
    """
    stamp = city / "made"
    rounds = (*ROUNDS, SPRING) if asked.spring else ROUNDS
    if not stamp.exists():
        console.print(f"making a city of {asked} …", markup=False)
        told = (str(city), str(asked.children), str(asked.seed), asked.dirt, *(f"{day}" for day in rounds))
        making = await asyncio.create_subprocess_exec(sys.executable, "-m", "hub.demo", *told, stdout=asyncio.subprocess.PIPE)
    else:
        making = None
    async with open_hub(settings) as hub:
        for month in (f"{day:%Y-%m}" for day in rounds):
            if making and making.stdout and (await making.stdout.readline()).decode().strip() != month:
                raise CannotServe("the city could not be made; what stands above says why")
            outcome = await run_folder(hub, city / month, watch=watch)
            _tell(month, outcome, console)
        if making and await making.wait():
            raise CannotServe("the city could not be made; what stands above says why")
        stamp.write_text(str(asked))
        await _freeze_once(hub)
        accounts = await demo_accounts(settings, hub.connection)
        return await evaluate(hub, city / "truth", on=hub.today()), [*await next_steps(hub, city), *accounts_told(accounts)]


async def _freeze_once(hub: Hub) -> None:
    """Keep the indicators of the last round's day, unless something is kept."""
    if not await hub.connection.fetchval("select exists (select from frozen_indicator where division = $1)", hub.division):
        async with publishing(hub.connection, division=hub.division, kind="freeze", by="hub demo", business_date=hub.today()) as publication:
            await freeze(publication, hub.today())


def accounts_told(accounts: Accounts) -> list[str]:
    """The accounts with a token each: what the query page lets one choose from."""
    lines = ["\naccounts of invented users, each with a token for a day; `hub access token NAME` prints another:"]
    return lines + [f"  {one.name:10s} {one.title}  hub-purpose: {one.purpose}\n    {accounts.token(one.name)}" for one in accounts.accounts]


def _tell(month: str, outcome: Outcome, console: Console) -> None:
    """One line a delivery, then the checks."""
    for report in outcome.reports:
        if report.state != "ALREADY":
            console.print(f"{month}  {report.source:42s} {report.state:9s} {report.counts.told()}", markup=False)
        for reason in report.reasons if report.state == "HELD" else ():
            console.print(f"         held: {reason}", markup=False)
    for refused in outcome.refused:
        console.print(f"{month}  refused: {refused.file}: {refused.reason}", markup=False)
    for rule in (rule for rule in outcome.checks if rule.found or rule.refused or rule.contradicted):
        console.print(f"{month}  {rule.told()}", markup=False)


async def next_steps(hub: Hub, city: Path) -> list[str]:
    """One unenrolled child, one household's plan, and the newcomer's own folder."""
    finding = await hub.connection.fetchrow(
        """select f.id, f.person, p.register_household, p.living_household from finding f join person_resolved p on p.division = f.division and p.id = f.person
            where f.division = $1 and f.rule = 'unenrolled_disabled' and f.contradicted_on is null and f.severity <> 'low' order by f.severity, f.id limit 1""",
        hub.division,
    )
    if finding is None:
        return ["  1. no unenrolled disabled child was found in this city"]
    url = f"http://{hub.settings.host}:{hub.settings.port}/graphql"
    household = finding["living_household"] or finding["register_household"]
    ask = "curl -s {} -H 'content-type: application/json' -H \"authorization: Bearer $(.venv/bin/hub access token {})\" -H 'hub-purpose: {}' -d '{{\"query\": \"{}\"}}'"
    child = f'{{ node(id: \\"{global_id("Finding", finding["id"])}\\") {{ ... on Finding {{ kind person {{ name age }} evidence {{ department says asOf record {{ payload }} }} }} }} }}'
    plan = (
        f'{{ aidPlan(householdId: \\"{global_id("Household", household)}\\") {{ members {{ name age }} children {{ person {{ name }} '
        f"programmes {{ code name answer reason missing settledBy }} }} }} }}"
    )
    return [
        f"  1. one unenrolled child with both sides' rows (and its walk: hub explain {finding['person']} with HUB_HOME={hub.settings.home}):",
        "     " + ask.format(url, "lead", "joint_inspection", child),
        "  2. one household's plan:",
        "     " + ask.format(url, "planner", "aid_planning", plan),
        f"  3. your own folder of deliveries:\n     .venv/bin/hub run FOLDER     (try {city / '2026-09'})",
    ]
