"""The planted truth: who is who, who is unenrolled and why, who lacks what – told from the city, not from its lists."""

import csv
from collections.abc import Iterable
from datetime import date
from pathlib import Path

from hub.demo.city import REFERENCE, City, Person


def write_truth(city: City, folder: Path, day: date) -> None:
    """Write persons.csv, unenrolled.csv and entitlements.csv."""
    folder.mkdir(parents=True, exist_ok=True)
    _write(
        folder / "persons.csv",
        ("person_id", "kind", "name", "sex", "born", "number", "township", "household"),
        (
            (p.id, "child" if p.age(day) < 18 else "adult", p.name, p.sex, p.born.isoformat(), p.number, p.township, p.household)
            for p in city.people()
        ),
    )
    _write(folder / "unenrolled.csv", ("rule", "person_id", "number", "answer", "why"), unenrolled(city))
    _write(folder / "entitlements.csv", ("programme", "person_id", "number", "answer"), entitlements(city))


def unenrolled(city: City) -> Iterable[tuple[str, ...]]:
    """Each disabled child of compulsory age: truly unenrolled (YES), or not (NO) and why."""
    for child in city.children():
        if child.disability and child.certificate == "正常" and 6 <= child.age(REFERENCE) <= 17:
            yield "E.1", child.id, child.number, "YES" if is_unenrolled(child) else "NO", child.where


def is_unenrolled(child: Person) -> bool:
    """Out of school or dropped out: nothing else accounts for the child."""
    return child.where in ("OUT", "DROPOUT", "OLDER")


def entitlements(city: City) -> Iterable[tuple[str, ...]]:
    """For programmes that the city decides: receiving, or due and not receiving."""
    for child in city.children():
        for programme in ("F01", "F06"):  # recognised is receiving
            if programme in child.aid:
                yield programme, child.id, child.number, "RECEIVING"
        if child.where in ("SCHOOL", "DROPOUT") and 1 <= child.grade <= 9:
            yield "F10", child.id, child.number, "RECEIVING"
        for programme in ("F07", "F08", "F11", "F12"):
            if programme in child.aid:
                yield programme, child.id, child.number, "RECEIVING" if programme in child.paid else "DUE"


def _write(path: Path, header: tuple[str, ...], rows: Iterable[tuple[object, ...]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)
