-- enrolled: an active place here, not marked 辍学; a vocational one from fifteen; or proof of a school elsewhere. Who has been marked 辍学
-- since either of these began is in DROPOUT and not enrolled (E.0.5)
select person from place where active and person not in (select person from marked_dropout)
union
select v.person from vocational v join child c on c.person = v.person
 where c.age >= 15 and not exists (select from marked_dropout d where d.person = v.person and d.since > v.entered_on)
union
select l.person from left_here l where not exists (select from marked_dropout d where d.person = l.person and d.since > l.proved_on)
