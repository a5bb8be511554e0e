-- in_transit: a transfer that is being handled: applied for, neither completed nor withdrawn, for up to twice ten working days (B.3)
-- :transfer_working_days = 20  教基〔2025〕1号: ten for each side
select m.person, coalesce(m.applied_on, m.moved_on) as since
  from movement m
 where m.division = :division and m.valid && daterange(:ref, :on, '[]') and m.kind in ('转学(转出)', '转学(转入)', '跨省转学', '省内转学')
   and m.progress is not null and m.progress not in ('已完成', '已取消') and coalesce(m.completed_on, 'infinity') > :on
   and coalesce(m.applied_on, m.moved_on) <= :on
   and (select count(*) from working_day w where w.day > coalesce(m.applied_on, m.moved_on)) <= :transfer_working_days and among(m.person)
