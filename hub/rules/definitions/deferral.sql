-- deferral: deferrals that a township's government or an education bureau approved (义务教育法 11), with the days on which each held. One of
-- the names in the cell has to end as such an office's does, with a section of it, the number of its document or its word of approval behind
-- it: a committee, a school or a kindergarten approves nothing, nor does an office that is still to be asked, or that refused
-- :office = '(((教育|教体|教科|文教|科教|教文)[^校园院会]*(局|厅)|(^|省|市|区|县)(教|教育|教体|教科|文教|科教)委(员会)?|(^|省|市|区|县|乡|镇|街道)(人民)?政府)(.*(科|股|室|办))?(.{1,4}[发字函文])?([〔［【\[第]?[0-9][]0-9〔〕［］【】\[年第号]*)?|(乡|镇|街道)(办|办事处)?)((已|已经|业经)?(审批|审核|研究)?(批准|审批|批复|同意|核准|通过))?$'  how the name of an office ends that may approve
-- :still_asked = '(小学|中学|学校|中心校|幼儿园|学院|家长|报|呈|送|转|待|请|拟|未|须|需|提交|建议|希望).*(局|厅|委|政府|乡|镇|街道)'  what stands before the office where somebody only turns to it
-- :of_a_school = '附属|(小学|中学|学校|中心校|幼儿园|学院|委员会)(办公室|办|室)'  an office that is a school's or a committee's own
-- :refused = '不予|不同意|不批|未批|未获|未经|未同意|未通过|尚未|待|驳回|退回|(审批|审核|办理)中'  words of what is not approved
select d.person, d.approved_on as from_day, least(d.until, upper(d.valid) - 1) as to_day
  from deferral_approval d
 where d.division = :division and d.valid && daterange(:ref, :on, '[]') and among(d.person)
   and exists (
       select from regexp_split_to_table(regexp_replace(d.authority, '\s', '', 'g'), '[、，,；;/（）()]') as name
        where name ~ :office and name !~ :still_asked and name !~ :of_a_school)
   and d.authority !~ :refused
