-- aid_candidate: children for whom a programme may be due: poor, disabled by the federation or the school, with a parent who is dead, in prison,
-- out of reach or disabled, and of a martyr or without parents by the school's register
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
select k.person from kinship k join child c on c.person = k.person join person_resolved r on r.division = :division and r.id = k.relative
  left join hukou_registration h on h.division = :division and h.person = k.relative and h.valid @> :on
 where k.division = :division and k.valid @> :on and k.relation in ('父亲', '母亲') and among(k.person)
   and (r.deceased_on <= :on or h.deceased_on <= :on or '死亡注销' in (h.register_state, h.cancel_reason))
union
select k.person from kinship k join child c on c.person = k.person join certificate r on r.division = :division and r.person = k.relative
 where k.division = :division and k.valid @> :on and k.relation in ('父亲', '母亲', '父母', '继父或养父', '继母或养母') and r.valid @> :on
   and coalesce(r.state, '正常') = '正常' and coalesce(r.valid_until >= :on, true) and among(k.person)
union
select e.person from enrolment e join child c on c.person = e.person where e.division = :division and e.valid @> :on and e.orphan and among(e.person)
union
select s.person from schooling_statement s join child c on c.person = s.person
 where s.division = :division and s.valid @> :on and s.hardship = '烈士或优抚子女' and among(s.person)
