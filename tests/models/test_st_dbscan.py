import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.spatial import cKDTree
from sklearn.cluster import DBSCAN

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.models import st_dbscan_cells, st_dbscan_pairs
from ilpgeo.models.st_dbscan import st_dbscan_labels

DAY = 86_400
# Pairs a point may have on average before cells take over: as shipped, so few that cells decide, so many that none do.
MOST_PAIRS = [st_dbscan_pairs._MOST_PAIRS, 0, 10_000]


def brute_force(x, y, t, eps_m, eps_t, min_samples, weights=None) -> np.ndarray:
    """Every pair compared, clusters grown one after another from the first core incident without one."""
    n = len(x)
    weights = np.ones(n) if weights is None else weights
    apart = np.abs(t[:, None] - t)
    near = ((x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 <= eps_m * eps_m) & (apart <= eps_t)
    core = (near * weights).sum(1) >= min_samples
    label = np.full(n, -1)
    n_clusters = 0
    for i in range(n):
        if not core[i] or label[i] >= 0:
            continue
        label[i], waiting = n_clusters, [i]
        while waiting:
            for j in np.flatnonzero(near[waiting.pop()] & core & (label < 0)):
                label[j] = n_clusters
                waiting.append(j)
        n_clusters += 1
    for i in np.flatnonzero(~core):
        label[i] = label[near[i] & core].min(initial=n_clusters)
    return np.where(label == n_clusters, -1, label)


def on_a_graph(x, y, t, eps_m, eps_t, min_samples, weights=None) -> np.ndarray:
    """scikit-learn's DBSCAN on the exact graph of the cylinder."""
    pairs = cKDTree(np.column_stack([x, y])).query_pairs(eps_m * (1 + 1e-9), output_type="ndarray")
    i, j = np.vstack([pairs, pairs[:, ::-1], np.repeat(np.arange(len(x))[:, None], 2, axis=1)]).T
    near = ((x[i] - x[j]) ** 2 + (y[i] - y[j]) ** 2 <= eps_m * eps_m) & (np.abs(t[i] - t[j]) <= eps_t)
    graph = csr_matrix((np.full(near.sum(), 0.5), (i[near], j[near])), shape=(len(x), len(x)))
    graph.sort_indices()
    return DBSCAN(eps=1.0, min_samples=min_samples, metric="precomputed").fit(graph, sample_weight=weights).labels_


@settings(max_examples=300, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 250),
    width=st.integers(1, 14),
    days=st.integers(1, 40),
    eps=st.sampled_from([1.0, math.sqrt(2), 2.0, math.sqrt(5), 3.0, 5.0]),
    eps_t=st.integers(0, 7),
    min_samples=st.integers(1, 10),
    offset=st.sampled_from([0, -7, 630_000]),
    weighted=st.sampled_from(["one each", "whole", "quarters"]),
    most_pairs=st.sampled_from(MOST_PAIRS),
)
def test_lattice_points_with_ties_are_labelled_as_every_pair_compared_says(
    seed, n, width, days, eps, eps_t, min_samples, offset, weighted, most_pairs
) -> None:
    rng = np.random.default_rng(seed)
    x, y = (rng.integers(0, width, (2, n)) + offset).astype(float)
    t = rng.integers(0, days, n) - 3
    weights = {"one each": None, "whole": rng.integers(0, 4, n).astype(float), "quarters": rng.integers(0, 9, n) / 4}
    given = (x, y, t, eps, eps_t, min_samples, weights[weighted])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st_dbscan_pairs, "_MOST_PAIRS", most_pairs)
        assert (st_dbscan_labels(*given) == brute_force(*given)).all()


@settings(max_examples=60, deadline=None)
@given(
    points=st.lists(st.tuples(st.integers(-5, 5), st.integers(-5, 5), st.integers(0, 12)), min_size=1, max_size=40),
    eps=st.sampled_from([1.0, 2.0, 3.0]),
    eps_t=st.integers(0, 4),
    min_samples=st.integers(1, 6),
)
def test_any_small_set_of_whole_points_is_labelled_as_on_the_exact_graph(points, eps, eps_t, min_samples) -> None:
    x, y, t = np.array(points).T
    given = (x.astype(float), y.astype(float), t, eps, eps_t, min_samples)
    assert (st_dbscan_labels(*given) == on_a_graph(*given)).all()


