-- deferral: deferrals that a township's government or an education bureau here approved (义务教育法 11), with the days on which each held: from the approval,
-- or where it tells no day from the list that first has it.
-- What the cell says is read to its end: beside names of such offices, of a school and what was reported for the file, nothing may be left
-- but words of approval, stamps, dates and numbers of documents. Whatever else is left is for a person to read (deferral_unread)
-- :places = '辽宁|大连|瓦房店|新华|文兰|岭东|共济|铁东|祝华|岗店|太阳|长兴岛|九龙|交流岛|复州城|松树|得利寺|万家岭|许屯|永宁|谢屯|老虎屯|红沿河|李官|仙浴湾|元台|瓦窝|赵屯|土城|阎店|西杨|驼山|三台|泡崖|杨家'  names of places by which the names of offices begin
-- :bureau = '(省|市|区|县)?(教育|教体|教科|文教|科教|教文)[和与体育文化旅游科学技术卫生社会事务]*(局|厅)|(省|市|区|县)(教|教育|教体|教科|文教|科教)委(员会)?'  how the name of an office of education goes on
-- :government = '(省|市|区|县|满族乡|乡|镇|街道)(人民)?政府|街道(办事处|办)'  how that of a government goes on
-- :section = '[教育基础学前小中特殊职业成人与和管理指导心校体卫艺综合行政事务社会服办公文科]{0,14}(科|股|室|办)'  a section of an office
-- :of_a_school = '(小学|中学|学校|学院|委员会)(办公室|办|室)'  what is no section of an office
-- :school = '(满族乡|市|镇|乡|街道|中心|实验|初级|特殊教育|九年一贯制|第?[一二三四五六七八九十]+)*(小学|中学|初中|学校|中心校|幼儿园)'  how the name of a school goes on
-- :approving = '批准 审批 批复 同意 核准 通过 准予 准许 许可 审核通过 审核同意 审定同意 研究同意 研究决定 已经 业经 业已 已 批 获准 准 予以 意见 文件 延缓入学 暂缓入学 推迟入学 延期入学 缓学 延缓一年 盖章 公章 印章 签章 签字 加盖公章 有效'  words of approval, and stamps
-- :numbers = '[瓦大辽教政体办科基特发字函文延]*([〔［【\[(（]?[0-9]{4}[]〕］】)）]?年?)?第?[0-9]{1,5}号(文件|文)?|[0-9]{4}年([0-9]{1,2}月)?([0-9]{1,2}日)?|[0-9]{4}[-./][0-9]{1,2}([-./][0-9]{1,2})?|[0-9]{8}'  numbers of documents, and dates
-- :denying = '[不未没无否拒驳退撤废待]'  letters that no number of a document has
with told as (
    select d.*, regexp_split_to_array(regexp_replace(regexp_replace(d.authority, '\s', '', 'g'), :numbers, '', 'g'), '[、，,；;：:。/（）()]') as parts,
           '(((' || :places || ')(省|市|县|区|满族乡|乡|镇|街道)?)*(' || :bureau || '|' || :government || ')(' || :section || ')?|(' || :places || ')(满族乡|乡|镇|街道))' as office
      from deferral_approval d
     where d.division = :division and d.valid && daterange(:ref, :on, '[]') and among(d.person)
       and (d.document_number is null or d.document_number ~ '[0-9]' and d.document_number !~ :denying
            or regexp_replace(d.document_number, replace(:approving, ' ', '|'), '', 'g') !~ '\S')
)
select d.person, d.id, coalesce(d.approved_on, lower(d.valid)) as from_day, least(d.until, upper(d.valid) - 1) as to_day
  from told d
  cross join lateral (
      select bool_or(x.is_office) as approved, bool_and(x.is_office or x.name = '' or x.name ~ ('^(' || :places || ')*' || :school || '$') or x.name ~ ('^报' || d.office || '备案$')) as read_whole
        from (select r.name, r.name ~ ('^(经|由|获)?' || d.office || '((和|与|及|会同)' || d.office || ')*$') and r.name !~ :of_a_school as is_office
                from unnest(d.parts) as part(name)
                cross join lateral (select regexp_replace(part.name, replace(:approving, ' ', '|'), '', 'g') as name) r) x
  ) c
 where c.approved and c.read_whole
