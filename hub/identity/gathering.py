"""Gather: what the engine needs of the hub to decide – some mentions with all that may bear on them, or everybody.

The neighbourhood of mentions is what shares a key with them, with all of their clusters, and around it – to be known, not to be taken
apart – whoever stands beside those in a row, shares a household or is named by a verdict.
"""

from collections.abc import Callable, Collection, Hashable, Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import asyncpg
import numpy as np

from hub.access.sealing import Keys
from hub.domain.values.person_name import compare_form
from hub.identity.blocking import MOST
from hub.identity.comparing import STEPS
from hub.identity.deciding import Engine, Explained
from hub.identity.evidence import Evidence, Flags
from hub.identity.verdicts import Verdict, pairs, standing
from hub.identity.weights import Weights, read_weights, shipped

HOUSEHOLD_MOST = 30  # larger households (of a firm, a home) say nothing of who lives with whom


class Opened:
    """Sealed numbers by their blind index; each is opened when it is first asked for."""

    def __init__(self, keys: Keys, sealed: Iterable[Any]) -> None:
        self._keys = keys
        self._sealed: dict[Hashable, Any] = {row["blind"]: row for row in sealed}
        self._known: dict[Hashable, str] = {}

    def get(self, blind: Hashable) -> str | None:
        """The digits of a number; None for one that is not among these."""
        if blind not in self._known and (row := self._sealed.get(blind)):
            self._known[blind] = self._keys.open(row["cipher"], row["blind"], row["key_no"])
        return self._known.get(blind)


@dataclass
class Neighbourhood:
    """Some mentions with all that may bear on them."""

    engine: Engine
    evidence: list[Evidence]
    before: dict[int, int | None]  # mention -> person
    held: list[int | None]  # the person of those that are known and not looked at again
    free: Flags
    links: dict[int, tuple[Any, ...]]  # mention -> person, tier, cluster, household and version of the link that it has
    waiting: bool  # whether any of them waits for a person

    @classmethod
    async def around(
        cls, connection: asyncpg.Connection, division: int, keys: Keys, touched: Collection[int], year: int, names: Collection[int] | None = None
    ) -> "Neighbourhood":
        """Gather the neighbourhood of these mentions from the database; ``names`` are the keys of their names, where they are told already."""
        names = await _names_of(connection, division, keys, touched) if names is None else names
        rows = await connection.fetch(NEAR, division, list(touched), list(names))
        opened = await _opened(connection, division, keys, rows)
        evidence = evidence_of(rows, opened.get)
        engine = await _engine_around(connection, division, keys, year, opened, evidence)
        return cls(
            engine,
            evidence,
            {row["id"]: row["person"] for row in rows},
            [None if row["free"] else row["person"] for row in rows],
            np.array([row["free"] for row in rows], dtype=bool),
            {row["id"]: (row["person"], row["tier"], row["cluster"], row["household"], row["rule_version"]) for row in rows},
            any(row["waits"] for row in rows),
        )

    @property
    def looked_at(self) -> set[int]:
        """The mentions that are decided anew."""
        return {mention.id for mention, free in zip(self.evidence, self.free, strict=True) if free}

    def explained(self, ones: Collection[int], others: Collection[int]) -> Explained:
        """How two sets of mentions compare, by the pair of them that speaks most for one person."""
        return self.engine.explain(self.evidence, ones, others)


@dataclass(frozen=True)
class Everybody:
    """Every mention of the hub, and the engine for them."""

    engine: Engine
    evidence: list[Evidence]
    before: dict[int, int | None]  # mention -> person

    @classmethod
    async def of(cls, connection: asyncpg.Connection, division: int, keys: Keys, year: int) -> "Everybody":
        """Gather them from the database."""
        evidence, opened = await stored_evidence(connection, division, keys)
        known = await connection.fetch("select id, person from identity where division = $1", division)
        before = dict.fromkeys(mention.id for mention in evidence) | {row["id"]: row["person"] for row in known}
        return cls(await _engine(connection, division, year, opened), evidence, before)


async def stored_evidence(connection: asyncpg.Connection, division: int, keys: Keys) -> tuple[list[Evidence], Opened]:
    """Every mention as the engine takes it, in the order of the ids, and their numbers."""
    opened = Opened(keys, await connection.fetch(SEALED, division))
    evidence: list[Evidence] = []
    known: dict[Any, Any] = {}
    reading = connection.transaction()
    await reading.start()
    try:
        mentions = await connection.cursor(ALL, division)
        while rows := await mentions.fetch(AT_ONCE):
            evidence += evidence_of(rows, opened.get, known)
    finally:
        await reading.rollback()  # a cursor is closed only with what it was opened in
    return evidence, opened


