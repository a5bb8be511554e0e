"""Schooling: registers, movements, absences, signals, graduation, and what other departments say of it."""

from hub.domain.noun import Column, Kind, Noun, Owner, Sensitivity

ENROLMENT = Noun(
    "enrolment",
    "学籍",
    "A pupil's place on a school's register.",
    (
        Column("student_number", Kind.SEALED, "学籍号", "Student number."),
        Column("school", Kind.SCHOOL, "学校", "The school."),
        Column("grade", Kind.INTEGER, "年级", "Grade 1–12; 0 before school."),
        Column("class_name", Kind.TEXT, "班级", "Class."),
        Column("state", Kind.CODE, "学籍状态", "State on the register (C.11).", codes="student_state"),
        Column(
            "attendance_mode", Kind.CODE, "就读方式", "走读, 住校 … (C.8); not the special-education placement.", codes="attendance_mode"
        ),
        Column("entered", Kind.PARTIAL_DATE, "入学年月", "Entry to the current stage."),
        Column(
            "placement",
            Kind.CODE,
            "特教就读类型",
            "Special-education placement (C.18).",
            codes="placement",
            sensitivity=Sensitivity.SENSITIVE,
        ),
        Column(
            "disability",
            Kind.CODE,
            "残疾类型",
            "Disability as the school knows it.",
            codes="disability_category",
            sensitivity=Sensitivity.SENSITIVE,
        ),
        Column(
            "disability_level",
            Kind.CODE,
            "残疾程度",
            "Level as the school knows it.",
            codes="disability_level",
            sensitivity=Sensitivity.SENSITIVE,
        ),
        Column("left_behind", Kind.CODE, "是否留守儿童", "Education's own definition (B.6).", codes="school_left_behind"),
        Column("orphan", Kind.FLAG, "是否孤儿", "Orphan by certificate.", sensitivity=Sensitivity.SENSITIVE),
        Column("aid_wanted", Kind.FLAG, "是否需要申请资助", "Wants to apply for aid."),
        Column("boarder_aid", Kind.FLAG, "是否享受一补", "Receives the boarder's living subsidy."),
        Column("school_bus_needed", Kind.FLAG, "是否需要乘坐校车", "Needs the school bus."),
        Column("distance_km", Kind.AMOUNT, "上下学距离", "Way to school in km."),
        Column("migrant", Kind.FLAG, "是否进城务工人员随迁子女", "Child of migrant workers."),
        Column("source_kind", Kind.TEXT, "学生来源", "正常入学, 借读 …"),
        Column("problem", Kind.TEXT, "问题学籍类型", "Problem the national system marks."),
    ),
)

MOVEMENT = Noun(
    "movement",
    "学籍异动",
    "A change of a pupil's register status; a transfer has a life of its own.",
    (
        Column("kind", Kind.CODE, "异动类型", "Kind (C.10).", codes="movement_kind"),
        Column("reason", Kind.CODE, "异动原因", "Reason (C.10b).", codes="movement_reason"),
        Column("grade", Kind.INTEGER, "年级", "Grade before it."),
        Column("moved_on", Kind.DATE, "异动日期", "The day it happened."),
        Column("applied_on", Kind.DATE, "申请日期", "Application."),
        Column("approved_on", Kind.DATE, "审批日期", "Approval."),
        Column("completed_on", Kind.DATE, "完成日期", "Completion."),
        Column("entered_on", Kind.DATE, "录入日期", "The day it was entered; later than the event means back-dated."),
        Column("progress", Kind.TEXT, "审核状态", "待…核办, 已完成, 已取消."),
        Column("document_number", Kind.TEXT, "审批文号", "Approval document."),
        Column("from_school", Kind.SCHOOL, "转出学校", "From."),
        Column("to_school", Kind.SCHOOL, "转入学校", "To; empty or elsewhere means it leaves the city."),
        Column("suspended_until", Kind.LAST_DAY, "休学截止日期", "End of an approved suspension."),
        Column("graduation_certificate", Kind.TEXT, "毕业证书号", "Graduation certificate number."),
        Column("note", Kind.TEXT, "异动说明", "Remark."),
    ),
)

