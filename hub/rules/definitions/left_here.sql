-- left_here: a completed transfer to a named school elsewhere, or a move abroad, that the register of movements still shows (E.0.5)
-- :proof_days = 366  for so long a completed transfer out proves enrolment elsewhere
select m.person, m.mention, m.record, m.hash, m.id, m.source, 'movement' as fact, m.moved_on as since, concat_ws(' ', m.kind, m.moved_on) as says
  from movement m
 where m.division = :division and m.valid @> :on and m.moved_on between :on - :proof_days and :on
   and coalesce(m.progress, '已完成') = '已完成' and coalesce(m.completed_on, m.moved_on) <= :on
   and (m.kind in ('转学(转出)', '跨省转学', '省内转学') and m.to_school is not null or m.kind in ('出国', '公派留学')) and among(m.person)
