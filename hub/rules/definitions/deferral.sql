-- deferral: deferrals that a township's government or an education bureau approved (义务教育法 11), with the days on which each held; one that
-- names neither, or a school, or says that it was refused, is none
select d.person, d.approved_on as from_day, least(d.until, upper(d.valid) - 1) as to_day
  from deferral_approval d
 where d.division = :division and d.valid && daterange(:ref, :on, '[]') and among(d.person)
   and d.authority ~ '((教育|教体|教科|文教|科教|教文)[^校、，,；;]*(局|厅|委)|教委|政府)(?![^、，,；;]*(小学|中学|学校|幼儿园))|(乡|镇|街道)(办|办事处)?\s*$'
   and d.authority !~ '不予|不同意|不批|未批|未获|驳回|退回'