ABSENCE_SPELL = Noun(
    "absence_spell",
    "缺勤",
    "One absence of a pupil, excused or not, and what was done about it (A-61 to A-65).",
    (
        Column("school", Kind.SCHOOL, "学校", "School."),
        Column("grade", Kind.INTEGER, "年级", "Grade."),
        Column("first_absent_on", Kind.DATE, "首次无故不到校日期", "First day of absence."),
        Column("days", Kind.INTEGER, "累计天数", "Days as the school counted them."),
        Column("excused", Kind.FLAG, "是否请假", "Whether there is a leave slip."),
        Column("leave_kind", Kind.TEXT, "请假类型", "Kind of leave."),
        Column("leave_from", Kind.DATE, "请假起始日期", "Leave from."),
        Column("leave_to", Kind.LAST_DAY, "请假截止日期", "Leave to."),
        Column("slip_registered_on", Kind.DATE, "假条登记日期", "When the slip was registered; later than the absence un-fires the clock."),
        Column("mark", Kind.CODE, "标注状态", "疑似辍学 or 辍学.", codes="dropout_mark"),
        Column("marked_on", Kind.DATE, "标注日期", "When it was marked."),
        Column("reason", Kind.CODE, "辍学原因", "Reason (C.17).", codes="dropout_reason"),
        Column("whereabouts", Kind.TEXT, "去向", "Where the child went."),
        Column("persuasion", Kind.TEXT, "劝返记录", "Attempts to bring the child back."),
        Column("report_number", Kind.TEXT, "书面报告文号", "Written report."),
        Column("reported_on", Kind.DATE, "书面报告日期", "Date of the written report."),
        Column("reported_to_bureau_on", Kind.DATE, "书面报告送达(教育局)", "Served on the education bureau (A-13)."),
        Column("reported_to_township_on", Kind.DATE, "书面报告送达(乡镇)", "Served on the township (A-13)."),
        Column("order_number", Kind.TEXT, "责令限期改正文号", "Order to send the child to school (A-17)."),
        Column("order_due_on", Kind.LAST_DAY, "责令限期改正期限", "Its deadline."),
        Column("legal_document", Kind.TEXT, "司法文书", "Court or justice document (A-18)."),
        Column("returned_on", Kind.DATE, "复学日期", "Return to school."),
        Column("returned_how", Kind.TEXT, "复学方式", "原班, 转学, 随班 …"),
        Column("closed_on", Kind.DATE, "销号日期", "Closed."),
    ),
)

SIGNAL = Noun(
    "signal",
    "在校信号",
    "A weak sign that a pupil is, or is not, really there: head-count, exam, meal, school bus.",
    (
        Column("kind", Kind.TEXT, "信号类型", "HEAD_COUNT, EXAM, MEAL or BUS."),
        Column("school", Kind.SCHOOL, "学校", "School."),
        Column("observed", Kind.PARTIAL_DATE, "日期", "Day or month."),
        Column("term", Kind.TEXT, "学期", "Term."),
        Column("present", Kind.FLAG, "是否在场", "Seen or not; null where not told."),
        Column("days", Kind.INTEGER, "次数", "Days, meals or rides in the month."),
        Column("score", Kind.AMOUNT, "成绩", "Exam score."),
    ),
)

GRADUATION = Noun(
    "graduation",
    "毕业",
    "Completion of a stage: 毕业 or 结业.",
    (
        Column("outcome", Kind.TEXT, "结果", "毕业 or 结业."),
        Column("grade", Kind.INTEGER, "年级", "The grade that was completed: 6 ends primary school, 9 compulsory education."),
        Column("school", Kind.SCHOOL, "学校", "School."),
        Column("graduated_on", Kind.DATE, "毕业日期", "Date."),
        Column("certificate_number", Kind.TEXT, "毕业证书号", "Certificate number."),
    ),
)

