SELECT convert_to(concat('{"data":', concat('{"persons":', (SELECT concat('{"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), '}'), ',' ORDER BY page_1."n" DESC) FILTER (WHERE page_1."n" <= 3) || ']', '[]'), ',"pageInfo":', concat('{"hasNextPage":', coalesce(CAST(false AS TEXT), 'null'), ',"hasPreviousPage":', coalesce(CAST(coalesce(max(page_1."found") > 3, false) AS TEXT), 'null'), '}'), '}') AS concat_1 
FROM (SELECT anon_1.name AS name, anon_1.id AS id, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0 DESC, anon_1.key_1 DESC) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_1.name AS name, person_resolved_1.id AS id, CASE WHEN (person_resolved_1.birth_date IS NULL) THEN '9000-01-01' ELSE person_resolved_1.birth_date END AS key_0, person_resolved_1.id AS key_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER ORDER BY CASE WHEN (person_resolved_1.birth_date IS NULL) THEN '9000-01-01' ELSE person_resolved_1.birth_date END DESC, person_resolved_1.id DESC 
 LIMIT 4) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
