-- working_day: Monday to Friday without public holidays, of the last 400 days
select d::date as day from generate_series(:on - 400, :on, interval '1 day') d
 where extract(isodow from d) < 6
   and not exists (select from calendar_period p where p.division = :division and p.kind ~ '节假日' and d::date between p.starts_on and p.ends_on)
