-- told: what each list but the justice bureau's tells of a child under the child's own number, in the row about itself (E.11). The sex is
-- left out where the delivery that told the row mixed its codes up: that is one finding about the file, told by its notice (D-44)
-- :mixed_up = '主体: in [0-9]+ of [0-9]+ rows the sex is not the one in the number'  how the notice of such a delivery begins
with mixed as materialized (
    select id, source from delivery where division = :division and notices::text ~ :mixed_up
),
mine as materialized (  -- first, so that the many are matched as many
    select i.id, i.person from identity i where i.division = :division and i.tier = 'NUMBER' and among(i.person) and i.person in (select person from child)
)
select i.person, m.id as mention, m.record, m.hash, m.id, m.source, 'mention' as fact, lower(m.valid) as since,
       case when m.source in (select source from mixed)
                 and exists (select from record r where r.division = :division and r.id = m.record and r.hash = m.hash and r.delivery in (select id from mixed)) then null
            else m.sex end as sex, m.birth_date,
       case when m.born like '____-__-__' then m.born::date else m.birth_date end as born, m.name_key, m.former_name, m.number_state = 'valid' as numbered
  from mine i
  join mention m on m.division = :division and m.id = i.id and m.valid @> :on and m.anchor is null and m.source not like 'justice.%'
