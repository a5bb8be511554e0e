"""A row leaves a full list and comes back: what it says stands again from that day, in whatever order the lists come."""

from datetime import date
from itertools import permutations

import pytest

from tests.flow import carry, hub, number, what_is_known, write_csv

HEADER = ["序号", "低保证号", "户主姓名", "户主身份证号", "家庭成员姓名", "成员身份证号", "与户主关系", "起始保障年月", "状态", "乡镇街道"]
WHO = 29  # leaves and returns
LISTS = {"20260930": (True, "202301"), "20261031": (False, ""), "20261115": (True, "202301")}


def allowances(there: bool, since: str) -> list[list[str]]:
    """Thirty children's rows, the last of which may be missing or say another beginning."""
    told = []
    for i in range(30):
        if i == WHO and not there:
            continue
        child, head = number(date(2014 + i % 3, 1 + i % 12, 3 + i % 7), 101 + 2 * i), number(date(1960, 1, 1 + i % 28), 101 + 2 * i)
        told.append([str(i), f"DB{i:05d}", f"老{chr(0x4e00 + i)}", head, f"小{chr(0x4e00 + i)}", child, "孙子", since if i == WHO else "202301", "在保", "复州城镇"])
    return [HEADER, *told]


async def stood(connection) -> list[tuple[date, date | None]]:
    rows = await connection.fetch(
        "select a.valid from assistance a join mention m on m.id = a.mention and m.valid && a.valid where m.name = $1 order by a.valid", f"小{chr(0x4e00 + WHO)}"
    )
    return sorted({(row["valid"].lower, row["valid"].upper) for row in rows})


@pytest.mark.parametrize("order", [*permutations(LISTS)])
async def test_what_returns_stands_again(order, database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        for day in order:
            write_csv(tmp_path / day, f"城乡低保对象_{day}.csv", allowances(*LISTS[day]))
            (report,) = await carry(connection, keys, tmp_path / day)
            assert (report.state, report.counts.conserved) == ("PUBLISHED", True), report.reasons
        assert await stood(connection) == [(date(2023, 1, 1), date(2026, 10, 31)), (date(2026, 11, 15), None)]


async def test_a_new_beginning_within_the_gap_counts(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        for day, told in {**LISTS, "20261115": (True, "202611")}.items():
            write_csv(tmp_path / day, f"城乡低保对象_{day}.csv", allowances(*told))
            await carry(connection, keys, tmp_path / day)
        assert await stood(connection) == [(date(2023, 1, 1), date(2026, 10, 31)), (date(2026, 11, 1), None)]


async def test_it_comes_and_goes_for_a_year(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        for month in range(1, 10):
            write_csv(tmp_path / f"{month}", f"城乡低保对象_2026{month:02d}10.csv", allowances(month % 2 == 1, "202301"))
            await carry(connection, keys, tmp_path / f"{month}")
        assert len(await stood(connection)) == 5
        before = await what_is_known(connection)
        await carry(connection, keys, tmp_path / "9")
        assert await what_is_known(connection) == before
