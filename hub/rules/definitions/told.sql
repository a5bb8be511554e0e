-- told: what each list but the justice bureau's tells of a child under the child's own number, in the row about itself (E.11)
with mine as materialized (  -- first, so that the many are matched as many
    select i.id, i.person from identity i where i.division = :division and i.tier = 'NUMBER' and among(i.person) and i.person in (select person from child)
)
select i.person, m.id as mention, m.record, m.hash, m.id, m.source, 'mention' as fact, lower(m.valid) as since, m.sex, m.birth_date,
       case when m.born like '____-__-__' then m.born::date else m.birth_date end as born, m.name_key, m.former_name, m.number_state = 'valid' as numbered
  from mine i
  join mention m on m.division = :division and m.id = i.id and m.valid @> :on and m.anchor is null and m.source not like 'justice.%'
