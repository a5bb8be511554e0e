-- child: whoever may have been under 18 on the reference date; the age is the least that the birth date allows (E.0.1)
select id as person, coalesce(township, hukou_township) as township, deceased_on, born_from, born_to,
       extract(year from age(:ref, born_to))::int as age
  from person_resolved
 where division = :division and born_to > (:ref - interval '18 years')::date and among(id)
