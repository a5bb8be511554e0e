-- absence: each unexcused absence of the school year with its days, and the days on which the clocks ran out (E.0.4, A-61, A-62).
-- The first counted day is the first school day; what the calendar pauses and what is excused is not counted; a return ends it, and so does a death
-- or the day from which a school elsewhere has the pupil, unless the pupil was marked since (E.0.5). The mark is that of the ledger or of a movement in these days: 辍学 before 疑似辍学, then the first
-- :absence_day_mode = 'CALENDAR'  CALENDAR, or SCHOOLDAY: the other reading of a week and of four
-- :suspected_after_days = 7  疑似辍学: strictly more than one week
-- :dropout_from_days = 28  辍学: four weeks or more
-- :suspected_after_school_days = 5  the same in school days
-- :dropout_from_school_days = 20  the same in school days
with left_for as (
    select person, proved_on as day, null::bigint as school from left_here
    union all
    select r.person, greatest(r.since, r.completed_on), r.to_school
      from moved r join place p on p.person = r.person and p.school = r.to_school and p.active
     where r.done and r.kind in ('转学(转入)', '转学(转出)', '跨省转学', '省内转学') and greatest(r.since, r.completed_on) <= :on
    union all
    select person, died_on, null from died
),
spell as (
    select a.*, least(:on, coalesce(a.returned_on, a.closed_on, 'infinity') - 1, e.ended_on - 1) as until_day, e.ended_on,
           case when :absence_day_mode = 'SCHOOLDAY' then :suspected_after_school_days else :suspected_after_days end as suspected_after,
           case when :absence_day_mode = 'SCHOOLDAY' then :dropout_from_school_days else :dropout_from_days end as dropout_from
      from absence_spell a
      cross join lateral (
          select min(l.day) as ended_on from left_for l
           where l.person = a.person and l.day >= a.first_absent_on and l.school is distinct from a.school and coalesce(a.marked_on <= l.day, true)
             and not exists (select from marked_dropout d where d.person = a.person and d.since > l.day)) e
     where a.division = :division and a.first_absent_on <= :on and (a.valid @> :on or a.valid && daterange(:ref + 1, :on, '[]') and upper(a.valid) = a.closed_on + 1)
       and among(a.person)
)
select s.person, s.mention, s.record, s.hash, s.id, s.source, 'absence_spell' as fact, s.first_absent_on as since,
       concat_ws(' ', '首次无故不到校', s.first_absent_on, '计', c.days, '天', k.mark, k.marked_on, '复学 ' || s.returned_on) as says,
       s.school, s.grade, s.first_absent_on, k.mark, k.marked_on, c.days, c.reached[s.suspected_after + 1] as suspected_on, c.reached[s.dropout_from] as dropout_on,
       s.valid @> :on and coalesce(s.returned_on, s.closed_on, 'infinity') > :on and s.ended_on is null as running, c.reached[1] as first_day, c.reached as counted,
       s.reported_to_bureau_on, s.reported_to_township_on, s.report_number
  from spell s
  cross join lateral (
      select count(*)::int as days, array_agg(x.day order by x.day) as reached
        from (select d::date as day, min(d::date) filter (where extract(isodow from d) < 6) over () as first_school_day
                from generate_series(s.first_absent_on::timestamp, s.until_day::timestamp, interval '1 day') d
               where not exists (select from pause p where d::date between p.starts_on and p.ends_on)
                 and not exists (select from excuse e where e.person = s.person and d::date between e.from_day and e.to_day)) x
       where x.day >= x.first_school_day and (:absence_day_mode <> 'SCHOOLDAY' or extract(isodow from x.day) < 6)
  ) c
  cross join lateral (
      select x.mark, x.marked_on
        from (select s.mark, s.marked_on
              union all
              select case m.kind when '辍学标注' then '辍学' else '疑似辍学' end, m.since from moved m
               where m.person = s.person and m.kind in ('辍学标注', '疑似辍学标注') and m.since between s.first_absent_on and least(:on, s.returned_on, s.closed_on)) x
       order by x.mark = '辍学' desc nulls last, x.marked_on nulls last limit 1
  ) k
