SELECT convert_to(concat('{"data":', concat('{"household":', coalesce((SELECT concat('{"kind":', coalesce(CAST(to_json(household_1.kind) AS TEXT), 'null'), ',"number":', coalesce(CAST(to_json(household_1.number_mask) AS TEXT), 'null'), ',"memberships":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(membership_1.person AS TEXT), ''), chr(2), '{"relationToHead":', coalesce(CAST(to_json(membership_1.relation_to_head) AS TEXT), 'null'), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = membership_1.person AND (person_resolved_1.valid @> $2::DATE) ORDER BY person_resolved_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY membership_1.id) || ']', '[]') AS coalesce_1 
FROM membership AS membership_1 
WHERE membership_1.division = $1::INTEGER AND household_1.id = membership_1.household AND membership_1.valid @> $2::DATE), '}') AS concat_1 
FROM household AS household_1 
WHERE household_1.division = $1::INTEGER AND household_1.id = $3::BIGINT ORDER BY household_1.id 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
