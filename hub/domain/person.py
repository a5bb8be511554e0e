"""Person: what a row says of somebody it names, before and after it is known who that is."""

from hub.domain.noun import Column, Kind, Sensitivity

#: What a contract may say of each person named in a row ("主体.name", "监护人1.number" …). These are the columns of
#: a mention: evidence for identity, and at the same time one source's assertion about the person.
MENTION_COLUMNS = (
    Column("name", Kind.TEXT, "姓名", "Name as the source writes it."),
    Column("former_name", Kind.TEXT, "曾用名", "A name used before."),
    Column("number", Kind.SEALED, "公民身份号码", "Citizen number (GB 11643-1999)."),
    Column("document_type", Kind.CODE, "身份证件类型", "Kind of identity document.", codes="identity_document"),
    Column("student_number", Kind.SEALED, "学籍号", "Student number; only a G number carries a citizen number."),
    Column("certificate_number", Kind.SEALED, "残疾人证号", "Disability certificate number; its first 18 are the citizen number."),
    Column("sex", Kind.CODE, "性别", "Sex (GB/T 2261.1).", codes="sex"),
    Column("born", Kind.PARTIAL_DATE, "出生日期", "Birth date, as precise as the source gives it."),
    Column("ethnic_group", Kind.CODE, "民族", "Ethnic group (GB/T 3304).", codes="ethnic_group"),
    Column("phone", Kind.SEALED, "联系电话", "Telephone."),
    Column("township", Kind.DIVISION, "乡镇街道", "Township-level division of the address the row gives."),
    Column("village", Kind.TEXT, "村社区", "Village or community of that address."),
    Column("address", Kind.TEXT, "地址", "Address; township and village are read from it."),
    Column("deceased_on", Kind.DATE, "死亡日期", "Date of death.", sensitivity=Sensitivity.SENSITIVE),
)
#: What a contract may say of a person for identity alone: it ties the mention, asserts nothing and is not read back.
TIE_COLUMNS = (Column("school", Kind.SCHOOL, "学校", "The school at which a row names the person, where no fact of the row tells it."),)
