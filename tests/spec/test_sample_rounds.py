"""The sample departments' two rounds through the whole flow: every row ends somewhere, and what changed is seen."""

import asyncio
import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.flow import DIVISION, carry, hub

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample deliveries are not beside the checkout")


@pytest.fixture(scope="module")
def first_round(filled_once, tmp_path_factory):
    """The database after the first round, the folder of its keys, and the reports by source."""
    folder = tmp_path_factory.mktemp("keys")

    async def fill():
        async with hub(filled_once, folder) as (connection, keys):
            return {r.source: r for r in await carry(connection, keys, SAMPLES / "2026-09")}

    return filled_once, folder, asyncio.run(fill())


@pytest.fixture
def database(first_round, database_factory):
    """A copy of it for each test."""
    with database_factory(first_round[0]) as copy:
        yield copy


async def test_two_rounds_conserve_rows_and_show_the_changes(first_round, database):
    _, folder, first = first_round
    with (SAMPLES / "changes.csv").open(encoding="utf-8") as file:
        changes = Counter((row["source"], row["change"]) for row in csv.DictReader(file))
    async with hub(database, folder) as (connection, keys):
        second = {r.source: r for r in await carry(connection, keys, SAMPLES / "2026-10")}
        assert all(r.state == "PUBLISHED" and r.counts.conserved for r in (*first.values(), *second.values()))
        assert len(first) == len(second) == 6
        edu, dpf, justice = (
            second[name] for name in ("education.student_register", "disabled_persons.certificate", "justice.prisoners_children")
        )
        assert edu.counts.ended == changes["edu", "gone"]
        assert edu.counts.changed == changes["edu", "transferred"]
        assert dpf.counts.changed == changes["dpf", "reassessed"]
        assert justice.counts.ended == changes["justice", "gone"]
        assert any("another order" in notice for notice in dpf.notices)
        ended = await connection.fetchval(
            "select count(*) from enrolment where division = $1 and upper(valid) = $2 and source = 'education.student_register'",
            DIVISION,
            date(2026, 10, 31),
        )
        assert ended == changes["edu", "gone"] + changes["edu", "transferred"]
        levels = await connection.fetch(
            """select old.level as was, new.level as is from certificate old join certificate new on new.id = old.id and lower(new.valid) = upper(old.valid)
                where old.division = $1""",
            DIVISION,
        )
        assert Counter((row["was"], row["is"]) for row in levels) == {("四级", "二级"): 2, ("二级", "四级"): 1}


async def test_the_same_round_again_changes_nothing(first_round, database):
    _, folder, _ = first_round
    async with hub(database, folder) as (connection, keys):
        before = await connection.fetchval("select max(no) from publication")
        again = await carry(connection, keys, SAMPLES / "2026-09")
        assert {r.state for r in again} == {"ALREADY"}
        assert await connection.fetchval("select max(no) from publication") == before
