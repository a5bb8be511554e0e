-- local: registered here, with a residence permit in force on a day from the reference date on, found here without an entry of any register,
-- or known to neither and with an address here (E.0.3). A permit is in force until the end that it tells, and for a year from its issue or
-- last endorsement where that is later or none is told (A-70); a child's may be the parent's on which it is named
with permit as (
    select r.person, r.valid, upper(r.valid) = r.expires_on + 1 as lapsed, r.expires_on, (greatest(r.issued_on, r.endorsed_on) + interval '1 year')::date as endorsed_until
      from residence_permit r
     where r.division = :division and among(r.person)
)
select person from register
union
select r.person from permit r join child c on c.person = r.person
 where r.valid && daterange(:ref, :on, '[]') and (r.expires_on is not null or coalesce(r.endorsed_until > :ref, true))
    or r.lapsed and lower(r.valid) <= :on and r.endorsed_until > :ref
union
select i.person from mention m join identity i on i.division = :division and i.id = m.id join child c on c.person = i.person
 where m.division = :division and m.source = 'public_security.unregistered' and m.anchor is null and m.valid && daterange(:ref, :on, '[]') and among(i.person)
union
select person from child where township is not null and person not in (select person from permit)
