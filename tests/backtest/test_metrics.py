"""Metrics by hand."""

import numpy as np
import pytest

from ilpgeo.backtest import metrics

HITS, TOTAL = np.array([3.0, 1.0]), np.array([10.0, 10.0])


def test_by_hand() -> None:
    assert metrics.hit_rate(HITS, TOTAL) == pytest.approx(0.2)
    assert metrics.pai(HITS, TOTAL, 0.02) == pytest.approx(10.0)
    assert metrics.pei_star(HITS, np.array([4.0, 4.0])) == pytest.approx(0.5)
    assert metrics.rri_levine(HITS, np.array([20.0, 20.0]), TOTAL, np.array([50.0, 50.0])) == pytest.approx(0.5)
    assert metrics.rri_predicted(HITS, np.array([3.0, 3.0])) == pytest.approx(1.5)
    assert metrics.ser(HITS, 0.5) == pytest.approx(4.0)


def test_nothing_happened_is_not_a_number() -> None:
    assert np.isnan(metrics.hit_rate(np.zeros(2), np.zeros(2)))
    assert np.isnan(metrics.pooled_interval(np.zeros(9), np.zeros(9)).low)


def test_the_interval_covers_the_truth_about_as_often_as_it_says() -> None:
    rng = np.random.default_rng(1)
    inside = 0
    for trial in range(200):
        total = rng.poisson(40, 40) * 1.0
        found = metrics.pooled_interval(rng.binomial(total.astype(int), 0.3) * 1.0, total, seed=trial)
        inside += found.low <= 0.3 <= found.high
    assert 0.88 <= inside / 200 <= 0.99


@pytest.mark.parametrize(("rate", "a_window", "n_windows"), [(0.1, 0.3, 26), (0.1, 1, 26), (0.3, 1, 8), (0.3, 5, 4)])
def test_the_interval_of_a_few_incidents_covers_the_truth_as_well(rate: float, a_window: float, n_windows: int) -> None:
    rng = np.random.default_rng(2)
    inside = n = 0
    for trial in range(100):
        total = rng.poisson(a_window, n_windows) * 1.0
        if total.sum() >= 5:
            found = metrics.pooled_hit_rate(rng.binomial(total.astype(int), rate) * 1.0, total, seed=trial)
            inside, n = inside + (found.low <= rate <= found.high), n + 1
    assert inside / n >= 0.94


def test_none_of_four_caught_is_no_proof_that_none_ever_is() -> None:
    found = metrics.pooled_hit_rate(np.zeros(26), np.array([1.0] * 4 + [0.0] * 22))
    assert (found.value, found.low) == (0, 0)
    assert found.high == pytest.approx(0.602, abs=1e-3)


def test_blocks_keep_neighbours_together() -> None:
    chosen = metrics.block_resamples(27, 50, seed=4)
    assert chosen.shape == (50, 27)
    steps = np.diff(chosen, axis=1) % 27
    assert (steps == 1).mean() > 0.6
    assert chosen.min() == 0
    assert chosen.max() == 26


def test_few_folds_have_no_interval() -> None:
    found = metrics.pooled_interval(HITS, TOTAL)
    assert found.value == pytest.approx(0.2)
    assert np.isnan([found.low, found.high]).all()
