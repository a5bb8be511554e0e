-- out_of_school: U_ALL of E.3: of compulsory age and local, neither enrolled nor exempt nor gone
select person from school_age
 where person in (select person from local) and person not in (select person from enrolled)
   and person not in (select person from exempt) and person not in (select person from gone)
