"""One invented family as every department tells it, each in the layout the departments write: what the hub makes of it.

王小禾 (disabled, on no register), his sister 王小雨, their father in prison, their mother not to be found, the grandmother who keeps
them; and 赵丽, who entered a vocational school early and works. A department knows a part; nobody writes a row the same way.
"""

import asyncio
from datetime import date

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy.ext.asyncio import create_async_engine

from hub.casework.gaps import judging
from hub.casework.plans import child_plans
from hub.rules import RULES
from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION, carry, hub, write_csv

ON = date(2025, 11, 30)
HE, YU = "210299201205030178", "210299201311022083"
SUN, WANG = "210299195501013024", "210299198503174212"
LISTS = {
    "gongan/GA-CZ_202509.csv": """
ZJHM,XM,CYM,XBDM,MZDM,CSRQ,HJD_SSSXQDM,HJD_XZ,HKXZFLDM,HH,YHZGXDM,SWRQ,ZXSJ
{SUN},孙秀兰,,2,1,19550101,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000123,02,,
{WANG},王大山,,1,1,19850317,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000123,20,,
,李梅,,2,11,19870606,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000123,38,,
{HE},王小禾,,1,11,20120503,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000123,41,,
{YU},王小雨,,2,11,20131102,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000123,42,,
""",
    "gongan/居住证_202509.csv": """
姓名,性别,公民身份号码,常住户口所在地住址,居住地住址,签发日期,最近签注日期,居住事由,同住父母身份证号
孙小舟,男,210299201508311014,吉林省某县,瓦房店市新华街道桃园社区,20240310,20250308,投靠,
""",
    "minzheng/低保_202509.csv": """
低保证号,保障类型,户主姓名,户主身份证号,成员姓名,成员身份证号,与户主关系,是否保障对象,保障人口,月保障金额,起始保障年月,停保年月,状态
DB2102810001234,农村低保,孙秀兰,{SUN},王小禾,{HE},孙子,是,3,1860.00,202303,,在保
""",
    "minzheng/特困人员_202509.csv": """
姓名,身份证号,特困类别,供养方式,生活自理能力,月标准,批准日期,状态
郑某某,210299194001011015,残疾人,分散,半护理,1400.00,20200101,在保
""",
    "minzheng/事实无人抚养儿童_202509.csv": """
儿童姓名,证件号码,类别,父亲姓名,父亲情形,父亲情形起,父亲情形止,母亲姓名,母亲情形,监护人姓名,监护人关系,就学状况,就读学校,认定日期,发放标准,终止原因
王小雨,{YU},事实无人抚养儿童,王大山,服刑在押,20230110,20260709,李梅,失联,孙秀兰,祖母,小学,复州城镇中心小学,20230415,1500.00,
""",
    "minzheng/农村留守儿童_202509.csv": """
儿童姓名,身份证号,留守类型,受委托监护人姓名,证件号码,与儿童关系,联系电话,健康状况,最近走访日期
王小雨,{YU},父母均不在,孙秀兰,{SUN},祖母,13900000002,有慢性病,20250612
""",
    "sifa/服刑人员未成年子女_202509.csv": """
序号,服刑人员姓名,服刑人员身份证号,性别,监狱/看守所名称,刑期起止,子女姓名,子女出生年月,子女身份证号,监护人姓名,与子女关系,联系电话,监护人情况,生活困难程度,是否失学
1,王大山,{WANG},男,某监狱,20230110-20260709,王小禾、王小雨,201205、201311,,孙秀兰,祖母,13900000002,祖父母监护,特别困难,否
""",
    "canlian/持证残疾人_202509.csv": """
残疾人证号,姓名,性别,出生日期,身份证号,残疾类别,残疾等级,监护人姓名,监护人身份证号,证件状态,有效期至
{HE}52,王小禾,男,20120503,{HE},智力,二级,孙秀兰,{SUN},正常,20330531
""",
    "canlian/动态更新_2025.csv": """
G1,O17,G2,G12,G13,G15,niandu
王小禾,{HE},{HE}52,2,1,_1,2025
""",
    "jiaoyu/学籍_202509.csv": """
学籍号,姓名,性别,出生日期,身份证件类型,身份证件号,学校名称,年级,班级,就读方式,是否留守儿童,残疾类型,随班就读,学籍状态
G{YU},王小雨,女,20131102,居民身份证,{YU},复州城镇中心小学,六年级,1班,走读,非留守儿童,无残疾,非随班就读,在读
""",
    "jiaoyu/学籍异动_202509.csv": """
XJH,XM,SFZJH,YDLBM,YDRQ,YDYYM,SPRQ,YDSM
G210299201107091209,赵丽,210299201107091209,21,20250305,99,20250310,
""",
    "jiaoyu/控辍保学台账_202509.csv": """
序号,学校,姓名,身份证号,首次无故不到校日期,标注状态,标注日期,书面报告送达(教育局),书面报告送达(乡镇)
1,复州城镇中学,赵丽,210299201107091209,20250303,辍学,20250401,20250403,
""",
    "zhongzhi/中职学籍_202509.csv": """
姓名,性别,出生日期,身份证件类型,身份证件号,学号,入学年月,招生对象,考生号,专业简称
赵丽,女,20110709,居民身份证,210299201107091209,Z1,202503,其他,,护理
""",
    "renshe/用工备案_202510.csv": """
单位名称,统一社会信用代码,姓名,身份证号,合同起始,备案日期
某水产加工厂,91210281MA0000000X,赵丽,210299201107091209,20260301,20260310
""",
    "fupin/脱贫户_202509.csv": """
户编号,户主,户类型,成员姓名,证件号码,与户主关系,在校生状况,义务教育是否有保障
P2102811010001,孙秀兰,脱贫户,王小禾,{HE}52,孙子,非在校生,是
""",
    "caizheng/资助名单_202511.csv": """
学校,姓名,身份证号,特殊困难类型,学年,学期,资助项目,金额,发放日期,发放状态
复州城镇中心小学,王小雨,{YU},低保家庭学生,2025-2026,秋季学期,F12,312.50,20251120,成功
""",
    "caizheng/教学点公用经费_202509.csv": """
教学点,学年,在校生数,核定人数,标准,核定金额,到账金额,到账日期
某教学点,2025-2026,37,100,720,72000.00,26640.00,20250915
""",
    "weijian/筛查_202509.csv": """
儿童姓名,身份证号,性别,出生日期,筛查结果,转介,诊断,筛查日期
王小禾,{HE},男,20120503,疑似智力,,,20180611
""",
}


