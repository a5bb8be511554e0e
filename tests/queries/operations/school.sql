SELECT convert_to(concat('{"data":', concat('{"school":', coalesce((SELECT concat('{"name":', coalesce(CAST(to_json(school_1.name) AS TEXT), 'null'), ',"enrolments":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(enrolment_1.person AS TEXT), ''), chr(2), '{"grade":', coalesce(CAST(enrolment_1.grade AS TEXT), 'null'), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = enrolment_1.person AND (person_resolved_1.valid @> $2::DATE) ORDER BY person_resolved_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY enrolment_1.id) || ']', '[]') AS coalesce_1 
FROM enrolment AS enrolment_1 
WHERE enrolment_1.division = $1::INTEGER AND school_1.id = enrolment_1.school AND enrolment_1.valid @> $2::DATE), ',"headCounts":', (SELECT coalesce('[' || string_agg(concat('{"grade":', coalesce(CAST(head_count_1.grade AS TEXT), 'null'), ',"present":', coalesce(CAST(head_count_1.present AS TEXT), 'null'), '}'), ',' ORDER BY head_count_1.id) || ']', '[]') AS coalesce_2 
FROM head_count AS head_count_1 
WHERE head_count_1.division = $1::INTEGER AND school_1.id = head_count_1.school AND head_count_1.valid @> $2::DATE), '}') AS concat_1 
FROM school AS school_1 
WHERE school_1.division = $1::INTEGER AND school_1.id = $3::BIGINT ORDER BY school_1.id 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
