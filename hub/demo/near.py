"""Near misses: children who are just short of what a rule finds, planted and from what is so of the lives that were drawn."""

from collections.abc import Iterator
from datetime import date
from itertools import islice

from hub.demo.aid import DESTITUTE, OLDEST, recognised, updates
from hub.demo.besides import near_of, take
from hub.demo.checks import LEDGER, MOVES, PUPILS, WORK
from hub.demo.city import REFERENCE, SCHOOL_YEAR, City, Household, Person

AID, CERTIFICATES = "资助和补贴发放明细", "持证残疾人"
ACCOUNTED = {"DEFERRED": "deferred with approval", "ELSEWHERE": "at a school elsewhere", "ABROAD": "abroad", "MOVED": "moved away", "DECEASED": "died"}


def plant_near(city: City, pool: list[Person], cases: int) -> None:
    """Plant them among the pupils to whom nothing has happened yet, and among those who receive aid, are certified or have left school."""
    count = near_of(cases)
    for grades, plant in PLANTS:
        for child in take(pool, count, lambda child, grades=grades: child.grade in grades):  # type: ignore[misc]
            plant(child)
    for plant, children in ((_paid_on_the_last_day, _paid(city)), (_paid_again, _paid(city)), (_blank_at_school, _certified(city)), (_certificate_of_today, _certified(city))):
        for child in islice(children, count):
            plant(child)
    done = (child for child in city.children() if child.where == "DONE" and _birthday(child, 16) <= date(SCHOOL_YEAR, 9, 1) and _birthday(child, 16).year == SCHOOL_YEAR)
    for child in islice(filter(_is_plain, done), count):
        child.said[WORK] = {"合同起始": f"{_birthday(child, 16):%Y%m%d}"}
        child.near["E.8"] = "a contract from the sixteenth birthday on"
    older = (child for child in city.children() if child.where == "SCHOOL" and child.grade >= 10 and child.age(REFERENCE) >= 16)
    for child in islice(filter(_is_plain, older), count):
        child.said[MOVES] = {"年级": "高一", "异动类型": "退学", "异动日期": f"{SCHOOL_YEAR}0920", "录入日期": f"{SCHOOL_YEAR}0921"}
        child.near["E.5-5"] = "withdrawn after the nine years"


def leave_with_a_movement(city: City) -> None:
    """In the second month some are on no register any more, and a completed movement says why."""
    for child in city.children():
        if "E.5-1" in child.near:
            child.where, child.school = "ELSEWHERE", ""
            child.said[MOVES] = {"异动日期": f"{SCHOOL_YEAR}1012", "申请日期": f"{SCHOOL_YEAR}1008", "完成日期": f"{SCHOOL_YEAR}1020", "录入日期": f"{SCHOOL_YEAR}1013"}


