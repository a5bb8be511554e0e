"""Link: give every mention of a publication its person, in the transaction that publishes it.

What must be decided anew is found through the key table (``gathering``); a load that touches much of the hub is decided with everything.
Either way the same engine decides (``deciding``), and what it says is written by the same hand (``writing``).
"""

import asyncio
from collections.abc import Collection

import orjson

from hub.access.sealing import Keys
from hub.identity.blocking import MOST
from hub.identity.deciding import CERTAIN_BY_NUMBER
from hub.identity.gathering import Everybody, Neighbourhood, weights_version
from hub.identity.keying import hashed_blocks, send_keys, store_keys, write_keys
from hub.identity.persons import without_verdicts
from hub.identity.writing import rule_version, store, write_decisions, write_review
from hub.storage.publishing import Publication

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
    await connection.execute("analyze in_touched")
    await write_keys(publication, keys)
    settled = await _settle(publication)
    if settled:
        await store(publication)
    await relink(publication, keys, touched - settled)


async def relink(publication: Publication, keys: Keys, touched: Collection[int]) -> None:
    """Decide anew about these mentions, whose keys are written, and those near them."""
    connection, division = publication.connection, publication.division
    if not touched:
        return
    if len(touched) > WHOLE_FROM and len(touched) > WHOLE_SHARE * await connection.fetchval(
        "select count(*) from identity where division = $1", division
    ):
        await _decide_all(publication, keys, keyed=True)
        return
    near = await Neighbourhood.around(connection, division, keys, touched, publication.business_date.year)
    outcome = near.engine.decide(near.evidence, near.held, near.free)
    await write_decisions(publication, keys, outcome.decisions, near.before, near.looked_at, near.engine.weights.version)
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


async def _settle(publication: Publication) -> set[int]:
    """Join the new mentions of whom nothing is to be asked with those of the same number; ``in_identity`` takes them in. Returns which.

    Under one trusted number, with a name it had, and with no key by which somebody without a number could be met who was not met by its
    other mentions. This is most of what a further list brings. (Those without a number in this list ask for themselves.)
    """
    ((reason, weight),) = CERTAIN_BY_NUMBER
    version = rule_version(await weights_version(publication.connection, publication.division))
    told = {"division": publication.division, "score": weight, "reasons": orjson.dumps([[reason, weight]]).decode(), "version": version, "most": MOST}
    return {row["id"] for row in await publication.connection.fetch(SETTLED.format(**told))}


async def relink_all(publication: Publication, keys: Keys) -> None:
    """Decide anew about every mention, whose keys are written anew too."""
    await _prepare(publication)
    await publication.connection.execute(
        f"insert into in_touched select distinct id from mention where division = {publication.division}; analyze in_touched"
    )
    await _decide_all(publication, keys)


async def _decide_all(publication: Publication, keys: Keys, *, keyed: bool = False) -> None:
    """Decide about everybody; unless they are ``keyed``, their keys are stored meanwhile, which is the server's work."""
    year = publication.business_date.year
    everybody = await Everybody.of(publication.connection, publication.division, keys, year)
    blocks = hashed_blocks(everybody.evidence, keys, year)
    if not keyed:
        await send_keys(publication, keys, everybody.evidence, blocks)

    async def meanwhile() -> None:
        for name in ("record_period", "mention"):
            await publication.built(name)
        if not keyed:
            await store_keys(publication)

    outcome, _ = await asyncio.gather(asyncio.to_thread(everybody.engine.decide, everybody.evidence, blocks=blocks), meanwhile())
    everybody.evidence.clear()  # of a whole city it takes much room, and so do what was decided and the rows to be written
    await write_decisions(publication, keys, outcome.decisions, everybody.before, None, everybody.engine.weights.version)
    await write_review(publication, outcome.review, None)


async def _prepare(publication: Publication) -> None:
    """Make the temporary tables that linking works with, once in a session; they are empty again with each transaction."""
    if await publication.connection.fetchval("select to_regclass('pg_temp.in_key') is null"):
        await publication.connection.execute(
            """create temp table in_rehomed (mention bigint primary key, person bigint) on commit delete rows;
               create temp table in_identity (id bigint, person bigint, tier text, score numeric(8,3), reasons jsonb,
                                              cluster bytea, household bigint, rule_version text) on commit delete rows;
               create temp table in_touched (id bigint primary key) on commit delete rows;
               create temp table in_key (key bigint, mention bigint, meets boolean) on commit delete rows"""
        )


#: See ``_settle``.
SETTLED = """
insert into in_identity (id, person, tier, score, reasons, cluster, household, rule_version)
with told as materialized (
  select distinct on (m.id) m.id, m.number_blind, m.number_state, m.earlier_blind, m.name_key, m.kind
    from in_touched t join mention m on m.division = {division} and m.id = t.id
   where not exists (select from identity i where i.division = {division} and i.id = t.id) order by m.id, lower(m.valid) desc),
known as materialized (
  select t.id, min(i.person) as person, min(i.household) as household, (array_agg(i.cluster))[1] as cluster, array_agg(o.id) as mates
    from told t
    join mention o on o.division = {division} and o.number_blind = t.number_blind
    join identity i on i.division = {division} and i.id = o.id
   where t.number_state = 'valid' and t.earlier_blind is null and o.number_state = 'valid' and not exists (select from in_touched x where x.id = o.id)
   group by t.id, t.name_key, t.kind
  having bool_and(i.tier = 'NUMBER') and bool_or(o.name_key = t.name_key and o.kind = t.kind) and min(i.person) = max(i.person)
     and min(i.household) is not distinct from max(i.household)),
asked as materialized (  -- by what its other mentions do not ask
  select n.id, k.key from known n join in_key k on k.mention = n.id where k.meets
  except
  select n.id, b.key from known n cross join lateral unnest(n.mates) m(id) join mention_key b on b.division = {division} and b.mention = m.id),
met as materialized (  -- by each key, who has no number and was there before; too many are never compared
  select d.key
    from (select distinct key from asked) d
    cross join lateral (select array_agg(mention) as mentions from (
        select o.mention from mention_key o where o.division = {division} and o.key = d.key limit {most} + 1) x) n
   where cardinality(n.mentions) <= {most} and exists (
     select from unnest(n.mentions) c(id) join mention o on o.division = {division} and o.id = c.id and o.number_state <> 'valid'
      where not exists (select from in_touched x where x.id = c.id))),
due as materialized (select distinct a.id from asked a join met m on m.key = a.key)
select n.id, n.person, 'NUMBER', {score}, '{reasons}', n.cluster, n.household, '{version}' from known n
 where not exists (select from due d where d.id = n.id)
returning id
"""
