"""An invented county's six extracts with the dirt that real ones carry, and the truth: what the weights are fitted to and measured on.

``python -m tests.bench.linkage.population OUT --children 4000 --seed 1 --dirt medium``. It writes the layouts of five departments and a
``truth.csv``. Unlike the demo city it plants nothing for the cross-checks and everything for linkage: families over several register
households, divorced parents, children registered elsewhere, twins, changed names, numbers of somebody else, ages instead of birth dates.
Numbers carry county codes that are not assigned.
"""

import argparse
import csv
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random

from hub.domain.values.citizen_number import check_digit
from hub.domain.values.division import TOWNSHIPS
from hub.identity.pinyin import reading

TODAY = date(2026, 9, 30)
#: level -> what the rates of medium dirt are multiplied by
LEVELS = {"easy": 0.5, "medium": 1.0, "hard": 2.2, "extreme": 3.6}
SURNAMES = (
    "王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗梁宋郑谢韩唐冯于董萧程曹袁邓许傅沈曾彭吕苏卢蒋蔡贾丁魏薛叶阎余潘杜戴夏钟汪田任姜范方石姚谭廖邹熊金陆郝孔白崔康毛邱秦江史顾侯邵孟"
    "龙万段雷钱汤尹黎易常武乔贺赖龚文丛曲衣隋矫单仇解查战初宫盖栾佟邢关鞠滕牟庄迟毕逄褚温柴车"
)
COMPOUND = ("欧阳", "尉迟", "上官", "司徒", "诸葛")
FIRST = "子梓雨宇浩欣思佳嘉俊诗一艺若语心静梦可紫明志文天家晨睿皓泽博奕沐铭锦书恩承景安芷芸依宸煜瑞启德书传学立维广世国建玉春海红晓小美秀桂凤淑丽长永忠庆振东"
LAST = "涵轩怡萱琪彤妍瑶琳婷雪玥洁宁诺溪菲蕾桐霖豪杰硕宇阳航睿然博昊鹏飞磊军伟强涛华明辉平英芳兰梅珍霞红燕娟敏静丽娜艳玲云洋峰成林森鑫淼喆堃烨煜昕妮媛琦瑾璇翀"
OLD_FIRST, OLD_LAST = "国建玉春海红晓小美秀桂凤淑丽长永忠庆振东文志明德世金福", "英芳兰梅珍霞红燕娟敏静丽玲云峰成林军伟强华明辉平发财臣生山江河库仁义全贵"
TRADITIONAL = {"杰": "傑", "张": "張", "陈": "陳", "刘": "劉", "华": "華", "国": "國", "丽": "麗", "军": "軍", "马": "馬", "诚": "誠", "兰": "蘭", "凤": "鳳", "红": "紅", "伟": "偉", "东": "東", "书": "書"}
LOOKS = {"宇": "字", "泽": "译", "晨": "震", "玥": "月", "末": "未", "妍": "研", "睿": "蕊", "梅": "媚", "浩": "洁", "涵": "函", "诗": "持", "琳": "林", "皓": "浩", "彤": "丹", "昊": "吴", "铭": "名", "宸": "震", "婷": "停", "锦": "绵", "瑾": "谨"}
AREAS = ("210293", "210294", "210295", "210296", "210297", "210298", "210299", "230199", "220199", "410199", "370699")
VILLAGE = ("前后东西南北大小", "王李张刘陈杨赵孙于姜林曲隋胡朱周吴徐", "屯沟岭泡甸庙河房堡山")


@dataclass(slots=True)
class Person:
    """Somebody of the county."""

    id: str
    name: str
    sex: str
    born: date
    number: str
    home: "Home"
    former: str = ""
    phone: str = ""
    twin: bool = False
    child: bool = False
    register: "Home | None" = None  # the register household, where there is one here
    relation: str = ""  # to its head
    father: "Person | None" = None
    mother: "Person | None" = None
    elders: list[tuple["Person", str]] = field(default_factory=list)


@dataclass(slots=True)
class Home:
    """A household: what the truth calls by its id."""

    id: str
    town: str
    village: str
    members: list[Person] = field(default_factory=list)
    listed: bool = True  # stands in the register here

    @property
    def head(self) -> Person:
        """Its head."""
        return next((m for m in self.members if m.relation == "户主"), self.members[0])


