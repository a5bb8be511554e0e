-- done: completed junior middle school: grade 9, or where no grade is told, of an age at which primary school is long over; a certificate
-- number of a grade of junior middle school says so too, whatever the row calls it (E.0.2)
select g.person, coalesce(g.graduated_on, lower(g.valid)) as done_on from graduation g join child c on c.person = g.person
 where g.division = :division and g.valid @> :on and c.age >= 14 and coalesce(g.grade, 9) >= case when g.certificate_number is null then 9 else 7 end
   and among(g.person)
union
select m.person, coalesce(m.moved_on, lower(m.valid)) from movement m join child c on c.person = m.person
 where m.division = :division and m.valid @> :on and coalesce(m.moved_on, lower(m.valid)) <= :on and c.age >= 14
   and case when m.kind in ('毕业', '结业') then coalesce(m.grade, 9) >= case when m.graduation_certificate is null then 9 else 7 end
            else m.graduation_certificate is not null and coalesce(m.grade, 9) >= 9 end
   and among(m.person)
