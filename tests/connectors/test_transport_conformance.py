"""One suite for every transport: the same table, however it is carried, arrives as the same rows."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from carriers import Carrier, csv_file, database, gb18030_file, json_pages, xlsx_file

from hub.domain.delivery import RawDelivery, RawRow

HEADERS = ("序号", "姓名", "证件号", "备注")

# What stands in 姓名, 证件号 and 备注 of one row, and must arrive character by character.
TEXTS: dict[str, Sequence[Sequence[str]]] = {
    "plain": [("王小明", "210293201205030178", "无")],
    "one row": [("王", "1", "a")],
    "leading zeros": [("007", "000000000000000000", "041108500")],
    "18 digits": [("王", "210293201205030178", "999999999999999999")],
    "check letter": [("王", "21029520140101004X", "21029520140101004x")],
    "numbers as text": [("1.0", "1e5", "-0"), ("1,260.00", "2.10299E+17", "+1")],
    "dates as text": [("2012-05-03", "20120503", "2012年5月3日"), ("41032", "12.5.3", "2012-05-03 00:00:00")],
    "words for nothing": [("NULL", "None", "nan"), ("true", "FALSE", "N/A"), ("-", "/", "无")],
    "extension A": [("㛃文", "㐀", "䶮")],
    "extension B and beyond": [("𣲗明", "𬭎", "𠀀𪚥𫝀𬺰")],
    "emoji": [("👨‍👩‍👧", "🇨🇳", "é")],
    "private use": [("王\ue863", "\uf8ff", "\U000f0001")],
    "compatibility ideographs": [("\uf900", "\ufa0e", "髙")],
    "separators of names": [("阿·买", "阿•买", "阿‧买・提")],
    "full width": [("２１０２９３", "王　明", "Ｘ（）")],
    "combining marks": [("e\u0301", "\u1f71", "ﬁ")],
    "direction marks": [("\u202eabc", "\u200fא", "a\u2066b\u2069")],
    "zero width": [("李\u200b雨", "\ufeff王", "a\u00a0b")],
    "unusual line ends": [("a\u2028b", "a\u0085b", "a\u2029b")],
    "newline in a cell": [("李小雨\n李小明", "a\n\nb", "x\n")],
    "tab in a cell": [("a\tb", "\tc", "d\t")],
    "spaces at the ends": [("  王  ", " 1", "2 ")],
    "empty beside blank": [("", " ", "王"), ("", "", "　")],
    "empty row but for the key": [("", "", ""), ("王", "", "")],
    "delimiters": [("a,b;c|d", ",,,", ";")],
    "quotes": [('say "no"', "'", '""')],
    "quote at the start": [('"a', "'210293201205030178", "`b`")],
    "backslashes": [("a\\nb", "\\", "C:\\x\\u0041")],
    "parameters of drivers": [(":name", "%s %(a)s 100%", "$1 ? {x}")],
    "markup": [("<b>&amp;</b>", "]]>", "<!--")],
    "spreadsheet escapes": [("_x000D_", "_x0041_", "x_x0041_y")],
    "starts of formulas": [("=1+1", "@SUM(A1)", "+1"), ("-1", "＝1", "=cmd|x")],
    "statements": [("'; DROP TABLE x; --", "1 OR 1=1", "/* */")],
    "long cell": [("长" * 8000, "a" * 20000, "x")],
    "equal rows": [("王", "1", "a"), ("王", "1", "a"), ("王", "1", "a")],
}

CARRIERS = ("csv", "gb18030", "xlsx", "sqlite", "postgres", "mariadb", "http")


@pytest.fixture(params=CARRIERS)
def carrier(request: pytest.FixtureRequest) -> Carrier:
    ready: dict[str, Carrier] = {
        "csv": csv_file,
        "gb18030": gb18030_file,
        "xlsx": xlsx_file,
        "sqlite": database("sqlite:///{folder}/office.db"),
        "http": json_pages,
    }
    if request.param in ready:
        return ready[request.param]
    return database(request.getfixturevalue(f"{request.param}_url"))


def numbered(rows: Sequence[Sequence[str]]) -> list[tuple[str, ...]]:
    return [(str(number), *row) for number, row in enumerate(rows, start=1)]


def carried(carrier: Carrier, rows: Sequence[Sequence[str]], folder: Path, headers: Sequence[str] = HEADERS) -> RawDelivery:
    item = carrier(headers, rows, folder)
    assert isinstance(item, RawDelivery), item
    return item


def read(item: RawDelivery) -> list[RawRow]:
    return list(item.sheets[0].rows)


@pytest.mark.parametrize("name", TEXTS)
def test_text_arrives_as_it_was(carrier: Carrier, name: str, tmp_path: Path) -> None:
    rows = numbered(TEXTS[name])
    item = carried(carrier, rows, tmp_path)
    assert item.sheets[0].headers == HEADERS
    assert [row.cells for row in read(item)] == rows
    assert [row.defect for row in read(item)] == [None] * len(rows)


def test_many_pages_keep_their_order(carrier: Carrier, tmp_path: Path) -> None:
    rows = numbered([(f"童{i}", f"{210293201205030000 + i}", "") for i in range(3_217)])
    item = carried(carrier, rows, tmp_path)
    assert [row.cells for row in read(item)] == rows
    numbers = [row.number for row in read(item)]
    assert numbers == list(range(numbers[0], numbers[0] + len(rows)))


@pytest.mark.parametrize("count", [499, 500, 501, 1000])
def test_a_full_last_page_loses_and_doubles_nothing(carrier: Carrier, count: int, tmp_path: Path) -> None:
    rows = numbered([("王", str(i), "") for i in range(count)])
    assert [row.cells for row in read(carried(carrier, rows, tmp_path))] == rows


def test_wide_tables(carrier: Carrier, tmp_path: Path) -> None:
    headers = ("序号", *(f"列{i}" for i in range(1, 90)))
    rows = [(str(n), *(f"{n}-{i}" for i in range(1, 90))) for n in range(1, 4)]
    item = carried(carrier, rows, tmp_path, headers)
    assert (item.sheets[0].headers, [row.cells for row in read(item)]) == (headers, rows)


def test_headers_are_taken_as_they_are(carrier: Carrier, tmp_path: Path) -> None:
    headers = ("序号", "姓名（必填）", "户口 所在地", "a:b", "100%", 'x"y', "是否'低保'", "金额/元")
    rows = [("1", *"abcdefg")]
    item = carried(carrier, rows, tmp_path, headers)
    assert (item.sheets[0].headers, [row.cells for row in read(item)]) == (headers, rows)


def test_rows_can_be_read_again(carrier: Carrier, tmp_path: Path) -> None:
    item = carried(carrier, numbered([("王", "1", "a"), ("李", "2", "b")]), tmp_path)
    assert read(item) == read(item) != []


def test_counts_agree(carrier: Carrier, tmp_path: Path) -> None:
    item = carried(carrier, numbered([("王", str(i), "a") for i in range(7)]), tmp_path)
    assert item.sheets[0].row_count == len(read(item)) == 7
    assert item.bytes > 0 and len(item.sha256) == 64


def test_equal_content_has_an_equal_hash_and_other_content_another(
    carrier: Carrier, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    items = []
    for turn, rows in enumerate((("王", "1", "a"), ("王", "1", "a"), ("王", "1", "b"))):
        folder = tmp_path / str(turn)
        folder.mkdir()
        items.append(carried(carrier, numbered([rows]), folder))
    assert read(items[0]) == read(items[1]) != read(items[2])
    assert items[0].sha256 != items[2].sha256
    if "xlsx" not in request.node.name:  # a workbook holds the moment of its making
        assert items[0].sha256 == items[1].sha256


def test_nothing_but_a_header(carrier: Carrier, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """An empty list is a delivery without rows; JSON without a record cannot say its headers."""
    item = carried(carrier, [], tmp_path)
    assert (read(item), item.sheets[0].row_count) == ([], 0)
    assert item.sheets[0].headers == (() if "http" in request.node.name else HEADERS)
