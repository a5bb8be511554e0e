-- died: whoever has died by the household register, by date or by state, by any list's date of death, or by why the allowance for
-- children without care ended; with the day that is told, else the first on which it is said (E.0.5, B.5)
-- :death_words = '死亡|[去过离辞]世|病[故逝]|身[故亡]|亡故|夭折|溺亡'  how 终止原因 says that somebody died
-- :somebody_else = '父|母|爸|妈|爹|娘|爷|奶|祖|姥|外公|外婆|叔|伯|姑|姨|舅|婶|兄|哥|弟|姐|姊|妹|嫂|夫|妻|配偶|老人|长辈|亲|家长|家属|户主|监护|(?<!无人)抚养|养育|照[料顾护管]|看护|[代扶赡寄收]养|委托|受托'  words that name another than the child, whose death it then may be
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
           and a.stop_reason ~ :death_words and a.stop_reason !~ :somebody_else and among(a.person)) d
 where died_on <= :on
 group by person
