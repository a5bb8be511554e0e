"""The verbs as a person types them: ids as printed, a business date everywhere, a sentence where something is missing."""

import json
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from tests import processes
from tests.flow import DIVISION, carry, hub, write_csv
from tests.spec.test_quarantine_and_hold import rows

ROUND = "常住人口_202609.csv"


def verb(database, *words: str) -> subprocess.CompletedProcess[str]:
    """Run one verb on a test's database."""
    return processes.verb(*words, env={**os.environ, **database.environ(), "COLUMNS": "250"})


async def with_broken_rows(database, folder: Path) -> list[tuple[int, int]]:
    """A register with five rows that cannot be accepted; their deliveries and row numbers."""
    write_csv(folder / "in", ROUND, rows(broken=range(0, 5)))
    async with hub(database, database.home) as (connection, keys):
        await carry(connection, keys, folder / "in")
        return [tuple(row) for row in await connection.fetch("select delivery, row from quarantine order by row")]


def test_a_contract_that_takes_the_place_of_the_hubs_own_is_told(database, tmp_path):
    """Under HUB_CONTRACTS a contract of a shipped one's name replaces it; one of a new name stands beside them."""
    shipped = Path("connectors/education/head_count.toml").read_text(encoding="utf-8")
    (tmp_path / "same.toml").write_text(shipped, encoding="utf-8")
    (tmp_path / "new.toml").write_text(shipped.replace("education.head_count", "education.another_count"), encoding="utf-8")
    same, new = (verb(database, "contract", "check", str(tmp_path / name)).stdout for name in ("same.toml", "new.toml"))
    assert "education.head_count of its own: under HUB_CONTRACTS this one takes its place" in same
    assert "good" in new and "its place" not in new


@pytest.mark.parametrize(("name", "said"), [("education.head_count", True), ("education.another_count", False)])
def test_a_run_says_whose_contract_is_in_force(name, said, database, tmp_path, monkeypatch):
    shipped = Path("connectors/education/head_count.toml").read_text(encoding="utf-8")
    (tmp_path / "own").mkdir()
    (tmp_path / "own" / "one.toml").write_text(shipped.replace("education.head_count", name), encoding="utf-8")
    (tmp_path / "in").mkdir()
    monkeypatch.setenv("HUB_CONTRACTS", str(tmp_path / "own"))
    told = verb(database, "run", str(tmp_path / "in"))
    assert told.returncode == 0 and ("takes the place of the hub's own education.head_count" in told.stdout) is said


@pytest.mark.parametrize("words", [("quarantine", "show", "-5868978079649253760", "", "4"), ("delivery", "release", "-7", "--by", "甲"),
                                   ("delivery", "refuse", "-7", "--by", "甲"), ("explain", "-7")])
async def test_an_id_is_taken_as_it_is_printed(words, database):
    told = verb(database, *words)
    assert "No such option" not in told.stderr and "fault" not in told.stderr
    said = " ".join((told.stdout + told.stderr).split())
    assert any(sentence in said for sentence in ("no quarantined row 4", "no held delivery has the id -7", "no person was ever issued the id -7"))


async def test_a_person_id_that_is_no_number_is_told(database):
    told = verb(database, "explain", "abc")
    beyond = verb(database, "explain", "9" * 25)
    assert beyond.returncode == 2 and "less than" in beyond.stderr
    assert told.returncode == 2 and "valid integer" in told.stderr and "fault" not in told.stderr


ON = "2026-12-01"
DATED = {
    "status": ("status", "--on", ON),
    "check": ("check", "--on", ON),
    "explain": ("explain", "{person}", "--on", ON),
    "delivery list": ("delivery", "list", "--on", ON),
    "quarantine list": ("quarantine", "list", "--on", ON),
    "export mentions": ("export", "mentions", "--out", "{out}", "--on", ON),
    "export findings": ("export", "findings", "--out", "{out}", "--on", ON),
    "worker": ("worker", "--once", "--on", ON),
}


async def test_one_business_date_drives_every_verb(database, tmp_path):
    (delivery, row), *_ = await with_broken_rows(database, tmp_path)
    async with hub(database, tmp_path) as (connection, _):
        person = await connection.fetchval("select min(id) from person_id")
    out = tmp_path / "out.csv"
    for name, words in DATED.items():
        told = verb(database, *(word.format(out=out, person=person) for word in words))
        assert told.returncode == 0, (name, told.stderr)
        if name == "status":
            assert f"on {ON}" in told.stdout and "stale by 16 days" in told.stdout
        if name == "explain":
            assert f"stands on {ON}" in told.stdout
        if name == "quarantine list":
            assert " 62 " in told.stdout  # days since 2026-09-30
    assert "62 days old on 2026-12-01" in verb(database, "quarantine", "show", str(delivery), "", str(row), "--on", ON).stdout
    for verb_ in ("mentions", "findings"):
        assert "0 lines" in verb(database, "export", verb_, "--out", str(out), "--on", "2026-09-01").stdout
    for words in (("serve", "--help"), ("delivery", "release", "--help"), ("delivery", "refuse", "--help"), ("quarantine", "repair", "--help")):
        assert "--on" in verb(database, *words).stdout


