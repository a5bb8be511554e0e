-- done: completed junior middle school: grade 9, or where no grade is told, of an age at which primary school is long over (E.0.2)
select g.person, coalesce(g.graduated_on, lower(g.valid)) as done_on from graduation g join child c on c.person = g.person
 where g.division = :division and g.valid @> :on and c.age >= 14 and coalesce(g.grade, 9) >= 9 and among(g.person)
union
select m.person, m.moved_on from movement m join child c on c.person = m.person
 where m.division = :division and m.valid @> :on and m.kind in ('毕业', '结业') and m.moved_on <= :on and c.age >= 14 and coalesce(m.grade, 9) >= 9
   and among(m.person)
