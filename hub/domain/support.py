"""Disability, and the support that departments give: certificates, assessments, assistance, payments, work."""

from hub.domain.noun import Column, Kind, Noun, Sensitivity

#: Codes of programmes (domain F), and POV for the households of poverty relief.
PROGRAMMES = (*(f"F{n:02d}" for n in range(1, 30)), "POV")

CERTIFICATE = Noun(
    "certificate",
    "残疾人证",
    "A disability certificate; the columns win over the number's own digits (B.4).",
    (
        Column("number", Kind.SEALED, "残疾人证号", "Certificate number."),
        Column("category", Kind.CODE, "残疾类别", "Category (GB/T 26341).", codes="disability_category"),
        Column("level", Kind.CODE, "残疾等级", "Level 一级 (most severe) to 四级.", codes="disability_level"),
        Column("multiple", Kind.TEXT, "多重残疾明细", "Detail where there are several."),
        Column("state", Kind.CODE, "证件状态", "正常, 过期, 冻结, 注销 …", codes="certificate_state"),
        Column("first_issued_on", Kind.DATE, "初次发证日期", "First issued."),
        Column("issued_on", Kind.DATE, "发证日期", "Issued."),
        Column("valid_until", Kind.LAST_DAY, "有效期至", "Valid until."),
        Column("authority", Kind.TEXT, "批准机关", "Issuing body."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
)

ASSESSMENT = Noun(
    "assessment",
    "评估与调查",
    "A survey, screening or committee assessment of a disabled child.",
    (
        Column("kind", Kind.TEXT, "类型", "SURVEY, SCREENING, COMMITTEE or REGISTERED (civil affairs' register of children)."),
        Column("result", Kind.TEXT, "结果", "Result."),
        Column("category", Kind.CODE, "残疾类别", "Category.", codes="disability_category"),
        Column("level", Kind.CODE, "残疾等级", "Level.", codes="disability_level"),
        Column("assessed", Kind.PARTIAL_DATE, "日期", "Date."),
        Column("education_need", Kind.TEXT, "教育需求", "Need for education stated."),
        Column("aid_need", Kind.TEXT, "教育资金资助需求", "Need for aid stated."),
        Column("rehabilitation_need", Kind.TEXT, "康复需求", "Need for rehabilitation stated."),
        Column("self_care", Kind.TEXT, "生活自理", "Self-care."),
        Column("referred_to", Kind.TEXT, "转介", "Referred to."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
)

ASSISTANCE = Noun(
    "assistance",
    "救助与保障",
    "A person's standing in an assistance programme: who is recognised, since when, at what rate.",
    (
        Column("programme", Kind.TEXT, "项目代码", "Programme code F01 … (domain F)."),
        Column("kind", Kind.TEXT, "类别", "城市低保, 农村低保, 低保边缘, 特困人员, 社会散居孤儿, 事实无人抚养儿童, 脱贫户 …"),
        Column("household", Kind.HOUSEHOLD, "家庭", "The household it is granted to."),
        Column("case_number", Kind.SEALED, "低保证号", "The department's case number."),
        Column("covered", Kind.FLAG, "是否保障对象", "A member may be listed and not covered; null where not told."),
        Column("state", Kind.CODE, "状态", "在保, 停保, 暂停.", codes="assistance_state"),
        Column("monthly_amount", Kind.AMOUNT, "月标准", "Yuan a month."),
        Column("household_size", Kind.INTEGER, "家庭人口", "People in the household."),
        Column("covered_size", Kind.INTEGER, "保障人口", "People covered."),
        Column("supplement", Kind.TEXT, "分类施保类别", "Supplement category (F02)."),
        Column("cause", Kind.TEXT, "致贫原因", "Cause of poverty."),
        Column("care_mode", Kind.TEXT, "供养方式", "集中 or 分散."),
        Column("self_care", Kind.TEXT, "生活自理能力", "全自理, 半护理, 全护理."),
        Column("granted", Kind.PARTIAL_DATE, "起始年月", "Since."),
        Column("stopped", Kind.PARTIAL_DATE, "停保年月", "Stopped."),
        Column("stop_reason", Kind.TEXT, "停保原因", "Why."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
)

PAYMENT = Noun(
    "payment",
    "发放",
    "Money or service paid under a programme.",
    (
        Column("programme", Kind.TEXT, "资助项目", "Programme code F05 …; as it is written where it is none that is known."),
        Column("amount", Kind.AMOUNT, "金额", "Yuan."),
        Column("paid_on", Kind.DATE, "发放日期", "Paid on."),
        Column("period", Kind.TEXT, "发放期", "School year and term, or month."),
        Column("state", Kind.TEXT, "发放状态", "成功, 退回, 待发放 or 停发; as it is written where it is none of these."),
        Column("special_kind", Kind.TEXT, "特殊困难类型", "Ground (C.15)."),
        Column("payer", Kind.TEXT, "发放单位", "Who pays."),
        Column("method", Kind.TEXT, "发放方式", "How."),
        Column("account", Kind.SEALED, "银行账号", "Bank account."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
)

EMPLOYMENT = Noun(
    "employment",
    "用工备案",
    "A filed employment contract (E.8).",
    (
        Column("employer", Kind.TEXT, "单位名称", "Employer."),
        Column("employer_code", Kind.TEXT, "统一社会信用代码", "Unified social credit code."),
        Column("post", Kind.TEXT, "岗位", "Post."),
        Column("contract_from", Kind.DATE, "合同起始", "From."),
        Column("contract_to", Kind.LAST_DAY, "合同终止", "To."),
        Column("filed_on", Kind.DATE, "备案日期", "Filed."),
    ),
)
