-- leaver: who has completed primary school this summer. `holidays`: grade 7 has not begun, and nobody is to be at school; after that a child
-- without 学籍 is not yet registered until the same day as those of the first year, and E.5 looks for it from the middle of September on
select person, bool_or(since > :ref) as holidays
  from completed
 where ended and grade = 6 and (since between :ref + 240 and :on or since between :ref - 122 and :ref and :on <= :enrolment_grace)
 group by person
