SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"age":', coalesce(CAST(CAST(EXTRACT(year FROM age($1::DATE, person_resolved_1.birth_date)) AS INTEGER) AS TEXT), 'null'), ',"assistances":', (SELECT coalesce('[' || string_agg(concat('{"programme":', coalesce(CAST(to_json(assistance_1.programme) AS TEXT), 'null'), ',"state":', coalesce(CAST(to_json(assistance_1.state) AS TEXT), 'null'), '}'), ',' ORDER BY assistance_1.source, assistance_1.id) || ']', '[]') AS coalesce_1 
FROM assistance AS assistance_1 
WHERE assistance_1.division = $2::INTEGER AND assistance_1.person = person_resolved_1.id AND assistance_1.valid @> $1::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $2::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $2::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $1::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
