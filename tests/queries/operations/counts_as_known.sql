SELECT convert_to(concat('{"data":', concat('{"childCounts":', (SELECT coalesce('[' || string_agg(concat('{"key":', coalesce(CAST(to_json(anon_1.key) AS TEXT), 'null'), ',"count":', coalesce(CAST(anon_1.count AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.key) || ']', '[]') AS coalesce_1 
FROM (SELECT person_resolved_1.sex AS key, count(*) AS count 
FROM (SELECT person_resolved.division, person_resolved.id, person_resolved.name, person_resolved.pinyin, person_resolved.former_name, person_resolved.sex, person_resolved.birth_date, person_resolved.born, person_resolved.born_from, person_resolved.born_to, person_resolved.ethnic_group, person_resolved.number_mask, person_resolved.number_blind, person_resolved.phone_mask, person_resolved.township, person_resolved.village, person_resolved.hukou_township, person_resolved.register_household, person_resolved.living_household, person_resolved.deceased_on, person_resolved.chosen, person_resolved.name_order, person_resolved.township_order, person_resolved.valid 
FROM person_resolved 
WHERE person_resolved.known_from <= $1::BIGINT UNION ALL SELECT person_resolved_history.division, person_resolved_history.id, person_resolved_history.name, person_resolved_history.pinyin, person_resolved_history.former_name, person_resolved_history.sex, person_resolved_history.birth_date, person_resolved_history.born, person_resolved_history.born_from, person_resolved_history.born_to, person_resolved_history.ethnic_group, person_resolved_history.number_mask, person_resolved_history.number_blind, person_resolved_history.phone_mask, person_resolved_history.township, person_resolved_history.village, person_resolved_history.hukou_township, person_resolved_history.register_household, person_resolved_history.living_household, person_resolved_history.deceased_on, person_resolved_history.chosen, person_resolved_history.name_order, person_resolved_history.township_order, person_resolved_history.valid 
FROM person_resolved_history 
WHERE person_resolved_history.known @> $1::BIGINT) AS person_resolved_1 
WHERE person_resolved_1.division = $2::INTEGER AND person_resolved_1.born_to > CAST((SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $2::INTEGER AND publication_1.no = $1::BIGINT) - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= (SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $2::INTEGER AND publication_1.no = $1::BIGINT)) GROUP BY person_resolved_1.sex) AS anon_1), '}'), '}'), 'UTF8') AS answer, NOT (EXISTS (SELECT publication_2.no 
FROM publication AS publication_2 
WHERE publication_2.division = $2::INTEGER AND publication_2.no = $1::BIGINT)) AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
