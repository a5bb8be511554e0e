"""Key: write for each mention the hashed keys by which mentions of one person are met."""

from collections.abc import Sequence
from functools import partial

import numpy as np

from hub.access.sealing import Keys
from hub.identity.blocking import Blocks, blocks_of
from hub.identity.evidence import Codes, Evidence
from hub.identity.gathering import AS_BEFORE, BY_INDEX, COLUMNS, damaged, evidence_of, name_key
from hub.storage.copying import copy_columns
from hub.storage.publishing import Publication


async def write_keys(publication: Publication, keys: Keys) -> None:
    """Write the keys of the mentions that were touched, and anew those of whoever stands beside them in their rows."""
    connection, division = publication.connection, publication.division
    rows = await connection.fetch(TOUCHED, division)
    opened = await damaged(connection, division, keys, rows)
    evidence = evidence_of(rows, opened.get)
    await send_keys(publication, keys, evidence, hashed_blocks(evidence, keys, publication.business_date.year))
    await store_keys(publication)


def hashed_blocks(evidence: Sequence[Evidence], keys: Keys, year: int) -> Blocks:
    """The keys of mentions as they are stored: keyed hashes, which tell nothing of a name or number."""
    return blocks_of(evidence, year, partial(keys.number, "key"))


async def send_keys(publication: Publication, keys: Keys, evidence: Sequence[Evidence], blocks: Blocks) -> None:
    """Send mentions' keys to ``in_key``. A name is a key too, counted but never a reason to compare."""
    names = Codes()
    name = names.column(mention.name for mention in evidence)
    ids = np.array([mention.id for mention in evidence], dtype=np.int64)
    named = np.flatnonzero(name >= 0)
    spelt = np.array([name_key(keys, told) for told in names.values], dtype=np.int64)
    hashed, mention = np.r_[blocks.key, spelt[name[named]]], np.r_[ids[blocks.place], ids[named]]
    order = np.lexsort((mention, hashed))  # an index is added to fastest in its own order
    order = order[np.r_[True, (np.diff(hashed[order]) != 0) | (np.diff(mention[order]) != 0)]] if len(order) else order  # a row may give a key twice
    await copy_columns(publication.connection, "in_key", {"key": hashed[order], "mention": mention[order], "meets": order < len(blocks.key)})


async def store_keys(publication: Publication) -> None:
    """Store the keys in ``in_key`` in place of those that their mentions had."""
    connection, division = publication.connection, publication.division
    await connection.execute("analyze in_key")
    if await connection.fetchval(KNOWN, division):
        await connection.execute(f"{BY_INDEX}; {REPLACED.format(division=division)}; {AS_BEFORE}")
    kept = "" if publication.into_empty else " on conflict do nothing"
    written = await connection.execute(f"insert into mention_key (division, key, mention) select {division}, key, mention from in_key{kept}")
    await publication.built("mention_key")
    await publication.analyze(int(written.split()[-1]), "mention_key")


#: All mentions in the rows of those in ``in_touched``.
TOUCHED = f"""select distinct on (m.id) {COLUMNS}
  from (select distinct t.record from in_touched x join mention t on t.division = $1 and t.id = x.id) r
  join mention m on m.division = $1 and m.record = r.record
 order by m.id, lower(m.valid) desc"""
#: Whether any of the mentions was known before.
KNOWN = """select exists (select from in_touched t join identity i on i.division = $1 and i.id = t.id)
             or exists (select from in_key k join identity i on i.division = $1 and i.id = k.mention)"""
#: The keys that mentions had and have no longer; who is new had none.
REPLACED = """
with known as (
  select t.id from (select id from in_touched union select mention from in_key) t join identity i on i.division = {division} and i.id = t.id),
gone as (
  select k.key, k.mention from known n join mention_key k on k.division = {division} and k.mention = n.id
  except select key, mention from in_key)
delete from mention_key k using gone g where k.division = {division} and k.key = g.key and k.mention = g.mention"""