class County:
    """Makes families until there are enough children."""

    def __init__(self, children: int, seed: int) -> None:
        self.rng = Random(f"county/{seed}")
        rng = self.rng
        self.homes: list[Home] = []
        self.people: list[Person] = []
        self.used: set[str] = set()
        self.sounds: dict[str, str] = {}
        self.villages = {town: ["".join(rng.choice(part) for part in VILLAGE) + "村" for _ in range(9)] for town in TOWNSHIPS}
        self.towns = list(TOWNSHIPS)
        self.town_weights = [rng.uniform(0.5, 3) for _ in self.towns]
        stock = list(SURNAMES)
        head, tail = stock[:30], stock[30:]
        rng.shuffle(tail)
        self.surnames = head + tail
        self.first = rng.sample(FIRST, len(FIRST) * 3 // 4)
        self.last = rng.sample(LAST, len(LAST) * 3 // 4)
        self.fashion = [rng.choice(self.first) + rng.choice(self.last) for _ in range(40)]
        while sum(p.child for p in self.people) < children:
            self._family()

    def _home(self, town: str, village: str, *, listed: bool) -> Home:
        home = Home(f"H{len(self.homes) + 1}", town, village, listed=listed)
        self.homes.append(home)
        return home

    def surname(self) -> str:
        """The first are the most frequent."""
        if self.rng.random() < 0.003:
            return self.rng.choice(COMPOUND)
        return self.surnames[min(int(self.rng.expovariate(1 / 22)), len(self.surnames) - 1)]

    def given(self, born: int, generation: str = "") -> str:
        """A given name of the fashion of its time."""
        rng = self.rng
        if generation and rng.random() < 0.4:
            return generation + rng.choice(self.last)
        if born > 2000:
            if rng.random() < 0.25:
                return self.fashion[min(int(rng.expovariate(1 / 8)), 39)]
            return rng.choice(self.last) if rng.random() < 0.1 else rng.choice(self.first) + rng.choice(self.last)
        return rng.choice(OLD_LAST) if rng.random() < 0.35 else rng.choice(OLD_FIRST) + rng.choice(OLD_LAST)

    def person(self, sex: str, born: date, home: Home, surname: str = "", *, child: bool = False, generation: str = "") -> Person:
        """Somebody with a number of their own."""
        rng = self.rng
        area = rng.choice(AREAS) if rng.random() < 0.12 else "210299" if born.year > 1990 else rng.choice(AREAS[:7])
        while True:
            first = f"{area}{born:%Y%m%d}{rng.randint(0, 99):02d}{rng.randrange(5) * 2 + int(sex == '1')}"
            number = first + check_digit(first)
            if number not in self.used and not number.endswith("000"):
                break
        self.used.add(number)
        name = (surname or self.surname()) + self.given(born.year, generation)
        person = Person(f"P{len(self.people) + 1:07d}", name, sex, born, number, home, phone=f"1{rng.choice('3589')}{rng.randint(0, 999999999):09d}", child=child)
        self.people.append(person)
        home.members.append(person)
        if home.listed:
            person.register = home
        return person

    def _family(self) -> None:
        rng = self.rng
        town = rng.choices(self.towns, self.town_weights)[0]
        village = rng.choice(self.villages[town])
        listed = rng.random() >= 0.05
        home = self._home(town, village, listed=listed)
        born = date(rng.randint(1974, 2000), 1, 1) + timedelta(days=rng.randrange(365))
        family = self.surname()
        father = self.person("1", born - timedelta(days=rng.randint(-900, 2500)), home, family)
        apart = rng.random() < 0.12  # divorced, or never registered together
        mothers = self._home(rng.choices(self.towns, self.town_weights)[0] if rng.random() < 0.5 else town, village, listed=rng.random() >= 0.3) if apart else home
        mother = self.person("2", born, mothers)
        children = self._children(father, mother, home, family)
        self._elders(father, mother, children, home, family)
        father.relation = father.relation or "户主"
        mother.relation = mother.relation or ("户主" if apart else "配偶")
        for child in children:
            if not child.relation:
                child.relation = rng.choice(("子", "长子") if child.sex == "1" else ("女", "长女"))
        self._changed(children)
        if rng.random() < 0.03:
            for member in home.members:
                if member.child and rng.random() < 0.6:
                    member.register = None  # at school here, registered elsewhere or not yet
        for _ in range(1 if rng.random() < 0.25 else 0):  # households without children
            lonely = self._home(town, rng.choice(self.villages[town]), listed=True)
            one = self.person(rng.choice("12"), date(rng.randint(1940, 1999), rng.randint(1, 12), rng.randint(1, 28)), lonely)
            one.relation = "户主"
            if rng.random() < 0.6:
                other = self.person("2" if one.sex == "1" else "1", one.born + timedelta(days=rng.randint(-1500, 1500)), lonely)
                other.relation = "配偶"

    def _children(self, father: Person, mother: Person, home: Home, family: str) -> list[Person]:
        rng = self.rng
        children: list[Person] = []
        generation = rng.choice(self.first)
        born = mother.born + timedelta(days=rng.randint(19, 33) * 365 + rng.randrange(365))
        for _ in range(rng.choices((1, 2, 3), (55, 38, 7))[0]):
            if not date(2008, 10, 1) < born < TODAY:
                born = date(2009, 1, 1) + timedelta(days=rng.randrange(17 * 365))
            twins = rng.random() < 0.011
            for twin in range(2 if twins else 1):
                sex = children[-1].sex if twin and rng.random() < 0.75 else rng.choice("12")
                child = self.person(sex, born, home, mother.name[0] if rng.random() < 0.03 else family, child=True, generation=generation if twins or rng.random() < 0.4 else "")
                child.father, child.mother, child.twin = father, mother, twins
                children.append(child)
            born += timedelta(days=rng.randint(400, 2600))
        return children

    def _elders(self, father: Person, mother: Person, children: list[Person], home: Home, family: str) -> None:
        """Grandparents: in the household, in one of their own, or in no list."""
        rng = self.rng
        for parent, kin, chance in ((father, ("祖父", "祖母"), 0.8), (mother, ("外祖父", "外祖母"), 0.35)):
            if rng.random() >= chance:
                continue
            together = parent is father and rng.random() < 0.45
            place = home if together else self._home(home.town, home.village if rng.random() < 0.5 else rng.choice(self.villages[home.town]), listed=rng.random() < 0.8)
            old = parent.born - timedelta(days=rng.randint(8000, 11000))
            one = self.person("1", old, place, parent.name[:2] if parent.name[:2] in COMPOUND else parent.name[0])
            other = self.person("2", old + timedelta(days=rng.randint(-1500, 1500)), place)
            one.relation, other.relation = "户主", "配偶"
            if together:
                father.relation, mother.relation = "子", "儿媳" if mother.home is home else ""
                for child in children:
                    child.relation = "孙子" if child.sex == "1" else "孙女"
            for child in children:
                child.elders += [(one, kin[0]), (other, kin[1])]

    def _changed(self, children: list[Person]) -> None:
        rng = self.rng
        for child in children:
            if rng.random() < 0.02:
                child.former = (child.mother.name[0] if rng.random() < 0.4 and child.mother else child.name[0]) + self.given(2015)
            elif rng.random() < 0.004:
                child.former = "!" + child.name[0] + self.given(2015)  # no list tells it as a former name


@dataclass
class Writer:
    """Writes cells as offices do, and the truth beside them; the dirt of a row is told by its own key."""

    rng: Random
    k: float
    sounds: dict[str, list[str]]

    def name(self, person: Person, *, formers: float = 0.0) -> str:
        """A name with what befalls names."""
        rng, name = self.rng, person.name
        if person.former and rng.random() < formers:
            name = person.former.lstrip("!")
        if rng.random() < 0.006 * self.k:
            return rng.choice((f"{name}（小）", f"{name[0]}　{name[1:]}", f"{name} ", f"{name}*", f"{name[0]} {name[1:]}"))
        if rng.random() < 0.004 * self.k:
            return "".join(TRADITIONAL.get(c, c) for c in name)
        if rng.random() >= 0.022 * self.k or len(name) < 2:
            return name
        at = rng.randrange(1, len(name)) if rng.random() < 0.85 else 0
        draw = rng.random()
        if draw < 0.6:
            alike = [c for c in self.sounds.get(reading(name[at]), ()) if c != name[at]]
            return name[:at] + (rng.choice(alike) if alike else name[at]) + name[at + 1 :]
        if draw < 0.72:
            return "".join(LOOKS.get(c, c) if i == at else c for i, c in enumerate(name))
        if draw < 0.8:
            return name[:at] + rng.choice("?□\ue863") + name[at + 1 :]
        if draw < 0.86 and len(name) > 2:
            return name[:-1]
        if draw < 0.91 and len(name) == 3:
            return name[0] + name[2] + name[1]
        if draw < 0.96:
            return name[0] + name[-1] * 2
        return name[0] + rng.choice(FIRST) + rng.choice(LAST)

    def number(self, person: Person, missing: float, others: list[Person]) -> tuple[str, str]:
        """(cell, state): ok, missing, invalid, foreign."""
        rng, number, k = self.rng, person.number, self.k
        child = person.child
        if rng.random() < min(missing * (1 + (k - 1) * 0.5), 0.95):
            return rng.choice(("", "", "", "无", "000000000000000000")), "missing"
        if rng.random() < 0.015 * k:
            at = rng.randrange(6, 16)
            damaged = rng.choice((
                number[:15] + "000", f"{number[0]}.{number[1:6]}E+17", number[:at] + number[at + 1 :],
                number[:at] + number[at + 1] + number[at] + number[at + 2 :],
                number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :],
                number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :],
            ))  # fmt: skip
            return damaged, "invalid" if damaged != number else "ok"
        if child and rng.random() < 0.009 * k:
            near = [p for p in others if p is not person]
            whose = rng.choice(near) if near and rng.random() < 0.85 else rng.choice(self.everybody)
            return whose.number, "foreign"
        if person.born.year < 1985 and rng.random() < 0.01 and number[6:8] == "19":
            return number[:6] + number[8:17], "ok"
        if rng.random() < 0.02 * k:
            return rng.choice((number.lower(), f" {number}", f"'{number}", number.translate(str.maketrans("0123456789X", "０１２３４５６７８９Ｘ")))), "ok"
        return number, "ok"

    everybody: list[Person] = field(default_factory=list)

    def date(self, day: date, form: str, *, blank: float = 0.0, partial: float = 0.0) -> str:
        """A birth date, full, partial or an age, with slips."""
        rng, k = self.rng, self.k
        if rng.random() < min(blank * k, 0.8):
            return ""
        if rng.random() < 0.006 * k:
            draw = rng.random()
            if draw < 0.35:
                day = day - timedelta(days=rng.randint(18, 50))
            elif draw < 0.55 and day.day <= 12:
                day = day.replace(month=day.day, day=day.month)
            elif draw < 0.75:
                day = day.replace(year=day.year + rng.choice((-1, 1)), day=min(day.day, 28))
            else:
                day = day.replace(day=rng.randint(1, 28))
        if rng.random() < min(partial * (1 + (k - 1) * 0.4), 0.9):
            age = TODAY.year - day.year - ((TODAY.month, TODAY.day) < (day.month, day.day))
            return rng.choice((f"{day.year}年", f"{age}岁", f"{day.year}.{day.month}", f"{day:%Y-%m}", f"{day.year}年{day.month}月"))
        serial = str((day - date(1899, 12, 30)).days)
        if rng.random() < 0.03 * k:
            return rng.choice((f"{day:%Y-%m-%d} 00:00:00", serial, f"{day:%Y.%m.%d}", f"{day.year}年{day.month}月{day.day}日"))
        return {"8": f"{day:%Y%m%d}", "zh": f"{day.year}年{day.month}月{day.day}日", "/": f"{day.year}/{day.month}/{day.day}"}.get(form, f"{day:%Y-%m-%d}")

    def phone(self, person: Person, blank: float = 0.06) -> str:
        """A telephone; now and then another one than elsewhere."""
        rng = self.rng
        if rng.random() < min(blank * self.k, 0.7):
            return ""
        phone = person.phone
        if rng.random() < 0.06 * self.k:
            phone = f"1{rng.choice('3589')}{rng.randint(0, 999999999):09d}"
        if rng.random() < 0.04 * self.k:
            return rng.choice((f"+86{phone}", f"{phone[:3]} {phone[3:7]} {phone[7:]}", f"{phone[:3]}-{phone[3:7]}-{phone[7:]}"))
        return phone

    def town(self, code: str) -> str:
        """A township in one of its spellings."""
        name = TOWNSHIPS[code]
        short = name.removesuffix("满族乡").removesuffix("街道").removesuffix("镇")
        return self.rng.choice((name,) * 6 + (short if len(short) > 1 else name, f"瓦房店市{name}"))

    def address(self, home: Home, *, village: float = 0.95) -> str:
        """An address, perhaps down to the village."""
        above = self.rng.choice(("", "瓦房店市", "大连市瓦房店市", "辽宁省瓦房店市"))
        return above + TOWNSHIPS[home.town] + (home.village if self.rng.random() < village else "")

    def sex(self, sex: str) -> str:
        """男 or 女, rarely a code or nothing, very rarely the other."""
        rng = self.rng
        if rng.random() < 0.01 * self.k:
            return ""
        if rng.random() < 0.002 * self.k:
            sex = "12"[sex == "1"]
        return ("男", "女")[int(sex) - 1] if rng.random() >= 0.02 else rng.choice((sex, ("男性", "女性")[int(sex) - 1]))


