-- poor: members covered by 低保, 低保边缘, 特困, 孤儿, 事实无人抚养, or of a household lifted out of poverty or watched,
-- on some day from the reference date to the business date (E.3); a state that nobody can read leaves nobody out
select a.person, a.mention, a.record, a.hash, a.id, a.source, 'assistance' as fact, lower(a.valid) as since,
       concat_ws(' ', coalesce(a.kind, a.programme), coalesce(a.state, '在保')) as says, a.programme, a.kind
  from assistance a
 where a.division = :division and a.valid && daterange(:ref, :on, '[]') and a.programme in ('F01', 'F03', 'F04', 'F05', 'F06', 'POV')
   and coalesce(a.state, '在保') in ('在保', '状态不明') and coalesce(a.covered, true) and among(a.person)
