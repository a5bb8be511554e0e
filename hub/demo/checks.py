"""Cases planted for the cross-checks: what really happened to a child, as the lists tell it, and which rule should find it.

Every rule has some; the children are drawn with random numbers of their own from those to whom nothing else happened.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from random import Random

from hub.demo.city import REFERENCE, City, Household, Person
from hub.demo.family import TEACHING_POINT

LEDGER, MOVES, PUPILS, WORK = "控辍保学台账", "学籍异动", "学生基础信息", "用工备案"


def plant_checks(city: City) -> None:
    """Plant the cases, each child at most one; ``child.cases`` names the rules that should find it."""
    rng = Random(f"{city.seed}/checks")
    quiet = [child for household in city.households for child in household.children() if is_quiet(household, child)]
    rng.shuffle(quiet)
    crowd = Counter(child.school for child in quiet)  # being on no list says something where there are lists
    cases = max(2, len(quiet) // 400)
    for grades, plant in PLANTS:
        chosen = [child for child in quiet if child.grade in grades and (plant is not _phantom or crowd[child.school] >= 6)][:cases]
        for child in chosen:
            quiet.remove(child)
            plant(child)
    for place, child in enumerate(_certified_pupils(city)):
        if place % 5 == 0:
            child.said.setdefault(PUPILS, {})["残疾类型"] = "无残疾"
            child.cases["E.11-3"] = "disabled by the certificate, not by the school's register"
        elif place % 5 == 1:
            child.said["持证残疾人"] = {"有效期至": f"{REFERENCE.year}0930", "证件状态": "正常"}
            child.cases["E.11-12"] = "a certificate that ran out in September and is called valid"


def lose_some(city: City) -> None:
    """In the second month some are on no register any more, and nobody says why."""
    for child in city.children():
        if "E.5-1" in child.cases:
            child.where, child.school = "OUT", ""


def absent_in_spring(city: City) -> None:
    """In the third month some ninth-graders stay away from 2 March on, and nobody has marked them; nor those whose slips ended before."""
    quiet = [child for household in city.households for child in household.children() if child.grade == 9 and not child.cases and is_quiet(household, child)]
    Random(f"{city.seed}/spring").shuffle(quiet)
    for child in quiet[: max(3, len(quiet) // 40)]:
        child.absent_since = date(REFERENCE.year + 1, 3, 2)
        child.said[LEDGER] = {"累计天数": "29", "复学日期": "", "销号日期": ""}
        child.cases |= {"E.5-7": "in the ninth grade, and away since 2 March", "A-61": "away for twenty-nine days", "A-65": "not marked after the eighth day"}
    for child in city.children():
        if child.said.get(LEDGER, {}).get("请假截止日期"):
            child.cases |= {"A-61": "the slip ended in November, and the child did not return", "A-65": "not marked since"}


def of_schools(city: City) -> Iterator[tuple[str, str, str]]:
    """What rules about schools should find: rule, school, why."""
    for child in city.children():
        if child.school and 1 <= child.grade <= 9 and (child.where == "DROPOUT" or (child.where == "SCHOOL" and "E.4" in child.cases)):
            yield "E.4g", child.school, "somebody of its register was not there on the day of the visit"
    for place, (name, told) in enumerate(city.schools.items()):
        if told["kind"] == "小学教学点" and paid_below(place, name):
            yield "E.13", name, "paid for the pupils that it has, and not for a hundred"


def paid_below(place: int, name: str) -> bool:
    """Whether a teaching point is paid for fewer than a hundred pupils."""
    return place % 4 == 0 or name == TEACHING_POINT[0]


def derived(child: Person, household: Household) -> Iterator[tuple[str, str]]:
    """What rules should find besides the planted cases, from what is so."""
    if child.where == "DROPOUT":
        yield "A-61", "marked, and away since 1 September"
        if int(child.id[1:]) % 3 == 0:
            yield "A-13", "the township has no report"
    if child.example and child.said.get(LEDGER, {}).get("标注状态") == "辍学":  # 赵丽 of the worked example
        yield "A-61", "marked in 2025"
        yield "A-13", "the township has no report"
        yield "E.7", "at vocational school since the eighth grade"
    if child.disability and child.certificate == "过期" and not child.deceased and not child.left:
        yield "E.11-12", "its register calls the certificate run out"
    if household.poverty and child.where in ("OUT", "DROPOUT") and 6 <= child.age(REFERENCE) <= 15:
        yield "E.11-5", "its schooling is called assured"


def is_quiet(household: Household, child: Person) -> bool:
    """Whether a pupil in grades 1 to 9 has an ordinary life so far, and the household too."""
    ordinary = child.where == "SCHOOL" and 1 <= child.grade <= 9 and not child.example and not (child.said or child.aid or child.absent_since or child.disability or child.left_behind)
    return ordinary and not child.twin and not household.poverty and not household.allowance and not any(p.sentence for p in household.members) and child.age(REFERENCE) <= 14


def _certified_pupils(city: City) -> Iterator[Person]:
    return (c for c in city.children() if c.disability and c.certificate == "正常" and c.where == "SCHOOL" and 1 <= c.grade <= 9 and not c.said and not c.example)


def _phantom(child: Person) -> None:
    child.cases["E.4"] = "on the register, and nobody has seen the child since spring"


def _working(child: Person) -> None:
    child.said[WORK] = {"合同起始": f"{REFERENCE.year}0301", "合同终止": f"{REFERENCE.year + 1}0831", "备案日期": f"{REFERENCE.year}0310"}
    child.cases |= {"E.8": "a contract before the age of 16", "E.4": "at work while on the register"}


def _lost(child: Person) -> None:
    child.cases["E.5-1"] = "gone from the register in October without a movement"


def _nowhere(child: Person) -> None:
    child.where, child.school = "OUT", ""
    child.said[MOVES] = {"异动类型": "转学(转出)", "异动日期": f"{REFERENCE.year}0615", "转入学校": "", "审核状态": "待转入地教育局核办", "完成日期": "", "录入日期": f"{REFERENCE.year}0616"}
    child.cases["E.5-2"] = "transferred out in June and arrived nowhere"


def _suspended(child: Person) -> None:
    child.said[PUPILS] = {"就读状态": "休学", "学籍状态": "休学"}
    child.said[MOVES] = {"异动类型": "休学", "异动日期": f"{REFERENCE.year}0302", "休学截止日期": f"{REFERENCE.year}0831", "录入日期": f"{REFERENCE.year}0303"}
    child.cases["E.5-3"] = "the suspension ended on 31 August"


def _suspended_twice(child: Person) -> None:
    child.said[PUPILS] = {"就读状态": "休学", "学籍状态": "休学"}
    child.said[MOVES] = {"异动类型": "休学", "异动日期": f"{REFERENCE.year}0302", "休学截止日期": f"{REFERENCE.year}0831", "录入日期": f"{REFERENCE.year}0303"}
    child.said["再次异动"] = {"异动类型": "休学", "异动日期": f"{REFERENCE.year}0901", "休学截止日期": f"{REFERENCE.year + 1}0831", "录入日期": f"{REFERENCE.year}0902"}
    child.cases["E.5-4"] = "suspended again without a return"


def _forbidden(child: Person) -> None:
    child.said[MOVES] = {"异动类型": "退学", "异动日期": f"{REFERENCE.year}0920", "录入日期": f"{REFERENCE.year}0921"}
    child.cases["E.5-5"] = "withdrawn in compulsory education"


def _between_schools(child: Person) -> None:
    child.where, child.school = "OUT", ""
    child.said[MOVES] = {"异动类型": "毕业", "年级": "六年级", "异动日期": f"{REFERENCE.year}0628", "录入日期": f"{REFERENCE.year}0629"}
    child.cases["E.5-6"] = "left primary school in June and entered no other"


def _dead_and_paid(child: Person) -> None:
    child.where, child.deceased = "DECEASED", date(REFERENCE.year, 3, 10)
    child.paid.add("F12")
    child.cases["E.10-3"] = "paid in September, and dead since March"


def _uncertified(child: Person) -> None:
    child.said[PUPILS] = {"残疾类型": "听力残疾", "残疾程度": "3级"}
    child.cases["E.1-2"] = "disabled by the school's register, and on no certificate"


def _taught_at_home(child: Person) -> None:
    child.said[PUPILS] = {"特教就读类型": "送教上门", "学籍号": ""}
    child.cases |= {"E.1-2": "placed as disabled, and on no certificate", "E.1-3": "taught at home without a student number"}


def _backdated(child: Person) -> None:
    child.said[MOVES] = {"异动类型": "转学(转入)", "异动日期": f"{REFERENCE.year}0715", "录入日期": f"{REFERENCE.year}0925"}
    child.cases["E.5-8"] = "entered seventy days late"


def _twice(child: Person) -> None:
    child.said["第二学籍"] = {"学籍号": f"L{child.number[:6]}{int(child.id[1:]):011d}9"}
    child.cases["E.6"] = "on two registers"


def _early(child: Person) -> None:
    child.where, child.school = "VOCATIONAL", ""
    child.cases["E.7"] = "at vocational school before the end of nine years"


def _absent(child: Person) -> None:
    child.absent_since, child.slip = date(REFERENCE.year, 10, 20), None
    child.said[LEDGER] = {"累计天数": "12", "复学日期": "", "销号日期": ""}
    child.cases |= {"A-61": "away for twelve days", "A-65": "not marked after the eighth day"}


def _excused_late(child: Person) -> None:
    """A control: the slip came later, and covers the absence."""
    child.absent_since, child.slip = date(REFERENCE.year, 10, 20), None
    child.said[LEDGER] = {
        "累计天数": "12", "复学日期": "", "销号日期": "", "是否请假": "是", "请假类型": "病假", "请假起始日期": f"{REFERENCE.year}1020",
        "请假截止日期": f"{REFERENCE.year}1115", "假条登记日期": f"{REFERENCE.year}1029",
    }  # fmt: skip


COMPULSORY = range(1, 10)
PLANTS = (
    (COMPULSORY, _phantom), (range(9, 10), _working), (COMPULSORY, _lost), (range(2, 9), _nowhere), (COMPULSORY, _suspended), (COMPULSORY, _suspended_twice),
    (COMPULSORY, _forbidden), (range(7, 8), _between_schools), (COMPULSORY, _backdated), (COMPULSORY, _twice), (range(8, 10), _early), (range(2, 9), _absent),
    (range(2, 9), _excused_late), (range(2, 7), _dead_and_paid), (range(2, 9), _uncertified),
    (range(2, 9), _taught_at_home),
)  # fmt: skip