def deliver(folder):
    """The lists as files, one of them in GB 18030."""
    for name, text in LISTS.items():
        told = text.strip().format(HE=HE, YU=YU, SUN=SUN, WANG=WANG)
        department, file = name.split("/")
        write_csv(folder / department, file, [line.split(",") for line in told.splitlines()], encoding="gb18030" if "GA-CZ" in file else "utf-8-sig")


@pytest.fixture(scope="module")
def told(filled_once, tmp_path_factory):
    """The family carried through the flow and checked."""

    async def fill():
        folder = tmp_path_factory.mktemp("lists")
        deliver(folder / "in")
        async with hub(filled_once, folder) as (connection, keys):
            reports = await carry(connection, keys, folder / "in", today=ON)
            assert [report.source for report in reports if report.state != "PUBLISHED" or not report.counts.conserved] == []
            assert sum(report.counts.quarantined for report in reports) == 0 and len(reports) == len(LISTS)
            async with publishing(connection, division=DIVISION, kind="check", by="hub", business_date=ON) as publication:
                await check(publication, RULES, on=ON)

    asyncio.run(fill())
    return filled_once


@pytest_asyncio.fixture
async def family(told, database_factory, tmp_path):
    """A copy of what is known of the family then; (connection, database)."""
    with database_factory(told) as database:
        async with hub(database, tmp_path) as (connection, _):
            yield connection, database


async def named(connection, name):
    """The persons of a name, most mentions first."""
    rows = await connection.fetch(
        "select i.person, count(*) as n from identity i join mention m on m.id = i.id where m.name_key = $1 group by 1 order by n desc, 1", name
    )
    return [row["person"] for row in rows]


