"""The level: its interval holds the count about nine times in ten, at every horizon and on real series."""

import numpy as np
import pytest

from ilpgeo.models.level import foresee


@pytest.mark.parametrize(("n", "n_ahead", "mean"), [(60, 1, 0.4), (60, 1, 12.0), (52, 13, 9.0), (12, 3, 200.0)])
def test_the_interval_of_a_steady_process_holds_the_count(n: int, n_ahead: int, mean: float) -> None:
    rng = np.random.default_rng(8)
    held = asked = 0
    for _ in range(250):
        counts = rng.poisson(mean, n + n_ahead).astype(float)
        level = foresee(counts[:n], 0, n_ahead)
        held += level.low <= counts[n:].sum() <= level.high
        asked += 1
    assert held / asked > 0.87


@pytest.mark.parametrize(("n", "n_ahead"), [(80, 1), (52, 13)])
def test_the_interval_of_a_wandering_process_holds_the_count(n: int, n_ahead: int) -> None:
    rng = np.random.default_rng(9)
    held = []
    for _ in range(250):
        rate = 20 * np.exp(np.cumsum(rng.normal(0, 0.04, n + n_ahead)))
        counts = rng.poisson(rate).astype(float)
        level = foresee(counts[:n], 0, n_ahead)
        held.append(level.low <= counts[n:].sum() <= level.high)
    assert np.mean(held) > 0.75


def test_few_quiet_windows_promise_nothing() -> None:
    short = foresee(np.full(4, 100.0), 0)
    assert short.high - short.low > 1.3 * 2 * 1.645 * 10


def test_counts_are_foretold_without_bias() -> None:
    rng = np.random.default_rng(3)
    for mean in (0.3, 2.0, 30.0):
        foretold = [foresee(rng.poisson(mean, 200).astype(float), 0).expected for _ in range(100)]
        assert np.mean(foretold) == pytest.approx(mean, rel=0.12)
