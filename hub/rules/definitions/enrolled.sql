-- enrolled: an active place here, not marked 辍学; a vocational one from fifteen, which E.7 looks at; or proof of a school elsewhere, unless
-- the pupil has been marked 辍学 since (E.0.5); and who has completed primary school, until the holidays are over
select person from place where active and person not in (select person from marked_dropout)
union
select v.person from vocational_enrolment v join child c on c.person = v.person
 where v.division = :division and v.valid @> :on and c.age >= 15 and among(v.person)
union
select l.person from left_here l where not exists (select from marked_dropout d where d.person = l.person and d.since > l.proved_on)
union
select person from leaver where holidays and person not in (select person from marked_dropout)
