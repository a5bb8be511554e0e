"""What the second month changes: a few return to school, a few leave, move school, are assessed anew, are released."""

import csv
from datetime import date
from pathlib import Path
from random import Random

from hub.demo.city import City


def second_month(city: City, folder: Path) -> None:
    """Change the city, and write what changed to changes.csv."""
    changes: list[tuple[str, str, str]] = []
    for child in city.children():
        if child.example or child.cases or child.near:
            continue
        rng = Random(f"{city.seed}/changes/{child.id}")  # of its own, so that a case that is planted changes nobody else
        draw = rng.random()
        if child.where == "SCHOOL" and draw < 0.004 and 1 <= child.grade <= 9 and not child.placement:
            level = city.schools[child.school]["level"]
            others = [name for name, told in city.schools.items() if told["level"] == level and name != child.school]
            old, child.school = child.school, rng.choice(others)
            changes.append(("education", child.id, f"moved school: {old} -> {child.school}"))
        elif child.where == "OUT" and draw < 0.1:
            child.where = "SCHOOL"
            level = "小学" if child.grade <= 6 else "初中"
            child.school = next(
                name for name, told in city.schools.items() if told["level"] == level and told["township"] == child.township
            )
            changes.append(("education", child.id, "enrolled"))
        elif child.where == "SCHOOL" and draw > 0.9985 and not child.absent_since:
            child.where, child.left, child.left_why, child.school = "MOVED", date(2026, 10, 15), "迁出", ""
            changes.append(("public_security", child.id, "moved away"))
        if child.disability and draw < 0.03:
            child.level = child.level % 4 + 1
            changes.append(("disabled_persons", child.id, "assessed anew"))
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "changes.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("department", "person_id", "change"))
        writer.writerows(changes)
