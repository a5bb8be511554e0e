"""Link: give every mention of a publication its person, in the transaction that publishes it.

What must be decided anew is found through the key table: the mentions that share a key with one that was touched, with all of their
clusters, and around them – to be known, not to be taken apart – whoever stands beside them in a row or shares a household. A load that
touches much of the hub is decided with everything. Either way the same engine decides (``deciding``).
"""

from collections.abc import Callable, Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import asyncpg
import numpy as np
import orjson

from hub.access.sealing import Keys
from hub.domain.values.person_name import compare_form
from hub.identity.blocking import MOST, companions_by_row, keys_of
from hub.identity.comparing import STEPS
from hub.identity.deciding import CERTAIN_BY_NUMBER, Decision, Engine, Explained, ReviewPair
from hub.identity.evidence import Evidence, Flags
from hub.identity.persons import Link, assign_persons, forward, issue, stand, without_verdicts
from hub.identity.verdicts import pairs, standing
from hub.identity.weights import read_weights, shipped
from hub.storage.history import retire
from hub.storage.publishing import Publication

RULE_VERSION = "identity-2"
ANALYZE_ROWS = 2_000  # more decisions than this change what the planner should know
WHOLE_FROM, WHOLE_SHARE = 2_000, 0.25  # from so many and this share of all mentions on, everything is decided anew rather than a neighbourhood
HOUSEHOLD_MOST = 30  # larger households (of a firm, a home) say nothing of who lives with whom


async def link(publication: Publication, keys: Keys) -> None:
    """Decide who is meant by the mentions in ``in_told``; leaves ``in_rehomed`` (mention, person) for ``assemble``."""
    connection = publication.connection
    await _prepare(publication)
    await connection.execute("insert into in_touched select distinct mention from in_told; analyze in_touched")
    if await connection.fetchval("select exists (select from in_touched)"):
        await _write_keys(publication, keys)
        if await connection.fetchval("select exists (select from identity where division = $1)", publication.division):
            await _settle(publication)
        unsettled = await connection.fetch(
            "select id from in_touched t where not exists (select from in_identity n where n.id = t.id)"
        )
        await _store(publication)
        await relink(publication, keys, [row["id"] for row in unsettled])


async def relink(publication: Publication, keys: Keys, touched: Collection[int]) -> None:
    """Decide anew about these mentions, whose keys are written, and those near them."""
    connection, division = publication.connection, publication.division
    if not touched:
        return
    if len(touched) > WHOLE_FROM and len(touched) > WHOLE_SHARE * await connection.fetchval(
        "select count(*) from identity where division = $1", division
    ):
        await _decide_all(publication, keys)
        return
    near = await Neighbourhood.around(connection, division, keys, touched, publication.business_date.year)
    outcome = near.engine.decide(near.evidence, near.held, near.free)
    await _write(publication, keys, outcome.decisions, near.before, near.looked_at)
    await _write_review(publication, outcome.review, near.looked_at)


async def relink_by_verdict(publication: Publication, keys: Keys, pair: tuple[int, int]) -> None:
    """Decide anew about two mentions and those near them, since a verdict on the two has been given or taken back."""
    connection, division = publication.connection, publication.division
    await _prepare(publication)
    near = await Neighbourhood.around(connection, division, keys, pair, publication.business_date.year)
    outcome = near.engine.decide(near.evidence, near.held, near.free)
    by_data = await without_verdicts(connection, division, [mention.id for mention in near.evidence])
    await _write(publication, keys, outcome.decisions, near.before, near.looked_at, by_data)
    await _write_review(publication, outcome.review, near.looked_at)


async def _settle(publication: Publication) -> None:
    """Join the new mentions of whom nothing is to be asked with those of the same number; ``in_identity`` takes them in.

    Under one trusted number, with a name it had, and with no key by which somebody without a number could be met who was not met by its
    other mentions. This is most of what a further list brings. (Those without a number in this list ask for themselves.)
    """
    ((reason, weight),) = CERTAIN_BY_NUMBER
    await publication.connection.execute(
        SETTLED.format(division=publication.division, score=weight, reasons=orjson.dumps([[reason, weight]]).decode())
    )


