-- E.1 Unenrolled disabled children:
--   (of compulsory age, local, known to be disabled) without (enrolled, exempt, gone, done).
-- One row a child: person, kind, severity, township, school, confidence, evidence of both sides.

with disabled as (  -- why we hold the child to be disabled; each with the record that says so
    select person, mention, record, hash, id, source, 'certificate' as fact, category, level, lower(valid) as since,
           concat_ws(' ', '残疾人证', category, level, coalesce(state, '正常')) as says
      from certificate
     where division = :division and valid @> :on and coalesce(state, '正常') = '正常' and coalesce(valid_until, :on) >= :on
       and coalesce(category, '') <> '无残疾'
    union all
    select person, mention, record, hash, id, source, 'schooling_statement', null, null, lower(valid),
           concat_ws(' ', '未入学原因', reason)
      from schooling_statement
     where division = :division and valid @> :on and source like 'disabled_persons.%' and (reason is not null or out_of_school)
    union all
    select person, mention, record, hash, id, source, 'assessment', category, level, lower(valid), concat_ws(' ', '筛查', result)
      from assessment
     where division = :division and valid @> :on and source like 'health.%' and category is not null and category <> '无残疾'
),
candidate as (  -- of compulsory age on the reference date, with the most severe known disability
    select p.id as person, coalesce(p.township, p.hukou_township) as township, p.deceased_on,
           extract(year from age(:ref, p.born_to))::int as age,  -- at least: a birth month alone may leave a year in doubt
           p.born_from > (:ref - make_interval(years => :age_to + 1))::date and p.born_to <= (:ref - make_interval(years => :age_from))::date as certain,
           min(d.category) filter (where d.fact = 'certificate') as category, min(d.level) filter (where d.fact = 'certificate') as level
      from person_resolved p
      join disabled d on d.person = p.id
     where p.division = :division
       and p.born_to > (:ref - make_interval(years => :age_to + 1))::date and p.born_from <= (:ref - make_interval(years => :age_from))::date
     group by p.id, p.born_from, p.born_to, p.township, p.hukou_township, p.deceased_on
),
register as (
    select person, mention, record, hash, id, source, lower(valid) as since, register_state, deceased_on,
           coalesce(deceased_on <= :on, false) or coalesce(register_state = '死亡注销', false) as dead,
           coalesce(register_state, '') = '重户' or coalesce(cancel_reason, '') ~ '重户|重复' as duplicate,
           coalesce(cancelled_on <= :on, false) or coalesce(register_state, '正常') in ('迁出', '出国(境)注销', '失踪') as ended
      from hukou_registration where division = :division and valid @> :on
),
enrolled as (  -- an active place in grade 1 or above; a blank state counts as active; a mark of dropout does not
    select e.person from enrolment e
     where e.division = :division and e.valid @> :on and coalesce(e.grade, 1) >= 1
       and coalesce(e.state, '在读') not in ('退学', '停学', '流失', '毕业', '结业', '肄业', '转学(转出)', '死亡', '开除', '下落不明')
       and not exists (select from absence_spell a where a.division = e.division and a.person = e.person and a.valid @> :on
                          and a.mark = '辍学' and coalesce(a.marked_on, :on) <= :on
                          and coalesce(a.returned_on, 'infinity') > :on and coalesce(a.closed_on, 'infinity') > :on)
    union
    select v.person from vocational_enrolment v join candidate c on c.person = v.person
     where v.division = :division and v.valid @> :on and c.age >= 15
    union  -- a completed transfer to a school elsewhere, or abroad
    select m.person from movement m
     where m.division = :division and m.moved_on between :on - :proof_days and :on
       and coalesce(m.progress, '已完成') = '已完成' and coalesce(m.completed_on, m.moved_on) <= :on
       and (m.kind in ('转学(转出)', '跨省转学', '省内转学') and m.to_school is not null or m.kind in ('出国', '公派留学'))
),
exempt as (  -- approved deferral or suspension, not yet over
    select person from deferral_approval where division = :division and valid @> :on and approved_on <= :on and until >= :on
    union
    select person from movement
     where division = :division and kind = '休学' and moved_on <= :on and suspended_until >= :on and coalesce(progress, '已完成') = '已完成'
),
gone as (  -- dead, or no longer registered here: no entry stands, and not only a duplicate one was cancelled
    select person from register where dead
    union
    select person from register group by person having bool_and(ended or duplicate) and bool_or(ended and not duplicate)
),
done as (  -- completed junior middle school: grade 9, or where no grade is told, of an age at which primary school is long over
    select g.person from graduation g join candidate c on c.person = g.person
     where g.division = :division and g.valid @> :on and c.age >= 14 and coalesce(g.grade, 9) >= 9
    union
    select m.person from movement m join candidate c on c.person = m.person
     where m.division = :division and m.kind in ('毕业', '结业') and m.moved_on <= :on and c.age >= 14 and coalesce(m.grade, 9) >= 9
),
local as (  -- registered here, with a permit in force on the reference date or since, or (known to neither) with an address here
    select person from register
    union
    select person from residence_permit where division = :division and valid && daterange(:ref, :on, '[]')
    union
    select c.person from candidate c
     where c.township is not null and not exists (select from residence_permit r where r.division = :division and r.person = c.person)
),
found as (
    select c.* from candidate c
     where c.person in (select person from local)
       and c.person not in (select person from enrolled) and c.person not in (select person from exempt)
       and c.person not in (select person from gone) and c.person not in (select person from done)
       and coalesce(c.deceased_on, 'infinity') > :on
),
inactive as (  -- what education's register does say of the child, if anything
    select e.person, e.mention, e.record, e.hash, e.id, e.source, 'enrolment' as fact, lower(e.valid) as since, e.school,
           concat_ws(' ', '学籍状态', coalesce(e.state, '空白'), 'grade', e.grade) as says
      from enrolment e join found f on f.person = e.person
     where e.division = :division and e.valid @> :on
),
side as (
    select person, mention, record, hash, id, source, fact, since, says from disabled where person in (select person from found)
    union all
    select person, mention, record, hash, id, source, fact, since, says from inactive
    union all
    select person, mention, record, hash, id, source, 'hukou_registration', since, concat_ws(' ', '户籍', coalesce(register_state, '正常'))
      from register where person in (select person from found)
),
evidence as (
    select s.person,
           jsonb_agg(jsonb_build_object('department', split_part(s.source, '.', 1), 'source', s.source, 'record', s.record::text, 'hash', s.hash::text,
                                        'fact', s.fact, 'id', s.id::text, 'says', s.says, 'as_of', s.since) order by s.source, s.fact, s.id) as sides,
           max(case i.tier when 'NUMBER' then 1 when 'NAME' then 2 when 'RELATIVE' then 3 else 4 end) as weakest
      from side s left join identity i on i.division = :division and i.id = s.mention
     group by s.person
)
select f.person,
       case when exists (select from inactive i where i.person = f.person) then 'INACTIVE_ENROLMENT'
            when f.age = :age_from and :on <= (extract(year from :ref)::int || '-' || :grace_ends)::date then 'NOT_YET_REGISTERED'
            else 'NO_ENROLMENT' end as kind,
       case when not f.certain or f.age = :age_from and :on <= (extract(year from :ref)::int || '-' || :grace_ends)::date then 'low'
            when f.level in ('三级', '四级') or f.category in ('视力残疾', '听力残疾', '言语残疾', '肢体残疾') then 'high'
            else 'medium' end as severity,
       f.township,
       (select i.school from inactive i where i.person = f.person order by i.since desc limit 1) as school,
       (array['NUMBER', 'NAME', 'RELATIVE', 'ALONE'])[e.weakest] as confidence,
       e.sides
  from found f join evidence e on e.person = f.person
 order by f.person