Cells = dict[str, str]
Truth = list[tuple[str, Person, str]]  # role, who, state of the number


def sounding_alike() -> dict[str, list[str]]:
    """Reading -> characters of the stock that have it."""
    alike: dict[str, list[str]] = {}
    for character in sorted(set(SURNAMES + FIRST + LAST + OLD_FIRST + OLD_LAST + "依宜昱语玉玹玄炫衡恒珈加家函晗名明铭鸣俐莉荔伊一毅义威微炜玮杨扬羊鹏彭鹏琪棋奇馨欣新鑫思斯丝诗师施洁杰捷婕")):
        alike.setdefault(reading(character), []).append(character)
    return alike


def rows_of(county: County, dirt: str, seed: int) -> dict[str, list[tuple[Cells, Truth]]]:
    """The rows of each extract, each with who is meant by the persons it names."""
    w = Writer(Random(f"rows/{seed}/{dirt}"), LEVELS[dirt], sounding_alike(), county.people)
    rng = w.rng
    out: dict[str, list[tuple[Cells, Truth]]] = {name: [] for name in FILES}
    for home in county.homes:
        if home.listed:
            _register(w, home, out["常住人口"])
        if rng.random() < 0.075:
            _allowance(w, home, out["城乡低保对象"], f"21{rng.randint(0, 9999999999):010d}")
    for child in (p for p in county.people if p.child):
        age = (TODAY - child.born).days / 365.25
        if 4 <= age < 18 and rng.random() < 0.93:
            _pupil(w, child, out["学生基础信息"])
        if child.elders and rng.random() < 0.14:
            _left_behind(w, child, out["农村留守儿童"])
        if rng.random() < 0.02:
            _certificate(w, child, out["持证残疾人"])
    for child in (p for p in county.people if p.child):
        if rng.random() < 0.025:
            _prisoners_child(w, child, out["服刑人员未成年子女"])
    for rows in out.values():
        doubled = [row for row in rows if rng.random() < 0.0008 * w.k]
        rows += doubled
        rng.shuffle(rows)
    return out