async def relink_all(publication: Publication, keys: Keys) -> None:
    """Decide anew about every mention, whose keys are written anew too."""
    await _prepare(publication)
    await publication.connection.execute(
        f"insert into in_touched select distinct id from mention where division = {publication.division}; analyze in_touched"
    )
    await _write_keys(publication, keys)
    await _decide_all(publication, keys)


async def _decide_all(publication: Publication, keys: Keys) -> None:
    connection, division = publication.connection, publication.division
    rows = await connection.fetch(ALL, division)
    opened = await _opened(connection, division, keys, rows)
    engine = await _engine(connection, division, publication.business_date.year, opened)
    outcome = engine.decide([evidence_of(row, opened.get) for row in rows])
    await _write(publication, keys, outcome.decisions, {row["id"]: row["person"] for row in rows}, None)
    await _write_review(publication, outcome.review, None)


async def _prepare(publication: Publication) -> None:
    """Make the temporary tables that linking works with, once in a session; they are empty again with each transaction."""
    if await publication.connection.fetchval("select to_regclass('pg_temp.in_key') is null"):
        await publication.connection.execute(
            """create temp table in_rehomed (mention bigint primary key, person bigint) on commit delete rows;
               create temp table in_identity (id bigint, person bigint, tier text, score numeric(8,3), reasons jsonb,
                                              cluster bytea, household bigint) on commit delete rows;
               create temp table in_touched (id bigint primary key) on commit delete rows;
               create temp table in_key (key bigint, mention bigint) on commit delete rows"""
        )


async def _engine(connection: asyncpg.Connection, division: int, year: int, opened: Mapping[Hashable, str]) -> Engine:
    """The engine with the hub's newest weights, else those that come with it, and with what persons have decided."""
    told = await connection.fetchval("select weights from linkage_weights where division = $1 order by publication desc limit 1", division)
    verdicts = await standing(connection, division)
    return Engine(
        year,
        read_weights(told.encode()) if told else shipped(),
        opened=lambda number: opened.get(number, ""),
        must=pairs(verdicts, same=True),
        cannot=pairs(verdicts, same=False),
    )


async def stored_evidence(connection: asyncpg.Connection, division: int, keys: Keys) -> tuple[list[Evidence], dict[Hashable, str]]:
    """Every mention as the engine takes it, and the digits of every number, for training."""
    rows = await connection.fetch(ALL, division)
    opened = await _opened(connection, division, keys, rows, every=True)
    return [evidence_of(row, opened.get) for row in rows], opened


@dataclass
class Neighbourhood:
    """Some mentions with all that may bear on them."""

    engine: Engine
    evidence: list[Evidence]
    before: dict[int, int | None]  # mention -> person
    held: list[int | None]  # the person of those that are known and not looked at again
    free: Flags

    @classmethod
    async def around(cls, connection: asyncpg.Connection, division: int, keys: Keys, touched: Collection[int], year: int) -> "Neighbourhood":
        """Gather the neighbourhood of these mentions from the database."""
        await connection.execute(BY_INDEX)
        rows = await connection.fetch(NEAR, division, list(touched))
        await connection.execute(AS_BEFORE)
        opened = await _opened(connection, division, keys, rows)
        evidence = [evidence_of(row, opened.get) for row in rows]
        engine = await _engine(connection, division, year, opened)
        engine.frequency = await _frequencies(connection, division, keys, evidence)
        return cls(
            engine,
            evidence,
            {row["id"]: row["person"] for row in rows},
            [None if row["free"] else row["person"] for row in rows],
            np.array([row["free"] for row in rows], dtype=bool),
        )

    @property
    def looked_at(self) -> set[int]:
        """The mentions that are decided anew."""
        return {mention.id for mention, free in zip(self.evidence, self.free, strict=True) if free}

    def explained(self, ones: Collection[int], others: Collection[int]) -> Explained:
        """How two sets of mentions compare, by the pair of them that speaks most for one person."""
        return self.engine.explain(self.evidence, ones, others)


