-- departed: a completed transfer out, or a move abroad, that the register of movements still shows and that is the last word: no movement has
-- brought the pupil back since, and no place here has ended as lost or given up since. `elsewhere` where it leads out of the city: to a school
-- that is named and is none of this city's, or abroad (E.0.5, B.3); `proved_on` is the day from which it proves that
-- :proof_days = 366  for so long a completed transfer out proves enrolment elsewhere
select m.person, m.mention, m.record, m.hash, m.id, m.source, m.fact, m.since, concat_ws(' ', m.kind, m.since) as says, m.to_school,
       greatest(m.since, m.completed_on) as proved_on,
       m.kind in ('出国', '公派留学')
       or m.to_school is not null and (m.to_school not in (select school from city_school)
                                       or m.kind = '跨省转学' and coalesce(m.from_school in (select school from city_school), false)) as elsewhere
  from moved m
 where m.done and m.since between :on - :proof_days and :on and coalesce(m.completed_on, m.since) <= :on
   and m.kind in ('转学(转出)', '跨省转学', '省内转学', '出国', '公派留学')
   and not exists (select from arrived a where a.person = m.person and a.since > m.since)
   and not exists (select from place p where p.person = m.person and p.state in ('流失', '下落不明', '退学', '开除') and p.since > coalesce(m.completed_on, m.since))
