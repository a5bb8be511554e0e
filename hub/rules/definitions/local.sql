-- local: registered here, with a residence permit in force on a day from the reference date on, or known to neither and with an address here (E.0.3).
-- A permit that tells no end is in force for a year from its issue or last endorsement (A-70)
select person from register
union
select r.person from residence_permit r join child c on c.person = r.person
 where r.division = :division and r.valid && daterange(:ref, :on, '[]') and among(r.person)
   and (r.expires_on is not null or coalesce(greatest(r.issued_on, r.endorsed_on) + interval '1 year' > :ref, true))
union
select person from child
 where township is not null and person not in (select r.person from residence_permit r where r.division = :division and among(r.person))
