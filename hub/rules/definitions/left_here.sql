-- left_here: proof of a school elsewhere: a completed transfer to a named school that is none of this city's, or a move abroad. Whether
-- a school of this city has the pupil its own register says (E.0.5 XJ_ELSE, ALT)
select person, mention, record, hash, id, source, fact, since, says, proved_on from departed where elsewhere
