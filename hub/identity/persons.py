"""Which id each person keeps: an id once issued resolves for ever, whatever becomes of the mentions it was issued for."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

from hub.identity.deciding import Decision
from hub.storage.publishing import Publication

ID_SPAN = 10_000_000_000  # ids carry the division: 210281 0000000001


def assign_persons(decisions: Iterable[Decision], before: Mapping[int, int | None]) -> tuple[dict[bytes, int | None], dict[int, bytes]]:
    """Which of the ids already issued each cluster keeps (None: a new one is due), and where each id's mentions went.

    An id goes to the cluster that holds most of its mentions, so that a corrected number keeps the person; a cluster
    that could keep several keeps the one with most mentions, and the others forward to it.
    """
    votes: dict[int, Counter[bytes]] = defaultdict(Counter)
    clusters: dict[bytes, int | None] = {}
    for decision in decisions:
        clusters.setdefault(decision.cluster, None)
        person = before.get(decision.mention)
        if person is not None:
            votes[person][decision.cluster] += 1
    went: dict[int, bytes] = {}
    claims: dict[bytes, list[tuple[int, int]]] = defaultdict(list)
    for person, counted in votes.items():
        cluster, count = min(counted.items(), key=lambda item: (-item[1], item[0]))
        went[person] = cluster
        claims[cluster].append((-count, person))
    for cluster, claimants in claims.items():
        clusters[cluster] = min(claimants)[1]
    return clusters, went


async def issue(publication: Publication, clusters: dict[bytes, int | None]) -> None:
    """Issue a new id to each cluster that keeps none, in the order of the clusters."""
    due = sorted(cluster for cluster, person in clusters.items() if person is None)
    if not due:
        return
    first = 1 + await publication.connection.fetchval(
        "select coalesce(max(id), $2) from person_id where division = $1", publication.division, publication.division * ID_SPAN
    )
    for person, cluster in enumerate(due, start=first):
        clusters[cluster] = person
    await publication.connection.execute(
        "insert into person_id (division, id, current, publication) select $1, id, id, $2 from generate_series($3::bigint, $4::bigint) id",
        publication.division,
        publication.no,
        first,
        first + len(due) - 1,
    )


async def forward(publication: Publication, went: dict[int, int | None]) -> None:
    """An id that has no mention left forwards to the person who has them; an id that has some stands for itself."""
    moved = [(person, target) for person, target in went.items() if target is not None and target != person]
    if not moved:
        return
    connection, division = publication.connection, publication.division
    await connection.execute("create temp table if not exists in_forward (id bigint, target bigint) on commit drop; truncate in_forward")
    await connection.copy_records_to_table("in_forward", records=moved, columns=["id", "target"])
    await connection.execute(
        f"""delete from in_forward f where exists (select from identity i where i.division = {division} and i.person = f.id);
            insert into person_id_history (division, id, current, known)
            select p.division, p.id, p.current, int8range(p.publication, {publication.no}) from person_id p
              join in_forward f on p.division = {division} and p.current = f.id where p.publication < {publication.no};
            update person_id p set current = f.target, publication = {publication.no} from in_forward f
             where p.division = {division} and p.current = f.id"""
    )
