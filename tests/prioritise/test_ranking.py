import numpy as np
import pytest

from ilpgeo.core.errors import InvalidInput
from ilpgeo.prioritise.ranking import rank, top_count
from ilpgeo.prioritise.shrinkage import GammaPosterior, shrink


def names(n: int) -> list[str]:
    return [f"area {at:05d}" for at in range(n)]


def simulated(seed: int, n: int, k: int) -> list[GammaPosterior]:
    rng = np.random.default_rng(seed)
    return [shrink(rng.poisson(rng.gamma(2, 10, n)), np.full(n, 365.0)) for _ in range(k)]


def brute_force(posteriors: list[GammaPosterior], weights: np.ndarray, draws: int) -> np.ndarray:
    rng = np.random.default_rng(99)
    score = sum(
        weight * rng.gamma(each.shape, 1 / each.rate, (draws, len(each.shape)))
        for weight, each in zip(weights, posteriors, strict=True)
    )
    return (-score).argsort(axis=1).argsort(axis=1) + 1


@pytest.mark.parametrize(("n", "k"), [(40, 2), (158, 14)])  # simulated exactly, and by the matched gamma
def test_ranks_agree_with_an_exact_simulation(n, k):
    posteriors, weights = simulated(3, n, k), np.array([1.0, 40.0] * 7)[:k]
    ours = rank(posteriors, weights, names(n), 28, np.random.default_rng(0), draws=2000)
    exact = brute_force(posteriors, weights, 4000)
    for column, percent in enumerate((5, 10, 25)):
        chance = (exact <= top_count(n, percent)).mean(axis=0)
        assert np.abs(ours.top[:, column] - chance).max() < 0.05
    slack = 2 + 0.04 * n
    assert np.abs(ours.low - np.quantile(exact, 0.05, axis=0)).max() <= slack
    assert np.abs(ours.high - np.quantile(exact, 0.95, axis=0)).max() <= slack


def test_a_tiny_shape_does_not_make_ties_that_the_name_breaks():
    posterior = GammaPosterior(np.full(40, 0.01), np.ones(40))
    top = rank([posterior], np.ones(1), names(40), 1, np.random.default_rng(0), draws=4000).top
    assert np.abs(top[:, 2] - 0.25).max() < 0.04


def test_equal_scores_rank_by_name():
    posterior = GammaPosterior(np.array([4.0, 9.0, 4.0]), np.ones(3))
    ranking = rank([posterior], np.ones(1), ["b", "c", "a"], 1, np.random.default_rng(0))
    assert ranking.rank.tolist() == [3, 1, 2]


def test_the_interval_holds_the_rank_and_probabilities_nest():
    ranking = rank(simulated(4, 200, 3), np.ones(3), names(200), 28, np.random.default_rng(0))
    assert (ranking.low <= ranking.rank).all()
    assert (ranking.rank <= ranking.high).all()
    assert (np.diff(ranking.top, axis=1) >= 0).all()
    assert sorted(ranking.rank) == list(range(1, 201))


def test_areas_without_an_estimate_have_no_rank():
    posterior = shrink([9, 2, 30], [365, 0, 365])
    ranking = rank([posterior], np.ones(1), names(3), 28, np.random.default_rng(0))
    assert ranking.rank.tolist() == [2, 0, 1]
    assert np.isnan(ranking.top[1]).all()
    assert np.isnan(ranking.score[1])


def test_weights_of_zero_tell_nothing_and_say_so():
    ranking = rank(simulated(1, 30, 2), np.zeros(2), names(30), 28, np.random.default_rng(0))
    assert ranking.top.max() == 0
    assert set(ranking.low) == {1}
    assert set(ranking.high) == {30}


def test_the_seed_decides():
    posteriors = simulated(5, 60, 3)
    one, two, other = (rank(posteriors, np.ones(3), names(60), 28, np.random.default_rng(s)).top for s in (1, 1, 2))
    assert np.array_equal(one, two)
    assert not np.array_equal(one, other)


def test_one_area_is_first():
    ranking = rank([shrink([3], [10])], np.ones(1), ["x"], 28, np.random.default_rng(0))
    assert (ranking.rank[0], ranking.low[0], ranking.high[0]) == (1, 1, 1)
    assert ranking.top[0].tolist() == [1, 1, 1]


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [1.0, np.nan]])
def test_unusable_weights_are_refused(weights):
    with pytest.raises(InvalidInput, match="ranking"):
        rank(simulated(1, 5, 2), np.array(weights), names(5), 28, np.random.default_rng(0))
