-- done: completed junior middle school: grade 9, or a certificate number of a grade of junior middle school, whatever the row calls it (E.0.2).
-- Where nothing says which stage was completed, nine years are over only for who is fifteen and was at a school where age tells the grade
select t.person, t.since as done_on
  from completed t join child c on c.person = t.person
 where c.age >= 14
   and case when t.certificate is not null then coalesce(t.grade, 9) >= case when t.ended then 7 else 9 end
            else coalesce(t.grade, case when c.age >= 15 and not t.any_age then 9 else 0 end) >= 9 end
