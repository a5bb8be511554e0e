"""A role of a record passes to somebody else: each keeps its own time, person and id, in whatever order the lists come."""

from datetime import date

import pytest

from hub.exports.mentions import told_mentions
from hub.steps import assemble
from tests.flow import DIVISION, carry, hub, number, write_csv
from tests.properties.test_timelines import HEADER

MONTHS = {"a": "202608", "b": "202609", "c": "202610"}
AUG, SEPT, OCT = date(2026, 8, 31), date(2026, 9, 30), date(2026, 10, 31)
ASKED = {"a": date(2026, 9, 5), "b": date(2026, 10, 5), "c": date(2026, 11, 5)}
CHILD, FATHER = number(date(2015, 5, 3), 905), number(date(1985, 3, 17), 903)
GRANDMOTHER = ("尤奶奶", "祖母", number(date(1953, 1, 1), 902))
AUNT = ("尤姑姑", "姑母", number(date(1979, 3, 3), 904))
LEFT_BEHIND = ["儿童姓名", "性别", "出生日期", "儿童身份证号", "父亲姓名", "父亲身份证号", "受委托监护人姓名", "与儿童关系", "监护人身份证号", "村社区"]
PERMIT = ["居住证号", "姓名", "性别", "出生日期", "公民身份号码", "居住地住址", "签发日期", "到期日期", "随行子女姓名", "随行子女身份证号"]


def with_guardian(name, relation, told, village="桃园村"):
    """A child's row in the list of children left behind."""
    return ["尤小宝", "男", "20150503", CHILD, "尤父亲", FATHER, name, relation, told, village]


async def carried(connection, keys, folder, month, rows, *, name="农村留守儿童", header=LEFT_BEHIND):
    write_csv(folder / month, f"{name}_{MONTHS[month]}.csv", [header, *rows])
    (report,) = await carry(connection, keys, folder / month)
    assert report.state == "PUBLISHED" and report.counts.conserved


async def registered(connection, keys, folder):
    """The two women's own entries in the household register, before any list names them; name -> person."""
    women = [["1", f"21028110100777{n}", name, "户主", name, "", "女", told, f"{told[6:14]}", "汉族", "瓦房店市复州城镇", ""] for n, (name, _, told) in enumerate((GRANDMOTHER, AUNT))]
    write_csv(folder / "r", "常住人口_202607.csv", [HEADER, *women])
    await carry(connection, keys, folder / "r")
    return dict(await connection.fetch("select m.name, i.person from mention m join identity i on i.id = m.id"))


async def guardians(connection, on):
    """(name, person) of the guardian on a day, by the fact and by the mention of the row."""
    facts = await connection.fetch(
        """select r.name, f.guardian as person from guardianship f join person_resolved r on r.id = f.guardian where f.valid @> $1::date""", on
    )
    mentions = await connection.fetch("select m.name, i.person from mention m join identity i on i.id = m.id where m.role = '监护人' and m.valid @> $1::date", on)
    assert facts == mentions
    return [tuple(row) for row in facts]


async def forwarded(connection):
    return await connection.fetch("select id from person_id where current <> id")


@pytest.mark.parametrize("numbers", ["numbers", "no numbers"])
@pytest.mark.parametrize("order", ["abc", "acb", "bac", "bca", "cab", "cba"])
async def test_a_change_of_guardian_and_back_again(order, numbers, database, tmp_path):
    def told(who):
        return with_guardian(*who) if numbers == "numbers" else with_guardian(*who[:2], "")

    rows = {"a": told(GRANDMOTHER), "b": told(AUNT), "c": told(GRANDMOTHER)}
    rows["c"][-1] = "另一村"
    async with hub(database, tmp_path) as (connection, keys):
        women = await registered(connection, keys, tmp_path)
        for month in order:
            await carried(connection, keys, tmp_path, month, [rows[month]])
        for month, (name, *_) in {"a": GRANDMOTHER, "b": AUNT, "c": GRANDMOTHER}.items():
            ((named, person),) = await guardians(connection, ASKED[month])
            assert named == name
            assert [row["person"] for row in await told_mentions(connection, DIVISION, on=ASKED[month]) if row["role"] == "监护人"] == [person]
            if numbers == "numbers":
                assert person == women[name]
        periods = await connection.fetch("select id, name, lower(valid) as since, upper(valid) as until from mention where role = '监护人' order by 3")
        assert [tuple(row)[1:] for row in periods] == [("尤奶奶", AUG, SEPT), ("尤姑姑", SEPT, OCT), ("尤奶奶", OCT, None)]
        assert periods[0]["id"] == periods[2]["id"] != periods[1]["id"]
        assert not await forwarded(connection)


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_nothing_more_comes_of_the_same_list_again(order, database, tmp_path):
    rows = {"a": with_guardian(*GRANDMOTHER), "b": with_guardian(*AUNT)}
    async with hub(database, tmp_path) as (connection, keys):
        await registered(connection, keys, tmp_path)
        for month in order:
            await carried(connection, keys, tmp_path, month, [rows[month]])
        before = await connection.fetch("select * from mention order by id, valid")
        write_csv(tmp_path / "again", "农村留守儿童_202609.csv", [LEFT_BEHIND, rows["b"], ["周小明", "女", "20160503", "", "周父亲", "", "周奶奶", "祖母", "", "桃园村"]])
        await carry(connection, keys, tmp_path / "again")
        assert await connection.fetch("select * from mention where record in (select record from mention where name = '尤小宝') or source <> 'civil_affairs.left_behind' order by id, valid") == before


