"""Training: the weights are fitted to pairs that both hold valid numbers, with the number and what it implies hidden (no hand labels).

Some of the mentions that have a number are shown to the engine as if their row had none, or a damaged one; it then meets them as it
meets those that truly have none – with a year instead of a birth date, without a sex – and their numbers tell which pairs are true.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from random import Random

import numpy as np
from numpy.typing import NDArray

from hub.identity.blocking import companions_by_row
from hub.identity.comparing import FEATURES, Levels
from hub.identity.deciding import Around, Engine, grown_up
from hub.identity.evidence import Evidence, Ints, Mentions
from hub.identity.weights import Weights

HIDDEN = 0.25  # share of the numbered mentions that are shown without their number
DAMAGED = 0.15  # share of those that are shown with a damaged one
BORROWED = 0.1  # and with somebody else's, mostly of somebody named beside them
RIDGE = 0.3
KNOWN = 300.0  # and about weights that are known: a hub's own numbers must say much to move one


Floats = NDArray[np.float64]
Table = tuple[float, Mapping[str, Floats]]
Labelled = tuple[Levels, NDArray[np.float64], NDArray[np.bool_]]  # levels, 1 for one person, whether the grown-ups' weights are for it


def train(
    sets: Sequence[Sequence[Evidence]], opened: Callable[[Hashable], str], year: int, version: str, known: Weights | None = None
) -> Weights:
    """Weights from the mentions of one or several hubs: first those of the first look, then those of the looks after it.

    Those ``known`` stand where the mentions teach little: a list whose rows have no numbers is hardly among the pairs that teach.
    """
    lessons = [Lesson.of(evidence, opened, year, seed) for seed, evidence in enumerate(sets)]
    weights = Weights(version, {}, {})
    for stage in ("first ", "", ""):
        labelled = [lesson.labelled() for lesson in lessons]
        weights = _fitted(weights, stage, labelled, known)
        for lesson in lessons:
            lesson.settle(weights, stage)
    return weights


def _fitted(weights: Weights, stage: str, labelled: list[Labelled], known: Weights | None) -> Weights:
    levels, true, adult = (np.concatenate(columns) for columns in zip(*labelled, strict=True))
    prior, tables = dict(weights.prior), dict(weights.tables)
    for name, mine in ((stage + "child", ~adult), (stage + "adult", adult)):
        prior[name], tables[name] = fit(levels[mine], true[mine], (known.prior[name], known.tables[name]) if known else None)
    return Weights(weights.version, prior, tables)


@dataclass
class Lesson:
    """One hub's mentions with some numbers hidden, as the engine meets them."""

    engine: Engine
    mentions: Mentions
    around: Around
    truth: Ints  # the number of each mention, hidden or not; -1 where it has none or somebody else's
    labels: Ints | None = None
    pairs: Ints | None = None
    levels: Levels | None = None

    @classmethod
    def of(cls, evidence: Sequence[Evidence], opened: Callable[[Hashable], str], year: int, seed: int) -> "Lesson":
        """Hide numbers, and gather what is left."""
        engine = Engine(year, Weights("", {}, {}), opened)
        whole, _ = engine.gather(evidence)
        mentions, _ = engine.gather(hide(evidence, opened, seed))
        return cls(engine, mentions, Around.of(mentions, year), whole.number)

    def labelled(self) -> Labelled:
        """The pairs of which both sides' numbers are known."""
        pairs, levels = self.around.compared(self.mentions, self.labels)
        self.pairs, self.levels = pairs, levels
        told = self.truth[pairs]
        known = (told >= 0).all(axis=1)
        return levels[known], (told[known, 0] == told[known, 1]).astype(np.float64), grown_up(self.mentions, pairs[known])

    def settle(self, weights: Weights, stage: str) -> None:
        """Merge with the weights fitted so far: what the next look will know."""
        assert self.pairs is not None and self.levels is not None
        self.engine.weights = weights
        self.labels = self.engine.settle(self.mentions, self.pairs, self.levels, stage).clusters.labels()


