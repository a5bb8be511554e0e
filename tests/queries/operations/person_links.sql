SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat('{"links":', (SELECT coalesce('[' || string_agg(concat('{"tier":', coalesce(CAST(to_json(identity_1.tier) AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(identity_1.score AS FLOAT)) AS TEXT), 'null'), ',"reasons":', (SELECT coalesce('[' || string_agg(concat('{"evidence":', coalesce(CAST(to_json((anon_1.value ->> 0)) AS TEXT), 'null'), ',"weight":', coalesce(CAST(to_json(CAST((anon_1.value ->> 1) AS FLOAT)) AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.position) || ']', '[]') AS coalesce_2 
FROM jsonb_array_elements(identity_1.reasons) WITH ORDINALITY AS anon_1(value, position)), ',"mention":', coalesce((SELECT concat('{"role":', coalesce(CAST(to_json(mention_1.role) AS TEXT), 'null'), ',"name":', coalesce(CAST(to_json(mention_1.name) AS TEXT), 'null'), ',"number":', coalesce(CAST(to_json(mention_1.number_mask) AS TEXT), 'null'), '}') AS concat_2 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = identity_1.id ORDER BY mention_1.source, mention_1.id, mention_1.valid 
 LIMIT 1), 'null'), '}'), ',' ORDER BY identity_1.id, identity_1.valid) || ']', '[]') AS coalesce_1 
FROM identity AS identity_1 
WHERE identity_1.division = $1::INTEGER AND identity_1.person = person_resolved_1.id AND (EXISTS (SELECT mention_2.id 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = identity_1.id))), ',"mentions":', (SELECT coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json(anon_2.name) AS TEXT), 'null'), ',"provenance":', coalesce((SELECT concat('{"source":', coalesce(CAST(to_json(anon_2.source) AS TEXT), 'null'), ',"payload":', coalesce(CAST((SELECT coalesce(json_object_agg(anon_3.key, CASE WHEN (jsonb_typeof(anon_3.value) = 'object') THEN anon_3.value['mask'] ELSE anon_3.value END), CAST('{}' AS JSON)) AS coalesce_4 
FROM jsonb_each(record_1.payload) AS anon_3(key, value)) AS TEXT), 'null'), '}') AS concat_3 
FROM (SELECT 1 AS here) AS anon_4 LEFT OUTER JOIN record AS record_1 ON record_1.division = $1::INTEGER AND record_1.id = anon_2.record AND record_1.hash = anon_2.hash 
 LIMIT 1), 'null'), '}'), ',' ORDER BY anon_2.link, anon_2.link_valid, anon_2.source, anon_2.id, anon_2.valid) || ']', '[]') AS coalesce_3 
FROM (SELECT mention_3.division AS division, mention_3.id AS id, mention_3.record AS record, mention_3.hash AS hash, mention_3.source AS source, mention_3.role AS role, mention_3.kind AS kind, mention_3.anchor AS anchor, mention_3.name AS name, mention_3.former_name AS former_name, mention_3.number_mask AS number_mask, mention_3.number_blind AS number_blind, mention_3.document_type AS document_type, mention_3.student_number_mask AS student_number_mask, mention_3.student_number_blind AS student_number_blind, mention_3.certificate_number_mask AS certificate_number_mask, mention_3.certificate_number_blind AS certificate_number_blind, mention_3.sex AS sex, mention_3.born AS born, mention_3.ethnic_group AS ethnic_group, mention_3.phone_mask AS phone_mask, mention_3.phone_blind AS phone_blind, mention_3.township AS township, mention_3.village AS village, mention_3.address AS address, mention_3.deceased_on AS deceased_on, mention_3.number_state AS number_state, mention_3.name_key AS name_key, mention_3.pinyin AS pinyin, mention_3.birth_date AS birth_date, mention_3.relation AS relation, mention_3.register_household AS register_household, mention_3.living_household AS living_household, mention_3.valid AS valid, mention_3.known_from AS known_from, identity_2.person AS link_person, identity_2.id AS link, identity_2.valid AS link_valid 
FROM identity AS identity_2 JOIN mention AS mention_3 ON mention_3.division = identity_2.division AND mention_3.id = identity_2.id 
WHERE identity_2.division = $1::INTEGER) AS anon_2 
WHERE anon_2.link_person = person_resolved_1.id), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$2::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $2::BIGINT)]) AND person_resolved_1.valid @> $3::DATE ORDER BY person_resolved_1.id = $2::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT set_config('hub.divisions', $4::VARCHAR, true) || set_config('hub.custody', 'on', true) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
