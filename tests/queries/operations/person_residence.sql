SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"residences":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Residence:', residence_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"address":', coalesce(CAST(to_json(residence_1.address) AS TEXT), 'null'), ',"township":', coalesce(CAST(to_json(residence_1.township) AS TEXT), 'null'), ',"village":', coalesce(CAST(to_json(residence_1.village) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(residence_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(residence_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY residence_1.source, residence_1.id) || ']', '[]') AS coalesce_1 
FROM residence AS residence_1 
WHERE residence_1.division = $1::INTEGER AND residence_1.person = person_resolved_1.id AND residence_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
