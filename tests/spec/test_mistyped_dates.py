"""A mistyped date neither becomes today nor rewrites history: a day to come, a title that says otherwise, and contents that contradict it are held (D-32)."""

from datetime import date

import pytest

from hub.contract.dates import business_date_of
from tests.flow import TODAY, carry, hub, number, write_csv
from tests.spec.test_verbs import ON, verb

HEADER = "姓名 性别 出生日期 身份证号 残疾人证号 残疾类别 残疾等级 监护人姓名 发证日期 有效期至 证件状态".split()


def certificates(*, issued: int = 2026, count: int = 12) -> list[list[str]]:
    """Holders of whom most had their certificates long ago, three in the spring of a year."""
    told = [HEADER]
    for i in range(count):
        born = date(2011 + i % 5, 1 + i % 12, 3)
        citizen = number(born, 101 + 2 * i)
        year = issued if i < 3 else 2014
        told.append([f"王{chr(0x4e00 + i)}", "男", f"{born:%Y%m%d}", citizen, citizen + "52", "智力", "二级", f"李{chr(0x4e00 + i)}", f"{year}0415", f"{year + 20}0414", "正常"])
    return told


@pytest.mark.parametrize(("name", "titles", "day", "doubtful"), [
    ("持证残疾人_202609.csv", (), date(2026, 9, 30), False),
    ("持证残疾人_202611.csv", (), TODAY, False),  # the month that is not over yet
    ("持证残疾人_20261124.csv", (), TODAY, False),
    ("持证残疾人_20261125.csv", (), date(2026, 11, 25), True),  # the day after
    ("持证残疾人_202612.csv", (), date(2026, 12, 31), True),
    ("持证残疾人_20260930153000.csv", (), date(2026, 9, 30), False),  # as systems name what they export
    ("持证残疾人_202609301530.csv", (), date(2026, 9, 30), False),
    ("持证残疾人_20260930_153000.csv", (), date(2026, 9, 30), False),
    ("持证残疾人_20260930153000123.csv", (), date(2026, 9, 30), False),
    ("持证残疾人_20261125080000.csv", (), date(2026, 11, 25), True),
    ("持证残疾人_20260930999999.csv", (), TODAY, False),  # no time of day
    ("持证残疾人_210281101201.csv", (), TODAY, False),  # a village
    ("持证残疾人_2062-09.csv", (), date(2062, 9, 30), True),
    ("持证残疾人_2016-09.csv", (), date(2016, 9, 30), False),  # its contents may say more
    ("持证残疾人_1926-09.csv", (), date(1926, 9, 30), False),
    ("持证残疾人_2016-09.csv", ("截至2026年9月30日",), date(2016, 9, 30), True),
    ("持证残疾人_202609.csv", ("2026年6月30日",), date(2026, 9, 30), False),  # 92 days apart
    ("持证残疾人_202609.csv", ("2026年6月29日",), date(2026, 9, 30), True),
    ("持证残疾人.csv", (), TODAY, False),
    ("持证残疾人_2027年.csv", (), TODAY, True),
    ("持证残疾人_2026年.csv", (), TODAY, False),
    ("210281持证残疾人.csv", (), TODAY, False),
    ("210211_持证残疾人_202609.csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026-9.csv", (), date(2026, 9, 30), False),  # in one digit, with blanks, in full width, in Chinese
    ("持证残疾人2026.9.csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026-9-8.csv", (), date(2026, 9, 8), False),
    ("持证残疾人2026.10.8.csv", (), date(2026, 10, 8), False),
    ("持证残疾人 2026 09 30.csv", (), date(2026, 9, 30), False),
    ("持证残疾人２０２６０９３０.csv", (), date(2026, 9, 30), False),
    ("持证残疾人二〇二六年九月.csv", (), date(2026, 9, 30), False),
    ("持证残疾人二〇二六年十月三十一日.csv", (), date(2026, 10, 31), False),
    ("持证残疾人二零二六年十一月.csv", (), TODAY, False),
    ("持证残疾人二〇二六年十月二十日.csv", (), date(2026, 10, 20), False),
    ("持证残疾人26年9月.csv", (), date(2026, 9, 30), False),
    ("2026-09-持证残疾人.csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026年9月(2).csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026年三季度.csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026Q4.csv", (), TODAY, False),  # not over yet
    ("持证残疾人2026年上半年.csv", (), date(2026, 6, 30), False),
    ("2026年1-9月持证残疾人.csv", (), date(2026, 9, 30), False),  # of a time its end
    ("持证残疾人20260901-20260930.csv", (), date(2026, 9, 30), False),
    ("持证残疾人2026.9.1至2026.9.30.csv", (), date(2026, 9, 30), False),
    ("持证残疾人_20260930_20261008.csv", (), date(2026, 9, 30), False),  # the second is when it was sent
    ("持证残疾人9月.csv", (), TODAY, True),  # of which year
    ("持证残疾人2026年9月8.csv", (), TODAY, True),  # a day or a part
    ("持证残疾人2026-09-31.csv", (), TODAY, True),  # no such day
    ("持证残疾人30-09-2026.csv", (), TODAY, True),
    ("持证残疾人2026_9.csv", (), TODAY, True),  # a month or a part
    ("持证残疾人2026年秋季学期.csv", (), TODAY, False),
    ("持证残疾人.csv", ("依据2018年11月12日通知报送的持证残疾人名单",), TODAY, False),  # another paper's day
    ("持证残疾人.csv", ("根据《关于控辍保学的通知》（2018年11月12日）精神，截至2026年9月30日",), date(2026, 9, 30), False),
    ("持证残疾人.csv", ("2018年11月12日持证残疾人名单",), date(2018, 11, 12), True),
    ("持证残疾人.csv", ("截至2025年11月23日",), date(2025, 11, 23), False),  # a year before
    ("持证残疾人.csv", ("截至2025年11月22日",), date(2025, 11, 22), True),
    ("持证残疾人_2018-11.csv", ("2018年11月12日",), date(2018, 11, 30), False),  # history, as its name says
    ("持证残疾人.csv", ("持证残疾人名单（截至2026-10-8）",), date(2026, 10, 8), False),
    ("持证残疾人0-6月龄.csv", (), TODAY, False),
])
def test_what_a_name_tells(name, titles, day, doubtful):
    told = business_date_of(name, (), titles, TODAY)
    assert (told.day, bool(told.doubts)) == (day, doubtful)


