-- school_stage: with which grade a school ends, by its kind or else its name (C.19): 6, 9, or null where it has both stages or nothing
-- says. `any_age` where pupils of any age are in any grade
with described as (
    select s.id as school, s.name, coalesce((select string_agg(p.kind, ' ') from school_profile p where p.division = :division and p.school = s.id and p.valid @> :on), '') as kind
      from school s where s.division = :division
)
select school,
       case when kind ~ '九年|一贯|完全中学|^(312|341|345)' then null
            when kind ~ '小学|教学点|^21' then 6
            when kind ~ '初级中学|初中|^311' then 9
            when name ~ '九年|一贯|小学.*中学|中学.*小学' then null
            when name ~ '小学|教学点' then 6
            when name ~ '初级中学|初中' then 9 end as last_grade,
       kind ~ '特殊教育|^51' or name ~ '特教|特殊教育|培智|启智|启聪|聋|盲' as any_age
  from described
