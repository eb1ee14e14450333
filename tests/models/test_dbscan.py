import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import DBSCAN

from ilpgeo.core.errors import InvalidInput
from ilpgeo.models import dbscan_cells, dbscan_reach, slices
from ilpgeo.models.dbscan import dbscan_labels


def reference(x, y, eps_m, min_samples, weights=None) -> np.ndarray:
    model = DBSCAN(eps=eps_m, min_samples=min_samples, algorithm="kd_tree")
    return model.fit(np.column_stack([x, y]), sample_weight=weights).labels_


# Lattice distances whose rounded square reaches the true one. For the others (the root of 13, say) scikit-learn's
# tree takes a tie or leaves it, depending on how its nodes happen to lie.
TIES = [math.sqrt(k) for k in (1, 2, 4, 5, 8, 9, 10, 16, 17, 18, 20, 25, 50) if math.sqrt(k) ** 2 >= k]


@settings(max_examples=200, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 400),
    width=st.integers(1, 30),
    eps=st.sampled_from(TIES),
    min_samples=st.integers(1, 12),
    offset=st.sampled_from([0, -7, 630_000, 4_833_000]),
    weighted=st.booleans(),
)
def test_lattice_points_with_ties_are_labelled_as_scikit_learn_does(
    seed, n, width, eps, min_samples, offset, weighted
) -> None:
    rng = np.random.default_rng(seed)
    x, y = (rng.integers(0, width, (2, n)) + offset).astype(float)
    weights = rng.integers(0, 4, n).astype(float) if weighted else None
    if weights is not None:
        weights[0] = 1.0  # scikit-learn refuses weights that are all zero
    assert (dbscan_labels(x, y, eps, min_samples, weights) == reference(x, y, eps, min_samples, weights)).all()


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(-6, 6), st.integers(-6, 6)), min_size=1, max_size=40),
    eps=st.sampled_from([1, 2, 3, 5]),
    min_samples=st.integers(1, 6),
)
def test_any_small_set_of_whole_points_is_labelled_as_scikit_learn_does(points, eps, min_samples) -> None:
    x, y = np.array(points, float).T
    assert (dbscan_labels(x, y, eps, min_samples) == reference(x, y, eps, min_samples)).all()


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("most_keys", [0, 2**22])
@pytest.mark.parametrize(("eps_m", "min_samples"), [(40.0, 3), (120.0, 8), (300.0, 25), (900.0, 200), (9000.0, 5)])
def test_a_synthetic_city_is_labelled_as_scikit_learn_does(
    monkeypatch, eps_m: float, min_samples: int, most_keys: int, weighted: bool
) -> None:
    monkeypatch.setattr(dbscan_reach, "_MOST_KEYS", most_keys)
    monkeypatch.setattr(dbscan_reach, "_MOST_KEYS_PER_CELL", most_keys)
    rng = np.random.default_rng(11)
    centre = rng.uniform(0, 8000, (25, 2))[rng.integers(0, 25, 4000)]
    points = np.vstack([centre + rng.normal(0, 150, (4000, 2)), rng.uniform(0, 8000, (2000, 2))])
    points += np.array([630_000.0, 4_833_000.0])
    points = rng.permutation(np.vstack([points, points[:500]]))
    x, y = points.T
    weights = rng.uniform(0.1, 3, len(x)) if weighted else None
    assert (dbscan_labels(x, y, eps_m, min_samples, weights) == reference(x, y, eps_m, min_samples, weights)).all()


