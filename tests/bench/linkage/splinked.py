"""Run by the bench's own environment: Splink, unsupervised, on a CSV of subjects; clusters beside it, one file a threshold."""

import sys
import time
from pathlib import Path

import pandas
import splink.comparison_library as cl
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

path = Path(sys.argv[1])
rows = pandas.read_csv(path, dtype=str, keep_default_na=False).replace("", None)
settings = SettingsCreator(
    link_type="dedupe_only",
    comparisons=[
        cl.ExactMatch("number"),
        cl.LevenshteinAtThresholds("name", 1).configure(term_frequency_adjustments=True),
        cl.ExactMatch("pinyin"),
        cl.LevenshteinAtThresholds("born", [1, 3]),
        cl.ExactMatch("sex"),
        cl.ExactMatch("township"),
        cl.ExactMatch("village"),
    ],
    blocking_rules_to_generate_predictions=[block_on("number"), block_on("pinyin", "township"), block_on("born", "sex"), block_on("name", "substr(born, 1, 4)")],
)
began = time.process_time()
linker = Linker(DuckDBAPI().register(rows), settings)
linker.training.estimate_probability_two_random_records_match([block_on("number")], recall=0.8)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6)
linker.training.estimate_parameters_using_expectation_maximisation(block_on("born"))
linker.training.estimate_parameters_using_expectation_maximisation(block_on("name"))
predictions = linker.inference.predict(threshold_match_probability=0.5)
print(f"  Splink: {len(rows)} subjects in {time.process_time() - began:.1f} CPU s")
for threshold in (0.9, 0.99, 0.999):
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(predictions, threshold_match_probability=threshold)
    clusters.as_pandas_dataframe()[["unique_id", "cluster_id"]].to_csv(path.with_name(f"clusters_{threshold}.csv"), index=False)
