-- marked_dropout: pupils whom their school has marked 辍学, in the ledger or by a movement, and who have not come back since; they are not
-- enrolled, they are in DROPOUT (E.0.5). A mark that nobody can read is not none. One that tells no day counts from the first day of the absence
select a.person, a.mention, a.record, a.hash, a.id, a.source, 'absence_spell' as fact, coalesce(a.marked_on, a.first_absent_on, lower(a.valid)) as since,
       concat_ws(' ', '标注', a.mark, a.marked_on, '首次无故不到校', a.first_absent_on) as says, a.school
  from absence_spell a
 where a.division = :division and a.valid @> :on and a.mark in ('辍学', '状态不明') and coalesce(a.marked_on, :on) <= :on and among(a.person)
   and not coalesce(a.returned_on between coalesce(a.marked_on, '-infinity') and :on, false)
   and not coalesce(a.closed_on <= :on, false)
union all
select m.person, m.mention, m.record, m.hash, m.id, m.source, m.fact, m.since, m.says, m.from_school
  from moved m
 where m.kind = '辍学标注' and m.since <= :on
   and not exists (select from arrived r where r.person = m.person and r.since >= m.since)
   and not exists (select from left_here l where l.person = m.person and l.proved_on >= m.since)
   and not exists (select from moved r join place p on p.person = r.person and p.school = r.to_school and p.active  -- at another school of this city since
                    where r.person = m.person and r.done and r.kind in ('转学(转入)', '跨省转学', '省内转学') and greatest(r.since, r.completed_on) between m.since and :on)
   and not exists (select from absence_spell r where r.division = :division and r.person = m.person and r.valid @> :on and r.returned_on between m.since and :on)
