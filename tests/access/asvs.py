"""OWASP ASVS 5.0 gone through: the table of requirements, and how many of a level a test shows, do not apply or fall short. `python -m tests.access.asvs` tells it."""

import tomllib
from collections import Counter
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
TABLE: dict[str, dict[str, Any]] = tomllib.loads((HERE / "asvs.toml").read_text(encoding="utf-8"))
#: Every number of the standard with its level.
LEVELS = {no: int(level) for no, level in (line.split() for line in (HERE / "asvs_numbers.txt").read_text(encoding="utf-8").splitlines())}
KINDS = ("tests", "na", "left")


def kind_of(told: dict[str, Any]) -> str:
    """What a row comes to: where something is left it falls short, whatever else is shown; a test may also show that there is nothing to apply to."""
    return next(kind for kind in reversed(KINDS) if told.get(kind))


def counted(level: int) -> Counter[str]:
    """How many rows of a level are of each kind."""
    return Counter(kind_of(told) for told in TABLE.values() if told["level"] == level)


def figures() -> list[str]:
    """A line for each level."""
    found = []
    for level in sorted(set(LEVELS.values())):
        kinds = counted(level)
        found.append(
            f"level {level}: {kinds.total()} of {list(LEVELS.values()).count(level)} gone through: "
            f"{kinds['tests']} shown by a test, {kinds['na']} do not apply, {kinds['left']} fall short"
        )
    return found


if __name__ == "__main__":
    print("\n".join(figures()))
