"""A delivery's pages, drafted in order: by as many processes as there are processors where there is enough to share.

Each process reads the delivery's rows for itself and drafts every n-th page; the first one copies what they hand over. A
page that names a record of an earlier page must know what that one said, so from there on the pages are drafted here.
"""

import gc
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from itertools import islice
from multiprocessing import get_context
from multiprocessing.connection import Connection

from hub.steps.page import Desk, Page, draft_page
from hub.steps.validate import PAGE_ROWS, Delivery, raw_pages, validate


def draft_pages(desk: Desk, delivery: Delivery, seen: dict[int, int]) -> Iterator[Page]:
    """Each page of a delivery; ``seen`` are the records of the pages taken so far, kept up by the caller."""
    done = 0
    for page in _by_processes(desk, delivery):
        if not seen.keys().isdisjoint(page.seen):
            break
        done += 1
        yield page
    for raw in islice(raw_pages(delivery), done, None):
        yield draft_page(desk, raw.sheet, raw.position, validate(raw), seen)


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


def _by_processes(desk: Desk, delivery: Delivery) -> Iterator[Page]:
    """The pages as other processes hand them over, in order; none where it is not worth while."""
    rows = sum(part.sheet.row_count for part in delivery.parts)
    processes = min(len(os.sched_getaffinity(0)), rows // PAGE_ROWS)
    if processes < 2:
        return  # starting processes would cost more than it saves
    with ExitStack() as stack:
        readers = [stack.enter_context(_process(desk, delivery, turn, processes)) for turn in range(processes)]
        turn = 0
        while (page := readers[turn % processes].recv()) is not None:
            if isinstance(page, Exception):
                raise page
            yield page
            turn += 1


def _process(desk: Desk, delivery: Delivery, turn: int, of: int) -> Connection:
    """Start a process that drafts every ``of``-th page from ``turn`` on; it ends when nobody reads what it hands over."""
    context = get_context("fork")  # the rows and what stood before are there already, and nothing is copied
    reader, writer = context.Pipe(duplex=False)
    context.Process(target=_hand_over, args=(desk, delivery, turn, of, reader, writer), daemon=True).start()
    writer.close()
    return reader


def _hand_over(desk: Desk, delivery: Delivery, turn: int, of: int, reader: Connection, writer: Connection) -> None:
    reader.close()
    gc.disable()  # what a page makes is gone with it, and to look through what was there before would copy it
    try:
        for raw in islice(raw_pages(delivery), turn, None, of):
            writer.send(draft_page(desk, raw.sheet, raw.position, validate(raw), {}))
        writer.send(None)
    except BrokenPipeError:
        pass  # the page before was the last that anybody wanted
    except Exception as error:
        writer.send(error)
