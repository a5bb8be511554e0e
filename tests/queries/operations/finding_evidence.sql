SELECT convert_to(concat('{"data":', concat('{"findings":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM finding AS finding_1 
WHERE finding_1.division = $1::INTEGER) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."person" AS TEXT), ''), chr(2), '{"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"status":', coalesce(CAST(to_json(page_1."status") AS TEXT), 'null'), ',"rule":', coalesce((SELECT concat('{"number":', coalesce(CAST(to_json(anon_1.number) AS TEXT), 'null'), ',"title":', coalesce(CAST(to_json(anon_1.title) AS TEXT), 'null'), ',"clauses":', coalesce(CAST(anon_1.clauses AS TEXT), 'null'), '}') AS concat_2 
FROM (VALUES ('unenrolled_disabled', 'E.1', '未入学适龄残疾儿童少年', 'Unenrolled disabled children', '2026-11-24', '["瓦房店 2018 五(三)","A-67","A-68","A-74","义务教育法 11","残疾人教育条例 14, 15, 17"]'::jsonb)) AS anon_1 (name, number, title, title_en, version, clauses) 
WHERE anon_1.name = page_1."rule" 
 LIMIT 1), 'null'), ',"evidence":', (SELECT coalesce('[' || string_agg(concat('{"department":', coalesce(CAST(to_json((anon_2.value ->> 'department')) AS TEXT), 'null'), ',"says":', coalesce(CAST(to_json((anon_2.value ->> 'says')) AS TEXT), 'null'), ',"asOf":', coalesce('"' || CAST(CAST(nullif((anon_2.value ->> 'as_of'), '') AS DATE) AS TEXT) || '"', 'null'), ',"record":', coalesce((SELECT concat(chr(1), 'Record/', coalesce(CAST(record_1.id AS TEXT), ''), chr(2), '{"source":', coalesce(CAST(to_json(record_1.source) AS TEXT), 'null'), ',"rowNumber":', coalesce(CAST(record_1.row AS TEXT), 'null'), ',"payload":', coalesce(CAST((SELECT coalesce(json_object_agg(anon_3.key, CASE WHEN (jsonb_typeof(anon_3.value) = 'object') THEN anon_3.value['mask'] ELSE anon_3.value END), CAST('{}' AS JSON)) AS coalesce_2 
FROM jsonb_each(record_1.payload) AS anon_3(key, value)) AS TEXT), 'null'), '}') AS concat_3 
FROM record AS record_1 
WHERE record_1.division = $1::INTEGER AND record_1.id = CAST((anon_2.value ->> 'record') AS BIGINT) AND CAST(record_1.hash AS TEXT) = (anon_2.value ->> 'hash') 
 LIMIT 1), 'null'), '}'), ',' ORDER BY anon_2.position) || ']', '[]') AS coalesce_1 
FROM jsonb_array_elements(page_1."evidence"['sides']) WITH ORDINALITY AS anon_2(value, position)), ',"lookedIn":', (SELECT coalesce('[' || string_agg(concat('{"source":', coalesce(CAST(to_json((anon_4.value ->> 'source')) AS TEXT), 'null'), ',"asOf":', coalesce('"' || CAST(CAST((anon_4.value ->> 'as_of') AS DATE) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY anon_4.position) || ']', '[]') AS coalesce_3 
FROM jsonb_array_elements(page_1."evidence"['looked_in']) WITH ORDINALITY AS anon_4(value, position)), ',"conclusions":', (SELECT coalesce('[' || string_agg(concat('{"code":', coalesce(CAST(to_json(conclusion_1.code) AS TEXT), 'null'), ',"by":', coalesce(CAST(to_json(conclusion_1.by) AS TEXT), 'null'), ',"on":', coalesce('"' || CAST(conclusion_1."on" AS TEXT) || '"', 'null'), '}'), ',' ORDER BY conclusion_1.publication) || ']', '[]') AS coalesce_4 
FROM conclusion AS conclusion_1 
WHERE conclusion_1.division = $1::INTEGER AND conclusion_1.finding = page_1."id"), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), '}') AS concat_4 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = page_1."person" AND (person_resolved_1.valid @> $2::DATE) ORDER BY person_resolved_1.id 
 LIMIT 1), 'null'), ',"school":', coalesce((SELECT concat('{"name":', coalesce(CAST(to_json(school_1.name) AS TEXT), 'null'), '}') AS concat_5 
FROM school AS school_1 
WHERE school_1.division = $1::INTEGER AND school_1.id = page_1."school" ORDER BY school_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 3) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_5.kind AS kind, anon_5.status AS status, anon_5.rule AS rule, anon_5.evidence AS evidence, anon_5.id AS id, anon_5.person AS person, anon_5.school AS school, anon_5.key_0 AS key_0, anon_5.key_1 AS key_1, row_number() OVER (ORDER BY anon_5.key_0, anon_5.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT finding_1.kind AS kind, finding_1.status AS status, finding_1.rule AS rule, finding_1.evidence AS evidence, finding_1.id AS id, finding_1.person AS person, finding_1.school AS school, finding_1.opened_on AS key_0, finding_1.id AS key_1 
FROM finding AS finding_1 
WHERE finding_1.division = $1::INTEGER ORDER BY finding_1.opened_on, finding_1.id 
 LIMIT 4) AS anon_5) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
