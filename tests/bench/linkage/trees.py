"""Run by the bench's own environment: boosted trees on levels, against the additive score of the same pairs."""

import sys

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, f1_score, log_loss
from sklearn.preprocessing import OneHotEncoder

told = np.load(sys.argv[1])
half = np.random.default_rng(1).random(len(told["true"])) < 0.5
for name, mine in (("children", ~told["adult"]), ("grown-ups", told["adult"])):
    learn, judge = mine & half, mine & ~half
    levels, true = told["levels"], told["true"]
    trees = HistGradientBoostingClassifier(max_iter=300, categorical_features=np.arange(levels.shape[1])[[levels[:, c].max() < 250 for c in range(levels.shape[1])]], random_state=1)
    trees.fit(levels[learn], true[learn])
    one_hot = OneHotEncoder(handle_unknown="ignore").fit(levels[learn])
    additive = LogisticRegression(max_iter=3000).fit(one_hot.transform(levels[learn]), true[learn])
    chances = {
        "trees, fitted to this very population": trees.predict_proba(levels[judge])[:, 1],
        "additive, fitted to this very population": additive.predict_proba(one_hot.transform(levels[judge]))[:, 1],
        "additive, as it comes with the hub": 1 / (1 + np.exp(-np.clip(told["said"][judge], -30, 30))),
    }
    print(f"  {name}: {int(judge.sum())} pairs, {int(true[judge].sum())} true")
    for what, chance in chances.items():
        best = max(f1_score(true[judge], chance > 1 / (1 + np.exp(-t))) for t in (-1.5, 0, 2, 4))
        print(f"    {what:44s} log loss {log_loss(true[judge], np.clip(chance, 1e-9, 1 - 1e-9)):.4f}  average precision {average_precision_score(true[judge], chance):.4f}  best F1 {best:.4f}")