def hide(evidence: Sequence[Evidence], opened: Callable[[Hashable], str], seed: int) -> list[Evidence]:
    """The evidence with some numbers hidden."""
    rng = Random(seed)
    rows = companions_by_row(evidence)
    numbered = [mention for mention in evidence if mention.number is not None]

    def shown(mention: Evidence) -> Evidence:
        if mention.number is None or rng.random() >= HIDDEN:
            return mention
        draw = rng.random()
        if draw < DAMAGED:
            return mention.without_number(damaged(opened(mention.number), rng))
        if draw < DAMAGED + BORROWED and mention.kind != "adult":
            beside = [other for other in rows[mention.record] if other.number not in (None, mention.number)]
            whose = rng.choice(beside) if beside and rng.random() < 0.8 else rng.choice(numbered)
            return replace(mention.without_number(opened(whose.number)), claimed=whose.number)
        return mention.without_number()

    return [shown(mention) for mention in evidence]


def damaged(number: str, rng: Random) -> str:
    """A number as a slip of the pen, two digits changed about, a lost digit or a spreadsheet leave it."""
    kind = rng.randrange(5)
    at = rng.randrange(len(number) // 3, len(number) - 1)  # the places before tell of the county, which nobody gets wrong
    if kind == 0 and len(number) == 18:
        return number[:15] + "000"
    if kind == 1:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    if kind == 2:
        return number[:at] + number[at + 1 :]
    return number[:at] + str((int(number[at]) + rng.randint(1, 9)) % 10) + number[at + 1 :]


def fit(levels: Levels, told: NDArray[np.float64], known: Table | None = None, rounds: int = 25) -> Table:
    """The prior and weights of an additive model: logistic regression over the levels, by Newton's method with a ridge.

    Pairs of the same levels are counted together first, so that a million pairs cost no more than their kinds. The ridge draws to 0, or
    to the weights that are ``known``, and then as much as ``KNOWN`` pairs would.
    """
    offsets = np.cumsum([0, *map(len, FEATURES.values())])
    centre = np.concatenate([*known[1].values(), [known[0]]]) if known else np.zeros(int(offsets[-1]) + 1)
    full = centre.copy()
    if len(levels):
        kinds, places = np.unique(levels, axis=0, return_inverse=True)
        count = np.bincount(places, minlength=len(kinds)).astype(np.float64)
        true = np.bincount(places, weights=told, minlength=len(kinds)).astype(np.float64)
        design = np.zeros((len(kinds), int(offsets[-1]) + 1))
        design[:, -1] = 1.0
        for column in range(kinds.shape[1]):
            design[np.arange(len(kinds)), offsets[column] + kinds[:, column]] = 1.0
        used = np.flatnonzero(design.sum(axis=0))
        ridge = np.full(len(used), KNOWN if known else RIDGE)
        ridge[-1] = KNOWN if known else 1e-6  # of the prior
        full[used] = _newton(design[:, used], count, true, centre[used], ridge, rounds).round(3)
    tables = {feature: full[offsets[column] : offsets[column + 1]] for column, feature in enumerate(FEATURES)}
    return float(full[-1]), tables


def _newton(design: Floats, count: Floats, true: Floats, centre: Floats, ridge: Floats, rounds: int) -> Floats:
    weights = centre.copy()
    for _ in range(rounds):
        chance = 1.0 / (1.0 + np.exp(-np.clip(design @ weights, -30, 30)))
        slope = design.T @ (true - count * chance) - ridge * (weights - centre)
        curve = (design * (count * chance * (1 - chance))[:, None]).T @ design + np.diag(ridge)
        step = np.linalg.solve(curve, slope)
        weights += np.clip(step, -4, 4)
        if np.abs(step).max() < 1e-4:
            break
    return weights
