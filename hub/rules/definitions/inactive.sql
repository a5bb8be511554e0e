-- inactive: what education's register does say of those who are not enrolled
select p.* from place p join child c on c.person = p.person where p.person not in (select person from enrolled)
