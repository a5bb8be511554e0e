"""The invented city: households over three generations, and what really happened to each child, before anybody writes it down."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from hub.demo import names
from hub.domain.values.citizen_number import check_digit
from hub.domain.values.division import TOWNSHIPS

AREAS = ("210293", "210294", "210295", "210296", "210297", "210298", "210299")  # assigned to no county
SCHOOL_YEAR = 2026
REFERENCE = date(SCHOOL_YEAR, 8, 31)
TERM_STARTS = date(SCHOOL_YEAR, 9, 1)
EXAMPLE = "W"  # the first letter of the ids of the worked example's people


@dataclass(slots=True)
class Person:
    """Somebody of the city. `where` is where a child's schooling really stands (see ``WHERE``)."""

    id: str
    name: str
    sex: str  # GB/T 2261.1: 1 or 2
    born: date
    number: str
    township: str
    village: str
    household: str
    relation: str = ""  # to the head of the register household
    father: "Person | None" = None
    mother: "Person | None" = None
    guardian: "Person | None" = None
    guardian_is: str = ""
    twin: bool = False
    phone: str = ""
    deceased: date | None = None
    lost: date | None = None  # out of reach since
    left: date | None = None  # register cancelled: moved away or abroad
    left_why: str = ""
    where: str = ""
    grade: int = 0
    school: str = ""
    boards: bool = False
    bus: bool = False
    disability: str = ""  # category without 残疾
    level: int = 0
    certificate: str = ""  # 正常, 过期, 注销…
    certificate_until: date | None = None
    placement: str = ""
    left_behind: str = ""  # '', 单亲, 双亲
    sentence: tuple[date, date] | None = None
    prison: str = ""
    aid: dict[str, str] = field(default_factory=dict)  # programme -> why recognised
    paid: set[str] = field(default_factory=set)
    absent_since: date | None = None
    slip: date | None = None
    said: dict[str, dict[str, str]] = field(default_factory=dict)  # extract -> cells in which it says something of its own
    cases: dict[str, str] = field(default_factory=dict)  # cross-check that should find the person -> why
    near: dict[str, str] = field(default_factory=dict)  # cross-check that should just not find the person -> why

    @property
    def example(self) -> bool:
        """Whether this is somebody of the worked example, whose rows carry no dirt."""
        return self.id.startswith(EXAMPLE)

    def alive(self, on: date) -> bool:
        """Whether not dead by a day."""
        return self.deceased is None or self.deceased > on

    def in_prison(self, on: date) -> bool:
        """Whether serving a sentence on a day."""
        return self.sentence is not None and self.sentence[0] <= on < self.sentence[1]

    def age(self, on: date) -> int:
        """Completed years."""
        return on.year - self.born.year - ((on.month, on.day) < (self.born.month, self.born.day))

    @property
    def address(self) -> str:
        """Full address."""
        return f"瓦房店市{TOWNSHIPS[self.township]}{self.village}"

    @property
    def certificate_number(self) -> str:
        """The 20-digit certificate number."""
        return self.number + str(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"].index(self.disability) + 1) + str(self.level)


@dataclass
class Household:
    """A register household (户)."""

    id: str
    head: Person
    members: list[Person]
    allowance: str = ""  # 农村低保, 城市低保, 低保边缘
    allowance_number: str = ""
    poverty: str = ""  # 脱贫户, 脱贫不稳定户, …

    def children(self) -> list[Person]:
        """Its members who were under 18 at the beginning of the school year."""
        return [person for person in self.members if person.age(REFERENCE) < 18]

    def living(self, on: date) -> list[Person]:
        """Its members without those who have died."""
        return [person for person in self.members if person.alive(on)]


@dataclass
class City:
    """Everybody, in order."""

    seed: int
    households: list[Household]
    schools: dict[str, dict[str, str]]
    residents: list[Person] = field(default_factory=list)  # living here with a permit, registered elsewhere
    unregistered: list[Person] = field(default_factory=list)  # children in no register, without a number

    def people(self) -> Iterator[Person]:
        """Everybody registered, and who lives here with a permit."""
        for household in self.households:
            yield from household.members
        yield from self.residents

    def children(self) -> Iterator[Person]:
        """Everybody who was under 18 at the beginning of the school year."""
        return (person for person in self.people() if person.age(REFERENCE) < 18)

    def sampled(self, every: int) -> Iterator[Household]:
        """Every n-th household that was drawn, not of the worked example."""
        return (household for household in self.households[::every] if not household.head.example)


#: What a child's schooling really is: in school here; truly out of school; or accounted for in another way.
WHERE = ("SCHOOL", "OUT", "DEFERRED", "ELSEWHERE", "DECEASED", "MOVED", "ABROAD", "DONE", "TOO_YOUNG", "VOCATIONAL", "OLDER", "DROPOUT")


def build(children: int, seed: int) -> City:
    """A city with this many children, the same for the same seed."""
    rng = Random(f"city/{seed}")
    maker = _Maker(rng)
    households: list[Household] = []
    count = 0
    while count < children:
        household = maker.household(len(households))
        households.append(household)
        count += len(household.children())
    for household in households:
        for child in household.children():
            maker.live(child, household)
    return City(seed, households, maker.schools)


class _Maker:
    """Makes people and their lives."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.people = 0
        self.used: set[str] = set()
        self.codes = list(TOWNSHIPS)
        self.weights = [3 if TOWNSHIPS[c].endswith("街道") else 1.5 if TOWNSHIPS[c].endswith("镇") else 1 for c in self.codes]
        self.villages = {code: [names.village(rng) for _ in range(10)] for code in self.codes}
        self.schools = self._schools()

    def _schools(self) -> dict[str, dict[str, str]]:
        schools: dict[str, dict[str, str]] = {}
        for place, code in enumerate(self.codes):
            stem = TOWNSHIPS[code].removesuffix("满族乡").rstrip("街道镇乡")
            centre = f"{stem}中心小学"
            for kind, level, name in (
                ("小学", "小学", centre),
                ("小学", "小学", f"{stem}实验小学"),
                ("初级中学", "初中", f"{stem}初级中学"),
                ("幼儿园", "学前", f"{stem}中心幼儿园"),
                ("小学教学点", "小学", f"{stem}教学点"),
            ):
                schools[name] = {
                    "township": code,
                    "kind": kind,
                    "level": level,
                    "parent": centre if kind == "小学教学点" else "",
                    "code": f"2121{place:04d}{len(schools) % 100:02d}",
                }
        for name, level in (("瓦房店高级中学", "高中"), ("瓦房店特殊教育学校", "特教")):
            schools[name] = {
                "township": "210281001",
                "kind": level,
                "level": level,
                "parent": "",
                "code": f"21219999{len(schools) % 100:02d}",
            }
        return schools

    def household(self, serial: int) -> Household:
        """A family: a couple with one to three children, in their own register household or the grandparents'."""
        rng = self.rng
        code = rng.choices(self.codes, self.weights)[0]
        place = {"township": code, "village": rng.choice(self.villages[code]), "household": f"{code}{serial:06d}"}
        mother_born = date(rng.randint(1976, 2000), rng.randint(1, 12), rng.randint(1, 28))
        father = self.person("1", mother_born - timedelta(days=rng.randint(-700, 2500)), place)
        mother = self.person("2", mother_born, place)
        children = self._children(father, mother, place)
        if rng.random() < 0.35:
            grandfather = self.person("1", father.born - timedelta(days=rng.randint(8000, 10500)), place, family=father.name)
            grandmother = self.person("2", grandfather.born + timedelta(days=rng.randint(-400, 1500)), place)
            head = grandfather if rng.random() < 0.7 else grandmother
            members = [grandfather, grandmother, father, mother, *children]
            for person, relation in ((grandfather, "配偶"), (grandmother, "配偶"), (father, "子"), (mother, "儿媳")):
                person.relation = relation
            for child in children:
                child.relation = "孙子" if child.sex == "1" else "孙女"
                child.guardian, child.guardian_is = (grandmother, "祖母") if rng.random() < 0.6 else (grandfather, "祖父")
        else:
            head, members = father, [father, mother, *children]
            mother.relation = "配偶"
            for place_in_line, child in enumerate(children):
                child.relation = ("长子 次子 三子" if child.sex == "1" else "长女 次女 三女").split()[min(place_in_line, 2)]
        head.relation = "户主"
        for child in children:
            child.guardian, child.guardian_is = (child.guardian, child.guardian_is) if child.guardian else (father, "父亲")
        household = Household(place["household"], head, members)
        self._support(household)
        return household

    def person(self, sex: str, born: date, place: dict[str, str], family: str = "") -> Person:
        """Somebody with a number that belongs to nobody."""
        rng = self.rng
        self.people += 1
        while True:
            first = f"{rng.choice(AREAS)}{born:%Y%m%d}{rng.randint(10, 99) * 10 + (rng.randint(0, 4) * 2 + (1 if sex == '1' else 0)):03d}"
            number = first + check_digit(first)
            if number not in self.used and not number.endswith("000"):
                break
        self.used.add(number)
        if not family and rng.random() < 0.006:
            name = rng.choice(names.MINORITY[sex])
        else:
            stem = (family[:2] if family[:2] in ("欧阳", "尉迟", "上官") else family[:1]) or names.surname(rng)
            name = stem + names.given(rng, sex, born.year)
        return Person(
            f"D{self.people:07d}",
            name,
            sex,
            born,
            number,
            place["township"],
            place["village"],
            place["household"],
            phone=f"1{rng.choice('3589')}{rng.randint(0, 999999999):09d}",
        )

    def _children(self, father: Person, mother: Person, place: dict[str, str]) -> list[Person]:
        rng = self.rng
        born = date(rng.randint(SCHOOL_YEAR - 18, SCHOOL_YEAR - 1), rng.randint(1, 12), rng.randint(1, 28))
        born = max(born, mother.born.replace(day=1) + timedelta(days=19 * 365))
        born = min(born, date(SCHOOL_YEAR, 8, 1))
        children: list[Person] = []
        for _ in range(rng.choices((1, 2, 3), (55, 38, 7))[0]):
            if born > date(SCHOOL_YEAR, 8, 31):
                break
            children.append(self._child(father, mother, born, place))
            if rng.random() < 0.006:
                children.append(self._child(father, mother, born, place))
                children[-1].twin = children[-2].twin = True
            born = born + timedelta(days=rng.randint(500, 2600))
        return children

    def _child(self, father: Person, mother: Person, born: date, place: dict[str, str]) -> Person:
        child = self.person(self.rng.choice("12"), born, place, family=father.name if "·" not in father.name else "")
        child.father, child.mother = father, mother
        return child

    def _support(self, household: Household) -> None:
        """Allowance, poverty relief and imprisonment come to a household, not to a person."""
        rng = self.rng
        if rng.random() < 0.045:
            urban = TOWNSHIPS[household.head.township].endswith("街道")
            household.allowance = rng.choices(("城市低保" if urban else "农村低保", "低保边缘"), (85, 15))[0]
            household.allowance_number = f"DB{household.id}"
        if rng.random() < 0.02:
            household.poverty = rng.choice(("脱贫户", "脱贫不稳定户", "边缘易致贫户"))
        if rng.random() < 0.012:
            prisoner = rng.choice([p for p in household.members if p.age(REFERENCE) >= 20 and p.relation != "户主"] or [household.head])
            since = date(rng.randint(2021, 2026), rng.randint(1, 6), rng.randint(1, 28))
            prisoner.sentence = (since, since + timedelta(days=rng.randint(400, 3000)))
            prisoner.prison = rng.choice(("大连市监狱", "瓦房店监狱", "沈阳女子监狱", "鞍山监狱"))

    def live(self, child: Person, household: Household) -> None:
        """Decide what really happens to a child: disability, schooling, being left behind, what is recognised and paid."""
        rng = self.rng
        if rng.random() < 0.013:
            self._disable(child)
        if rng.random() < 0.06:
            child.left_behind = rng.choice(("单亲", "双亲", "双亲"))
        self._school(child, household)
        self._entitle(child, household)

    def _disable(self, child: Person) -> None:
        rng = self.rng
        child.disability = rng.choices(["视力", "听力", "言语", "肢体", "智力", "精神", "多重"], (8, 14, 6, 22, 30, 15, 5))[0]
        child.level = rng.randint(1, 4)
        child.certificate = rng.choices(("正常", "过期", "注销(康复/不再符合)"), (94, 3, 3))[0]
        child.certificate_until = date(2031, rng.randint(1, 12), 1) if child.certificate == "正常" else date(2025, rng.randint(1, 12), 1)

    def _school(self, child: Person, household: Household) -> None:
        rng = self.rng
        age = child.age(REFERENCE)
        prisoners = any(p.sentence for p in household.members)
        child.grade = min(max(age - 5, 0), 12)
        if age < 3:
            child.where = "TOO_YOUNG"
        elif age < 6:
            child.where = "SCHOOL" if rng.random() < 0.8 else "TOO_YOUNG"
        elif age <= 14:
            odds = 0.16 if child.disability else 0.09 if prisoners else 0.006
            child.where = self._not_in_school(child, age) if rng.random() < odds else "SCHOOL"
        elif rng.random() < 0.12:
            child.where = "DONE"
        elif age >= 16 and rng.random() < 0.3:
            child.where = "OLDER"
        else:
            child.where = "VOCATIONAL" if rng.random() < 0.3 else "SCHOOL"
        if child.where == "SCHOOL":
            self._place(child)
        if child.where == "SCHOOL" and 1 <= child.grade <= 9 and rng.random() < 0.012:
            child.absent_since = date(SCHOOL_YEAR, 9, rng.randint(1, 25))
            child.slip = child.absent_since if rng.random() < 0.6 else None
        child.bus = child.where == "SCHOOL" and rng.random() < 0.15

    def _not_in_school(self, child: Person, age: int) -> str:
        rng = self.rng
        where = rng.choices(("OUT", "DEFERRED", "ELSEWHERE", "DECEASED", "MOVED", "ABROAD", "DROPOUT"), (52, 10, 14, 4, 8, 4, 8))[0]
        if where == "DEFERRED" and age > 7:
            where = "OUT"
        day = date(SCHOOL_YEAR, rng.randint(1, 8), rng.randint(1, 28))
        if where == "DECEASED":
            child.deceased = day
        if where in ("MOVED", "ABROAD"):
            child.left, child.left_why = day, "迁出" if where == "MOVED" else "出国(境)"
        if where == "DROPOUT":
            self._place(child)
        return where

    def _place(self, child: Person) -> None:
        """Put a child into a school of the township; some disabled children into the special school or taught at home."""
        rng = self.rng
        level = "学前" if child.grade == 0 else "小学" if child.grade <= 6 else "初中" if child.grade <= 9 else "高中"
        if child.disability and 1 <= child.grade <= 9:
            child.placement = rng.choices(("普通学校随班就读", "特教学校就读", "送教上门"), (60, 25, 15))[0]
            if child.placement == "特教学校就读":
                child.school = "瓦房店特殊教育学校"
                return
        choice = [
            name
            for name, told in self.schools.items()
            if told["level"] == level and (level == "高中" or told["township"] == child.township)
        ]
        child.school = rng.choices(choice, [1 if "教学点" in name else 9 for name in choice])[0]
        child.boards = child.grade >= 5 and rng.random() < 0.2

    def _entitle(self, child: Person, household: Household) -> None:
        """What is recognised, and what is really paid; some who should receive do not."""
        rng = self.rng
        if household.allowance in ("城市低保", "农村低保"):
            child.aid["F01"] = household.allowance
        if child.father and child.mother and child.father.sentence and rng.random() < 0.4:
            child.aid["F06"] = "父亲服刑在押，母亲失联"
        certified = bool(child.disability and child.certificate == "正常")
        needy = bool({"F01", "F06"} & child.aid.keys() or household.poverty or child.disability)
        for programme, due in (
            ("F07", certified and "F01" in child.aid),
            ("F08", certified and child.level <= 2),
            ("F11", child.where == "SCHOOL" and child.boards and 1 <= child.grade <= 9 and needy),
            (
                "F12",
                child.where == "SCHOOL"
                and not child.boards
                and 1 <= child.grade <= 9
                and (bool(child.disability) or household.allowance == "农村低保" or household.poverty.startswith("脱贫")),
            ),
        ):
            if due:
                child.aid[programme] = "符合"
                if rng.random() < 0.85:
                    child.paid.add(programme)
