SELECT convert_to(concat('{"data":', concat('{"households":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM household AS household_1 
WHERE household_1.division = $1::INTEGER) AS TEXT), 'null'), ',"edges":', coalesce('[' || string_agg(concat('{"cursor":', coalesce(CAST(to_json(translate(encode(convert_to(concat('["households"', ',', page_1."key_0", ']'), 'UTF8'), 'base64'), E'+/=\n', '-_')) AS TEXT), 'null'), ',"node":', concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Household:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), '}'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 2) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.id AS id, anon_1.kind AS kind, anon_1.key_0 AS key_0, row_number() OVER (ORDER BY anon_1.key_0) AS n, count(*) OVER () AS found 
FROM (SELECT household_1.id AS id, household_1.kind AS kind, household_1.id AS key_0 
FROM household AS household_1 
WHERE household_1.division = $1::INTEGER ORDER BY household_1.id 
 LIMIT 3) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
