from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import kendalltau, norm

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.mann_kendall import mann_kendall


def by_definition(series: list[float]) -> tuple[int, float, float]:
    """Score, z and p of one series, pair by pair and tie by tie."""
    n = len(series)
    score = sum((late > early) - (late < early) for early, late in combinations(series, 2))
    ties = [series.count(value) for value in set(series)]
    variance = (n * (n - 1) * (2 * n + 5) - sum(t * (t - 1) * (2 * t + 5) for t in ties)) / 18
    z = 0.0 if score == 0 else (score - (1 if score > 0 else -1)) / variance**0.5
    return score, z, 2 * norm.sf(abs(z))


@settings(max_examples=200, deadline=None)
@given(st.lists(st.lists(st.integers(-4, 4), min_size=11, max_size=11), min_size=1, max_size=6))
def test_it_is_the_definition_with_any_ties(rows: list[list[int]]) -> None:
    trend = mann_kendall(np.array(rows, float).T)
    for i, row in enumerate(rows):
        score, z, p = by_definition([float(value) for value in row])
        assert trend.score[i] == score
        assert (trend.z[i], trend.p[i]) == pytest.approx((z, p), rel=1e-12, abs=1e-15)


@pytest.mark.parametrize("n_steps", [2, 3, 10, 36, 120])
def test_without_ties_the_score_is_that_of_kendall_s_tau(n_steps: int) -> None:
    series = np.random.default_rng(n_steps).normal(size=(n_steps, 5))
    expected = [kendalltau(np.arange(n_steps), one).statistic * n_steps * (n_steps - 1) / 2 for one in series.T]
    np.testing.assert_allclose(mann_kendall(series).score, expected, atol=1e-6)


def test_by_hand() -> None:
    # Pairs of 1 2 2 4: five rise, one is tied; Var = (4*3*13 - 2*1*9)/18 = 23/3; z = (5 - 1) / sqrt(23/3).
    trend = mann_kendall(np.array([[1.0], [2.0], [2.0], [4.0]]))
    assert trend.score.item() == 5
    assert trend.z.item() == pytest.approx(4 / (23 / 3) ** 0.5, rel=1e-14)


def test_a_series_turned_round_has_the_opposite_trend() -> None:
    series = np.random.default_rng(2).integers(0, 9, (20, 7, 3)).astype(float)
    there, back = mann_kendall(series), mann_kendall(series[::-1])
    assert there.z.shape == (7, 3)
    np.testing.assert_array_equal(there.z, -back.z)
    np.testing.assert_array_equal(there.p, back.p)


def test_a_series_of_equal_values_has_no_trend() -> None:
    trend = mann_kendall(np.full((12, 2), 0.1))
    assert (trend.score == 0).all()
    assert (trend.z == 0).all()
    assert (trend.p == 1).all()


@pytest.mark.parametrize(
    ("series", "words"), [(np.zeros((1, 3)), "two steps"), (np.array([[0.0], [np.nan], [1.0]]), "finite")]
)
def test_what_has_no_trend_is_refused(series: np.ndarray, words: str) -> None:
    with pytest.raises(InvalidInput, match=words):
        mann_kendall(series)
