SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"memberships":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Membership:', membership_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"householdKind":', coalesce(CAST(to_json(membership_1.household_kind) AS TEXT), 'null'), ',"relationToHead":', coalesce(CAST(to_json(membership_1.relation_to_head) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(membership_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(membership_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY membership_1.source, membership_1.id) || ']', '[]') AS coalesce_1 
FROM membership AS membership_1 
WHERE membership_1.division = $1::INTEGER AND membership_1.person = person_resolved_1.id AND membership_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
