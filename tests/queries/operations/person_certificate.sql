SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat('{"certificates":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Certificate:', certificate_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"number":', coalesce(CAST(to_json(certificate_1.number_mask) AS TEXT), 'null'), ',"category":', coalesce(CAST(to_json(certificate_1.category) AS TEXT), 'null'), ',"level":', coalesce(CAST(to_json(certificate_1.level) AS TEXT), 'null'), ',"multiple":', coalesce(CAST(to_json(certificate_1.multiple) AS TEXT), 'null'), ',"state":', coalesce(CAST(to_json(certificate_1.state) AS TEXT), 'null'), ',"firstIssuedOn":', coalesce('"' || CAST(certificate_1.first_issued_on AS TEXT) || '"', 'null'), ',"issuedOn":', coalesce('"' || CAST(certificate_1.issued_on AS TEXT) || '"', 'null'), ',"validUntil":', coalesce('"' || CAST(certificate_1.valid_until AS TEXT) || '"', 'null'), ',"authority":', coalesce(CAST(to_json(certificate_1.authority) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(certificate_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(certificate_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY certificate_1.source, certificate_1.id) || ']', '[]') AS coalesce_1 
FROM certificate AS certificate_1 
WHERE certificate_1.division = $1::INTEGER AND certificate_1.person = person_resolved_1.id AND certificate_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT set_config('hub.divisions', $4::VARCHAR, true) || set_config('hub.custody', 'on', true) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
