SELECT convert_to(concat('{"data":', concat('{"linkReviews":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER AND (EXISTS (SELECT 1 AS anon_1 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NOT NULL))) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat('{"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"verdict":', coalesce((SELECT concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('LinkVerdict:', link_verdict_2.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"same":', coalesce(CAST(link_verdict_2.same AS TEXT), 'null'), ',"by":', coalesce(CAST(to_json(link_verdict_2.by) AS TEXT), 'null'), ',"reason":', coalesce(CAST(to_json(link_verdict_2.reason) AS TEXT), 'null'), ',"decidedOn":', coalesce('"' || CAST(link_verdict_2.decided_on AS TEXT) || '"', 'null'), ',"mention":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_1.id AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Mention:', mention_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), '}') AS concat_3 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = link_verdict_2.mention ORDER BY mention_1.valid DESC 
 LIMIT 1), 'null'), ',"other":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_2.id AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Mention:', mention_2.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), '}') AS concat_4 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = link_verdict_2.other ORDER BY mention_2.valid DESC 
 LIMIT 1), 'null'), '}') AS concat_2 
FROM link_verdict AS link_verdict_2 
WHERE link_verdict_2.division = $1::INTEGER AND link_verdict_2.mention = least(page_1."mention", page_1."other") AND link_verdict_2.other = greatest(page_1."mention", page_1."other") ORDER BY link_verdict_2.id, link_verdict_2.valid 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 50) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_2.kind AS kind, anon_2.mention AS mention, anon_2.other AS other, anon_2.key_0 AS key_0, anon_2.key_1 AS key_1, anon_2.key_2 AS key_2, row_number() OVER (ORDER BY anon_2.key_0, anon_2.key_1, anon_2.key_2) AS n, count(*) OVER () AS found 
FROM (SELECT link_review_1.kind AS kind, link_review_1.mention AS mention, link_review_1.other AS other, CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_1 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER) AS key_0, CAST(round(-1000 * link_review_1.score) AS INTEGER) AS key_1, link_review_1.id AS key_2 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER AND (EXISTS (SELECT 1 AS anon_1 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NOT NULL)) ORDER BY CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_1 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER), CAST(round(-1000 * link_review_1.score) AS INTEGER), link_review_1.id 
 LIMIT 51) AS anon_2) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $2::VARCHAR, true), set_config('hub.reach', $3::VARCHAR, true), set_config('hub.care', $4::VARCHAR, true), set_config('hub.towns', $5::VARCHAR, true), set_config('hub.tables', $6::VARCHAR, true), set_config('hub.day', $7::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
