"""An incremental list that says a row again, word for word: who is in it stands as before, in whatever order the lists come."""

from datetime import date
from itertools import permutations

import pytest

from tests.flow import carry, hub, number, write_csv

HEADER = ["学校", "年级", "班级", "姓名", "学籍号", "身份证件号", "学年", "学期", "成绩"]
DAYS = ("20261031", "20261110", "20261120")


def exams(pupils: int) -> list[list[str]]:
    """The exam of one term, with so many pupils; each list has those of the one before."""
    ids = [number(date(2014, 1 + i, 3), 101 + 2 * i) for i in range(pupils)]
    return [HEADER, *(["某小学", "五年级", "1班", f"王{chr(0x4e00 + i)}", f"G{id_}", id_, "2026-2027", "秋季学期", "80"] for i, id_ in enumerate(ids))]


@pytest.mark.parametrize("order", [*permutations(DAYS)])
async def test_who_is_seen_again_stands(order, database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        for day in order:
            write_csv(tmp_path / day, f"考试成绩登记_{day}.csv", exams(5 + DAYS.index(day)))
            (report,) = await carry(connection, keys, tmp_path / day)
            assert (report.state, report.counts.conserved) == ("PUBLISHED", True), report.reasons
        for name in ("mention", "signal"):
            rows = await connection.fetch(f"select record, valid from {name} where source = 'education.exam' order by record, valid")
            assert len({row["record"] for row in rows if row["valid"].upper is None}) == 7
            assert [(row["valid"].lower, row["valid"].upper) for row in rows if row["record"] == rows[0]["record"]][-1][1] is None
        seen = await connection.fetch("select lower(valid) as on, count(*) as pupils from signal where source = 'education.exam' group by 1 order by 1")
        assert [(row["on"].strftime("%Y%m%d"), row["pupils"]) for row in seen] == [(day, 5 + place) for place, day in enumerate(DAYS)]
