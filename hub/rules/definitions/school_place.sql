-- school_place: the township of each school, as the register of schools has it
select distinct on (school) school, township from school_profile
 where division = :division and valid @> :on and school is not null
 order by school, lower(valid) desc, id
