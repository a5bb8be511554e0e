SELECT convert_to(concat('{"data":', concat('{"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"division":', coalesce((SELECT concat('{"code":', coalesce(CAST(to_json(anon_1.code) AS TEXT), 'null'), ',"name":', coalesce(CAST(to_json(anon_1.name) AS TEXT), 'null'), ',"children":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM person_resolved AS person_resolved_2 
WHERE person_resolved_2.division = $1::INTEGER AND person_resolved_2.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_2.birth_date IS NULL OR person_resolved_2.birth_date <= $2::DATE) AND (anon_1.code = '210281' OR anon_1.code != '210281' AND person_resolved_2.township = anon_1.code)) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."id" AS TEXT), ''), chr(2), '{"name":', coalesce(CAST(to_json(page_1."name") AS TEXT), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 2) || ']', '[]'), '}') AS concat_3 
FROM (SELECT anon_2.name AS name, anon_2.id AS id, anon_2.key_0 AS key_0, anon_2.key_1 AS key_1, row_number() OVER (ORDER BY anon_2.key_0, anon_2.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT person_resolved_2.name AS name, person_resolved_2.id AS id, person_resolved_2.name_order AS key_0, person_resolved_2.id AS key_1 
FROM person_resolved AS person_resolved_2 
WHERE person_resolved_2.division = $1::INTEGER AND person_resolved_2.born_to > CAST($2::DATE - make_interval(18) AS DATE) AND (person_resolved_2.birth_date IS NULL OR person_resolved_2.birth_date <= $2::DATE) AND (anon_1.code = '210281' OR anon_1.code != '210281' AND person_resolved_2.township = anon_1.code) ORDER BY person_resolved_2.name_order, person_resolved_2.id 
 LIMIT 3) AS anon_2) AS page_1 
HAVING count(*) >= 0), '}') AS concat_2 
FROM (VALUES ('210281001', '新华街道'), ('210281002', '文兰街道'), ('210281003', '岭东街道'), ('210281004', '共济街道'), ('210281005', '铁东街道'), ('210281006', '祝华街道'), ('210281007', '岗店街道'), ('210281008', '太阳街道'), ('210281009', '长兴岛街道'), ('210281010', '九龙街道'), ('210281011', '交流岛街道'), ('210281101', '复州城镇'), ('210281103', '松树镇'), ('210281105', '得利寺镇'), ('210281106', '万家岭镇'), ('210281107', '许屯镇'), ('210281108', '永宁镇'), ('210281109', '谢屯镇'), ('210281112', '老虎屯镇'), ('210281113', '红沿河镇'), ('210281115', '李官镇'), ('210281116', '仙浴湾镇'), ('210281117', '元台镇'), ('210281118', '瓦窝镇'), ('210281201', '赵屯乡'), ('210281203', '土城乡'), ('210281204', '阎店乡'), ('210281205', '西杨乡'), ('210281206', '驼山乡'), ('210281208', '三台满族乡'), ('210281210', '泡崖乡'), ('210281212', '杨家满族乡'), ('210281', '瓦房店市')) AS anon_1 (code, name) 
WHERE anon_1.code = person_resolved_1.township 
 LIMIT 1), 'null'), '}') AS concat_1 
FROM person_resolved AS person_resolved_1 
WHERE person_resolved_1.division = $1::INTEGER AND person_resolved_1.id = ANY (ARRAY[$3::BIGINT, (SELECT person_id_1.current 
FROM person_id AS person_id_1 
WHERE person_id_1.division = $1::INTEGER AND person_id_1.id = $3::BIGINT)]) AND person_resolved_1.valid @> $2::DATE ORDER BY person_resolved_1.id = $3::BIGINT DESC 
 LIMIT 1), 'null'), '}'), '}'), 'UTF8') AS answer, false AS refused 
FROM (SELECT concat(set_config('hub.divisions', $4::VARCHAR, true), set_config('hub.reach', $5::VARCHAR, true), set_config('hub.care', $6::VARCHAR, true), set_config('hub.towns', $7::VARCHAR, true), set_config('hub.tables', $8::VARCHAR, true), set_config('hub.day', $9::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
