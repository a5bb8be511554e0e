SELECT convert_to(concat('{"data":', concat('{"node":', coalesce((SELECT concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('CalendarPeriod:', calendar_period_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"__typename":"CalendarPeriod","kind":', coalesce(CAST(to_json(calendar_period_1.kind) AS TEXT), 'null'), ',"name":', coalesce(CAST(to_json(calendar_period_1.name) AS TEXT), 'null'), ',"startsOn":', coalesce('"' || CAST(calendar_period_1.starts_on AS TEXT) || '"', 'null'), ',"endsOn":', coalesce('"' || CAST(calendar_period_1.ends_on AS TEXT) || '"', 'null'), ',"validFrom":', coalesce('"' || CAST(lower(calendar_period_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(calendar_period_1.valid) AS TEXT) || '"', 'null'), '}') AS concat_1 
FROM calendar_period AS calendar_period_1 
WHERE calendar_period_1.division = $1::INTEGER AND calendar_period_1.id = $2::BIGINT ORDER BY calendar_period_1.id, calendar_period_1.valid 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
