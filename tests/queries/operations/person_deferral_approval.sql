SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"deferralApprovals":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('DeferralApproval:', deferral_approval_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"reason":', coalesce(CAST(to_json(deferral_approval_1.reason) AS TEXT), 'null'), ',"authority":', coalesce(CAST(to_json(deferral_approval_1.authority) AS TEXT), 'null'), ',"documentNumber":', coalesce(CAST(to_json(deferral_approval_1.document_number) AS TEXT), 'null'), ',"approvedOn":', coalesce('"' || CAST(deferral_approval_1.approved_on AS TEXT) || '"', 'null'), ',"until":', coalesce('"' || CAST(deferral_approval_1.until AS TEXT) || '"', 'null'), ',"validFrom":', coalesce('"' || CAST(lower(deferral_approval_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(deferral_approval_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY deferral_approval_1.source, deferral_approval_1.id) || ']', '[]') AS coalesce_1 
FROM deferral_approval AS deferral_approval_1 
WHERE deferral_approval_1.division = $1::INTEGER AND deferral_approval_1.person = person_resolved_1.id AND deferral_approval_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
