SELECT convert_to(concat('{"data":', concat('{"linkReviews":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('LinkReview:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(page_1."score" AS FLOAT)) AS TEXT), 'null'), ',"reasons":', (SELECT coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json((anon_1.value ->> 0)) AS TEXT), 'null'), ',"weight":', coalesce(CAST(to_json(CAST((anon_1.value ->> 1) AS FLOAT)) AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.position) || ']', '[]') AS coalesce_1 
FROM jsonb_array_elements(page_1."reasons") WITH ORDINALITY AS anon_1(value, position)), ',"mention":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_1.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_1.name) AS TEXT), 'null'), ',"role":', coalesce(CAST(to_json(mention_1.role) AS TEXT), 'null'), ',"source":', coalesce((SELECT concat('{"source":', coalesce(CAST(to_json(mention_1.source) AS TEXT), 'null'), '}') AS concat_3 
FROM (SELECT 1 AS here) AS anon_2 
 LIMIT 1), 'null'), ',"record":', coalesce((SELECT concat(chr(1), 'Record/', coalesce(CAST(record_1.id AS TEXT), ''), chr(2), '{"payload":', coalesce(CAST((SELECT coalesce(json_object_agg(anon_3.key, CASE WHEN (jsonb_typeof(anon_3.value) = 'object') THEN anon_3.value['mask'] ELSE anon_3.value END), CAST('{}' AS JSON)) AS coalesce_2 
FROM jsonb_each(record_1.payload) AS anon_3(key, value)) AS TEXT), 'null'), ',"rowNumber":', coalesce(CAST(record_1.row AS TEXT), 'null'), '}') AS concat_4 
FROM record AS record_1 
WHERE record_1.division = $1::INTEGER AND record_1.id = mention_1.record AND record_1.hash = mention_1.hash 
 LIMIT 1), 'null'), '}') AS concat_2 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = page_1."mention" ORDER BY mention_1.valid DESC 
 LIMIT 1), 'null'), ',"other":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_2.id AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(mention_2.name) AS TEXT), 'null'), ',"record":', coalesce((SELECT concat(chr(1), 'Record/', coalesce(CAST(record_2.id AS TEXT), ''), chr(2), '{"rowNumber":', coalesce(CAST(record_2.row AS TEXT), 'null'), '}') AS concat_6 
FROM record AS record_2 
WHERE record_2.division = $1::INTEGER AND record_2.id = mention_2.record AND record_2.hash = mention_2.hash 
 LIMIT 1), 'null'), '}') AS concat_5 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = page_1."other" ORDER BY mention_2.valid DESC 
 LIMIT 1), 'null'), ',"verdict":', coalesce((SELECT concat('{"same":', coalesce(CAST(link_verdict_1.same AS TEXT), 'null'), ',"by":', coalesce(CAST(to_json(link_verdict_1.by) AS TEXT), 'null'), '}') AS concat_7 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(page_1."mention", page_1."other") AND link_verdict_1.other = greatest(page_1."mention", page_1."other") ORDER BY link_verdict_1.id, link_verdict_1.valid 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 5) || ']', '[]'), ',"pageInfo":', concat('{"hasNextPage":', coalesce(CAST(coalesce(max(page_1."found") > 5, false) AS TEXT), 'null'), ',"endCursor":', coalesce(CAST(to_json(max(translate(encode(convert_to(concat('["linkReviews"', ',', page_1."key_0", ',', page_1."key_1", ',', page_1."key_2", ']'), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (WHERE page_1."n" = least(page_1."found", 5) AND page_1."n" <= 5)) AS TEXT), 'null'), '}'), '}') AS concat_1 
FROM (SELECT anon_4.id AS id, anon_4.kind AS kind, anon_4.score AS score, anon_4.reasons AS reasons, anon_4.mention AS mention, anon_4.other AS other, anon_4.key_0 AS key_0, anon_4.key_1 AS key_1, anon_4.key_2 AS key_2, row_number() OVER (ORDER BY anon_4.key_0, anon_4.key_1, anon_4.key_2) AS n, count(*) OVER () AS found 
FROM (SELECT link_review_1.id AS id, link_review_1.kind AS kind, link_review_1.score AS score, link_review_1.reasons AS reasons, link_review_1.mention AS mention, link_review_1.other AS other, CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_5 
FROM link_verdict AS link_verdict_2 
WHERE link_verdict_2.division = $1::INTEGER AND link_verdict_2.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_2.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_2.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER) AS key_0, CAST(round(-1000 * link_review_1.score) AS INTEGER) AS key_1, link_review_1.id AS key_2 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER ORDER BY CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_5 
FROM link_verdict AS link_verdict_2 
WHERE link_verdict_2.division = $1::INTEGER AND link_verdict_2.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_2.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_2.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER), CAST(round(-1000 * link_review_1.score) AS INTEGER), link_review_1.id 
 LIMIT 6) AS anon_4) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
