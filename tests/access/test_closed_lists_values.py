"""What a closed list says of somebody whom others know as well, and what finds nobody, is not taken from it: it would tell who is on the list."""

from datetime import date

from tests.flow import carry, hub, number, write_csv

BORN = date(2014, 5, 9)
FATHER, CHILD, UNLISTED, HER_MOTHER = "楚若茵", "楚小禾", "邰小雨", "邰若兰"
ON_THE_REGISTER = [
    ["序号", "户号", "户主姓名", "与户主关系", "姓名", "性别", "公民身份号码", "出生日期", "户籍地址"],
    ["1", "500001", FATHER, "户主", FATHER, "男", number(date(1986, 9, 22), 301), "19860922", "瓦房店市复州城镇八里庄村"],
    ["2", "500001", FATHER, "儿子", CHILD, "男", number(BORN, 31), "20140509", "瓦房店市复州城镇八里庄村"],
]
CERTIFICATES = [
    ["残疾人证号", "姓名", "性别", "出生日期", "残疾类别", "残疾等级", "监护人姓名", "监护人电话", "联系电话"],
    [f"{number(BORN, 31)}52", CHILD, "男", "20140509", "智力", "二级", FATHER, "13900000001", "13900000002"],
    [f"{number(BORN, 42)}52", UNLISTED, "女", "20140509", "智力", "二级", HER_MOTHER, "13900000003", "13900000004"],
]


async def phones(connection) -> dict[str, str | None]:
    return {row["name"]: row["phone_mask"] for row in await connection.fetch("select name, phone_mask from person_resolved")}


async def test_a_telephone_of_a_closed_list_alone_is_no_telephone_of_who_is_known_by_others(database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", ON_THE_REGISTER)
    write_csv(tmp_path / "b", "持证残疾人_202610.csv", CERTIFICATES)
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        before = await phones(connection)
        await carry(connection, keys, tmp_path / "b")
        after = await phones(connection)
        assert {name: after[name] for name in before} == before == {FATHER: None, CHILD: None}
        assert after[HER_MOTHER] and after[UNLISTED]  # nobody else tells of them, and who may know of the list sees them
        assert await connection.fetchval("select count(*) from mention where source = 'disabled_persons.certificate' and phone_mask is not null") == 4