def city(n: int, seed: int = 11) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Spates in piles over two years, strewn incidents, and places that many share; times to the second."""
    rng = np.random.default_rng(seed)
    spate = rng.integers(0, 60, n)
    middle, day = rng.uniform(0, 8000, (60, 2)), rng.uniform(0, 730, 60)
    x, y = (middle[spate] + rng.normal(0, 120, (n, 2))).T + np.array([[630_000.0], [4_833_000.0]])
    t = day[spate] + rng.normal(0, 12, n)
    strewn = rng.random(n) < 0.4
    t[strewn] = rng.uniform(0, 730, strewn.sum())
    x[: n // 5], y[: n // 5] = np.round(x[: n // 5], -2), np.round(y[: n // 5], -2)
    return x, y, np.round(1_600_000_000 + t * DAY).astype(np.int64)


@pytest.mark.parametrize("most_pairs", MOST_PAIRS[:2])
@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize(
    ("eps_m", "days", "min_samples"),
    # By cells, the last has more places around each than are compared all at once.
    [(60.0, 7, 3), (200.0, 14, 8), (200.0, 0.25, 2), (900.0, 60, 90), (50.0, 800, 6), (2500.0, 10, 70)],
)
def test_a_synthetic_city_is_labelled_as_on_the_exact_graph(
    eps_m, days, min_samples, weighted, most_pairs, monkeypatch
) -> None:
    monkeypatch.setattr(st_dbscan_pairs, "_MOST_PAIRS", most_pairs)
    x, y, t = city(4000)
    weights = np.random.default_rng(1).integers(0, 4, len(x)).astype(float) if weighted else None
    given = (x, y, t, eps_m, int(days * DAY), min_samples, weights)
    expected = on_a_graph(*given)
    assert expected.max() > 0
    assert (st_dbscan_labels(*given) == expected).all()


def test_by_hand_the_neighbourhood_is_a_cylinder_and_both_ends_count() -> None:
    x, y = np.array([0.0, 3.0, 3.0]), np.array([0.0, 4.0, 3.0])
    t = np.array(["2021-03-01T00:00:00", "2021-03-08T00:00:00", "2021-03-08T00:00:01"], "datetime64[s]")
    # 0 and 1 are 5 m and 7 days apart, exactly; 0 and 2 are nearer in place but a second too far in time.
    assert st_dbscan_labels(x, y, t, 5.0, 7 * DAY, 2).tolist() == [0, 0, 0]
    assert st_dbscan_labels(x, y, t, 5.0, 7 * DAY, 3).tolist() == [0, 0, 0]  # 1 is core, the others its border
    assert st_dbscan_labels(x, y, t, 4.9, 7 * DAY, 2).tolist() == [-1, 0, 0]
    assert st_dbscan_labels(x, y, t, 5.0, 7 * DAY - 1, 2).tolist() == [-1, 0, 0]
    # A box of 5 m would hold a point 4 m east and 4 m north; the cylinder does not.
    square = np.array([0.0, 4.0])
    assert st_dbscan_labels(square, square, t[:2], 5.0, 7 * DAY, 2).tolist() == [-1, -1]


def test_by_hand_two_spates_at_one_place_are_two_clusters() -> None:
    x = y = np.zeros(7)
    t = np.array([0, 1, 2, 100, 30, 31, 32]) * DAY
    assert st_dbscan_labels(x, y, t, 10.0, 5 * DAY, 3).tolist() == [0, 0, 0, -1, 1, 1, 1]


@pytest.mark.parametrize("finer", [1, 1000])
def test_a_finer_unit_of_time_changes_nothing(finer) -> None:
    # Two years are 26 bits of seconds and 36 bits of milliseconds.
    x, y, t = city(3000, seed=9)
    by_day = st_dbscan_labels(x, y, t // DAY, 200.0, 14, 6)
    assert by_day.max() > 0
    assert (st_dbscan_labels(x, y, t // DAY * DAY * finer, 200.0, 14 * DAY * finer, 6) == by_day).all()


def test_a_window_without_end_is_dbscan() -> None:
    from ilpgeo.models.dbscan import dbscan_labels

    x, y, t = city(3000, seed=4)
    assert (st_dbscan_labels(x, y, t, 150.0, 10_000 * DAY, 12) == dbscan_labels(x, y, 150.0, 12)).all()


@pytest.mark.parametrize("most_pairs", MOST_PAIRS)
def test_pieces_of_work_do_not_change_the_labels_and_progress_only_grows(most_pairs, monkeypatch) -> None:
    monkeypatch.setattr(st_dbscan_pairs, "_MOST_PAIRS", most_pairs)
    x, y, t = city(3000, seed=5)
    whole = st_dbscan_labels(x, y, t, 150.0, 20 * DAY, 6)
    monkeypatch.setattr(st_dbscan_pairs, "_POINTS_AT_ONCE", 40)
    monkeypatch.setattr(st_dbscan_pairs, "_PAIRS_AT_ONCE", 300)
    monkeypatch.setattr(st_dbscan_cells, "_PLACES_AT_ONCE", 40)
    monkeypatch.setattr(st_dbscan_cells, "_LEAST_IN_SLICE", 7)
    told: list[float] = []
    assert (st_dbscan_labels(x, y, t, 150.0, 20 * DAY, 6, progress=told.append) == whole).all()
    assert len(told) > 50
    assert told == sorted(told)
    assert 0 <= told[0] <= told[-1] <= 1


def test_few_incidents_over_a_long_time_and_a_wide_area_are_labelled_as_on_the_exact_graph() -> None:
    # A reach and a window so short that strips are longer than these, and a place and a day far from all others.
    x, y, t = city(3000, seed=6)
    x, y = np.append(x, 1e9), np.append(y, -2e8)
    t = np.append(t // 600, -(10**9))
    given = (x, y, t, 40.0, 6, 2)
    expected = on_a_graph(*given)
    assert expected.max() > 0
    assert (st_dbscan_labels(*given) == expected).all()


def test_what_progress_raises_ends_the_work() -> None:
    def stop(share: float) -> None:
        raise Cancelled("enough")

    x, y, t = city(100)
    with pytest.raises(Cancelled, match="enough"):
        st_dbscan_labels(x, y, t, 150.0, DAY, 6, progress=stop)


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"eps_m": 0.0}, "eps_m"),
        ({"eps_m": math.nan}, "eps_m"),
        ({"eps_t": -1}, "eps_t"),
        ({"eps_t": 0.5}, "eps_t"),
        ({"min_samples": 0}, "min_samples"),
        ({"t": np.array([0.5, 1.0])}, "datetime64 or whole numbers"),
        ({"t": np.array(["2021-01-01", "NaT"], "datetime64[s]")}, "missing.*row 1"),
        ({"t": np.array([0])}, "t has shape"),
        ({"t": np.array([0, 2**60])}, "coarser"),
        ({"x": np.array([0.0, math.nan])}, "x is not a finite number"),
        ({"weights": np.array([1.0, -1.0])}, "weight is negative"),
    ],
)
def test_what_makes_no_sense_is_refused(changed, words) -> None:
    sound = {"x": np.zeros(2), "y": np.zeros(2), "t": np.zeros(2, int), "eps_m": 1.0, "eps_t": 1, "min_samples": 1}
    with pytest.raises(InvalidInput, match=words):
        st_dbscan_labels(**(sound | changed))


def test_no_points_have_no_labels() -> None:
    empty = np.empty(0)
    assert st_dbscan_labels(empty, empty, np.empty(0, "datetime64[s]"), 100.0, DAY, 3).shape == (0,)
