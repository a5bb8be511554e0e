SELECT convert_to(concat('{"data":', concat('{"deliveries":', (SELECT concat('{"nodes":', coalesce('[' || string_agg(concat('{"file":', coalesce(CAST(to_json(page_1."file") AS TEXT), 'null'), ',"asOf":', coalesce('"' || CAST(page_1."as_of" AS TEXT) || '"', 'null'), ',"receivedAt":', coalesce('"' || to_char(timezone('UTC', page_1."received_at"), CASE WHEN (date_trunc('second', page_1."received_at") = page_1."received_at") THEN 'YYYY-MM-DD"T"HH24:MI:SS"+00:00"' ELSE 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"' END) || '"', 'null'), ',"state":', coalesce(CAST(to_json(page_1."state") AS TEXT), 'null'), ',"reasons":', coalesce(CAST(page_1."reasons" AS TEXT), 'null'), ',"notices":', coalesce(CAST(page_1."notices" AS TEXT), 'null'), ',"records":', (SELECT coalesce('[' || string_agg(concat(chr(1), 'Record/', coalesce(CAST(record_1.id AS TEXT), ''), chr(2), '{"rowNumber":', coalesce(CAST(record_1.row AS TEXT), 'null'), ',"mentions":', (SELECT coalesce('[' || string_agg(concat(chr(1), 'Mention/', coalesce(CAST(mention_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_1.name) AS TEXT), 'null'), '}'), ',' ORDER BY mention_1.id, mention_1.valid) || ']', '[]') AS coalesce_2 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND record_1.id = mention_1.record), '}'), ',' ORDER BY record_1.sheet, record_1.row, record_1.id, record_1.hash) || ']', '[]') AS coalesce_1 
FROM record AS record_1 
WHERE record_1.division = $1::INTEGER AND record_1.delivery = page_1."id"), '}'), ',' ORDER BY page_1."n" DESC) FILTER (WHERE page_1."n" <= 2) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.file AS file, anon_1.as_of AS as_of, anon_1.received_at AS received_at, anon_1.state AS state, anon_1.reasons AS reasons, anon_1.notices AS notices, anon_1.id AS id, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, row_number() OVER (ORDER BY anon_1.key_0 DESC, anon_1.key_1 DESC) AS n, count(*) OVER () AS found 
FROM (SELECT delivery_1.file AS file, delivery_1.as_of AS as_of, delivery_1.received_at AS received_at, delivery_1.state AS state, delivery_1.reasons AS reasons, delivery_1.notices AS notices, delivery_1.id AS id, delivery_1.as_of AS key_0, delivery_1.id AS key_1 
FROM delivery AS delivery_1 
WHERE delivery_1.division = $1::INTEGER ORDER BY delivery_1.as_of DESC, delivery_1.id DESC 
 LIMIT 3) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
