SELECT convert_to(concat('{"data":', concat('{"nodeAt":', coalesce((SELECT concat('{"validFrom":', coalesce('"' || CAST(lower(cohort_count_1.valid) AS TEXT) || '"', 'null'), ',"provenance":', coalesce((SELECT concat('{"source":', coalesce(CAST(to_json(cohort_count_1.source) AS TEXT), 'null'), ',"department":', coalesce(CAST(to_json(split_part(cohort_count_1.source, '.', 1)) AS TEXT), 'null'), ',"asOf":', coalesce('"' || CAST(delivery_1.as_of AS TEXT) || '"', 'null'), ',"rowNumber":', coalesce(CAST(record_1.row AS TEXT), 'null'), ',"recordId":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Record:', cohort_count_1.record, '/', cohort_count_1.hash), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"linkTier":', coalesce(CAST(to_json(identity_1.tier) AS TEXT), 'null'), ',"linkScore":', coalesce(CAST(to_json(CAST(identity_1.score AS FLOAT)) AS TEXT), 'null'), '}') AS concat_2 
FROM (SELECT 1 AS here) AS anon_1 LEFT OUTER JOIN (SELECT record.division AS division, record.id AS id, record.hash AS hash, record.source AS source, record.delivery AS delivery, record.sheet AS sheet, record.row AS row, record.payload AS payload, record.problems AS problems, record.publication AS publication, record.double_of AS double_of 
FROM record 
WHERE record.publication <= $1::BIGINT) AS record_1 ON record_1.division = $2::INTEGER AND record_1.id = cohort_count_1.record AND record_1.hash = cohort_count_1.hash LEFT OUTER JOIN (SELECT delivery.division AS division, delivery.id AS id, delivery.source AS source, delivery.contract_version AS contract_version, delivery.file AS file, delivery.parts AS parts, delivery.headers AS headers, delivery.as_of AS as_of, delivery.received_at AS received_at, delivery.state AS state, delivery.reasons AS reasons, delivery.notices AS notices, delivery.profile AS profile, delivery.rows_read AS rows_read, delivery.rows_not_data AS rows_not_data, delivery.rows_new AS rows_new, delivery.rows_changed AS rows_changed, delivery.rows_unchanged AS rows_unchanged, delivery.rows_quarantined AS rows_quarantined, delivery.rows_refused AS rows_refused, delivery.records_ended AS records_ended, delivery.decided_by AS decided_by, delivery.decided_at AS decided_at, delivery.publication AS publication 
FROM delivery 
WHERE delivery.publication <= $1::BIGINT) AS delivery_1 ON delivery_1.division = $2::INTEGER AND delivery_1.id = record_1.delivery LEFT OUTER JOIN (SELECT identity.division, identity.id, identity.person, identity.tier, identity.score, identity.reasons, identity.rule_version, identity.cluster, identity.household, identity.valid 
FROM identity 
WHERE identity.known_from <= $1::BIGINT UNION ALL SELECT identity_history.division, identity_history.id, identity_history.person, identity_history.tier, identity_history.score, identity_history.reasons, identity_history.rule_version, identity_history.cluster, identity_history.household, identity_history.valid 
FROM identity_history 
WHERE identity_history.known @> $1::BIGINT) AS identity_1 ON identity_1.division = $2::INTEGER AND identity_1.id = CAST(NULL AS BIGINT) AND (identity_1.valid @> (SELECT publication_1.business_date 
FROM publication AS publication_1 
WHERE publication_1.division = $2::INTEGER AND publication_1.no = $1::BIGINT)) 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM (SELECT cohort_count.division, cohort_count.id, cohort_count.source, cohort_count.record, cohort_count.hash, cohort_count.school, cohort_count.school_year, cohort_count.grade, cohort_count.entered, cohort_count.pupils, cohort_count.graduated, cohort_count.transferred_in, cohort_count.transferred_out, cohort_count.died, cohort_count.valid 
FROM cohort_count 
WHERE cohort_count.known_from <= $1::BIGINT UNION ALL SELECT cohort_count_history.division, cohort_count_history.id, cohort_count_history.source, cohort_count_history.record, cohort_count_history.hash, cohort_count_history.school, cohort_count_history.school_year, cohort_count_history.grade, cohort_count_history.entered, cohort_count_history.pupils, cohort_count_history.graduated, cohort_count_history.transferred_in, cohort_count_history.transferred_out, cohort_count_history.died, cohort_count_history.valid 
FROM cohort_count_history 
WHERE cohort_count_history.known @> $1::BIGINT) AS cohort_count_1 
WHERE cohort_count_1.division = $2::INTEGER AND cohort_count_1.id = $3::BIGINT ORDER BY cohort_count_1.id, cohort_count_1.valid 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, NOT (EXISTS (SELECT publication_2.no 
FROM publication AS publication_2 
WHERE publication_2.division = $2::INTEGER AND publication_2.no = $1::BIGINT)) AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
