-- left_behind: files of left-behind children by each of the three definitions, kept apart, with the last update (B.6, A-72).
-- An update is a visit, or where none is told the day on which the file last changed
select f.person, f.mention, f.record, f.hash, f.id, f.source, 'left_behind_file' as fact, lower(f.valid) as since,
       concat_ws(' ', '留守', f.definition, f.kind, '更新', coalesce(f.visited_on, lower(f.valid))) as says, f.definition, f.kind, coalesce(f.visited_on, lower(f.valid)) as updated_on
  from left_behind_file f join child c on c.person = f.person
 where f.division = :division and f.valid @> :on and among(f.person)
