"""Makes a city in a process of its own: ``python -m hub.demo OUT CHILDREN SEED DIRT DAY…``; a line tells each month whose deliveries are there."""

import sys
from datetime import date
from pathlib import Path

from hub.demo import LEVELS, generate

if __name__ == "__main__":
    out, children, seed, dirt, *days = sys.argv[1:]
    rounds = tuple(map(date.fromisoformat, days))
    generate(Path(out), children=int(children), seed=int(seed), rounds=rounds, dirt=LEVELS[dirt], on_round=lambda day: print(f"{day:%Y-%m}", flush=True))