def _register(w: Writer, home: Home, out: list[tuple[Cells, Truth]]) -> None:
    number = f"{w.rng.randint(1, 999999999):09d}"
    members = [m for m in home.members if m.register is home]
    if not members:
        return
    head = next((m for m in members if m.relation == "户主"), members[0])
    for member in members:
        text, state = w.number(member, 0.004, members)
        cells = {
            "户号": number, "户主姓名": head.name, "与户主关系": "户主" if member is head else member.relation or "其他亲属", "姓名": w.name(member),
            "曾用名": member.former if not member.former.startswith("!") and w.rng.random() < 0.7 else "", "性别": w.sex(member.sex), "公民身份号码": text,
            "出生日期": w.date(member.born, "8"), "民族": "汉族", "户籍地址": w.address(home), "派出所": "",
        }  # fmt: skip
        out.append((cells, [("主体", member, state)]))


def _allowance(w: Writer, home: Home, out: list[tuple[Cells, Truth]], number: str) -> None:
    head = home.head
    told, _ = w.number(head, 0.04, [])
    phone, town, village = w.phone(head), w.town(home.town), home.village
    for member in home.members:
        text, state = w.number(member, 0.045, home.members)
        relation = "户主" if member is head else member.relation or "其他亲属"
        cells = {
            "低保证号": number, "户主姓名": head.name, "户主身份证号": text if member is head else told, "家庭成员姓名": w.name(member, formers=0.4), "与户主关系": relation,
            "成员身份证号": text, "性别": w.sex(member.sex), "出生日期": w.date(member.born, "zh", blank=0.25), "乡镇街道": town,
            "村社区": village if w.rng.random() > 0.08 else "", "联系电话": phone, "救助类别": "农村低保",
        }  # fmt: skip
        out.append((cells, [("主体", member, state)]))


