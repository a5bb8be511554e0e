"""Kept current: after a publication only those it touched are looked at, and a run for everybody finds nothing to add."""

import random
from datetime import date, timedelta

import asyncpg
import pytest
from asyncpg import Range

from hub.rules import RULES
from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION, carry, hub, number, write_csv
from tests.rules.city import ON, City, nothing_judged

DAY = timedelta(days=1)


@pytest.fixture
def rule():
    return "unenrolled"


class Undone(Exception):
    """Raised to leave no trace of a run."""


async def changes_of_a_run_for_everybody(connection: asyncpg.Connection, on: date) -> dict[str, int]:
    """How many findings and register entries a run for everybody would write now; nothing stays of it."""
    told = {}
    try:
        async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=on) as publication:
            await check(publication, RULES, on=on, everybody=True, judge=nothing_judged)
            for table in ("finding", "register_entry"):
                told[table] = await connection.fetchval(f"select count(*) from {table} where known_from = $1", publication.no)
                told[f"{table}, gone"] = await connection.fetchval(f"select count(*) from {table}_history where upper(known) = $1", publication.no)
            raise Undone
    except Undone:
        return told


NOTHING = {"finding": 0, "finding, gone": 0, "register_entry": 0, "register_entry, gone": 0}


class Lives:
    """Draws facts of children and their parents, changes them, and notes whom each change touches, as a publication does."""

    def __init__(self, city: City, seed: int) -> None:
        self.city, self.chance = city, random.Random(seed)
        self.children: list[int] = []
        self.parents: dict[int, int] = {}

    async def family(self) -> None:
        born = date(2009, 1, 1) + self.chance.randrange(4000) * DAY
        child = await self.city.registered(born)
        parent = await self.city.someone(date(1985, 1, 1))
        await self.city.fact("kinship", child, relative=parent, relation=self.chance.choice(("父亲", "母亲", "祖父")))
        await self.city.fact("membership", child, household=self.chance.randrange(20), household_kind="REGISTER", head=parent, relation_to_head="长子")
        self.children.append(child)
        self.parents[child] = parent

    def _draw(self, child: int):
        day = ON - self.chance.randrange(80) * DAY
        grade = self.chance.choice((3, 6, 7, 9, None))
        return self.chance.choice(
            (
                ("enrolment", child, {"state": self.chance.choice(("在读", "流失", "休学", None)), "grade": grade, "school": self.chance.choice((5, 6, 8)), "valid": Range(day - 4 * DAY, self.chance.choice((None, day)))}),
                ("movement", child, {"kind": self.chance.choice(("休学", "转学(转出)", "退学", "毕业", "复学")), "grade": grade, "moved_on": day, "suspended_until": day + 30 * DAY, "progress": self.chance.choice(("已完成", "待核办", None)), "to_school": self.chance.choice((9, None)), "entered_on": day + self.chance.randrange(50) * DAY}),
                ("absence_spell", child, {"first_absent_on": day, "grade": grade, "mark": self.chance.choice(("辍学", None)), "marked_on": day + 9 * DAY, "valid": Range(day, None)}),
                ("certificate", child, {"category": "智力残疾", "level": "三级", "state": "正常"}),
                ("assistance", child, {"programme": self.chance.choice(("F01", "F06")), "state": self.chance.choice(("在保", "停保"))}),
                ("custody", self.parents[child], {"facility": "某监狱", "valid": Range(day, None)}),
                ("employment", child, {"employer": "某厂", "contract_from": day, "valid": Range(day, None)}),
                ("vocational_enrolment", child, {"entered": "2026-09", "school_name": "某职业学校"}),
                ("graduation", child, {"grade": 9, "graduated_on": date(2026, 6, 28)}),
                ("deferral_approval", child, {"approved_on": day, "until": day + 100 * DAY}),
            )
        )

    async def change(self) -> int:
        """Add, change or take away a fact; whom it touches."""
        noun, person, values = self._draw(self.chance.choice(self.children))
        connection = self.city.connection
        standing = await connection.fetch(f"select id from {noun} where person = $1", person)
        if standing and self.chance.random() < 0.6:
            gone = self.chance.choice(standing)["id"]
            await connection.execute(f"delete from {noun} where id = $1", gone)
            if self.chance.random() < 0.5:
                return person
        await self.city.fact(noun, person, source="education.student_register", **values)
        return person


@pytest.mark.parametrize("seed", [0, *(pytest.param(seed, marks=pytest.mark.long) for seed in range(1, 8))])
async def test_touched_persons_only_are_equal_to_everybody(city, seed):
    lives = Lives(city, seed)
    for _ in range(25):
        await lives.family()
    for _ in range(60):
        await lives.change()
    await city.check(ON)
    looked_at = set()
    for _ in range(6):
        touched = {await lives.change() for _ in range(lives.chance.randrange(1, 6))}
        await city.connection.executemany("insert into recheck values ($1, $2) on conflict do nothing", [(DIVISION, person) for person in touched])
        await city.check(ON, everybody=False)
        looked_at |= {outcome.persons for outcome in city.outcomes.values()}
        assert await changes_of_a_run_for_everybody(city.connection, ON) == NOTHING
    assert None not in looked_at and max(looked_at) < 50 + 6  # never everybody
    rows = await city.connection.fetch("select rule from finding group by rule")
    assert len(rows) >= 8


