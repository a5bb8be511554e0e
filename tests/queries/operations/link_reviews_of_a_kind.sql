SELECT convert_to(concat('{"data":', concat('{"linkReviews":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER AND link_review_1.kind = $2::VARCHAR) AS TEXT), 'null'), ',"edges":', coalesce('[' || string_agg(concat('{"cursor":', coalesce(CAST(to_json(translate(encode(convert_to(concat('["linkReviews"', ',', page_1."key_0", ',', page_1."key_1", ',', page_1."key_2", ']'), 'UTF8'), 'base64'), E'+/=\n', '-_')) AS TEXT), 'null'), ',"node":', concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('LinkReview:', page_1."id"), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"kind":', coalesce(CAST(to_json(page_1."kind") AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(page_1."score" AS FLOAT)) AS TEXT), 'null'), '}'), '}'), ',' ORDER BY page_1."n" DESC) FILTER (WHERE page_1."n" <= 3) || ']', '[]'), '}') AS concat_1 
FROM (SELECT anon_1.id AS id, anon_1.kind AS kind, anon_1.score AS score, anon_1.key_0 AS key_0, anon_1.key_1 AS key_1, anon_1.key_2 AS key_2, row_number() OVER (ORDER BY anon_1.key_0 DESC, anon_1.key_1 DESC, anon_1.key_2 DESC) AS n, count(*) OVER () AS found 
FROM (SELECT link_review_1.id AS id, link_review_1.kind AS kind, link_review_1.score AS score, CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_2 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER) AS key_0, CAST(round(-1000 * link_review_1.score) AS INTEGER) AS key_1, link_review_1.id AS key_2 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER AND link_review_1.kind = $2::VARCHAR ORDER BY CAST(CASE link_review_1.kind WHEN 'NUMBER_CONFLICT' THEN 0 WHEN 'ADULT_NUMBER' THEN 1 WHEN 'TWINS' THEN 2 WHEN 'SEVERAL_CANDIDATES' THEN 3 WHEN 'BAND' THEN 4 WHEN 'ADULT_CONFLICT' THEN 5 ELSE 6 END + CASE WHEN (EXISTS (SELECT 1 AS anon_2 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) AND link_verdict_1.same IS NULL)) THEN 7 ELSE 0 END AS INTEGER) DESC, CAST(round(-1000 * link_review_1.score) AS INTEGER) DESC, link_review_1.id DESC 
 LIMIT 4) AS anon_1) AS page_1 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
