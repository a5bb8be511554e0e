"""The invented city: its people, its departments' deliveries with their dirt, and the planted truth."""

import csv
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from hub.demo import departments, education, further
from hub.demo.aid import plant_aid
from hub.demo.besides import many, plant_besides
from hub.demo.changes import second_month
from hub.demo.checks import absent_in_spring, lose_some, plant_checks
from hub.demo.city import City, build
from hub.demo.dirt import LEVELS, MEDIUM, Dirt
from hub.demo.family import add_family
from hub.demo.near import in_spring, leave_with_a_movement, plant_near
from hub.demo.plants import plant
from hub.demo.sheets import Round, write
from hub.demo.truth import write_truth

__all__ = ["EXTRACTS", "LEVELS", "ROUNDS", "SPRING", "DemoCity", "Dirt", "generate"]

ROUNDS = (date(2026, 9, 30), date(2026, 10, 31))
SPRING = date(2027, 3, 31)  # a third round, for what happens in spring only
EXTRACTS = (*education.EXTRACTS, *departments.EXTRACTS, *further.EXTRACTS)


@dataclass
class DemoCity:
    """What was made: where it lies, and how many rows each extract of each round has."""

    folder: Path
    children: int
    rows: dict[str, int] = field(default_factory=dict)


def generate(
    out: Path,
    *,
    children: int = 20_000,
    seed: int = 1,
    rounds: tuple[date, ...] = ROUNDS,
    dirt: Dirt = MEDIUM,
    progress: Callable[[str, int], None] | None = None,
    on_round: Callable[[date], None] = lambda day: None,
) -> DemoCity:
    """Write the city's deliveries under ``out/<month>/<department>/`` and its truth under ``out/truth/``; ``on_round`` hears of each month that is there.

    The same arguments give the same bytes.
    """
    out.mkdir(parents=True, exist_ok=True, mode=0o700)
    city = planted(children, seed)
    made = DemoCity(out, sum(1 for _ in city.children()))
    for number, day in enumerate(rounds, start=1):
        happen(city, number, day, out / "truth")
        last = Round(city, dirt, day, number)
        _write_round(last, out, made, progress)
        on_round(day)
    write_truth(last, out / "truth", rounds)
    return made


def planted(children: int, seed: int) -> City:
    """A city of so many children with all that is planted in it, before anything is written."""
    city = build(children, seed)
    plant(city)
    add_family(city)
    plant_checks(city)
    plant_aid(city)
    plant_near(city, plant_besides(city), many(city))
    return city


def happen(city: City, number: int, day: date, truth: Path) -> None:
    """What happens before a round, the first, the second or one of spring; changes.csv tells of the second month."""
    if number == 2:
        second_month(city, truth)
        lose_some(city)
        leave_with_a_movement(city)
    if day >= SPRING:
        absent_in_spring(city)
        in_spring(city)


def _write_round(round_: Round, out: Path, made: DemoCity, progress: Callable[[str, int], None] | None) -> None:
    """One month's files, and the truth about every row's persons."""
    truth = out / "truth" / f"mentions_{round_.day:%Y-%m}.csv"
    truth.parent.mkdir(parents=True, exist_ok=True)
    with truth.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("file", "sheet", "row", "role", "person_id", "household_id", "kind", "twin", "id_state"))
        for extract in EXTRACTS:
            rows = write(extract, round_, out / f"{round_.day:%Y-%m}" / extract.department, writer)
            made.rows[f"{round_.day:%Y-%m}/{extract.title}"] = rows
            if progress:
                progress(extract.title, rows)