def test_a_year_alone_and_a_folder_of_another_time_are_told():
    assert "2025 and no month" in business_date_of("持证残疾人_2025年.csv", (), (), TODAY).notices[0]
    assert business_date_of("学生_2025-2026学年.csv", (), (), TODAY).notices == ()
    assert "0930, which is no date" in business_date_of("持证残疾人0930.csv", (), (), TODAY).notices[0]
    assert business_date_of("持证残疾人9月.csv", ("2026-09",), (), TODAY).day == date(2026, 9, 30)
    assert business_date_of("学生_2025-26学年.csv", (), (), TODAY).doubts == ()
    assert "20261399, which is no date" in business_date_of("持证残疾人_20261399.csv", (), (), TODAY).notices[0]
    assert business_date_of("持证残疾人.csv", ("名单", "持证残疾人（2026-06-30）.zip", "2026-07"), (), TODAY).day == date(2026, 6, 30)
    assert "folder" in business_date_of("持证残疾人_2016-09.csv", ("2026-09",), (), TODAY).notices[0]


@pytest.mark.parametrize(("name", "said"), [("持证残疾人_2062-09.csv", "after 2026-11-24"), ("持证残疾人_2016-09.csv", "3 of 12 rows tell of days"), ("持证残疾人_2025-09.csv", "3 of 12 rows tell of days")])
async def test_it_is_held_and_nothing_of_it_applies(name, said, database, tmp_path):
    write_csv(tmp_path / "a", name, certificates())
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == "HELD" and any(said in reason and "--as-of" in reason for reason in report.reasons), report.reasons
        assert await connection.fetchval("select count(*) from certificate") == 0


@pytest.mark.parametrize(("rows", "state"), [(certificates(issued=2014), "PUBLISHED"), (certificates(count=1), "PUBLISHED"), (certificates(count=2), "HELD")])
async def test_old_contents_are_not_held_nor_is_one_slip(rows, state, database, tmp_path):
    """Dates that may lie ahead (有效期至) say nothing; of one row nothing is concluded."""
    write_csv(tmp_path / "a", "持证残疾人_2016-09.csv", rows)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "a")
        assert report.state == state, report.reasons


@pytest.mark.parametrize(("as_of", "state"), [("2026-03", "PUBLISHED"), ("2026-02", "HELD")])
async def test_days_soon_after_are_usual(as_of, state, database, tmp_path):
    """15 April lies 15 days after the end of March and 46 after the end of February."""
    write_csv(tmp_path / "a", f"持证残疾人_{as_of}.csv", certificates())
    async with hub(database, tmp_path) as (connection, keys):
        assert (await carry(connection, keys, tmp_path / "a"))[0].state == state


