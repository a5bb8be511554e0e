"""What of a delivery is told although it is carried: hidden rows, a stated total that is not what came, and rows that came twice."""

import pytest

from tests.connectors.making import modern_workbook, workbook
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


@pytest.mark.parametrize("total, told", [("合计60人", None), ("合计65人", "the total says 65人, but 60 rows were read"), ("合计", None)])
async def test_a_total_below_the_rows_is_compared_too(total, told, database, tmp_path):
    write_csv(tmp_path / "in", "常住人口_202609.csv", [*rows(), [total, *[""] * (len(rows()[0]) - 1)]])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
    assert report.counts.new == ROWS and report.notices == ((told,) if told else ())


@pytest.mark.parametrize("wrong, told", [(60, True), (5, True), (2, False)])
async def test_a_sex_column_that_the_numbers_contradict_is_told(wrong, told, database, tmp_path):
    """D-44: of a whole list or much of it; a slip here and there is none."""
    sheet = rows()
    for row in sheet[1 : wrong + 1]:
        row[6] = "男"
    write_csv(tmp_path / "in", "常住人口_202609.csv", sheet)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
    valid = [not row[7].endswith("000") for row in sheet[1:]]  # a number that ends so looks like one that a spreadsheet has rounded
    said = f"主体: in {sum(valid[:wrong])} of {sum(valid)} rows the sex is not the one in the number; does the list use other codes for it?"
    assert report.state == "PUBLISHED" and report.notices == ((said,) if told else ())


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


async def test_bare_days_of_a_workbook_that_counts_from_1904(database, tmp_path):
    """D-19: 39570 there is what 41032 is elsewhere; cells that hold their dates in any other way are as they are."""
    sheet = [list(row) for row in rows()]
    for row, born in zip(sheet[1:4], ("39570", "2012-05-03", "20120503"), strict=True):
        row[7], row[8] = "", born

    def fill(book, page):
        for number, row in enumerate(sheet):
            page.write_row(number, 0, row)
        page.write_number(1, 8, 39570)

    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "常住人口_202609.xlsx").write_bytes(modern_workbook(fill, date_1904=True))
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, tmp_path / "in")
        names = [row[4] for row in sheet[1:4]]
        born = dict(await connection.fetch("select name, birth_date::text from mention where name = any($1)", names))
    assert [born[name] for name in names] == ["2012-05-03", "2012-05-03", "2012-05-03"]


async def test_characters_missing_in_names_are_told(database, tmp_path):
    """D-03, D-05: by column, how many rows, and whether a private font's can be had from its sender; the names stay as they came."""
    sheet = rows()
    for row, name in zip((3, 4, 5, 6), ("王□禾", "王？", "王\ue863", "王?\ue863"), strict=True):
        sheet[row][4] = name
    sheet[7][2] = "王大□"
    write_csv(tmp_path / "in", "常住人口_202609.csv", sheet)
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
    assert report.notices == (
        "column 姓名: in 3 rows a name has a lost character (such as ? or □); ask the owner for the right one",
        "column 姓名: in 2 rows a name has a character of a private font, which only its sender's machines show; ask the owner for the standard one",
        "column 户主姓名: in 1 row a name has a lost character (such as ? or □); ask the owner for the right one",
    )


@pytest.mark.parametrize("again, said", [
    ((), None), ((7,), "1 row says word for word what a row above says, and is one record with it: row 62 as row 8"),
    ((7, 7, 20), "3 rows say word for word what rows above say, and are one record with it: row 62 as row 8, row 63 as row 8, row 64 as row 21"),
    (tuple(range(1, 8)), "row 66 as row 6, …"),
])
async def test_a_row_that_came_twice_is_told_with_its_place(again, said, database, tmp_path):
    """Whatever numbering the sheet itself gives the two; a row of the same key that says something else is another record and none of these."""
    sheet = rows()
    sheet += [[str(100 + n), *sheet[row][1:]] for n, row in enumerate(again)]
    write_csv(tmp_path / "in", "常住人口_202609.csv", [*sheet, [*sheet[30][:10], "瓦房店市许屯镇另村", ""]])
    async with hub(database, tmp_path) as (connection, keys):
        (report,) = await carry(connection, keys, tmp_path / "in")
        kept = await connection.fetchval("select notices->>0 from delivery")
    assert report.counts.unchanged == len(again) and report.counts.new == ROWS + 1 and report.counts.conserved
    assert (kept is None) is (said is None) and report.notices == ((kept,) if kept else ()) and (said is None or kept.endswith(said))
