-- arrived: movements that brought a pupil to a school of this city: a transfer in, a return from abroad or from dropping out, school resumed
-- (C.10). One whose receiving school is named and is elsewhere tells of an arrival there and is none
select m.person, m.since
  from moved m
 where m.done and m.since <= :on
   and (m.kind in ('转学(转入)', '回国复学', '复学', '恢复学籍', '访学返校', '辍学返校') and (m.to_school is null or m.to_school in (select school from city_school))
        or m.kind in ('跨省转学', '省内转学') and m.to_school in (select school from city_school) and m.from_school not in (select school from city_school))
