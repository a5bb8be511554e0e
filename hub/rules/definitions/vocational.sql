-- vocational: places on a vocational or technical school's register, with the first day of the month of entry (B.10)
select v.person, v.mention, v.record, v.hash, v.id, v.source, 'vocational_enrolment' as fact, lower(v.valid) as since,
       concat_ws(' ', '中职学籍', v.school_name, '入学年月', v.entered, '招生对象', v.admission_target) as says, v.school_name,
       case length(v.entered) when 10 then v.entered::date when 7 then (v.entered || '-01')::date when 4 then (v.entered || '-09-01')::date else lower(v.valid) end as entered_on
  from vocational_enrolment v
 where v.division = :division and v.valid @> :on and among(v.person)
