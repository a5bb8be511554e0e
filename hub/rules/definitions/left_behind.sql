-- left_behind: files of left-behind children by each of the three definitions, kept apart, with the last update (B.6, A-72).
-- An update is a visit, or where none is told the day on which the file last changed; a visit that is to come is none
with kept as (
    select *, coalesce(case when visited_on <= :on then visited_on end, lower(valid)) as updated_on from left_behind_file where division = :division and valid @> :on and among(person)
)
select f.person, f.mention, f.record, f.hash, f.id, f.source, 'left_behind_file' as fact, lower(f.valid) as since,
       concat_ws(' ', '留守', f.definition, f.kind, '更新', f.updated_on) as says, f.definition, f.kind, f.updated_on
  from kept f join child c on c.person = f.person
