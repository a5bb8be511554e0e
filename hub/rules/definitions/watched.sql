-- watched: of which schools lists of a kind have come, for how many pupils, and in how many periods: only there does being missing say something
-- :watched_pupils = 3  fewer names are no list of a school
select school, kind, count(distinct period)::int as periods, max(since) as last_on from sighting where school is not null
 group by school, kind having count(distinct coalesce(person::text, name_key)) >= :watched_pupils
