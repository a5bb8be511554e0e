"""F10 两免一补, F11 寄宿生生活补助, F12 非寄宿生生活补助: a place in grades 1 to 9, boarding or not, and a kind of need."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

from hub.rules.programmes.situation import Answer, Judgement, Programme, Situation, due_or_receiving, not_due, unknown

REGISTER = "education.student_register"
ALLOWANCE = "civil_affairs.minimum_living_allowance"
POVERTY = "poverty_relief.household"
#: Lists that would tell a kind of hardship: as long as one does not speak, nobody is told to have none.
DAY_PUPILS_LISTS = (ALLOWANCE, POVERTY, "civil_affairs.destitute_support", "disabled_persons.certificate")
BOARDERS_LISTS = (*DAY_PUPILS_LISTS, "civil_affairs.child_welfare")
#: National base, yuan a year: (from, stage, amount). Spring 2024 raised it (domain F11, F12).
RAISED = date(2024, 3, 1)
BOARDERS = ((date(2017, 3, 1), "小学", "1000"), (date(2017, 3, 1), "初中", "1250"), (RAISED, "小学", "1250"), (RAISED, "初中", "1500"))
OTHERS = ((date(2019, 9, 1), "小学", "500"), (date(2019, 9, 1), "初中", "625"), (RAISED, "小学", "625"), (RAISED, "初中", "750"))
Rule = Callable[[Situation], Judgement]


def whatever_grade(rule: Rule) -> Rule:
    """A rule for pupils whose grade may be blank: what it says of none of the grades 1 to 9 stands; for the rest the grade is missing."""

    def judge(situation: Situation) -> Judgement:
        if not situation.grade_blank:
            return rule(situation)
        within = rule(replace(situation, grade=1, grade_blank=False))
        if within.answer is Answer.NOT_DUE:
            return within
        also = within if within.answer is Answer.UNKNOWN else Judgement(Answer.UNKNOWN, "", "")
        return Judgement(
            Answer.UNKNOWN,
            "；".join(filter(None, ["年级不明", also.reason_zh])),
            "; ".join(filter(None, ["the grade is not told", also.reason_en])),
            ("年级", *also.missing),
            "education",
        )

    return judge



@whatever_grade
def judge_free_schooling(situation: Situation) -> Judgement:
    """Every pupil of grades 1 to 9: it comes with the place, in kind."""
    known = _not_enrolled(situation)
    return known or Judgement(
        Answer.RECEIVING, "义务教育阶段在籍，免学杂费、免费教科书", "on a register of compulsory education: free tuition and books"
    )


@whatever_grade
def judge_boarder(situation: Situation) -> Judgement:
    """Grades 1 to 9, boarding, of any kind of hardship on the national list."""
    known = _not_enrolled(situation)
    if known:
        return known
    if situation.boards is None:
        return unknown("就读方式", "education", "是否住校不明", "whether the pupil boards is not told")
    if not situation.boards:
        return not_due("不住校", "does not board")
    if situation.standings & {"F01", "F03", "F04", "F05", "F06", "POV"} or situation.certified or situation.school_disability:
        return due_or_receiving(situation, "F11", "住校且家庭经济困难", "boards, and in hardship")
    if situation.hardships:
        kinds = "、".join(sorted(situation.hardships))
        return due_or_receiving(situation, "F11", f"住校且属{kinds}", f"boards, and of a kind of hardship by a list: {kinds}")
    if situation.may_descend_from_martyrs and "F11" not in situation.paid:
        return unknown("是否烈士子女", "education", "学籍登记为烈士或优抚子女，是否烈士子女不明", "child of a martyr or of others in special care, which of them is not told")
    return _no_hardship(situation, "F11", BOARDERS_LISTS, "F01", "F03", "F04", "F05", "F06")


@whatever_grade
def judge_day_pupil(situation: Situation) -> Judgement:
    """Grades 1 to 9, not boarding, of one of the four kinds: lifted out of poverty, disabled, rural allowance, extreme hardship.

    Disability is a kind of hardship of its own (C.15): no list tells which disabled pupils' families are in need, and the answer says so.
    """
    known = _not_enrolled(situation)
    if known:
        return known
    if situation.boards is None:
        return unknown("就读方式", "education", "是否住校不明", "whether the pupil boards is not told")
    if situation.boards:
        return not_due("住校，按寄宿生补助", "boards: the boarders' subsidy applies")
    if "F04" in situation.standings or situation.lifted or situation.rural_allowance:
        return due_or_receiving(situation, "F12", "非住校且属四类学生", "a day pupil of one of the four kinds")
    if situation.certified or situation.school_disability:
        return due_or_receiving(
            situation,
            "F12",
            "非住校残疾学生，残疾本身列为困难类型，家庭情况以学校认定为准",
            "a disabled day pupil: disability is a kind of hardship of its own, the family's need is for the school to establish",
        )
    if "F01" in situation.standings and situation.rural_allowance is None:
        return unknown("低保类型（城市或农村）", "civil_affairs", "低保类型不明", "whether the allowance is rural is not told")
    if "POV" in situation.standings and situation.lifted is None:
        return unknown("户类型", "poverty_relief", "户类型不明", "whether the household was lifted out of poverty or is only watched is not told")
    return _no_hardship(situation, "F12", DAY_PUPILS_LISTS, "F01", "F04")


def _not_enrolled(situation: Situation) -> Judgement | None:
    if situation.grade is None and situation.place_unclear:
        return unknown("就读状态", "education", "在学籍名单上，是否就读不明", "on the register of pupils, and whether the pupil is at school is not told")
    if situation.grade is None:
        return situation.unsure(REGISTER) or not_due("无在读学籍", "no active place on a register")
    return None if 1 <= situation.grade <= 9 else not_due("不在义务教育阶段", "not in compulsory education")


def _no_hardship(situation: Situation, code: str, lists: tuple[str, ...], *kinds: str) -> Judgement:
    if code in situation.paid:  # on a ground that no list of ours tells: 残疾人子女, 烈士子女 … (C.15)
        return Judgement(Answer.RECEIVING, "已发放，依据见发放名单", "it is paid, on the ground that the list of payments tells")
    return situation.unclear(*kinds) or situation.unclear_certificate() or situation.unsure(*lists) or not_due("不属于困难类型", "of no kind of hardship known")


F10 = Programme(
    "F10",
    "两免一补（免学杂费、免费教科书）",
    "Free tuition and books",
    "finance",
    "国发〔2015〕67号",
    date(2017, 3, 1),
    None,
    judge_free_schooling,
    with_place=True,
)
F11 = Programme(
    "F11",
    "家庭经济困难寄宿生生活补助",
    "Boarders' living subsidy",
    "finance",
    "财教〔2024〕; 2024 spring",
    date(2017, 3, 1),
    None,
    judge_boarder,
    with_place=True,
    amounts=BOARDERS,
)
F12 = Programme(
    "F12",
    "家庭经济困难非寄宿生生活补助",
    "Day pupils' living subsidy",
    "finance",
    "财教〔2019〕; four kinds",
    date(2019, 9, 1),
    None,
    judge_day_pupil,
    with_place=True,
    amounts=OTHERS,
)
