"""What `hub keys` does: seal anew under a new key, and erase a person's numbers. The audit's chain holds neither, and stays valid."""

from dataclasses import dataclass

import asyncpg

from hub.access.sealing import Keys
from hub.auditing import record
from hub.opening import Hub
from hub.refusal import Refusal

AT_ONCE = 5_000
#: Every blind index of a person: of the person, of the mentions that mean the person, of the person's facts.
BLINDS = """select table_name, column_name from information_schema.columns
             where table_schema = 'public' and column_name like '%\\_blind' and table_name <> 'household' order by 1, 2"""


async def rotate(hub: Hub, suite: str) -> int:
    """Add a key and seal every number under it anew; returns how many. Killed in the middle it goes on where it is run again."""
    keys = Keys.add(hub.settings.key_file, suite)
    await record(hub, "hub keys rotate", key=keys.key_no)
    return await seal_anew(hub.connection, hub.division, keys)


async def seal_anew(connection: asyncpg.Connection, division: int, keys: Keys) -> int:
    """Whatever in the vault is sealed under an older key, under the newest."""
    done = 0
    while True:
        async with connection.transaction():
            rows = await connection.fetch("select blind, cipher, key_no from vault where division = $1 and key_no <> $2 limit $3 for update", division, keys.key_no, AT_ONCE)
            anew = [(division, row["blind"], keys.encrypt(keys.decrypt(row["cipher"], row["blind"], row["key_no"]), row["blind"]), keys.key_no) for row in rows]
            await connection.executemany("update vault set cipher = $3, key_no = $4 where division = $1 and blind = $2", anew)
        done += len(rows)
        if len(rows) < AT_ONCE:
            return done


async def forget_keys(hub: Hub) -> int:
    """Destroy the older keys. Refusal while anything in the vault needs one; deliveries as received that need one can no longer be read."""
    left = await hub.connection.fetchval("select count(*) from vault where division = $1 and key_no <> $2", hub.division, hub.keys.key_no)
    if left:
        raise Refusal(f"{left} numbers are sealed under an older key still: `hub keys rotate` first")
    await record(hub, "hub keys forget", key=hub.keys.key_no)
    return Keys.forget(hub.settings.key_file)


@dataclass(frozen=True)
class Erased:
    """What an erasure takes, or would take."""

    numbers: int
    shared: int  # numbers that somebody else's rows hold too: they stay


async def erase(hub: Hub, person: int, *, by: str, because: str, dry_run: bool) -> Erased:
    """Erase the ciphertext of a person's numbers: masks stay, nobody can open them any more, and no later delivery seals them anew. A number that somebody else has too stays.

    What lies in backups is gone with the keys that it was sealed under: rotate and forget, after the erasures of a month.
    """
    connection, division = hub.connection, hub.division
    current = await connection.fetchval("select current from person_id where division = $1 and id = $2", division, person)
    if current is None:
        raise Refusal(f"there is no person {person}")
    if not by.strip() or not because.strip():
        raise Refusal("say who erases (--by) and why (--because)")
    theirs, others = await _blinds(connection, division, "= $2", current), set[bytes]()
    if theirs:
        others = await _blinds(connection, division, "<> $2", current, theirs)
    gone = theirs - others
    await record(hub, "hub keys erase", about=[str(current)], by=by, because=because, dry_run=dry_run)
    if dry_run:
        held = await connection.fetchval("select count(*) from vault where division = $1 and blind = any($2::bytea[])", division, list(gone))
        return Erased(held, len(theirs & others))
    async with connection.transaction():
        await connection.execute("insert into erased (division, blind) select $1, unnest($2::bytea[]) on conflict do nothing", division, list(gone))
        told = await connection.execute("delete from vault where division = $1 and blind = any($2::bytea[])", division, list(gone))
    return Erased(int(told.split()[-1]), len(theirs & others))


async def _blinds(connection: asyncpg.Connection, division: int, whose_is: str, person: int, among: set[bytes] | None = None) -> set[bytes]:
    """The blind indices in rows whose person fits a condition; only those among some where they are given."""
    found: set[bytes] = set()
    for table, column in await connection.fetch(BLINDS):
        whose, source = ("t.id" if table.startswith("person_resolved") else "t.person"), f"{table} t"
        if table.startswith("mention"):
            whose, source = "i.person", f"{table} t join identity i on i.division = t.division and i.id = t.id"
        only = f" and t.{column} = any($3::bytea[])" if among is not None else ""
        told = await connection.fetch(
            f"select distinct t.{column} as blind from {source} where t.division = $1 and t.{column} is not null and {whose} {whose_is}{only}",
            division, person, *([list(among)] if among is not None else []),
        )  # fmt: skip
        found.update(row["blind"] for row in told)
    return found
