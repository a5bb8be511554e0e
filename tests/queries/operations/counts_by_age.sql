SELECT convert_to(concat('{"data":', concat('{"childCounts":', (SELECT coalesce('[' || string_agg(concat('{"key":', coalesce(CAST(to_json(anon_1.key) AS TEXT), 'null'), ',"count":', coalesce(CAST(anon_1.count AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.key) || ']', '[]') AS coalesce_1 
FROM (SELECT CAST(EXTRACT(year FROM age($1::DATE, person_resolved_1.birth_date)) AS TEXT) AS key, count(*) AS count 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $2::INTEGER AND person_resolved_1.born_to > CAST($1::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $1::DATE) GROUP BY CAST(EXTRACT(year FROM age($1::DATE, person_resolved_1.birth_date)) AS TEXT)) AS anon_1), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
