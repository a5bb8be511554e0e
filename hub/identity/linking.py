"""Link: give every mention of a publication its person, in the transaction that publishes it.

What must be decided anew is found by key: all mentions that share a number, a match key or a former cluster with one that
was touched. People named beside a child (guardians, parents) who have no number are then linked through the child.
"""

from collections import defaultdict
from collections.abc import Iterable

import orjson

from hub.identity.clusters import RELATIVE, assign_persons, decide
from hub.identity.evidence import RULE_VERSION, Decision, Evidence, reasons
from hub.storage.history import retire
from hub.storage.publishing import Publication

ANALYZE_ROWS = 2_000  # more decisions than this change what the planner should know
ID_SPAN = 10_000_000_000  # ids carry the division: 210281 0000000001


async def link(publication: Publication) -> None:
    """Decide who is meant by the mentions in ``in_mention``; leaves ``in_rehomed`` (mention, person) for ``assemble``."""
    connection = publication.connection
    await connection.execute(
        """create temp table in_rehomed (mention bigint primary key, person bigint) on commit drop;
           create temp table in_identity (id bigint, person bigint, tier text, score numeric(8,3), reasons jsonb,
                                          cluster bytea) on commit drop;
           create temp table in_review (mention bigint, other bigint, kind text) on commit drop"""
    )
    evidence = [e for e in await _evidence(publication) if e.number or e.match_key is not None or e.anchor is None]
    decisions, review = decide(evidence)
    changed = await _write(publication, decisions, {e.id: e.person for e in evidence})
    await _relatives(publication, changed)
    await _write_review(publication, review)


async def _evidence(publication: Publication) -> list[Evidence]:
    """The latest evidence of every mention in scope: touched, or sharing a number, match key or cluster with one."""
    await publication.connection.execute(
        """create temp table in_scope on commit drop as
           with touched as (select distinct id from in_mention),
                versions as (select m.id, m.number_blind, m.number_state, m.match_key
                               from mention m join touched t on m.division = $1 and m.id = t.id)
           select id from touched
           union select m.id from mention m where m.division = $1 and m.number_blind in
                 (select number_blind from versions where number_state = 'valid')
           union select m.id from mention m where m.division = $1 and m.match_key in (select match_key from versions)
           union select i.id from identity i where i.division = $1 and i.cluster in
                 (select o.cluster from identity o join touched t on o.division = $1 and o.id = t.id)""".replace(
            "$1", str(publication.division)
        )
    )
    await publication.connection.execute("analyze in_scope")
    rows = await publication.connection.fetch(
        """select distinct on (m.id) m.id, case when m.number_state = 'valid' then m.number_blind end as number, m.match_key,
                  m.township, m.name_key, m.kind, m.anchor, i.person, i.cluster
             from in_scope s join mention m on m.division = $1 and m.id = s.id
             left join identity i on i.division = $1 and i.id = s.id
            order by m.id, lower(m.valid) desc""",
        publication.division,
    )
    return [Evidence(*row.values()) for row in rows]


async def _write(publication: Publication, decisions: list[Decision], before: dict[int, int | None]) -> list[int]:
    """Give each cluster its person and write what differs; returns the persons whose mentions changed."""
    clusters, went = assign_persons(decisions, before)
    await _issue(publication, clusters)
    people = {decision.mention: clusters[decision.cluster] for decision in decisions}
    await publication.connection.copy_records_to_table(
        "in_identity",
        columns=["id", "person", "tier", "score", "reasons", "cluster"],
        records=[(d.mention, clusters[d.cluster], d.tier, d.score, orjson.dumps(d.reasons).decode(), d.cluster) for d in decisions],
    )
    await _store(publication)
    await _forward(publication, {person: clusters[cluster] for person, cluster in went.items()})
    changed = {p for m, p in people.items() if before.get(m) != p} | {p for m, p in before.items() if p and people.get(m) != p}
    return [person for person in changed if person is not None]


async def _issue(publication: Publication, clusters: dict[bytes, int | None]) -> None:
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


async def _store(publication: Publication) -> None:
    """Write the decisions in ``in_identity`` that differ from what is known, and note whose person changed."""
    connection, division = publication.connection, publication.division
    await connection.execute("analyze in_identity")
    await connection.execute(
        f"""delete from in_identity n using identity i
             where i.division = {division} and i.id = n.id
               and i.person = n.person and i.tier = n.tier and i.cluster = n.cluster;
            insert into in_rehomed select n.id, n.person from in_identity n join identity i
                on i.division = {division} and i.id = n.id and i.person <> n.person
            on conflict (mention) do update set person = excluded.person"""
    )
    await connection.execute(retire("identity", source="in_identity", match=f"t.division = {division} and t.id = s.id"), publication.no)
    await connection.execute(
        """insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, valid, known_from)
           select $1, id, person, tier, score, reasons, $2, cluster, '(,)', $3 from in_identity""",
        division,
        RULE_VERSION,
        publication.no,
    )
    if await connection.fetchval("select count(*) from in_identity") > ANALYZE_ROWS:
        await publication.analyze("identity", "person_id")
    await connection.execute("truncate in_identity")


async def _forward(publication: Publication, went: dict[int, int | None]) -> None:
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


