-- gone: dead, or no longer registered here: no entry stands, and not only a void one was cancelled (E.0.5)
select person from died
union
select person from register group by person having bool_and(ended or void) and bool_or(ended and not void)
