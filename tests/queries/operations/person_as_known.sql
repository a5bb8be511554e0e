SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), ',"age":', coalesce(CAST(CAST(EXTRACT(year FROM age((SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $1::INTEGER AND publication_1.no = $2::BIGINT), person_resolved_1.birth_date)) AS INTEGER) AS TEXT), 'null'), ',"enrolments":', (SELECT coalesce('[' || string_agg(concat('{"grade":', coalesce(CAST(enrolment_1.grade AS TEXT), 'null'), ',"state":', coalesce(CAST(to_json(enrolment_1.state) AS TEXT), 'null'), ',"school":', coalesce((SELECT concat('{"name":', coalesce(CAST(to_json(school_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM (SELECT school.division AS division, school.id AS id, school.name AS name, school.township AS township, school.publication AS publication 
FROM school 
WHERE school.publication <= $2::BIGINT) AS school_1 
WHERE school_1.division = $1::INTEGER AND school_1.id = enrolment_1.school ORDER BY school_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY enrolment_1.source, enrolment_1.id) || ']', '[]') AS coalesce_1 
FROM (SELECT enrolment.division, enrolment.id, enrolment.source, enrolment.record, enrolment.hash, enrolment.mention, enrolment.person, enrolment.student_number_mask, enrolment.student_number_blind, enrolment.school, enrolment.grade, enrolment.class_name, enrolment.state, enrolment.attendance_mode, enrolment.entered, enrolment.placement, enrolment.disability, enrolment.disability_level, enrolment.left_behind, enrolment.orphan, enrolment.aid_wanted, enrolment.boarder_aid, enrolment.school_bus_needed, enrolment.distance_km, enrolment.migrant, enrolment.source_kind, enrolment.problem, enrolment.valid 
FROM enrolment 
WHERE enrolment.known_from <= $2::BIGINT UNION ALL SELECT enrolment_history.division, enrolment_history.id, enrolment_history.source, enrolment_history.record, enrolment_history.hash, enrolment_history.mention, enrolment_history.person, enrolment_history.student_number_mask, enrolment_history.student_number_blind, enrolment_history.school, enrolment_history.grade, enrolment_history.class_name, enrolment_history.state, enrolment_history.attendance_mode, enrolment_history.entered, enrolment_history.placement, enrolment_history.disability, enrolment_history.disability_level, enrolment_history.left_behind, enrolment_history.orphan, enrolment_history.aid_wanted, enrolment_history.boarder_aid, enrolment_history.school_bus_needed, enrolment_history.distance_km, enrolment_history.migrant, enrolment_history.source_kind, enrolment_history.problem, enrolment_history.valid 
FROM enrolment_history 
WHERE enrolment_history.known @> $2::BIGINT) AS enrolment_1 
WHERE enrolment_1.division = $1::INTEGER AND enrolment_1.person = person_resolved_1.id AND enrolment_1.valid @> (SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $1::INTEGER AND publication_1.no = $2::BIGINT)), '}') AS concat_1 
FROM (SELECT person_resolved.division, person_resolved.id, person_resolved.name, person_resolved.pinyin, person_resolved.former_name, person_resolved.sex, person_resolved.birth_date, person_resolved.born, person_resolved.born_from, person_resolved.born_to, person_resolved.ethnic_group, person_resolved.number_mask, person_resolved.number_blind, person_resolved.phone_mask, person_resolved.township, person_resolved.village, person_resolved.hukou_township, person_resolved.register_household, person_resolved.living_household, person_resolved.deceased_on, person_resolved.chosen, person_resolved.name_order, person_resolved.township_order, person_resolved.valid 
FROM person_resolved 
WHERE person_resolved.known_from <= $2::BIGINT UNION ALL SELECT person_resolved_history.division, person_resolved_history.id, person_resolved_history.name, person_resolved_history.pinyin, person_resolved_history.former_name, person_resolved_history.sex, person_resolved_history.birth_date, person_resolved_history.born, person_resolved_history.born_from, person_resolved_history.born_to, person_resolved_history.ethnic_group, person_resolved_history.number_mask, person_resolved_history.number_blind, person_resolved_history.phone_mask, person_resolved_history.township, person_resolved_history.village, person_resolved_history.hukou_township, person_resolved_history.register_household, person_resolved_history.living_household, person_resolved_history.deceased_on, person_resolved_history.chosen, person_resolved_history.name_order, person_resolved_history.township_order, person_resolved_history.valid 
FROM person_resolved_history 
WHERE person_resolved_history.known @> $2::BIGINT) AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> (SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $1::INTEGER AND publication_1.no = $2::BIGINT) ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, NOT (EXISTS (SELECT publication_2.no 
FROM publication AS publication_2 
WHERE publication_2.division = $1::INTEGER AND publication_2.no = $2::BIGINT)) AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
