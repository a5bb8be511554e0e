-- died: whoever has died by the household register, by date or by state, by any list's date of death, or by why the allowance for
-- children without care ended; with the day that is told, else the first on which it is said (E.0.5, B.5)
-- :child_died = '^(该|本)?(儿童|孩子|孤儿|事实无人抚养儿童|困境儿童|未成年人|本人|(保障|救助|享受)?对象)*(已|现已)?(因|由于)?(疾病|重病|病重|病|意外|事故|交通事故|车祸|溺水|自然|正常|非正常|自然减员|抢救无效|医治无效)*(死亡|[去过离辞]世|病[故逝]|身[故亡]|亡故|夭折|溺亡)([0-9年月日.-]*|注销|终止|停发|停保|核减|核销)$'  how 终止原因 says that the child died: nobody else is named, and nothing is denied
select person, min(died_on) as died_on
  from (select person, coalesce(deceased_on, cancelled_on, lower(valid)) as died_on from cancelled where deceased_on is not null or '死亡注销' in (register_state, cancel_reason)
        union all
        select id, deceased_on from person_resolved where division = :division and among(id)
        union all
        select i.person, m.deceased_on from mention m join identity i on i.division = :division and i.id = m.id
         where m.division = :division and m.valid @> :on and m.deceased_on is not null and among(i.person)
        union all
        select a.person, case length(a.stopped) when 10 then a.stopped::date else lower(a.valid) end
          from assistance a
         where a.division = :division and a.valid @> :on and a.programme in ('F05', 'F06') and a.state = '停保'
           and regexp_replace(a.stop_reason, '[\s,，.。;；、()（）]', '', 'g') ~ :child_died and among(a.person)) d
 where died_on <= :on
 group by person
