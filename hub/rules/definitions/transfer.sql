-- transfer: transfers with the days on which each is being handled: from the application until it is completed, for twice ten working days
-- at most; one whose 审核状态 nobody can read is in nobody's hands (B.3, E.0.4)
-- :transfer_working_days = 20  教基〔2025〕1号: ten for each side
select t.person, t.from_day,
       least(coalesce(t.completed_on, case when t.done then coalesce(t.moved_on, t.from_day) end),
             (select w.day - 1 from working_day w where w.day > t.from_day order by w.day offset :transfer_working_days limit 1), 'infinity') as to_day
  from (select *, coalesce(applied_on, since) as from_day from moved) t
 where (t.done or t.progress like '待%') and t.kind in ('转学(转出)', '转学(转入)', '跨省转学', '省内转学') and t.from_day between :on - 400 and :on
