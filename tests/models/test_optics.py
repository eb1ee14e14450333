import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.cluster import OPTICS, compute_optics_graph

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.models import optics
from ilpgeo.models.optics import optics_labels, optics_walk
from ilpgeo.models.points import by_first_appearance


def city(n: int, seed: int) -> np.ndarray:
    """Distinct points from west to east, in piles of different width and strewn."""
    rng = np.random.default_rng(seed)
    pile = rng.integers(0, 8, n)
    points = rng.uniform(0, 4000, (8, 2))[pile] + rng.normal(size=(n, 2)) * rng.uniform(20, 300, 8)[pile, None]
    points[: n // 4] = rng.uniform(0, 4000, (n // 4, 2))
    points -= points.min(0)
    return points[np.lexsort((points[:, 1], points[:, 0]))]


def reference_walk(points: np.ndarray, min_samples: int, most_m: float):
    return compute_optics_graph(
        points, min_samples=min_samples, max_eps=most_m, metric="minkowski", p=2, metric_params=None,
        algorithm="kd_tree", leaf_size=30, n_jobs=None,
    )  # fmt: skip


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(12, 250),
    min_samples=st.integers(2, 12),
    most_m=st.sampled_from([100.0, 400.0, 1e5]),
)
@pytest.mark.filterwarnings("ignore:All reachability values are inf")
def test_the_walk_is_scikit_learn_s(seed: int, n: int, min_samples: int, most_m: float) -> None:
    points = city(n, seed)
    found = optics_walk(points, min_samples, most_m)
    ordering, core, reach, before = reference_walk(points, min_samples, most_m)
    np.testing.assert_array_equal(found.ordering, ordering)
    np.testing.assert_array_equal(found.before, before)
    np.testing.assert_allclose(found.reach_m, reach, rtol=1e-12)
    np.testing.assert_allclose(found.core_m, core, rtol=1e-12)


@pytest.mark.parametrize(("most_m", "xi", "size"), [(1e5, 0.05, None), (400.0, 0.02, 15), (200.0, 0.2, 40)])
def test_a_synthetic_city_is_labelled_as_scikit_learn_does(most_m: float, xi: float, size: int | None) -> None:
    points = city(900, 5)
    model = OPTICS(min_samples=8, max_eps=most_m, xi=xi, min_cluster_size=size, algorithm="kd_tree").fit(points)
    assert model.labels_.max() > 0
    shuffled = np.random.default_rng(1).permutation(900)
    labels = optics_labels(*points[shuffled].T + 1000.0, 8, most_m, xi, size)
    assert labels.tolist() == by_first_appearance(model.labels_[shuffled]).tolist()


def test_all_at_one_place_share_a_label_and_a_pile_is_a_cluster() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.uniform(0, 3000, (2, 200))
    x[:60], y[:60] = x[0], y[0]
    labels = optics_labels(x, y, 10, 500.0)
    assert (labels[:60] == labels[0]).all()
    assert labels[0] >= 0
    weights = np.append(60.0, np.ones(140))
    assert optics_labels(x[59:] * 1, y[59:], 10, 500.0, weights=weights[: 200 - 59]).tolist() == labels[59:].tolist()


def test_points_all_at_one_place_are_one_cluster_if_there_are_enough() -> None:
    assert optics_labels(np.ones(9), np.ones(9), 5, 100.0).tolist() == [0] * 9
    assert optics_labels(np.ones(4), np.ones(4), 5, 100.0).tolist() == [-1] * 4
    assert optics_labels(np.empty(0), np.empty(0), 5, 100.0).shape == (0,)


def test_progress_is_told_and_what_it_raises_ends_the_work(monkeypatch) -> None:
    monkeypatch.setattr(optics, "_STEPS_AT_ONCE", 50)
    points, told = city(400, 3), []
    whole = optics_walk(points, 5, 300.0)
    monkeypatch.setattr(optics, "_STEPS_AT_ONCE", 7)
    np.testing.assert_array_equal(optics_walk(points, 5, 300.0, told.append).ordering, whole.ordering)
    assert told == [begin / 400 for begin in range(0, 400, 7)]

    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        optics_walk(points, 5, 300.0, stop)


def test_too_many_are_refused_with_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(optics, "MOST_POINTS", 50)
    with pytest.raises(InvalidInput, match=r"51 incidents are more than the 50 .* shorter period .* DBSCAN"):
        optics_labels(np.zeros(1), np.zeros(1), 5, 100.0, weights=np.array([51.0]))


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"min_samples": 1}, "min_samples"), ({"most_m": 0.0}, "most_m"), ({"most_m": math.inf}, "most_m"),
     ({"xi": 1.0}, "xi"), ({"min_cluster_size": 1}, "min_cluster_size"), ({"x": np.array([math.nan])}, "x is not")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        optics_labels(**({"x": np.zeros(1), "y": np.zeros(1), "min_samples": 5, "most_m": 100.0} | changed))