def evidence_of(row: Any, opened: Callable[[bytes], str | None]) -> Evidence:
    """A stored mention as the engine takes it."""
    valid = row["number_state"] == "valid"
    number = row["number_blind"]
    return Evidence(
        id=row["id"],
        record=row["record"],
        source=row["source"],
        kind=row["kind"],
        anchor=row["anchor"],
        number=number if valid else None,
        written=None if valid or number is None else opened(number),
        claimed=None if valid else number,
        name=row["name_key"],
        former=row["former_name"] and compare_form(row["former_name"]),
        pinyin=row["pinyin"],
        numbered_born=row["birth_date"].isoformat() if valid and row["birth_date"] else None,
        born=row["born"],
        sex=row["sex"],
        phone=row["phone_blind"],
        township=row["township"],
        village=row["village"],
        relation=row["relation"],
        register_household=row["register_household"],
        living_household=row["living_household"],
        school=row["school"],
    )


async def _write_keys(publication: Publication, keys: Keys) -> None:
    """Write the hashed keys of the mentions that were touched; a name is a key too, counted but never a reason to compare."""
    connection, division = publication.connection, publication.division
    rows = await connection.fetch(TOUCHED, division)
    evidence = [evidence_of(row, lambda number: None) for row in rows]
    beside = companions_by_row(evidence)
    year = publication.business_date.year
    hashed = [
        (key, mention.id)
        for mention in evidence
        for key in {
            keys.number("key", told)
            for told in (*keys_of(mention, [other for other in beside[mention.record] if other is not mention], year), f"w|{mention.name}")
        }
    ]
    await connection.copy_records_to_table("in_key", columns=["key", "mention"], records=hashed)
    if await connection.fetchval("select exists (select from mention_key where division = $1)", division):
        await connection.execute(  # those beside them in their rows have theirs written anew too
            f"""delete from mention_key k using (select id from in_touched union select mention from in_key) t
                 where k.division = {division} and k.mention = t.id"""
        )
    await connection.execute(f"insert into mention_key (division, key, mention) select {division}, key, mention from in_key order by key")
    await connection.execute("analyze in_key")
    if len(evidence) > 10 * ANALYZE_ROWS:
        await publication.analyze("mention_key")


async def _opened(connection: asyncpg.Connection, division: int, keys: Keys, rows: Sequence[Any], *, every: bool = False) -> dict[Hashable, str]:
    """Number -> its digits; where no mention among these has a damaged one to be held against them, there is no need of any."""
    if not every and all(row["number_state"] == "valid" or row["number_blind"] is None for row in rows):
        return {}
    blinds = list({row["number_blind"] for row in rows if row["number_blind"] is not None})
    found = await connection.fetch("select blind, cipher, key_no from vault where division = $1 and blind = any($2::bytea[])", division, blinds)
    return {row["blind"]: keys.open(row["cipher"], row["blind"], row["key_no"]) for row in found}


async def _frequencies(connection: asyncpg.Connection, division: int, keys: Keys, evidence: Sequence[Evidence]) -> Callable[[str], int]:
    """How many mentions of the whole hub have each of these names, as far as it matters."""
    names = {mention.name for mention in evidence if mention.name} | {mention.former for mention in evidence if mention.former}
    hashed = {keys.number("key", f"w|{name}"): name for name in names}
    rows = await connection.fetch(
        """select t.key, (select count(*) from (select from mention_key k where k.division = $1 and k.key = t.key limit $3) x) as n
             from unnest($2::bigint[]) t(key)""",
        division,
        list(hashed),
        int(STEPS[-1]) + 1,
    )
    counted = {hashed[row["key"]]: row["n"] for row in rows}
    return lambda name: counted.get(name, 0)


