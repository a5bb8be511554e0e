"""Link: give every mention of a publication its person, in the transaction that publishes it.

What must be decided anew is found through the key table (``gathering``); a load that touches much of the hub is decided with everything.
Either way the same engine decides (``deciding``), and what it says is written by the same hand (``writing``).
"""

import asyncio
from collections.abc import Collection

import orjson

from hub.access.sealing import Keys
from hub.identity.blocking import MOST
from hub.identity.deciding import CERTAIN_BY_NUMBER, Outcome
from hub.identity.gathering import DISPUTED, Everybody, Neighbourhood
from hub.identity.keying import hashed_blocks, send_keys, store_keys, write_keys
from hub.identity.persons import without_verdicts
from hub.identity.weights import shipped
from hub.identity.writing import rule_version, store, write_decisions, write_review
from hub.storage.publishing import Publication

FEW = 300  # mentions: so many are looked up one by one, and the planner need not be told of them
WHOLE_FROM, WHOLE_SHARE = 2_000, 0.25  # from so many and this share of all mentions on, everything is decided anew rather than a neighbourhood


async def link(publication: Publication, keys: Keys) -> None:
    """Decide who is meant by the mentions in ``in_told``; leaves ``in_rehomed`` (mention, person) for ``assemble``."""
    connection = publication.connection
    await _prepare(publication)
    if publication.into_empty:
        await _decide_all(publication, keys)
        return
    touched = {row["id"] for row in await connection.fetch("insert into in_touched select distinct mention from in_told returning id")}
    if not touched:
        return
    few = len(touched) <= FEW
    if not few:
        await connection.execute("analyze in_touched")
    names = await write_keys(publication, keys, few=few)
    settled = await _settle(publication)
    if settled:
        await store(publication, known=False)
    await relink(publication, keys, touched - settled, names)


async def relink(publication: Publication, keys: Keys, touched: Collection[int], names: Collection[int]) -> None:
    """Decide anew about these mentions, whose keys are written, and those near them; ``names`` are the keys of their names."""
    connection, division = publication.connection, publication.division
    if not touched:
        return
    if len(touched) > WHOLE_FROM and len(touched) > WHOLE_SHARE * await connection.fetchval(
        "select count(*) from identity where division = $1", division
    ):
        await _decide_all(publication, keys, keyed=True)
        return
    near = await Neighbourhood.around(connection, division, keys, touched, publication.business_date.year, names)
    outcome = near.engine.decide(near.evidence, near.held, near.free)
    await write_decisions(publication, keys, outcome.decisions, near.before, near.looked_at, near.engine.weights.version, links=near.links)
    if outcome.review or near.waiting:
        await write_review(publication, outcome.review, near.looked_at)


async def relink_by_verdict(publication: Publication, keys: Keys, mentions: Collection[int]) -> None:
    """Decide anew about mentions and those near them, since verdicts on them have been given or taken back."""
    connection, division = publication.connection, publication.division
    await _prepare(publication)
    near = await Neighbourhood.around(connection, division, keys, mentions, publication.business_date.year)
    outcome = near.engine.decide(near.evidence, near.held, near.free)
    by_data = await without_verdicts(connection, division, [mention.id for mention in near.evidence])
    await write_decisions(publication, keys, outcome.decisions, near.before, near.looked_at, near.engine.weights.version, by_data)
    await write_review(publication, outcome.review, near.looked_at)


async def not_joined(publication: Publication, keys: Keys, one: int, others: Collection[int]) -> list[int]:
    """Those of some mentions that would not be of one's person by what is known and decided now; nothing is written."""
    if not others:
        return []
    near = await Neighbourhood.around(publication.connection, publication.division, keys, [one, *others], publication.business_date.year)
    cluster = {decision.mention: decision.cluster for decision in near.engine.decide(near.evidence, near.held, near.free).decisions}
    return [mention for mention in others if cluster[mention] != cluster[one]]


async def _settle(publication: Publication) -> set[int]:
    """Join the new mentions of whom nothing is to be asked with those of the same number; ``in_identity`` takes them in. Returns which.

    Under one trusted number that has had no other name (whose it is under several is asked anew), and with no key by which somebody without a
    number could be met who was not met by its other mentions. This is most of what a further list brings. (Those without a number in this list
    ask for themselves.)
    """
    connection, division = publication.connection, publication.division
    known = await connection.execute(KNOWN_BY_NUMBER, division)
    if known == "INSERT 0 0":
        return set()
    if int(known.split()[-1]) > FEW:
        await connection.execute("analyze in_known")
    ((reason, weight),) = CERTAIN_BY_NUMBER
    told = division, weight, orjson.dumps([[reason, weight]]).decode(), rule_version(""), shipped().version
    return {row["id"] for row in await connection.fetch(SETTLED, *told)}


async def relink_all(publication: Publication, keys: Keys) -> None:
    """Decide anew about every mention, whose keys are written anew too."""
    await _prepare(publication)
    await publication.connection.execute(
        f"insert into in_touched select distinct id from mention where division = {publication.division}; analyze in_touched"
    )
    await _decide_all(publication, keys)


