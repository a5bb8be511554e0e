"""All findings, open and concluded."""

from collections.abc import Collection
from datetime import date

import asyncpg

HEADER = ("rule", "person_id", "subject", "status", "severity", "division", "opened", "concluded")


async def told_findings(
    connection: asyncpg.Connection, division: int, *, on: date | None = None, opened: Collection[str] | None = None, townships: Collection[str] | None = None
) -> list[tuple[object, ...]]:
    """One line a finding (opened by a day, where one is given); a person id answers as it is now.

    ``opened``: only those whose mere being there tells of nothing but these tables; ``townships``: only of these.
    """
    rows = await connection.fetch(
        """select f.rule, p.current, f.subject, f.status, f.severity, f.township, f.opened_on, f.concluded_on
             from finding f left join person_id p on p.division = f.division and p.id = f.person
            where f.division = $1 and ($2::date is null or f.opened_on <= $2)
              and ($3::text[] is null or f.reveals = any($3)) and ($4::text[] is null or f.township = any($4)) order by f.rule, f.township, f.person""",
        division,
        on,
        None if opened is None else ["", *opened],
        None if townships is None else list(townships),
    )
    return [tuple(row.values()) for row in rows]