async def test_a_folder_with_nothing_in_it_is_told(database, tmp_path):
    (tmp_path / "none").mkdir()
    told = verb(database, "run", str(tmp_path / "none"))
    assert told.returncode == 0 and "nothing to carry" in told.stdout and "none" in told.stdout


async def test_a_refused_file_beside_a_good_one_shows_in_the_exit_code(database, tmp_path):
    write_csv(tmp_path / "in", ROUND, rows())
    (tmp_path / "in" / "残疾人_202609.xlsx").write_bytes(b"PK\x03\x04 cut short")
    told = verb(database, "run", str(tmp_path / "in"), "--on", ON, "--quiet")
    assert told.returncode == 1 and "PUBLISHED" in told.stdout and "refused: 残疾人_202609.xlsx" in told.stdout


async def test_a_link_beside_a_good_file_is_refused_and_nothing_of_it_is_kept(database, tmp_path):
    folder = tmp_path / "drop"
    write_csv(folder, "常住人口_202609.csv", rows())
    write_csv(tmp_path / "elsewhere", "持证残疾人_202609.csv", rows(broken=range(3)))
    (folder / "持证残疾人_202609.csv").symlink_to(tmp_path / "elsewhere" / "持证残疾人_202609.csv")
    told = verb(database, "run", str(folder), "--quiet", "--on", ON)
    assert told.returncode == 1 and "PUBLISHED" in told.stdout and "a link" in told.stdout
    assert len(list((database.home / "raw").glob("*"))) == 1


async def test_what_was_refused_by_mistake_can_still_come_in(database, tmp_path):
    """The same bytes, under whatever name, are told to have been refused, by whom, and how they come in all the same."""
    write_csv(tmp_path / "a", ROUND, rows())
    write_csv(tmp_path / "b", "常住人口_202610.csv", rows()[:40])
    write_csv(tmp_path / "c", "常住人口_202610_再报.csv", rows()[:40])
    assert verb(database, "run", str(tmp_path / "a"), "--on", ON, "--quiet").returncode == 0
    assert verb(database, "run", str(tmp_path / "b"), "--on", ON, "--quiet").returncode == 0
    waits = verb(database, "run", str(tmp_path / "b"), "--on", ON, "--quiet")
    assert waits.returncode == 0 and "the same bytes are held" in waits.stdout
    async with hub(database, tmp_path) as (connection, _):
        held = await connection.fetchval("select id from delivery where state = 'HELD'")
        assert verb(database, "delivery", "refuse", str(held), "--by", "甲", "--on", ON).returncode == 0
        for folder in "bc":
            again = verb(database, "run", str(tmp_path / folder), "--on", ON, "--quiet")
            assert again.returncode == 1 and "by 甲" in again.stdout and f"hub delivery release {held}" in again.stdout, again.stdout
        assert verb(database, "delivery", "refuse", str(held), "--by", "乙", "--on", ON).returncode == 1
        released = verb(database, "delivery", "release", str(held), "--by", "乙", "--on", ON)
        assert released.returncode == 0, released.stderr
        assert [tuple(row) for row in await connection.fetch("select as_of::text, state, decided_by from delivery order by as_of")] == [
            ("2026-09-30", "PUBLISHED", None), ("2026-10-31", "PUBLISHED", "乙")]
    again = verb(database, "run", str(tmp_path / "b"), "--on", ON, "--quiet")
    assert again.returncode == 0 and "already received" in again.stdout


async def test_a_verb_that_shows_somebodys_data_is_in_the_audit_first(database, tmp_path):
    """Each with whom it shows, before it shows; where the audit cannot be written it shows nothing."""
    [(delivery, row), *_] = await with_broken_rows(database, tmp_path)
    write_csv(tmp_path / "more", ROUND, rows(broken=()))
    async with hub(database, database.home) as (connection, keys):
        await carry(connection, keys, tmp_path / "more")
        mentions = await connection.fetch("select id, person from identity where division = $1 order by id limit 2", DIVISION)
        people = [one["person"] for one in mentions]
        shown = {
            ("explain", str(people[0])): ([people[0]], []),
            ("quarantine", "show", str(delivery), "", str(row)): ([], [f"Row/{delivery}/{row}"]),
            ("link", "explain", str(mentions[0]["id"]), str(mentions[1]["id"])): (sorted(set(people)), []),
            ("review", "list"): None,  # whose pairs wait
        }
        for words, about in shown.items():
            told = verb(database, *words)
            assert told.returncode == 0
            entry = json.loads(await connection.fetchval("select entry from audit_entry order by no desc limit 1"))
            named = [one for one in words if one.isalpha()]
            assert entry["operation"] == " ".join(["hub", *named]) and told.stdout, entry
            assert (entry["persons"], entry["rows"]) == about if about else all(entry["persons"]), entry
        admin = await asyncpg.connect(database.dsn("hub_admin"))
        await admin.execute("revoke insert on audit_entry from hub_writer")
        await admin.close()
        for words in shown:
            told = verb(database, *words)
            assert told.returncode == 1 and "audit" in told.stderr and told.stdout == "", told
