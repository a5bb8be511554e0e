-- school_age: of compulsory age on the reference date and not done; `certain` where the birth date leaves no doubt of it (E.0.2)
-- :school_age_from = 6  义务教育法 11
-- :school_age_to = 15  nine years
-- :enrolment_grace = '09-30'  until then a child of the first year, or of the seventh, without 学籍 is 'not yet registered' (E.0.2)
select c.person, c.age, c.township,
       c.born_from > (:ref - make_interval(years => :school_age_to + 1))::date and c.born_to <= (:ref - make_interval(years => :school_age_from))::date as certain,
       c.age <= :school_age_from and :on <= :enrolment_grace or c.person in (select person from leaver) as registering,
       c.age >= :school_age_to as last_year
  from child c
 where c.born_to > (:ref - make_interval(years => :school_age_to + 1))::date
   and c.born_from <= (:ref - make_interval(years => :school_age_from))::date
   and c.person not in (select person from done)
