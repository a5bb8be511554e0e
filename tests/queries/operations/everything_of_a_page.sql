SELECT convert_to(concat('{"data":', concat('{"children":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE)) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), ',"enrolments":', (SELECT coalesce('[' || string_agg(concat('{"grade":', coalesce(CAST(enrolment_1.grade AS TEXT), 'null'), ',"school":', coalesce((SELECT concat('{"name":', coalesce(CAST(to_json(school_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM school AS school_1 
WHERE school_1.division = $1::INTEGER AND school_1.id = enrolment_1.school ORDER BY school_1.id 
 LIMIT 1), 'null'), ',"provenance":', coalesce((SELECT concat('{"source":', coalesce(CAST(to_json(enrolment_1.source) AS TEXT), 'null'), '}') AS concat_3 
FROM (SELECT 1 AS here) AS anon_1 
 LIMIT 1), 'null'), '}'), ',' ORDER BY enrolment_1.source, enrolment_1.id) || ']', '[]') AS coalesce_1 
FROM enrolment AS enrolment_1 
WHERE enrolment_1.division = $1::INTEGER AND enrolment_1.person = page_1."id" AND (enrolment_1.valid @> $2::DATE)), ',"guardianships":', (SELECT coalesce('[' || string_agg(concat('{"relation":', coalesce(CAST(to_json(guardianship_1.relation) AS TEXT), 'null'), ',"guardian":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_2.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_2.name) AS TEXT), 'null'), '}') AS concat_4 
FROM person_resolved AS person_resolved_2 
WHERE person_resolved_2.division = $1::INTEGER AND person_resolved_2.id = guardianship_1.guardian AND (person_resolved_2.valid @> $2::DATE) ORDER BY person_resolved_2.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY guardianship_1.source, guardianship_1.id) || ']', '[]') AS coalesce_2 
FROM guardianship AS guardianship_1 
WHERE guardianship_1.division = $1::INTEGER AND guardianship_1.person = page_1."id" AND (guardianship_1.valid @> $2::DATE)), ',"registerHousehold":', coalesce((SELECT concat('{"registeredPersons":', (SELECT coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(person_resolved_3.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_3.name) AS TEXT), 'null'), ',"assistances":', (SELECT coalesce('[' || string_agg(concat('{"kind":', coalesce(CAST(to_json(assistance_1.kind) AS TEXT), 'null'), '}'), ',' ORDER BY assistance_1.source, assistance_1.id) || ']', '[]') AS coalesce_4 
FROM assistance AS assistance_1 
WHERE assistance_1.division = $1::INTEGER AND assistance_1.person = person_resolved_3.id AND (assistance_1.valid @> $2::DATE)), '}'), ',' ORDER BY person_resolved_3.birth_date, person_resolved_3.id) || ']', '[]') AS coalesce_3 
FROM person_resolved AS person_resolved_3 
WHERE person_resolved_3.division = $1::INTEGER AND household_1.id = person_resolved_3.register_household AND (person_resolved_3.valid @> $2::DATE)), '}') AS concat_5 
FROM household AS household_1 
WHERE household_1.division = $1::INTEGER AND household_1.id = page_1."register_household" ORDER BY household_1.id 
 LIMIT 1), 'null'), ',"certificates":', (SELECT coalesce('[' || string_agg(concat('{"level":', coalesce(CAST(to_json(certificate_1.level) AS TEXT), 'null'), '}'), ',' ORDER BY certificate_1.source, certificate_1.id) || ']', '[]') AS coalesce_5 
FROM certificate AS certificate_1 
WHERE certificate_1.division = $1::INTEGER AND certificate_1.person = page_1."id" AND (certificate_1.valid @> $2::DATE)), ',"findings":', (SELECT coalesce('[' || string_agg(concat('{"kind":', coalesce(CAST(to_json(finding_1.kind) AS TEXT), 'null'), '}'), ',' ORDER BY finding_1.rule, finding_1.id) || ']', '[]') AS coalesce_6 
FROM finding AS finding_1 
WHERE finding_1.division = $1::INTEGER AND finding_1.person = page_1."id" AND (finding_1.valid @> $2::DATE)), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 3) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_2.name AS name, anon_2.id AS id, anon_2.register_household AS register_household, anon_2.key_0 AS key_0, anon_2.key_1 AS key_1, row_number() OVER (ORDER BY anon_2.key_0, anon_2.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_1.name AS name, person_resolved_1.id AS id, person_resolved_1.register_household AS register_household, person_resolved_1.name_order AS key_0, person_resolved_1.id AS key_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE) ORDER BY person_resolved_1.name_order, person_resolved_1.id 
 LIMIT 4) AS anon_2) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