async def test_history_and_the_same_bytes_are_told(database, tmp_path):
    write_csv(tmp_path / "a", "持证残疾人_2026-09.csv", certificates(issued=2014))
    write_csv(tmp_path / "b", "持证残疾人_2025-09.csv", certificates(issued=2013))
    write_csv(tmp_path / "c", "持证残疾人_2026-10.csv", certificates(issued=2014))
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "a")
        (late,) = await carry(connection, keys, tmp_path / "b")
        assert late.state == "PUBLISHED" and any("spoken for 2026-09-30 already" in notice for notice in late.notices)
        (again,) = await carry(connection, keys, tmp_path / "c")
        assert "the same bytes came before, for 2026-09-30" in again.notices


async def test_the_right_date_is_said_at_the_next_run(database, tmp_path):
    """The bytes are known, and held under a day that is wrong: under the right one they are carried, and nothing waits any more."""
    write_csv(tmp_path / "a", "持证残疾人_2062-09.csv", certificates())
    verb(database, "run", str(tmp_path / "a"), "--on", ON, "--quiet")
    assert "to come" in verb(database, "status", "--on", ON).stdout
    again = verb(database, "run", str(tmp_path / "a"), "--on", ON, "--as-of", "2026-09-30", "--quiet")
    assert again.returncode == 0, again.stderr
    async with hub(database, tmp_path) as (connection, _):
        stands = await connection.fetch("select as_of, state from delivery order by as_of")
        assert [tuple(row) for row in stands] == [(date(2026, 9, 30), "PUBLISHED"), (date(2062, 9, 30), "REFUSED")]
    assert "ALREADY" in verb(database, "run", str(tmp_path / "a"), "--on", ON, "--as-of", "2026-09-30", "--quiet").stdout.upper()


async def test_the_right_date_is_said_at_release_or_from_the_start(database, tmp_path):
    write_csv(tmp_path / "a", "持证残疾人_2062-09.csv", certificates())
    assert "HELD" in verb(database, "run", str(tmp_path / "a"), "--on", ON, "--quiet").stdout.upper()
    async with hub(database, tmp_path) as (connection, _):
        held = await connection.fetchval("select id from delivery where state = 'HELD'")
        refused = verb(database, "delivery", "release", str(held), "--by", "甲", "--on", ON)
        assert refused.returncode == 1 and "--as-of" in refused.stderr
        ahead = verb(database, "delivery", "release", str(held), "--by", "甲", "--on", ON, "--as-of", "2062-09-30")
        assert ahead.returncode == 1 and await connection.fetchval("select count(*) from certificate") == 0
        released = verb(database, "delivery", "release", str(held), "--by", "甲", "--on", ON, "--as-of", "2026-09-30")
        assert released.returncode == 0, released.stderr
        stands = await connection.fetch("select as_of, state, decided_by from delivery order by as_of")
        assert [tuple(row) for row in stands] == [(date(2026, 9, 30), "PUBLISHED", "甲"), (date(2062, 9, 30), "REFUSED", "甲")]
        assert await connection.fetchval("select count(*) from certificate where lower(valid) <= date '2026-09-30'") == 12
        write_csv(tmp_path / "b", "持证残疾人_2026-01.csv", certificates(count=13))
        assert verb(database, "run", str(tmp_path / "b"), "--on", ON, "--as-of", "2026-10-31", "--quiet").returncode == 0
        assert await connection.fetchval("select max(as_of) from delivery where state = 'PUBLISHED'") == date(2026, 10, 31)


async def test_each_file_of_a_released_list_is_known_by_what_was_kept_of_it(database, tmp_path):
    head, *lines = certificates()
    for name, half in (("东", lines[:6]), ("西", lines[6:])):
        write_csv(tmp_path / "a", f"持证残疾人_{name}_2062-09.csv", [head, *half])
    verb(database, "run", str(tmp_path / "a"), "--on", ON, "--quiet")
    async with hub(database, tmp_path) as (connection, _):
        held = await connection.fetchval("select id from delivery where state = 'HELD'")
        assert verb(database, "delivery", "release", str(held), "--by", "甲", "--on", ON, "--as-of", "2026-09-30").returncode == 0
        parts = await connection.fetch("select p->>'sha256' as sha256, p->>'kept' as kept from delivery, jsonb_array_elements(parts) p where state = 'PUBLISHED'")
        assert len(parts) == 2 and all(part["kept"] == part["sha256"] for part in parts)
