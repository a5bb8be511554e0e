"""Four modes a departure can meet, four departures a delivery can make: what becomes of the row, the value, the delivery."""

from dataclasses import dataclass
from datetime import date

import pytest

from hub.contract.apply import compile_rows
from hub.contract.model import Accepted, Mode
from hub.contract.reader import read_contract
from hub.contract.recognise import Match, recognise

CONTRACT = """
name = "finance.meal_money"
title = "餐费"
department = "finance"
version = "2026-11-24"
mode = "full"
cadence_days = 31
natural_key = [["编号"]]
new_columns = "{new}"

[persons]
"主体" = {{ kind = "child" }}

[columns]
"编号" = {{ type = "text", required = true }}
"姓名" = {{ type = "name", becomes = "主体.name" }}
"性别" = {{ type = "code", codes = "sex", bad = "{code}", becomes = "主体.sex" }}
"人数" = {{ type = "integer", bad = "{type}" }}
"学校" = {{ type = "text", bad = "{lost}" }}
"""
HEADERS = ["编号", "姓名", "性别", "人数", "学校"]
ROW = ["7", "王小禾", "男", "3", "一小"]


@dataclass(frozen=True)
class Told:
    """What became of the row: accepted or not, columns kept, problems (column, kind), and whether the delivery is held."""

    accepted: bool
    kept: tuple[str, ...]
    problems: tuple[tuple[str, str], ...] = ()
    held: bool = False


ALL = tuple(HEADERS)
NEW = (*ALL, "电话")
LESS = ALL[:-1]
NOT_DECLARED = (("电话", "column is not in the contract"),)
MISSING = (("学校", "column is missing"),)
NOT_NUMBER = (("人数", "not a whole number"),)
NOT_LISTED = (("性别", "not in the code list"),)

GOLDEN = {
    ("new column", "evolve"): Told(True, NEW),
    ("new column", "freeze"): Told(False, NEW, NOT_DECLARED, held=True),
    ("new column", "quarantine_row"): Told(False, NEW, NOT_DECLARED),
    ("new column", "quarantine_value"): Told(True, NEW, NOT_DECLARED),
    ("lost column", "evolve"): Told(True, LESS),
    ("lost column", "freeze"): Told(False, LESS, MISSING, held=True),
    ("lost column", "quarantine_row"): Told(False, LESS, MISSING),
    ("lost column", "quarantine_value"): Told(True, LESS, MISSING),
    ("type change", "evolve"): Told(True, ALL),
    ("type change", "freeze"): Told(False, ALL, NOT_NUMBER, held=True),
    ("type change", "quarantine_row"): Told(False, ALL, NOT_NUMBER),
    ("type change", "quarantine_value"): Told(True, ALL, NOT_NUMBER),
    ("code-list change", "evolve"): Told(True, ALL),
    ("code-list change", "freeze"): Told(False, ALL, NOT_LISTED, held=True),
    ("code-list change", "quarantine_row"): Told(False, ALL, NOT_LISTED),
    ("code-list change", "quarantine_value"): Told(True, ALL, NOT_LISTED),
}
#: departure -> (the contract's word for it, the headers, the row)
DEPARTURES = {
    "new column": ("new", [*HEADERS, "电话"], [*ROW, "13900000000"]),
    "lost column": ("lost", HEADERS[:-1], ROW[:-1]),
    "type change": ("type", HEADERS, [*ROW[:3], "三个", ROW[4]]),
    "code-list change": ("code", HEADERS, [*ROW[:2], "甲类", *ROW[3:]]),
}


@pytest.mark.parametrize("mode", [str(mode) for mode in Mode])
@pytest.mark.parametrize("departure", DEPARTURES)
def test_a_departure_meets_its_mode(tmp_path, departure, mode):
    word, headers, row = DEPARTURES[departure]
    path = tmp_path / "finance" / "meal_money.toml"
    path.parent.mkdir()
    path.write_text(CONTRACT.format(**{w: mode if w == word else "evolve" for w in ("new", "lost", "type", "code")}), encoding="utf-8")
    match = recognise([read_contract(path)], file_name="餐费_202609.csv", titles=(), headers=headers)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(tuple(row))
    told = Told(isinstance(outcome, Accepted), tuple(outcome.raw), tuple((p.column, p.kind) for p in outcome.problems),
                held=bool(match.holds) or any(p.freezes for p in outcome.problems))
    assert told == GOLDEN[departure, mode]
    assert outcome.raw == {name: cell for name, cell in zip(headers, row, strict=True) if name in outcome.raw}  # nothing is lost


def test_a_value_in_quarantine_is_not_told(tmp_path):
    """The row is accepted, its person stands, and the unreadable value is nowhere but in the record."""
    path = tmp_path / "meal_money.toml"
    path.write_text(CONTRACT.format(new="evolve", lost="evolve", type="evolve", code="quarantine_value"), encoding="utf-8")
    match = recognise([read_contract(path)], file_name="餐费.csv", titles=(), headers=HEADERS)
    assert isinstance(match, Match)
    outcome = compile_rows(match, "", date(2026, 9, 30))(("7", "王小禾", "甲类", "3", "一小"))
    assert isinstance(outcome, Accepted)
    (subrow,) = outcome.subrows
    assert subrow.persons["主体"]["name"] == "王小禾"
    assert "sex" not in subrow.persons["主体"]
    assert outcome.raw["性别"] == "甲类"
