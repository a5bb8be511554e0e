SELECT convert_to(concat('{"data":', concat('{"node":', coalesce((SELECT concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('HeadCount:', head_count_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"__typename":"HeadCount","grade":', coalesce(CAST(head_count_1.grade AS TEXT), 'null'), ',"className":', coalesce(CAST(to_json(head_count_1.class_name) AS TEXT), 'null'), ',"countedOn":', coalesce('"' || CAST(head_count_1.counted_on AS TEXT) || '"', 'null'), ',"registered":', coalesce(CAST(head_count_1.registered AS TEXT), 'null'), ',"present":', coalesce(CAST(head_count_1.present AS TEXT), 'null'), ',"absentNames":', coalesce(CAST(to_json(head_count_1.absent_names) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(head_count_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(head_count_1.valid) AS TEXT) || '"', 'null'), '}') AS concat_1 
FROM head_count AS head_count_1 
WHERE head_count_1.division = $1::INTEGER AND head_count_1.id = $2::BIGINT ORDER BY head_count_1.id, head_count_1.valid 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT set_config('hub.divisions', $3::VARCHAR, true) || set_config('hub.custody', 'on', true) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
