-- city_school: schools of this city: those that its register of schools has, by id, code or name; those whose pupils its student register
-- lists; and whatever bears the city's name
-- :city_name = '^(辽宁省)?(大连市)?瓦房店市?'  how names of the city's schools may begin (C.5)
with profiled as (
    select p.school, p.code, regexp_replace(s.name, :city_name, '') as name
      from school_profile p join school s on s.division = :division and s.id = p.school
     where p.division = :division and p.valid @> :on
)
select s.id as school
  from school s
 where s.division = :division
   and (s.name ~ :city_name or s.id in (select school from profiled) or s.name in (select code from profiled) or s.name in (select name from profiled)
        or exists (select from enrolment e where e.division = :division and e.school = s.id and e.valid @> :on and e.source = 'education.student_register'))