def _guardians(w: Writer, child: Person) -> list[tuple[Person, str]]:
    """Whom the school wrote down: mostly the parents."""
    found: list[tuple[Person, str]] = []
    if child.father:
        found.append((child.father, "父亲"))
    if child.mother:
        found.append((child.mother, "母亲"))
    w.rng.shuffle(found)
    if child.elders and w.rng.random() < 0.15:
        found.insert(w.rng.randrange(2), w.rng.choice(child.elders))
    return found[: 1 if w.rng.random() < 0.25 else 2]


def _pupil(w: Writer, child: Person, out: list[tuple[Cells, Truth]]) -> None:
    guardians = _guardians(w, child)
    text, state = w.number(child, 0.045, [g for g, _ in guardians])
    student = f"G{child.number}" if state == "ok" else f"L{w.rng.randint(10**17, 10**18 - 1)}"
    cells = {
        "学校": "某小学", "年级": "3年级", "全国学籍号": student, "学生姓名": w.name(child, formers=0.5), "性别": w.sex(child.sex), "出生日期": w.date(child.born, "8"),
        "身份证件类型": "居民身份证" if text else "无", "身份证件号": text, "民族": "汉族", "户口所在地": w.address(child.home), "现住址": w.address(child.home, village=0.3),
    }  # fmt: skip
    cells["是否留守儿童"] = "否"
    truth: Truth = [("主体", child, state)]
    for place, (guardian, relation) in enumerate(guardians, start=1):
        number, told = w.number(guardian, 0.36, [])
        cells |= {
            f"监护人{place}姓名": w.name(guardian), f"监护人{place}关系": relation if w.rng.random() > 0.04 * w.k else "其他",
            f"监护人{place}证件号": number, f"监护人{place}电话": w.phone(guardian),
        }  # fmt: skip
        truth.append((f"监护人{place}", guardian, told))
    out.append((cells, truth))


