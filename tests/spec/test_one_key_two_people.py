"""A natural key that ends in a name: two people may have it, and one person's number may be corrected under it."""

from datetime import date

import pytest

from tests.flow import carry, hub, number, write_csv
from tests.properties.test_timelines import HEADER

OLDER, YOUNGER = date(2012, 3, 5), date(2016, 11, 13)
A, B = number(OLDER, 501), number(YOUNGER, 503)
MONTHS = {"a": "202609", "b": "202610", "c": "202611"}


def row(name, born, told, *, home="21028110100777", head="福利院", relation="非亲属", address="旧址"):
    """A row of the household register."""
    return ["1", home, head, relation, name, "", "男", told, f"{born:%Y%m%d}", "汉族", f"瓦房店市复州城镇{address}", ""]


def both(address="旧址", *, told=True):
    """Two of one name in a home's collective household; without numbers unless ``told``."""
    return [row("党浩然", OLDER, A if told else "", address=address), row("党浩然", YOUNGER, B if told else "", address=address)]


async def carried(connection, keys, folder, month, rows):
    write_csv(folder / month, f"常住人口_{MONTHS[month]}.csv", [HEADER, *rows])
    (report,) = await carry(connection, keys, folder / month)
    assert report.state == "PUBLISHED" and report.counts.conserved
    return report.counts


async def stands(connection) -> list[tuple]:
    """(person's birth date, address, since, until) of every entry of the register, and no person told two birth dates."""
    rows = await connection.fetch(
        """select distinct f.person, m.birth_date, right(f.address, 2) as address, lower(f.valid) as since, upper(f.valid) as until
             from hukou_registration f join mention m on m.id = f.mention and m.valid && f.valid order by 2, 4"""
    )
    assert len({row["person"] for row in rows}) == len({row["birth_date"] for row in rows}) == len({(row["person"], row["birth_date"]) for row in rows})
    return [tuple(row)[1:] for row in rows]


SEPT, OCT = date(2026, 9, 30), date(2026, 10, 31)
#: What the second list says, what becomes of its rows (new, changed, ended), and what stands in the end.
LATER = {
    "the other way round, both moved": (both("新址")[::-1], (0, 2, 0), [(OLDER, "旧址", SEPT, OCT), (OLDER, "新址", OCT, None), (YOUNGER, "旧址", SEPT, OCT), (YOUNGER, "新址", OCT, None)]),
    "one gone, the other moved": (both("新址")[1:], (0, 1, 1), [(OLDER, "旧址", SEPT, OCT), (YOUNGER, "旧址", SEPT, OCT), (YOUNGER, "新址", OCT, None)]),
    "the other way round": (both()[::-1], (0, 0, 0), [(OLDER, "旧址", SEPT, None), (YOUNGER, "旧址", SEPT, None)]),
}


