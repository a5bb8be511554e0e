-- moved: children's movements as the list now has them, those that were withdrawn or turned down left out. `since` is the first of its
-- days that the row tells, `done` whether it is completed: a list without 审核状态 tells what is done (B.3)
select m.person, m.mention, m.record, m.hash, m.id, m.source, 'movement' as fact,
       coalesce(m.moved_on, m.completed_on, m.approved_on, m.applied_on, m.entered_on, lower(m.valid)) as since,
       concat_ws(' ', m.kind, m.moved_on, '至 ' || m.suspended_until, '录入 ' || m.entered_on, m.progress) as says,
       m.kind, m.grade, m.moved_on, m.applied_on, m.entered_on, m.completed_on, m.suspended_until, m.progress, m.from_school, m.to_school, m.graduation_certificate, m.note,
       coalesce(m.progress, '已完成') = '已完成' as done
  from movement m join child c on c.person = m.person
 where m.division = :division and m.valid @> :on and coalesce(m.progress, '') not in ('已取消', '审核不通过') and among(m.person)
