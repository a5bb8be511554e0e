"""Key: write for each mention the hashed keys by which mentions of one person are met."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hub.access.sealing import Keys
from hub.identity.blocking import Blocks, blocks_of
from hub.identity.evidence import Codes, Evidence
from hub.identity.gathering import AS_BEFORE, BY_INDEX, COLUMNS, damaged, evidence_of, name_key
from hub.storage.copying import copy_columns
from hub.storage.publishing import Publication


async def write_keys(publication: Publication, keys: Keys, *, few: bool) -> set[int]:
    """Write the keys of the mentions that were touched, a few or many, and anew those of whoever stands beside them; returns the keys of their names."""
    connection, division = publication.connection, publication.division
    rows = await connection.fetch(TOUCHED.format(one_by_one="offset 0" if few else ""), division)
    opened = await damaged(connection, division, keys, rows)
    evidence = evidence_of(rows, opened.get)
    columns = _columns(keys, evidence, hashed_blocks(evidence, keys, publication.business_date.year))
    known = any(row["known"] for row in rows)
    if few:
        await connection.execute(SENT, division, *(column.tolist() for column in columns.values()))
        await _forget_old(publication, known=known)
    else:
        await copy_columns(connection, "in_key", columns)
        await store_keys(publication, known=known)
    return {name_key(keys, name) for name in {mention.name for mention in evidence}}


def hashed_blocks(evidence: Sequence[Evidence], keys: Keys, year: int) -> Blocks:
    """The keys of mentions as they are stored: keyed hashes, which tell nothing of a name or number."""
    return blocks_of(evidence, year, partial(keys.number, "key"))


async def send_keys(publication: Publication, keys: Keys, evidence: Sequence[Evidence], blocks: Blocks) -> None:
    """Send mentions' keys to ``in_key``."""
    await copy_columns(publication.connection, "in_key", _columns(keys, evidence, blocks))


def _columns(keys: Keys, evidence: Sequence[Evidence], blocks: Blocks) -> dict[str, NDArray[Any]]:
    """The columns of ``in_key``. A name is a key too, counted but never a reason to compare."""
    names = Codes()
    name = names.column(mention.name for mention in evidence)
    ids = np.array([mention.id for mention in evidence], dtype=np.int64)
    named = np.flatnonzero(name >= 0)
    spelt = np.array([name_key(keys, told) for told in names.values], dtype=np.int64)
    hashed, mention = np.r_[blocks.key, spelt[name[named]]], np.r_[ids[blocks.place], ids[named]]
    order = np.lexsort((mention, hashed))  # an index is added to fastest in its own order
    order = order[np.r_[True, (np.diff(hashed[order]) != 0) | (np.diff(mention[order]) != 0)]] if len(order) else order  # a row may give a key twice
    return {"key": hashed[order], "mention": mention[order], "meets": order < len(blocks.key)}


async def _forget_old(publication: Publication, *, known: bool) -> None:
    """Of mentions that were known, delete the keys that are not in ``in_key``."""
    if known:
        await publication.connection.execute(f"{BY_INDEX}; {REPLACED.format(division=publication.division)}; {AS_BEFORE}")


async def store_keys(publication: Publication, *, known: bool) -> None:
    """Store the keys in ``in_key`` in place of those that their mentions had, where any of them was ``known``."""
    connection, division = publication.connection, publication.division
    await connection.execute("analyze in_key")
    await _forget_old(publication, known=known)
    kept = "" if publication.into_empty else " on conflict do nothing"
    written = await connection.execute(f"insert into mention_key (division, key, mention) select {division}, key, mention from in_key{kept}")
    await publication.built("mention_key")
    await publication.analyze(int(written.split()[-1]), "mention_key")


#: All mentions in the rows of those in ``in_touched``, and whether they were known before; of few they are looked up one by one (``offset 0``).
TOUCHED = f"""select distinct on (m.id) {COLUMNS}, exists (select from identity i where i.division = $1 and i.id = m.id) as known
  from (select distinct t.record from in_touched x cross join lateral (select record from mention t where t.division = $1 and t.id = x.id {{one_by_one}}) t) r
  cross join lateral (select * from mention m where m.division = $1 and m.record = r.record {{one_by_one}}) m
 order by m.id, lower(m.valid) desc"""
#: Keys put into ``in_key`` and stored, in one go.
SENT = """with sent as (insert into in_key (key, mention, meets) select * from unnest($2::bigint[], $3::bigint[], $4::boolean[]) returning key, mention)
insert into mention_key (division, key, mention) select $1, key, mention from sent on conflict do nothing"""
#: The keys that mentions had and have no longer; who is new had none.
REPLACED = """
with known as (
  select t.id from (select id from in_touched union select mention from in_key) t join identity i on i.division = {division} and i.id = t.id),
gone as (
  select k.key, k.mention from known n join mention_key k on k.division = {division} and k.mention = n.id
  except select key, mention from in_key)
delete from mention_key k using gone g where k.division = {division} and k.key = g.key and k.mention = g.mention"""
