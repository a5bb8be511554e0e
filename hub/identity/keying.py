"""Key: write for each mention the hashed keys by which mentions of one person are met."""

from collections.abc import Iterator, Sequence

from hub.access.sealing import Keys
from hub.identity.blocking import companions_by_row, keys_of
from hub.identity.evidence import Evidence
from hub.identity.gathering import COLUMNS, evidence_of
from hub.storage.publishing import Publication

ANALYZE_ROWS = 20_000  # more mentions than this change what the planner should know


async def write_keys(publication: Publication, keys: Keys) -> None:
    """Write the hashed keys of the mentions that were touched; a name is a key too, counted but never a reason to compare."""
    connection, division = publication.connection, publication.division
    evidence = [evidence_of(row, lambda number: None) for row in await connection.fetch(TOUCHED, division)]
    hashed = _hashed(evidence, keys, publication.business_date.year)
    await connection.copy_records_to_table("in_key", columns=["key", "mention", "meets"], records=hashed)
    await connection.execute("analyze in_key")
    if await connection.fetchval("select exists (select from mention_key where division = $1)", division):
        await connection.execute(  # those beside them in their rows have theirs written anew too
            f"""delete from mention_key k using (select id from in_touched union select mention from in_key) t
                 where k.division = {division} and k.mention = t.id"""
        )
    await connection.execute(f"insert into mention_key (division, key, mention) select {division}, key, mention from in_key order by key")
    await publication.built("mention_key")
    if len(evidence) > ANALYZE_ROWS:
        await publication.analyze("mention_key")


def _hashed(evidence: Sequence[Evidence], keys: Keys, year: int) -> Iterator[tuple[int, int, bool]]:
    """(keyed hash, mention, whether mentions are met by it), one at a time: of a whole city they are too many to hold."""
    beside = companions_by_row(evidence)
    for mention in evidence:
        beside_it = [other for other in beside[mention.record] if other is not mention]
        meets = {keys.number("key", told) for told in keys_of(mention, beside_it, year)}
        yield from ((key, mention.id, True) for key in meets)
        if (name := keys.number("key", f"w|{mention.name}")) not in meets:
            yield name, mention.id, False


#: All mentions in the rows of those in ``in_touched``.
TOUCHED = f"""select distinct on (m.id) {COLUMNS}
  from (select distinct t.record from in_touched x join mention t on t.division = $1 and t.id = x.id) r
  join mention m on m.division = $1 and m.record = r.record left join identity i on i.division = $1 and i.id = m.id
 order by m.id, lower(m.valid) desc"""
