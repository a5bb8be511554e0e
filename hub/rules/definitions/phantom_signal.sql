-- phantom_signal: what speaks against a pupil's really being at the school that has it on its register, with a weight each (E.4).
-- Certain ones weigh 3: another register, death or cancellation, proof of a school elsewhere, an employment, head-counts that name the
-- pupil as missing over more than seven school days. Lists that never name the pupil weigh 1, no exam in two terms 2
-- :headcount_school_days = 7  E.4 a
with pupil as (
    select p.*, r.name, m.name_key, coalesce(translate(substring(p.class_name from '([0-9一二三四五六七八九]+)[)）]?班?$'), '一二三四五六七八九', '123456789'), p.class_name) as class
      from place p
      join person_resolved r on r.division = :division and r.id = p.person
      left join mention m on m.division = :division and m.id = p.mention and m.valid @> :on
     where p.active and p.grade between 1 and 9 and coalesce(p.state, '在读') <> '休学'
       and coalesce(p.placement, '') not in ('送教上门', '远程教育', '延缓入学(已批准)', '休学(已批准)') and coalesce(p.attendance_mode, '') <> '送教上门'
       and coalesce(p.source_kind, '') !~ '(^|[^非未不无])借读|专门学校' and p.school is not null
),
sheet as (  -- 一班, 1班, （1）班 and 四年级1班 are one class
    select h.*, coalesce(translate(substring(h.class_name from '([0-9一二三四五六七八九]+)[)）]?班?$'), '一二三四五六七八九', '123456789'), h.class_name) as class
      from head_count h where h.division = :division and h.counted_on between :ref + 1 and :on
),
named as (  -- named as missing at a head-count of their class, by a name that nobody else there has
    select x.person, x.school, x.grade, x.class, x.name, h.counted_on
      from sheet h
      cross join lateral unnest(regexp_split_to_array(h.absent_names, '[、,，;；\s]+')) as absent(name)
      join pupil x on x.school = h.school and x.name = absent.name and (h.grade is null or h.grade = x.grade)
       and coalesce(h.class = x.class, true)
     where not exists (select from pupil o where o.school = x.school and o.name = x.name and o.person <> x.person
                          and (h.grade is null or h.grade = o.grade) and coalesce(h.class = o.class, true))
),
missed as (  -- the first and the last of those since the class was counted with the pupil there: nobody missing, or only others
    select n.person, n.school, min(n.counted_on) as first_on, max(n.counted_on) as last_on
      from named n
     where not exists (
         select from sheet h
          cross join lateral (select array_remove(regexp_split_to_array(coalesce(h.absent_names, ''), '[、,，;；\s]+'), '') as names) l
          where h.school = n.school and h.counted_on > n.counted_on and (h.grade is null or h.grade = n.grade)
            and (h.class is null or h.class = n.class) and not (n.name = any (l.names))
            and coalesce(cardinality(l.names) >= h.registered - h.present, cardinality(l.names) > 0))
     group by n.person, n.school
),
unseen as (
    select x.person, x.school, w.kind, w.periods
      from pupil x
      join watched w on w.school = x.school
     where (w.kind = 'EXAM' or w.kind = 'MEAL' and x.attendance_mode = '住校'
            or w.kind = 'BUS' and exists (select from enrolment e where e.division = :division and e.id = x.id and e.valid @> :on and e.school_bus_needed))
       and not exists (select from sighting s where s.kind = w.kind and s.person = x.person)
       and not exists (select from sighting s where s.kind = w.kind and s.school = x.school and s.name_key = x.name_key)
)
select person, 3 as weight, '中职学籍并存' as told, mention, record, hash, id, source, fact, since, says from vocational where person in (select person from pupil)
union all
select person, 3, '户籍死亡或注销', mention, record, hash, id, source, fact, since, says from register where (dead or ended) and person in (select person from gone) and person in (select person from pupil)
union all
select l.person, 3, '外地学籍', l.mention, l.record, l.hash, l.id, l.source, l.fact, l.since, l.says from left_here l join pupil x on x.person = l.person
union all
select w.person, 3, '在职', w.mention, w.record, w.hash, w.id, w.source, 'employment', lower(w.valid), concat_ws(' ', w.employer, lower(w.valid))
  from employment w where w.division = :division and w.valid @> :on and w.person in (select person from pupil) and among(w.person)
union all
select x.person, 3, '清点未到 ' || m.first_on || ' 至 ' || m.last_on, x.mention, x.record, x.hash, x.id, x.source, x.fact, x.since, x.says
  from missed m join pupil x on x.person = m.person and x.school = m.school
 where (select count(*) from working_day d where d.day > m.first_on and d.day <= m.last_on and not exists (select from pause p where d.day between p.starts_on and p.ends_on)) > :headcount_school_days
   and not exists (select from excuse e where e.person = m.person and m.last_on between e.from_day and e.to_day)
union all
select u.person, case when u.kind = 'EXAM' and u.periods >= 2 then 2 else 1 end,
       case u.kind when 'EXAM' then '考试名单从无（' || u.periods || '学期）' when 'MEAL' then '就餐名单从无' else '校车名单从无' end,
       x.mention, x.record, x.hash, x.id, x.source, x.fact, x.since, x.says
  from unseen u join pupil x on x.person = u.person and x.school = u.school
