"""Accepted rows whose cells could not be read are told after the run and in the status, by column and kind, never by value."""

from datetime import date

import pytest

from connectors import load_contracts
from hub.contract.apply import Reapply
from hub.contract.model import Accepted
from tests.flow import carry, hub, number, write_csv
from tests.spec.test_quarantine_and_hold import SOURCE, rows
from tests.spec.test_verbs import ON, verb

WRONG = "210299201205030199"  # its check digit is wrong


def clean() -> list[list[str]]:
    """Sixty rows without a number that ends in 000, which looks like one that a spreadsheet has rounded."""
    return [row for row in rows() if not row[7].endswith("000")]


def spoilt() -> list[list[str]]:
    """Those rows, of which three have a wrong number and one of them a wrong birth date."""
    told = clean()
    for i in (3, 7, 11):
        told[i][7] = WRONG[:-3] + f"{i:02d}" + "Y"
    told[7][8] = "去年"
    told[9][10] = "#N/A"
    return told


async def test_cells_that_could_not_be_read_are_told(database, tmp_path):
    write_csv(tmp_path / "in", "常住人口_202609.csv", spoilt())
    told = verb(database, "run", str(tmp_path / "in"), "--on", ON, "--quiet")
    assert told.returncode == 0, told.stderr
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("not read: ")]
    assert "常住人口_202609.csv" in line and " accepted rows have cells that could not be read" in line
    assert "公民身份号码" in line and "(3)" in line and "出生日期" in line
    assert WRONG[:-3] not in told.stdout and "去年" not in told.stdout
    shown = verb(database, "status", "--on", ON).stdout
    assert "could not be read" in shown and "公民身份号码" in shown and "去年" not in shown


async def test_rows_that_stand_unchanged_count_again_and_mended_ones_no_more(database, tmp_path):
    write_csv(tmp_path / "a", "常住人口_202609.csv", spoilt())
    write_csv(tmp_path / "b", "常住人口_202610.csv", [*spoilt()[:-1], clean()[-1]])
    write_csv(tmp_path / "c", "常住人口_202611.csv", clean())
    async with hub(database, tmp_path) as (connection, keys):
        (first,), (second,), (third,) = [await carry(connection, keys, tmp_path / month) for month in "abc"]
    assert first.unread.rows >= 3 and second.unread == first.unread
    assert third.unread.rows == 0 and third.unread.cells == ()


async def test_numbers_that_are_not_believed_are_told(database, tmp_path):
    """D-11: a parent's number in the child's place, of one row only; told again while it stands, and no more once it is mended."""
    wrong = clean()
    wrong[5][7] = number(date(1985, 3, 17), 422)
    write_csv(tmp_path / "in", "常住人口_202609.csv", wrong)
    told = verb(database, "run", str(tmp_path / "in"), "--on", ON, "--quiet")
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("not read: ")]
    assert "1 accepted row has cells that could not be read or are not believed: 公民身份号码 a number with another birth date than the one beside it (1)" in line
    assert wrong[5][7] not in told.stdout
    assert "another birth date" in verb(database, "status", "--on", ON).stdout.replace("\n", " ")


async def test_a_clean_delivery_says_nothing(database, tmp_path):
    write_csv(tmp_path / "in", "常住人口_202609.csv", clean())
    assert "not read" not in verb(database, "run", str(tmp_path / "in"), "--on", ON, "--quiet").stdout


@pytest.mark.parametrize("error", ["#N/A", "#REF!", "#DIV/0!", "＃VALUE！"])
def test_a_formula_that_failed_is_told_and_says_nothing(error):
    (contract,) = [c for c in load_contracts() if c.name == SOURCE]
    row = Reapply(contract)({**dict(zip(*rows()[:2], strict=True)), "出生日期": error})
    assert isinstance(row, Accepted) and [(p.column, p.kind) for p in row.problems] == [("出生日期", "a formula's error")]


async def test_a_return_before_the_absence_is_told_and_holds_nothing(database, tmp_path):
    """The only return of a ledger has last year's date: the absence goes on, and the cell is told."""
    header = ["序号", "学校", "年级", "学籍号", "姓名", "出生日期", "首次无故不到校日期", "复学日期"]
    pupils = [[str(n), "复州城镇中心小学", "五年级", f"G{number(date(2015, 3, 4), 400 + n)}", f"王小{letter}", "20150304", "20261008", "20251012" if n == 1 else ""] for n, letter in enumerate("禾苗林森木水", 1)]
    write_csv(tmp_path / "in", "控辍保学台账_202610.csv", [header, *pupils])
    told = verb(database, "run", str(tmp_path / "in"), "--on", "2026-11-27", "--quiet")
    assert told.returncode == 0 and "HELD" not in told.stdout, told.stdout
    (line,) = [line for line in told.stdout.splitlines() if line.startswith("not read: ")]
    assert "复学日期" in line and "lies before" in line and "20251012" not in told.stdout
