"""Which id each person keeps: an id once issued resolves for ever, whatever becomes of the mentions it was issued for."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from decimal import Decimal
from itertools import count

import asyncpg

from hub.identity.deciding import Decision
from hub.storage.publishing import Publication

Link = tuple[int, int | None, str, Decimal | float, str, bytes, int | None, str]  # mention, person, tier, score, reasons as JSON, cluster, household, rule version
Votes = tuple[int, int]  # minus the mentions with a believed number of their own, minus all
Event = tuple[str, int, int]  # kind, the id that it befell, the other id
ID_SPAN = 10_000_000_000  # ids carry the division: 210281 0000000001


def assign_persons(decisions: Iterable[Decision], before: Mapping[int, int | None]) -> tuple[dict[bytes, int | None], dict[int, bytes]]:
    """Which of the ids already issued each cluster keeps (None: a new one is due), and where each id's mentions went.

    An id goes to the cluster that holds most of its mentions, of those whose own number is believed first: whose number somebody was
    published with, theirs the id is. A corrected number keeps the person. A cluster that could keep several keeps the one with most, and
    the others forward to it.
    """
    votes: dict[int, dict[bytes, Votes]] = defaultdict(lambda: defaultdict(lambda: (0, 0)))
    clusters: dict[bytes, int | None] = {}
    for decision in decisions:
        clusters.setdefault(decision.cluster, None)
        person = before.get(decision.mention)
        if person is not None:
            numbered, all_ = votes[person][decision.cluster]
            votes[person][decision.cluster] = numbered - (decision.tier == "NUMBER"), all_ - 1
    went: dict[int, bytes] = {}
    claims: dict[bytes, list[tuple[Votes, int]]] = defaultdict(list)
    for person, counted in votes.items():
        cluster, most = min(counted.items(), key=lambda item: (item[1], item[0]))
        went[person] = cluster
        claims[cluster].append((most, person))
    for cluster, claimants in claims.items():
        clusters[cluster] = min(claimants)[1]
    return clusters, went


async def without_verdicts(connection: asyncpg.Connection, division: int, mentions: Collection[int]) -> dict[int, Link]:
    """Mention -> its link as the data alone made it, as far as it had one: what no verdict has changed."""
    columns = "id, person, tier, score, reasons, cluster, household, rule_version"
    rows = await connection.fetch(
        f"""select distinct on (told.id) {", ".join(f"told.{c}" for c in columns.split(", "))} from (
               select {columns}, known_from from identity where division = $1 and id = any($2::bigint[])
               union all
               select {columns}, lower(known) from identity_history where division = $1 and id = any($2::bigint[])) told
             join publication p on p.division = $1 and p.no = told.known_from
            where p.kind <> 'verdict' order by told.id, told.known_from desc""",
        division,
        list(mentions),
    )
    return {row["id"]: tuple(row) for row in rows}


async def stand(publication: Publication, persons: Collection[int]) -> list[Event]:
    """Let ids that only forwarded stand for themselves again, and what forwarded to them before do so again."""
    changed = await publication.connection.fetch(
        """with back as (select p.id, coalesce(last.current, p.id) as current from person_id p left join lateral (
                           select h.current from person_id_history h where h.division = $1 and h.id = p.id order by upper(h.known) desc limit 1) last on true
                          where p.division = $1 and p.current <> p.id and (p.id = any($2::bigint[]) or last.current = any($2::bigint[]))),
                 due as (select b.id, p.current as before, case when b.id = any($2::bigint[]) then b.id else b.current end as current from back b
                           join person_id p on p.division = $1 and p.id = b.id
                          where p.current <> case when b.id = any($2::bigint[]) then b.id else b.current end),
                 kept as (insert into person_id_history (division, id, current, known)
                          select $1, p.id, p.current, int8range(p.publication, $3) from person_id p join due d on p.division = $1 and p.id = d.id
                           where p.publication < $3)
            update person_id p set current = d.current, publication = $3 from due d where p.division = $1 and p.id = d.id
            returning d.id, d.before, d.current""",
        publication.division,
        list(persons),
        publication.no,
    )
    return [("RESTORED", row["id"], row["before"]) if row["id"] == row["current"] else ("FORWARDED", row["id"], row["current"]) for row in changed]


async def issue(publication: Publication, clusters: dict[bytes, int | None]) -> None:
    """Issue a new id to each cluster that keeps none, in the order of the clusters."""
    due = sorted(cluster for cluster, person in clusters.items() if person is None)
    if not due:
        return
    first = await publication.connection.fetchval(
        """with last as (select coalesce(max(id), $3) as id from person_id where division = $1),
                issued as (insert into person_id (division, id, current, publication)
                           select $1, last.id + n, last.id + n, $2 from last, generate_series(1, $4::bigint) n)
           select id + 1 from last""",
        publication.division,
        publication.no,
        publication.division * ID_SPAN,
        len(due),
    )
    clusters.update(zip(due, count(first), strict=False))


async def forward(publication: Publication, went: dict[int, int | None]) -> list[Event]:
    """An id that has no mention left forwards to the person who has them; an id that has some stands for itself."""
    moved = [(person, target) for person, target in went.items() if target is not None and target != person]
    if not moved:
        return []
    connection, division = publication.connection, publication.division
    await connection.execute("create temp table if not exists in_forward (id bigint, target bigint) on commit drop; truncate in_forward")
    await connection.copy_records_to_table("in_forward", records=moved, columns=["id", "target"])
    await connection.execute(
        f"""delete from in_forward f where exists (select from identity i where i.division = {division} and i.person = f.id);
            insert into person_id_history (division, id, current, known)
            select p.division, p.id, p.current, int8range(p.publication, {publication.no}) from person_id p
              join in_forward f on p.division = {division} and p.current = f.id where p.publication < {publication.no}"""
    )
    led = await connection.fetch(
        """update person_id p set current = f.target, publication = $2 from in_forward f
            where p.division = $1 and p.current = f.id returning p.id, f.id as was, f.target""",
        division,
        publication.no,
    )
    return [("MERGED" if row["id"] == row["was"] else "FORWARDED", row["id"], row["target"]) for row in led]


def splits(moved: Iterable[tuple[int, int]], events: Iterable[Event]) -> list[Event]:
    """Of mentions that have gone from one id to another, what neither a merge nor its undoing tells: both ids stand."""
    told = {(person, other) for kind, person, other in events if kind == "MERGED"} | {(other, person) for kind, person, other in events if kind == "RESTORED"}
    return [("SPLIT", person, other) for person, other in sorted(set(moved) - told)]


async def record(publication: Publication, events: Collection[Event]) -> None:
    """Keep what became of ids: MERGED into the other, FORWARDED to the other from now on, RESTORED from the other, SPLIT: mentions left for the other."""
    if events:
        await publication.connection.executemany(
            """insert into identity_event (division, publication, kind, person, other, "on") values ($1, $2, $3, $4, $5, $6)
               on conflict do nothing""",
            [(publication.division, publication.no, *event, publication.business_date) for event in sorted(events)],
        )