@pytest.mark.parametrize("late", [False, True], ids=["in order", "the later list first"])
@pytest.mark.parametrize("told", [True, False], ids=["with numbers", "without"])
@pytest.mark.parametrize("what", LATER)
async def test_each_of_two_keeps_its_rows(what, told, late, database, tmp_path):
    then, counts, expected = LATER[what]
    if not told:
        then = [[*one[:7], "", *one[8:]] for one in then]
    async with hub(database, tmp_path) as (connection, keys):
        if late:
            await carried(connection, keys, tmp_path, "b", then)
        await carried(connection, keys, tmp_path, "a", both(told=told))
        if not late:
            found = await carried(connection, keys, tmp_path, "b", then)
            assert (found.new, found.changed, found.ended) == counts
        assert await stands(connection) == expected


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_whoever_takes_the_place_of_another_is_new(order, database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        rows = {"a": both()[:1], "b": both()[1:]}
        for month in order:
            await carried(connection, keys, tmp_path, month, rows[month])
        assert await stands(connection) == [(OLDER, "旧址", SEPT, OCT), (YOUNGER, "旧址", OCT, None)]
        assert (await carried(connection, keys, tmp_path, "c", both("新址")[::-1])).ended == 0
        assert [told[:2] for told in await stands(connection)] == [(OLDER, "旧址"), (OLDER, "新址"), (YOUNGER, "旧址"), (YOUNGER, "新址")]


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_two_of_nearly_one_age_are_told_apart_by_a_list_of_both(order, database, tmp_path):
    near = date(2012, 8, 20)
    other = row("党浩然", near, number(near, 505))
    async with hub(database, tmp_path) as (connection, keys):
        rows = {"a": [both()[0], other], "b": [[*other[:10], "瓦房店市复州城镇新址", ""]]}
        for month in order:
            await carried(connection, keys, tmp_path, month, rows[month])
        assert await stands(connection) == [(OLDER, "旧址", SEPT, OCT), (near, "旧址", SEPT, OCT), (near, "新址", OCT, None)]


N1, N2 = number(date(2015, 2, 11), 803), number(date(2015, 2, 12), 841)


def family(told: str, born: str = "", **other):
    """A boy under his father's 户号, by one number or the other."""
    born = born or told[6:14]
    return row("关二乙", date(int(born[:4]), int(born[4:6]), int(born[6:])), told, **{"home": "2102811010000001", "head": "关父乙", "relation": "子", **other})


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_a_corrected_number_is_the_same_childs_as_the_one_that_others_still_give(order, database, tmp_path):
    """D-27: the register itself told the one and tells the other."""
    write_csv(
        tmp_path / "d", "持证残疾人_202609.csv",
        [["残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级"], [f"{N1}52", "关二乙", "男", "20150211", N1, "智力", "二级"]],
    )  # fmt: skip
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "d")
        for month in order:
            counts = await carried(connection, keys, tmp_path, month, [family(N1 if month == "a" else N2)])
            assert counts.ended == 0
        people = await connection.fetch("select distinct i.person from mention m join identity i on i.id = m.id where m.name = '关二乙'")
        assert len(people) == 1
        assert await connection.fetchval("select birth_date from person_resolved where id = $1", people[0]["person"]) == date(2015, 2, 12)
        await carried(connection, keys, tmp_path, "c", [family(N2, address="新址")])
        assert await connection.fetchval("select count(distinct i.person) from mention m join identity i on i.id = m.id where m.name = '关二乙'") == 1


