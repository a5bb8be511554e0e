"""What lies outside of the program and can fail under it – the disk, the rights of a folder, the database – in one sentence each."""

import errno
from collections.abc import Iterator

import asyncpg

DISK_FULL = "53100"  # PostgreSQL's own codes
LOST = ("08", "57P01", "57P02", "57P03")  # connection failures; shut down by an administrator, crashed, not up yet
FULL = "the disk is full; what was under way was undone: make room and run the same verb again"
GONE = "the database went away in the middle; what was committed stays, the rest is as it was: run the same verb again"


def outage(error: BaseException) -> str | None:
    """The sentence for an error that says nothing of the program; None where the program is at fault."""
    chain = list(_chain(error))
    if any(sql_state(one) == DISK_FULL or (isinstance(one, OSError) and one.errno in (errno.ENOSPC, errno.EDQUOT)) for one in chain):
        return FULL
    if connection_lost(error):
        return GONE
    for one in chain:
        if isinstance(one, PermissionError):
            return f"{_place(one)} may not be read or written by this account: run the hub as its owner, or choose another HUB_HOME"
        if isinstance(one, OSError) and one.filename is not None:
            return f"{_place(one)}: {one.strerror}"
    return None


def connection_lost(error: BaseException) -> bool:
    """Whether an error, or what it came of, says that the server went away or was restarted."""
    return any(_lost(one) for one in _chain(error))


def sql_state(error: BaseException) -> str:
    """PostgreSQL's code of an error, whichever driver tells it; empty where it is none of PostgreSQL's."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate or "")
    told = error.args[0] if error.args and isinstance(error.args[0], dict) else {}
    return str(told.get("C", ""))


def _lost(error: BaseException) -> bool:
    """Whether an error says that the server went away or was restarted, rather than that something is wrong."""
    closed = isinstance(error, asyncpg.InterfaceError) and "closed" in str(error)
    return closed or isinstance(error, ConnectionError) or sql_state(error).startswith(LOST)


def _place(error: OSError) -> str:
    return str(error.filename) if error.filename is not None else "a file or folder"


def _chain(error: BaseException) -> Iterator[BaseException]:
    """An error and those it came of; what a driver hands on wrapped is in there too."""
    seen: list[BaseException] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        one = waiting.pop(0)
        if one is not None and one not in seen:
            seen.append(one)
            yield one
            waiting += [one.__cause__, one.__context__, getattr(one, "orig", None)]