def _left_behind(w: Writer, child: Person, out: list[tuple[Cells, Truth]]) -> None:
    carer, relation = w.rng.choice(child.elders)
    if w.rng.random() < 0.12 and child.mother:
        carer, relation = child.mother, "母亲"
    text, state = w.number(child, 0.09, [carer])
    cells = {
        "乡镇（街道）": w.town(child.home.town), "村（居）": child.home.village, "儿童姓名": w.name(child, formers=0.5), "性别": w.sex(child.sex),
        "出生年月": w.date(child.born, "/", partial=0.22), "儿童身份证号码": text,
    }  # fmt: skip
    truth: Truth = [("主体", child, state)]
    for role, parent in (("父亲", child.father), ("母亲", child.mother)):
        if parent:
            number, told = w.number(parent, 0.55, [])
            cells |= {f"{role}姓名": w.name(parent), f"{role}身份证号": number}
            truth.append((role, parent, told))
    number, told = w.number(carer, 0.3, [])
    cells |= {"父亲务工地": "北京", "受委托监护人姓名": w.name(carer), "与儿童关系": relation, "监护人身份证号": number, "监护人联系电话": w.phone(carer)}
    truth.append(("监护人", carer, told))
    out.append((cells, truth))


def _certificate(w: Writer, child: Person, out: list[tuple[Cells, Truth]]) -> None:
    guardian, _ = w.rng.choice(_guardians(w, child) or [(child, "")])
    number = child.number if w.rng.random() > 0.015 * w.k else "0" * 18
    cells = {
        "残疾人证号": number + str(w.rng.randint(1, 7)) + str(w.rng.randint(1, 4)), "姓名": w.name(child, formers=0.4), "性别": w.sex(child.sex), "残疾类别": "智力",
        "残疾等级": "二级", "出生日期": w.date(child.born, "-", blank=0.3), "监护人姓名": w.name(guardian), "监护人电话": w.phone(guardian), "户籍地址": w.address(child.home),
    }  # fmt: skip
    out.append((cells, [("主体", child, "ok" if number == child.number else "missing"), ("监护人", guardian, "missing")]))


