-- sighting: pupils who were seen at exams, meals or on the bus since the term before the reference date, by school, name and person.
-- A row whose pupil is not known counts for whoever has its name in its school
select s.school, s.kind, coalesce(s.term, left(s.observed, 7), '') as period, s.person, m.name_key, s.id, lower(s.valid) as since
  from signal s
  left join mention m on m.division = :division and m.id = s.mention and m.valid @> lower(s.valid)
 where s.division = :division and lower(s.valid) > :ref - 200 and lower(s.valid) <= :on and coalesce(s.present, true)
