"""What of a delivery is told although it is carried: hidden rows, and a stated total that is not what came."""

import pytest

from tests.connectors.making import workbook
from tests.flow import carry, hub, write_csv
from tests.spec.test_quarantine_and_hold import ROWS, rows

TITLES = {
    "常住人口名单（共60人）": None,
    "常住人口名单 合计：60人": None,
    "常住人口名单": None,
    "常住人口名单 共60户，60人": None,
    "常住人口名单（共65人）": "the title says 65人, but 60 rows were read",
    "常住人口名单 总计 1,060 条": "the title says 1060条, but 60 rows were read",
    "常住人口名单 合计25户": "the title says 25户, but 60 households were read",
    "常住人口名单 共25户60人": "the title says 25户, but 60 households were read",
}


@pytest.mark.parametrize("title", TITLES)
async def test_a_stated_total_is_compared_with_what_was_read(title, database, tmp_path):
    write_csv(tmp_path / "in", "常住人口_202609.csv", [[title, *[""] * (len(rows()[0]) - 1)], *rows()])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        kept = await connection.fetchval("select notices->>0 from delivery")
    assert report.state == "PUBLISHED" and report.counts.new == ROWS
    assert report.notices == ((TITLES[title],) if TITLES[title] else ())
    assert kept == TITLES[title]


async def test_a_total_of_all_sheets_is_no_difference(database, tmp_path):
    title = [["常住人口名单（共60人）"]]
    (tmp_path / "in").mkdir()
    both = workbook(("东村", [*title, *rows()[:41]]), ("西村", [*title, rows()[0], *rows()[41:]]))
    (tmp_path / "in" / "常住人口_202609.xlsx").write_bytes(both)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
    assert report.counts.new == ROWS and report.notices == ()


async def test_hidden_rows_are_loaded_and_told(database, tmp_path):
    def hide(sheet):
        for number in (3, 4, 5):
            sheet.row_dimensions[number].hidden = True

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "常住人口_202609.xlsx").write_bytes(workbook(("名单", rows()), then=hide))
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
    assert report.counts.new == ROWS and report.notices == (f"sheet 名单: 3 of {ROWS} rows are hidden, and were read like the others",)