def _prisoners_child(w: Writer, child: Person, out: list[tuple[Cells, Truth]]) -> None:
    prisoner = w.rng.choice([p for p in (child.father, child.father, child.mother) if p])
    cares = [(p, r) for p, r in ((child.father, "父亲"), (child.mother, "母亲"), *child.elders) if p and p is not prisoner]
    carer, relation = w.rng.choice(cares)
    number, told = w.number(prisoner, 0.03, [])
    text, state = w.number(child, 0.62, [carer])
    named = w.rng.random() > 0.2
    cells = {
        "罪犯编号": prisoner.number[-10:], "服刑人员姓名": w.name(prisoner), "服刑人员身份证号": number, "羁押监所": "某监狱", "刑期止日": "2030-05",
        "未成年子女姓名": w.name(child, formers=0.4), "子女性别": w.sex(child.sex), "子女出生日期": w.date(child.born, "-", partial=0.6), "子女身份证号": text,
        "现监护人姓名": w.name(carer) if named else "", "监护人与子女关系": relation, "监护人电话": w.phone(carer, 0.2), "户籍地": w.address(child.home, village=0.6),
    }  # fmt: skip
    out.append((cells, [("主体", child, state), ("服刑人员", prisoner, told), ("监护人", carer, "missing")]))


#: extract -> (department, the source's short name, columns)
FILES = {
    "学生基础信息": ("education", "edu"),
    "城乡低保对象": ("civil_affairs", "dibao"),
    "农村留守儿童": ("civil_affairs", "liushou"),
    "服刑人员未成年子女": ("justice", "justice"),
    "持证残疾人": ("disabled_persons", "dpf"),
    "常住人口": ("public_security", "police"),
}


def write(out: Path, *, children: int, seed: int, dirt: str) -> int:
    """Write the extracts under ``out`` and ``truth.csv`` beside them; returns how many rows there are."""
    extracts = rows_of(County(children, seed), dirt, seed)
    out.mkdir(parents=True, exist_ok=True)
    with (out / "truth.csv").open("w", newline="", encoding="utf-8") as file:
        truth = csv.writer(file)
        truth.writerow(("source", "row", "role", "person_id", "household_id", "kind", "twin", "id_state"))
        for title, rows in extracts.items():
            department, source = FILES[title]
            folder = out / "2026-09" / department
            folder.mkdir(parents=True, exist_ok=True)
            header = list(dict.fromkeys(name for cells, _ in rows for name in cells))
            with (folder / f"{title}_202609.csv").open("w", newline="", encoding="utf-8-sig") as extract:
                writer = csv.writer(extract)
                writer.writerow(("序号", *header))
                for line, (cells, named) in enumerate(rows, start=1):
                    writer.writerow((line, *(cells.get(name, "") for name in header)))
                    for role, person, state in named:
                        truth.writerow((source, line, role, person.id, person.home.id, "child" if person.child else "adult", int(person.twin), state))
    return sum(map(len, extracts.values()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("out", type=Path)
    parser.add_argument("--children", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--dirt", choices=LEVELS, default="medium")
    told = parser.parse_args()
    print(write(told.out, children=told.children, seed=told.seed, dirt=told.dirt), "rows")
