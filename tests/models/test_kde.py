import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.space import Grid
from ilpgeo.models import kde_transform
from ilpgeo.models.kde import kde
from ilpgeo.models.kde_transform import spread_by_transform


def study(ny=17, nx=23, cell_m=100.0, holes=0.2, seed=1) -> Grid:
    inside = np.random.default_rng(seed).random((ny, nx)) >= holes
    inside[0, 0] = True
    return Grid(1000.0, -500.0, cell_m, nx, ny, "EPSG:32617", inside)


def scattered(grid: Grid, n: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    return rng.uniform(west - 100, east + 100, n), rng.uniform(south - 100, north + 100, n)


def by_definition(x, y, grid, bandwidth_m, kernel, weights=None) -> np.ndarray:
    """Every point against every cell, one after another: slow and plain."""
    answer = np.zeros(grid.shape)
    cells = [tuple(rc) for rc in np.argwhere(grid.inside)]
    for i in range(len(x)):
        column, row = math.floor((x[i] - grid.x0) / grid.cell_m), math.floor((y[i] - grid.y0) / grid.cell_m)
        if (row, column) not in set(cells):
            continue
        heights = []
        for r, c in cells:
            d = math.hypot(grid.x0 + (c + 0.5) * grid.cell_m - x[i], grid.y0 + (r + 0.5) * grid.cell_m - y[i])
            if kernel == "quartic":
                heights.append((1 - (d / bandwidth_m) ** 2) ** 2 if d < bandwidth_m else 0.0)
            else:
                heights.append(math.exp(-0.5 * (d / bandwidth_m) ** 2))
        weight = 1.0 if weights is None else weights[i]
        if sum(heights) == 0:
            answer[row, column] += weight
            continue
        for (r, c), height in zip(cells, heights, strict=True):
            answer[r, c] += weight * height / sum(heights)
    return answer


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth_m", [30.0, 150.0, 420.0, 5000.0])
def test_the_exact_sum_is_the_double_loop(kernel: str, bandwidth_m: float) -> None:
    grid = study()
    x, y = scattered(grid, 60)
    weights = np.random.default_rng(3).uniform(0, 4, 60)
    expected = by_definition(x, y, grid, bandwidth_m, kernel, weights)
    found = kde(x, y, grid, bandwidth_m, kernel, weights, exact=True)
    assert np.abs(found - expected).max() <= 1e-8 * expected.max()


@pytest.mark.parametrize(("kernel", "tolerance"), [("quartic", 2e-3), ("gaussian", 1e-3)])
@pytest.mark.parametrize("cell_m", [50.0, 100.0])
@pytest.mark.parametrize("n", [300, 30_000])
def test_the_transform_is_near_the_exact_sum(kernel: str, tolerance: float, cell_m: float, n: int) -> None:
    grid = study(90, 120, cell_m)
    rng = np.random.default_rng(5)
    centre = rng.integers(0, 12, n)
    x = grid.x0 + rng.uniform(0, 120, 12)[centre] * cell_m + rng.normal(0, 250, n)
    y = grid.y0 + rng.uniform(0, 90, 12)[centre] * cell_m + rng.normal(0, 250, n)
    kept = grid.cell_of(x, y) >= 0
    x, y = x[kept], y[kept]
    exact = kde(x, y, grid, 300.0, kernel, exact=True)
    reach_m = 300.0 * (6.5 if kernel == "gaussian" else 1.0)
    near = spread_by_transform(x, y, None, grid, 300.0, reach_m, kernel == "gaussian")
    assert np.abs(near - exact).max() <= tolerance * exact.max()
    assert near.sum() == pytest.approx(len(x), rel=1e-9)
    assert (near >= 0).all()
    assert not near[~grid.inside].any()


@settings(max_examples=60, deadline=None)
@given(
    cells_per_bandwidth=st.floats(2, 14),
    at=st.tuples(st.floats(0, 0.999), st.floats(0, 0.999)),
    kernel=st.sampled_from(["quartic", "gaussian"]),
)
def test_the_transform_is_near_even_for_one_point_alone(cells_per_bandwidth, at, kernel) -> None:
    grid = Grid(0.0, 0.0, 1.0, 60, 60, "EPSG:32617", np.ones((60, 60), bool))
    x, y = np.array([30 + at[0]]), np.array([30 + at[1]])
    reach_m = cells_per_bandwidth * (6.5 if kernel == "gaussian" else 1.0)
    exact = kde(x, y, grid, cells_per_bandwidth, kernel, exact=True)
    near = spread_by_transform(x, y, None, grid, cells_per_bandwidth, reach_m, kernel == "gaussian")
    assert np.abs(near - exact).max() <= (1e-3 if kernel == "gaussian" else 2e-3) * exact.max()


@settings(max_examples=30, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(0, 3000),
    holes=st.floats(0, 0.6),
    kernel=st.sampled_from(["quartic", "gaussian"]),
    is_weighted=st.booleans(),
    least_in_slice=st.sampled_from([100, 50_000]),
)
def test_it_makes_no_difference_whether_points_are_put_in_order_first(
    seed, n, holes, kernel, is_weighted, least_in_slice
) -> None:
    grid = study(40, 50, holes=holes, seed=seed)
    rng = np.random.default_rng(seed)
    # Some beyond the grid, half in one row: more than a block holds.
    x = grid.x0 + rng.uniform(-3, grid.nx + 3, n) * grid.cell_m
    y = grid.y0 + np.where(rng.random(n) < 0.5, rng.uniform(20, 21, n), rng.uniform(-3, grid.ny + 3, n)) * grid.cell_m
    weights = rng.uniform(0, 3, n) if is_weighted else None
    reach_m = 300.0 * (6.5 if kernel == "gaussian" else 1.0)
    as_they_come, in_bands = [], []
    for answers, cached in ((as_they_come, 10**9), (in_bands, 0)):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(kde_transform, "_CACHED_NODES", cached)
            patch.setattr(kde_transform, "_BAND_NODES", 500)
            patch.setattr(kde_transform, "_LEAST_POINTS_IN_SLICE", least_in_slice)
            answers += [spread_by_transform(x, y, weights, grid, 300.0, reach_m, kernel == "gaussian")]
    assert np.abs(as_they_come[0] - in_bands[0]).max() <= 2e-6 * max(as_they_come[0].max(), 1e-300)
    inside = grid.cell_of(x, y) >= 0
    total = inside.sum() if weights is None else weights[inside].sum()
    assert in_bands[0].sum() == pytest.approx(total, rel=1e-9)


@settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    bandwidth_m=st.one_of(st.integers(20, 140).map(lambda tens: 10.0 * tens), st.floats(200, 1400)),
    at=st.tuples(*[st.one_of(st.sampled_from([2000.0, 2025.0, 2050.0]), st.floats(1950, 2150))] * 2),
    rim=st.floats(0.05, 0.3),
    kept=st.floats(0, 1),
    cached=st.sampled_from([0, 10**9]),
)
def test_where_hardly_any_cells_but_those_at_the_radius_are_inside_the_transform_is_near_too(
    seed, bandwidth_m, at, rim, kept, cached
) -> None:
    rng = np.random.default_rng(seed)
    x, y = np.array([at[0]]), np.array([at[1]])
    rows, columns = np.mgrid[:40, :40]
    away = np.hypot(columns * 100.0 + 50 - x, rows * 100.0 + 50 - y) / bandwidth_m
    inside = (away < 1) & ((away > 1 - rim) | (rng.random(away.shape) < kept))
    inside[int(y[0] // 100), int(x[0] // 100)] = True
    grid = Grid(0.0, 0.0, 100.0, 40, 40, "EPSG:32617", inside)
    exact = kde(x, y, grid, bandwidth_m, exact=True)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(kde_transform, "_CACHED_NODES", cached)
        near = spread_by_transform(x, y, None, grid, bandwidth_m, bandwidth_m, False)
    assert np.abs(near - exact).max() <= 2e-3 * exact.max()
    assert near.sum() == pytest.approx(1.0, rel=1e-9)


def test_weights_of_lone_points_are_kept_beside_the_others() -> None:
    inside = np.zeros((40, 40), bool)
    inside[:, 20:] = inside[5, 5] = True
    grid = Grid(0.0, 0.0, 100.0, 40, 40, "EPSG:32617", inside)
    rng = np.random.default_rng(5)
    x, y = np.append(rng.uniform(2000, 4000, 500), [510.0, 560.0]), np.append(rng.uniform(0, 4000, 500), [590.0, 520.0])
    weights = rng.uniform(0, 3, 502)
    near = spread_by_transform(x, y, weights, grid, 300.0, 300.0, False)
    exact = kde(x, y, grid, 300.0, weights=weights, exact=True)
    assert near[5, 5] == pytest.approx(weights[-2:].sum())
    assert np.abs(near - exact).max() <= 2e-3 * exact.max()


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_many_points_go_through_the_transform(kernel: str) -> None:
    grid = study(30, 30)
    x, y = scattered(grid, 60_000)
    near, exact = (kde(x, y, grid, 1000.0, kernel, exact=exact) for exact in (False, True))
    assert 0 < np.abs(near - exact).max() <= 1e-3 * exact.max()
    assert near.sum() == pytest.approx(exact.sum(), rel=1e-9)


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(0, 80),
    bandwidth_m=st.floats(25, 5000),
    kernel=st.sampled_from(["quartic", "gaussian"]),
    holes=st.floats(0, 0.95),
)
def test_no_incident_is_lost_at_the_border(seed, n, bandwidth_m, kernel, holes) -> None:
    grid = study(holes=holes, seed=seed)
    x, y = scattered(grid, n, seed)
    smoothed = kde(x, y, grid, bandwidth_m, kernel)
    assert smoothed.sum() == pytest.approx((grid.cell_of(x, y) >= 0).sum(), rel=1e-6)
    assert (smoothed >= 0).all()
    assert not smoothed[~grid.inside].any()


def test_one_incident_in_the_middle_of_nine_cells() -> None:
    grid = Grid(0.0, 0.0, 100.0, 3, 3, "EPSG:32617", np.ones((3, 3), bool))
    # Heights at d = 0, 100 and 141.4 m with h = 200 m: 1, (3/4)^2 and (1/2)^2.
    total = 1 + 4 * 9 / 16 + 4 * 1 / 4
    found = kde(np.array([150.0]), np.array([150.0]), grid, 200.0)
    assert np.allclose(found * total, [[0.25, 0.5625, 0.25], [0.5625, 1, 0.5625], [0.25, 0.5625, 0.25]])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"kernel": "cosine"}, "quartic, gaussian"),
        ({"bandwidth_m": 0.0}, "positive"),
        ({"x": np.array([math.nan])}, "row 0"),
        ({"weights": np.array([-1.0])}, "negative"),
    ],
)
def test_what_cannot_be_smoothed_is_said(change, words) -> None:
    given_ = {"x": np.array([1200.0]), "y": np.array([0.0]), "grid": study(), "bandwidth_m": 300.0} | change
    with pytest.raises(InvalidInput, match=words):
        kde(**given_)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"x": math.nan}, "x is not a finite number in 1 rows, first in row 7"),
        ({"y": math.inf}, "y is not a finite number in 1 rows, first in row 7"),
        ({"weights": math.nan}, "weight is not a finite number in 1 rows, first in row 7"),
        ({"weights": -1.0}, "weight is negative, first in row 7"),
    ],
)
@pytest.mark.parametrize("holes", [0.2, 0.97])
def test_of_many_points_one_that_cannot_be_smoothed_is_said(
    kernel: str, change: dict[str, float], words: str, holes: float
) -> None:
    grid = study(30, 30, holes=holes)
    x, y = scattered(grid, 60_000)
    columns = {"x": x, "y": y, "weights": np.ones(len(x)) if "weights" in change else None}
    for name, value in change.items():
        columns[name][7] = value
    with pytest.raises(InvalidInput, match=words):
        kde(grid=grid, bandwidth_m=1000.0, kernel=kernel, **columns)


def test_columns_of_different_lengths_are_refused() -> None:
    with pytest.raises(InvalidInput, match="y has shape"):
        kde(np.zeros(60_000), np.zeros(59_999), study(30, 30), 1000.0)


def test_points_on_an_empty_study_area_are_refused() -> None:
    grid = Grid(0.0, 0.0, 100.0, 3, 3, "EPSG:32617", np.zeros((3, 3), bool))
    with pytest.raises(InvalidInput, match="study area is empty"):
        kde(np.array([1.0]), np.array([1.0]), grid, 300.0)


def test_a_grid_s_sides_may_be_numpy_s_numbers() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 3500, (2, 1000))
    plain = Grid(0.0, 0.0, 50.0, 70, 70, "EPSG:32617", np.ones((70, 70), bool))
    other = replace(plain, nx=np.int64(70), ny=np.int64(70))
    np.testing.assert_array_equal(kde(x, y, other, 1000.0), kde(x, y, plain, 1000.0))
