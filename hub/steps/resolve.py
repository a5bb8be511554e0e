"""Resolve: one value per person by the survivorship rule, where several sources assert one; the assertions stay.

A row's own subject is believed before somebody it only names; a row that still stands before one that has ended; then the
source nearest to the fact; then the latest. A trusted number's own birth date wins over a written one (D-20); a number
that linking holds for somebody else's (D-42) tells neither number nor birth date.

A list that tells why by naming somebody (来源 in the catalogue) has no word while any other names the person: a school would see a
child move to where the justice list says, and know. A telephone, former name or ethnic group that finds nobody is no closed list's word either: the father's
telephone would come with his child's certificate.
"""

from collections.abc import Iterable

from hub.access.catalogue import read_catalogue
from hub.steps.recheck import note_touched
from hub.storage.history import columns_of
from hub.storage.publishing import Publication

#: Departments in the order in which their word about a person's basic data counts.
RANKING = (
    "public_security",
    "education",
    "civil_affairs",
    "disabled_persons",
    "vocational",
    "health",
    "poverty_relief",
    "finance",
    "labour",
    "justice",
)

#: The lists on which nobody may know somebody to be without a right to it (来源 in the catalogue), by names or departments' prefixes; and those of them that have no word beside others (取值 = false).
CLOSED = sorted(source for item in read_catalogue().items.values() for source in item.sources)
TELLING = sorted(source for item in read_catalogue().items.values() if not item.values for source in item.sources)


def one_of(lists: Iterable[str], source: str) -> str:
    """SQL for whether a source (an SQL text) is one of some lists."""
    return "(" + " or ".join(f"starts_with({source}, '{one}')" if one.endswith(".") else f"{source} = '{one}'" for one in lists) + ")"


OPEN = f"(m.unlisted or not {one_of(CLOSED, 'm.source')})"  # of whom no open list tells, the closed ones do
#: resolved column -> (expression over a mention m, condition under which it counts)
FROM_MENTIONS = {
    "name": ("m.name", "m.name is not null and m.name_key !~ '[?]'"),
    "pinyin": ("m.pinyin", "m.name is not null and m.name_key !~ '[?]'"),
    "former_name": ("m.former_name", f"m.former_name is not null and {OPEN}"),
    "sex": ("m.sex", "m.sex is not null"),
    "ethnic_group": ("m.ethnic_group", f"m.ethnic_group is not null and {OPEN}"),
    "phone_mask": ("m.phone_mask", f"m.phone_mask is not null and {OPEN}"),
    "number_mask": ("m.number_mask", "m.trusted"),
    "number_blind": ("m.number_blind", "m.trusted"),
}


