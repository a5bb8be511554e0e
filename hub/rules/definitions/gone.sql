-- gone: dead, or no longer registered here: no entry stands, and not only a duplicate one was cancelled (E.0.5)
select person from register where dead
union
select person from register group by person having bool_and(ended or duplicate) and bool_or(ended and not duplicate)
union
select person from child where deceased_on <= :on
