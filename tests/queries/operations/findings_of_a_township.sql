SELECT convert_to(concat('{"data":', concat('{"findings":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM finding AS finding_1 
WHERE finding_1.division = $1::INTEGER AND finding_1.valid @> $2::DATE AND finding_1.status = $3::VARCHAR AND finding_1.township = $4::VARCHAR) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."person" AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Finding:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"openedOn":', coalesce('"' || CAST(page_1."opened_on" AS TEXT) || '"', 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 50) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.id AS id, anon_1.opened_on AS opened_on, anon_1.person AS person, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0, anon_1.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT finding_1.id AS id, finding_1.opened_on AS opened_on, finding_1.person AS person, finding_1.opened_on AS key_0, finding_1.id AS key_1 
FROM finding AS finding_1 
WHERE finding_1.division = $1::INTEGER AND finding_1.valid @> $2::DATE AND finding_1.status = $3::VARCHAR AND finding_1.township = $4::VARCHAR ORDER BY finding_1.opened_on, finding_1.id 
 LIMIT 51) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $5::VARCHAR, true), set_config('hub.reach', $6::VARCHAR, true), set_config('hub.care', $7::VARCHAR, true), set_config('hub.towns', $8::VARCHAR, true), set_config('hub.tables', $9::VARCHAR, true), set_config('hub.day', $10::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