@pytest.mark.parametrize("per_block", [1, 2, 3, 5, 8])
@pytest.mark.parametrize(("eps_m", "min_samples"), [(60.0, 6), (150.0, 40), (400.0, 250)])
def test_the_labels_do_not_depend_on_how_fine_the_cells_are(monkeypatch, per_block, eps_m, min_samples) -> None:
    monkeypatch.setattr(dbscan_cells, "cells_per_block", lambda least, weight_per_point: per_block)
    rng = np.random.default_rng(12)
    centre = rng.uniform(0, 4000, (12, 2))[rng.integers(0, 12, 3000)]
    piles = np.repeat(rng.uniform(0, 4000, (40, 2)), 30, axis=0)
    points = np.vstack([centre + rng.normal(0, 180, (3000, 2)), rng.uniform(0, 4000, (1500, 2)), piles])
    x, y = (rng.permutation(points) + 630_000.0).T
    assert (dbscan_labels(x, y, eps_m, min_samples) == reference(x, y, eps_m, min_samples)).all()


@pytest.mark.parametrize("per_block", [1, 2, 3, 5, 8])
@pytest.mark.parametrize("eps", [1.0, 2.0, 5.0, math.sqrt(2)])
def test_ties_on_a_lattice_do_not_depend_on_how_fine_the_cells_are(monkeypatch, per_block, eps) -> None:
    monkeypatch.setattr(dbscan_cells, "cells_per_block", lambda least, weight_per_point: per_block)
    x, y = np.random.default_rng(13).integers(0, 40, (2, 900)).astype(float)
    for min_samples in (3, 5, 20):
        assert (dbscan_labels(x, y, eps, min_samples) == reference(x, y, eps, min_samples)).all()


def test_the_labels_do_not_depend_on_how_many_threads_work(monkeypatch) -> None:
    rng = np.random.default_rng(14)
    centre = rng.uniform(0, 20_000, (200, 2))[rng.integers(0, 200, 90_000)]
    x, y = (centre + rng.normal(0, 300, (90_000, 2))).T
    together = dbscan_labels(x, y, 150.0, 60)
    monkeypatch.setattr(slices, "_MOST", 1)
    assert (dbscan_labels(x, y, 150.0, 60) == together).all()
    assert together.max() > 20


def test_fractional_weights_that_add_up_to_the_least_are_enough() -> None:
    x = np.zeros(10)
    # In floating point ten tenths are a little less than one; the order of the rows must not decide.
    assert (dbscan_labels(x, x, 5.0, 1, np.full(10, 0.1)) == 0).all()
    assert (dbscan_labels(x, x, 5.0, 1, np.full(10, 0.0999)) == -1).all()


def test_points_very_far_apart_cost_no_more_memory_than_near_ones() -> None:
    rng = np.random.default_rng(3)
    groups = rng.uniform(-2e7, 2e7, (50, 2))
    points = np.repeat(groups, 20, axis=0) + rng.uniform(0, 3, (1000, 2))
    x, y = points.T
    labels = dbscan_labels(x, y, 5.0, 10)
    assert (labels == np.repeat(np.arange(50), 20)).all()


def test_by_hand_a_border_point_goes_to_the_cluster_numbered_first() -> None:
    #                 a  a  a    border     b    b    b   noise
    x = np.array([9.0, 10.0, 11.0, 5.0, 0.0, 1.0, 2.0, 30.0])
    y = np.zeros(8)
    # Within 3 of 5.0 lies only 2.0; within 4 lie 9.0 and 2.0 and 1.0.
    assert dbscan_labels(x, y, 3.0, 3).tolist() == [0, 0, 0, 1, 1, 1, 1, -1]
    assert dbscan_labels(x, y, 4.0, 5).tolist() == [-1] * 8
    assert dbscan_labels(x, y, 1.0, 3).tolist() == [0, 0, 0, -1, 1, 1, 1, -1]


@pytest.mark.parametrize(
    ("eps_m", "min_samples", "words"),
    [(0.0, 3, "eps_m"), (math.nan, 3, "eps_m"), (1.0, 0, "min_samples"), (1e-9, 3, "too small")],
)
def test_parameters_that_make_no_sense_are_refused(eps_m, min_samples, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        dbscan_labels(np.array([0.0, 1e6]), np.zeros(2), eps_m, min_samples)


def test_no_points_have_no_labels() -> None:
    assert dbscan_labels(np.empty(0), np.empty(0), 100.0, 3).shape == (0,)