@pytest.mark.parametrize(("then", "counts"), [
    (family("", born="20120211"), (0, 1, 0)),  # a year that was mistyped without a number
    (family(number(date(2012, 2, 11), 803)), (0, 1, 0)),
    (family(number(date(2018, 2, 11), 803), born="20180211"), (1, 0, 1)),  # another number, and of another age
])  # fmt: skip
async def test_a_slip_that_is_put_right_stays_a_change(then, counts, database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        await carried(connection, keys, tmp_path, "a", [family("" if counts[1] else N1, born="20150211")])
        found = await carried(connection, keys, tmp_path, "b", [then])
        assert (found.new, found.changed, found.ended) == counts


@pytest.mark.parametrize("order", ["register first", "school first"])
async def test_a_number_typed_wrong_is_asked_about_whichever_list_comes_first(order, database, tmp_path):
    wrong = number(date(2015, 2, 13), 855)
    father = number(date(1985, 3, 17), 421)
    school = ["学籍号", "姓名", "性别", "出生日期", "身份证件号", "学校名称", "年级", "就读状态", "现住址", "成员1姓名", "成员1关系", "成员1身份证件号"]
    certificate = ["残疾人证号", "姓名", "性别", "出生日期", "身份证号", "残疾类别", "残疾等级", "户籍地址", "监护人姓名", "与残疾人关系", "监护人身份证号"]
    village = "瓦房店市复州城镇八里庄村"
    write_csv(tmp_path / "s", "学籍_202609.csv", [school, [f"G{wrong}", "关二乙", "男", "20150213", wrong, "八里庄小学", "五年级", "在读", village, "关父乙", "父亲", father]])
    write_csv(tmp_path / "r", "持证残疾人_202609.csv", [certificate, [f"{N1}52", "关二乙", "男", "20150211", N1, "智力", "二级", village, "关父乙", "父亲", father]])
    async with hub(database, tmp_path) as (connection, keys):
        for folder in "rs" if order == "register first" else "sr":
            await carry(connection, keys, tmp_path / folder)
        told = await connection.fetch("select kind, (select count(distinct i.person) from identity i where i.id in (r.mention, r.other)) as people from link_review r")
        assert [tuple(row) for row in told] == [("NUMBER_CONFLICT", 2)]


async def test_who_comes_after_another_in_a_home_has_no_corrected_number(database, tmp_path):
    """Nobody says that the two of one name and nearly one age are kin of one household."""
    async with hub(database, tmp_path) as (connection, keys):
        await carried(connection, keys, tmp_path, "a", [family(N1, head="福利院", relation="非亲属")])
        await carried(connection, keys, tmp_path, "b", [family(N2, head="福利院", relation="非亲属")])
        assert await connection.fetchval("select count(*) from mention where earlier_blind is not null") == 0


PUPILS = [("陆一心", date(2015, 7, 7)), ("毛二心", date(2015, 8, 8)), ("阮三心", date(2015, 9, 9)), ("苗四心", date(2015, 9, 10))]
SCHOOL = ["学籍号", "姓名", "性别", "出生日期", "身份证件号", "学校名称", "年级", "就读状态"]


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("numbered", [True, False], ids=["with numbers", "without"])
async def test_a_column_of_student_numbers_that_slipped_by_a_row_makes_nobody_another(numbered, order, database, tmp_path):
    """B.1: a temporary student number speaks of nobody's identity; each pupil keeps the id, whoever has the number now."""
    people = PUPILS if numbered else PUPILS[:3]  # the last two are of one day but for a slip
    papers = [f"L2102992015{n:02d}0{n}000{n}" for n in range(1, len(people) + 1)]
    known: dict[str, int] = {}
    async with hub(database, tmp_path) as (connection, keys):
        for month in order:
            lines = [
                [papers[(n + (month == "b")) % len(papers)], name, "男", f"{born:%Y%m%d}", number(born, 11 + 2 * n) if numbered else "", "八里庄小学", "四年级", "在读"]
                for n, (name, born) in enumerate(people)
            ]
            write_csv(tmp_path / month, f"学籍_{MONTHS[month]}.csv", [SCHOOL, *lines])
            (report,) = await carry(connection, keys, tmp_path / month)
            assert report.state == "PUBLISHED" and report.counts.conserved
            told = await connection.fetch("select distinct m.name, i.person from mention m join identity i using (division, id)")
            now = {row["name"]: row["person"] for row in told}
            assert len(told) == len(now) == len(people)
            assert known in ({}, now)
            known = now
        assert await connection.fetchval("select count(distinct (person, lower(valid))) from enrolment") == 2 * len(people)


@pytest.mark.parametrize("told", [(0, 0), (1, 1)], ids=["neither", "both"])
async def test_a_father_who_has_his_own_fathers_name_is_another(told, database, tmp_path):
    """Under one 户号, by whichever of the two a number is told."""
    born = date(1950, 3, 4), date(1978, 11, 21)
    rows = [
        row("蒋世财", day, number(day, 511 + 2 * n) if told[n] else "", home="2102811010000009", head="蒋世财", relation=relation)
        for n, (day, relation) in enumerate(zip(born, ("户主", "子"), strict=True))
    ]
    async with hub(database, tmp_path) as (connection, keys):
        await carried(connection, keys, tmp_path, "a", rows)
        await carried(connection, keys, tmp_path, "b", rows[::-1])
        people = await connection.fetch("select distinct f.person, m.birth_date from hukou_registration f join mention m on m.id = f.mention and m.valid && f.valid")
        assert sorted(one["birth_date"] for one in people) == [*born] and len({one["person"] for one in people}) == 2