def in_spring(city: City) -> None:
    """What was near in autumn and went on is a case in spring; one absence begins a day too late for a week."""
    for person in city.people():
        for rule in {"A-21", "A-61", "A-65", "E.5-2", "E.5-3", "E.11-6", "E.11-8"} & person.near.keys():
            person.cases[rule] = f"{person.near.pop(rule)}, and so since"
            if rule == "A-61":
                person.cases["A-65"] = "not marked since"
    quiet = (child for child in city.children() if child.where == "SCHOOL" and child.grade == 9 and not child.left_behind and not child.disability)
    for child in islice(filter(_is_plain, quiet), near_of(len(list(city.children())) // 1000)):
        child.absent_since = date(SCHOOL_YEAR + 1, 3, 26)
        child.said[LEDGER] = {"累计天数": "6", "复学日期": "", "销号日期": ""}
        child.near["E.5-7"] = "in the ninth grade, and away for six days"


def derived_near(child: Person, household: Household, day: date) -> Iterator[tuple[str, str]]:
    """Near misses of the lives that were drawn: rule, why."""
    yield from _accounted_for(child, household, day)
    yield from _looked_after(child, day)
    yield from _aided(child, household, day)
    if child.where == "DROPOUT" and "A-13" not in child.cases and int(child.id[1:]) % 3:
        yield "A-13", "the bureau and the township have the report"


def near_schools(city: City, found: set[tuple[str, str]]) -> Iterator[tuple[str, str, str]]:
    """Schools of which every pupil was there, and teaching points paid for just a hundred pupils: rule, school, why."""
    peopled = {child.school for child in city.children() if child.school and 1 <= child.grade <= 9}
    for name, told in city.schools.items():
        if name in peopled and ("E.4g", name) not in found:
            yield "E.4g", name, "all of its register were there"
        if told["kind"] == "小学教学点" and ("E.13", name) not in found:
            yield "E.13", name, "paid for a hundred pupils, and has fewer"


def _accounted_for(child: Person, household: Household, day: date) -> Iterator[tuple[str, str]]:
    """In no school of the city, and something else accounts for it; or of an age just short of it."""
    if child.where == "TOO_YOUNG" and child.age(date(SCHOOL_YEAR, 9, 30)) == 6 and child.alive(day):
        yield "A-87", "six in September, after the reference date"
    if child.where not in ACCOUNTED or not 6 <= child.age(REFERENCE) <= 15:
        return
    why = ACCOUNTED[child.where]
    yield "A-87", why
    if child.disability and child.certificate == "正常":
        yield "E.1", why
    if any(parent and parent.in_prison(day) for parent in (child.father, child.mother)):
        yield "E.2", why
    if household.allowance or household.poverty:
        yield "E.3", why


def _looked_after(child: Person, day: date) -> Iterator[tuple[str, str]]:
    """Left behind, and its files and guardians as they should be; disabled, and so for the school."""
    pupil = child.where == "SCHOOL" and 1 <= child.grade <= 9 and child.alive(day)
    quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    told = list(updates(child, day))
    if pupil and told and all(updated >= date(quarter.year, quarter.month - 3, 1) for updated in told if quarter.month > 3) and day.day <= 31 and day.month in (1, 4, 7, 10):
        yield "E.9-1", "brought up to date in the quarter before"
    if pupil and told and child.guardian and child.guardian not in (child.father, child.mother) and child.guardian.age(day) == OLDEST:
        yield "E.9-2", "looked after by somebody of just seventy"
    if pupil and child.left_behind == "单亲" and not child.said:
        yield "E.9-3", "left behind for the school, not for civil affairs"
    if pupil and child.disability and child.certificate == "正常":
        yield "E.1-2", "disabled by the school's register, and certified"


def _aided(child: Person, household: Household, day: date) -> Iterator[tuple[str, str]]:
    """Not due, not twice, not without right."""
    if not child.alive(day) or child.left:
        return
    parents = [parent for parent in (child.father, child.mother) if parent]
    if child.disability and child.certificate == "正常" and child.level == 3 and not household.allowance and child.where != "SCHOOL" and not child.aid:
        yield "E.10-1", "a certificate of the third degree, for which nothing is due"
    if sum(parent.in_prison(day) for parent in parents) == 1 and all(parent.alive(day) and not parent.lost for parent in parents) and not recognised(child):
        yield "E.10-2", "one parent is in prison, the other is there"
    if "F05" in recognised(child) and DESTITUTE not in child.said:
        yield "E.10-4", "an orphan, and on no other list"
    if household.poverty and child.where == "SCHOOL" and 1 <= child.grade <= 9:
        yield "E.11-5", "its schooling is called assured, and it goes to school"


def _is_plain(child: Person) -> bool:
    return not (child.said or child.cases or child.near or child.absent_since or child.example or child.twin or child.placement == "送教上门") and not child.left


def _paid(city: City) -> Iterator[Person]:
    return (child for child in city.children() if "F12" in child.paid and child.where == "SCHOOL" and not child.disability and _is_plain(child) and not recognised(child))


def _certified(city: City) -> Iterator[Person]:
    return (child for child in city.children() if child.disability and child.certificate == "正常" and child.where == "SCHOOL" and 1 <= child.grade <= 9 and _is_plain(child))


def _birthday(child: Person, years: int) -> date:
    return child.born.replace(year=child.born.year + years, day=min(child.born.day, 28))


def _paid_on_the_last_day(child: Person) -> None:
    child.said[AID] = {"学年": f"{SCHOOL_YEAR - 1}-{SCHOOL_YEAR}", "学期": "春季学期", "发放日期": f"{SCHOOL_YEAR}0711"}
    child.near["E.10-7"] = "paid on the last day of the term"


def _paid_again(child: Person) -> None:
    child.said |= {AID: {"发放状态": "退回"}, "再次发放": {"发放状态": "成功", "发放日期": f"{SCHOOL_YEAR}0928"}}
    child.near["E.10-5"] = "the bank returned the payment, and it was paid again"


def _blank_at_school(child: Person) -> None:
    child.said[PUPILS] = {"残疾类型": "", "残疾程度": ""}
    child.near["E.11-3"] = "disabled by the certificate, and the school's register says nothing"


def _certificate_of_today(child: Person) -> None:
    child.said[CERTIFICATES] = {"有效期至": f"{SCHOOL_YEAR + 1}0331"}
    child.near["E.11-12"] = "a certificate in force to the last day of the last round"


def _six_days(child: Person) -> None:
    child.absent_since = date(SCHOOL_YEAR, 10, 26)
    child.said[LEDGER] = {"累计天数": "6", "复学日期": "", "销号日期": ""}
    child.near["A-61"] = "away for six days, from a Monday on"


def _three_days_to_mark(child: Person) -> None:
    child.absent_since = date(SCHOOL_YEAR, 10, 21)
    child.said[LEDGER] = {"累计天数": "11", "复学日期": "", "销号日期": ""}
    child.cases["A-61"] = "away for eleven days"
    child.near["A-65"] = "the eighth day was three days ago"


def _taught_at_home_and_numbered(child: Person) -> None:
    child.said[PUPILS] = {"特教就读类型": "送教上门"}
    child.cases["E.1-2"] = "placed as disabled, and on no certificate"
    child.near["E.1-3"] = "taught at home with a student number"


def _seen_once(child: Person) -> None:
    child.near["E.4"] = "at the exam of one term, not at that of the one before"


def _with_a_movement(child: Person) -> None:
    child.near["E.5-1"] = "gone from the register in October, and transferred to a named school"


def _in_transit(child: Person) -> None:
    child.where, child.school = "OUT", ""
    child.said[MOVES] = {"异动类型": "转学(转出)", "异动日期": f"{SCHOOL_YEAR}0925", "申请日期": f"{SCHOOL_YEAR}0925", "转入学校": "", "审核状态": "待转入地教育局核办", "完成日期": "", "录入日期": f"{SCHOOL_YEAR}0925"}
    child.near["E.5-2"] = "transferred out twenty working days ago"


def _just_over(child: Person) -> None:
    child.said[PUPILS] = {"就读状态": "休学", "学籍状态": "休学"}
    child.said[MOVES] = {"异动类型": "休学", "异动日期": f"{SCHOOL_YEAR}0427", "休学截止日期": f"{SCHOOL_YEAR}1026", "录入日期": f"{SCHOOL_YEAR}0428"}
    child.near["E.5-3"] = "the suspension ended five days ago"


def _back_between(child: Person) -> None:
    child.said[PUPILS] = {"就读状态": "休学", "学籍状态": "休学"}
    child.said[MOVES] = {"异动类型": "休学", "异动日期": f"{SCHOOL_YEAR}0302", "休学截止日期": f"{SCHOOL_YEAR}0831", "录入日期": f"{SCHOOL_YEAR}0303"}
    child.said["再次异动"] = {"异动类型": "复学", "异动日期": f"{SCHOOL_YEAR}0901", "录入日期": f"{SCHOOL_YEAR}0901"}
    child.said["三次异动"] = {"异动类型": "休学", "异动日期": f"{SCHOOL_YEAR}0915", "休学截止日期": f"{SCHOOL_YEAR + 1}0831", "录入日期": f"{SCHOOL_YEAR}0916"}
    child.near["E.5-4"] = "suspended again after a return"


def _in_middle_school(child: Person) -> None:
    child.said[MOVES] = {"异动类型": "毕业", "年级": "六年级", "异动日期": f"{SCHOOL_YEAR}0628", "录入日期": f"{SCHOOL_YEAR}0629"}
    child.near["E.5-6"] = "left primary school in June, and is in the seventh grade"


def _entered_in_time(child: Person) -> None:
    child.said[MOVES] = {"异动类型": "转学(转入)", "异动日期": f"{SCHOOL_YEAR}0826", "录入日期": f"{SCHOOL_YEAR}0925"}
    child.near["E.5-8"] = "entered thirty days later"


def _guest(child: Person) -> None:
    child.said["第二学籍"] = {"学籍号": f"L{child.number[:6]}{int(child.id[1:]):011d}9", "学生来源": "借读"}
    child.near["E.6"] = "a guest on another school's register"


def _graduated_early(child: Person) -> None:
    child.where, child.school = "VOCATIONAL", ""
    child.said[MOVES] = {"异动类型": "毕业", "年级": "九年级", "异动日期": f"{SCHOOL_YEAR}0628", "录入日期": f"{SCHOOL_YEAR}0629", "毕业证书号": f"BY{SCHOOL_YEAR}{child.id[1:]}"}
    child.near |= {"E.7": "at vocational school with the certificate of nine years, at fourteen", "A-87": "has completed nine years"}


def _dead_for_two_periods(child: Person) -> None:
    child.where, child.deceased = "DECEASED", date(SCHOOL_YEAR, 7, 25)
    child.paid.add("F12")
    child.near["E.10-3"] = "paid two payment periods after death"


PLANTS = (
    (range(2, 9), _six_days), (range(2, 9), _three_days_to_mark), (range(2, 9), _seen_once), (range(2, 6), _with_a_movement), (range(2, 6), _in_transit), (range(2, 9), _just_over),
    (range(2, 9), _back_between), (range(7, 8), _in_middle_school), (range(2, 9), _entered_in_time), (range(2, 9), _guest), (range(9, 10), _graduated_early), (range(2, 7), _dead_for_two_periods),
    (range(2, 9), _taught_at_home_and_numbered),
)  # fmt: skip
