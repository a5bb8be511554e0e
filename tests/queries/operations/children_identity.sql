SELECT convert_to(concat('{"data":', concat('{"children":', (SELECT concat('{"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"identity":', coalesce((SELECT concat('{"links":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(identity_1.person AS TEXT), ''), chr(2), '{"role":', coalesce(CAST(to_json((SELECT mention_1.role 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = identity_1.id ORDER BY mention_1.valid DESC 
 LIMIT 1)) AS TEXT), 'null'), ',"tier":', coalesce(CAST(to_json(identity_1.tier) AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(identity_1.score AS FLOAT)) AS TEXT), 'null'), '}'), ',' ORDER BY identity_1.id, identity_1.valid) || ']', '[]') AS coalesce_1 
FROM identity AS identity_1 
WHERE identity_1.division = $1::INTEGER AND identity_1.person = page_1."id" AND (EXISTS (SELECT mention_2.id 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = identity_1.id))), ',"verdicts":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('LinkVerdict:', link_verdict_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), '}'), ',' ORDER BY link_verdict_1.id, link_verdict_1.valid) || ']', '[]') AS coalesce_2 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND (link_verdict_1.mention IN (SELECT identity_2.id 
FROM identity AS identity_2 
WHERE identity_2.division = $1::INTEGER AND identity_2.person = page_1."id") OR link_verdict_1.other IN (SELECT identity_3.id 
FROM identity AS identity_3 
WHERE identity_3.division = $1::INTEGER AND identity_3.person = page_1."id"))), '}') AS concat_2 
FROM (SELECT 1 AS here) AS anon_1 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 6) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_2.id AS id, anon_2.key_0 AS key_0, anon_2.key_1 AS key_1, row_number() OVER (ORDER BY anon_2.key_0, anon_2.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_1.id AS id, person_resolved_1.name_order AS key_0, person_resolved_1.id AS key_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE) ORDER BY person_resolved_1.name_order, person_resolved_1.id 
 LIMIT 7) AS anon_2) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
