SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"identity":', coalesce((SELECT concat('{"links":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(identity_1.person AS TEXT), ''), chr(2), '{"ruleVersion":', coalesce(CAST(to_json(identity_1.rule_version) AS TEXT), 'null'), '}'), ',' ORDER BY identity_1.id, identity_1.valid) || ']', '[]') AS coalesce_1 
FROM identity AS identity_1 
WHERE identity_1.division = $1::INTEGER AND identity_1.person = person_resolved_1.id AND (EXISTS (SELECT mention_1.id 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = identity_1.id))), ',"verdicts":', (SELECT coalesce('[' || string_agg(concat('{"same":', coalesce(CAST(link_verdict_1.same AS TEXT), 'null'), ',"settler":', coalesce(CAST(to_json(link_verdict_1.settler) AS TEXT), 'null'), '}'), ',' ORDER BY link_verdict_1.id, link_verdict_1.valid) || ']', '[]') AS coalesce_2 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND (link_verdict_1.mention IN (SELECT identity_2.id 
FROM identity AS identity_2 
WHERE identity_2.division = $1::INTEGER AND identity_2.person = person_resolved_1.id) OR link_verdict_1.other IN (SELECT identity_3.id 
FROM identity AS identity_3 
WHERE identity_3.division = $1::INTEGER AND identity_3.person = person_resolved_1.id))), ',"events":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(identity_event_1.person AS TEXT), ''), chr(2), '{"kind":', coalesce(CAST(to_json(identity_event_1.kind) AS TEXT), 'null'), ',"on":', coalesce('"' || CAST(identity_event_1."on" AS TEXT) || '"', 'null'), ',"publication":', coalesce(CAST(identity_event_1.publication AS TEXT), 'null'), ',"personId":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', identity_event_1.person), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"otherId":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', identity_event_1.other), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), '}'), ',' ORDER BY identity_event_1.publication, identity_event_1.kind, identity_event_1.person, identity_event_1.other) || ']', '[]') AS coalesce_3 
FROM identity_event AS identity_event_1 
WHERE identity_event_1.division = $1::INTEGER AND (identity_event_1.person = person_resolved_1.id OR identity_event_1.other = person_resolved_1.id)), '}') AS concat_2 
FROM (SELECT 1 AS here) AS anon_1 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$2::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $2::BIGINT)]) AND person_resolved_1.valid @> $3::DATE ORDER BY person_resolved_1.id = $2::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
