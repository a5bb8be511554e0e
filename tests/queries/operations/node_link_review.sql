SELECT convert_to(concat('{"data":', concat('{"node":', coalesce((SELECT concat('{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('LinkReview:', link_review_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"kind":', coalesce(CAST(to_json(link_review_1.kind) AS TEXT), 'null'), ',"score":', coalesce(CAST(to_json(CAST(link_review_1.score AS FLOAT)) AS TEXT), 'null'), ',"reasons":', (SELECT coalesce('[' || string_agg(concat('{"name":', coalesce(CAST(to_json((anon_1.value ->> 0)) AS TEXT), 'null'), ',"weight":', coalesce(CAST(to_json(CAST((anon_1.value ->> 1) AS FLOAT)) AS TEXT), 'null'), '}'), ',' ORDER BY anon_1.position) || ']', '[]') AS coalesce_1 
FROM jsonb_array_elements(link_review_1.reasons) WITH ORDINALITY AS anon_1(value, position)), ',"mention":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_1.id AS TEXT), ''), chr(2), '{"role":', coalesce(CAST(to_json(mention_1.role) AS TEXT), 'null'), '}') AS concat_2 
FROM mention AS mention_1 
WHERE mention_1.division = $1::INTEGER AND mention_1.id = link_review_1.mention ORDER BY mention_1.valid DESC 
 LIMIT 1), 'null'), ',"other":', coalesce((SELECT concat(chr(1), 'Mention/', coalesce(CAST(mention_2.id AS TEXT), ''), chr(2), '{"role":', coalesce(CAST(to_json(mention_2.role) AS TEXT), 'null'), '}') AS concat_3 
FROM mention AS mention_2 
WHERE mention_2.division = $1::INTEGER AND mention_2.id = link_review_1.other ORDER BY mention_2.valid DESC 
 LIMIT 1), 'null'), ',"verdict":', coalesce((SELECT concat('{"same":', coalesce(CAST(link_verdict_1.same AS TEXT), 'null'), '}') AS concat_4 
FROM link_verdict AS link_verdict_1 
WHERE link_verdict_1.division = $1::INTEGER AND link_verdict_1.mention = least(link_review_1.mention, link_review_1.other) AND link_verdict_1.other = greatest(link_review_1.mention, link_review_1.other) ORDER BY link_verdict_1.id, link_verdict_1.valid 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM link_review AS link_review_1 
WHERE link_review_1.division = $1::INTEGER AND link_review_1.id = $2::BIGINT ORDER BY link_review_1.id, link_review_1.valid 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $3::VARCHAR, true), set_config('hub.reach', $4::VARCHAR, true), set_config('hub.care', $5::VARCHAR, true), set_config('hub.towns', $6::VARCHAR, true), set_config('hub.tables', $7::VARCHAR, true), set_config('hub.day', $8::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
