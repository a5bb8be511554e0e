SELECT convert_to(concat('{"data":', concat('{"node":', coalesce((SELECT concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Conclusion:', conclusion_1.finding, '/', conclusion_1.publication), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"code":', coalesce(CAST(to_json(conclusion_1.code) AS TEXT), 'null'), ',"status":', coalesce(CAST(to_json(conclusion_1.status) AS TEXT), 'null'), ',"publication":', coalesce(CAST(conclusion_1.publication AS TEXT), 'null'), '}') AS concat_1 
FROM conclusion AS conclusion_1 
WHERE conclusion_1.division = $1::INTEGER AND conclusion_1.finding = $2::BIGINT AND CAST(conclusion_1.publication AS TEXT) = $3::VARCHAR 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
