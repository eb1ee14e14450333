import math
from datetime import date

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.hotspots import find_hotspots
from ilpgeo.models.nnh import Nnh, expected_reach_m, nnh

YEAR, MONTH = Period(date(2021, 1, 1), date(2021, 12, 31)), Period(date(2022, 1, 1), date(2022, 1, 31))
AREA_M2 = 4_000_000.0


def grouped_by_brute_force(x, y, weight, reach, least) -> np.ndarray:
    """One seed after another from the full matrix of distances, points equal in place taken one by one."""
    near = (x[:, None] - x) ** 2 + (y[:, None] - y) ** 2 <= reach * reach
    links = (near * weight).sum(1)
    label = np.full(len(x), -1)
    n_clusters = 0
    for seed in sorted(range(len(x)), key=lambda i: (-links[i], x[i], y[i])):
        members = near[seed] & (label < 0)
        if label[seed] < 0 and weight[members].sum() >= least:
            label[members] = n_clusters
            n_clusters += 1
    first = [np.flatnonzero(label == k)[0] for k in range(n_clusters)]
    rank = np.append(np.argsort(np.argsort(first)), -1)
    return rank[label] if n_clusters else label


def orders_by_brute_force(x, y, weight, min_points, alpha, orders, min_clusters) -> list[np.ndarray]:
    found: list[np.ndarray] = []
    at_x, at_y, at_weight, least = x, y, weight, min_points
    member = np.arange(len(x))
    for _ in range(orders):
        n = at_weight.sum()
        reach = 0.5 * math.sqrt(AREA_M2 / n) - norm.isf(alpha) * 0.26136 / math.sqrt(n**2 / AREA_M2)
        if reach <= 0:
            break
        group = grouped_by_brute_force(at_x, at_y, at_weight, reach, least)
        if group.max() < 0:
            break
        member = np.where(member >= 0, group[member], -1)
        each = [np.flatnonzero(member == k) for k in range(member.max() + 1)]
        at_x, at_y = (np.array([np.average(axis[m], weights=weight[m]) for m in each]) for axis in (x, y))
        at_weight, least = np.ones(len(each)), min_clusters
        found.append(member)
    return found


