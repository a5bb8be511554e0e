SELECT convert_to(concat('{"data":', concat('{"sources":', (SELECT coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json(anon_1.source) AS TEXT), 'null'), ',"department":', coalesce(CAST(to_json(split_part(anon_1.source, '.', 1)) AS TEXT), 'null'), ',"asOf":', coalesce('"' || CAST(anon_1.as_of AS TEXT) || '"', 'null'), ',"daysOld":', coalesce(CAST($1::DATE - anon_1.as_of AS TEXT), 'null'), ',"deliveriesPublished":', coalesce(CAST(anon_1.n AS TEXT), 'null'), ',"deliveries":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM delivery AS delivery_1 
WHERE delivery_1.division = $2::INTEGER AND delivery_1.source = anon_1.source) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat('{"file":', coalesce(CAST(to_json(page_1."file") AS TEXT), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 1) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_2.file AS file, anon_2.key_0 AS key_0, anon_2.key_1 AS key_1, row_number() OVER (ORDER BY anon_2.key_0, anon_2.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT delivery_1.file AS file, delivery_1.as_of AS key_0, delivery_1.id AS key_1 
FROM delivery AS delivery_1 
WHERE delivery_1.division = $2::INTEGER AND delivery_1.source = anon_1.source ORDER BY delivery_1.as_of, delivery_1.id 
 LIMIT 2) AS anon_2) AS page_1 
HAVING count(*) >= 0), '}'), ',' ORDER BY anon_1.source) || ']', '[]') AS coalesce_1 
FROM (SELECT delivery_2.source AS source, max(delivery_2.as_of) AS as_of, count(*) AS n 
FROM delivery AS delivery_2 
WHERE delivery_2.division = $2::INTEGER AND delivery_2.state = 'PUBLISHED' GROUP BY delivery_2.source) AS anon_1), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
