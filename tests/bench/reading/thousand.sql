-- A thousand children with nested lists, written by hand: the people first, each other table once, joined by hash.
with c as materialized (
  select id, name, sex, birth_date, row_number() over (order by name_order, id) as n from person_resolved
   where division = $1 and born_to > ($2::date - interval '18 years')::date and township = $3 order by name_order, id limit 1000),
e as (select e.person, json_agg(json_build_object('grade', e.grade, 'state', e.state,
             'school', case when s.id is not null then json_build_object('name', s.name) end) order by e.source, e.id) as told
        from enrolment e left join school s on s.division = $1 and s.id = e.school
       where e.division = $1 and e.person = any (array(select id from c)) and e.valid @> $2::date group by e.person),
d as (select person, json_agg(json_build_object('category', category, 'level', level) order by source, id) as told from certificate
       where division = $1 and person = any (array(select id from c)) and valid @> $2::date group by person),
a as (select person, json_agg(json_build_object('programme', programme, 'kind', kind, 'monthlyAmount', monthly_amount::text) order by source, id) as told from assistance
       where division = $1 and person = any (array(select id from c)) and valid @> $2::date group by person)
select convert_to(json_build_object('data', json_build_object('children', json_build_object('nodes', coalesce(json_agg(json_build_object(
         'id', rtrim(encode(convert_to('Person:' || c.id, 'UTF8'), 'base64'), '='), 'name', c.name, 'sex', c.sex, 'birthDate', c.birth_date,
         'enrolments', coalesce(e.told, '[]'), 'certificates', coalesce(d.told, '[]'), 'assistances', coalesce(a.told, '[]')) order by c.n), '[]'))))::text, 'UTF8') as answer
  from c left join e on e.person = c.id left join d on d.person = c.id left join a on a.person = c.id
