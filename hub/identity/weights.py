"""The weights: what each level of each feature counts, in natural log odds; a score is their sum and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from hub.identity.comparing import FEATURES, Levels

SHIPPED = Path(__file__).with_name("weights.json")
#: The models there are: children and grown-ups apart, at first by what rows write and then with the people already told beside them.
MODELS = ("first child", "first adult", "child", "adult")


@dataclass(frozen=True)
class Weights:
    """One version of all models."""

    version: str
    prior: Mapping[str, float]
    tables: Mapping[str, Mapping[str, NDArray[np.float64]]]  # model -> feature -> weight a level

    def score(self, model: str, levels: Levels) -> NDArray[np.float64]:
        """The score of each pair: the prior and the weights of its levels, each of three decimals, so that reasons add up exactly."""
        table = self.tables[model]
        total = np.full(len(levels), self.prior[model])
        for column, feature in enumerate(FEATURES):
            total += table[feature][levels[:, column]]
        return np.round(total, 3)

    def reasons(self, model: str, levels: Levels) -> tuple[tuple[str, float], ...]:
        """Why one pair scores what it does: (reason, weight), the weightiest first; they sum to the score."""
        known, at = self._told, (model, levels.tobytes())
        if at not in known:
            told = [of_level[level] for of_level, level in zip(self._reasons[model], levels.tolist(), strict=True)]
            known[at] = (("prior", self.prior[model]), *sorted((item for item in told if item[1]), key=lambda item: (-abs(item[1]), item[0])))
        return known[at]

    @cached_property
    def _told(self) -> dict[tuple[str, bytes], tuple[tuple[str, float], ...]]:
        """The reasons of each kind of pair that was asked about: of a city's millions there are some thousands."""
        return {}

    @cached_property
    def _reasons(self) -> dict[str, list[list[tuple[str, float]]]]:
        """Model -> for each feature, the reason of each level: made once, since a city has millions."""
        return {
            model: [[(f"{feature}: {level}", float(weight)) for level, weight in zip(FEATURES[feature], table[feature], strict=True)] for feature in FEATURES]
            for model, table in self.tables.items()
        }

    def told(self) -> bytes:
        """As it is kept in a file: weights by level, those of 0 left out."""
        shown: dict[str, Any] = {
            name: {
                "prior": self.prior[name],
                **{f: {level: float(w) for level, w in zip(FEATURES[f], table[f], strict=True) if w} for f in FEATURES},
            }
            for name, table in self.tables.items()
        }
        return orjson.dumps({"version": self.version, "models": shown}, option=orjson.OPT_INDENT_2)


def read_weights(text: bytes) -> Weights:
    """The weights that ``Weights.told`` wrote; a level that it does not name weighs nothing."""
    told = orjson.loads(text)
    tables = {
        name: {feature: np.array([model[feature].get(level, 0.0) for level in levels]) for feature, levels in FEATURES.items()}
        for name, model in told["models"].items()
    }
    return Weights(told["version"], {name: model["prior"] for name, model in told["models"].items()}, tables)


@cache
def shipped() -> Weights:
    """The weights that come with the hub."""
    return read_weights(SHIPPED.read_bytes())
