SELECT convert_to(concat('{"data":', concat('{"linkReviews":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM (SELECT link_review.division, link_review.id, link_review.mention, link_review.other, link_review.score, link_review.kind, link_review.reasons, link_review.valid 
FROM link_review 
WHERE link_review.known_from <= $1::BIGINT UNION ALL SELECT link_review_history.division, link_review_history.id, link_review_history.mention, link_review_history.other, link_review_history.score, link_review_history.kind, link_review_history.reasons, link_review_history.valid 
FROM link_review_history 
WHERE link_review_history.known @> $1::BIGINT) AS link_review_1 
WHERE link_review_1.division = $2::INTEGER) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat('{"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"mention":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM (SELECT mention.division, mention.id, mention.record, mention.hash, mention.source, mention.role, mention.kind, mention.anchor, mention.name, mention.former_name, mention.number_mask, mention.number_blind, mention.document_type, mention.student_number_mask, mention.student_number_blind, mention.certificate_number_mask, mention.certificate_number_blind, mention.sex, mention.born, mention.ethnic_group, mention.phone_mask, mention.phone_blind, mention.township, mention.village, mention.address, mention.deceased_on, mention.number_state, mention.earlier_blind, mention.name_key, mention.pinyin, mention.birth_date, mention.relation, mention.register_household, mention.living_household, mention.school, mention.valid 
FROM mention 
WHERE mention.known_from <= $1::BIGINT UNION ALL SELECT mention_history.division, mention_history.id, mention_history.record, mention_history.hash, mention_history.source, mention_history.role, mention_history.kind, mention_history.anchor, mention_history.name, mention_history.former_name, mention_history.number_mask, mention_history.number_blind, mention_history.document_type, mention_history.student_number_mask, mention_history.student_number_blind, mention_history.certificate_number_mask, mention_history.certificate_number_blind, mention_history.sex, mention_history.born, mention_history.ethnic_group, mention_history.phone_mask, mention_history.phone_blind, mention_history.township, mention_history.village, mention_history.address, mention_history.deceased_on, mention_history.number_state, mention_history.earlier_blind, mention_history.name_key, mention_history.pinyin, mention_history.birth_date, mention_history.relation, mention_history.register_household, mention_history.living_household, mention_history.school, mention_history.valid 
FROM mention_history 
WHERE mention_history.known @> $1::BIGINT) AS mention_1 
WHERE mention_1.division = $2::INTEGER AND mention_1.id = page_1."mention" ORDER BY mention_1.valid DESC 
 LIMIT 1), 'null'), ',"verdict":', coalesce((SELECT concat('{"same":', coalesce(CAST(link_verdict_1.same AS TEXT), 'null'), '}') AS concat_3 
FROM (SELECT link_verdict.division, link_verdict.id, link_verdict.mention, link_verdict.other, link_verdict.same, link_verdict.by, link_verdict.reason, link_verdict.decided_on, link_verdict.settler, link_verdict.valid 
FROM link_verdict 
WHERE link_verdict.known_from <= $1::BIGINT UNION ALL SELECT link_verdict_history.division, link_verdict_history.id, link_verdict_history.mention, link_verdict_history.other, link_verdict_history.same, link_verdict_history.by, link_verdict_history.reason, link_verdict_history.decided_on, link_verdict_history.settler, link_verdict_history.valid 
FROM link_verdict_history 
WHERE link_verdict_history.known @> $1::BIGINT) AS link_verdict_1 
WHERE link_verdict_1.division = $2::INTEGER AND link_verdict_1.mention = least(page_1."mention", page_1."other") AND link_verdict_1.other = greatest(page_1."mention", page_1."other") ORDER BY link_verdict_1.id, link_verdict_1.valid 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 4) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.kind AS kind, anon_1.mention AS mention, anon_1.other AS other, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, anon_1.key_2 AS key_2, row_number() OVER (ORDER BY anon_1.key_0, anon_1.key_1, anon_1.key_2) AS n, count(*) OVER () AS found 
FROM (SELECT link_review_1.kind AS kind, link_review_1.mention AS mention, link_review_1.other AS other, CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_2 
FROM (SELECT link_verdict.division, link_verdict.id, link_verdict.mention, link_verdict.other, link_verdict.same, link_verdict.by, link_verdict.reason, link_verdict.decided_on, link_verdict.settler, link_verdict.valid 
FROM link_verdict 
WHERE link_verdict.known_from <= $1::BIGINT UNION ALL SELECT link_verdict_history.division, link_verdict_history.id, link_verdict_history.mention, link_verdict_history.other, link_verdict_history.same, link_verdict_history.by, link_verdict_history.reason, link_verdict_history.decided_on, link_verdict_history.settler, link_verdict_history.valid 
FROM link_verdict_history 
WHERE link_verdict_history.known @> $1::BIGINT) AS link_verdict_2 
WHERE link_verdict_2.division = $2::INTEGER AND link_verdict_2.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_2.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_2.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER) AS key_0, CAST(round(-1000 * link_review_1.score) AS INTEGER) AS key_1, link_review_1.id AS key_2 
FROM (SELECT link_review.division, link_review.id, link_review.mention, link_review.other, link_review.score, link_review.kind, link_review.reasons, link_review.valid 
FROM link_review 
WHERE link_review.known_from <= $1::BIGINT UNION ALL SELECT link_review_history.division, link_review_history.id, link_review_history.mention, link_review_history.other, link_review_history.score, link_review_history.kind, link_review_history.reasons, link_review_history.valid 
FROM link_review_history 
WHERE link_review_history.known @> $1::BIGINT) AS link_review_1 
WHERE link_review_1.division = $2::INTEGER ORDER BY CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_2 
FROM (SELECT link_verdict.division, link_verdict.id, link_verdict.mention, link_verdict.other, link_verdict.same, link_verdict.by, link_verdict.reason, link_verdict.decided_on, link_verdict.settler, link_verdict.valid 
FROM link_verdict 
WHERE link_verdict.known_from <= $1::BIGINT UNION ALL SELECT link_verdict_history.division, link_verdict_history.id, link_verdict_history.mention, link_verdict_history.other, link_verdict_history.same, link_verdict_history.by, link_verdict_history.reason, link_verdict_history.decided_on, link_verdict_history.settler, link_verdict_history.valid 
FROM link_verdict_history 
WHERE link_verdict_history.known @> $1::BIGINT) AS link_verdict_2 
WHERE link_verdict_2.division = $2::INTEGER AND link_verdict_2.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_2.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_2.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER), CAST(round(-1000 * link_review_1.score) AS INTEGER), link_review_1.id 
 LIMIT 5) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, NOT (EXISTS (SELECT publication_1.no 
FROM publication AS publication_1 
WHERE publication_1.division = $2::INTEGER AND publication_1.no = $1::BIGINT)) AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