async def resolve(publication: Publication) -> None:
    """Choose again for every person whose mentions or facts this publication touched; write what differs."""
    connection, division = publication.connection, publication.division
    order = "m.beside, m.ended, m.rank, m.since desc, m.id"
    mentioned = ", ".join(
        f"(array_agg({value} order by {order}) filter (where {counts}))[1] as {name}" for name, (value, counts) in FROM_MENTIONS.items()
    )
    by_birth = "(not m.trusted), " + order
    await connection.execute("analyze in_told, in_ended, in_rehomed")
    await connection.execute(TOUCHED.replace("$1", str(division)))
    await connection.execute("analyze in_person")
    await connection.execute(
        f"""create temp table in_resolved on commit drop as
            with named as (
              select i.person, min(i.household) over (partition by i.person) as together, bool_and({one_of(TELLING, "x.source")}) over (partition by i.person) as alone, bool_and({one_of(CLOSED, "x.source")}) over (partition by i.person) as unlisted,
                     i.tier = 'NUMBER' as trusted, case when x.number_state <> 'valid' or i.tier = 'NUMBER' then x.birth_date when length(x.born) = 10 then x.born::date end as told_birth, x.*, x.anchor is not null as beside, upper(x.valid) is not null as ended, lower(x.valid) as since,
                     coalesce(array_position(array[{", ".join(f"'{r}'" for r in RANKING)}], split_part(x.source, '.', 1)), 99) as rank
                from in_person p join identity i on i.division = {division} and i.person = p.person
                join mention x on x.division = {division} and x.id = i.id),
            m as (select * from named where alone or not {one_of(TELLING, "source")}),
            told as (
              select m.person, {mentioned},
                     min(m.together) as household, bool_or(m.alone) as alone,
                     (array_agg(m.told_birth order by {by_birth}) filter (where m.told_birth is not null))[1] as birth_date,
                     (array_agg(m.born order by length(m.born) desc, {order}) filter (where m.born is not null))[1] as born,
                     (array_agg(m.id order by {order}) filter (where m.name is not null))[1] as name_mention,
                     (array_agg(m.id order by {by_birth}) filter (where m.told_birth is not null))[1] as birth_mention,
                     (array_agg(m.township order by {order}) filter (where m.township is not null))[1] as township,
                     (array_agg(m.village order by {order}) filter (where m.township is not null))[1] as village,
                     (array_agg(m.record order by {order}) filter (where m.township is not null))[1] as township_record,
                     (array_agg(m.name order by {order}) filter (where m.name is not null))[1] as any_name,
                     (array_agg(m.pinyin order by {order}) filter (where m.name is not null))[1] as any_pinyin
                from m group by m.person)
            select {division} as division, t.person as id, coalesce(t.name, t.any_name) as name, coalesce(t.pinyin, t.any_pinyin) as pinyin,
                   t.former_name, t.sex, t.birth_date, coalesce(t.birth_date::text, t.born) as born,
                   {first_day("coalesce(t.birth_date::text, t.born)")} as born_from, {last_day("coalesce(t.birth_date::text, t.born)")} as born_to, t.ethnic_group, t.number_mask,
                   t.number_blind, t.phone_mask, coalesce(r.township, h.township, t.township) as township,
                   case when r.township is not null then r.village when h.township is not null then h.village else t.village end as village, h.township as hukou_township,
                   h.household as register_household, coalesce(l.household, t.household) as living_household, h.deceased_on,
                   jsonb_build_object('name', t.name_mention::text, 'birthDate', t.birth_mention::text, 'township', coalesce(r.record, h.record, t.township_record)::text,
                                      'registerHousehold', h.record::text) as chosen,
                   '(,)'::daterange as valid
              from told t
              left join lateral (select township, village, household, deceased_on, record from hukou_registration f
                                  where f.division = {division} and f.person = t.person
                                  order by upper(valid) desc, cancelled_on is not null or coalesce(register_state, '正常') <> '正常', lower(valid) desc, id limit 1) h on true
              left join lateral (select township, village, record from (
                                   select township, village, record, valid, id, 1 as rank from residence f
                                    where f.division = {division} and f.person = t.person and township is not null and (t.alone or not {one_of(TELLING, "f.source")})
                                   union all
                                   select township, village, record, valid, id, 0 from residence_permit f
                                    where f.division = {division} and f.person = t.person and township is not null) a
                                  order by upper(valid) is not null, rank, lower(valid) desc, id limit 1) r on true
              left join lateral (select household from membership f
                                  where f.division = {division} and f.person = t.person and household_kind = 'LIVING'
                                  order by upper(valid) is not null, lower(valid) desc, id limit 1) l on true"""
    )
    await _write(publication)
    await note_touched(publication)


def first_day(born: str) -> str:
    """SQL for the first day that a partial date (an SQL text: '2012', '2012-05' or '2012-05-03') can mean."""
    return f"({born} || substr('-01-01', length({born}) - 3))::date"


def last_day(born: str) -> str:
    """SQL for the last day that a partial date can mean."""
    span = f"case length({born}) when 4 then interval '1 year' when 7 then interval '1 month' else interval '1 day' end"
    return f"({first_day(born)} + {span} - interval '1 day')::date"


async def _write(publication: Publication) -> None:
    """Write the resolved rows that differ; a person without mentions leaves the current table."""
    columns = columns_of("person_resolved")
    listed = ", ".join(columns)
    await publication.connection.execute("create index on in_resolved (id); analyze in_resolved")
    same = " and ".join(f"t.{c} is not distinct from n.{c}" for c in columns if c not in ("division", "id"))
    await publication.connection.execute(
        f"delete from in_resolved n using person_resolved t where t.division = {publication.division} and t.id = n.id and {same}"
    )
    await publication.connection.execute(
        f"""with leaving as (
                select n.id from in_resolved n
                union
                select p.person from in_person p left join identity i on i.division = {publication.division} and i.person = p.person where i.person is null),
             gone as (delete from person_resolved t using leaving l where t.division = {publication.division} and t.id = l.id returning t.*)
            insert into person_resolved_history ({listed}, known)
            select {listed}, int8range(known_from, $1) from gone where known_from < $1""",
        publication.no,
    )
    await publication.connection.execute(
        f"insert into person_resolved ({listed}, known_from) select {listed}, $1 from in_resolved", publication.no
    )
    await publication.built("person_resolved")


TOUCHED = """
create temp table in_person on commit drop as
select i.person from in_told m join identity i on i.division = $1 and i.id = m.mention
union select i.person from in_ended s join mention m on m.division = $1 and m.record = s.record
                       join identity i on i.division = $1 and i.id = m.id
union select person from in_rehomed
union select p.id from in_rehomed r join identity_history h on h.division = $1 and h.id = r.mention
                       join person_id p on p.division = $1 and p.id = h.person
"""