async def plans(database, *persons):
    """Person -> programme -> answer."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database.dsn("hub_writer")))
    async with engine.connect() as reading:

        async def rows(statement):
            return (await reading.execute(statement)).mappings().all()

        told = await child_plans(rows, DIVISION, persons, on=ON)
    await engine.dispose()
    return {plan.person: {a.programme.code: a.judgement.answer.value for a in plan.answers} for plan in told}


async def test_the_one_child_out_of_school_is_found(family):
    connection, _ = family
    findings = await connection.fetch("select person, status from finding where rule = 'unenrolled_disabled'")
    assert [row["person"] for row in findings] == [(await named(connection, "王小禾"))[0]]


#: domain B.15: who is found by which rule, and as what. The full list of compulsory age has two of them once more.
EXPECTED = {
    ("E.1", "王小禾", "NO_ENROLMENT"), ("E.2", "王小禾", "NO_ENROLMENT"), ("E.3", "王小禾", "NO_ENROLMENT"), ("A-87", "王小禾", "NO_ENROLMENT"),
    ("E.9-1", "王小雨", "OVERDUE"), ("E.9-3", "王小雨", None), ("E.10-6", "王小禾", "F06"), ("E.10-1", "王小禾", "F07"), ("E.10-1", "王小禾", "F08"),
    ("E.11-5", "王小禾", "ASSURED_BUT_OUT"), ("A-13", "赵丽", "NOT_TO_TOWNSHIP"), ("E.7", "赵丽", "BY_AGE"), ("E.13", "某教学点", "PAID_BELOW"),
    ("A-87", "孙小舟", "NO_ENROLMENT"),
}  # fmt: skip


async def found(connection, database, on):
    """Check with the programmes judged; (number, name, kind) of what stands."""
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(database.dsn("hub_writer")))
    async with publishing(connection, division=DIVISION, kind="check", by="hub", business_date=on) as publication:
        await check(publication, RULES, on=on, judge=judging(engine, DIVISION, on))
    await engine.dispose()
    rows = await connection.fetch(
        """select f.rule, f.kind, coalesce(p.name, s.name) as name from finding f left join person_resolved p on p.id = f.person
             left join school s on s.id = f.school where f.contradicted_on is null and f.school_year = $1""", on.year - (on.month < 9))  # fmt: skip
    numbers = {rule.name: rule.number for rule in RULES}
    return {(numbers[row["rule"]], row["name"], row["kind"]) for row in rows}


async def test_exactly_the_expected_findings(family):
    connection, database = family
    assert await found(connection, database, ON) == EXPECTED
    await connection.execute("update delivery set as_of = '2026-03-10' where source like 'labour.%'")
    assert ("E.8", "赵丽", "UNDER_SIXTEEN") not in await found(connection, database, date(2026, 2, 28))
    assert ("E.8", "赵丽", "UNDER_SIXTEEN") in await found(connection, database, date(2026, 3, 11))


async def test_each_departments_rows_meet_in_one_person(family):
    connection, _ = family
    for name, sources in (("王小禾", 6), ("王小雨", 5), ("赵丽", 4), ("孙秀兰", 6), ("王大山", 3)):
        person = (await named(connection, name))[0]
        found = await connection.fetchval("select count(distinct m.source) from identity i join mention m on m.id = i.id where i.person = $1", person)
        assert found >= sources, name


async def test_two_children_in_one_cell_are_two(family):
    connection, _ = family
    rows = await connection.fetch("select role, name, born from mention where source = 'justice.prisoners_children' and role like '子女%' order by role")
    assert [tuple(row) for row in rows] == [("子女1", "王小禾", "2012-05"), ("子女2", "王小雨", "2013-11")]
    assert await connection.fetchval("select count(*) from kinship where source = 'justice.prisoners_children'") == 2
    assert await connection.fetchval("select count(*) from custody") == 1


async def test_the_plans_say_what_is_received_due_and_not_to_be_told(family):
    connection, database = family
    boy, girl = (await named(connection, "王小禾"))[0], (await named(connection, "王小雨"))[0]
    answers = await plans(database, boy, girl)
    assert {code: answers[boy][code] for code in ("F01", "F06", "F07", "F08", "F10")} == {
        "F01": "RECEIVING", "F06": "UNKNOWN", "F07": "DUE", "F08": "DUE", "F10": "NOT_DUE"}
    assert {code: answers[girl][code] for code in ("F01", "F06", "F07", "F10")} == {
        "F01": "UNKNOWN", "F06": "RECEIVING", "F07": "NOT_DUE", "F10": "RECEIVING"}
