"""The fitted process: its likelihood against the double loop, and what it finds in processes that are known."""

import math

import numpy as np
import pytest
from scipy import integrate

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.space import Grid
from ilpgeo.models.sepp_fit import SeppFit, fit_sepp
from tests.models.simulated import Simulated, simulate_hawkes


def square(side_m: float = 6000.0, cell_m: float = 150.0) -> Grid:
    n = round(side_m / cell_m)
    return Grid(0.0, 0.0, cell_m, n, n, "EPSG:32617", np.ones((n, n), bool))


def toy(n: int = 70, seed: int = 1) -> tuple[Grid, np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    inside = rng.random((8, 10)) < 0.85
    grid = Grid(400.0, -200.0, 100.0, 10, 8, "EPSG:32617", inside)
    x, y = rng.uniform(400, 1400, n), rng.uniform(-200, 600, n)
    t = np.round(rng.uniform(0, 79, n), 1)
    # Half of them follow from another one.
    half = n // 2
    x[half : 2 * half], y[half : 2 * half] = x[:half] + rng.normal(0, 40, half), y[:half] + rng.normal(0, 40, half)
    t[half : 2 * half] = np.minimum(np.round(t[:half] + rng.exponential(4, half), 1), 79.0)
    kept = grid.cell_of(x, y) >= 0
    return grid, x[kept], y[kept], t[kept], rng.integers(1, 4, n)[kept].astype(float)


def by_double_loop(fit: SeppFit, grid: Grid, x, y, t, weight, days: float, history: float) -> float:
    """The log likelihood of a background by cells, event by event against event, integrals by quadrature."""
    decay, spread, ratio = fit.decay_per_day.value, fit.spread_m.value, fit.branching_ratio.value
    reach_days, reach_m = fit.trigger.reach_days, fit.trigger.reach_m
    cut_time = integrate.quad(lambda v: decay * math.exp(-decay * v), 0, reach_days, epsabs=1e-13)[0]

    def along(low: float, high: float) -> float:
        return integrate.quad(lambda d: math.exp(-0.5 * (d / spread) ** 2), low, high, epsabs=1e-12)[0]

    across = along(-reach_m, reach_m)
    cell = grid.cell_of(x, y)
    total = 0.0
    for j in range(len(x)):
        if t[j] < history:
            continue
        intensity = fit.background_per_day.ravel()[cell[j]] / grid.cell_m**2
        for i in range(len(x)):
            gap, dx, dy = t[j] - t[i], x[j] - x[i], y[j] - y[i]
            if 0 < gap <= reach_days and abs(dx) <= reach_m and abs(dy) <= reach_m:
                in_time = decay * math.exp(-decay * gap) / cut_time
                in_space = math.exp(-0.5 * (dx * dx + dy * dy) / spread**2) / across**2
                intensity += weight[i] * ratio * in_time * in_space
        total += weight[j] * math.log(intensity)
    total -= fit.background_per_day.sum() * (days - history)
    columns = grid.x0 + np.arange(grid.nx + 1) * grid.cell_m
    rows = grid.y0 + np.arange(grid.ny + 1) * grid.cell_m
    for i in range(len(x)):
        begin, end = max(history - t[i], 0.0), min(days - t[i], reach_days)
        if end <= begin:
            continue
        seen = integrate.quad(lambda v: decay * math.exp(-decay * v), begin, end, epsabs=1e-13)[0] / cut_time
        mass = [
            [along(*np.clip(edges[k : k + 2] - at, -reach_m, reach_m)) / across for k in range(len(edges) - 1)]
            for edges, at in ((rows, y[i]), (columns, x[i]))
        ]
        total -= weight[i] * ratio * seen * (np.outer(*mass) * grid.inside).sum()
    return total


@pytest.mark.parametrize("history", [0.0, 15.0])
def test_the_likelihood_is_the_double_loop(history: float) -> None:
    grid, x, y, t, weight = toy()
    fit = fit_sepp(
        x, y, t, 80.0, grid, weights=weight, background="cells", reach_m=180.0, reach_days=25.0,
        history_days=history, iterations=12,
    )  # fmt: skip
    assert fit.branching_ratio.value > 0.01
    expected = by_double_loop(fit, grid, x, y, t, weight, 80.0, history)
    assert fit.log_likelihood == pytest.approx(expected, rel=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls(seed: int) -> None:
    grid, x, y, t, weight = toy(300, seed)
    fit = fit_sepp(
        x, y, t, 80.0, grid, weights=weight, background="cells", reach_m=180.0, reach_days=25.0, iterations=80,
        tolerance=0.0,
    )  # fmt: skip
    assert len(fit.log_likelihoods) == 80
    assert np.diff(fit.log_likelihoods).min() > -1e-10 * abs(fit.log_likelihood)


@pytest.fixture(scope="module")
def known() -> list[tuple[Simulated, SeppFit]]:
    found = []
    for seed in range(3):
        s = simulate_hawkes(np.random.default_rng(seed), side_m=15_000.0, n_background=35_000, n_hills=60)
        found.append((s, fit_sepp(s.x, s.y, s.t, 500.0, square(15_000.0), bandwidth_m=200.0)))
    return found


def test_the_branching_ratio_comes_back_within_five_per_cent(known) -> None:
    for _, fit in known:
        assert fit.is_converged
        assert fit.branching_ratio.value == pytest.approx(0.3, rel=0.05)
        assert fit.decay_per_day.value == pytest.approx(0.15, rel=0.1)
        assert fit.spread_m.value == pytest.approx(80.0, rel=0.05)
    assert np.mean([fit.branching_ratio.value for _, fit in known]) == pytest.approx(0.3, rel=0.03)
    assert np.mean([fit.decay_per_day.value for _, fit in known]) == pytest.approx(0.15, rel=0.05)
    assert np.mean([fit.spread_m.value for _, fit in known]) == pytest.approx(80.0, rel=0.03)


def test_events_with_a_parent_look_less_like_background(known) -> None:
    for s, fit in known:
        chance = fit.background_probability
        assert ((chance >= 0) & (chance <= 1)).all()
        assert chance[s.parent < 0].mean() > chance[s.parent >= 0].mean() + 0.2
        scored = s.t >= fit.history_days
        assert (1 - chance[scored]).mean() == pytest.approx((s.parent[scored] >= 0).mean(), rel=0.08)


@pytest.mark.slow
@pytest.mark.parametrize("ratio", [0.15, 0.6])
def test_other_ratios_come_back_too(ratio: float) -> None:
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        s = simulate_hawkes(rng, side_m=9000.0, n_background=20_000 * (1 - ratio), branching_ratio=ratio, n_hills=25)
        found.append(fit_sepp(s.x, s.y, s.t, 500.0, square(9000.0), bandwidth_m=200.0).branching_ratio.value)
    assert np.mean(found) == pytest.approx(ratio, rel=0.05)


@pytest.mark.slow
def test_a_small_area_and_a_short_time_lose_parents_and_follow_ups_but_not_the_ratio() -> None:
    """An eighth of what these incidents cause lies beyond the border or after the end."""
    found = []
    for seed in range(16):
        s = simulate_hawkes(
            np.random.default_rng(seed), side_m=2400.0, days=120.0, n_background=500, branching_ratio=0.5,
            decay_per_day=0.15, spread_m=90.0, n_hills=0,
        )  # fmt: skip
        fit = fit_sepp(s.x, s.y, s.t, 120.0, square(2400.0), bandwidth_m=600.0, history_days=25.0)
        found.append(fit.branching_ratio.value)
    assert np.mean(found) == pytest.approx(0.5, rel=0.1)


def test_where_nothing_follows_next_to_nothing_is_found() -> None:
    s = simulate_hawkes(np.random.default_rng(3), n_background=6000, branching_ratio=0.0)
    ratio = fit_sepp(s.x, s.y, s.t, 500.0, square(), bandwidth_m=200.0).branching_ratio
    assert ratio.value < 0.05
    assert ratio.low < 0.01


def test_busy_addresses_are_no_follow_ups() -> None:
    """Piles at fixed places, evenly in time: the peers' smooth backgrounds take them for repeats."""
    rng = np.random.default_rng(4)
    places = rng.uniform(0, 6000, (60, 2))
    pile = places[rng.choice(60, 4000, p=rng.dirichlet(np.ones(60)))]
    x, y = np.concatenate([pile, rng.uniform(0, 6000, (2000, 2))]).T
    fit = fit_sepp(x, y, rng.uniform(0, 500, 6000), 500.0, square())
    assert fit.branching_ratio.value < 0.1


@pytest.mark.slow
def test_nine_of_ten_intervals_hold_the_truth() -> None:
    held = np.zeros(3)
    for seed in range(60):
        s = simulate_hawkes(np.random.default_rng(seed), side_m=4000.0, n_background=2500, n_hills=0)
        fit = fit_sepp(s.x, s.y, s.t, 500.0, square(4000.0, 100.0), bandwidth_m=600.0)
        values = (fit.branching_ratio, fit.decay_per_day, fit.spread_m)
        held += [each.low <= truth <= each.high for each, truth in zip(values, (0.3, 0.15, 80.0), strict=True)]
    assert (held >= 60 * 0.78).all(), held


def test_a_weight_of_k_is_k_copies_and_rows_may_stand_in_any_order() -> None:
    grid, x, y, t, weight = toy(200)
    one = fit_sepp(x, y, t, 80.0, grid, weights=weight, reach_m=200.0)
    order = np.random.default_rng(1).permutation(int(weight.sum()))
    times = weight.astype(int)
    copied = [np.repeat(column, times)[order] for column in (x, y, t)]
    other = fit_sepp(*copied, 80.0, grid, reach_m=200.0)
    assert other.branching_ratio == pytest.approx(one.branching_ratio, rel=1e-9)
    assert other.log_likelihood == pytest.approx(one.log_likelihood, rel=1e-12)
    np.testing.assert_allclose(
        other.background_probability, np.repeat(one.background_probability, times)[order], rtol=1e-9
    )


def test_the_same_instant_causes_nothing() -> None:
    grid = square(1500.0)
    x, y = np.full(40, 700.0), np.full(40, 700.0)
    t = np.repeat([10.0, 90.0], 20)
    fit = fit_sepp(x, y, t, 100.0, grid, history_days=0.0, reach_days=30.0)
    assert fit.branching_ratio.value == 0.0
    assert (fit.background_probability == 1.0).all()


def test_progress_is_told_and_may_cancel() -> None:
    grid, x, y, t, weight = toy()
    told: list[float] = []
    fit_sepp(x, y, t, 80.0, grid, weights=weight, iterations=10, tolerance=0.0, progress=told.append)
    assert told == sorted(told)
    assert 0 <= told[0] < 0.1
    assert 0.8 < told[-1] <= 1.0

    def enough(share: float) -> None:
        if share > 0.3:
            raise Cancelled("not wanted")

    with pytest.raises(Cancelled):
        fit_sepp(x, y, t, 80.0, grid, weights=weight, iterations=10, tolerance=0.0, progress=enough)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"background": "none"}, "smooth, cells"),
        ({"history_days": 80.0}, "history_days"),
        ({"t_days": np.array([1.0, 99.0])}, "t_days"),
        ({"x": np.array([1.0, -50.0])}, "outside the study area"),
        ({"x": np.array([1.0, math.nan])}, "row 1"),
        ({"t_days": np.array([1.0, 2.0]), "history_days": 50.0}, "longer period"),
    ],
)
def test_what_cannot_be_fitted_is_said(change, words) -> None:
    given = {
        "x": np.array([5.0, 9.0]),
        "y": np.array([5.0, 9.0]),
        "t_days": np.array([30.0, 40.0]),
        "period_days": 80.0,
    }
    with pytest.raises(InvalidInput, match=words):
        fit_sepp(**(given | {"grid": square()} | change))
