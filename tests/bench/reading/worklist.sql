-- Disabled children of a township who are on no register, written by hand: a sub-select for each list.
select convert_to(json_build_object('data', json_build_object('children', json_build_object('nodes', coalesce(json_agg(json_build_object(
         'id', rtrim(encode(convert_to('Person:' || p.id, 'UTF8'), 'base64'), '='), 'name', p.name, 'birthDate', p.birth_date, 'township', p.township,
         'certificates', coalesce((select json_agg(json_build_object('category', category, 'level', level) order by source, id) from certificate
                                    where division = $1 and person = p.id and valid @> $2::date), '[]'),
         'assistances', coalesce((select json_agg(json_build_object('programme', programme, 'state', state) order by source, id) from assistance
                                   where division = $1 and person = p.id and valid @> $2::date), '[]'),
         'guardianships', coalesce((select json_agg(json_build_object('relation', g.relation,
                                      'guardian', (select json_build_object('name', q.name) from person_resolved q
                                                    where q.division = $1 and q.id = g.guardian and q.valid @> $2::date limit 1)) order by g.source, g.id)
                                     from guardianship g where g.division = $1 and g.person = p.id and g.valid @> $2::date), '[]'))
         order by p.name_order, p.id), '[]'))))::text, 'UTF8') as answer
  from (select * from person_resolved p
         where division = $1 and born_to > ($2::date - interval '18 years')::date and township = $3
           and id = any(array(select c.person from certificate c where c.division = $1 and c.valid @> $2::date
                                 and coalesce(c.state, '正常') = '正常' and (c.valid_until is null or c.valid_until >= $2::date)))
           and not exists (select 1 from enrolment e where e.division = $1 and e.person = p.id and e.valid @> $2::date and coalesce(e.grade, 1) >= 1
                              and coalesce(e.state, '在读') not in ('退学', '停学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明'))
         order by name_order, id limit 50) p