async def _write(
    publication: Publication,
    keys: Keys,
    decisions: list[Decision],
    before: dict[int, int | None],
    free: set[int] | None,
    by_data: Mapping[int, Link] | None = None,
) -> None:
    """Give each cluster its person and write what differs.

    Around a verdict ids go by the links that the data alone made (``by_data``), and whoever stays with that person keeps that link, so
    that whatever is taken back is as it was.
    """
    clusters, went = assign_persons(decisions, before if by_data is None else {mention: link[1] for mention, link in by_data.items()})
    if by_data is not None:
        await stand(publication, [person for person in clusters.values() if person is not None])
        went |= assign_persons(decisions, before)[1]
    await issue(publication, clusters)
    if free is not None:  # what was only known is left as it is, unless its cluster has become somebody else's
        decisions = [d for d in decisions if d.mention in free or clusters[d.cluster] != before.get(d.mention)]
    homes = {d.household: keys.number("household", "TOGETHER", str(d.household)) for d in decisions if d.household is not None and not d.listed}
    links = []
    for d in decisions:
        person, known = clusters[d.cluster], by_data.get(d.mention) if by_data else None
        household = d.household if d.listed or d.household is None else homes[d.household]
        link = d.mention, person, d.tier, d.score, orjson.dumps(d.reasons).decode(), d.cluster, household
        links.append(known if known and known[1] == person else link)
    await publication.connection.copy_records_to_table(
        "in_identity", columns=["id", "person", "tier", "score", "reasons", "cluster", "household"], records=links
    )
    await _store(publication)
    await forward(publication, {person: clusters[cluster] for person, cluster in went.items()})


async def _store(publication: Publication) -> None:
    """Write the decisions in ``in_identity`` that differ from what is known, and note whose person or household changed."""
    connection, division = publication.connection, publication.division
    await connection.execute("analyze in_identity")
    await connection.execute(
        f"""delete from in_identity n using identity i
             where i.division = {division} and i.id = n.id and i.person = n.person and i.tier = n.tier and i.cluster = n.cluster
               and i.household is not distinct from n.household and i.rule_version = '{RULE_VERSION}';
            insert into in_rehomed select n.id, n.person from in_identity n join identity i
                on i.division = {division} and i.id = n.id and (i.person <> n.person or i.household is distinct from n.household)
            on conflict (mention) do update set person = excluded.person"""
    )
    await connection.execute(retire("identity", source="in_identity", match=f"t.division = {division} and t.id = s.id"), publication.no)
    await connection.execute(
        """insert into identity (division, id, person, tier, score, reasons, rule_version, cluster, household, valid, known_from)
           select $1, id, person, tier, score, reasons, $2, cluster, household, '(,)', $3 from in_identity""",
        division,
        RULE_VERSION,
        publication.no,
    )
    await connection.execute(
        """insert into household (division, id, kind, publication)
           select distinct $1::int, household, 'LIVING', $2::bigint from in_identity where household is not null on conflict do nothing""",
        division,
        publication.no,
    )
    if await connection.fetchval("select count(*) from in_identity") > ANALYZE_ROWS:
        await publication.analyze("identity", "person_id")


async def _write_review(publication: Publication, review: Sequence[ReviewPair], looked_at: Collection[int] | None) -> None:
    """Store the pairs that stay apart until a person decides, and retire those that have become one, or (of everything) that fit no longer."""
    connection, division = publication.connection, publication.division
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


#: Every step from one set of mentions to the next is a look-up by index; the planner, which cannot know how few they are, would read whole tables.
BY_INDEX = "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off; set local jit = off"
AS_BEFORE = BY_INDEX.replace("= off", "to default")
_COLUMNS = """m.id, m.record, m.source, m.kind, m.anchor, m.number_state, m.number_blind, m.name_key, m.former_name,
       m.pinyin, m.birth_date, m.born, m.sex, m.phone_blind, m.township, m.village, m.relation, m.register_household, m.living_household, m.school, i.person"""
#: Every mention as its row last told it, with whom it has meant so far.
ALL = f"""select distinct on (m.id) {_COLUMNS}
  from mention m left join identity i on i.division = $1 and i.id = m.id where m.division = $1 order by m.id, lower(m.valid) desc"""
