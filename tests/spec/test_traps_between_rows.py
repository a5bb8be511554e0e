"""Traps that no single row shows (domain D): who is one person, who is two, and what that does to what is found.

One invented village as its departments' lists tell it, carried and checked like any delivery.
"""

from datetime import date

import pytest_asyncio

from hub.rules import RULES
from hub.steps.check import check
from hub.storage.publishing import publishing
from tests.flow import DIVISION, carry, hub, number, write_csv

ON = date(2026, 10, 20)
TWINS = date(2016, 3, 12)
ONE, OTHER = number(TWINS, 22), number(TWINS, 24)
NAMESAKES = number(date(2015, 6, 1), 31), number(date(2015, 6, 1), 57)
RENAMED, TWICE, DEAD, GONE = number(date(2014, 2, 8), 12), number(date(2013, 11, 5), 43), number(date(2015, 1, 9), 71), number(date(2015, 1, 9), 74)
MISTOLD, SHARED = number(date(2014, 7, 7), 81), number(date(2013, 3, 3), 91)
CANCELLED, LOWERED = number(date(2014, 9, 20), 16), number(date(2014, 9, 21), 17)
HEAD, FATHER, PRISONER = number(date(1955, 4, 4), 13), number(date(1986, 5, 5), 15), number(date(1984, 8, 8), 19)
CORRECTED = number(date(2014, 5, 5), 61), number(date(2014, 5, 6), 61)  # as it was given, and as it is since
LITTLE = number(date(2015, 5, 15), 35)
LISTS = {
    "gongan/GA-CZ_202610.csv": f"""
ZJHM,XM,CYM,XBDM,MZDM,CSRQ,HJD_SSSXQDM,HJD_XZ,HKXZFLDM,HH,YHZGXDM,SWRQ,ZXSJ
{HEAD},周德福,,1,1,19550404,210281,辽宁省瓦房店市复州城镇八里庄村3号,家庭户,210281101000201,02,,
{FATHER},周建国,,1,1,19860505,210281,辽宁省瓦房店市复州城镇八里庄村3号,家庭户,210281101000201,20,,
{ONE},周雨晴,,2,1,20160312,210281,辽宁省瓦房店市复州城镇八里庄村3号,家庭户,210281101000201,42,,
{OTHER},周雨欣,,2,1,20160312,210281,辽宁省瓦房店市复州城镇八里庄村3号,家庭户,210281101000201,42,,
{NAMESAKES[0]},王浩然,,1,1,20150601,210281,辽宁省瓦房店市复州城镇八里庄村5号,家庭户,210281101000202,20,,
{NAMESAKES[1]},王浩然,,1,1,20150601,210281,辽宁省瓦房店市复州城镇八里庄村6号,家庭户,210281101000203,20,,
{RENAMED},李思远,,2,1,20140208,210281,辽宁省瓦房店市复州城镇八里庄村7号,家庭户,210281101000204,30,,
{TWICE},郑一鸣,,1,1,20131105,210281,辽宁省瓦房店市复州城镇八里庄村8号,家庭户,210281101000205,20,,
{DEAD},冯天佑,,1,1,20150109,210281,辽宁省瓦房店市复州城镇八里庄村9号,家庭户,210281101000206,20,20260301,
{GONE},冯天赐,,2,1,20150109,210281,辽宁省瓦房店市复州城镇八里庄村9号,家庭户,210281101000206,30,,20260301
{MISTOLD},褚小满,,1,1,20140707,210281,辽宁省瓦房店市复州城镇八里庄村10号,家庭户,210281101000207,20,,
{SHARED},卫明轩,,1,1,20130303,210281,辽宁省瓦房店市复州城镇八里庄村11号,家庭户,210281101000208,20,,
{CANCELLED},蒋文博,,2,1,20140920,210281,辽宁省瓦房店市复州城镇八里庄村12号,家庭户,210281101000209,30,,
{LOWERED},沈佳怡,,1,1,20140921,210281,辽宁省瓦房店市复州城镇八里庄村13号,家庭户,210281101000210,20,,
{PRISONER},韩志强,,1,1,19840808,210281,辽宁省瓦房店市复州城镇八里庄村14号,家庭户,210281101000211,02,,
{CORRECTED[0]},秦朗,,1,1,20140505,210281,辽宁省瓦房店市复州城镇八里庄村15号,家庭户,210281101000212,20,,
{LITTLE},韩子轩,,1,1,20150515,210281,辽宁省瓦房店市复州城镇八里庄村14号,家庭户,210281101000211,20,,
""",
    "jiaoyu/学籍_202610.csv": f"""
学籍号,姓名,性别,出生日期,身份证件类型,身份证件号,学校名称,年级,班级,就读方式,残疾类型,随班就读,学籍状态
G{ONE},周雨晴,女,20160312,居民身份证,{ONE},八里庄小学,五年级,1班,走读,无残疾,非随班就读,在读
L2102811010012,周雨欣,女,20160312,居民身份证,,八里庄小学,五年级,1班,走读,无残疾,非随班就读,在读
G{NAMESAKES[0]},王浩然,男,20150601,居民身份证,{NAMESAKES[0]},八里庄小学,六年级,1班,走读,无残疾,非随班就读,在读
G{NAMESAKES[1]},王浩然,男,20150601,居民身份证,{NAMESAKES[1]},八里庄小学,六年级,1班,走读,无残疾,非随班就读,在读
G{RENAMED},张思远,女,20140208,居民身份证,{RENAMED},八里庄小学,六年级,2班,走读,无残疾,非随班就读,在读
G{TWICE},郑一鸣,男,20131105,居民身份证,{TWICE},复州城镇中学,七年级,1班,走读,无残疾,非随班就读,在读
L2102811010077,郑一鸣,男,20131105,居民身份证,{TWICE},得利寺镇中学,七年级,2班,走读,无残疾,非随班就读,在读
G{MISTOLD},褚小满,男,20140717,居民身份证,{MISTOLD},八里庄小学,六年级,2班,走读,无残疾,非随班就读,在读
G{CORRECTED[0]},秦朗,男,20140506,居民身份证,{CORRECTED[1]},复州城镇中学,七年级,1班,走读,无残疾,非随班就读,在读
L2102811010099,陈雪梅,女,20151120,居民身份证,{SHARED},八里庄小学,五年级,2班,走读,无残疾,非随班就读,在读
""",
    "canlian/持证残疾人_202610.csv": f"""
残疾人证号,姓名,性别,出生日期,身份证号,残疾类别,残疾等级,监护人姓名,监护人身份证号,证件状态,有效期至
{DEAD}42,冯天佑,男,20150109,{DEAD},肢体,二级,,,正常,20330531
{GONE}42,冯天赐,女,20150109,{GONE},肢体,二级,,,正常,20330531
{CANCELLED}53,蒋文博,女,20140920,{CANCELLED},智力,三级,,,注销,20330531
{LOWERED}54,沈佳怡,男,20140921,{LOWERED},智力,四级,,,正常,20330531
""",
    "minzheng/低保_202610.csv": f"""
低保证号,保障类型,户主姓名,户主身份证号,成员姓名,成员身份证号,与户主关系,是否保障对象,保障人口,月保障金额,起始保障年月,停保年月,状态
DB2102810009001,农村低保,周建国,{FATHER},周建国,{FATHER},本人,是,3,1860.00,202303,,在保
DB2102810009001,农村低保,周建国,{FATHER},周雨晴,{ONE},女儿,是,3,1860.00,202303,,在保
""",
    "sifa/服刑人员未成年子女_202610.csv": """
序号,服刑人员姓名,服刑人员身份证号,性别,监狱/看守所名称,刑期起止,子女姓名,子女出生年月,子女身份证号,监护人姓名,与子女关系,联系电话,监护人情况,生活困难程度,是否失学
1,吴大勇,,男,某监狱,20240110-20290709,毛毛,201505,,,,,祖父母监护,特别困难,否
""",
}


