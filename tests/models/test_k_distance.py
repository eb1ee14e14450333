from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.dbscan import dbscan_labels
from ilpgeo.models.k_distance import KDistance, k_distance, knee

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def by_brute_force(x, y, k, weights) -> np.ndarray:
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    answer = np.full(len(x), np.inf)
    for i, row in enumerate(apart):
        for radius in np.unique(row):
            if weights[row <= radius].sum() >= k:
                answer[i] = radius
                break
    return answer


@settings(max_examples=80, deadline=None)
@given(
    seed=st.integers(0, 2**31), n=st.integers(1, 60), k=st.integers(1, 12), side=st.integers(1, 12),
    unit=st.sampled_from([0.25, 1.0, 3.0]),
)  # fmt: skip
def test_distances_are_those_of_brute_force(seed, n, k, side, unit) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, side, (2, n)) * 10.0
    weights = rng.integers(0, 4, n) * unit
    np.testing.assert_allclose(k_distance(x, y, k, weights), by_brute_force(x, y, k, weights), rtol=1e-12)


def test_the_k_th_nearest_of_unweighted_points_is_scikit_learn_s() -> None:
    from sklearn.neighbors import NearestNeighbors

    rng = np.random.default_rng(1)
    x, y = rng.normal(0, 1000, (2, 800))
    x[:100], y[:100] = x[0], y[0]
    distances, _ = NearestNeighbors(n_neighbors=15).fit(np.column_stack([x, y])).kneighbors()
    # Scikit-learn leaves the point itself out, we count it.
    np.testing.assert_allclose(k_distance(x, y, 16), distances[:, 14], rtol=1e-9)


@pytest.mark.parametrize("eps_m", [60.0, 150.0])
def test_a_point_is_dense_for_dbscan_exactly_where_the_reach_is_enough(eps_m: float) -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 400, (2, 500))
    reach = k_distance(x, y, 8)
    labels = dbscan_labels(x, y, eps_m, 8)
    is_core = reach <= eps_m
    assert (labels[is_core] >= 0).all() and 0 < is_core.sum() < 500
    near_core = (np.hypot(x[:, None] - x[is_core], y[:, None] - y[is_core]) <= eps_m).any(axis=1)
    np.testing.assert_array_equal(labels >= 0, near_core)


def test_fractional_weights_that_add_up_to_the_least_are_enough_as_for_dbscan() -> None:
    # In floating point ten tenths are a little less than one.
    x, weights = np.arange(10.0), np.full(10, 0.1)
    assert k_distance(x, np.zeros(10), 1, weights).tolist() == [9, 8, 7, 6, 5, 5, 6, 7, 8, 9]
    labels = [dbscan_labels(x, np.zeros(10), reach, 1, weights).tolist() for reach in (4.9, 5.0)]
    assert labels == [[-1] * 10, [0] * 10]
    assert k_distance(np.zeros(10), np.zeros(10), 1, weights).tolist() == [0] * 10


def test_many_places_are_asked_in_parts_and_progress_is_told() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1e4, (2, 30_000))
    told: list[float] = []
    reach = k_distance(x, y, 25, progress=told.append)
    assert told[-1] == 1.0 and len(told) > 1
    few = rng.integers(0, 30_000, 50)
    apart = np.sort(np.hypot(x[few][:, None] - x, y[few][:, None] - y), axis=1)
    np.testing.assert_allclose(reach[few], apart[:, 24], rtol=1e-9)


def test_a_bend_by_hand_and_curves_without_one() -> None:
    x = np.array([0.0, 10, 20, 30, 100])
    bend = knee(x, np.array([0.0, 0.5, 0.8, 0.85, 1.0]))
    assert (bend.at, bend.low, bend.high) == (20.0, 20.0, 20.0)
    assert np.isnan(knee(x, x).at)
    assert np.isnan(knee(np.zeros(5), x).at)
    assert np.isnan(knee(x[:2], x[:2]).at)


def test_the_range_around_a_knee_is_unbroken() -> None:
    y = np.array([0.0, 0.80, 0.70, 0.79 + 0.2, 1.0])
    bend = knee(np.array([0.0, 1, 2, 3, 10]), y)
    assert (bend.at, bend.low, bend.high) == (1.0, 1.0, 1.0)


def answer(past: Incidents, **settings):
    grid = Grid(0.0, 0.0, 200.0, 30, 30, "EPSG:32617", np.ones((30, 30), bool))
    return KDistance(**settings).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(1))


def test_the_reach_suggested_sets_the_dense_places_apart() -> None:
    rng = np.random.default_rng(4)
    middles = rng.uniform(500, 5500, (8, 2))
    dense = middles[rng.integers(0, 8, 1600)] + rng.normal(0, 40, (1600, 2))
    points = np.vstack([dense, rng.uniform(0, 6000, (400, 2))])
    found = answer(Incidents.from_xy(points[:, 0], points[:, 1]))
    reach = found.tables[0].mark
    assert 20 <= reach <= 120
    assert f"A reach of {reach:g} m" in found.findings[0]
    labels = dbscan_labels(points[:, 0], points[:, 1], reach, 20)
    assert (labels[:1600] >= 0).mean() > 0.85 and (labels[1600:] >= 0).mean() < 0.2


def test_too_few_incidents_and_a_curve_without_a_bend_say_so() -> None:
    assert "fewer than the 20" in answer(Incidents.from_xy(np.full(5, 50.0), np.full(5, 50.0))).findings[0]
    assert "no bend" in answer(Incidents.from_xy(np.full(50, 50.0), np.full(50, 50.0))).findings[0]


def test_k_below_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="k must be at least 1"):
        k_distance(np.zeros(2), np.zeros(2), 0)


def test_the_reach_suggested_is_enough_for_the_incidents_at_the_knee() -> None:
    """On a lattice of 100 m nearly all have their twentieth within 223.6 m: 220 m would be enough for none."""
    x, y = (axis.ravel() for axis in np.meshgrid(np.arange(24) * 100.0 + 50, np.arange(18) * 100.0 + 50))
    found = answer(Incidents.from_xy(x, y), min_samples=20)
    assert "A reach of 230 m" in found.findings[0]
    assert " 0% of" not in found.findings[0]


def test_no_reach_is_advised_that_no_cluster_may_have() -> None:
    x, y = np.random.default_rng(2).uniform(0, 60_000, (2, 60))
    grid = Grid(0.0, 0.0, 1000.0, 60, 60, "EPSG:32617", np.ones((60, 60), bool))
    found = KDistance().answer(Incidents.from_xy(x, y), grid, YEAR, Context(YEAR), np.random.default_rng(1))
    assert "beyond the longest reach of 5,000 m" in found.findings[0]
    assert not found.findings[0].startswith("A reach")
