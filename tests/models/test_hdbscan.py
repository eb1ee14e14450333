import math

import numpy as np
import pytest
from sklearn.cluster import HDBSCAN
from sklearn.metrics import adjusted_rand_score

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.models import hdbscan, hdbscan_tree
from ilpgeo.models.hdbscan import hdbscan_labels
from ilpgeo.models.points import by_first_appearance

METHOD = {"lasting": "eom", "smallest": "leaf"}


@pytest.mark.parametrize("selection", METHOD)
@pytest.mark.parametrize("merge_m", [50.0, 300.0, 5000.0])
def test_clusters_nearer_than_asked_for_are_kept_together(merge_m: float, selection: str) -> None:
    # scikit-learn's own way to do it ends in an error of NumPy as soon as there is something to keep together.
    points = city()
    apart, together = (hdbscan_labels(*points.T, 8, 5, metres, selection) for metres in (0.0, merge_m))
    assert 1 < together.max() + 1 <= apart.max() + 1
    assert merge_m == 50.0 or together.max() < apart.max()
    # What lay together still does.
    assert all(len(np.unique(together[apart == label])) == 1 for label in range(apart.max() + 1))


def city(n: int = 900, seed: int = 5) -> np.ndarray:
    rng = np.random.default_rng(seed)
    pile = rng.integers(0, 6, n)
    middle, width = rng.uniform(0, 4000, (6, 2)), np.array([15, 30, 60, 120, 200, 300])
    points = middle[pile] + rng.normal(size=(n, 2)) * width[pile, None]
    points[: n // 5] = rng.uniform(0, 4000, (n // 5, 2))
    return points


def by_scikit_learn(points: np.ndarray, size: int, samples: int, merge_m: float, method: str) -> np.ndarray:
    """Return scikit-learn's labels of all points, taken from west to east, numbered in the order of the rows."""
    order = np.lexsort((points[:, 1], points[:, 0]))
    model = HDBSCAN(
        min_cluster_size=size, min_samples=samples, cluster_selection_epsilon=merge_m,
        cluster_selection_method=method, algorithm="kd_tree", copy=True,
    )  # fmt: skip
    labels = np.empty(len(points), np.int64)
    labels[order] = model.fit(points[order]).labels_
    return by_first_appearance(labels)


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize(
    ("size", "merge_m", "selection"), [(20, 0.0, "lasting"), (20, 0.0, "smallest"), (8, 60.0, "lasting")]
)
def test_without_equal_distances_labels_are_those_of_scikit_learn(seed, size, merge_m, selection) -> None:
    points = city(seed=seed)
    labels = hdbscan_labels(*points.T, size, 1, merge_m, selection)
    assert labels.max() > 0
    np.testing.assert_array_equal(labels, by_scikit_learn(points, size, 1, merge_m, METHOD[selection]))


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize(("size", "samples"), [(20, 10), (8, 3)])
def test_where_a_core_distance_counts_for_many_pairs_few_labels_differ(seed, size, samples) -> None:
    # scikit-learn breaks such ties by the order it meets them in; so do two of its own ways among each other.
    points = city(seed=seed)
    expected = by_scikit_learn(points, size, samples, 0.0, "eom")
    assert adjusted_rand_score(hdbscan_labels(*points.T, size, samples), expected) > 0.98


def test_centre_and_suburb_are_both_found() -> None:
    rng = np.random.default_rng(0)
    centre, suburb = rng.normal(0, 20, (200, 2)), rng.normal(0, 300, (60, 2)) + np.array([5000, 0])
    labels = hdbscan_labels(*np.vstack([centre, suburb]).T, 20, 10)
    assert (labels[:200] == 0).mean() > 0.7
    assert (labels[200:] == 1).mean() > 0.7


def test_all_at_one_place_share_a_label_whether_copied_or_weighted() -> None:
    points = np.round(city(600), -1)
    times = np.random.default_rng(1).integers(1, 4, 600)
    copied = hdbscan_labels(*np.repeat(points, times, axis=0).T, 20, 5)
    weighted = hdbscan_labels(*points.T, 20, 5, weights=times.astype(float))
    assert (np.repeat(weighted, times) == copied).all()
    _, place = np.unique(points, axis=0, return_inverse=True)
    assert all(len(np.unique(weighted[place == at])) == 1 for at in range(place.max() + 1))


def test_points_all_at_one_place_are_one_cluster_if_there_are_enough() -> None:
    assert hdbscan_labels(np.ones(9), np.ones(9), 5, 3).tolist() == [0] * 9
    assert hdbscan_labels(np.ones(4), np.ones(4), 5, 3).tolist() == [-1] * 4
    assert hdbscan_labels(np.empty(0), np.empty(0), 5, 3).shape == (0,)


def test_weights_are_rounded_to_whole_copies() -> None:
    assert hdbscan_labels(np.ones(9), np.ones(9), 5, 3, weights=np.full(9, 0.4)).tolist() == [-1] * 9
    assert hdbscan_labels(np.ones(1), np.ones(1), 5, 3, weights=np.array([4.6])).tolist() == [0]


def test_places_that_weigh_too_little_for_a_copy_are_noise_and_change_nothing() -> None:
    points = city(600)
    kept = np.arange(600) % 5 > 0
    labels = hdbscan_labels(*points.T, 20, 5, weights=np.where(kept, 2.0, 0.4))
    alone = hdbscan_labels(*points[kept].T, 20, 5, weights=np.full(kept.sum(), 2.0))
    assert alone.max() > 0
    assert (labels[kept] == alone).all()
    assert (labels[~kept] == -1).all()


def test_too_many_are_refused_with_what_to_do(monkeypatch) -> None:
    monkeypatch.setattr(hdbscan, "MOST_POINTS", 50)
    with pytest.raises(InvalidInput, match=r"51 incidents are more than the 50 .* shorter period .* DBSCAN"):
        hdbscan_labels(np.zeros(51), np.zeros(51), 5, 3)
    monkeypatch.setattr(hdbscan, "MOST_PLACES", 30)
    with pytest.raises(InvalidInput, match=r"31 places are more than the 30 .* shorter period .* DBSCAN"):
        hdbscan_labels(np.arange(31.0), np.zeros(31), 5, 3)


def test_it_tells_how_far_it_is_and_stops_when_told(monkeypatch) -> None:
    monkeypatch.setattr(hdbscan_tree, "_PAIRS_AT_ONCE", 5_000)
    points, shares = city(), []
    watched = hdbscan_labels(*points.T, 20, 5, progress=shares.append)
    assert (watched == hdbscan_labels(*points.T, 20, 5)).all()
    assert len(shares) > 20
    assert shares == sorted(shares)
    assert shares[-1] == 1.0

    def stop(share: float) -> None:
        raise Cancelled("no longer wanted")

    with pytest.raises(Cancelled):
        hdbscan_labels(*points.T, 20, 5, progress=stop)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"min_cluster_size": 1}, "min_cluster_size"), ({"min_samples": 0}, "min_samples"), ({"merge_m": -1.0}, "merge_m"),
     ({"selection": "none"}, "lasting, smallest"), ({"x": np.array([math.nan])}, "x is not")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        hdbscan_labels(**({"x": np.zeros(1), "y": np.zeros(1), "min_cluster_size": 5, "min_samples": 3} | changed))
