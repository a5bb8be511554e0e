SELECT convert_to(concat('{"data":', concat('{"child":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"registerHousehold":', coalesce((SELECT concat('{"number":', coalesce(CAST(to_json(household_1.number_mask) AS TEXT), 'null'), ',"registeredPersons":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(person_resolved_2.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_2.name) AS TEXT), 'null'), ',"birthDate":', coalesce('"' || CAST(person_resolved_2.birth_date AS TEXT) || '"', 'null'), '}'), ',' ORDER BY person_resolved_2.birth_date, person_resolved_2.id) || ']', '[]') AS coalesce_1 
FROM person_resolved AS person_resolved_2 
WHERE person_resolved_2.division = $1::INTEGER AND household_1.id = person_resolved_2.register_household AND person_resolved_2.valid @> $2::DATE), '}') AS concat_2 
FROM household AS household_1 
WHERE household_1.division = $1::INTEGER AND household_1.id = person_resolved_1.register_household ORDER BY household_1.id 
 LIMIT 1), 'null'), ',"livingHousehold":', coalesce((SELECT concat('{"kind":', coalesce(CAST(to_json(household_2.kind) AS TEXT), 'null'), ',"livingPersons":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(person_resolved_3.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_3.name) AS TEXT), 'null'), ',"age":', coalesce(CAST(CAST(EXTRACT(year FROM age($2::DATE, person_resolved_3.birth_date)) AS INTEGER) AS TEXT), 'null'), '}'), ',' ORDER BY person_resolved_3.birth_date, person_resolved_3.id) || ']', '[]') AS coalesce_2 
FROM person_resolved AS person_resolved_3 
WHERE person_resolved_3.division = $1::INTEGER AND household_2.id = person_resolved_3.living_household AND person_resolved_3.valid @> $2::DATE), '}') AS concat_3 
FROM household AS household_2 
WHERE household_2.division = $1::INTEGER AND household_2.id = person_resolved_1.living_household ORDER BY household_2.id 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
