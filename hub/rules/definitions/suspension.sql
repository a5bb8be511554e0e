-- suspension: approved suspensions with the last day on which each held: the end that is told, or the day before the pupil came back, left or
-- was marked as a dropout, by a later movement, the ledger or the register (C.10 11, 12; E.0.5). Without an end it holds on no day
select m.*, case when m.suspended_until is not null then least(m.suspended_until, w.over_on - 1) end as last_day
  from moved m
  cross join lateral (
      select min(x.since) as over_on from (
          select n.since from moved n
           where n.person = m.person and n.done and n.kind in ('复学', '恢复学籍', '回国复学', '访学返校', '辍学返校', '转学(转入)', '转学(转出)', '跨省转学', '省内转学', '退学', '开除学籍', '取消学籍')
          union all
          select d.since from marked_dropout d where d.person = m.person
          union all
          select p.since from place p where p.person = m.person and p.state in ('流失', '下落不明', '退学', '开除')) x
       where x.since > m.since and x.since <= :on
  ) w
 where m.kind = '休学' and m.done and m.since <= :on
