-- exempt: an approved deferral or suspension that is not over, or the committee's assessment of the last twelve months (E.0.5, C.18 50)
select person from deferral where from_day <= :on and to_day >= :on
union
select person from suspension where last_day >= :on
union
select a.person from assessment a
 where a.division = :division and a.valid @> :on and a.kind = 'COMMITTEE' and a.result ~ '不具备学习条件'
   and a.assessed >= (:on - interval '1 year')::date::text and among(a.person)
