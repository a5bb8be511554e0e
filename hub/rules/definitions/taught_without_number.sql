-- taught_without_number: 送教上门 on a school's list of whom no active place tells a 学籍号: taught, and not on the register (E.1 c, A-68)
select p.* from place p
 where p.active and '送教上门' in (p.placement, p.attendance_mode)
   and not exists (select from place q join enrolment e on e.division = :division and e.id = q.id and e.valid @> :on
                    where q.person = p.person and q.active and e.student_number_blind is not null)
