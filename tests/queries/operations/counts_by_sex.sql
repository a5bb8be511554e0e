SELECT convert_to(concat('{"data":', concat('{"childCounts":', (SELECT coalesce('[' || string_agg(concat('{"key":', coalesce(CAST(to_json(anon_1.key) AS TEXT), 'null'), ',"count":', coalesce(CAST(anon_1.count AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.key) || ']', '[]') AS coalesce_1 
FROM (SELECT person_resolved_1.sex AS key, count(*) AS count 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE) GROUP BY person_resolved_1.sex) AS anon_1), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