def deliver(folder):
    """The lists as files."""
    for name, text in LISTS.items():
        department, file = name.split("/")
        write_csv(folder / department, file, [line.split(",") for line in text.strip().splitlines()])


@pytest_asyncio.fixture
async def village(database, tmp_path):
    """The village carried and checked; a connection."""
    deliver(tmp_path / "in")
    async with hub(database, tmp_path) as (connection, keys):
        reports = await carry(connection, keys, tmp_path / "in", today=ON)
        assert [report.source for report in reports if report.state != "PUBLISHED" or report.counts.quarantined] == []
        async with publishing(connection, division=DIVISION, kind="check", by="hub", business_date=ON) as publication:
            await check(publication, RULES, on=ON)
        yield connection


async def persons(connection, name):
    """Person -> the sources that name it so."""
    rows = await connection.fetch(
        """select i.person, array_agg(distinct split_part(m.source, '.', 1) order by split_part(m.source, '.', 1)) as sources
             from identity i join mention m on m.id = i.id where m.name = $1 group by 1 order by 1""", name
    )  # fmt: skip
    return {row["person"]: row["sources"] for row in rows}


async def found(connection, rule):
    """Name -> kind of the findings of a rule."""
    return {
        row["name"]: row["kind"]
        for row in await connection.fetch("select p.name, f.kind from finding f join person_resolved p on p.id = f.person where f.rule = $1", rule)
    }


