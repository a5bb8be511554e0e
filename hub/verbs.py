"""What all verbs share: where they print, which settings they have, how they open the hub."""

import asyncio
import gc
import os
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from datetime import datetime
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from hub.settings import Settings

console = Console(highlight=False, width=None if sys.stdout.isatty() else 180, soft_wrap=not sys.stdout.isatty())
errors = Console(stderr=True, highlight=False)

On = Annotated[datetime | None, typer.Option("--on", formats=["%Y-%m-%d"], help="Business date; today where it is not given.")]

AsOf = Annotated[
    datetime | None, typer.Option("--as-of", formats=["%Y-%m-%d"], help="The date that the delivery speaks for, where its name is wrong.")
]

Id = Annotated[int, typer.Argument(min=-(2**63), max=2**63 - 1, help="The id as it is printed.")]
IDS = {"ignore_unknown_options": True}  # half of all ids are negative, and no option


def settings(on: datetime | None = None) -> Settings:
    """The settings of this process's environment, with the business date that a verb was given."""
    told = Settings.from_environ(os.environ)
    return replace(told, business_date=on.date()) if on else told


def carry_out(work: Callable[[Any], Coroutine[Any, Any, Any]], on: datetime | None = None, *, behind: bool = False) -> Any:
    """Open the hub at a business date, do the work, close it; ``behind``: it is long, and whoever asks the endpoint goes first."""

    async def opened() -> Any:
        from hub.opening import open_hub

        async with open_hub(settings(on)) as hub:
            if behind:
                await hub.give_way()
            return await work(hub)

    gc.disable()  # one verb, one process: what it makes lives until it ends
    return asyncio.run(opened())


def print_table(title: str, headers: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    """Rows under their headers."""
    table = Table(title=title, title_justify="left", show_edge=False, box=SIMPLE_HEAD)
    for header in headers:
        table.add_column(header, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row))
    console.print(table)
