"""Scores on toys by hand, bounds and orderings by Hypothesis, hits against sorting every cell."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ilpgeo.backtest import scores
from ilpgeo.backtest.board import Ground
from ilpgeo.backtest.scores import Outcome, Ranked
from ilpgeo.backtest.scores_kernel import held_by
from ilpgeo.core.arrays import frozen
from ilpgeo.core.space import Grid

heights = st.lists(st.integers(0, 4), min_size=1, max_size=40)


def sorted_out(expected: np.ndarray, n: np.ndarray, k: int) -> float:
    """The incidents in the k best cells by sorting all: expectation down, then incidents up, then position."""
    order = np.lexsort((np.arange(len(n)), n, -expected))
    return float(n[order[:k]].sum())


def test_by_hand() -> None:
    expected, n = np.array([5.0, 3.0, 3.0, 1.0, 0.0]), np.array([0.0, 2.0, 1.0, 0.0, 4.0])
    outcome, ranked = Outcome.of(n), Ranked.of(expected)
    assert ranked.hits(outcome, np.arange(1, 6)).tolist() == [0, 1, 3, 3, 7]
    assert outcome.best.tolist() == [0, 4, 6, 7, 7, 7]
    assert [chosen.tolist() for chosen in ranked.flagged(outcome, np.array([2, 1]))] == [[0, 2], [0]]
    assert outcome.total == 7


@given(heights, st.data())
def test_hits_are_those_of_sorting_every_cell(levels: list[int], data: st.DataObject) -> None:
    n = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(levels), max_size=len(levels))), float)
    expected = np.array(levels, float) / 7
    outcome, ranked = Outcome.of(n), Ranked.of(expected)
    k = np.arange(1, len(n) + 1)
    found = ranked.hits(outcome, k)
    assert found.tolist() == [sorted_out(expected, n, each) for each in k]
    assert (np.diff(found) >= 0).all()
    assert (found <= outcome.best[k]).all()
    for each, chosen in zip(k, ranked.flagged(outcome, k), strict=True):
        assert len(set(chosen.tolist())) == each
        assert n[chosen].sum() == found[each - 1]


@given(heights, st.data())
def test_groups_of_a_calibration_hold_everything_once(levels: list[int], data: st.DataObject) -> None:
    n = np.array(data.draw(st.lists(st.integers(0, 3), min_size=len(levels), max_size=len(levels))), float)
    expected = np.array(levels, float)
    predicted, observed = scores.calibration(expected, Ranked.of(expected), Outcome.of(n))
    assert predicted.sum() == pytest.approx(expected.sum())
    assert observed.sum() == n.sum()


def grouped(expected: np.ndarray, n: np.ndarray) -> tuple[list[float], list[float]]:
    """Expected and observed incidents in ten groups by sorting all cells, lowest first."""
    height = np.rint(expected * (1e9 / expected.max()))
    ladder = np.sort(height)
    mass = np.concatenate(([0.0], np.cumsum(ladder)))
    borders = [ladder[np.flatnonzero(mass > mass[-1] * (1 - tenth / 10))[0] - 1] for tenth in range(1, 10)]
    group = np.array([sum(each < border for border in borders) for each in height])
    predicted = [height[group == at].sum() * expected.sum() / mass[-1] for at in range(10)]
    return predicted, [float(n[group == at].sum()) for at in range(10)]


@pytest.mark.parametrize("skew", [0.05, 0.5, 5.0])
@pytest.mark.parametrize("n_levels", [3, 40, 0])
def test_scores_of_many_cells_are_those_of_sorting_them_all(skew: float, n_levels: int) -> None:
    rng = np.random.default_rng(4)
    expected = rng.gamma(skew, 1.0, 5000)
    if n_levels:
        expected = np.floor(expected / expected.max() * n_levels)
    n = rng.poisson(expected / expected.mean() / 3) * 1.0
    outcome, ranked = Outcome.of(n), Ranked.of(expected)
    k = np.array([1, 2, 25, 100, 250, 500, 1250, 2500, 4999, 5000])
    found = ranked.hits(outcome, k)
    assert found.tolist() == [sorted_out(ranked.height, n, each) for each in k]
    for each, chosen, caught in zip(k, ranked.flagged(outcome, k), found, strict=True):
        assert len(set(chosen.tolist())) == each and n[chosen].sum() == caught
    predicted, observed = scores.calibration(expected, ranked, outcome)
    wanted, came = grouped(expected, n)
    assert predicted == pytest.approx(wanted, rel=1e-9, abs=1e-6)
    assert observed.tolist() == came


def test_equal_is_what_differs_by_rounding_alone() -> None:
    expected = np.array([1.0, 1.0 + 1e-12, 0.5, 0.5 - 1e-13])
    assert len(set(Ranked.of(expected).height.tolist())) == 2


@pytest.mark.parametrize("unit", [1.0, 1e-289, 1e-299, 1e-307])
def test_the_unit_of_an_expectation_does_not_matter_however_small(unit: float) -> None:
    expected, n = np.array([5.0, 3.0, 3.0, 1.0, 0.0]), np.array([0.0, 2.0, 1.0, 0.0, 4.0])
    assert Ranked.of(expected * unit).height.tolist() == Ranked.of(expected).height.tolist()
    assert Ranked.of(expected * unit).hits(Outcome.of(n), np.arange(1, 6)).tolist() == [0, 1, 3, 3, 7]


def test_the_first_group_of_a_calibration_is_the_highest_cells() -> None:
    # Ten cells that expect one each: each is a tenth. The first brought two, the last three.
    expected = np.linspace(1.01, 1.0, 10)
    n = np.array([2.0, 0, 0, 0, 1, 0, 0, 0, 0, 3])
    predicted, observed = scores.calibration(expected, Ranked.of(expected), Outcome.of(n))
    assert predicted == pytest.approx(np.ones(10), abs=0.02)
    assert observed.tolist() == n.tolist()


def test_a_right_expectation_is_calibrated() -> None:
    rng = np.random.default_rng(1)
    expected = rng.gamma(0.3, 2.0, 20_000)
    predicted, observed = scores.calibration(expected, Ranked.of(expected), Outcome.of(rng.poisson(expected) * 1.0))
    assert np.abs(predicted - expected.sum() / 10).max() < 0.01 * expected.sum()
    assert np.abs(observed / predicted - 1).max() < 0.07


def test_the_log_score_prefers_the_truth_and_survives_a_surprise() -> None:
    rng = np.random.default_rng(2)
    truth = rng.gamma(0.5, 1.0, 5000)
    outcome = Outcome.of(rng.poisson(truth) * 1.0)
    right, flat = scores.log_score(truth, outcome), scores.log_score(np.full(5000, truth.mean()), outcome)
    assert right > flat > scores.log_score(truth[::-1].copy(), outcome)
    nowhere = np.zeros(3)
    nowhere[0] = 1.0
    assert scores.log_score(nowhere, Outcome.of(np.array([0.0, 0.0, 1.0]))) == pytest.approx(np.log(0.01 / 3) - 1)
    assert np.isfinite(scores.log_score(np.zeros(3), Outcome.of(np.array([0.0, 0.0, 1.0]))))


def test_clumpiness_of_a_block_a_chessboard_and_chance() -> None:
    inside = np.ones((20, 20), bool)
    block = np.zeros((20, 20), bool)
    block[4:9, 4:9] = True
    assert scores.clumpiness(block, inside) == pytest.approx(1.0)
    assert scores.clumpiness(np.indices((20, 20)).sum(0) % 2 == 0, inside) == pytest.approx(-1.0)
    chance = np.random.default_rng(3).random((200, 200)) < 0.2
    assert abs(scores.clumpiness(chance, np.ones((200, 200), bool))) < 0.05
    assert np.isnan(scores.clumpiness(inside, inside))
    row = np.zeros((20, 20), bool)
    row[3, 2:5] = True
    # Three in a row: 2 like adjacencies of 12 - 8 possible twice over, so all that can be alike is.
    assert scores.clumpiness(row, inside) == pytest.approx(1.0)


@given(st.integers(1, 12), st.integers(0, 2**30))
def test_clumpiness_is_bounded(n: int, seed: int) -> None:
    chosen = np.zeros(36, bool)
    chosen[np.random.default_rng(seed).choice(36, n, replace=False)] = True
    assert -1 <= scores.clumpiness(chosen.reshape(6, 6), np.ones((6, 6), bool)) <= 1


@given(st.integers(0, 2**30))
def test_what_flagged_cells_hold_is_what_the_whole_picture_shows(seed: int) -> None:
    rng = np.random.default_rng(seed)
    inside = rng.random((7, 9)) < 0.8
    inside[3, 3:5] = True
    grid = Grid(0.0, 0.0, 10.0, 9, 7, "EPSG:32617", inside)
    place = np.flatnonzero(inside)
    ground = Ground.of(grid, place, np.array([1]), np.array([1]))
    before, chosen = (np.sort(rng.choice(len(place), k, replace=False)) for k in rng.integers(1, len(place), 2))
    learnt, expected = rng.random((2, len(place)))
    past, ahead, n_kept, n_alike = held_by(
        chosen, before, ground.spot, grid.nx + 1, ground.marked, learnt, frozen(expected)
    )
    assert (past, ahead) == (pytest.approx(learnt[chosen].sum()), pytest.approx(expected[chosen].sum()))
    assert n_kept == len(np.intersect1d(chosen, before))
    shown = np.zeros(grid.shape, bool)
    shown.ravel()[place[chosen]] = True
    assert scores.clumped(len(chosen), n_alike, len(place)) == scores.clumpiness(shown, inside)
    assert not ground.marked.any()
