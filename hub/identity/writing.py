"""Write what was decided: each mention's person with the reasons, and the pairs that wait for somebody."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import orjson

from hub.access.sealing import Keys
from hub.identity.deciding import Decision, ReviewPair
from hub.identity.persons import Event, Link, assign_persons, forward, issue, record, splits, stand
from hub.storage.history import retire
from hub.storage.publishing import Publication

RULE = "identity-2"


def rule_version(weights: str) -> str:
    """What a link is decided by: the rule and the version of the weights, by which its score and reasons are to be read for ever."""
    return f"{RULE}/{weights}"


async def write_decisions(
    publication: Publication,
    keys: Keys,
    decisions: list[Decision],
    before: dict[int, int | None],
    free: set[int] | None,
    weights: str,
    by_data: Mapping[int, Link] | None = None,
    links: Mapping[int, tuple[Any, ...]] | None = None,
) -> None:
    """Give each cluster its person and write what differs.

    Around a verdict ids go by the links that the data alone made (``by_data``), and whoever stays with that person keeps that link, so
    that whatever is taken back is as it was; an id that a verdict before this one had issued stays where it is as long as somebody needs it.
    ``links`` are those that stand: what is in them already is not written.
    """
    clusters, went = assign_persons(decisions, before if by_data is None else {mention: link[1] for mention, link in by_data.items()})
    events: list[Event] = []
    if by_data is not None:
        of_data = {link[1] for link in by_data.values()}
        by_verdict, _ = assign_persons(decisions, {mention: person for mention, person in before.items() if person not in of_data})
        clusters = {cluster: by_verdict[cluster] if person is None else person for cluster, person in clusters.items()}
        events += await stand(publication, [person for person in clusters.values() if person is not None])
        went |= assign_persons(decisions, before)[1]
    await issue(publication, clusters)
    if free is not None:  # what was only known is left as it is, unless its cluster has become somebody else's
        decisions = [d for d in decisions if d.mention in free or clusters[d.cluster] != before.get(d.mention)]
    homes = {d.household: keys.number("household", "TOGETHER", str(d.household)) for d in decisions if d.household is not None and not d.listed}
    version = rule_version(weights)

    def due() -> Iterator[Link]:
        for d in decisions:
            person, known = clusters[d.cluster], by_data.get(d.mention) if by_data else None
            household = d.household if d.listed or d.household is None else homes[d.household]
            if links is None or links.get(d.mention) != (person, d.tier, d.cluster, household, version):
                yield known if known and known[1] == person else (d.mention, person, d.tier, d.score, orjson.dumps(d.reasons).decode(), d.cluster, household, version)

    written = list(due()) if links is not None else []
    if links is None or any(before.get(link[0]) is not None for link in written):
        columns = ["id", "person", "tier", "score", "reasons", "cluster", "household", "rule_version"]
        await publication.connection.copy_records_to_table("in_identity", columns=columns, records=written or due())
        await store(publication)
    elif written:
        await publication.connection.execute(STORED.format(taken=GIVEN), publication.division, publication.no, *zip(*written, strict=True))
    events += await forward(publication, {person: clusters[cluster] for person, cluster in went.items()})
    moved = [(was, now) for d in decisions if (was := before.get(d.mention)) is not None and (now := clusters[d.cluster]) is not None and was != now]
    await record(publication, [*events, *splits(moved, events)])


async def store(publication: Publication, *, known: bool = True) -> None:
    """Write the decisions in ``in_identity`` that differ from what is ``known``, if anything is, note whose person or household changed, and empty it."""
    if known:
        await _replace(publication)
    written = await publication.connection.execute(STORED.format(taken="delete from in_identity returning *"), publication.division, publication.no)
    await publication.analyze(int(written.split()[-1]), "identity", "person_id")


async def _replace(publication: Publication) -> None:
    """Retire the links in whose place others are in ``in_identity``; what is the same there and here goes from there."""
    connection, division = publication.connection, publication.division
    await connection.execute(
        f"""analyze in_identity;
            delete from in_identity n using identity i
             where i.division = {division} and i.id = n.id and i.person = n.person and i.tier = n.tier and i.cluster = n.cluster
               and i.household is not distinct from n.household and i.rule_version = n.rule_version;
            insert into in_rehomed select n.id, n.person from in_identity n join identity i
                on i.division = {division} and i.id = n.id
               and (i.person <> n.person or i.household is distinct from n.household or (i.tier = 'NUMBER') <> (n.tier = 'NUMBER'))
            on conflict (mention) do update set person = excluded.person"""
    )
    await connection.execute(retire("identity", source="in_identity", match=f"t.division = {division} and t.id = s.id"), publication.no)


async def write_review(publication: Publication, review: Sequence[ReviewPair], looked_at: Collection[int] | None) -> None:
    """Store the pairs that stay apart until a person decides, and retire those that have become one, or (of everything) that fit no longer."""
    connection, division = publication.connection, publication.division
    if looked_at is not None and not review and not await connection.fetchval(BECOME_ONE, division, list(looked_at)):
        return
    await connection.execute(
        "create temp table if not exists in_review (id bigint, mention bigint, other bigint, score numeric(8,3), kind text, reasons jsonb) on commit drop;"
        "create temp table if not exists in_stale (id bigint) on commit drop; truncate in_review, in_stale"
    )
    await connection.copy_records_to_table(
        "in_review",
        columns=["mention", "other", "score", "kind", "reasons"],
        records=[(p.mention, p.other, p.score, p.kind, orjson.dumps(p.reasons).decode()) for p in review],
    )
    await connection.execute("update in_review set id = hashint8extended(mention, other)")
    await connection.execute(
        """insert into in_stale select r.id from link_review r
             join identity a on a.division = $1 and a.id = r.mention join identity b on b.division = $1 and b.id = r.other
            where r.division = $1 and (a.person = b.person and (r.mention = any($2::bigint[]) or $2 is null)
                                       or $2 is null and not exists (select from in_review n where n.id = r.id))
              and not exists (select from link_verdict v where v.division = $1 and v.mention = least(r.mention, r.other) and v.other = greatest(r.mention, r.other))""",
        division,
        None if looked_at is None else list(looked_at),
    )
    await connection.execute(retire("link_review", source="in_stale", match=f"t.division = {division} and t.id = s.id"), publication.no)
    await connection.execute(
        """insert into link_review (division, id, mention, other, score, kind, reasons, valid, known_from)
           select $1, id, mention, other, score, kind, reasons, '(,)', $2 from in_review n
            where not exists (select from link_review l where l.division = $1 and l.id = n.id)""",
        division,
        publication.no,
    )


#: Write links, with the households that they make.
STORED = """
with taken as ({taken}),
homes as (insert into household (division, id, kind, publication)
          select distinct $1::int, household, 'LIVING', $2::bigint from taken where household is not null on conflict do nothing)
insert into identity (division, id, person, tier, score, reasons, cluster, household, rule_version, valid, known_from)
select $1, id, person, tier, score, reasons, cluster, household, rule_version, '(,)', $2 from taken"""
GIVEN = """select id, person, tier, score, reasons::jsonb, cluster, household, rule_version
  from unnest($3::bigint[], $4::bigint[], $5::text[], $6::float8[], $7::text[], $8::bytea[], $9::bigint[], $10::text[])
    t(id, person, tier, score, reasons, cluster, household, rule_version)"""
#: Whether a pair of the mentions $2 waits whose two are one person now.
BECOME_ONE = """select exists (select from link_review r
  join identity a on a.division = $1 and a.id = r.mention join identity b on b.division = $1 and b.id = r.other
 where r.division = $1 and r.mention = any($2::bigint[]) and a.person = b.person)"""
