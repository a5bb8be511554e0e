SELECT convert_to(concat('{"data":', concat('{"businessDate":', coalesce('"' || CAST($1::DATE AS TEXT) || '"', 'null'), ',"publication":', coalesce(CAST((SELECT coalesce(max(publication_1.no), 0) AS coalesce_1 
FROM publication AS publication_1 
WHERE publication_1.division = $2::INTEGER) AS TEXT), 'null'), ',"__typename":"Query"}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
