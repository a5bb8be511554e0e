SELECT convert_to(concat('{"data":', concat('{"schools":', (SELECT concat('{"nodes":', coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 50) || ']', '[]'), ',"pageInfo":', concat('{"endCursor":', coalesce(CAST(to_json(max(translate(encode(convert_to(concat('["schools"', ',', to_json(page_1."key_0"), ',', page_1."key_1", ']'), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (WHERE page_1."n" = least(page_1."found", 50) AND page_1."n" <= 50)) AS TEXT), 'null'), '}'), '}') AS concat_1 
FROM (SELECT anon_1.name AS name, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0, anon_1.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT school_1.name AS name, school_1.name COLLATE "C" AS key_0, school_1.id AS key_1 
FROM school AS school_1 
WHERE school_1.division = $1::INTEGER ORDER BY school_1.name COLLATE "C", school_1.id 
 LIMIT 51) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