async def _relatives(publication: Publication, changed: Iterable[int]) -> None:
    """Link people without a number through the child beside whom they are named.

    Within one child, one name is one person: the numbered one among those named beside the child or registered in the
    child's household, where there is exactly one; otherwise they stay one unnumbered person of that child's.
    """
    connection, division = publication.connection, publication.division
    await connection.execute("create temp table in_child (person bigint primary key) on commit drop")
    await connection.copy_records_to_table("in_child", records=[(p,) for p in set(changed)], columns=["person"])
    await connection.execute(
        f"""insert into in_child select distinct i.person from in_mention m
              join identity i on i.division = {division} and i.id = m.anchor on conflict do nothing;
            analyze in_child; analyze in_hukou_registration"""
    )
    named = await connection.fetch(
        """select distinct on (m.id) m.id, i.person as child, m.name_key, m.number_state = 'valid' as numbered,
                  m.match_key is not null as keyed, o.person, o.tier
             from in_child c join identity i on i.division = $1 and i.person = c.person
             join mention m on m.division = $1 and m.anchor = i.id
             left join identity o on o.division = $1 and o.id = m.id
            order by m.id, lower(m.valid) desc""",
        division,
    )
    registered = await _registered(publication)
    groups: dict[tuple[int, str], list[tuple[int, int | None]]] = defaultdict(list)
    numbered: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in named:
        place = (row["child"], row["name_key"] or f"#{row['id']}")
        if not row["numbered"] and not row["keyed"]:
            groups[place].append((row["id"], row["person"]))
        elif row["tier"] in ("NUMBER", "NAME"):
            numbered[place].add(row["person"])
    decisions: list[Decision] = []
    homes: dict[bytes, int] = {}
    for place, mentions in sorted(groups.items()):
        known = numbered[place] or registered.get(place, set())
        cluster = RELATIVE + place[0].to_bytes(8, "big") + place[1].encode()
        why = reasons("same_name", "same_child" if numbered[place] else "same_register_household", "prior")
        if len(known) == 1:
            homes[cluster] = next(iter(known))
        decisions += [
            Decision(id_, cluster, "RELATIVE", why if len(known) == 1 else reasons("same_name", "same_child", "prior"))
            for id_, _ in mentions
        ]
    if decisions:
        await _write_relatives(publication, decisions, homes, {id_: p for group in groups.values() for id_, p in group})


async def _registered(publication: Publication) -> dict[tuple[int, str], set[int]]:
    """(child, name) -> numbered persons of that name in the child's register household."""
    rows = await publication.connection.fetch(
        """with register as (select mention, household from hukou_registration where division = $1
                             union all select mention, household from in_hukou_registration)
           select distinct i.person as child, m.name_key, o.person
             from in_child c join identity i on i.division = $1 and i.person = c.person
             join register mine on mine.mention = i.id
             join register theirs on theirs.household = mine.household and theirs.mention <> mine.mention
             join mention m on m.division = $1 and m.id = theirs.mention and m.number_state = 'valid'
             join identity o on o.division = $1 and o.id = m.id
            where m.name_key is not null""",
        publication.division,
    )
    found: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in rows:
        found[row["child"], row["name_key"]].add(row["person"])
    return found


async def _write_relatives(
    publication: Publication, decisions: list[Decision], homes: dict[bytes, int], before: dict[int, int | None]
) -> None:
    """Write the relatives' decisions: a cluster with a home joins that person, another keeps its own id or gets one."""
    mine: dict[int, set[int]] = defaultdict(set)
    for mention, person in before.items():
        if person is not None:
            mine[person].add(mention)
    counted = {
        row["person"]: row["mentions"]
        for row in await publication.connection.fetch(
            "select person, count(*) as mentions from identity where division = $1 and person = any($2::bigint[]) group by person",
            publication.division,
            list(mine),
        )
    }
    free = {person for person, mentions in mine.items() if counted[person] == len(mentions)}
    clusters, went = assign_persons(decisions, {m: p for m, p in before.items() if p in free})
    clusters = {cluster: homes.get(cluster, person) for cluster, person in clusters.items()}
    await _issue(publication, clusters)
    await publication.connection.copy_records_to_table(
        "in_identity",
        columns=["id", "person", "tier", "score", "reasons", "cluster"],
        records=[(d.mention, clusters[d.cluster], d.tier, d.score, orjson.dumps(d.reasons).decode(), d.cluster) for d in decisions],
    )
    await _store(publication)
    await _forward(publication, {person: clusters[cluster] for person, cluster in went.items()})


async def _write_review(publication: Publication, review: list[tuple[int, int]]) -> None:
    """Store the pairs that stay apart until a person decides."""
    if not review:
        return
    await publication.connection.copy_records_to_table(
        "in_review", records=[(one, other, "SEVERAL_CANDIDATES") for one, other in review], columns=["mention", "other", "kind"]
    )
    await publication.connection.execute(
        """insert into link_review (division, id, mention, other, score, kind, reasons, valid, known_from)
           select $1, hashint8extended(mention, other), mention, other, 0, min(kind), '[]', '(,)', $2 from in_review r
            where not exists (select from link_review l where l.division = $1 and l.mention = r.mention and l.other = r.other)
            group by mention, other""",
        publication.division,
        publication.no,
    )