async def test_who_is_one_and_who_is_two(village):
    """D-23 to D-27, D-42."""
    for twin in ("周雨晴", "周雨欣"):  # D-24: the second one has no number at school; an exact name is what tells her
        (sources,) = (await persons(village, twin)).values()
        assert {"education", "public_security"} <= set(sources), twin
    assert set(await persons(village, "周雨晴")).isdisjoint(await persons(village, "周雨欣"))
    assert list((await persons(village, "王浩然")).values()) == [["education", "public_security"]] * 2  # D-25
    assert await persons(village, "李思远") and set(await persons(village, "李思远")) == set(await persons(village, "张思远"))  # D-26
    assert len(await persons(village, "郑一鸣")) == 1  # D-23
    assert len(set(await persons(village, "秦朗"))) == 1  # D-27: the student number keeps the number that was corrected
    assert set(await persons(village, "卫明轩")).isdisjoint(await persons(village, "陈雪梅"))  # D-42: a slip of the pen is no merge
    reviews = await village.fetch("select r.kind, m.name from link_review r join mention m on m.id in (r.mention, r.other) order by m.name")
    assert [tuple(row) for row in reviews] == [("NUMBER_CONFLICT", "卫明轩"), ("NUMBER_CONFLICT", "陈雪梅")]


async def test_a_nickname_is_for_a_person_to_decide(village):
    """D-28."""
    assert list((await persons(village, "毛毛")).values()) == [["justice"]]


async def test_what_is_found(village):
    """D-20, D-23, D-30, D-31: each with its own finding or none."""
    assert await found(village, "double_enrolment") == {"郑一鸣": "TWO_SCHOOLS"}
    assert await found(village, "basics_differ") == {"褚小满": "BIRTH_DATE", "秦朗": "BIRTH_DATE"}
    assert set(await found(village, "names_differ")) == {"李思远"}
    assert set(await found(village, "unenrolled_disabled")) == {"沈佳怡"}
    row = await village.fetchrow("select m.born, m.birth_date from mention m where m.name = '褚小满' and m.source like 'education.%'")
    assert (row["born"], row["birth_date"]) == ("2014-07-17", date(2014, 7, 7))


async def test_two_households_of_one_child(village):
    """D-34: the grandfather heads the register's household, the father the one on the allowance."""
    (child,) = await persons(village, "周雨晴")
    homes = await village.fetchrow("select register_household, living_household from person_resolved where id = $1", child)
    assert homes["register_household"] != homes["living_household"]
    (grandfather,), (father,) = await persons(village, "周德福"), await persons(village, "周建国")
    assert await village.fetchval("select household from hukou_registration where person = $1", grandfather) == homes["register_household"]
    assert [tuple(row) for row in await village.fetch("select household from membership where person = any($1) and household_kind = 'LIVING'", [child, father])] == [(homes["living_household"],)] * 2