SAME = {
    "a corrected number": (("尤奶奶", "祖母", number(date(1953, 1, 1), 902)), ("尤奶奶", "祖母", number(date(1953, 1, 10), 902))),
    "a corrected spelling": (GRANDMOTHER, ("尤乃乃", "祖母", GRANDMOTHER[2])),
    "a corrected spelling, no number": (("尤小兰", "祖母", ""), ("尤小蓝", "祖母", "")),
    "another name, the same number": (GRANDMOTHER, ("苏婉清", "祖母", GRANDMOTHER[2])),
    "a number told later": (("尤奶奶", "祖母", ""), GRANDMOTHER),
    "a number told no longer": (GRANDMOTHER, ("尤奶奶", "祖母", "")),
}


@pytest.mark.parametrize("order", ["ab", "ba"])
@pytest.mark.parametrize("what", SAME)
async def test_what_is_corrected_is_one_persons(what, order, database, tmp_path):
    rows = dict(zip("ab", SAME[what], strict=True))
    async with hub(database, tmp_path) as (connection, keys):
        for month in order:
            await carried(connection, keys, tmp_path, month, [with_guardian(*rows[month])])
        assert await connection.fetchval("select count(distinct id) from mention where role = '监护人'") == 1


@pytest.mark.parametrize("numbers", ["numbers", "no numbers"])
@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_parents_who_change_places_are_who_they_were(order, numbers, database, tmp_path):
    header = ["学校名称", "学籍号", "姓名", "性别", "出生日期", "年级", "班级", "就读状态", "成员1姓名", "成员1关系", "成员1身份证件号", "成员2姓名", "成员2关系", "成员2身份证件号"]
    pupil = ["复州城镇中心小学", "G" + CHILD, "尤小宝", "男", "20150503", "五年级", "1班", "在读"]
    father, mother = ["尤父亲", "父亲", FATHER], ["赵桂兰", "母亲", number(date(1986, 4, 2), 908)]
    if numbers == "no numbers":
        father[2] = mother[2] = ""
    rows = {"a": [*pupil, *father, *mother], "b": [*pupil, *mother, *father]}
    async with hub(database, tmp_path) as (connection, keys):
        for month in order:
            await carried(connection, keys, tmp_path, month, [rows[month]], name="学籍信息", header=header)
        assert await connection.fetchval("select count(distinct id) from mention where anchor is not null") == 2
        assert await connection.fetchval("select count(distinct (id, name)) from mention where anchor is not null") == 2
        wrong = await connection.fetch(
            "select 1 from kinship f join mention m on m.id = f.relative_mention and m.hash = f.hash where m.name <> case f.relation when '父亲' then '尤父亲' else '赵桂兰' end"
        )
        assert not wrong and await connection.fetchval("select count(*) from kinship") == 4


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_another_head_of_household(order, database, tmp_path):
    """The register tells a head by the name alone."""

    def child(head, relation):
        return ["1", "210281101007777", head, relation, "尤小宝", "", "男", CHILD, "20150503", "汉族", "瓦房店市复州城镇", ""]

    rows = {"a": child("尤爷爷", "孙子"), "b": child("尤父亲", "子")}
    async with hub(database, tmp_path) as (connection, keys):
        for month in order:
            await carried(connection, keys, tmp_path, month, [rows[month]], name="常住人口", header=HEADER)
        heads = await connection.fetch(
            """select m.name, lower(f.valid) as since, upper(f.valid) as until from membership f join mention m on m.id = f.head_mention and m.valid && f.valid order by 2"""
        )
        assert [tuple(row) for row in heads] == [("尤爷爷", AUG, SEPT), ("尤父亲", SEPT, None)]
        assert await connection.fetchval("select count(distinct i.person) from mention m join identity i on i.id = m.id where m.role = '户主'") == 2


@pytest.mark.parametrize("order", ["ab", "ba"])
async def test_another_child_on_a_permit(order, database, tmp_path):
    father = ["JZ2102810001", "外父", "男", "19850101", number(date(1985, 1, 1), 915), "瓦房店市新华街道桃园社区", "20250310", "20270307"]
    rows = {"a": [*father, "外大宝", number(date(2012, 3, 5), 911)], "b": [*father, "外小宝", number(date(2017, 5, 5), 914)]}
    async with hub(database, tmp_path) as (connection, keys):
        for month in order:
            await carried(connection, keys, tmp_path, month, [rows[month]], name="居住证", header=PERMIT)
        kin = await connection.fetch(
            "select r.name, lower(f.valid) as since, upper(f.valid) as until from kinship f join person_resolved r on r.id = f.relative order by 2"
        )
        assert [tuple(row) for row in kin] == [("外大宝", AUG, SEPT), ("外小宝", SEPT, None)]
        assert not await forwarded(connection)


async def test_what_an_older_version_mixed_stays_and_goes_on(database, tmp_path, monkeypatch):
    """A home from before: both women stand under the role's own mention; who comes next is told apart."""

    async def nobody(stage):
        pass

    async with hub(database, tmp_path) as (connection, keys):
        with monkeypatch.context() as before:
            before.setattr(assemble, "follow_roles", nobody)
            for month, who in (("a", GRANDMOTHER), ("b", AUNT)):
                await carried(connection, keys, tmp_path, month, [with_guardian(*who)])
        (mixed,) = await connection.fetch("select distinct id from mention where role = '监护人'")
        await carried(connection, keys, tmp_path, "c", [with_guardian(*AUNT, "另一村")])
        assert await connection.fetch("select distinct id from mention where role = '监护人'") == [mixed]
        write_csv(tmp_path / "d", "农村留守儿童_20261110.csv", [LEFT_BEHIND, with_guardian("尤叔叔", "叔父", number(date(1980, 4, 4), 907))])
        await carry(connection, keys, tmp_path / "d")
        assert await connection.fetchval("select id from mention where role = '监护人' and upper(valid) is null") != mixed["id"]
