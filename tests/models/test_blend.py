"""The blend: components by brute force, weights that are the most likely, levels that follow, tiny counts."""

from datetime import date, timedelta

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from scipy.ndimage import gaussian_filter

from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.blend import Blend
from ilpgeo.models.blend_surfaces import COMPONENTS, Days, Surfaces
from ilpgeo.models.level import _interval, foresee
from ilpgeo.models.mixture import learn_weights, penalised_likelihood

YEARS = Period(date(2020, 1, 1), date(2021, 12, 31))
WEEK = Period(date(2022, 1, 1), date(2022, 1, 7))


def study(side: int = 24) -> Grid:
    inside = np.ones((side, side), bool)
    inside[:4, :6] = False
    return Grid(0.0, 0.0, 150.0, side, side, "EPSG:32617", inside)


def by_brute_force(
    days: Days, grid: Grid, kind: str, smooth_m: float, decay: float, opening: int, n_days: int
) -> np.ndarray:
    raw = np.zeros(grid.nx * grid.ny)
    for day, cell, weight in zip(days.day, days.cell, days.weight, strict=True):
        if day >= opening:
            continue
        if kind == "decay":
            raw[cell] += weight * np.exp(-(opening - day) / decay)
            continue
        if kind == "season":
            years = range(364, opening + 22, 364)
            if not any(opening - y - 21 <= day < opening - y + n_days + 21 for y in years):
                continue
        if kind == "weekday" and not (n_days < 7 and (day - opening) % 7 < n_days):
            continue
        raw[cell] += weight
    image = raw.reshape(grid.shape)
    if smooth_m:
        image = gaussian_filter(image, smooth_m / grid.cell_m, mode="constant", truncate=3.0)
    mass = image[grid.inside] if kind != "flat" else np.zeros(int(grid.inside.sum()))
    return mass / mass.sum() if mass.sum() > 0 else np.full(len(mass), 1 / len(mass))


@pytest.mark.parametrize("n_days", [1, 7, 30])
def test_every_surface_is_the_brute_force_one_of_the_days_before(n_days: int) -> None:
    rng = np.random.default_rng(1)
    grid = study()
    cell = rng.choice(np.flatnonzero(grid.inside.ravel()), 400)
    days = Days.of(rng.integers(0, 800, 400), cell, rng.integers(1, 3, 400).astype(float))
    opens = [500, 530, 790]
    known = Surfaces(days, grid, n_days)
    some = np.flatnonzero(grid.inside)[::7]
    for opening in opens:
        known.move_to(opening)
        made = known.everywhere()
        np.testing.assert_allclose(known.at(some), made[:, ::7], atol=1e-15)
        assert made.sum(1) == pytest.approx(1.0)
        for each, surface in zip(COMPONENTS, made, strict=True):
            right = by_brute_force(days, grid, each.kind, each.smooth_m, each.decay_days, opening, n_days)
            np.testing.assert_allclose(surface, right, atol=1e-12, err_msg=each.title)


@settings(max_examples=30)
@given(st.integers(0, 2**30))
def test_weights_are_the_most_likely(seed: int) -> None:
    rng = np.random.default_rng(seed)
    density, n, prior = rng.gamma(0.5, 1, (4, 60)), rng.integers(1, 5, 60).astype(float), np.array([2.0, 1.0, 0.0, 0.0])
    weights = learn_weights(density, n, prior, iterations=3000, tolerance=1e-12)
    assert weights.sum() == pytest.approx(1.0)
    assert (weights >= 0).all()
    found = penalised_likelihood(density, n, prior, weights)
    for other in rng.dirichlet(np.ones(4), 300):
        assert penalised_likelihood(density, n, prior, other) <= found + 1e-6


def test_known_weights_are_found_again() -> None:
    rng = np.random.default_rng(3)
    surfaces_ = rng.dirichlet(np.full(500, 0.2), 3)
    truth = np.array([0.6, 0.3, 0.1])
    n = rng.poisson(20_000 * (truth @ surfaces_)).astype(float)
    hit = n > 0
    assert learn_weights(surfaces_[:, hit] * 500, n[hit], np.zeros(3)) == pytest.approx(truth, abs=0.02)


def test_without_incidents_the_weights_are_the_prior_s() -> None:
    assert learn_weights(np.empty((2, 0)), np.empty(0), np.array([3.0, 1.0])) == pytest.approx([0.75, 0.25])


