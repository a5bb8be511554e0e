"""F10 两免一补, F11 寄宿生生活补助, F12 非寄宿生生活补助: a place in grades 1 to 9, boarding or not, and a kind of need."""

from datetime import date

from hub.rules.programmes.situation import Answer, Judgement, Programme, Situation, due_or_receiving, not_due, unknown

REGISTER = "education.student_register"
ALLOWANCE = "civil_affairs.minimum_living_allowance"
POVERTY = "poverty_relief.household"
#: Lists that would tell a kind of hardship, with who sends them: as long as one has not come, nobody is told to have none.
DAY_PUPILS_LISTS = (
    (ALLOWANCE, "civil_affairs", "低保名单"),
    (POVERTY, "poverty_relief", "脱贫户和监测户名单"),
    ("civil_affairs.destitute_support", "civil_affairs", "特困人员名单"),
    ("disabled_persons.certificate", "disabled_persons", "持证残疾人名单"),
)
BOARDERS_LISTS = (*DAY_PUPILS_LISTS, ("civil_affairs.child_welfare", "civil_affairs", "孤儿和事实无人抚养儿童名单"))
#: National base, yuan a year: (from, stage, amount). Spring 2024 raised it (domain F11, F12).
BOARDERS = ((date(2024, 3, 1), "小学", "1250"), (date(2024, 3, 1), "初中", "1500"))
OTHERS = ((date(2024, 3, 1), "小学", "625"), (date(2024, 3, 1), "初中", "750"))


def judge_free_schooling(situation: Situation) -> Judgement:
    """Every pupil of grades 1 to 9: it comes with the place, in kind."""
    known = _not_enrolled(situation)
    return known or Judgement(
        Answer.RECEIVING, "义务教育阶段在籍，免学杂费、免费教科书", "on a register of compulsory education: free tuition and books"
    )


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
    return _no_hardship(situation, BOARDERS_LISTS)


def judge_day_pupil(situation: Situation) -> Judgement:
    """Grades 1 to 9, not boarding, of one of the four kinds: lifted out of poverty, disabled, rural allowance, extreme hardship."""
    known = _not_enrolled(situation)
    if known:
        return known
    if situation.boards is None:
        return unknown("就读方式", "education", "是否住校不明", "whether the pupil boards is not told")
    if situation.boards:
        return not_due("住校，按寄宿生补助", "boards: the boarders' subsidy applies")
    if "F04" in situation.standings or situation.lifted or situation.certified or situation.school_disability or situation.rural_allowance:
        return due_or_receiving(situation, "F12", "非住校且属四类学生", "a day pupil of one of the four kinds")
    if "F01" in situation.standings and situation.rural_allowance is None:
        return unknown("低保类型（城市或农村）", "civil_affairs", "低保类型不明", "whether the allowance is rural is not told")
    if "POV" in situation.standings and situation.lifted is None:
        return unknown("户类型", "poverty_relief", "户类型不明", "whether the household was lifted out of poverty or is only watched is not told")
    return _no_hardship(situation, DAY_PUPILS_LISTS)


def _not_enrolled(situation: Situation) -> Judgement | None:
    if situation.grade is None:
        if not situation.told_by(REGISTER):
            return unknown("学籍", "education", "教育未提供学籍", "education has delivered no register")
        return not_due("无在读学籍", "no active place on a register")
    return None if 1 <= situation.grade <= 9 else not_due("不在义务教育阶段", "not in compulsory education")


def _no_hardship(situation: Situation, lists: tuple[tuple[str, str, str], ...]) -> Judgement:
    absent = [(department, name) for source, department, name in lists if not situation.told_by(source)]
    if absent:
        told = "未提供" + "、".join(name for _, name in absent)
        return Judgement(Answer.UNKNOWN, told, "lists that would tell it have not been delivered", tuple(n for _, n in absent), absent[0][0])
    return not_due("不属于困难类型", "of no kind of hardship known")


F10 = Programme(
    "F10",
    "两免一补（免学杂费、免费教科书）",
    "Free tuition and books",
    "finance",
    "国发〔2015〕67号",
    date(2017, 3, 1),
    None,
    judge_free_schooling,
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
    amounts=OTHERS,
)
