-- gone: dead, or no longer registered here: no entry stands, and not only a duplicate one was cancelled (E.0.5)
select person from register where dead
union
select person from register group by person having bool_and(ended or duplicate) and bool_or(ended and not duplicate)
union
select person from child where deceased_on <= :on
union  -- the allowance for orphans or children without care ended because the child died
select a.person from assistance a
 where a.division = :division and a.valid @> :on and a.programme in ('F05', 'F06') and a.state = '停保'
   and a.stop_reason ~ '死亡|去世|病故|身故' and a.stop_reason !~ '父|母|监护' and among(a.person)
