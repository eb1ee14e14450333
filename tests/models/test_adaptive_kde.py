import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.space import Grid
from ilpgeo.models import adaptive_kde as module
from ilpgeo.models.adaptive_kde import AdaptiveDensity, abramson, adaptive_kde, bandwidths_used
from ilpgeo.models.kde import kde


def study(ny=17, nx=23, cell_m=100.0, holes=0.2, seed=1) -> Grid:
    inside = np.random.default_rng(seed).random((ny, nx)) >= holes
    inside[0, 0] = True
    return Grid(1000.0, -500.0, cell_m, nx, ny, "EPSG:32617", inside)


def piled(grid: Grid, n: int, seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """A tight pile, a wide one, and points strewn in and around the study area."""
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    x, y = rng.uniform(west - 100, east + 100, n), rng.uniform(south - 100, north + 100, n)
    x[: n // 3], y[: n // 3] = west + 800 + rng.normal(0, 40, n // 3), south + 700 + rng.normal(0, 40, n // 3)
    pile = n // 2 - n // 3
    x[n // 3 : n // 2], y[n // 3 : n // 2] = x[:1].repeat(pile), y[:1].repeat(pile)
    return x, y


def height(kernel: str, d: float, h: float) -> float:
    if kernel == "gaussian":
        return math.exp(-0.5 * (d / h) ** 2)
    return (1 - (d / h) ** 2) ** 2 if d < h else 0.0


def by_definition(x, y, grid, bandwidth_m, kernel, most_times, weights) -> AdaptiveDensity:
    """Pilot, geometric mean, bandwidths and sum, point by point and cell by cell: slow and plain."""
    cells = [tuple(rc) for rc in np.argwhere(grid.inside)]

    def shares(i: int, h: float) -> dict[tuple[int, int], float]:
        heights = {
            (r, c): height(
                kernel,
                math.hypot(grid.x0 + (c + 0.5) * grid.cell_m - x[i], grid.y0 + (r + 0.5) * grid.cell_m - y[i]),
                h,
            )
            for r, c in cells
        }
        total = sum(heights.values())
        return {cell: each / total for cell, each in heights.items()} if total else {own(i): 1.0}

    def own(i: int) -> tuple[int, int]:
        return math.floor((y[i] - grid.y0) / grid.cell_m), math.floor((x[i] - grid.x0) / grid.cell_m)

    within = [i for i in range(len(x)) if own(i) in cells]
    pilot = np.zeros(grid.shape)
    for i in within:
        for cell, share in shares(i, bandwidth_m).items():
            pilot[cell] += weights[i] * share
    mean = math.exp(sum(weights[i] * math.log(pilot[own(i)]) for i in within) / sum(weights[i] for i in within))
    smoothed, support, used = np.zeros(grid.shape), np.zeros(grid.shape), np.full(len(x), np.nan)
    for i in within:
        factor = math.sqrt(mean / pilot[own(i)])
        used[i] = bandwidth_m * min(max(factor, 1 / most_times), most_times)
        for cell, share in shares(i, used[i]).items():
            smoothed[cell] += weights[i] * share
        for r, c in cells:
            d = math.hypot(grid.x0 + (c + 0.5) * grid.cell_m - x[i], grid.y0 + (r + 0.5) * grid.cell_m - y[i])
            support[r, c] += weights[i] * (d <= used[i] or (r, c) == own(i))
    return AdaptiveDensity(smoothed, support, used)


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth_m", [60.0, 250.0, 900.0])
@pytest.mark.parametrize("most_times", [1.0, 1.5, 4.0])
def test_it_is_the_plain_sum_with_each_point_s_own_bandwidth(kernel, bandwidth_m, most_times, monkeypatch) -> None:
    monkeypatch.setattr(module, "_VALUES_PER_REPORT", 500.0)  # so that the parts are added up too
    grid = study()
    x, y = piled(grid, 60)
    weights = np.random.default_rng(3).uniform(0.1, 4, 60)
    expected = by_definition(x, y, grid, bandwidth_m, kernel, most_times, weights)
    found = adaptive_kde(x, y, grid, bandwidth_m, kernel, weights, most_times=most_times, exact=True)
    assert np.abs(found.smoothed - expected.smoothed).max() <= 1e-8 * expected.smoothed.max()
    np.testing.assert_allclose(found.bandwidth_m, expected.bandwidth_m, rtol=1e-9)
    np.testing.assert_allclose(found.support, expected.support, rtol=1e-9)
    assert most_times == 1 or np.nanmax(found.bandwidth_m) > 1.2 * np.nanmin(found.bandwidth_m)


def test_at_most_once_is_the_fixed_kernel() -> None:
    grid = study()
    x, y = piled(grid, 200)
    found = adaptive_kde(x, y, grid, 300.0, most_times=1.0)
    np.testing.assert_allclose(found.smoothed, kde(x, y, grid, 300.0, exact=True), atol=1e-12)


def test_a_pile_gets_a_narrow_kernel_and_a_lone_incident_a_wide_one() -> None:
    grid = study(holes=0)
    x, y = np.full(50, 1500.0), np.full(50, 0.0)
    x[49], y[49] = 3000.0, 900.0
    found = adaptive_kde(x, y, grid, 300.0)
    assert found.bandwidth_m[0] < 300.0 < found.bandwidth_m[49]
    assert found.smoothed.max() > kde(x, y, grid, 300.0).max()


@settings(max_examples=40, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(0, 80),
    bandwidth_m=st.floats(25, 3000),
    kernel=st.sampled_from(["quartic", "gaussian"]),
    holes=st.floats(0, 0.95),
    most_times=st.floats(1, 10),
)
def test_no_incident_is_lost_at_the_border(seed, n, bandwidth_m, kernel, holes, most_times) -> None:
    grid = study(holes=holes, seed=seed)
    x, y = piled(grid, n, seed)
    found = adaptive_kde(x, y, grid, bandwidth_m, kernel, most_times=most_times)
    assert found.smoothed.sum() == pytest.approx((grid.cell_of(x, y) >= 0).sum(), rel=1e-6)
    assert (found.smoothed >= 0).all()
    assert not found.smoothed[~grid.inside].any()
    assert not found.support[~grid.inside].any()


def test_equal_density_gives_every_place_the_pilot_s_bandwidth() -> None:
    assert abramson(np.full(4, 7.0), np.ones(4), 250.0, 3.0).tolist() == pytest.approx([250.0] * 4)
    assert abramson(np.array([1.0, 0.0]), np.ones(2), 100.0, 3.0).tolist() == pytest.approx([100 / 3, 300.0])
    assert abramson(np.array([2.0]), np.zeros(1), 100.0, 3.0).tolist() == [100.0]


def test_progress_is_told_and_cancelling_passes(monkeypatch) -> None:
    monkeypatch.setattr(module, "_VALUES_PER_REPORT", 2000.0)
    grid = study()
    x, y = piled(grid, 300)
    shares: list[float] = []
    adaptive_kde(x, y, grid, 300.0, progress=shares.append)
    assert len(shares) > 3
    assert shares == sorted(shares)
    assert shares[-1] == pytest.approx(1.0)

    def stop(share: float) -> None:
        raise Cancelled("not wanted any more")

    with pytest.raises(Cancelled):
        adaptive_kde(x, y, grid, 300.0, progress=stop)


def test_the_account_tells_the_deciles_by_weight() -> None:
    told = bandwidths_used(np.array([100.0, 200.0, np.nan, 300.0]), np.array([6.0, 3.0, 9.0, 1.0]))
    assert told.n == 10
    assert told.tables[0].columns["Bandwidth up to (m)"].tolist() == [100] * 6 + [200] * 3
    assert "less than 100 m" in told.findings[0]
    assert "more than 200 m" in told.findings[0]


def test_a_limit_below_one_is_refused() -> None:
    with pytest.raises(InvalidInput, match="at least 1"):
        adaptive_kde(np.ones(1), np.ones(1), study(), 300.0, most_times=0.5)
