"""Rights taken away at once: a viewer whose subject is blocked is not let in; a second person gives the rights back (ASVS 5.0 8.3.2)."""

from collections.abc import Collection
from difflib import get_close_matches

import asyncpg

from hub.domain.values.text import named


class NotBlocked(Exception):
    """Nobody is known by that name."""


class NotLifted(Exception):
    """A block that is not there, or that the same person would lift."""


async def block(connection: asyncpg.Connection, division: int, subject: str, *, by: str, reason: str) -> None:
    """Take a viewer's rights away; the endpoint looks twice a second."""
    await connection.execute(
        """insert into access_block (division, subject, no, blocked_by, reason)
           select $1, $2, coalesce(max(no), 0) + 1, $3, $4 from access_block where division = $1 and subject = $2""",
        division, subject, by, reason,
    )  # fmt: skip


def meant(subject: str, known: Collection[str]) -> str:
    """The account of that name; NotBlocked, with those that it may mean, where there is none: who takes rights away in a hurry must not believe it done."""
    if subject in known:
        return subject
    near = sorted(one for one in known if one.partition(":")[2] == subject) or get_close_matches(subject, sorted(known), 5, 0.5)
    told = f"perhaps {', '.join(near)} is meant" if near else f"there are {', '.join(sorted(known)) or 'none'}"
    raise NotBlocked(f"nobody is blocked: no account {subject} is known here; {told}. One that has never come in is blocked with --unseen")


async def lift(connection: asyncpg.Connection, division: int, subject: str, *, by: str) -> None:
    """Give them back; NotLifted where the one who took them away would."""
    standing = await connection.fetch("select blocked_by from access_block where division = $1 and subject = $2 and lifted_at is null", division, subject)
    if not standing:
        raise NotLifted(f"{subject} is not blocked")
    if not named(by):
        raise NotLifted("say who lifts it")
    if any(named(row["blocked_by"]) == named(by) for row in standing):
        raise NotLifted(f"{by} blocked {subject}: a second person must lift it")
    await connection.execute(
        "update access_block set lifted_at = now(), lifted_by = $3 where division = $1 and subject = $2 and lifted_at is null", division, subject, by
    )
