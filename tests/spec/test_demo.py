"""The demo city: the same seed gives the same bytes, its files carry offices' habits, and every row of them ends somewhere."""

import hashlib
from datetime import date

import openpyxl
import pytest

from hub.demo import generate
from tests.flow import carry, hub

CHILDREN = 150


@pytest.fixture(scope="module")
def city(tmp_path_factory):
    """A small city's folder and what was made."""
    folder = tmp_path_factory.mktemp("demo") / "city"
    return folder, generate(folder, children=CHILDREN, seed=3)


def digest(folder):
    """One hash of all files."""
    told = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            told.update(str(path.relative_to(folder)).encode() + path.read_bytes())
    return told.hexdigest()


def test_the_same_seed_gives_the_same_bytes(city, tmp_path):
    generate(tmp_path / "again", children=CHILDREN, seed=3)
    generate(tmp_path / "other", children=CHILDREN, seed=4)
    assert digest(tmp_path / "again") == digest(city[0]) != digest(tmp_path / "other")


def test_workbooks_carry_what_offices_leave_in_them(city):
    states = {sheet.title: sheet.sheet_state for path in city[0].rglob("*.xlsx") for sheet in openpyxl.load_workbook(path).worksheets}
    assert states["汇总"] == "visible" and states["旧表"] == "hidden"


async def test_every_row_ends_somewhere_and_nobody_of_a_hidden_sheet_is_carried(city, database, tmp_path):
    folder, made = city
    async with hub(database, tmp_path) as (connection, keys):
        reports = await carry(connection, keys, folder / "2026-09", today=date(2026, 10, 5))
    assert all(report.state == "PUBLISHED" and report.counts.conserved for report in reports)
    written = sum(rows for name, rows in made.rows.items() if name.startswith("2026-09"))
    assert sum(report.counts.read - report.counts.not_data for report in reports) == written
    assert sum(report.not_data.get("hidden sheet", 0) for report in reports) > 0