VOCATIONAL_ENROLMENT = Noun(
    "vocational_enrolment",
    "中职学籍",
    "A place on a secondary vocational or technical school's register (B.10).",
    (
        Column("school_name", Kind.TEXT, "学校名称", "School as written."),
        Column("student_number", Kind.SEALED, "学号", "The school's student number."),
        Column("class_name", Kind.TEXT, "班级名称", "Class."),
        Column("entered", Kind.PARTIAL_DATE, "入学年月", "Entry."),
        Column("major", Kind.TEXT, "专业简称", "Subject."),
        Column("admission_target", Kind.TEXT, "招生对象", "应届初中毕业生, 往届 …; the latter proves nothing (E.7)."),
        Column("candidate_number", Kind.TEXT, "考生号", "Candidate number."),
        Column("attendance_mode", Kind.TEXT, "就读方式", "走读, 住校 …"),
    ),
)

SCHOOLING_STATEMENT = Noun(
    "schooling_statement",
    "就学陈述",
    "What a department other than education says of a child's schooling; evidence, never proof.",
    (
        Column("status", Kind.TEXT, "就学状况", "As the source says it."),
        Column("school_name", Kind.TEXT, "就读学校", "School named."),
        Column("out_of_school", Kind.FLAG, "是否失学", "Whether the source says the child is out of school."),
        Column("assured", Kind.FLAG, "义务教育是否有保障", "Poverty relief's claim (E.11-9)."),
        Column("reason", Kind.TEXT, "未入学原因", "Reason given."),
        Column("result", Kind.TEXT, "教育部门核查结果", "Education's answer on a list that comes back."),
        Column("hardship", Kind.TEXT, "生活困难程度", "Degree of hardship stated.", sensitivity=Sensitivity.SENSITIVE),
        Column("care", Kind.TEXT, "监护人情况", "Care situation stated.", sensitivity=Sensitivity.SENSITIVE),
        Column("stated_on", Kind.PARTIAL_DATE, "调查时间", "When it was said."),
    ),
)

LEFT_BEHIND_FILE = Noun(
    "left_behind_file",
    "留守儿童档案",
    "A left-behind child's file; three definitions are kept apart (B.6).",
    (
        Column("definition", Kind.TEXT, "口径", "EDUCATION, CIVIL_AFFAIRS or GOVERNANCE."),
        Column("kind", Kind.TEXT, "留守类型", "As the source says."),
        Column("reason", Kind.TEXT, "委托照料原因", "Why care was entrusted."),
        Column("visited_on", Kind.DATE, "最近走访日期", "Last visit; an update is due every quarter (A-72)."),
    ),
)

DEFERRAL_APPROVAL = Noun(
    "deferral_approval",
    "延缓入学审批",
    "An approved later start of schooling (义务教育法 11).",
    (
        Column("reason", Kind.TEXT, "事由", "Ground."),
        Column("authority", Kind.TEXT, "批准机关", "Township government or education bureau."),
        Column("document_number", Kind.TEXT, "批准文号", "Document."),
        Column("approved_on", Kind.DATE, "批准日期", "Approval."),
        Column("until", Kind.LAST_DAY, "延缓至", "End."),
    ),
)

