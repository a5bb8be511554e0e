"""The sample departments' two rounds through the whole flow: every row ends somewhere, and what changed is seen."""

import csv
from collections import Counter
from datetime import date
from pathlib import Path

import pytest

from tests.flow import DIVISION, carry, hub

SAMPLES = Path(__file__).parents[2].parent / "shared" / "samples"
pytestmark = pytest.mark.skipif(not SAMPLES.is_dir(), reason="the sample deliveries are not beside the checkout")


async def test_two_rounds_conserve_rows_and_show_the_changes(database, tmp_path):
    with (SAMPLES / "changes.csv").open(encoding="utf-8") as file:
        changes = Counter((row["source"], row["change"]) for row in csv.DictReader(file))
    async with hub(database, tmp_path) as (connection, keys):
        first = {r.source: r for r in await carry(connection, keys, SAMPLES / "2026-09")}
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


async def test_the_same_round_again_changes_nothing(database, tmp_path):
    async with hub(database, tmp_path) as (connection, keys):
        await carry(connection, keys, SAMPLES / "2026-09")
        before = await connection.fetchval("select max(no) from publication")
        again = await carry(connection, keys, SAMPLES / "2026-09")
        assert {r.state for r in again} == {"ALREADY"}
        assert await connection.fetchval("select max(no) from publication") == before
