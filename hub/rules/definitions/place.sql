-- place: places on a school's register as they stand; `active` by state (a blank one is active, one that nobody can read is not) and in
-- compulsory or later grades. Who is to be placed, put off or not able to learn is at no school, whatever the state says (C.18, E.0.5).
-- A place whose grade is blank is active unless the school is a kindergarten: 学籍 begins with grade 1 (E.0.5)
select e.person, e.mention, e.record, e.hash, e.id, e.source, 'enrolment' as fact, lower(e.valid) as since,
       concat_ws(' ', '学籍状态', coalesce(e.state, '空白'), '年级', coalesce(e.grade::text, '空白')) as says,
       e.school, e.grade, e.class_name, e.state, e.placement, e.attendance_mode, e.source_kind, e.left_behind, e.disability,
       coalesce(e.state, '在读') in ('在读', '复学', '休学', '公派出国')
       and coalesce(e.placement, '') not in ('待安置', '延缓入学(已批准)', '专家委员会评估不具备学习条件')
       and coalesce(e.grade >= 1, e.school not in (select school from preschool), true) as active
  from enrolment e
 where e.division = :division and e.valid @> :on and among(e.person)