SCHOOL_PROFILE = Noun(
    "school_profile",
    "学校",
    "A school as the register of schools describes it.",
    (
        Column("school", Kind.SCHOOL, "学校", "The school."),
        Column("code", Kind.TEXT, "学校标识码", "10-digit school code."),
        Column("kind", Kind.TEXT, "办学类型", "办学类型 (C.19)."),
        Column("ownership", Kind.TEXT, "举办者", "公办 or 民办."),
        Column("parent", Kind.SCHOOL, "中心学校", "Central school that a village school or teaching point belongs to."),
        Column("township", Kind.DIVISION, "乡镇街道", "Township."),
        Column("village", Kind.TEXT, "村社区", "Village."),
        Column("address", Kind.TEXT, "地址", "Address."),
        Column("resource_room", Kind.FLAG, "资源教室", "Has a resource room (A-75)."),
        Column("special_teachers", Kind.INTEGER, "特教教师数", "Special teachers."),
    ),
    owner=Owner.CITY,
    sensitivity=Sensitivity.OPEN,
)

CALENDAR_PERIOD = Noun(
    "calendar_period",
    "校历",
    "A term, vacation or public holiday of the school calendar.",
    (
        Column("kind", Kind.TEXT, "类型", "学期, 寒假, 暑假 or 法定节假日."),
        Column("name", Kind.TEXT, "名称", "Name."),
        Column("starts_on", Kind.DATE, "起始日期", "First day."),
        Column("ends_on", Kind.LAST_DAY, "截止日期", "Last day."),
    ),
    owner=Owner.CITY,
    sensitivity=Sensitivity.OPEN,
)

COHORT_COUNT = Noun(
    "cohort_count",
    "历年年级人数",
    "Counts of a grade in a school year, for the retention rate (E.12).",
    (
        Column("school", Kind.SCHOOL, "学校", "School."),
        Column("school_year", Kind.TEXT, "学年", "School year, '2025-2026'."),
        Column("grade", Kind.INTEGER, "年级", "Grade."),
        Column("entered", Kind.INTEGER, "入学人数", "Entered."),
        Column("pupils", Kind.INTEGER, "在校人数", "Pupils."),
        Column("graduated", Kind.INTEGER, "毕业人数", "Graduated."),
        Column("transferred_in", Kind.INTEGER, "转入人数", "Transferred in."),
        Column("transferred_out", Kind.INTEGER, "转出人数", "Transferred out."),
        Column("died", Kind.INTEGER, "死亡人数", "Died."),
    ),
    owner=Owner.CITY,
    sensitivity=Sensitivity.OPEN,
)

HEAD_COUNT = Noun(
    "head_count",
    "班级实到人数",
    "Pupils really present in a class on a day.",
    (
        Column("school", Kind.SCHOOL, "学校", "School."),
        Column("grade", Kind.INTEGER, "年级", "Grade."),
        Column("class_name", Kind.TEXT, "班级", "Class."),
        Column("counted_on", Kind.DATE, "日期", "Day."),
        Column("registered", Kind.INTEGER, "学籍人数", "On the register."),
        Column("present", Kind.INTEGER, "实到人数", "Present."),
        Column("absent_names", Kind.TEXT, "未到学生", "Names of those missing.", sensitivity=Sensitivity.PERSONAL),
    ),
    owner=Owner.CITY,
    sensitivity=Sensitivity.OPEN,
)

SCHOOL_FUNDING = Noun(
    "school_funding",
    "公用经费",
    "Public funds approved for and paid to a school or teaching point (A-56, E.13).",
    (
        Column("school", Kind.SCHOOL, "学校", "School or teaching point."),
        Column("school_year", Kind.TEXT, "学年", "School year or year."),
        Column("pupils", Kind.INTEGER, "在校生数", "Pupils."),
        Column("funded_pupils", Kind.INTEGER, "核定人数", "Pupils counted; never below 100 for a small rural school."),
        Column("rate", Kind.AMOUNT, "标准", "Yuan per pupil."),
        Column("approved", Kind.AMOUNT, "核定金额", "Approved."),
        Column("paid", Kind.AMOUNT, "到账金额", "Paid."),
        Column("paid_on", Kind.DATE, "到账日期", "Paid on."),
    ),
    owner=Owner.CITY,
    sensitivity=Sensitivity.OPEN,
    plural="school_funding",
)