async def _names_of(connection: asyncpg.Connection, division: int, keys: Keys, mentions: Collection[int]) -> set[int]:
    """The keys of mentions' names."""
    named = await connection.fetch("select distinct name_key from mention where division = $1 and id = any($2::bigint[])", division, list(mentions))
    return {name_key(keys, row["name_key"]) for row in named}


async def _engine(connection: asyncpg.Connection, division: int, year: int, opened: Opened) -> Engine:
    """The engine with the hub's newest weights, else those that come with it, and with what persons have decided."""
    told = await connection.fetchval(f"select {WEIGHTS}", division)
    return _decided(Engine(year, newest(told), opened=lambda number: opened.get(number) or ""), await standing(connection, division))


async def _engine_around(connection: asyncpg.Connection, division: int, keys: Keys, year: int, opened: Opened, evidence: Sequence[Evidence]) -> Engine:
    """The same for some mentions, with how many of the whole hub have each of their names, as far as it matters."""
    spelt = list({mention.name for mention in evidence if mention.name} | {mention.former for mention in evidence if mention.former})
    told = await connection.fetchrow(ABOUT, division, [name_key(keys, name) for name in spelt])
    counted = dict(zip(spelt, told["often"], strict=True))
    engine = Engine(year, newest(told["weights"]), opened=lambda number: opened.get(number) or "", frequency=lambda name: counted.get(name, 0))
    return _decided(engine, await standing(connection, division, [mention.id for mention in evidence])) if told["verdicts"] else engine


def _decided(engine: Engine, verdicts: Sequence[Verdict]) -> Engine:
    engine.must, engine.cannot = pairs(verdicts, same=True), pairs(verdicts, same=False)
    return engine


@lru_cache(maxsize=2)
def newest(told: str | None) -> Weights:
    """The hub's own weights, else those that come with it."""
    return read_weights(told.encode()) if told else shipped()


def evidence_of(rows: Iterable[Any], opened: Callable[[bytes], str | None], known: dict[Any, Any] | None = None) -> list[Evidence]:
    """Stored mentions as the engine takes them; what many of them say is held once, in ``known``."""
    known = {} if known is None else known

    def once(value: Any) -> Any:
        return known.setdefault(value, value)

    found = []
    for row in rows:
        valid = row["number_state"] == "valid"
        number = once(row["number_blind"])
        found.append(
            Evidence(
                id=row["id"],
                record=once(row["record"]),
                source=once(row["source"]),
                kind=once(row["kind"]),
                anchor=once(row["anchor"]),
                number=number if valid else None,
                written=None if valid or number is None else opened(number),
                claimed=None if valid else number,
                earlier=once(row["earlier_blind"]) if valid else None,
                name=once(row["name_key"]),
                former=row["former_name"] and once(compare_form(row["former_name"])),
                pinyin=once(row["pinyin"]),
                numbered_born=once(row["birth_date"].isoformat()) if valid and row["birth_date"] else None,
                born=once(row["born"]),
                sex=once(row["sex"]),
                phone=once(row["phone_blind"]),
                township=once(row["township"]),
                village=once(row["village"]),
                relation=once(row["relation"]),
                register_household=once(row["register_household"]),
                living_household=once(row["living_household"]),
                school=once(row["school"]),
                role=once(row["role"]),
                hash=once(row["hash"]),
                since=once(row["valid"].lower.isoformat()) if row["valid"].lower else "",
                began=once(row["began"].isoformat()) if row["began"] else "",
                until=once(row["valid"].upper.isoformat()) if row["valid"].upper else "",
            )
        )
    return found


def name_key(keys: Keys, name: str | None) -> int:
    """The stored key by which mentions of one name are counted; nobody is met by it."""
    return keys.number("key", f"w|{name}")


async def damaged(connection: asyncpg.Connection, division: int, keys: Keys, rows: Sequence[Any]) -> Opened:
    """The damaged numbers of some mentions."""
    return await _opened(connection, division, keys, [row for row in rows if row["number_state"] != "valid"])


async def _opened(connection: asyncpg.Connection, division: int, keys: Keys, rows: Sequence[Any]) -> Opened:
    """The numbers of some mentions; where none of them has a damaged one to be held against the others, there is no need of any."""
    if all(row["number_state"] == "valid" or row["number_blind"] is None for row in rows):
        return Opened(keys, ())
    blinds = list({row["number_blind"] for row in rows if row["number_blind"] is not None})
    return Opened(keys, await connection.fetch("select blind, cipher, key_no from vault where division = $1 and blind = any($2::bytea[])", division, blinds))


