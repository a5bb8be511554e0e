-- undated: minors whose birth date nobody tells, by a list that tells of a parent: prisoners' children, orphans and children without care. Only a
-- rule whose finding reveals as much reads it. Whoever lives here by the register or an address
select r.id as person
  from person_resolved r
 where r.division = :division and r.born_to is null and among(r.id) and (r.township is not null or r.id in (select person from register))
   and r.id not in (select person from child)
   and (r.id in (select s.person from parent_situation s where s.division = :division and s.valid @> :on)
        or r.id in (select a.person from assistance a where a.division = :division and a.valid @> :on and a.programme in ('F05', 'F06')))