async def _decide_all(publication: Publication, keys: Keys, *, keyed: bool = False) -> None:
    """Decide about everybody; meanwhile the server builds indexes and, unless they are ``keyed``, stores everybody's keys."""
    year = publication.business_date.year
    everybody = await Everybody.of(publication.connection, publication.division, keys, year)
    making = asyncio.create_task(asyncio.to_thread(hashed_blocks, everybody.evidence, keys, year))

    async def decided() -> Outcome:
        return await asyncio.to_thread(everybody.engine.decide, everybody.evidence, blocks=await making)

    async def meanwhile() -> None:
        for name in ("record_period", "mention"):
            await publication.built(name)
        if not keyed:
            await send_keys(publication, keys, everybody.evidence, await making)
            await store_keys(publication, known=any(person is not None for person in everybody.before.values()))

    outcome, _ = await asyncio.gather(decided(), meanwhile())
    everybody.evidence.clear()  # of a whole city it takes much room, and so do what was decided and the rows to be written
    await write_decisions(publication, keys, outcome.decisions, everybody.before, None, everybody.engine.weights.version)
    await write_review(publication, outcome.review, None)


async def _prepare(publication: Publication) -> None:
    """Make the temporary tables that linking works with, once in a session; those of the publication before are emptied.

    They keep their rows beyond the commit: to let the server empty them with each would cost a small one most of its time.
    """
    connection = publication.connection
    full = await connection.fetchval(FULL, list(WORKED_WITH))
    if full is None:
        await connection.execute("; ".join(f"create temp table {name} ({columns})" for name, columns in WORKED_WITH.items()))
    elif full > FULL_FROM:
        await connection.execute(f"truncate {', '.join(WORKED_WITH)}")
    else:
        await connection.execute(EMPTIED)


WORKED_WITH = {
    "in_rehomed": "mention bigint primary key, person bigint",
    "in_identity": "id bigint, person bigint, tier text, score numeric(8,3), reasons jsonb, cluster bytea, household bigint, rule_version text",
    "in_touched": "id bigint primary key",
    "in_known": "id bigint primary key, person bigint, household bigint, cluster bytea, mates bigint[], name_key text, number bytea",
    "in_key": "key bigint, mention bigint, meets boolean",
}
#: The bytes of this session's tables; null where it has none yet.
FULL = "select sum(pg_relation_size(oid)) from pg_class where relnamespace = pg_my_temp_schema() and relname = any($1::text[])"
FULL_FROM = 1_000_000
EMPTIED = f"with {', '.join(f'no_{name} as (delete from {name})' for name in WORKED_WITH)} select"
#: See ``_settle``: who is known by number.
KNOWN_BY_NUMBER = """
insert into in_known
with told as materialized (
  select distinct on (m.id) m.id, m.number_blind, m.number_state, m.earlier_blind, m.name_key, m.former_name, m.kind
    from in_touched t cross join lateral (select * from mention m where m.division = $1 and m.id = t.id offset 0) m
   where not exists (select from identity i where i.division = $1 and i.id = t.id offset 0) order by m.id, lower(m.valid) desc)
select t.id, min(i.person), min(i.household), (array_agg(i.cluster))[1], array_agg(o.id), t.name_key, t.number_blind
  from told t
  cross join lateral (select * from mention o where o.division = $1 and o.number_blind = t.number_blind offset 0) o
  cross join lateral (select * from identity i where i.division = $1 and i.id = o.id offset 0) i
 where t.number_state = 'valid' and t.earlier_blind is null and t.former_name is null and o.number_state = 'valid' and not exists (select from in_touched x where x.id = o.id)
 group by t.id, t.name_key, t.number_blind, t.kind
having bool_and(i.tier = 'NUMBER' and o.name_key = t.name_key) and bool_or(o.kind = t.kind) and min(i.person) = max(i.person)
   and min(i.household) is not distinct from max(i.household)"""
#: Of those, whom nobody without a number might be ($2 to $5: the score, its reasons, the rule, the version of the shipped weights).
SETTLED = f"""
insert into in_identity (id, person, tier, score, reasons, cluster, household, rule_version)
with asked as materialized (  -- by what its other mentions do not ask
  select n.id, k.key from in_key k join in_known n on n.id = k.mention where k.meets
  except
  select n.id, b.key from in_known n cross join lateral unnest(n.mates) m(id)
    cross join lateral (select b.key from mention_key b where b.division = $1 and b.mention = m.id offset 0) b),
met as materialized (  -- by each key, who has no number, or the same name and a number under two, and was there before; too many are never compared
  select d.key
    from (select distinct a.key, n.name_key, n.number from asked a join in_known n on n.id = a.id) d
    cross join lateral (select array_agg(mention) as mentions from (
        select o.mention from mention_key o where o.division = $1 and o.key = d.key limit {MOST + 1}) x) n
   where cardinality(n.mentions) <= {MOST} and exists (
     select from unnest(n.mentions) c(id)
      cross join lateral (select from mention o where o.division = $1 and o.id = c.id and (
          o.number_state <> 'valid' or o.name_key = d.name_key and o.number_blind <> d.number and {DISPUTED.format(mention="o")}) limit 1) m
      where not exists (select from in_touched x where x.id = c.id))),
due as materialized (
  select a.id from asked a where (a.key in (select key from met)) is true
  union  -- whom the register lists in a household in which it did not: whoever goes by its household goes along
  select n.id from in_known n
    cross join lateral (select m.register_household as home from mention m where m.division = $1 and m.id = n.id and m.register_household is not null and m.anchor is null limit 1) r
   where not exists (
     select from unnest(n.mates) b(id)
      cross join lateral (select from mention m where m.division = $1 and m.id = b.id and m.register_household = r.home and m.anchor is null limit 1) s))
select n.id, n.person, 'NUMBER', $2::float8, $3::jsonb, n.cluster, n.household,
       $4 || coalesce((select version from linkage_weights where division = $1 order by publication desc limit 1), $5)
  from in_known n where (n.id in (select id from due)) is not true
returning id"""