def test_the_level_follows_what_came_and_its_interval_holds_the_count() -> None:
    rng = np.random.default_rng(5)
    held = sum(
        (level := foresee(rng.poisson(40, 80).astype(float), 52)).low <= rng.poisson(40) <= level.high
        for _ in range(200)
    )  # fmt: skip
    assert 170 <= held <= 199
    risen = foresee(np.concatenate([np.full(40, 20.0), np.full(40, 60.0)]) + rng.normal(0, 2, 80).round(), 0)
    assert risen.expected == pytest.approx(60, abs=4)
    wild = foresee(rng.negative_binomial(2, 0.05, 80).astype(float), 0)
    assert wild.dispersion > 5
    assert wild.low < wild.expected / 2
    assert foresee(np.zeros(30), 0).expected < 0.1
    assert foresee(np.empty(0), 0).expected == 0


@given(st.just(0.0) | st.floats(1e-3, 5000.0), st.just(1.0) | st.floats(1.01, 30.0))
def test_the_interval_of_a_count_is_scipy_s(expected: float, dispersion: float) -> None:
    if dispersion <= 1 + 1e-9 or expected <= 0:
        right = stats.poisson.interval(0.9, max(expected, 1e-9))
    else:
        right = stats.nbinom.interval(0.9, expected / (dispersion - 1), 1 / dispersion)
    # Where a share falls on a step of the distribution, the last digit decides between neighbours.
    np.testing.assert_allclose(_interval(expected, dispersion), right, rtol=0, atol=1.0)
    assert _interval(20.0, 1.0) == stats.poisson.interval(0.9, 20.0)
    assert _interval(20.0, 3.0) == stats.nbinom.interval(0.9, 10.0, 1 / 3)


def drawn(n: int, seed: int = 2) -> Incidents:
    rng = np.random.default_rng(seed)
    spot = rng.choice(9, n, p=rng.dirichlet(np.full(9, 0.7)))
    x, y = 800 + 300.0 * (spot % 3) + rng.normal(0, 120, n), 900 + 600.0 * (spot // 3) + rng.normal(0, 120, n)
    start = np.datetime64(YEARS.start, "s") + rng.integers(0, YEARS.days * 86_400, n).astype("timedelta64[s]")
    return Incidents.from_xy(np.clip(x, 0, 3599), np.clip(y, 0, 3599), t_from=start)


def ask(past: Incidents, window: Period = WEEK) -> object:
    return Blend().answer(past, study(), window, Context(YEARS), np.random.default_rng(0))


@pytest.mark.parametrize("n", [1, 3, 12, 200])
@pytest.mark.parametrize("days", [1, 7, 31, 92])
def test_tiny_counts_give_a_sane_answer(n: int, days: int) -> None:
    answer = ask(drawn(n), Period(WEEK.start, WEEK.start + timedelta(days=days - 1)))
    inside = study().inside
    assert np.isfinite(answer.expected).all()
    assert (answer.expected[inside] > 0).all()  # nowhere is ruled out
    assert answer.expected.sum() <= 2 * n * days / YEARS.days + 1
    assert answer.beside.findings


def test_the_window_s_length_scales_the_level() -> None:
    week, quarter = ask(drawn(3000)), ask(drawn(3000), Period(WEEK.start, WEEK.start + timedelta(days=91)))
    assert week.expected.sum() == pytest.approx(3000 * 7 / YEARS.days, rel=0.25)
    assert quarter.expected.sum() == pytest.approx(3000 * 92 / YEARS.days, rel=0.25)


def test_it_follows_a_place_that_wakes_up() -> None:
    old = drawn(400)
    rng = np.random.default_rng(9)
    start = np.datetime64(YEARS.end, "s") - rng.integers(0, 40 * 86_400, 60).astype("timedelta64[s]")
    x, y = np.concatenate([old.x, np.full(60, 3000.0)]), np.concatenate([old.y, np.full(60, 3000.0)])
    both = Incidents.from_xy(x, y, t_from=np.concatenate([old.t_from, start]))
    awake = ask(both).expected[20, 20]
    prior = 60 * 7 / YEARS.days
    assert awake > 3 * prior


def test_a_sudden_pile_is_expected_within_its_own_interval() -> None:
    level = foresee(np.append(np.zeros(52), 1000.0), 0)
    assert level.expected > 100
    assert level.low <= level.expected <= level.high
