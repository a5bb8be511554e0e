"""Fits the weights that come with the hub: ``python -m tests.bench.linkage.fit FOLDER`` writes ``hub/identity/weights.json``.

They learn from the numbers of invented populations (seed 1, four levels of dirt, 5,000 children each) and of a demo city with all its extracts
(seed 101, 5,000 children), from their rows alone: no truth is read, and neither the samples nor any other seed is looked at.
"""

import sys
from datetime import date
from pathlib import Path

from hub.demo import generate
from hub.identity.training import train
from hub.identity.weights import SHIPPED
from tests.bench.linkage.population import LEVELS, write
from tests.bench.linkage.reading import TODAY, read


def main(folder: Path) -> None:
    """Make the populations, read them, fit."""
    sets, digits = [], {}
    for dirt in LEVELS:
        write(folder / dirt, children=5_000, seed=1, dirt=dirt)
        told = read(folder / dirt / "2026-09")
        sets.append(told.evidence)
        digits |= told.digits
    generate(folder / "city", children=5_000, seed=101, rounds=(date(2026, 9, 30),))
    told = read(folder / "city" / "2026-09")
    sets.append(told.evidence)
    digits |= told.digits
    weights = train(sets, lambda number: digits[number], TODAY.year, date.today().isoformat())
    SHIPPED.write_bytes(weights.told())
    print(f"{sum(map(len, sets))} mentions; {SHIPPED}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
