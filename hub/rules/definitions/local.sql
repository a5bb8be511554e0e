-- local: registered here, with a residence permit in force on a day from the reference date on, or known to neither and with an address here (E.0.3)
select person from register
union
select r.person from residence_permit r join child c on c.person = r.person
 where r.division = :division and r.valid && daterange(:ref, :on, '[]') and among(r.person)
union
select person from child
 where township is not null and person not in (select r.person from residence_permit r where r.division = :division and among(r.person))
