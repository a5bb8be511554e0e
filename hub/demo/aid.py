"""Cases of aid and of left-behind children (E.9, E.10, E.11-3 by civil affairs): planted ones, and what is so of the lives that were drawn."""

from collections.abc import Iterator
from datetime import date, timedelta

from hub.demo.city import REFERENCE, SCHOOL_YEAR, City, Household, Person

AID, PUPILS, LEFT_BEHIND, WELFARE, DESTITUTE = "资助和补贴发放明细", "学生基础信息", "农村留守儿童", "孤儿和事实无人抚养儿童", "特困人员"
OLDEST = 70  # an entrusted guardian older than this (E.9)
FIRST_DELIVERY = date(SCHOOL_YEAR, 9, 30)
WITHOUT_CARE = {"F05", "F06"}
TWO_PAYMENTS = timedelta(days=62)


def plant_aid(city: City) -> None:
    """Plant payments that came back or late, programmes that exclude each other, recognition that was stopped, files that the school does not mark."""
    for place, child in enumerate(_paid_day_pupils(city)):
        if place % 12 == 0:
            child.said[AID] = {"发放状态": "退回"}
            child.cases["E.10-5"] = "the bank returned the payment"
        elif place % 12 == 1:
            child.said[AID] = {"学年": f"{SCHOOL_YEAR - 1}-{SCHOOL_YEAR}", "学期": "春季学期"}
            child.cases["E.10-7"] = "paid in September for the spring term"
    for place, child in enumerate(child for child in _free(city) if "F05" in child.aid):
        if place % 2 == 0:
            child.said[DESTITUTE] = {"特困类别": "未成年人"}
            child.cases["E.10-4"] = "an orphan, and in extreme hardship"
    for place, child in enumerate(child for child in _free(city) if "F06" in child.aid and child.where == "SCHOOL" and 1 <= child.grade <= 9 and serves(child.father)):
        if place % 4 == 0:
            child.said[WELFARE] = {"保障状态": "停保"}
            child.cases["E.10-2"] = "without care as before, and the allowance was stopped"
        elif place % 4 == 2 and not child.disability:
            child.said[WELFARE] = {"残疾类型": "听力残疾", "残疾等级": "三级"}
            child.cases["E.11-3"] = "disabled by civil affairs' register, not by the school's"
    for place, child in enumerate(child for child in _free(city) if _told_by_civil_affairs(child, REFERENCE) and child.where == "SCHOOL" and 1 <= child.grade <= 9):
        if place % 8 == 0:
            child.said[PUPILS] = {"是否留守儿童": "非留守儿童"}
            child.cases["E.9-3"] = "left behind for civil affairs, not for the school"


def derived_aid(child: Person, household: Household, day: date) -> Iterator[tuple[str, str, str]]:
    """What rules should find besides: rule, why, and the number of somebody else through whom it is known."""
    if not child.alive(day) or (child.left and child.left <= day):
        return
    if child.example and child.said.get(PUPILS, {}).get("是否留守儿童") == "非留守儿童":  # 王小雨 of the worked example
        yield "E.9-3", "left behind for civil affairs, not for the school", ""
    if any(_is_overdue(updated, day) for updated in updates(child, day)):
        yield "E.9-1", "its file was not brought up to date in time", ""
    if any(True for _ in updates(child, day)):
        yield from _guarded(child, day)
    if "F06" in recognised(child) and child.father and child.father.sentence and child.father.sentence[1] + TWO_PAYMENTS < day:
        yield "E.11-8", "recognised for a sentence that ended more than two payment periods ago", ""
    if not recognised(child):
        for other in household.children():
            if recognised(other) and _are_siblings(child, other):
                yield "E.10-6", "a brother or sister is recognised", other.number


def _guarded(child: Person, day: date) -> Iterator[tuple[str, str, str]]:
    """Left behind with nobody on any list, or with somebody too old."""
    guardian = child.guardian
    if not _has_guardian_on_a_list(child, day):
        yield "E.9-2", "no list names anybody who looks after the child", ""
    elif guardian and guardian.age(day) > OLDEST:
        yield "E.9-2", "looked after by somebody of more than seventy years", guardian.number


def _has_guardian_on_a_list(child: Person, day: date) -> bool:
    """Entrusted, by civil affairs' list, on which no parent counts; or named by the school, the federation, the ledger, an approval, justice, the governance list or civil
    affairs' register."""
    if _told_by_civil_affairs(child, day):
        return child.guardian not in (child.father, child.mother)
    imprisoned = any(parent and parent.in_prison(day) for parent in (child.father, child.mother))
    governed = bool(child.left_behind) and 6 <= child.age(day) < 16 and int(child.id[1:]) % 4 == 0  # on the governance list
    on_a_list = governed or child.where in ("SCHOOL", "DROPOUT", "DEFERRED") or child.disability or child.absent_since or imprisoned
    return bool(on_a_list or (recognised(child) and child.guardian not in (child.father, child.mother)))


def recognised(child: Person) -> set[str]:
    """As what civil affairs recognises a child now."""
    return WITHOUT_CARE & child.aid.keys() if "E.10-2" not in child.cases else set()


def serves(parent: Person | None) -> bool:
    """Whether a parent is in prison beyond the last round."""
    return parent is not None and parent.in_prison(REFERENCE) and parent.in_prison(date(SCHOOL_YEAR + 1, 8, 31))


def _are_siblings(child: Person, other: Person) -> bool:
    return other is not child and child.father is other.father and bool(child.father)


def _free(city: City) -> Iterator[Person]:
    return (child for child in city.children() if not (child.said or child.cases or child.example or child.twin) and child.alive(FIRST_DELIVERY) and not child.left)


def _paid_day_pupils(city: City) -> list[Person]:
    return [child for child in _free(city) if "F12" in child.paid and child.where == "SCHOOL" and not child.disability and not recognised(child)]


def _told_by_civil_affairs(child: Person, day: date) -> bool:
    return child.left_behind == "双亲" and child.age(day) < 16 and bool(child.father and child.mother)


def updates(child: Person, day: date) -> Iterator[date]:
    """When the files of education and of civil affairs were last brought up to date."""
    if _told_by_civil_affairs(child, day):
        told = child.said.get(LEFT_BEHIND, {}).get("最近走访日期") or visited(child)
        yield date.fromisoformat(told)
    if child.left_behind and child.school and child.where in ("SCHOOL", "DROPOUT") and child.said.get(PUPILS, {}).get("是否留守儿童") != "非留守儿童":
        yield FIRST_DELIVERY


def visited(child: Person) -> str:
    """The day of the last visit to a left-behind child, as civil affairs writes it."""
    return f"{SCHOOL_YEAR}{3 + int(child.id[1:]) % 5:02d}15"


def _is_overdue(updated: date, day: date) -> bool:
    """Not within the calendar quarter before the day's, nor, two weeks before the end of the day's own, within that."""
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    ends = (quarter + timedelta(days=100)).replace(day=1) - timedelta(days=1)
    before = (quarter - timedelta(days=1)).replace(day=1)
    before = date(before.year, before.month - 2, 1)
    return updated < before or (updated < quarter and day > ends - timedelta(days=15))