async def test_a_new_day_a_new_version_and_a_new_calendar_are_for_everybody(city, monkeypatch):
    child = await city.registered()
    await city.fact("enrolment", child, source="education.student_register", state="在读", grade=3)
    await city.fact("absence_spell", child, source="education.dropout_ledger", first_absent_on=ON - 6 * DAY, valid=Range(ON - 6 * DAY, None))
    await city.check(ON)
    assert await city.connection.fetchval("select count(*) from finding") == 0
    await city.check(ON + DAY, everybody=False)  # nobody was touched: the clock alone went on
    assert await city.connection.fetchval("select count(*) from finding where rule = 'absence_clock' and contradicted_on is null") == 1
    no = await city.connection.fetchval("select max(no) from publication")
    await city.fact("calendar_period", None, source="education.school_calendar", kind="法定节假日", starts_on=ON - 3 * DAY, ends_on=ON - DAY, valid=Range(ON - 3 * DAY, None), known_from=no + 1)
    async with publishing(city.connection, division=DIVISION, kind="delivery", by="test", business_date=ON + DAY):
        pass
    await city.check(ON + DAY, everybody=False)
    assert city.outcomes["absence_clock"].persons is None and city.outcomes["child_labour"].persons == 0
    assert await city.connection.fetchval("select count(*) from finding where rule = 'absence_clock' and contradicted_on is null") == 0


HEADS = {
    "常住人口": ["户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"],
    "学生基础信息": ["学籍号", "姓名", "性别", "出生日期", "身份证件号", "学校名称", "年级", "是否留守儿童", "学籍状态"],
    "服刑人员未成年子女": ["服刑人员姓名", "服刑人员身份证号", "羁押监所", "刑期起止", "未成年子女姓名", "子女出生日期", "子女身份证号"],
}


async def test_deliveries_touch_whom_they_change_and_whom_these_are_tied_to(database, tmp_path):
    """The real flow: lists of two months, the second checked for the touched only."""
    born = {n: date(2013, 1 + n % 12, 3) for n in range(12)}
    ids = {n: number(born[n], 11 + 2 * n) for n in born}
    father = number(date(1985, 3, 3), 21)

    def lists(month: str, pupils: list[int], prison: bool) -> None:
        people = [[f"H{n}", f"王大{'一二三四五六七八九十壬癸'[n]}", "长子", f"王小{'一二三四五六七八九十壬癸'[n]}", "男", ids[n], f"{born[n]:%Y%m%d}", "瓦房店市复州城镇八里庄村"] for n in born]
        people.append(["H0", "王大一", "户主", "王大一", "男", father, "19850303", "瓦房店市复州城镇八里庄村"])
        school = [["G" + ids[n], f"王小{'一二三四五六七八九十壬癸'[n]}", "男", f"{born[n]:%Y%m%d}", ids[n], "复州城镇中心小学", "六年级", "非留守儿童", "在读"] for n in pupils]
        jail = [["王大一", father, "某监狱", "20230110-20290709", "王小一", f"{born[0]:%Y%m%d}", ids[0]]] if prison else [["李大", number(date(1980, 1, 1), 13), "某监狱", "20230110-20290709", "李小", "20200103", number(date(2020, 1, 3), 15)]]
        for title, rows in (("常住人口", people), ("学生基础信息", school), ("服刑人员未成年子女", jail)):
            write_csv(tmp_path / month, f"{title}_{month}.csv", [HEADS[title], *rows])

    on = date(2026, 10, 31)
    lists("202609", [*range(1, 12)], prison=False)
    lists("202610", [*range(2, 12)], prison=True)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "202609", today=on)
        async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=on) as publication:
            await check(publication, RULES, on=on, judge=nothing_judged)
        before = {(row["rule"], row["person"]) for row in await connection.fetch("select * from finding")}
        await carry(connection, keys, tmp_path / "202610", today=on, released=True)
        waiting = await connection.fetchval("select count(*) from recheck")
        async with publishing(connection, division=DIVISION, kind="check", by="test", business_date=on) as publication:
            outcomes = {outcome.rule.name: outcome for outcome in await check(publication, RULES, on=on, judge=nothing_judged)}
        after = {(row["rule"], row["person"]) for row in await connection.fetch("select * from finding where contradicted_on is null")}
        assert 0 < waiting < 12 and outcomes["unenrolled"].persons < 15
        assert {rule for rule, _ in after - before} == {"unenrolled", "unenrolled_of_prisoners"}
        assert await changes_of_a_run_for_everybody(connection, on) == NOTHING
        assert await connection.fetchval("select count(*) from recheck") == 0


async def test_what_an_earlier_school_year_left_open_is_looked_at_again(city):
    """A child enrolled since, one still out of school, and one too old by now, who was out of school all the same."""
    enrolled, out, old = [await city.registered(born) for born in (date(2015, 5, 3), date(2015, 5, 4), date(2010, 9, 2))]
    summer, autumn = date(2027, 8, 25), date(2027, 9, 20)
    await city.connection.execute("update delivery set as_of = $1", summer)

    async def told(on, **how):
        await city.check(on, **how)
        rows = await city.connection.fetch("select person, school_year, contradicted_on from finding where rule = 'unenrolled'")
        return {(row["person"], row["school_year"]): row["contradicted_on"] for row in rows}

    assert await told(summer) == {(enrolled, 2026): None, (out, 2026): None, (old, 2026): None}
    place = await city.fact("enrolment", enrolled, source="education.student_register", state="在读", grade=7, valid=Range(date(2027, 9, 1), None))
    still = {(out, 2026): None, (old, 2026): None, (out, 2027): None}
    assert await told(autumn) == {(enrolled, 2026): autumn} | still
    await city.connection.execute("delete from enrolment where id = $1", place)
    await city.connection.execute("insert into recheck values ($1, $2)", DIVISION, enrolled)
    assert await told(autumn, everybody=False) == {(enrolled, 2026): None, (enrolled, 2027): None} | still
    assert await changes_of_a_run_for_everybody(city.connection, autumn) == NOTHING
