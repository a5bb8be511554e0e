SELECT convert_to(concat('{"data":', concat('{"supportMeasures":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM (SELECT 'ASSISTANCE' AS kind, assistance_1.id AS id, assistance_1.person AS person, assistance_1.source AS source, split_part(assistance_1.source, '.', 1) AS department, assistance_1.programme AS programme, assistance_1.kind AS label, assistance_1.monthly_amount AS amount, CAST(NULL AS DATE) AS since, assistance_1.state AS state 
FROM assistance AS assistance_1 
WHERE assistance_1.division = $1::INTEGER AND assistance_1.valid @> $2::DATE UNION ALL SELECT 'PAYMENT' AS anon_2, payment_1.id AS id, payment_1.person AS person, payment_1.source AS source, split_part(payment_1.source, '.', 1) AS split_part_1, payment_1.programme AS programme, CAST(payment_1.special_kind AS TEXT) AS special_kind, CAST(payment_1.amount AS NUMERIC(14, 2)) AS amount, payment_1.paid_on AS paid_on, payment_1.state AS state 
FROM payment AS payment_1 
WHERE payment_1.division = $1::INTEGER AND payment_1.valid @> $2::DATE) AS anon_1 
WHERE anon_1.programme = $3::VARCHAR) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."person" AS TEXT), ''), chr(2), '{"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"programme":', coalesce(CAST(to_json(page_1."programme") AS TEXT), 'null'), ',"department":', coalesce(CAST(to_json(page_1."department") AS TEXT), 'null'), ',"label":', coalesce(CAST(to_json(page_1."label") AS TEXT), 'null'), ',"amount":', coalesce('"' || CAST(page_1."amount" AS TEXT) || '"', 'null'), ',"since":', coalesce('"' || CAST(page_1."since" AS TEXT) || '"', 'null'), ',"state":', coalesce(CAST(to_json(page_1."state") AS TEXT), 'null'), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = page_1."person" AND (person_resolved_1.valid @> $2::DATE) ORDER BY person_resolved_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 4) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_3.kind AS kind, anon_3.programme AS programme, anon_3.department AS department, anon_3.label AS label, anon_3.amount AS amount, anon_3.since AS since, anon_3.state AS state, anon_3.person AS person, anon_3.key_0 AS key_0, anon_3.key_1 AS key_1, row_number() OVER (ORDER BY anon_3.key_0, anon_3.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT anon_1.kind AS kind, anon_1.programme AS programme, anon_1.department AS department, anon_1.label AS label, anon_1.amount AS amount, anon_1.since AS since, anon_1.state AS state, anon_1.person AS person, anon_1.kind AS key_0, anon_1.id AS key_1 
FROM (SELECT 'ASSISTANCE' AS kind, assistance_1.id AS id, assistance_1.person AS person, assistance_1.source AS source, split_part(assistance_1.source, '.', 1) AS department, assistance_1.programme AS programme, assistance_1.kind AS label, assistance_1.monthly_amount AS amount, CAST(NULL AS DATE) AS since, assistance_1.state AS state 
FROM assistance AS assistance_1 
WHERE assistance_1.division = $1::INTEGER AND assistance_1.valid @> $2::DATE UNION ALL SELECT 'PAYMENT' AS anon_2, payment_1.id AS id, payment_1.person AS person, payment_1.source AS source, split_part(payment_1.source, '.', 1) AS split_part_1, payment_1.programme AS programme, CAST(payment_1.special_kind AS TEXT) AS special_kind, CAST(payment_1.amount AS NUMERIC(14, 2)) AS amount, payment_1.paid_on AS paid_on, payment_1.state AS state 
FROM payment AS payment_1 
WHERE payment_1.division = $1::INTEGER AND payment_1.valid @> $2::DATE) AS anon_1 
WHERE anon_1.programme = $3::VARCHAR ORDER BY anon_1.kind, anon_1.id 
 LIMIT 5) AS anon_3) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
