SELECT convert_to(concat('{"data":', concat('{"persons":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND (EXISTS (SELECT 1 
FROM left_behind_file AS left_behind_file_1 
WHERE left_behind_file_1.division = $1::INTEGER AND left_behind_file_1.valid @> $2::DATE AND left_behind_file_1.person = person_resolved_1.id))) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 50) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.id AS id, anon_1.name AS name, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0, anon_1.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_1.id AS id, person_resolved_1.name AS name, person_resolved_1.name_order AS key_0, person_resolved_1.id AS key_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND (EXISTS (SELECT 1 
FROM left_behind_file AS left_behind_file_1 
WHERE left_behind_file_1.division = $1::INTEGER AND left_behind_file_1.valid @> $2::DATE AND left_behind_file_1.person = person_resolved_1.id)) ORDER BY person_resolved_1.name_order, person_resolved_1.id 
 LIMIT 51) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
