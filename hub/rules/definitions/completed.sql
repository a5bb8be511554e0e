-- completed: stages of school that pupils have completed, with the last grade: the one told, else that of the remark or of the school;
-- null where nothing says it. What only bears a certificate's number is told as such; a 毕业 without one has to be completed by the day (E.0.2, B.3).
-- The student register does not list graduates for ever: what its last row said stands, unless a place in grades 1 to 9 says otherwise
select g.person, g.mention, g.record, g.hash, g.id, g.source, 'graduation' as fact, coalesce(g.graduated_on, lower(g.valid)) as since, coalesce(g.grade, s.last_grade) as grade,
       g.school, g.certificate_number as certificate, true as ended, coalesce(s.any_age, false) as any_age
  from graduation g left join school_stage s on s.school = g.school
 where g.division = :division and among(g.person)
   and (g.valid @> :on
        or g.source = 'education.student_register' and upper(g.valid) <= :on
           and not exists (select from place l where l.person = g.person and coalesce(l.grade, 1) <= 9))
   and not exists (select from movement m where m.division = :division and m.record = g.record)  -- whose row says more
union all
select m.person, m.mention, m.record, m.hash, m.id, m.source, m.fact, m.since,
       coalesce(m.grade, case when m.note ~ '初中|九年级|初三' then 9 when m.note ~ '小学' then 6 end, s.last_grade),
       m.from_school, m.graduation_certificate, m.kind in ('毕业', '结业'), coalesce(s.any_age, false)
  from moved m left join school_stage s on s.school = m.from_school
 where m.since <= :on and (m.graduation_certificate is not null or m.kind in ('毕业', '结业') and m.done and coalesce(m.completed_on, m.since) <= :on)
