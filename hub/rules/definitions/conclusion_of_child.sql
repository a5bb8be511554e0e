-- conclusion_of_child: 适龄儿童台账: each child of compulsory age with one conclusion, and who has it in hand: a school, a case, an approved plan;
-- gone or done where nobody needs to; '' where nobody has: a blind spot (A-09, A-84). A concluded case has nobody in hand, but for who by this school
-- year's conclusion and its document is elsewhere, done, gone or exempt (E.0.5)
with aged as (
    select c.person, c.township, c.age,
           c.born_from > (:ref - make_interval(years => :school_age_to + 1))::date and c.born_to <= (:ref - make_interval(years => :school_age_from))::date as certain
      from child c
     where c.born_to > (:ref - make_interval(years => :school_age_to + 1))::date and c.born_from <= (:ref - make_interval(years => :school_age_from))::date
),
here as (
    select distinct on (person) person, school, state, placement from place where active order by person, since desc, id
),
mine as materialized (  -- first, so that the many are matched as many
    select i.id, i.person from identity i where i.division = :division and among(i.person) and i.person in (select person from aged)
),
known as (
    select i.person, count(distinct m.source)::int as sources
      from mine i join mention m on m.division = :division and m.id = i.id and m.valid @> :on
     group by i.person
)
select a.person, a.township, a.age, a.certain, a.person in (select person from local) as local, h.school, coalesce(k.sources, 0) as sources,
       case when a.person in (select person from died) then '死亡'
            when a.person in (select person from gone) then '户口迁出或注销'
            when a.person in (select person from marked_dropout) then '辍学'
            when h.person is not null then case when h.state = '休学' then '休学'
                                                when h.placement = '送教上门' then '送教上门'
                                                when h.placement in ('特殊教育学校', '普通学校特教班', '普通学校随班就读', '康复机构特教办学点', '福利机构特教办学点', '远程教育') then '在校(特教)'
                                                else '在校' end
            when a.person in (select person from left_here) then '市外或境外就读'
            when a.person in (select person from leaver where holidays) then '待登记'
            when a.person in (select person from enrolled) then '中职在读'
            when a.person in (select person from done) then '已完成义务教育'
            when a.person in (select person from exempt) then '延缓入学、休学或评估(已批准)'
            when a.age <= :school_age_from and :on <= :enrolment_grace or a.person in (select person from leaver) then '待登记'
            when a.person in (select person from inactive) then '失学(学籍非在读)'
            else '失学' end as conclusion,
       case when a.person in (select person from gone) or a.person in (select person from done) and a.person not in (select person from enrolled) then 'GONE'
            when a.person in (select person from enrolled) then 'SCHOOL'
            when a.person in (select s.person from absence_spell s where s.division = :division and s.valid @> :on and coalesce(s.returned_on, s.closed_on, 'infinity') > :on and among(s.person))
              or a.person in (select f.person from finding f where f.division = :division and f.person is not null and among(f.person)
                                 and (f.status not in ('待核查', '销号') or f.school_year = extract(year from :ref) and f.conclusion in ('04', '05', '06', '07', '08', '10', '11', '12', '14')
                                      and f.rule in ('unenrolled', 'unenrolled_disabled', 'unenrolled_of_prisoners', 'unenrolled_poor', 'absence_clock'))) then 'CASE'
            when a.person in (select person from exempt) then 'PLAN'
            else '' end as owner
  from aged a
  left join here h on h.person = a.person
  left join known k on k.person = a.person