@settings(max_examples=120, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(1, 300),
    alpha=st.sampled_from([0.001, 0.1, 0.5, 0.95]),
    min_points=st.integers(3, 8),
    min_clusters=st.integers(2, 4),
    weighted=st.booleans(),
)
def test_every_order_is_what_the_full_matrix_of_distances_gives(seed, n, alpha, min_points, min_clusters, weighted):
    rng = np.random.default_rng(seed)
    middle = rng.integers(0, 2000, (max(1, n // 9), 2))[rng.integers(0, max(1, n // 9), n)]
    x, y = (middle + rng.integers(-40, 40, (n, 2))).T.astype(float)
    weight = rng.integers(1, 4, n).astype(float) if weighted else np.ones(n)
    found = nnh(x, y, AREA_M2, min_points, alpha, None, 3, min_clusters, weight)
    expected = orders_by_brute_force(x, y, weight, min_points, alpha, 3, min_clusters)
    assert [order.labels.tolist() for order in found] == [labels.tolist() for labels in expected]


def test_a_fixed_distance_counts_at_its_very_end() -> None:
    x, y = np.array([0.0, 3.0, 3.0, 30.0]), np.array([0.0, 4.0, -4.0, 0.0])
    (found,) = nnh(x, y, AREA_M2, 3, reach_m=5.0)
    assert found.labels.tolist() == [0, 0, 0, -1]
    assert (found.x.tolist(), found.y.tolist(), found.reach_m) == ([2.0], [0.0], 5.0)
    assert nnh(x, y, AREA_M2, 3, reach_m=4.99) == ()


def test_by_hand_the_busiest_seed_comes_first_and_leaves_the_rest_to_the_others() -> None:
    # On a line, reach 1.0: 3 has four others within reach, 0 has two; once 3 took 2..4, 0 and 1 are too few.
    x = np.array([0.0, 1.0, 2.0, 2.5, 3.0, 3.5, 4.0])
    (found,) = nnh(x, np.zeros(7), AREA_M2, 3, reach_m=1.0)
    assert found.labels.tolist() == [-1, -1, 0, 0, 0, 0, 0]


def test_by_hand_four_groups_make_one_of_the_second_order() -> None:
    corner = np.array([[0, 0], [60, 0], [0, 60], [60, 60], [1900, 1900]], float)
    points = np.repeat(corner, 10, axis=0) + np.tile([[0, 0], [0, 4], [4, 0], [4, 4], [2, 2]], (10, 1))
    first, second = nnh(*points.T, AREA_M2, 5, 0.5, 10.0, orders=5)
    assert first.labels.tolist() == np.repeat([0, 1, 2, 3, 4], 10).tolist()
    assert np.column_stack([first.x, first.y]).tolist() == (corner + 2).tolist()
    # Five centres on 4 km2: half of sqrt(4e6 / 5) is 447 m, which the first four are within of each other.
    assert second.reach_m == pytest.approx(447.2136, abs=1e-4)
    assert second.labels.tolist() == np.repeat([0, 0, 0, 0, -1], 10).tolist()


def test_by_hand_the_distance_expected_by_chance() -> None:
    # 100 points on 1 km2: mean 50 m, standard error 2.6136 m, of which 1.2816 for one in ten.
    assert expected_reach_m(100, 1e6, 0.5) == pytest.approx(50.0)
    assert expected_reach_m(100, 1e6, 0.1) == pytest.approx(50 - 1.2815516 * 2.6136, abs=1e-6)
    assert expected_reach_m(1, 1e6, 1e-5) == 0.0
    assert expected_reach_m(0, 1e6, 0.5) == 0.0


def test_random_points_hardly_group_and_piles_do() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 2000, (2, 400))
    assert nnh(x, y, AREA_M2, 10, 0.1) == ()
    x[:60], y[:60] = rng.normal(500, 10, (2, 60))
    (found,) = nnh(x, y, AREA_M2, 10, 0.1)
    assert (found.labels[:60] == 0).mean() > 0.9


def test_what_progress_raises_ends_the_work() -> None:
    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        nnh(np.zeros(5), np.zeros(5), AREA_M2, 3, progress=stop)


@pytest.mark.parametrize(
    ("changed", "words"),
    [({"area_m2": 0.0}, "area_m2"), ({"alpha": 1.0}, "alpha"), ({"reach_m": 0.0}, "reach_m"), ({"orders": 0}, "orders"),
     ({"min_points": 2}, "min_points"), ({"min_clusters": 1}, "min_clusters"), ({"x": np.array([math.nan])}, "x is")],
)  # fmt: skip
def test_what_makes_no_sense_is_refused(changed, words) -> None:
    with pytest.raises(InvalidInput, match=words):
        nnh(**({"x": np.zeros(1), "y": np.zeros(1), "area_m2": 1.0, "min_points": 3} | changed))


def answered(model: Nnh, x: np.ndarray, y: np.ndarray):
    grid = Grid(0.0, 0.0, 100.0, 20, 20, "EPSG:32617", np.ones((20, 20), bool))
    past = Incidents.from_xy(x, y)
    return model.answer(past, grid, MONTH, Context(YEAR), np.random.default_rng(0)), past, grid


def strewn_crosses() -> tuple[np.ndarray, np.ndarray]:
    """Two crosses of four points, three points each time: half axes 90 m and 60 m, about (850, 850), (1350, 450)."""
    cross = np.array([[90, 0], [-90, 0], [0, 60], [0, -60]], float) * math.sqrt((12 - 2) / 12)
    points = np.concatenate([np.repeat(cross, 3, axis=0) + middle for middle in ([850, 850], [1350, 450])])
    return points[:, 0], points[:, 1]


@pytest.mark.parametrize(("outline", "times"), [("ellipse 1x", 1.0), ("ellipse 1.5x", 1.5), ("ellipse 2x", 2.0)])
def test_the_ellipse_drawn_is_as_many_deviations_wide_as_asked_for(outline: str, times: float) -> None:
    answer, past, grid = answered(Nnh("fixed", reach_m=200.0, min_points=12, outline=outline), *strewn_crosses())
    first, second = find_hotspots(answer, past, grid, Context(YEAR))
    assert {first.n, second.n} == {12}
    west, south, east, north = answer.geometry[0].bounds
    assert (east - west, north - south) == (pytest.approx(180 * times), pytest.approx(120 * times))
    # Sum of x^2 is 6 * 90^2 * 10 / 12, twice that over n - 2 = 10 is 90^2.
    assert answer.geometry[0].area == pytest.approx(math.pi * 90 * 60 * times**2, rel=2e-3)
    assert answer.beside.tables[0].columns["Area (km²)"] == pytest.approx(answer.geometry[0].area / 1e6)


def test_the_hull_drawn_is_one_of_cells_and_holds_every_incident() -> None:
    answer, past, _ = answered(Nnh("fixed", reach_m=200.0, min_points=12, outline="hull"), *strewn_crosses())
    for number, hull in enumerate(answer.geometry):
        corners = shapely.get_coordinates(hull)
        assert (corners % 100 == 0).all()
        assert shapely.covers(hull, shapely.points(past.x, past.y)[answer.labels == number]).all()


def test_a_pile_at_one_address_is_drawn_as_wide_as_a_cell_about_the_cell_s_middle() -> None:
    answer, *_ = answered(Nnh(min_points=12), np.full(40, 1234.5), np.full(40, 567.8))
    (circle,) = answer.geometry
    assert circle.bounds == pytest.approx((1200, 500, 1300, 600))


def test_an_order_that_is_not_reached_is_said_to_be_none() -> None:
    answer, *_ = answered(Nnh("fixed", reach_m=200.0, min_points=12, order=2), *strewn_crosses())
    assert answer.n_clusters == 0
    assert "There is no order 2: the highest found is 1" in answer.beside.findings
    assert answer.beside.tables[-1].columns["Clusters"].tolist() == [2]
