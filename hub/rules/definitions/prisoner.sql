-- prisoner: whoever served a sentence on some day from the reference date to the business date, the day of release not counted (E.2).
-- An end that is told as a month or a year is its last day. 社区矫正, 缓刑, 假释, 暂予监外执行 and 未决 are no sentence served in prison, nor is
-- one whose prison says that the prisoner is released
select c.person as parent, c.mention, c.record, c.hash, c.id, c.source, lower(c.valid) as since
  from custody c
 where c.division = :division and c.valid && daterange(:ref, :on, '[]')
   and coalesce(c.sentence_to || right('-12-31', 10 - length(c.sentence_to)) > :ref::text, true)
   and coalesce(c.facility, '') !~ '社区矫正|缓刑|假释|暂予监外执行|未决|释放|出狱|刑满'
