"""A truth is held against the deliveries that stood on the day asked for, and one of another round is told."""

import csv
from datetime import date
from pathlib import Path

from tests.flow import write_csv
from tests.spec.test_quarantine_and_hold import rows
from tests.spec.test_verbs import verb


async def test_a_truth_of_an_earlier_round_is_measured_on_its_day(database, tmp_path):
    first = rows()
    second = [first[0], *([str(n), *row[1:]] for n, row in enumerate(reversed(first[6:]), start=1))]
    write_csv(tmp_path / "a", "常住人口_202609.csv", first)
    write_csv(tmp_path / "b", "常住人口_202610.csv", second)
    for folder, on in (("a", "2026-09-30"), ("b", "2026-10-31")):
        told = verb(database, "run", str(tmp_path / folder), "--on", on, "--quiet")
        assert told.returncode == 0, told.stderr
    truth = _truth(tmp_path / "truth.csv", first)
    then, now = (verb(database, "link", "evaluate", "--truth", str(truth), "--on", day).stdout for day in ("2026-09-30", "2026-10-31"))
    assert "not in the graph: 0" in then and "another round" not in then
    assert "not in the graph: 5" in now and f"the truth is of another round: its rows are those of the deliveries that stood on {date(2026, 9, 30)}" in now.replace("\n", " ")


def _truth(path: Path, told: list[list[str]]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(["source", "row", "role", "person_id", "household_id", "kind", "twin", "id_state"])
        writer.writerows(["police", row[0], "主体", f"T{n}", "", "child", "0", "ok"] for n, row in enumerate(told[1:]))
    return path
