SELECT convert_to(concat('{"data":', concat('{"node":', coalesce((SELECT concat(chr(1), 'Record/', coalesce(CAST(record_1.id AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Record:', record_1.id, '/', record_1.hash), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"source":', coalesce(CAST(to_json(record_1.source) AS TEXT), 'null'), ',"sheet":', coalesce(CAST(to_json(record_1.sheet) AS TEXT), 'null'), ',"payload":', coalesce(CAST((SELECT coalesce(json_object_agg(anon_1.key, CASE WHEN (jsonb_typeof(anon_1.value) = 'object') THEN anon_1.value['mask'] ELSE anon_1.value END), CAST('{}' AS JSON)) AS coalesce_1 
FROM jsonb_each(record_1.payload) AS anon_1(key, value)) AS TEXT), 'null'), ',"delivery":', coalesce((SELECT concat('{"file":', coalesce(CAST(to_json(delivery_1.file) AS TEXT), 'null'), '}') AS concat_2 
FROM delivery AS delivery_1 
WHERE delivery_1.division = $1::INTEGER AND delivery_1.id = record_1.delivery ORDER BY delivery_1.id 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM record AS record_1 
WHERE record_1.division = $1::INTEGER AND record_1.id = $2::BIGINT AND CAST(record_1.hash AS TEXT) = $3::VARCHAR 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
