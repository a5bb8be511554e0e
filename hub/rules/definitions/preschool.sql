-- preschool: kindergartens, whose register is no compulsory enrolment (E.0.5)
select school from school_profile where division = :division and valid @> :on and kind ~ '幼儿园|学前|^11'
union
select id as school from school where division = :division and name ~ '幼儿园'
