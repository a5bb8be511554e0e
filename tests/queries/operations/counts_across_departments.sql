SELECT convert_to(concat('{"data":', concat('{"childCounts":', (SELECT coalesce('[' || string_agg(concat('{"key":', coalesce(CAST(to_json(anon_1.key) AS TEXT), 'null'), ',"count":', coalesce(CAST(anon_1.count AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.key) || ']', '[]') AS coalesce_1 
FROM (SELECT person_resolved_1.township AS key, count(*) AS count 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_1.birth_date IS NULL OR person_resolved_1.birth_date <= $2::DATE) AND person_resolved_1.id = ANY (array((SELECT certificate_1.person 
FROM certificate AS certificate_1 
WHERE certificate_1.division = $1::INTEGER AND (certificate_1.valid @> $2::DATE) AND coalesce(certificate_1.state, '正常') = '正常' AND (certificate_1.valid_until IS NULL OR certificate_1.valid_until >= $2::DATE)))) AND NOT (EXISTS (SELECT 1 
FROM enrolment AS enrolment_1 
WHERE enrolment_1.division = $1::INTEGER AND enrolment_1.valid @> $2::DATE AND coalesce(enrolment_1.grade, 1) >= 1 AND (coalesce(enrolment_1.state, '在读') NOT IN ('退学', '停学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明')) AND enrolment_1.person = person_resolved_1.id)) AND (EXISTS (SELECT 1 
FROM assistance AS assistance_1 
WHERE assistance_1.division = $1::INTEGER AND assistance_1.valid @> $2::DATE AND assistance_1.programme = 'F01' AND coalesce(assistance_1.state, '在保') = '在保' AND coalesce(assistance_1.covered, true) AND assistance_1.person = person_resolved_1.id)) GROUP BY person_resolved_1.township) AS anon_1), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
