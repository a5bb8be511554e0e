"""Whom a publication has touched, and who else stands or falls with them: children of a parent, members of a household."""

from hub.storage.publishing import Publication

#: A rule about a child looks at its own facts, its parents' and those of its and their households.
WITH_TIES = """
with touched as (select person from recheck where division = $1)
select person from touched
union select k.person from kinship k join touched t on t.person = k.relative where k.division = $1
union select k.relative from kinship k join touched t on t.person = k.person where k.division = $1 and k.relative is not null
union select g.person from guardianship g join touched t on t.person = g.guardian where g.division = $1
union select s.person from parent_situation s join touched t on t.person = s.parent where s.division = $1
union select m.person from membership m join touched t on t.person = m.head where m.division = $1
union select o.person from membership m join touched t on t.person = m.person
         join membership o on o.division = $1 and o.household = m.household where m.division = $1
union select o.person from kinship k join touched t on t.person = k.person
         join membership m on m.division = $1 and m.person = k.relative
         join membership o on o.division = $1 and o.household = m.household where k.division = $1
"""


async def note_touched(publication: Publication) -> None:
    """Keep for the next check whom this publication touched (``in_person``), unless all rules are due for everybody anyway."""
    await publication.connection.execute(
        """insert into recheck select $1, person from in_person where person is not null
              and exists (select from rule_run r join publication p on p.division = r.division and p.no = r.publication
                           where r.division = $1 and p.business_date = $2)
           on conflict do nothing""",
        publication.division, publication.business_date,
    )


async def take_touched(publication: Publication, *, leave: bool = False) -> list[int]:
    """Whom to recheck; afterwards nobody waits, unless some rules were left out and they are left for these."""
    rows = await publication.connection.fetch(WITH_TIES, publication.division)
    if not leave:
        await publication.connection.execute("delete from recheck where division = $1", publication.division)
    return sorted(row["person"] for row in rows)