#: Every step from one set of mentions to the next is a look-up by index; the planner, which cannot know how few they are, would read whole tables.
BY_INDEX = "set local enable_hashjoin = off; set local enable_mergejoin = off; set local enable_seqscan = off; set local jit = off"
AS_BEFORE = BY_INDEX.replace("= off", "to default")
COLUMNS = """m.id, m.record, m.source, m.kind, m.anchor, m.number_state, m.number_blind, m.earlier_blind, m.name_key, m.former_name,
       m.pinyin, m.birth_date, m.born, m.sex, m.phone_blind, m.township, m.village, m.relation, m.register_household, m.living_household, m.school, m.role, m.hash, m.valid,
       last_value(lower(m.valid)) over (partition by m.id order by lower(m.valid) desc rows between unbounded preceding and unbounded following) as began"""
#: Of the mentions n, the whole of their clusters.
COMPANY = """cross join lateral (select person from identity i where i.division = $1 and i.id = n.id offset 0) i
    cross join lateral (select id from identity o where o.division = $1 and o.person = i.person offset 0) o"""
AT_ONCE = 20_000  # mentions; they take more room as rows than as evidence
#: The numbers of all mentions.
SEALED = "select blind, cipher, key_no from vault v where division = $1 and exists (select from mention m where m.division = $1 and m.number_blind = v.blind)"
#: Every mention as its row last told it.
ALL = f"select distinct on (m.id) {COLUMNS} from mention m where m.division = $1 order by m.id, lower(m.valid) desc"
WEIGHTS = "(select weights from linkage_weights where division = $1 order by publication desc limit 1)"
#: What decides about some mentions beside themselves; how many others have each of the names whose keys are $2.
ABOUT = f"""select {WEIGHTS} as weights, exists (select from link_verdict where division = $1) as verdicts,
  array(select (select count(*) from (select from mention_key k where k.division = $1 and k.key = t.key limit {int(STEPS[-1]) + 1}) x)
          from unnest($2::bigint[]) with ordinality t(key, n) order by n) as often"""
