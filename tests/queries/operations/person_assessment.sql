SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat('{"assessments":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Assessment:', assessment_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"kind":', coalesce(CAST(to_json(assessment_1.kind) AS TEXT), 'null'), ',"result":', coalesce(CAST(to_json(assessment_1.result) AS TEXT), 'null'), ',"category":', coalesce(CAST(to_json(assessment_1.category) AS TEXT), 'null'), ',"level":', coalesce(CAST(to_json(assessment_1.level) AS TEXT), 'null'), ',"assessed":', coalesce(CAST(to_json(assessment_1.assessed) AS TEXT), 'null'), ',"educationNeed":', coalesce(CAST(to_json(assessment_1.education_need) AS TEXT), 'null'), ',"aidNeed":', coalesce(CAST(to_json(assessment_1.aid_need) AS TEXT), 'null'), ',"rehabilitationNeed":', coalesce(CAST(to_json(assessment_1.rehabilitation_need) AS TEXT), 'null'), ',"selfCare":', coalesce(CAST(to_json(assessment_1.self_care) AS TEXT), 'null'), ',"referredTo":', coalesce(CAST(to_json(assessment_1.referred_to) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(assessment_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(assessment_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY assessment_1.source, assessment_1.id) || ']', '[]') AS coalesce_1 
FROM assessment AS assessment_1 
WHERE assessment_1.division = $1::INTEGER AND assessment_1.person = person_resolved_1.id AND assessment_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT set_config('hub.divisions', $4::VARCHAR, true) || set_config('hub.custody', 'on', true) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
