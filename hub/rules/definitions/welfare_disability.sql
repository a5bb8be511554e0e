-- welfare_disability: what civil affairs' register of orphans and children without care says of a child's disability (B.5)
select a.person, a.mention, a.record, a.hash, a.id, a.source, 'assessment' as fact, lower(a.valid) as since, concat_ws(' ', '民政残疾', a.category, a.level) as says, a.category, a.level
  from assessment a
 where a.division = :division and a.valid @> :on and a.source = 'civil_affairs.child_welfare' and a.category is not null and among(a.person)