#: Whether a mention's number is given under another name too.
DISPUTED = "exists (select from mention x where x.division = {mention}.division and x.number_blind = {mention}.number_blind and x.name_key <> {mention}.name_key)"
#: The neighbourhood of the mentions $2: what shares a key with them and the whole of their clusters is ``free``; around it, with their
#: clusters, whoever stands in a row or a household with those, or in a verdict. Every step from one set of mentions to the next is a look-up
#: by index (``offset 0``: the planner, which cannot know how few they are, is not to read whole tables instead).
NEAR = f"""
with touched as materialized (
  select distinct on (m.id) m.id, case when m.number_state = 'valid' then m.number_blind end as number, m.earlier_blind, m.name_key, m.pinyin, m.former_name, m.birth_date
    from unnest($2::bigint[]) t(id) cross join lateral (select * from mention m where m.division = $1 and m.id = t.id offset 0) m order by m.id, lower(m.valid) desc),
disputed as materialized (  -- who gives the same number under another name
  select o.id, o.number_blind as number, o.earlier_blind, o.name_key, o.pinyin, o.former_name, o.birth_date from touched t
    cross join lateral (select * from mention o where o.division = $1 and o.number_blind = t.number and o.name_key <> t.name_key offset 0) o),
asked as materialized (  -- two people with different numbers need not be compared: who has one asks for those without, and for its own
  select k.key, bool_or(t.number is null or t.number in (select number from disputed)) as all_of,
         array_agg(distinct t.number) || array_agg(distinct t.earlier_blind) as numbers, array_agg(distinct t.pinyin) as sounds,
         bool_or(t.former_name is not null) as renamed, array_agg(distinct t.birth_date) as dates
    from (select * from touched union select * from disputed) t cross join lateral (select key from mention_key k where k.division = $1 and k.mention = t.id offset 0) k
   where k.key <> all($3::bigint[]) group by k.key),  -- those of names are there to be counted
near as materialized (
  select id from touched
  union
  select m.id from asked a
    cross join lateral (select array_agg(mention) as mentions from (
        select k.mention from mention_key k where k.division = $1 and k.key = a.key limit {MOST + 1}) x) n
    cross join lateral unnest(n.mentions) c(id)
    cross join lateral (select m.id from mention m where m.division = $1 and m.id = c.id
       and (a.all_of or m.number_state <> 'valid' or m.number_blind = any(a.numbers) or m.earlier_blind = any(a.numbers)
            or m.pinyin = any(a.sounds) and {DISPUTED.format(mention="m")}  -- a namesake, however written, whose number may be another's
            or (a.renamed or m.former_name is not null) and m.birth_date = any(a.dates)) offset 0) m  -- who may have had the name before
   where cardinality(n.mentions) <= {MOST}),
free as materialized (
  select id from near
  union
  select o.id from near n {COMPANY}
  union  -- a child that the register does not list lives where its guardian does, who may have moved
  select o.id from (
      select distinct a.person from touched t
        cross join lateral (select from mention m where m.division = $1 and m.id = t.id and m.register_household is not null and m.anchor is null limit 1) r
        cross join lateral (select id from mention g where g.division = $1 and g.number_blind = t.number and g.number_state = 'valid' offset 0) g
        cross join lateral (select person from identity i where i.division = $1 and i.id = g.id offset 0) i
        cross join lateral (select id from identity s where s.division = $1 and s.person = i.person limit {MOST}) s
        cross join lateral (select anchor from mention b where b.division = $1 and b.id = s.id and b.anchor is not null offset 0) b
        cross join lateral (select person from identity a where a.division = $1 and a.id = b.anchor and a.household is not null offset 0) a) c
    cross join lateral (select id from identity o where o.division = $1 and o.person = c.person offset 0) o),
mine as materialized (
  select distinct m.record, m.register_household, m.living_household
    from free f cross join lateral (select * from mention m where m.division = $1 and m.id = f.id offset 0) m),
around as materialized (
  select v.other as id from free f cross join lateral (select other from link_verdict v where v.division = $1 and v.mention = f.id offset 0) v
  union
  select v.mention from free f cross join lateral (select mention from link_verdict v where v.division = $1 and v.other = f.id offset 0) v
  union
  select m.id from (select distinct record from mine) r cross join lateral (select id from mention m where m.division = $1 and m.record = r.record offset 0) m
  union
  select m.id from (select distinct register_household from mine where register_household is not null) r
    cross join lateral (select id from mention m where m.division = $1 and m.register_household = r.register_household limit {HOUSEHOLD_MOST}) m
  union
  select m.id from (select distinct living_household from mine where living_household is not null) r
    cross join lateral (select id from mention m where m.division = $1 and m.living_household = r.living_household limit {HOUSEHOLD_MOST}) m
  union  -- whose number a row gives though it cannot be its own (D-42)
  select o.id from free f
    cross join lateral (select number_blind from mention m where m.division = $1 and m.id = f.id
       and (m.number_state <> 'valid' or exists (select from identity i where i.division = $1 and i.id = m.id and i.tier <> 'NUMBER')) offset 0) m
    cross join lateral (select id from mention o where o.division = $1 and o.number_blind = m.number_blind and o.number_state = 'valid' offset 0) o
  union  -- a child of one name and another number, with the same person in its row or its household: it is asked about
  select o.id from touched t
    cross join lateral (select name_key, register_household from mention m where m.division = $1 and m.id = t.id and m.anchor is null offset 0) m
    cross join lateral (
      (select id from mention b where b.division = $1 and b.anchor = t.id offset 0)
      union all
      (select id from mention b where b.division = $1 and b.register_household = m.register_household and b.id <> t.id limit {HOUSEHOLD_MOST})) b
    cross join lateral (select person from identity i where i.division = $1 and i.id = b.id offset 0) i
    cross join lateral (select id from identity s where s.division = $1 and s.person = i.person limit {MOST}) s
    cross join lateral (select anchor, register_household from mention x where x.division = $1 and x.id = s.id offset 0) x
    cross join lateral (
      (select id, name_key, number_state, number_blind from mention o where o.division = $1 and o.id = x.anchor offset 0)
      union all
      (select id, name_key, number_state, number_blind from mention o where o.division = $1 and o.register_household = x.register_household and o.anchor is null limit {HOUSEHOLD_MOST})) o
   where o.name_key = m.name_key and o.number_state = 'valid' and o.number_blind <> t.number),
scope as materialized (
  select id, bool_or(free) as free from (
  select id, true as free from free
  union all
  select id, false from around
  union all
  select o.id, false from around n {COMPANY}) told
   group by id)
select distinct on (m.id) {COLUMNS}, s.free, i.person, i.tier, i.cluster, i.household, i.rule_version,
       exists (select from link_review r where r.division = $1 and r.mention = m.id offset 0) as waits
  from scope s
  cross join lateral (select * from mention m where m.division = $1 and m.id = s.id offset 0) m
  left join lateral (select * from identity i where i.division = $1 and i.id = s.id offset 0) i on true
 order by m.id, lower(m.valid) desc"""
