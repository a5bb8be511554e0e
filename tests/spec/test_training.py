"""Training on a hub's own numbers: what they teach moves the weights that come with the hub, what they do not teach leaves them."""

import numpy as np
import pytest

from hub.identity.comparing import FEATURES
from hub.identity.training import fit
from hub.identity.weights import shipped
from tests.processes import verb

WIDTH = len(FEATURES)
CHILD = shipped().prior["child"], shipped().tables["child"]


def pairs(rows: int, seed: int = 1) -> np.ndarray:
    """Pairs of two kinds only: the first feature's first level or its second, all else alike."""
    levels = np.zeros((rows, WIDTH), dtype=np.int8)
    levels[:, 0] = np.random.default_rng(seed).integers(0, 2, rows)
    return levels


def test_nothing_to_learn_from_leaves_what_is_known():
    prior, tables = fit(pairs(0), np.zeros(0), CHILD)
    assert prior == CHILD[0]
    assert all((tables[feature] == CHILD[1][feature]).all() for feature in FEATURES)


@pytest.mark.parametrize("rows", [10, 100_000])
def test_levels_that_no_pair_shows_keep_their_weight(rows):
    levels = pairs(rows)
    _, tables = fit(levels, levels[:, 0].astype(float), CHILD)
    for place, feature in enumerate(FEATURES):
        shown = 2 if place == 0 else 1
        assert (tables[feature][shown:] == CHILD[1][feature][shown:]).all(), feature


def test_few_pairs_hardly_move_a_weight_and_many_do():
    first = next(iter(FEATURES))

    def moved(rows: int) -> float:
        levels = pairs(rows)
        _, tables = fit(levels, 1.0 - levels[:, 0], CHILD)  # the opposite of what is known
        return float(np.abs(tables[first] - CHILD[1][first]).max())

    assert moved(10) < 0.05 < 1.0 < moved(1_000_000)


def test_the_weights_that_come_with_the_hub_can_be_had_back(database):
    told = verb("link", "train", "--shipped", env=database.environ())
    assert told.returncode == 0, told.stderr
    assert shipped().version in told.stdout
    assert verb("link", "train", env=database.environ()).returncode != 0  # an empty hub teaches nothing, and says so
