"""Where people are registered and where they live."""

from hub.domain.noun import Column, Kind, Noun

HUKOU_REGISTRATION = Noun(
    "hukou_registration",
    "户籍登记",
    "A person's entry in the household register.",
    (
        Column("household", Kind.HOUSEHOLD, "户", "The register household (户号)."),
        Column("register_state", Kind.CODE, "户籍状态", "正常, 死亡注销, 迁出 …", codes="register_state"),
        Column("nature", Kind.TEXT, "户口性质", "户口性质; not alone a ground for 'rural' (C.14)."),
        Column("address", Kind.TEXT, "户籍地址", "Registered address."),
        Column("township", Kind.DIVISION, "户籍乡镇", "Registered township."),
        Column("village", Kind.TEXT, "户籍村社区", "Registered village or community."),
        Column("deceased_on", Kind.DATE, "死亡日期", "Date of death."),
        Column("cancelled_on", Kind.DATE, "注销日期", "Date the entry was cancelled."),
        Column("cancel_reason", Kind.TEXT, "注销原因", "Why it was cancelled."),
        Column("police_station", Kind.TEXT, "派出所", "Police station."),
    ),
)

RESIDENCE = Noun(
    "residence",
    "居住地",
    "Where a source says a person lives.",
    (
        Column("address", Kind.TEXT, "现住址", "Address."),
        Column("township", Kind.DIVISION, "居住乡镇", "Township of residence."),
        Column("village", Kind.TEXT, "居住村社区", "Village or community of residence."),
    ),
)

RESIDENCE_PERMIT = Noun(
    "residence_permit",
    "居住证",
    "A residence permit; valid for one year from its last endorsement.",
    (
        Column("permit_number", Kind.SEALED, "居住证号", "Permit number."),
        Column("origin_address", Kind.TEXT, "常住户口所在地", "Registered address elsewhere."),
        Column("address", Kind.TEXT, "居住地住址", "Address here."),
        Column("township", Kind.DIVISION, "居住乡镇", "Township here."),
        Column("village", Kind.TEXT, "居住村社区", "Village or community here."),
        Column("issued_on", Kind.DATE, "签发日期", "Issue date."),
        Column("endorsed_on", Kind.DATE, "最近签注日期", "Last yearly endorsement."),
        Column("expires_on", Kind.LAST_DAY, "到期日期", "Expiry."),
        Column("purpose", Kind.TEXT, "居住事由", "Why they live here."),
    ),
)
