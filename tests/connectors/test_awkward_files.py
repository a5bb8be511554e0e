"""Every awkward file is read as its office meant it, or refused with a reason that says what to do."""

from __future__ import annotations

from pathlib import Path

import pytest
from awkward import CASES, Awkward
from making import is_header

from connectors.transports.files import fingerprints, open_deliveries
from hub.domain.delivery import NotDataKind, RawDelivery, RawSheet, Refused

pytestmark = pytest.mark.filterwarnings("ignore:Duplicate name")


def opened(case: Awkward, folder: Path) -> list[RawDelivery | Refused]:
    path = folder / case.file
    path.write_bytes(case.make())
    return list(open_deliveries(path, is_header=is_header))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.file)
def test_awkward_file(case: Awkward, tmp_path: Path) -> None:
    items = opened(case, tmp_path)
    if case.refused:
        assert [type(item) for item in items] == [Refused]
        assert case.refused in items[0].reason  # type: ignore[union-attr]
        assert items[0].hint and items[0].file.startswith(case.file)  # type: ignore[union-attr]
        return
    sheets = [sheet for item in items if isinstance(item, RawDelivery) for sheet in item.sheets]
    assert not [item for item in items if isinstance(item, Refused)]
    assert [row.cells for sheet in sheets for row in sheet.rows] == [tuple(row) for row in case.rows]
    _check_the_rest(case, items, sheets)


def _check_the_rest(case: Awkward, items: list[RawDelivery | Refused], sheets: list[RawSheet]) -> None:
    data = [sheet for sheet in sheets if sheet.headers and not sheet.hidden]
    assert data[0].headers == tuple(case.headers) or case.not_data
    if case.numbers:
        assert [row.number for sheet in sheets for row in sheet.rows] == list(case.numbers)
    if case.title:
        assert data[0].title == tuple(case.title)
    if case.not_data:
        found = [(sheet.name, item.row, item.kind.value) for sheet in sheets for item in sheet.not_data]
        assert set(case.not_data) <= set(found)
    if case.encoding:
        assert isinstance(items[0], RawDelivery) and items[0].encoding == case.encoding
    if case.sheets:
        assert tuple(sheet.name for sheet in sheets) == tuple(case.sheets)
    defects = {row.number: row.defect or "" for sheet in sheets for row in sheet.rows if row.defect}
    assert defects.keys() == case.defects.keys()
    assert all(words in defects[number] for number, words in case.defects.items())
    assert [number for sheet in sheets for number in sheet.hidden_rows] == list(case.hidden_rows)
    hidden = [row.number for sheet in sheets for row in sheet.rows if row.hidden]
    assert hidden == list(case.hidden_rows)


@pytest.mark.parametrize("case", [c for c in CASES if not c.refused], ids=lambda case: case.file)
def test_nothing_is_lost_and_reading_repeats(case: Awkward, tmp_path: Path) -> None:
    """The row count is of the rows that come, a second pass is the same, and no row is data and not data."""
    for item in opened(case, tmp_path):
        assert isinstance(item, RawDelivery)
        for sheet in item.sheets:
            first, second = list(sheet.rows), list(sheet.rows)
            assert first == second
            assert sheet.row_count == len(first)
            assert not {row.number for row in first} & {item.row for item in sheet.not_data}


def test_the_fixtures_cover_the_traps_of_files() -> None:
    traps = {trap for case in CASES for trap in case.trap.split()}
    wanted = {1, 2, 3, 4, 5, 6, 7, 8, 13, 14, 15, 16, 17, 18, 19, 21, 22, 29, 35, 38, 39, 40, 41, 45}
    assert {f"D-{number:02d}" for number in wanted} <= traps
    assert len({case.file for case in CASES if not case.refused}) >= 60


def test_a_reason_never_quotes_a_cell(tmp_path: Path) -> None:
    for case in (case for case in CASES if case.refused):
        for item in opened(case, tmp_path):
            assert isinstance(item, Refused)
            for value in ("王小明", "李雨欣", "赵子涵", "2102"):
                assert value not in item.reason + item.hint


def test_a_folder_is_read_in_order(tmp_path: Path) -> None:
    chosen = {case.file: case for case in CASES}
    for name in ("utf8.csv", "plain.xlsx", "scan.pdf"):
        (tmp_path / "教育").mkdir(exist_ok=True)
        (tmp_path / "教育" / name).write_bytes(chosen[name].make())
    (tmp_path / "教育" / "~$plain.xlsx").write_bytes(b"lock")
    items = list(open_deliveries(tmp_path, is_header=is_header))
    assert [item.file for item in items] == ["教育/plain.xlsx", "教育/scan.pdf", "教育/utf8.csv"]


def test_known_bytes_are_passed_over(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.file == "two.zip")
    opened(case, tmp_path)
    prints = list(fingerprints(tmp_path))
    assert [found.file for found in prints] == ["two.zip/a.csv", "two.zip/b/c.xlsx"]
    left = list(open_deliveries(tmp_path, is_header=is_header, known={prints[0].sha256}))
    assert [(item.file, item.sha256) for item in left] == [(prints[1].file, prints[1].sha256)]


def test_member_names_in_gbk_are_read(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.file == "gbk_names.zip")
    assert [item.file for item in opened(case, tmp_path)] == ["gbk_names.zip/教育/学生.csv"]


def test_rows_left_out_are_counted(tmp_path: Path) -> None:
    case = next(case for case in CASES if case.file == "hidden_sheet.xlsx")
    (item,) = opened(case, tmp_path)
    assert isinstance(item, RawDelivery)
    (left_out,) = item.sheets[1].not_data
    assert (left_out.kind, left_out.rows) == (NotDataKind.HIDDEN_SHEET, 4)
