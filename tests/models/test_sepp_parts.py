"""The parts of the self-exciting process, each against its definition."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate

from ilpgeo.core.space import Grid
from ilpgeo.models.sepp_background import Background
from ilpgeo.models.sepp_pairs import exponentials, find_parents, order_events, sum_parents
from ilpgeo.models.sepp_space import is_near_border, shares_inside, spread_to_cells
from ilpgeo.models.sepp_trigger import Trigger, decay_from_mean, is_decay_at_bound, spread_from_mean


def holed(ny: int = 9, nx: int = 12, cell_m: float = 100.0, seed: int = 1) -> Grid:
    inside = np.random.default_rng(seed).random((ny, nx)) < 0.8
    inside[4, 5] = True
    return Grid(0.0, 0.0, cell_m, nx, ny, "EPSG:32617", inside)


def test_exponentials_agree_with_the_library() -> None:
    exponent = -(np.random.default_rng(0).random(20_000) ** 3) * 690
    exponent[:2] = 0.0, -1e-300
    value, given_ = np.empty(len(exponent)), exponent.copy()
    exponentials(given_, len(exponent), value, value.view(np.int64))
    np.testing.assert_allclose(value, np.exp(exponent), rtol=5e-16)


def test_an_exponent_out_of_range_is_next_to_nothing() -> None:
    value = np.empty(2)
    exponentials(np.array([-1e9, -1e300]), 2, value, value.view(np.int64))
    assert ((value >= 0) & (value < 1e-300)).all()


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(1, 120), reach_m=st.floats(20, 1500), reach_days=st.floats(0.5, 50))
def test_parents_and_their_sums_are_the_double_loop(seed, n, reach_m, reach_days) -> None:
    rng = np.random.default_rng(seed)
    x, y, t = rng.uniform(0, 2000, n), rng.uniform(0, 1500, n), rng.integers(0, 60, n) / 2.0
    weight = rng.uniform(0.5, 3, n)
    twice = rng.integers(0, n, n // 3)
    x, y, t, weight = (np.concatenate([a, a[twice]]) for a in (x, y, t, weight))
    e = order_events(x, y, t, weight, (2000.0, 1500.0), reach_m)
    assert len(e.t) == len({*zip(x, y, t, strict=True)})
    np.testing.assert_allclose(e.weight.sum(), weight.sum())
    np.testing.assert_array_equal(e.x[e.of_row], x)
    offset, parent = find_parents(
        e.x, e.y, e.t, e.cell, e.start, e.n_columns, e.n_rows, 0, len(e.t), reach_m, reach_days
    )
    sums = [np.empty(len(e.t)) for _ in range(3)]
    sum_parents(e.x, e.y, e.t, e.weight, 0, offset, parent, 0.3, 1e-5, *sums)
    for j in range(len(e.t)):
        gap = e.t[j] - e.t
        near = (np.abs(e.x - e.x[j]) <= reach_m) & (np.abs(e.y - e.y[j]) <= reach_m)
        expected = np.flatnonzero(near & (gap > 0) & (e.t >= e.t[j] - reach_days))
        assert sorted(parent[offset[j] : offset[j + 1]].tolist()) == expected.tolist()
        d2 = (e.x[expected] - e.x[j]) ** 2 + (e.y[expected] - e.y[j]) ** 2
        g = e.weight[expected] * np.exp(-0.3 * gap[expected] - 1e-5 * d2)
        for found, factor in zip(sums, (np.ones(len(g)), gap[expected], d2), strict=True):
            assert found[j] == pytest.approx((g * factor).sum(), rel=1e-12, abs=1e-300)


def test_the_trigger_is_a_density() -> None:
    trigger = Trigger(0.07, 120.0, 40.0, 300.0)
    in_time = integrate.quad(lambda v: math.exp(-trigger.decay_per_day * v), 0, 40)[0]
    along = integrate.quad(lambda d: math.exp(-trigger.precision * d * d), -300, 300)[0]
    assert trigger.height * in_time * along**2 == pytest.approx(1.0, rel=1e-12)
    assert trigger.share_by(np.array([0.0, 40.0, 99.0])).tolist() == pytest.approx([0.0, 1.0, 1.0])
    running = integrate.quad(lambda v: float(trigger.share_by(np.array(v))), 0, 25)[0]
    assert trigger.running_share(np.array([25.0, 60.0])).tolist() == pytest.approx(
        [running, integrate.quad(lambda v: float(trigger.share_by(np.array(v))), 0, 40)[0] + 20], rel=1e-9
    )


def test_slopes_are_the_numeric_derivatives() -> None:
    small = 1e-6
    for decay, spread in ((0.07, 120.0), (2.0, 30.0), (0.002, 500.0)):
        base = Trigger(decay, spread, 40.0, 300.0)
        more_decay = Trigger(decay * math.exp(small), spread, 40.0, 300.0)
        more_spread = Trigger(decay, spread * math.exp(small), 40.0, 300.0)
        by_decay, by_spread = base.slopes
        assert math.log(more_decay.height / base.height) / small == pytest.approx(by_decay, abs=1e-5)
        assert math.log(more_spread.height / base.height) / small == pytest.approx(by_spread, abs=1e-5)
        days = np.array([0.5, 3.0, 39.0, 50.0])
        numeric = (more_decay.share_by(days) - base.share_by(days)) / small
        np.testing.assert_allclose(base.share_slope(days), numeric, atol=1e-5)


@settings(max_examples=50, deadline=None)
@given(decay=st.floats(0.002, 50), spread=st.floats(15, 500))
def test_parameters_come_back_from_their_means(decay: float, spread: float) -> None:
    whole = integrate.quad(lambda v: math.exp(-decay * v), 0, 40, points=[min(1 / decay, 39)])[0]
    mean = integrate.quad(lambda v: v * math.exp(-decay * v), 0, 40, points=[min(1 / decay, 39)])[0] / whole
    assert decay_from_mean(mean, 40.0) == pytest.approx(decay, rel=1e-4)
    whole = integrate.quad(lambda d: math.exp(-0.5 * (d / spread) ** 2), 0, 300)[0]
    mean = integrate.quad(lambda d: d * d * math.exp(-0.5 * (d / spread) ** 2), 0, 300)[0] / whole
    assert spread_from_mean(mean, 300.0, 10.0) == pytest.approx(spread, rel=1e-4)


def test_means_that_show_no_fading_stop_at_the_bound() -> None:
    assert is_decay_at_bound(decay_from_mean(25.0, 40.0), 40.0)
    assert not is_decay_at_bound(decay_from_mean(10.0, 40.0), 40.0)
    assert spread_from_mean(1e9, 300.0, 10.0) == pytest.approx(600.0)
    assert spread_from_mean(0.0, 300.0, 10.0) == pytest.approx(10.0)


def test_what_falls_inside_is_the_integral_over_the_inside_cells() -> None:
    grid, trigger = holed(), Trigger(0.1, 90.0, 30.0, 250.0)
    x, y = np.array([545.0, 20.0, 1190.0, 300.0]), np.array([420.0, 880.0, 3.0, 700.0])
    share, slope = shares_inside(x, y, grid, trigger)
    along = 90.0 * math.sqrt(2 * math.pi) * math.erf(250 / 90 / math.sqrt(2))

    def density(across: float, up: float) -> float:
        return math.exp(-0.5 * (across**2 + up**2) / 90**2) / along**2

    for i in range(len(x)):
        total = 0.0
        for r, c in np.argwhere(grid.inside):
            left, right = (min(max(edge * 100 - x[i], -250), 250) for edge in (c, c + 1))
            low, high = (min(max(edge * 100 - y[i], -250), 250) for edge in (r, r + 1))
            if right > left and high > low:
                total += integrate.dblquad(density, low, high, left, right, epsabs=1e-11)[0]
        assert share[i] == pytest.approx(total, abs=1e-9)
    more, _ = shares_inside(x, y, grid, Trigger(0.1, 90.0 * math.exp(1e-6), 30.0, 250.0))
    np.testing.assert_allclose(slope, (more - share) / 1e-6, atol=1e-5)
    one = spread_to_cells(x[:1], y[:1], np.array([2.0]), grid, trigger)
    assert one.sum() == pytest.approx(2 * share[0], rel=1e-12)
    assert not one[~grid.inside].any()


def test_only_places_near_the_border_lose_anything() -> None:
    grid, trigger = holed(40, 40), Trigger(0.1, 60.0, 30.0, 150.0)
    grid = Grid(0.0, 0.0, 100.0, 40, 40, "EPSG:32617", np.pad(np.ones((30, 30), bool), 5) | (grid.inside & False))
    x, y = np.random.default_rng(2).uniform(500, 3500, (2, 400))
    near = is_near_border(x, y, grid, 150.0)
    share, _ = shares_inside(x, y, grid, trigger)
    assert 0 < near.sum() < len(x)
    np.testing.assert_allclose(share[~near], 1.0, rtol=1e-12)


@pytest.mark.parametrize("finest_m", [30.0, 100.0, 230.0])
def test_the_smooth_background_is_what_all_others_predict(finest_m: float) -> None:
    grid = holed()
    rng = np.random.default_rng(3)
    x, y = rng.uniform(0, 1200, 400), rng.uniform(0, 900, 400)
    kept = grid.cell_of(x, y) >= 0
    x, y = x[kept], y[kept]
    mass = rng.uniform(0, 1, len(x))
    background = Background(grid, x, y, "smooth", 150.0, finest_m)
    found = background.update(mass)
    tile_m = background.tile_m
    assert tile_m <= max(finest_m, 100.0)
    ny, nx = (math.ceil(round(n * 100 / tile_m, 9)) for n in grid.shape)
    share_inside = np.zeros((ny, nx))
    fine = 12
    for r, c in np.argwhere(np.kron(grid.inside, np.ones((fine, fine)))):
        share_inside[int((r + 0.5) * 100 / fine // tile_m), int((c + 0.5) * 100 / fine // tile_m)] += 1
    share_inside *= (100 / fine / tile_m) ** 2
    middle = (np.arange(max(nx, ny)) + 0.5) * tile_m
    tx, ty = (x // tile_m).astype(int), (y // tile_m).astype(int)

    def along(gap: np.ndarray) -> np.ndarray:
        # The Gaussian around a tile's middle, added up over each tile, cut at four bandwidths.
        from scipy.special import ndtr

        value = ndtr((gap + tile_m / 2) / 150) - ndtr((gap - tile_m / 2) / 150)
        return np.where(np.abs(gap) <= math.ceil(4 * 150 / tile_m) * tile_m + 1e-6, value, 0.0)

    kernel = [
        np.outer(along(middle[:ny] - middle[b]), along(middle[:nx] - middle[a])) for a, b in zip(tx, ty, strict=True)
    ]
    total = mass.sum()
    for j in range(0, len(x), 17):
        others = np.arange(len(x)) != j
        smooth = sum(
            mass[i] * kernel[i][ty[j], tx[j]] / (kernel[i] * share_inside).sum() for i in np.flatnonzero(others)
        ) / tile_m**2  # fmt: skip
        same = mass[others & (tx == tx[j]) & (ty == ty[j])].sum()
        even = total / (grid.inside.sum() * 100.0**2)
        area = share_inside[ty[j], tx[j]] * tile_m**2
        mixed = 0.2 * even + 0.8 * smooth
        assert found[j] == pytest.approx(
            mixed * (background.shape + same) / (background.shape + mixed * area), rel=1e-6
        )
    cells = background.per_cell()
    assert cells.sum() == pytest.approx(total, rel=1e-12)
    assert not cells[~grid.inside].any()


def test_a_background_of_cells_is_the_count_of_each() -> None:
    grid = holed()
    x, y = np.array([550.0, 560.0, 555.0]), np.array([450.0, 410.0, 499.0])
    background = Background(grid, x, y, "cells", 150.0, 75.0)
    found = background.update(np.array([1.0, 0.5, 0.25]))
    assert found.tolist() == pytest.approx([1.75 / 100**2] * 3)
    assert background.per_cell()[4, 5] == pytest.approx(1.75)


def test_the_mixture_finds_what_is_there() -> None:
    rng = np.random.default_rng(5)
    grid = Grid(0.0, 0.0, 100.0, 60, 60, "EPSG:32617", np.ones((60, 60), bool))
    piles = rng.uniform(0, 6000, (20, 2))[rng.integers(0, 20, 2000)]
    strewn = rng.uniform(0, 6000, (2000, 2))
    shapes, even = [], []
    for points in (piles, strewn):
        background = Background(grid, points[:, 0].copy(), points[:, 1].copy(), "smooth", 200.0, 75.0)
        for _ in range(60):
            background.update(np.ones(len(points)))
        shapes.append(background.shape)
        even.append(background.even)
    assert shapes[0] < 0.2
    assert shapes[1] > 5
    assert even[1] > 0.5
