"""Whatever the order of deliveries: the same truth on the valid axis; twice is once; the two axes agree with a naive oracle."""

from datetime import date
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.flow import DIVISION, TODAY, carry, hub, number, what_is_known, write_csv

HEADER = ["序号", "户号", "户主姓名", "与户主关系", "姓名", "曾用名", "性别", "公民身份号码", "出生日期", "民族", "户籍地址", "派出所"]
MONTHS = [date(2026, month, day) for month, day in ((6, 30), (7, 31), (8, 31), (9, 30))]
BORN = date(2015, 3, 4)
NAMES = ["王小禾", "李梓涵", "张雨萱", "欧阳一诺"]
TOWNS = ["复州城镇八里庄村", "许屯镇南姜泡村", "新华街道小丁沟村"]
NEVER_HELD = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])

# A round: which of four people are on the register, where each lives, and whether the number is told.
rounds = st.lists(st.dictionaries(st.integers(0, 3), st.tuples(st.integers(0, 2), st.booleans()), max_size=4), min_size=2, max_size=4)


def deliver(folder: Path, month: date, people: dict[int, tuple[int, bool]]) -> Path:
    """One month's household register."""
    rows = [HEADER]
    for line, (who, (town, told)) in enumerate(sorted(people.items()), start=1):
        rows.append(
            [
                str(line),
                f"2102810{who}",
                NAMES[0],
                "孙子",
                NAMES[who],
                "",
                "男",
                number(BORN, 101 + 2 * who) if told else "",
                f"{BORN:%Y%m%d}",
                "汉族",
                f"瓦房店市{TOWNS[town]}",
                "",
            ]
        )
    write_csv(folder, f"常住人口_{month:%Y%m}.csv", rows)
    return folder


@NEVER_HELD
@given(told=rounds, order=st.randoms(use_true_random=False))
async def test_order_of_deliveries_does_not_matter(cluster, database_factory, tmp_path_factory, told, order):
    folder = tmp_path_factory.mktemp("rounds")
    folders = [deliver(folder / f"{month:%Y-%m}", month, people) for month, people in zip(MONTHS, told, strict=False)]
    shuffled = list(folders)
    order.shuffle(shuffled)
    seen = []
    for sequence in (folders, shuffled):
        with database_factory() as database:
            async with hub(database, folder) as (connection, keys):
                for one in sequence:
                    await carry(connection, keys, one)
                seen.append(await what_is_known(connection))
    for table, rows in seen[0].items():
        assert rows == seen[1][table], table


@NEVER_HELD
@given(told=rounds)
async def test_current_rows_and_history_agree_with_a_naive_oracle(database_factory, tmp_path_factory, told):
    """At every publication, for every day: who is registered where, from the tables and from the deliveries themselves."""
    folder = tmp_path_factory.mktemp("rounds")
    with database_factory() as database:
        async with hub(database, folder) as (connection, keys):
            published = []
            for month, people in zip(MONTHS, told, strict=False):
                reports = await carry(connection, keys, deliver(folder / f"{month:%Y-%m}", month, people)) if people else []
                if reports:
                    published.append((reports[0].publication, month, people))
            for place, (no, _, _) in enumerate(published):
                known = [(month, people) for _, month, people in published[: place + 1]]
                for day in MONTHS:
                    expected = next((people for month, people in reversed(known) if month <= day), {})
                    assert await registered(connection, no, day) == sorted(TOWNS[town] for town, _ in expected.values())


async def registered(connection, no: int, day: date) -> list[str]:
    """The addresses registered on a day, as known at a publication."""
    rows = await connection.fetch(
        """select address from hukou_registration where division = $1 and known_from <= $2 and valid @> $3::date
           union all select address from hukou_registration_history where division = $1 and known @> $2::bigint and valid @> $3::date""",
        DIVISION,
        no,
        day,
    )
    return sorted(row["address"].removeprefix("瓦房店市") for row in rows)


async def test_a_corrected_number_keeps_the_person(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        people = {0: (0, True)}
        await carry(connection, keys, deliver(tmp_path / "a", MONTHS[0], people))
        before = await connection.fetch("select id, person from identity order by id")
        rows = [
            HEADER,
            ["1", "21028100", NAMES[0], "孙子", NAMES[0], "", "男", number(BORN, 999), f"{BORN:%Y%m%d}", "汉族", f"瓦房店市{TOWNS[0]}", ""],
        ]
        write_csv(tmp_path / "b", f"常住人口_{MONTHS[1]:%Y%m}.csv", rows)
        await carry(connection, keys, tmp_path / "b")
        assert await connection.fetch("select id, person from identity order by id") == before


async def test_two_people_under_one_number_stay_apart(database, tmp_path):
    """D-42: the same number, another name and birth date: a conflict, never a merge."""
    async with hub(database, tmp_path) as (connection, keys):
        rows = [
            HEADER,
            ["1", "1", "王大山", "户主", "王大山", "", "男", number(BORN, 101), f"{BORN:%Y%m%d}", "汉族", f"瓦房店市{TOWNS[0]}", ""],
            ["2", "2", "赵丽", "户主", "赵丽", "", "男", number(BORN, 101), "20010101", "汉族", f"瓦房店市{TOWNS[1]}", ""],
        ]
        write_csv(tmp_path / "c", f"常住人口_{MONTHS[0]:%Y%m}.csv", rows)
        await carry(connection, keys, tmp_path / "c", today=TODAY)
        subjects = await connection.fetch("select m.name, i.person from mention m join identity i on i.id = m.id where m.role = '主体'")
        assert len({row["person"] for row in subjects}) == len(subjects) == 2
