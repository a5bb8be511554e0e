-- disabled: children held to be disabled, by the latest row of each source: a certificate that was in force on some day from the
-- reference date to the business date (a state that nobody can read leaves nobody out), the federation's statement that the child is in no
-- school, or a health diagnosis (E.1, D-31)
with standing as (
    select person from certificate
     where division = :division and valid && daterange(:ref, :on, '[]') and coalesce(state, '正常') in ('正常', '状态不明') and coalesce(valid_until, :ref) >= :ref
       and coalesce(category, '') <> '无残疾' and among(person)
),
latest as (
    select distinct on (c.person, c.id) c.person, c.mention, c.record, c.hash, c.id, c.source, c.category, c.multiple, c.level, c.state, c.valid
      from certificate c
     where c.division = :division and c.person in (select person from standing) and c.valid && daterange(:ref, :on, '[]') and among(c.person)
     order by c.person, c.id, lower(c.valid) desc
)
select person, mention, record, hash, id, source, 'certificate' as fact, lower(valid) as since,
       concat_ws(' ', '残疾人证', category, level, coalesce(state, '正常')) as says, category, level, multiple
  from latest
union all
select s.person, s.mention, s.record, s.hash, s.id, s.source, 'schooling_statement', lower(s.valid), concat_ws(' ', '未入学原因', s.reason), a.category, a.level, null
  from schooling_statement s
  left join lateral (select category, level from assessment where division = :division and record = s.record and valid @> :on order by id limit 1) a on true  -- which the survey's row tells too
 where s.division = :division and s.valid @> :on and s.source like 'disabled_persons.%' and (s.reason is not null or s.out_of_school) and among(s.person)
union all
select person, mention, record, hash, id, source, 'assessment', lower(valid), concat_ws(' ', '筛查', result), category, level, null
  from assessment
 where division = :division and valid @> :on and source like 'health.%' and category is not null and category <> '无残疾' and among(person)
