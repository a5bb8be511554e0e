-- aid_candidate: children for whom a programme may be due: poor, disabled by the federation or the school, with a parent who is dead, in prison or out of reach, or already paid
select person from poor where person in (select person from child)
union
select person from disabled where person in (select person from child)
union
select person from place where active and disability <> '无残疾' and person in (select person from child)
union
select person from of_prisoner where person in (select person from child)
union
select s.person from parent_situation s join child c on c.person = s.person where s.division = :division and s.valid @> :on and among(s.person)
union
select k.person from kinship k join child c on c.person = k.person join hukou_registration h on h.division = :division and h.person = k.relative
 where k.division = :division and k.valid @> :on and k.relation in ('父亲', '母亲') and h.valid @> :on and h.deceased_on <= :on and among(k.person)
