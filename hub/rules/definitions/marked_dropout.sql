-- marked_dropout: pupils whom their school has marked 辍学 and who have not come back; they are not enrolled, they are in DROPOUT (E.0.5)
select a.person, a.mention, a.record, a.hash, a.id, a.source, 'absence_spell' as fact, a.marked_on as since,
       concat_ws(' ', '标注', a.mark, a.marked_on, '首次无故不到校', a.first_absent_on) as says, a.school
  from absence_spell a
 where a.division = :division and a.valid @> :on and a.mark = '辍学' and coalesce(a.marked_on, :on) <= :on
   and coalesce(a.returned_on, 'infinity') > :on and coalesce(a.closed_on, 'infinity') > :on and among(a.person)
