SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"identity":', coalesce((SELECT concat('{"links":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(identity_1.person AS TEXT), ''), chr(2), '{"role":', coalesce(CAST(to_json((SELECT mention_1.role 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = identity_1.id ORDER BY mention_1.valid DESC 
 LIMIT 1)) AS TEXT), 'null'), ',"tier":', coalesce(CAST(to_json(identity_1.tier) AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(identity_1.score AS FLOAT)) AS TEXT), 'null'), ',"reasons":', (SELECT coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json((anon_1.value ->> 0)) AS TEXT), 'null'), ',"weight":', coalesce(CAST(to_json(CAST((anon_1.value ->> 1) AS FLOAT)) AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.position) || ']', '[]') AS coalesce_2 
FROM jsonb_array_elements(identity_1.reasons) WITH ORDINALITY AS anon_1(value, position)), ',"record":', coalesce((SELECT concat(chr(1), 'Record/', coalesce(CAST(record_1.id AS TEXT), ''), chr(2), '{"payload":', coalesce(CAST((SELECT coalesce(json_object_agg(anon_2.key, CASE WHEN (jsonb_typeof(anon_2.value) = 'object') THEN anon_2.value['mask'] ELSE anon_2.value END), CAST('{}' AS JSON)) AS coalesce_3 
FROM jsonb_each(record_1.payload) AS anon_2(key, value)) AS TEXT), 'null'), ',"rowNumber":', coalesce(CAST(record_1.row AS TEXT), 'null'), '}') AS concat_3 
FROM record AS record_1 
WHERE record_1.division = $1::INTEGER AND record_1.id = (SELECT mention_2.record 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = identity_1.id ORDER BY mention_2.valid DESC 
 LIMIT 1) AND record_1.hash = (SELECT mention_3.hash 
FROM mention AS mention_3 
WHERE mention_3.division = $1::INTEGER AND mention_3.id = identity_1.id ORDER BY mention_3.valid DESC 
 LIMIT 1) 
 LIMIT 1), 'null'), '}'), ',' ORDER BY identity_1.id, identity_1.valid) || ']', '[]') AS coalesce_1 
FROM identity AS identity_1 
WHERE identity_1.division = $1::INTEGER AND identity_1.person = person_resolved_1.id AND (EXISTS (SELECT mention_4.id 
FROM mention AS mention_4 
WHERE mention_4.division = $1::INTEGER AND mention_4.id = identity_1.id))), ',"verdicts":', (SELECT coalesce('[' || string_agg(concat('{"same":', coalesce(CAST(link_verdict_1.same AS TEXT), 'null'), ',"by":', coalesce(CAST(to_json(link_verdict_1.by) AS TEXT), 'null'), ',"reason":', coalesce(CAST(to_json(link_verdict_1.reason) AS TEXT), 'null'), ',"decidedOn":', coalesce('"' || CAST(link_verdict_1.decided_on AS TEXT) || '"', 'null'), ',"mention":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_5.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_5.name) AS TEXT), 'null'), '}') AS concat_4 
FROM mention AS mention_5 
WHERE mention_5.division = $1::INTEGER AND mention_5.id = link_verdict_1.mention ORDER BY mention_5.valid DESC 
 LIMIT 1), 'null'), ',"other":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_6.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_6.name) AS TEXT), 'null'), '}') AS concat_5 
FROM mention AS mention_6 
WHERE mention_6.division = $1::INTEGER AND mention_6.id = link_verdict_1.other ORDER BY mention_6.valid DESC 
 LIMIT 1), 'null'), '}'), ',' ORDER BY link_verdict_1.id, link_verdict_1.valid) || ']', '[]') AS coalesce_4 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND (link_verdict_1.mention IN (SELECT identity_2.id 
FROM identity AS identity_2 
WHERE identity_2.division = $1::INTEGER AND identity_2.person = person_resolved_1.id) OR link_verdict_1.other IN (SELECT identity_3.id 
FROM identity AS identity_3 
WHERE identity_3.division = $1::INTEGER AND identity_3.person = person_resolved_1.id))), '}') AS concat_2 
FROM (SELECT 1 AS here) AS anon_3 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$2::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $2::BIGINT)]) AND person_resolved_1.valid @> $3::DATE ORDER BY person_resolved_1.id = $2::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
