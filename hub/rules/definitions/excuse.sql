-- excuse: days on which an absence is excused: by a leave slip that has been registered, until the pupil was back, an approved suspension or
-- deferral while it held, or a transfer that was being handled (E.0.4). A slip that tells no end excuses some weeks and not for ever
-- :open_slip_days = 28  days that a slip without an end excuses: whoever is away longer needs one that tells it
select a.person, a.leave_from as from_day, least(coalesce(a.leave_to, a.leave_from + :open_slip_days - 1), a.returned_on - 1) as to_day
  from absence_spell a
 where a.division = :division and a.leave_from is not null and coalesce(a.slip_registered_on, :on) <= :on and (a.valid @> :on or upper(a.valid) = a.closed_on + 1) and among(a.person)
union all
select a.person, a.first_absent_on, least(coalesce(a.leave_to, a.first_absent_on + :open_slip_days - 1), a.returned_on - 1)
  from absence_spell a
 where a.division = :division and a.valid @> :on and a.excused and a.leave_from is null and coalesce(a.slip_registered_on, :on) <= :on and among(a.person)
union all
select person, since, last_day from suspension
union all
select person, from_day, to_day from deferral
union all
select person, from_day, to_day from transfer
