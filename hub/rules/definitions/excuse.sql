-- excuse: days on which an absence is excused: by a leave slip that has been registered, an approved suspension or deferral, or a
-- transfer that is being handled (E.0.4). A slip that tells no end excuses some weeks and not for ever
-- :open_slip_days = 28  days that a slip without an end excuses: whoever is away longer needs one that tells it
select a.person, a.leave_from as from_day, coalesce(a.leave_to, a.leave_from + :open_slip_days - 1) as to_day
  from absence_spell a
 where a.division = :division and a.leave_from is not null and coalesce(a.slip_registered_on, :on) <= :on and (a.valid @> :on or upper(a.valid) = a.closed_on + 1) and among(a.person)
union all
select a.person, a.first_absent_on, coalesce(a.leave_to, a.first_absent_on + :open_slip_days - 1)
  from absence_spell a
 where a.division = :division and a.valid @> :on and a.excused and a.leave_from is null and coalesce(a.slip_registered_on, :on) <= :on and among(a.person)
union all
select m.person, m.moved_on, m.suspended_until
  from movement m
 where m.division = :division and m.valid @> :on and m.kind = '休学' and coalesce(m.progress, '已完成') = '已完成' and m.suspended_until is not null
   and among(m.person)
union all
select d.person, d.approved_on, d.until from deferral_approval d where d.division = :division and d.valid && daterange(:ref, :on, '[]') and among(d.person)
union all
select t.person, t.since, 'infinity'::date from in_transit t
