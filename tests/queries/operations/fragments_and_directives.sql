SELECT convert_to(concat('{"data":', concat('{"children":', (SELECT concat('{"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), ',"sex":', coalesce(CAST(to_json(page_1."sex") AS TEXT), 'null'), ',"nodeId":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"certificates":', (SELECT coalesce('[' || string_agg(concat('{"level":', coalesce(CAST(to_json(certificate_1.level) AS TEXT), 'null'), '}'), ',' ORDER BY certificate_1.source, certificate_1.id) || ']', '[]') AS coalesce_1 
FROM certificate AS certificate_1 
WHERE certificate_1.division = $1::INTEGER AND certificate_1.person = page_1."id" AND (certificate_1.valid @> $2::DATE)), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 2) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.name AS name, anon_1.sex AS sex, anon_1.id AS id, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0, anon_1.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_1.name AS name, person_resolved_1.sex AS sex, person_resolved_1.id AS id, person_resolved_1.name_order AS key_0, person_resolved_1.id AS key_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE) ORDER BY person_resolved_1.name_order, person_resolved_1.id 
 LIMIT 3) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
