-- deferral: deferrals that a township's government or an education bureau approved (义务教育法 11), with the days on which each held. One of
-- the names in the cell has to end as such an office's does, with a section of it, the number of its document or its word of approval behind
-- it: a committee, a school or a kindergarten approves nothing, nor does an office to which somebody reports, or that refused
select d.person, d.approved_on as from_day, least(d.until, upper(d.valid) - 1) as to_day
  from deferral_approval d
 where d.division = :division and d.valid && daterange(:ref, :on, '[]') and among(d.person)
   and exists (
       select from regexp_split_to_table(regexp_replace(d.authority, '\s', '', 'g'), '[、，,；;/（）()]') as name
        where name ~ ('((教育|教体|教科|文教|科教|教文)[^校园院会]*(局|厅)|(^|省|市|区|县)(教|教育|教体|教科|文教|科教)委(员会)?|(^|省|市|区|县|乡|镇|街道)(人民)?政府)'
                      '(?!.*(小学|中学|学校|幼儿园|学院|中心|委员会))(.*(科|股|室|办))?([〔0-9].*)?已?(批准|审批|批复|同意|核准)?$'
                      '|(乡|镇|街道)(办|办事处)?$')
          and name !~ '^(拟|待|已|须|需)?(报|上报|呈报|申报|送|抄送)')
   and d.authority !~ '不予|不同意|不批|未批|未获|驳回|退回'
