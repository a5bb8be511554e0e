-- exempt: an approved deferral or suspension that is not over, or the committee's assessment of the last twelve months (E.0.5, C.18 50).
-- A deferral is approved by a township's government or an education bureau (义务教育法 11); one that names neither exempts nobody
select person from deferral_approval where division = :division and valid @> :on and approved_on <= :on and until >= :on and among(person)
   and authority ~ '(教育|教体|教科|文教|科教|教文)[^校]*(局|厅|委)|教委|政府|(乡|镇|街道)(办|办事处)?\s*$'
union
select m.person from movement m
 where m.division = :division and m.valid @> :on and m.kind = '休学' and m.moved_on <= :on and m.suspended_until >= :on
   and coalesce(m.progress, '已完成') = '已完成' and among(m.person)
union
select a.person from assessment a
 where a.division = :division and a.valid @> :on and a.kind = 'COMMITTEE' and a.result ~ '不具备学习条件'
   and a.assessed >= (:on - interval '1 year')::date::text and among(a.person)
