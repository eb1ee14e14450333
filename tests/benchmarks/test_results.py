"""The results that are kept: of suites there are, none left out, each row saying what it found."""

import json

from benchmarks.__main__ import SUITES
from benchmarks.table import RESULTS

KEPT = json.loads(RESULTS.read_text("utf-8"))
# The speed table of the models: each of these must have been measured.
MEASURED = (
    "DBSCAN, Toronto", "DBSCAN, 100,000", "DBSCAN, 1,000,000", "DBSCAN, 10,000,000", "ST-DBSCAN", "KDE, made-up city",
    "Gi*, 99,856", "Gi*, 1,000,000", "Emerging hot spots, 316", "Emerging hot spots, 30 x 30", "Knox, 100,000",
    "Knox, 10,000", "Self-exciting process, 100,000", "Scan statistic, 100 x 100", "Aoristic week, 1,000,000",
    "ilpgeo --help", "ilpgeo status --json", "First answer of each",
)  # fmt: skip


def test_no_suite_is_kept_that_is_there_no_more():
    assert set(KEPT) <= set(SUITES)


def test_every_line_of_the_speed_table_of_the_models_is_kept_with_its_verdict():
    rows = [row for suite in KEPT.values() for row in suite["rows"]]
    for work in MEASURED:
        found = [row for row in rows if row["work"].startswith(work) and row["demand"]]
        assert found, work
        assert all(row["met"] in (True, False) and row["ours_s"] > 0 for row in found), work


def test_every_suite_says_on_which_machine_it_was_measured():
    for suite in KEPT.values():
        assert suite["machine"]["cores"] >= 1
        assert suite["machine"]["versions"]["numpy"]