#: See ``_settle``.
SETTLED = """
insert into in_identity (id, person, tier, score, reasons, cluster, household)
with told as materialized (
  select distinct on (m.id) m.id, m.number_blind, m.number_state, m.name_key, m.kind
    from in_touched t join mention m on m.division = {division} and m.id = t.id
   where not exists (select from identity i where i.division = {division} and i.id = t.id) order by m.id, lower(m.valid) desc),
known as materialized (
  select t.id, min(i.person) as person, min(i.household) as household, (array_agg(i.cluster))[1] as cluster, array_agg(o.id) as mates
    from told t
    join mention o on o.division = {division} and o.number_blind = t.number_blind
    join identity i on i.division = {division} and i.id = o.id
   where t.number_state = 'valid' and o.number_state = 'valid' and not exists (select from in_touched x where x.id = o.id)
   group by t.id, t.name_key, t.kind
  having bool_and(i.tier = 'NUMBER') and bool_or(o.name_key = t.name_key and o.kind = t.kind) and min(i.person) = max(i.person)
     and min(i.household) is not distinct from max(i.household))
select n.id, n.person, 'NUMBER', {score}, '{reasons}', n.cluster, n.household from known n
 where not exists (
   select from in_key k join mention_key o on o.division = {division} and o.key = k.key
     join mention m on m.division = {division} and m.id = o.mention and m.number_state <> 'valid'
    where k.mention = n.id and not exists (select from in_touched x where x.id = o.mention) and not exists (
     select from mention_key a where a.division = {division} and a.key = k.key and a.mention = any(n.mates)))
"""
#: The same of all mentions in the rows of those in ``in_touched``.
TOUCHED = f"""select distinct on (m.id) {_COLUMNS}
  from (select distinct t.record from in_touched x join mention t on t.division = $1 and t.id = x.id) r
  join mention m on m.division = $1 and m.record = r.record left join identity i on i.division = $1 and i.id = m.id
 order by m.id, lower(m.valid) desc"""
#: The neighbourhood of the mentions $2: what shares a key with them and the whole of their clusters is ``free``; around it, with their
#: clusters, whoever stands in a row or a household with those, or in a verdict.
NEAR = f"""
with touched as materialized (
  select distinct on (m.id) m.id, case when m.number_state = 'valid' then m.number_blind end as number
    from unnest($2::bigint[]) t(id) join mention m on m.division = $1 and m.id = t.id order by m.id, lower(m.valid) desc),
asked as materialized (  -- two people with different numbers need not be compared: who has one asks for those without, and for its own
  select k.key, bool_or(t.number is null) as all_of, array_agg(distinct t.number) as numbers
    from touched t join mention_key k on k.division = $1 and k.mention = t.id group by k.key),
near as materialized (
  select id from touched
  union
  select m.id from asked a
    cross join lateral (select array_agg(mention) as mentions from (
        select k.mention from mention_key k where k.division = $1 and k.key = a.key limit {MOST + 1}) x) n
    cross join lateral unnest(n.mentions) c(id)
    join mention m on m.division = $1 and m.id = c.id and (a.all_of or m.number_state <> 'valid' or m.number_blind = any(a.numbers))
   where cardinality(n.mentions) <= {MOST}),
free as materialized (
  select id from near
  union
  select o.id from near n join identity i on i.division = $1 and i.id = n.id join identity o on o.division = $1 and o.person = i.person),
mine as materialized (
  select distinct m.record, m.register_household, m.living_household from free f join mention m on m.division = $1 and m.id = f.id),
around as materialized (
  select v.other as id from free f join link_verdict v on v.division = $1 and v.mention = f.id
  union
  select v.mention from free f join link_verdict v on v.division = $1 and v.other = f.id
  union
  select m.id from (select distinct record from mine) r join mention m on m.division = $1 and m.record = r.record
  union
  select m.id from (select distinct register_household from mine where register_household is not null) r
    cross join lateral (select id from mention m where m.division = $1 and m.register_household = r.register_household limit {HOUSEHOLD_MOST}) m
  union
  select m.id from (select distinct living_household from mine where living_household is not null) r
    cross join lateral (select id from mention m where m.division = $1 and m.living_household = r.living_household limit {HOUSEHOLD_MOST}) m),
scope as materialized (
  select id, bool_or(free) as free from (
  select id, true as free from free
  union all
  select id, false from around
  union all
  select o.id, false from around n join identity i on i.division = $1 and i.id = n.id join identity o on o.division = $1 and o.person = i.person) told
   group by id)
select distinct on (m.id) {_COLUMNS}, s.free
  from scope s join mention m on m.division = $1 and m.id = s.id left join identity i on i.division = $1 and i.id = s.id
 order by m.id, lower(m.valid) desc"""
