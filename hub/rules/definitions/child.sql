-- child: whoever may have been under 18 on the reference date; the age is the least that the birth date allows (E.0.1). Where nobody tells
-- it, who stands on a list of minors is one, of any age: children left behind, disabled and in no school. Lists of minors that tell of a
-- parent make nobody a child for every rule, since being found would tell the list (`undated`)
with minor as (
    select person from left_behind_file where division = :division and valid @> :on and among(person)
    union
    select person from schooling_statement where division = :division and valid @> :on and source = 'disabled_persons.unenrolled_list' and among(person)
)
select id as person, coalesce(township, hukou_township) as township, deceased_on, born_from, born_to,
       extract(year from age(:ref, born_to))::int as age
  from person_resolved
 where division = :division and born_to > (:ref - interval '18 years')::date and among(id)
union all
select r.id, coalesce(r.township, r.hukou_township), r.deceased_on, (:ref - interval '18 years')::date + 1, :ref, 0
  from minor m join person_resolved r on r.division = :division and r.id = m.person
 where r.born_to is null and among(r.id)
