"""Households and the ties between people: membership, guardianship, kinship, a parent's situation, custody."""

from hub.domain.noun import Column, Kind, Noun, Sensitivity

MEMBERSHIP = Noun(
    "membership",
    "家庭成员",
    "A person's place in a household for a period; register and living households are kept apart.",
    (
        Column("household", Kind.HOUSEHOLD, "家庭", "The household."),
        Column("household_kind", Kind.TEXT, "家庭类型", "REGISTER (by 户号) or LIVING (people who share life and economy, E.0.3)."),
        Column("relation_to_head", Kind.CODE, "与户主关系", "What the member is of the head (GB/T 4761).", codes="family_relationship"),
        Column("head", Kind.PERSON, "户主", "The head of the household, where the row names one."),
    ),
)

GUARDIANSHIP = Noun(
    "guardianship",
    "监护",
    "Who looks after a child, and in what capacity.",
    (
        Column("guardian", Kind.PERSON, "监护人", "The guardian."),
        Column("relation", Kind.CODE, "与儿童关系", "What the guardian is of the child (GB/T 4761).", codes="family_relationship"),
        Column("capacity", Kind.TEXT, "监护性质", "监护人, 受委托监护人 or 家庭成员."),
        Column("is_guardian", Kind.FLAG, "是否监护人", "Whether the source calls this person the guardian."),
        Column("health", Kind.CODE, "健康状况", "The guardian's health.", codes="health", sensitivity=Sensitivity.SENSITIVE),
    ),
)

KINSHIP = Noun(
    "kinship",
    "亲属关系",
    "A tie of family: the relative is R of the person.",
    (
        Column("relative", Kind.PERSON, "亲属", "The relative."),
        Column("relation", Kind.CODE, "亲属关系", "What the relative is of the person (GB/T 4761).", codes="family_relationship"),
        Column("work_place", Kind.TEXT, "务工地点", "Where the relative works away from home."),
    ),
)

PARENT_SITUATION = Noun(
    "parent_situation",
    "父母情形",
    "Why a parent cannot look after the child (事实无人抚养 list, each parent apart).",
    (
        Column("parent", Kind.PERSON, "父或母", "The parent, where the row names one."),
        Column("parent_role", Kind.TEXT, "父亲或母亲", "父亲 or 母亲; blank where the source does not say."),
        Column("situation", Kind.CODE, "情形", "The situation.", codes="parent_situation"),
        Column("marital_note", Kind.TEXT, "配偶状况", "What the source says of the other parent."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
)

CUSTODY = Noun(
    "custody",
    "服刑",
    "A person's imprisonment; kept in its own table, read by its own role.",
    (
        Column("prisoner_number", Kind.SEALED, "罪犯编号", "The prison's number."),
        Column("facility", Kind.TEXT, "羁押监所", "Prison or detention house."),
        Column("original_sentence", Kind.TEXT, "原判刑期", "The sentence as pronounced."),
        Column("sentence_from", Kind.PARTIAL_DATE, "刑期起日", "Start of the sentence."),
        Column("sentence_to", Kind.PARTIAL_DATE, "刑期止日", "End of the sentence as now planned."),
    ),
    sensitivity=Sensitivity.SENSITIVE,
    plural="custodies",
)
