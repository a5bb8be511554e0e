SELECT convert_to(concat('{"data":', concat('{"out":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_1 
FROM (SELECT anon_2.subject AS subject, anon_2.person AS person, anon_2.township AS township, anon_2.below AS below, anon_2.above AS above, CAST(NULL AS BIGINT) AS finding, CAST(NULL AS BIGINT) AS cohort_count 
FROM (WITH asked AS 
(SELECT $1::DATE AS day, CAST(EXTRACT(year FROM $1::DATE) - CASE WHEN (EXTRACT(month FROM $1::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
register_entry AS 
(SELECT register_entry_1.division AS division, register_entry_1.id AS id, register_entry_1.person AS person, register_entry_1.school_year AS school_year, register_entry_1.township AS township, register_entry_1.age AS age, register_entry_1.certain AS certain, register_entry_1.local AS local, register_entry_1.conclusion AS conclusion, register_entry_1.school AS school, register_entry_1.owner AS owner, register_entry_1.sources AS sources, register_entry_1.valid AS valid 
FROM (SELECT register_entry.division, register_entry.id, register_entry.person, register_entry.school_year, register_entry.township, register_entry.age, register_entry.certain, register_entry.local, register_entry.conclusion, register_entry.school, register_entry.owner, register_entry.sources, register_entry.valid 
FROM register_entry 
WHERE register_entry.known_from <= $2::BIGINT UNION ALL SELECT register_entry_history.division, register_entry_history.id, register_entry_history.person, register_entry_history.school_year, register_entry_history.township, register_entry_history.age, register_entry_history.certain, register_entry_history.local, register_entry_history.conclusion, register_entry_history.school, register_entry_history.owner, register_entry_history.sources, register_entry_history.valid 
FROM register_entry_history 
WHERE register_entry_history.known @> $2::BIGINT) AS register_entry_1 
WHERE register_entry_1.division = $3::INTEGER)
 
    select r.person as subject, r.person, coalesce(r.township, '') as township, 1 as below, case when r.conclusion in ('在校', '在校(特教)', '送教上门', '市外或境外就读', '中职在读') then 1 else 0 end as above
      from register_entry r where r.school_year = (select year from asked) and r.valid @> (select day from asked) and r.local and r.conclusion not in ('死亡', '户口迁出或注销', '已完成义务教育')) AS anon_2) AS anon_1 
WHERE anon_1.above <= 0) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_1."person" AS TEXT), ''), chr(2), '{"township":', coalesce(CAST(to_json(page_1."township") AS TEXT), 'null'), ',"above":', coalesce(CAST(page_1."above" AS TEXT), 'null'), ',"below":', coalesce(CAST(page_1."below" AS TEXT), 'null'), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_1.id AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', person_resolved_1.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"name":', coalesce(CAST(to_json(person_resolved_1.name) AS TEXT), 'null'), '}') AS concat_2 
FROM (SELECT person_resolved.division, person_resolved.id, person_resolved.name, person_resolved.pinyin, person_resolved.former_name, person_resolved.sex, person_resolved.birth_date, person_resolved.born, person_resolved.born_from, person_resolved.born_to, person_resolved.ethnic_group, person_resolved.number_mask, person_resolved.number_blind, person_resolved.phone_mask, person_resolved.township, person_resolved.village, person_resolved.hukou_township, person_resolved.register_household, person_resolved.living_household, person_resolved.deceased_on, person_resolved.chosen, person_resolved.name_order, person_resolved.township_order, person_resolved.valid 
FROM person_resolved 
WHERE person_resolved.known_from <= $2::BIGINT UNION ALL SELECT person_resolved_history.division, person_resolved_history.id, person_resolved_history.name, person_resolved_history.pinyin, person_resolved_history.former_name, person_resolved_history.sex, person_resolved_history.birth_date, person_resolved_history.born, person_resolved_history.born_from, person_resolved_history.born_to, person_resolved_history.ethnic_group, person_resolved_history.number_mask, person_resolved_history.number_blind, person_resolved_history.phone_mask, person_resolved_history.township, person_resolved_history.village, person_resolved_history.hukou_township, person_resolved_history.register_household, person_resolved_history.living_household, person_resolved_history.deceased_on, person_resolved_history.chosen, person_resolved_history.name_order, person_resolved_history.township_order, person_resolved_history.valid 
FROM person_resolved_history 
WHERE person_resolved_history.known @> $2::BIGINT) AS person_resolved_1 
WHERE person_resolved_1.division = $3::INTEGER AND person_resolved_1.id = page_1."person" AND (person_resolved_1.valid @> $1::DATE) ORDER BY person_resolved_1.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_1."n") FILTER (WHERE page_1."n" <= 3) || ']', '[]'), ',"pageInfo":', concat('{"hasNextPage":', coalesce(CAST(coalesce(max(page_1."found") > 3, false) AS TEXT), 'null'), ',"endCursor":', coalesce(CAST(to_json(max(translate(encode(convert_to(concat('["indicatorSubjects"', ',', to_json(page_1."key_0"), ',', page_1."key_1", ']'), 'UTF8'), 'base64'), E'+/=\n', '-_')) FILTER (WHERE page_1."n" = least(page_1."found", 3) AND page_1."n" <= 3)) AS TEXT), 'null'), '}'), '}') AS concat_1 
FROM (SELECT anon_3.township AS township, anon_3.above AS above, anon_3.below AS below, anon_3.person AS person, anon_3.key_0 AS key_0, anon_3.key_1 AS key_1, row_number() OVER (ORDER BY anon_3.key_0, anon_3.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT anon_1.township AS township, anon_1.above AS above, anon_1.below AS below, anon_1.person AS person, anon_1.township COLLATE "C" AS key_0, anon_1.subject AS key_1 
FROM (SELECT anon_2.subject AS subject, anon_2.person AS person, anon_2.township AS township, anon_2.below AS below, anon_2.above AS above, CAST(NULL AS BIGINT) AS finding, CAST(NULL AS BIGINT) AS cohort_count 
FROM (WITH asked AS 
(SELECT $1::DATE AS day, CAST(EXTRACT(year FROM $1::DATE) - CASE WHEN (EXTRACT(month FROM $1::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
register_entry AS 
(SELECT register_entry_1.division AS division, register_entry_1.id AS id, register_entry_1.person AS person, register_entry_1.school_year AS school_year, register_entry_1.township AS township, register_entry_1.age AS age, register_entry_1.certain AS certain, register_entry_1.local AS local, register_entry_1.conclusion AS conclusion, register_entry_1.school AS school, register_entry_1.owner AS owner, register_entry_1.sources AS sources, register_entry_1.valid AS valid 
FROM (SELECT register_entry.division, register_entry.id, register_entry.person, register_entry.school_year, register_entry.township, register_entry.age, register_entry.certain, register_entry.local, register_entry.conclusion, register_entry.school, register_entry.owner, register_entry.sources, register_entry.valid 
FROM register_entry 
WHERE register_entry.known_from <= $2::BIGINT UNION ALL SELECT register_entry_history.division, register_entry_history.id, register_entry_history.person, register_entry_history.school_year, register_entry_history.township, register_entry_history.age, register_entry_history.certain, register_entry_history.local, register_entry_history.conclusion, register_entry_history.school, register_entry_history.owner, register_entry_history.sources, register_entry_history.valid 
FROM register_entry_history 
WHERE register_entry_history.known @> $2::BIGINT) AS register_entry_1 
WHERE register_entry_1.division = $3::INTEGER)
 
    select r.person as subject, r.person, coalesce(r.township, '') as township, 1 as below, case when r.conclusion in ('在校', '在校(特教)', '送教上门', '市外或境外就读', '中职在读') then 1 else 0 end as above
      from register_entry r where r.school_year = (select year from asked) and r.valid @> (select day from asked) and r.local and r.conclusion not in ('死亡', '户口迁出或注销', '已完成义务教育')) AS anon_2) AS anon_1 
WHERE anon_1.above <= 0 ORDER BY anon_1.township COLLATE "C", anon_1.subject 
 LIMIT 4) AS anon_3) AS page_1 
HAVING count(*) >= 0), ',"all":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_2 
FROM (SELECT anon_5.subject AS subject, anon_5.person AS person, anon_5.township AS township, anon_5.below AS below, anon_5.above AS above, anon_5.subject AS finding, CAST(NULL AS BIGINT) AS cohort_count 
FROM (WITH asked AS 
(SELECT $4::DATE AS day, CAST(EXTRACT(year FROM $4::DATE) - CASE WHEN (EXTRACT(month FROM $4::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
finding AS 
(SELECT finding_1.division AS division, finding_1.id AS id, finding_1.rule AS rule, finding_1.rule_version AS rule_version, finding_1.person AS person, finding_1.subject AS subject, finding_1.kind AS kind, finding_1.school_year AS school_year, finding_1.reference_date AS reference_date, finding_1.severity AS severity, finding_1.confidence AS confidence, finding_1.status AS status, finding_1.township AS township, finding_1.school AS school, finding_1.opened_on AS opened_on, finding_1.last_seen_on AS last_seen_on, finding_1.due_on AS due_on, finding_1.contradicted_on AS contradicted_on, finding_1.conclusion AS conclusion, finding_1.concluded_on AS concluded_on, finding_1.reopened AS reopened, finding_1.evidence AS evidence, finding_1.reveals AS reveals, finding_1.valid AS valid, finding_1.known_from AS known_from 
FROM finding AS finding_1 
WHERE finding_1.division = $3::INTEGER)
 select f.id as subject, f.person, coalesce(f.township, '') as township, 1 as below, case when f.status = '销号' and f.concluded_on <= (select day from asked) then 1 else 0 end as above
             from finding f where f.school_year = (select year from asked) and f.valid @> (select day from asked)) AS anon_5) AS anon_4 
WHERE anon_4.township = $5::VARCHAR) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_2."person" AS TEXT), ''), chr(2), '{"finding":', coalesce((SELECT concat(chr(1), coalesce(CAST(finding_2.person AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Finding:', finding_2.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), ',"status":', coalesce(CAST(to_json(finding_2.status) AS TEXT), 'null'), '}') AS concat_4 
FROM finding AS finding_2 
WHERE finding_2.division = $3::INTEGER AND finding_2.id = page_2."finding" AND (finding_2.valid @> $4::DATE) ORDER BY finding_2.id 
 LIMIT 1), 'null'), ',"person":', coalesce((SELECT concat(chr(1), coalesce(CAST(person_resolved_2.id AS TEXT), ''), chr(2), '{"id":', coalesce(CAST(to_json(rtrim(encode(convert_to(concat('Person:', person_resolved_2.id), 'UTF8'), 'base64'), '=')) AS TEXT), 'null'), '}') AS concat_5 
FROM person_resolved AS person_resolved_2 
WHERE person_resolved_2.division = $3::INTEGER AND person_resolved_2.id = page_2."person" AND (person_resolved_2.valid @> $4::DATE) ORDER BY person_resolved_2.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_2."n") FILTER (WHERE page_2."n" <= 50) || ']', '[]'), '}') AS concat_3 
FROM (SELECT anon_6.finding AS finding, anon_6.person AS person, anon_6.key_0 AS key_0, anon_6.key_1 AS key_1, row_number() OVER (ORDER BY anon_6.key_0, anon_6.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT anon_4.finding AS finding, anon_4.person AS person, anon_4.township COLLATE "C" AS key_0, anon_4.subject AS key_1 
FROM (SELECT anon_5.subject AS subject, anon_5.person AS person, anon_5.township AS township, anon_5.below AS below, anon_5.above AS above, anon_5.subject AS finding, CAST(NULL AS BIGINT) AS cohort_count 
FROM (WITH asked AS 
(SELECT $4::DATE AS day, CAST(EXTRACT(year FROM $4::DATE) - CASE WHEN (EXTRACT(month FROM $4::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
finding AS 
(SELECT finding_1.division AS division, finding_1.id AS id, finding_1.rule AS rule, finding_1.rule_version AS rule_version, finding_1.person AS person, finding_1.subject AS subject, finding_1.kind AS kind, finding_1.school_year AS school_year, finding_1.reference_date AS reference_date, finding_1.severity AS severity, finding_1.confidence AS confidence, finding_1.status AS status, finding_1.township AS township, finding_1.school AS school, finding_1.opened_on AS opened_on, finding_1.last_seen_on AS last_seen_on, finding_1.due_on AS due_on, finding_1.contradicted_on AS contradicted_on, finding_1.conclusion AS conclusion, finding_1.concluded_on AS concluded_on, finding_1.reopened AS reopened, finding_1.evidence AS evidence, finding_1.reveals AS reveals, finding_1.valid AS valid, finding_1.known_from AS known_from 
FROM finding AS finding_1 
WHERE finding_1.division = $3::INTEGER)
 select f.id as subject, f.person, coalesce(f.township, '') as township, 1 as below, case when f.status = '销号' and f.concluded_on <= (select day from asked) then 1 else 0 end as above
             from finding f where f.school_year = (select year from asked) and f.valid @> (select day from asked)) AS anon_5) AS anon_4 
WHERE anon_4.township = $5::VARCHAR ORDER BY anon_4.township COLLATE "C", anon_4.subject 
 LIMIT 51) AS anon_6) AS page_2 
HAVING count(*) >= 0), ',"cohort":', (SELECT concat('{"totalCount":', coalesce(CAST((SELECT count(*) AS count_3 
FROM (SELECT anon_8.subject AS subject, anon_8.person AS person, anon_8.township AS township, anon_8.below AS below, anon_8.above AS above, CAST(NULL AS BIGINT) AS finding, anon_8.subject AS cohort_count 
FROM (WITH asked AS 
(SELECT $4::DATE AS day, CAST(EXTRACT(year FROM $4::DATE) - CASE WHEN (EXTRACT(month FROM $4::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
cohort_count AS 
(SELECT cohort_count_1.division AS division, cohort_count_1.id AS id, cohort_count_1.source AS source, cohort_count_1.record AS record, cohort_count_1.hash AS hash, cohort_count_1.school AS school, cohort_count_1.school_year AS school_year, cohort_count_1.grade AS grade, cohort_count_1.entered AS entered, cohort_count_1.pupils AS pupils, cohort_count_1.graduated AS graduated, cohort_count_1.transferred_in AS transferred_in, cohort_count_1.transferred_out AS transferred_out, cohort_count_1.died AS died, cohort_count_1.valid AS valid, cohort_count_1.known_from AS known_from 
FROM cohort_count AS cohort_count_1 
WHERE cohort_count_1.division = $3::INTEGER), 
school AS 
(SELECT school_1.division AS division, school_1.id AS id, school_1.name AS name, school_1.township AS township, school_1.publication AS publication 
FROM school AS school_1 
WHERE school_1.division = $3::INTEGER), 
school_profile AS 
(SELECT school_profile_1.division AS division, school_profile_1.id AS id, school_profile_1.source AS source, school_profile_1.record AS record, school_profile_1.hash AS hash, school_profile_1.school AS school, school_profile_1.code AS code, school_profile_1.kind AS kind, school_profile_1.ownership AS ownership, school_profile_1.parent AS parent, school_profile_1.township AS township, school_profile_1.village AS village, school_profile_1.address AS address, school_profile_1.resource_room AS resource_room, school_profile_1.special_teachers AS special_teachers, school_profile_1.valid AS valid, school_profile_1.known_from AS known_from 
FROM school_profile AS school_profile_1 
WHERE school_profile_1.division = $3::INTEGER)
 
    select c.id as subject, null::bigint as person, coalesce(k.township, s.township, '') as township,
           (case when c.grade = 1 then coalesce(c.entered, 0) else 0 end + coalesce(c.transferred_in, 0) - coalesce(c.transferred_out, 0) - coalesce(c.died, 0))::int as below, (case when c.grade = 9 then coalesce(c.graduated, 0) else 0 end)::int as above
      from cohort_count c left join school s on s.division = c.division and s.id = c.school
      left join lateral (select township from school_profile k where k.school = c.school and k.valid @> (select day from asked) and k.township is not null order by lower(k.valid) desc, k.id limit 1) k on true
     where c.valid @> (select day from asked) and c.grade between 1 and 9 and left(c.school_year, 4) = ((select year from asked) - 10 + c.grade)::text) AS anon_8) AS anon_7) AS TEXT), 'null'), ',"nodes":', coalesce('[' || string_agg(concat(chr(1), coalesce(CAST(page_3."person" AS TEXT), ''), chr(2), '{"above":', coalesce(CAST(page_3."above" AS TEXT), 'null'), ',"below":', coalesce(CAST(page_3."below" AS TEXT), 'null'), ',"cohortCount":', coalesce((SELECT concat('{"grade":', coalesce(CAST(cohort_count_2.grade AS TEXT), 'null'), ',"entered":', coalesce(CAST(cohort_count_2.entered AS TEXT), 'null'), ',"graduated":', coalesce(CAST(cohort_count_2.graduated AS TEXT), 'null'), '}') AS concat_7 
FROM cohort_count AS cohort_count_2 
WHERE cohort_count_2.division = $3::INTEGER AND cohort_count_2.id = page_3."cohort_count" AND (cohort_count_2.valid @> $4::DATE) ORDER BY cohort_count_2.id 
 LIMIT 1), 'null'), '}'), ',' ORDER BY page_3."n") FILTER (WHERE page_3."n" <= 2) || ']', '[]'), '}') AS concat_6 
FROM (SELECT anon_9.above AS above, anon_9.below AS below, anon_9.cohort_count AS cohort_count, anon_9.person AS person, anon_9.key_0 AS key_0, anon_9.key_1 AS key_1, row_number() OVER (ORDER BY anon_9.key_0, anon_9.key_1) AS n, count(*) OVER () AS found 
FROM (SELECT anon_7.above AS above, anon_7.below AS below, anon_7.cohort_count AS cohort_count, anon_7.person AS person, anon_7.township COLLATE "C" AS key_0, anon_7.subject AS key_1 
FROM (SELECT anon_8.subject AS subject, anon_8.person AS person, anon_8.township AS township, anon_8.below AS below, anon_8.above AS above, CAST(NULL AS BIGINT) AS finding, anon_8.subject AS cohort_count 
FROM (WITH asked AS 
(SELECT $4::DATE AS day, CAST(EXTRACT(year FROM $4::DATE) - CASE WHEN (EXTRACT(month FROM $4::DATE) >= 9) THEN 0 ELSE 1 END AS INTEGER) AS year), 
cohort_count AS 
(SELECT cohort_count_1.division AS division, cohort_count_1.id AS id, cohort_count_1.source AS source, cohort_count_1.record AS record, cohort_count_1.hash AS hash, cohort_count_1.school AS school, cohort_count_1.school_year AS school_year, cohort_count_1.grade AS grade, cohort_count_1.entered AS entered, cohort_count_1.pupils AS pupils, cohort_count_1.graduated AS graduated, cohort_count_1.transferred_in AS transferred_in, cohort_count_1.transferred_out AS transferred_out, cohort_count_1.died AS died, cohort_count_1.valid AS valid, cohort_count_1.known_from AS known_from 
FROM cohort_count AS cohort_count_1 
WHERE cohort_count_1.division = $3::INTEGER), 
school AS 
(SELECT school_1.division AS division, school_1.id AS id, school_1.name AS name, school_1.township AS township, school_1.publication AS publication 
FROM school AS school_1 
WHERE school_1.division = $3::INTEGER), 
school_profile AS 
(SELECT school_profile_1.division AS division, school_profile_1.id AS id, school_profile_1.source AS source, school_profile_1.record AS record, school_profile_1.hash AS hash, school_profile_1.school AS school, school_profile_1.code AS code, school_profile_1.kind AS kind, school_profile_1.ownership AS ownership, school_profile_1.parent AS parent, school_profile_1.township AS township, school_profile_1.village AS village, school_profile_1.address AS address, school_profile_1.resource_room AS resource_room, school_profile_1.special_teachers AS special_teachers, school_profile_1.valid AS valid, school_profile_1.known_from AS known_from 
FROM school_profile AS school_profile_1 
WHERE school_profile_1.division = $3::INTEGER)
 
    select c.id as subject, null::bigint as person, coalesce(k.township, s.township, '') as township,
           (case when c.grade = 1 then coalesce(c.entered, 0) else 0 end + coalesce(c.transferred_in, 0) - coalesce(c.transferred_out, 0) - coalesce(c.died, 0))::int as below, (case when c.grade = 9 then coalesce(c.graduated, 0) else 0 end)::int as above
      from cohort_count c left join school s on s.division = c.division and s.id = c.school
      left join lateral (select township from school_profile k where k.school = c.school and k.valid @> (select day from asked) and k.township is not null order by lower(k.valid) desc, k.id limit 1) k on true
     where c.valid @> (select day from asked) and c.grade between 1 and 9 and left(c.school_year, 4) = ((select year from asked) - 10 + c.grade)::text) AS anon_8) AS anon_7 ORDER BY anon_7.township COLLATE "C", anon_7.subject 
 LIMIT 3) AS anon_9) AS page_3 
HAVING count(*) >= 0), '}'), '}'), 'UTF8') AS answer, NOT (EXISTS (SELECT publication_1.no 
FROM publication AS publication_1 
WHERE publication_1.division = $3::INTEGER AND publication_1.no = $2::BIGINT)) AS refused 
FROM (SELECT concat(set_config('hub.divisions', $6::VARCHAR, true), set_config('hub.reach', $7::VARCHAR, true), set_config('hub.care', $8::VARCHAR, true), set_config('hub.towns', $9::VARCHAR, true), set_config('hub.tables', $10::VARCHAR, true), set_config('hub.day', $11::VARCHAR, true)) AS told
 LIMIT ALL OFFSET 0) AS frame 
WHERE frame.told IS NOT NULL
