"""A delivery's pages, drafted in order: by as many processes as there are processors where there is enough to share.

Each process reads the delivery's rows for itself and validates and drafts every n-th page. Between the two it tells the
first process what the page's rows say and is told where they belong, since only who sees all pages knows what came before.
"""

import gc
import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import cycle, islice
from multiprocessing import get_context
from multiprocessing.connection import Connection
from typing import Any

from hub.steps.page import Desk, Page, Places, content_of, draft_page
from hub.steps.validate import PAGE_ROWS, Delivery, raw_pages, validate


def draft_pages(desk: Desk, delivery: Delivery, seen: dict[int, int]) -> Iterator[Page]:
    """Each page of a delivery; ``seen`` (record -> hash in this delivery) is kept up as pages are placed."""
    places = Places(desk.keys, desk.before, seen, desk.families)
    rows = sum(part.sheet.row_count for part in delivery.parts)
    processes = min(len(os.sched_getaffinity(0)), rows // PAGE_ROWS)
    if processes > 1:  # starting processes for less would cost more than it saves
        yield from _by_processes(desk, delivery, places, processes)
        return
    for raw in raw_pages(delivery):
        outcomes = list(validate(raw, desk.stands if desk.standing else None))
        contents = content_of(desk, outcomes)
        page = draft_page(desk, raw.sheet, raw.position, outcomes, contents, places.of(contents))
        page.tally.repeated = raw.repeated
        yield page


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage seldom while deliveries are carried: millions of rows come and go, and hardly any make a cycle."""
    usual = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(200_000, 20, 100)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
        gc.unfreeze()


def _by_processes(desk: Desk, delivery: Delivery, places: Places, processes: int) -> Iterator[Page]:
    """The pages as other processes hand them over, in order; each process has a page placed before the first of them is taken."""
    with ExitStack() as stack:
        drafters = cycle([stack.enter_context(_process(desk, delivery, turn, processes)) for turn in range(processes)])
        placed: deque[Connection] = deque()
        for drafter in drafters:
            contents = _told(drafter)
            if contents is None:
                break
            drafter.send(places.of(contents))
            placed.append(drafter)
            if len(placed) == processes:
                yield _told(placed.popleft())
        yield from map(_told, placed)


def _told(drafter: Connection) -> Any:
    told = drafter.recv()
    if isinstance(told, Exception):
        raise told
    return told


def _process(desk: Desk, delivery: Delivery, turn: int, of: int) -> Connection:
    """Start a process that drafts every ``of``-th page from ``turn`` on; it ends when nobody reads what it hands over."""
    context = get_context("fork")  # the rows and what stood before are there already, and nothing is copied
    here, there = context.Pipe()
    context.Process(target=_hand_over, args=(desk, delivery, turn, of, here, there), daemon=True).start()
    there.close()
    return here


def _hand_over(desk: Desk, delivery: Delivery, turn: int, of: int, here: Connection, there: Connection) -> None:
    here.close()
    gc.disable()  # what a page makes is gone with it, and to look through what was there before would copy it
    try:
        for raw in islice(raw_pages(delivery), turn, None, of):
            outcomes = list(validate(raw, desk.stands if desk.standing else None))
            contents = content_of(desk, outcomes)
            there.send(contents)
            page = draft_page(desk, raw.sheet, raw.position, outcomes, contents, there.recv())
            page.tally.repeated = raw.repeated
            there.send(page)
        there.send(None)
    except (BrokenPipeError, EOFError):
        pass  # the page before was the last that anybody wanted
    except Exception as error:
        there.send(error)
