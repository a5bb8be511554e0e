"""F05 孤儿基本生活费 and F06 事实无人抚养儿童基本生活补贴: each parent's situation decides."""

from datetime import date

from hub.rules.programmes.situation import Answer, Judgement, Programme, Situation, not_due, unknown

RECOGNISED = "civil_affairs.child_welfare"
#: In custody or out of reach for less than six months: alive, and whether that parent can care is not told.
SHORT = "情形不足六个月"
GONE = frozenset({"死亡", "失踪"})
#: Situations in which a parent cannot care (民政部 2019): each parent is looked at apart.
CANNOT_CARE = frozenset(
    {"重残", "重病", "服刑在押", "强制隔离戒毒", "被执行其他限制人身自由的措施", "失联", "被撤销监护资格", "被遣送(驱逐)出境"}
)

#: Why it is not known of anybody whether a parent can care.
CLOSED = ("父母有无服刑等情形的名单此处无权查看", "the lists that tell of a parent in custody or the like may not be read here")


def judge_orphan(situation: Situation) -> Judgement:
    """Both parents dead or missing; under 18, or still in full-time study."""
    if "F05" in situation.standings:
        return Judgement(Answer.RECEIVING, "已认定孤儿", "recognised as an orphan")
    known = situation.unclear("F05") or _ended(situation) or _age_untold(situation) or _cared_for(situation)
    if known:
        return known
    parents = (situation.father, situation.mother)
    if any(parent is not None and parent not in GONE for parent in parents):
        return not_due("父母一方在世", "a parent is alive")
    if situation.ages and situation.ages[0] >= 18 and not situation.studies:  # on no register of ours, perhaps at a university
        return unknown("是否仍在全日制就读", "education", "已满18周岁，是否仍在全日制就读不明", "18 or older; whether in full-time study is not told")
    if all(parent in GONE for parent in parents):
        return situation.unsure(RECOGNISED) or Judgement(Answer.DUE, "父母均死亡或失踪，未见认定", "both parents dead or missing, not recognised")
    return _ask(parents)


def judge_without_care(situation: Situation) -> Judgement:
    """Both parents unable to care, or one gone and the other unable; under 18."""
    if "F06" in situation.standings:
        return Judgement(Answer.RECEIVING, "已认定事实无人抚养", "recognised as without care")
    known = _too_old(situation) or situation.unclear("F06") or _ended(situation) or _age_untold(situation) or _closed(situation) or _cared_for(situation)
    if known:
        return known
    parents = (situation.father, situation.mother)
    if all(parent in GONE for parent in parents):
        return not_due("父母均死亡或失踪，按孤儿保障", "both parents gone: the orphans' programme applies")
    if "正常" in parents:
        return not_due("父母一方能够履行监护职责", "a parent can care")
    if all(parent in GONE | CANNOT_CARE for parent in parents):
        return situation.unsure(RECOGNISED) or Judgement(Answer.DUE, "父母双方符合情形，未见认定", "both parents are in a listed situation, not recognised")
    return _ask(parents)


def _too_old(situation: Situation) -> Judgement | None:
    return not_due("已满18周岁", "18 or older") if situation.ages and situation.ages[0] >= 18 else None


def _age_untold(situation: Situation) -> Judgement | None:
    """Whether the child is under 18 hangs on a birth date that is not known so closely, and nothing else settles it."""
    if situation.ages is None or situation.ages[0] < 18 <= situation.ages[1]:
        return unknown("出生日期", "public_security", "出生日期不明", "the birth date is not known")
    return None


def _ended(situation: Situation) -> Judgement | None:
    """Adopted, or a parent can care again (终止原因, B.5); a parent's situation that began later leaves it open, as does one that
    may be told by a list that is closed."""
    ended = situation.care_ended
    if ended is None:
        return None
    zh, en = ("被收养", "adopted") if ended.adopted else ("父母恢复抚养能力", "a parent can care again")
    if ended.doubted:
        return unknown("父母情形", "civil_affairs", f"{ended.since}因{zh}终止，此后又有父母情形", f"ended on {ended.since}: {en}; a parent's situation began later")
    if situation.parents_closed:
        return unknown("父母情形", "civil_affairs", f"{ended.since}因{zh}终止，此后{CLOSED[0]}", f"ended on {ended.since}: {en}; {CLOSED[1]}")
    return not_due(f"{ended.since}因{zh}终止", f"ended on {ended.since}: {en}")


def _closed(situation: Situation) -> Judgement | None:
    """Whoever cares for the child may be in custody by a list that is closed, unless an open one says that a parent can care: so it is for every child alike."""
    if not situation.parents_closed or not _cared_for(situation) or "正常" in (situation.father, situation.mother):
        return None
    return Judgement(Answer.UNKNOWN, f"父亲或母亲为监护人，{CLOSED[0]}", f"a parent is the guardian; {CLOSED[1]}", ("父亲情形", "母亲情形"), "civil_affairs")


def _cared_for(situation: Situation) -> Judgement | None:
    """A parent named as the guardian, and nothing said against that parent."""
    if situation.parent_cares and situation.father in (None, "正常") and situation.mother in (None, "正常"):
        return not_due("父亲或母亲为监护人", "a parent is the guardian")
    return None


def _ask(parents: tuple[str | None, str | None]) -> Judgement:
    missing = tuple(name for name, told in (("父亲情形", parents[0]), ("母亲情形", parents[1])) if told in (None, SHORT))
    return Judgement(Answer.UNKNOWN, "父母情形不明", "a parent's situation is not known", missing, "civil_affairs")


F05 = Programme(
    "F05",
    "孤儿基本生活费",
    "Orphans' basic living allowance",
    "civil_affairs",
    "国办发〔2010〕54号",
    date(2010, 11, 16),
    None,
    judge_orphan,
)
F06 = Programme(
    "F06",
    "事实无人抚养儿童基本生活补贴",
    "Allowance for children without care",
    "civil_affairs",
    "民发〔2019〕62号",
    date(2020, 1, 1),
    None,
    judge_without_care,
)
