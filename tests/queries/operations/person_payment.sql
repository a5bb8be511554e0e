SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"payments":', (SELECT coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Payment:', payment_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"programme":', coalesce(CAST(to_json(payment_1.programme) AS TEXT), 'null'), ',"amount":', coalesce('"' || CAST(payment_1.amount AS TEXT) || '"', 'null'), ',"paidOn":', coalesce('"' || CAST(payment_1.paid_on AS TEXT) || '"', 'null'), ',"period":', coalesce(CAST(to_json(payment_1.period) AS TEXT), 'null'), ',"state":', coalesce(CAST(to_json(payment_1.state) AS TEXT), 'null'), ',"specialKind":', coalesce(CAST(to_json(payment_1.special_kind) AS TEXT), 'null'), ',"payer":', coalesce(CAST(to_json(payment_1.payer) AS TEXT), 'null'), ',"method":', coalesce(CAST(to_json(payment_1.method) AS TEXT), 'null'), ',"account":', coalesce(CAST(to_json(payment_1.account_mask) AS TEXT), 'null'), ',"validFrom":', coalesce('"' || CAST(lower(payment_1.valid) AS TEXT) || '"', 'null'), ',"validTo":', coalesce('"' || CAST(upper(payment_1.valid) AS TEXT) || '"', 'null'), '}'), ',' ORDER BY payment_1.source, payment_1.id) || ']', '[]') AS coalesce_1 
FROM payment AS payment_1 
WHERE payment_1.division = $1::INTEGER AND payment_1.person = person_resolved_1.id AND payment_1.valid @> $2::DATE), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
