"""What is planted besides: lists that tell one child differently (E.11), recognition that nobody looked at again (E.10, E.11), files of pupils registered elsewhere (A-21).

Each has near misses, just short of what its rule finds. The children are drawn with random numbers of their own from those to whom nothing else happened.
"""

from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from itertools import islice
from random import Random

from hub.demo import names
from hub.demo.aid import OLDEST, serves
from hub.demo.checks import PUPILS, is_quiet
from hub.demo.city import AREAS, REFERENCE, SCHOOL_YEAR, City, Household, Person
from hub.demo.plants import raised_by_grandparents
from hub.domain.values.citizen_number import check_digit
from hub.domain.values.division import TOWNSHIPS

REGISTER, ALLOWANCE, DESTITUTE, WELFARE, PERMIT = "常住人口", "城乡低保对象", "特困人员", "孤儿和事实无人抚养儿童", "居住证"
NEAR_GRACE = date(SCHOOL_YEAR, 8, 30)  # sixty-two days before the last day of October: two payment periods
ELSEWHERE = ("吉林省某县", "220282101000")


def many(city: City) -> int:
    """How many cases of each kind a city of this size has."""
    return max(1, sum(1 for _ in city.children()) // 1000)


def take(pool: list[Person], count: int, fit: Callable[[Person], bool] = lambda child: True) -> list[Person]:
    """The first so many of a pool that fit, who are in it no longer."""
    taken = list(islice(filter(fit, pool), max(count, 0)))
    for child in taken:
        pool.remove(child)
    return taken


def plant_besides(city: City) -> list[Person]:
    """Plant them; returns the pupils to whom nothing has happened yet."""
    rng = Random(f"{city.seed}/besides")
    cases = many(city)
    families = [household for household in city.households if not any(member.cases for member in household.members)]
    rng.shuffle(families)
    alone = [child for household in families if raised_by_grandparents(household) for child in household.children() if len(household.children()) == 1 and is_free(household, child) and not child.boards]
    together = [household for household in families if raised_by_grandparents(household) and len(household.children()) > 1 and all(is_free(household, child) for child in household.children())]
    _guardian_of_seventy(alone, cases)
    _recognition(alone, cases)
    for household in together[:cases]:
        _one_of_two(household)
    _out_of_school(families, cases)
    _covered_after_death(families, cases)
    _at_three_homes(families, cases)
    pool = [child for household in families for child in household.children() if is_free(household, child)]
    _told_otherwise(pool, cases, rng)
    for child in take(pool, cases, lambda child: int(child.id[1:]) % 3 == 0):
        child.where = "DROPOUT"
        child.cases["A-13"] = "the township has no report"
    for child in take(pool, near_of(cases), lambda child: int(child.id[1:]) % 3 > 0):
        child.where = "DROPOUT"
        child.near["A-13"] = "the bureau and the township have the report"
    _registered_elsewhere(city, cases, rng)
    return pool


def is_free(household: Household, child: Person) -> bool:
    """Whether nothing has happened to a pupil, and no case is planted."""
    return is_quiet(household, child) and not (child.cases or child.near)


def near_of(cases: int) -> int:
    """How many near misses there are beside so many cases."""
    return max(1, cases // 3)


def _guardian_of_seventy(alone: list[Person], cases: int) -> None:
    for child in take(alone, near_of(cases), lambda child: child.guardian is not None and child.guardian.age(REFERENCE) == OLDEST and 4 <= child.guardian.born.month <= 8):
        child.left_behind = "双亲"
        child.near["E.9-2"] = "looked after by somebody of just seventy"


def _recognition(alone: list[Person], cases: int) -> None:
    """Only children who are raised by grandparents: what civil affairs recognises, and how their parents are."""
    for child in take(alone, cases):
        _orphan(child, father_dead=False, said={"父亲情形": "", "父亲情形起": ""})
        child.cases["E.11-7"] = "an orphan, and the father stands in the register"
    for child in take(alone, near_of(cases)):
        _orphan(child, father_dead=False, said={"父亲情形": "失踪", "父亲情形起": f"{SCHOOL_YEAR - 4}0301"})
        child.near["E.11-7"] = "the father stands in the register, and a court has declared him missing"
    for child in take(alone, cases):
        _without_care(child, until=NEAR_GRACE - timedelta(days=1))
        child.cases["E.11-8"] = "recognised for a sentence that ended more than two payment periods ago"
    for child in take(alone, near_of(cases)):
        _without_care(child, until=NEAR_GRACE)
        child.near["E.11-8"] = "the sentence ended two payment periods ago"
    for child in take(alone, cases):
        _without_care(child, until=date(SCHOOL_YEAR + 2, 5, 6))
        child.said[WELFARE] = {"保障状态": "停保"}
        child.cases["E.10-2"] = "without care as before, and the allowance was stopped"
    for child in take(alone, cases):
        _orphan(child, father_dead=True, said={})
        child.said[DESTITUTE] = {"特困类别": "未成年人"}
        child.cases["E.10-4"] = "an orphan, and in extreme hardship"


def _orphan(child: Person, *, father_dead: bool, said: dict[str, str]) -> None:
    assert child.father and child.mother
    child.mother.deceased = date(SCHOOL_YEAR - 3, 4, 9)
    if father_dead:
        child.father.deceased = date(SCHOOL_YEAR - 2, 11, 20)
    child.aid["F05"] = "社会散居孤儿"
    child.said[WELFARE] = said


def _without_care(child: Person, *, until: date) -> None:
    assert child.father and child.mother
    child.father.sentence, child.father.prison = (date(SCHOOL_YEAR - 2, 3, 5), until), "大连市监狱"
    child.mother.lost = date(SCHOOL_YEAR - 3, 6, 1)
    child.aid["F06"] = "父亲服刑在押，母亲失联"


def _one_of_two(household: Household) -> None:
    """Both parents have died, and only the first child is recognised: E.10-6 of the others is told from the family."""
    first, *others = household.children()
    assert first.father and first.mother
    first.father.deceased, first.mother.deceased = date(SCHOOL_YEAR - 2, 2, 3), date(SCHOOL_YEAR - 1, 7, 8)
    first.aid["F05"] = "社会散居孤儿"
    first.near["E.10-6"] = "recognised, as the rule wants of brothers and sisters"
    for child in others:
        child.cases["E.10-6"] = "a brother or sister is recognised"


def _out_of_school(families: list[Household], cases: int) -> None:
    """Pupils of prisoners' and of poor households who are in no school any more."""
    poor = [child for household in families if household.poverty and not household.allowance for child in household.children()]
    imprisoned = [child for household in families for child in household.children() if any(serves(parent) for parent in (child.father, child.mother))]
    for pool, rule, why in ((poor, "E.3", "of a poor household"), (imprisoned, "E.2", "a parent is in prison")):
        for child in take(pool, cases, _untouched):
            _leave(child, "OUT")
            child.cases[rule] = f"in no school any more, {why}"
        for child in take(pool, near_of(cases), _untouched):
            _leave(child, "ELSEWHERE")
            child.near[rule] = f"at a school elsewhere, {why}"
    certified = [child for household in families for child in household.children() if child.disability and child.certificate == "正常" and 6 <= child.age(REFERENCE) <= 15]
    drawn = Counter(child.where for child in certified)
    pupils = [child for child in certified if child.where == "SCHOOL" and not (child.said or child.cases or child.near or child.absent_since or child.left_behind or child.example or {"F05", "F06"} & child.aid.keys())]
    for child in take(pupils, min(cases, 3) - drawn["OUT"] // 2 - drawn["DROPOUT"]):  # some of those who are out come back in the second month
        _leave(child, "OUT")
        child.cases["E.1"] = "in no school any more, and certified"
    for child in take(pupils, 1 - drawn["ELSEWHERE"] - drawn["DEFERRED"]):
        _leave(child, "ELSEWHERE")
        child.near["E.1"] = "at a school elsewhere, and certified"


def _leave(child: Person, where: str) -> None:
    child.where, child.school, child.placement, child.boards, child.bus = where, "", "", False, False
    child.paid -= {"F11", "F12"}


def _untouched(child: Person) -> bool:
    """A pupil of compulsory age of whom no list says anything of its own, and to whom nothing has happened."""
    ordinary = child.where == "SCHOOL" and 1 <= child.grade <= 9 and 6 <= child.age(REFERENCE) <= 14 and not child.example and not child.twin
    return ordinary and not (child.said or child.cases or child.near or child.absent_since or child.disability or child.left_behind or child.paid or {"F05", "F06"} & child.aid.keys())


def _covered_after_death(families: list[Household], cases: int) -> None:
    """Old people who have died and are on the allowance, or destitute, as before."""
    on_allowance = [old for household in families if household.allowance for old in _old(household) if old is not household.head]
    destitute = [household.head for household in families if not household.allowance and household.head in _old(household)]
    for place, old in enumerate(islice((*on_allowance, *destitute), cases + near_of(cases))):
        old.deceased = NEAR_GRACE - timedelta(days=place < cases)
        old.said[DESTITUTE if old in destitute else ALLOWANCE] = {"状态": "在保"}
        told = old.cases if place < cases else old.near
        told["E.11-6"] = f"died on {old.deceased}, and covered as before"


def _old(household: Household) -> list[Person]:
    """Members of sixty and more on whom no child hangs."""
    needed = {id(person) for child in household.members for person in (child.father, child.mother, child.guardian)}
    return [member for member in household.members if member.age(REFERENCE) >= 60 and id(member) not in needed and not member.sentence and not member.said]


def _at_three_homes(families: list[Household], cases: int) -> None:
    """Pupils whom the school, the register and the allowance place in three townships; near misses in two."""
    covered = [child for household in families if household.allowance for child in household.children()]
    for place, child in enumerate(take(covered, cases + near_of(cases), _untouched)):
        second, third = _other_townships(child)
        child.said[PUPILS] = {"现住址": second, "家庭地址": second}
        child.said[REGISTER] = {"现住址": third if place < cases else second}
        told = child.cases if place < cases else child.near
        told["E.11-10"] = "the school, the register and civil affairs name three townships" if place < cases else "the school and the register name another township than civil affairs"


def _other_townships(child: Person) -> tuple[str, str]:
    codes = list(TOWNSHIPS)
    place = codes.index(child.township)
    return tuple(f"瓦房店市{TOWNSHIPS[codes[(place + n) % len(codes)]]}{child.village}" for n in (1, 2))  # type: ignore[return-value]


def _told_otherwise(pool: list[Person], cases: int, rng: Random) -> None:
    """Another sex, birth date or name on the school's register than on the others."""
    for place, child in enumerate(take(pool, cases)):
        other = {"性别": "女" if child.sex == "1" else "男"} if place % 2 else {"出生日期": f"{child.born.replace(day=child.born.day % 28 + 1):%Y%m%d}"}
        child.said[PUPILS] = other
        child.cases["E.11-1"] = f"the school's register has another {'sex' if place % 2 else 'birth date'}"
    for child in take(pool, near_of(cases)):
        child.said[PUPILS] = {"出生日期": f"{child.born:%Y%m}"}
        child.near["E.11-1"] = "the school's register has only the month of birth"
    for child in take(pool, cases):
        child.said[PUPILS] = {"姓名": _another_name(child, rng)}
        child.cases["E.11-2"] = "the school's register has another name"
    for child in take(pool, near_of(cases)):
        former = _another_name(child, rng)
        child.said |= {PUPILS: {"姓名": former}, REGISTER: {"曾用名": former}}
        child.near["E.11-2"] = "the school's register has a name that was the child's before"


def _another_name(child: Person, rng: Random) -> str:
    return child.name[:-1] + rng.choice([last for last in "宁安平和" if last != child.name[-1]])


def _registered_elsewhere(city: City, cases: int, rng: Random) -> None:
    """Pupils registered in another province, here with a permit: marked as dropouts before the term ended, or in the new term."""
    used = {person.number for person in city.people()}
    schools = [(name, told["township"]) for name, told in city.schools.items() if told["kind"] == "小学"]
    for place in range(cases + near_of(cases)):
        school, township = rng.choice(schools)
        sex, born = rng.choice("12"), date(SCHOOL_YEAR - rng.randint(8, 11), rng.randint(1, 12), rng.randint(1, 28))
        child = Person(f"R{place + 1:07d}", names.surname(rng) + names.given(rng, sex, born.year), sex, born, _number(rng, sex, born, used), township, "桃园社区", "", phone=f"139{rng.randint(0, 99999999):08d}")
        child.where, child.school, child.grade = "DROPOUT", school, child.age(REFERENCE) - 5
        child.said |= {PUPILS: {"户口所在地行政区划": ELSEWHERE[1]}, PERMIT: {"常住户口所在地住址": ELSEWHERE[0], "居住事由": "投靠"}}
        child.cases["A-61"] = "marked, and away since"
        if place % 3 == 2:
            child.cases["A-13"] = "the township has no report"
        if place < cases:
            child.absent_since = date(SCHOOL_YEAR, 4, 1)
            child.cases["A-21"] = "marked in spring, and the term ended in July"
        else:
            child.near["A-21"] = "marked in September, and the term runs"
        city.residents.append(child)


def _number(rng: Random, sex: str, born: date, used: set[str]) -> str:
    """A number that belongs to nobody."""
    while True:
        first = f"{rng.choice(AREAS)}{born:%Y%m%d}{rng.randint(10, 99) * 10 + rng.randint(0, 4) * 2 + (sex == '1'):03d}"
        number = first + check_digit(first)
        if number not in used:
            used.add(number)
            return number
