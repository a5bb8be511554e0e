-- of_prisoner: children of prisoners: by the justice bureau's list, by a tie to a prisoner whom education or civil affairs names as the
-- parent, as child of the head of a register household who is a prisoner or whose spouse is one, or where the justice list's child bears the name and birth month of
-- a child in the prisoner's register household, whose rows could not be linked (E.2, M5 raised by the household)
select s.person, s.mention, s.record, s.hash, s.id, s.source, 'parent_situation' as fact, lower(s.valid) as since, s.situation as says
  from parent_situation s
 where s.division = :division and s.valid && daterange(:ref, :on, '[]') and s.situation = '服刑在押' and among(s.person)
   and (s.parent is null or s.source not like 'justice.%' or s.parent in (select parent from prisoner))
union all
select k.person, k.mention, k.record, k.hash, k.id, k.source, 'kinship', lower(k.valid), concat_ws(' ', k.relation, '服刑在押')
  from kinship k
 where k.division = :division and k.valid && daterange(:ref, :on, '[]') and k.relation in ('父亲', '母亲', '父母', '继父或养父', '继母或养母')
   and k.relative in (select parent from prisoner) and among(k.person)
union all
select m.person, m.mention, m.record, m.hash, m.id, m.source, 'membership', lower(m.valid), concat_ws(' ', '户主之', m.relation_to_head, '户主或其配偶服刑在押')
  from membership m
 where m.division = :division and m.valid @> :on and m.relation_to_head ~ '^(子|独生子|[长次三四五]子|其他儿子|女|独生女|[长次三四五]女|其他女儿|养子或继子|养女或继女)$'
   and among(m.person)
   and (m.head in (select parent from prisoner)
        or m.head is null and m.household_kind = 'REGISTER' and exists (  -- where rows name no head, it is the member whose own row says 户主
           select from membership h where h.division = :division and h.household = m.household and h.household_kind = 'REGISTER' and h.valid @> :on
              and h.relation_to_head = '户主' and h.person in (select parent from prisoner))
        or m.household_kind = 'REGISTER' and m.household in (
           select h.household from prisoner p join membership h on h.division = :division and h.person = p.parent and h.household_kind = 'REGISTER' and h.valid @> :on
            where h.relation_to_head in ('配偶', '夫', '妻')))
union all
select c.id, k.mention, k.record, k.hash, k.id, k.source, 'kinship', lower(k.valid), concat_ws(' ', k.relation, '服刑在押', '同户同名同出生年月')
  from kinship k
  join person_resolved j on j.division = :division and j.id = k.person
  join membership pm on pm.division = :division and pm.person = k.relative and pm.household_kind = 'REGISTER' and pm.valid @> :on
  join membership cm on cm.division = :division and cm.household = pm.household and cm.household_kind = 'REGISTER' and cm.valid @> :on
  join person_resolved c on c.division = :division and c.id = cm.person and c.id <> j.id
 where k.division = :division and k.valid && daterange(:ref, :on, '[]') and k.source like 'justice.%' and k.relative in (select parent from prisoner)
   and c.name = j.name and daterange(c.born_from, c.born_to, '[]') && daterange(j.born_from, j.born_to, '[]') and among(c.id)
