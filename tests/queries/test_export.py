"""Whole lists as files: the rows of the pages, in their order, with nothing that a spreadsheet would run."""

import random

import asyncpg
import openpyxl
import orjson
import pytest

from hub.answering import Answering, Request
from hub.exporting import export_document
from hub.query.reading import BadInput
from hub.storage.database import Database
from tests.flow import DIVISION
from tests.queries.random_data import TODAY, fill_at_random

LIST = "{ persons(filter: {ageFrom: 0}, orderBy: BIRTH_DATE) { nodes { id name registerHousehold { number } enrolments { grade school { name } } } } }"


@pytest.fixture
async def hub(database):
    writer = await asyncpg.connect(database.dsn("hub_writer"))
    await fill_at_random(writer, random.Random(7))
    await writer.execute("update person_resolved set name = '=HYPERLINK(1)' where name is not null and id % 2 = 0")
    await writer.close()

    class Opened:
        division = DIVISION
        database = None

    opened = Opened()
    opened.database = Database(None, {role: database.dsn(f"hub_{role}") for role in ("owner", "writer", "reader", "auditor")})
    opened.settings = database.settings(HUB_BUSINESS_DATE=TODAY.isoformat())
    yield opened


async def test_an_export_is_the_list_whole_and_in_order(hub, tmp_path):
    answering = Answering(hub.settings, hub.database)
    page = orjson.loads((await answering.answer(Request(LIST.replace("BIRTH_DATE)", "BIRTH_DATE, first: 100)")))).body)["data"]["persons"]["nodes"]
    await answering.close()
    files = {ending: tmp_path / f"list.{ending}" for ending in ("ndjson", "csv", "xlsx")}
    for path in files.values():
        assert await export_document(hub, LIST, "{}", path, TODAY) == len(page) > 3
    assert [orjson.loads(line) for line in files["ndjson"].read_bytes().splitlines()] == page
    sheet = [list(row) for row in openpyxl.load_workbook(files["xlsx"], read_only=True).active.iter_rows(values_only=True)]
    assert sheet[0] == ["id", "name", "registerHousehold.number", "enrolments"] and [row[0] for row in sheet[1:]] == [node["id"] for node in page]
    assert {row[1] for row in sheet[1:] if row[1]} >= {"'=HYPERLINK(1)"}
    assert ",=HYPERLINK" not in files["csv"].read_text("utf-8-sig") and "'=HYPERLINK(1)" in files["csv"].read_text("utf-8-sig")


@pytest.mark.parametrize(("document", "says"), [
    ("{ persons(first: 3) { nodes { id } } }", "whole list"),
    ("{ persons { totalCount nodes { id } } }", "nodes, and nothing else"),
    ("{ publication }", "one list"),
    ("{ a: persons { nodes { id } } b: persons { nodes { id } } }", "one field"),
    ("{ persons { nodes { nothing } } }", "nothing"),
])
async def test_what_is_no_list_is_told_so(hub, tmp_path, document, says):
    with pytest.raises(BadInput, match=says):
        await export_document(hub, document, "{}", tmp_path / "list.csv", TODAY)
