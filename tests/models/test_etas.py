"""The process in cells: against the double loop, against known processes, and as a model."""

import math
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import integrate

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.etas import Etas
from ilpgeo.models.etas_fit import EtasFit, expected_in_window, fit_etas
from ilpgeo.models.intervals import Estimate
from ilpgeo.models.process_words import fitted_table, half_life_in_words, ratio_in_words
from tests.models.simulated import simulate_cells

TRAINED = Period(date(2021, 1, 1), date(2022, 5, 15))
DAYS = float(TRAINED.days)


def toy(seed: int = 1, n: int = 60) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    return rng.integers(0, 5, n), np.round(rng.uniform(0, 49, n), 1), rng.integers(1, 4, n).astype(float)


def one_step(cell, t, weight, rate, theta, omega, days):
    """E and M as published, event against event, with what lies beyond the end allowed for; the log likelihood."""
    n, followed, delays, log_sum = len(t), 0.0, 0.0, 0.0
    background = np.zeros(len(rate))
    for j in range(n):
        before = [i for i in range(n) if cell[i] == cell[j] and t[i] < t[j]]
        parts = [weight[i] * theta * omega * math.exp(-omega * (t[j] - t[i])) for i in before]
        intensity = rate[cell[j]] + sum(parts)
        log_sum += weight[j] * math.log(intensity)
        background[cell[j]] += weight[j] * rate[cell[j]] / intensity
        followed += weight[j] * sum(parts) / intensity
        delays += weight[j] * sum(p * (t[j] - t[i]) for p, i in zip(parts, before, strict=True)) / intensity
    left = np.exp(-omega * (days - t))
    exposure = (weight * (1 - left)).sum()
    value = log_sum - rate.sum() * days - theta * exposure
    lost = theta * (weight * (days - t) * left).sum()
    return background / days, followed / exposure, followed / (delays + lost), value


def test_a_published_iteration_is_the_double_loop() -> None:
    cell, t, weight = toy()
    fits = [
        fit_etas(cell, t, 5, 50.0, weights=weight, background="published", iterations=k, tolerance=0.0) for k in (4, 5)
    ]
    first = fits[0]
    rate, theta, omega, value = one_step(
        cell, t, weight, first.rate, first.branching_ratio.value, first.decay_per_day.value, 50.0
    )
    assert first.log_likelihood == pytest.approx(value, rel=1e-9)
    assert fits[1].branching_ratio.value == pytest.approx(theta, rel=1e-9)
    assert fits[1].decay_per_day.value == pytest.approx(omega, rel=1e-9)
    np.testing.assert_allclose(fits[1].rate, rate, rtol=1e-9)


@pytest.mark.parametrize("seed", range(5))
def test_the_likelihood_never_falls(seed: int) -> None:
    cell, t, weight = toy(seed, 200)
    fit = fit_etas(cell, t, 5, 50.0, weights=weight, background="published", tolerance=0.0, iterations=100)
    assert np.diff(fit.log_likelihoods).min() > -1e-10 * abs(fit.log_likelihood)


@pytest.mark.parametrize(("mean", "theta"), [(2, 0.3), (8, 0.3), (8, 0.6), (40, 0.3)])
def test_what_was_simulated_comes_back_within_five_per_cent(mean: int, theta: float) -> None:
    found = []
    for seed in range(4):
        rng = np.random.default_rng(seed)
        rates = rng.gamma(1.0, mean * (1 - theta) / DAYS, 30_000 // mean)
        cell, t = simulate_cells(rng, rates, days=DAYS, branching_ratio=theta)
        fit = fit_etas(cell, t, len(rates), DAYS, history_days=30.0)
        assert fit.is_converged
        assert fit.branching_ratio.value == pytest.approx(theta, rel=0.1)
        found.append((fit.branching_ratio.value, fit.decay_per_day.value))
    assert np.mean(found, axis=0) == pytest.approx([theta, 0.15], rel=0.05)


def test_as_published_many_small_cells_hide_follow_ups() -> None:
    rng = np.random.default_rng(0)
    rates = rng.gamma(1.0, 8 * 0.7 / DAYS, 2000)
    cell, t = simulate_cells(rng, rates, days=DAYS)
    assert fit_etas(cell, t, 2000, DAYS, background="published").branching_ratio.value < 0.27


def test_a_few_large_cells_are_fitted_as_published() -> None:
    cell, t = simulate_cells(np.random.default_rng(1), np.full(6, 1.0), days=3000.0, branching_ratio=0.5)
    fit = fit_etas(cell, t, 6, 3000.0, background="published")
    assert fit.branching_ratio.value == pytest.approx(0.5, rel=0.05)
    assert fit.decay_per_day.value == pytest.approx(0.15, rel=0.08)
    assert fit.branching_ratio.low < 0.5 < fit.branching_ratio.high
    np.testing.assert_allclose(fit.rate, 1.0, atol=0.12)


@pytest.mark.parametrize("background", ["pooled", "published"])
def test_a_weight_of_k_is_k_copies_in_any_order(background: str) -> None:
    cell, t, weight = toy(3, 120)
    one = fit_etas(cell, t, 5, 50.0, weights=weight, background=background)
    times = weight.astype(int)
    order = np.random.default_rng(1).permutation(times.sum())
    other = fit_etas(np.repeat(cell, times)[order], np.repeat(t, times)[order], 5, 50.0, background=background)
    assert other.branching_ratio == pytest.approx(one.branching_ratio, rel=1e-9)
    np.testing.assert_allclose(other.rate, one.rate, rtol=1e-9)
    chance = np.repeat(one.background_probability, times)[order]
    np.testing.assert_allclose(other.background_probability, chance, rtol=1e-9)


def test_one_instant_causes_nothing() -> None:
    fit = fit_etas(np.zeros(50, np.int64), np.full(50, 3.0), 2, 10.0)
    assert fit.branching_ratio.value == 0.0
    assert (fit.background_probability == 1.0).all()


def fitted(theta: float, omega: float, rate: np.ndarray, left: np.ndarray) -> EtasFit:
    cell, t, _ = toy()
    fit = fit_etas(cell, t, 5, 50.0, iterations=1)
    from dataclasses import replace

    return replace(
        fit,
        branching_ratio=fit.branching_ratio._replace(value=theta),
        decay_per_day=fit.decay_per_day._replace(value=omega),
        rate=rate,
        left=left,
    )


@pytest.mark.parametrize("theta", [0.0, 0.4, 0.97, 1.0, 1.2])
def test_the_window_is_the_integral_of_the_mean_intensity(theta: float) -> None:
    rate, left, omega = np.array([0.02, 0.3]), np.array([2.5, 0.0]), 0.2
    found, followed = expected_in_window(fitted(theta, omega, rate, left), 4.0, 28.0)
    for c in range(2):
        solved = integrate.solve_ivp(
            lambda _, x, c=c: [-omega * (1 - theta) * x[0] + theta * omega * rate[c], rate[c] + x[0]],
            (0, 32), [theta * omega * left[c], 0.0], rtol=1e-10, atol=1e-12, dense_output=True,
        ).sol  # fmt: skip
        assert found[c] == pytest.approx(solved(32)[1] - solved(4)[1], rel=1e-5)
    assert followed[1] == 0
    assert theta == 0 or followed[0] > 0


def test_cancelling_passes_through() -> None:
    def enough(share: float) -> None:
        if share > 0.02:
            raise Cancelled("not wanted")

    cell, t, _ = toy()
    with pytest.raises(Cancelled):
        fit_etas(cell, t, 5, 50.0, tolerance=0.0, progress=enough)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"cell": np.array([0, 7])}, "between 0 and 4"),
        ({"t_days": np.array([0.0, 50.0])}, "period of 50"),
        ({"weights": np.array([1.0, math.nan])}, "positive"),
        ({"background": "none"}, "pooled, published"),
        ({"history_days": 50.0}, "history_days"),
    ],
)
def test_what_cannot_be_fitted_is_said(change, words) -> None:
    given = {"cell": np.array([0, 1]), "t_days": np.array([1.0, 2.0]), "n_cells": 5, "period_days": 50.0}
    with pytest.raises(InvalidInput, match=words):
        fit_etas(**(given | change))


def simulated_past(seed: int = 0, theta: float = 0.4) -> tuple[Grid, Incidents]:
    rng = np.random.default_rng(seed)
    grid = Grid(0.0, 0.0, 100.0, 20, 20, "EPSG:32617", np.ones((20, 20), bool))
    cell, t = simulate_cells(rng, rng.gamma(1.0, 12 / DAYS, 400), days=DAYS, branching_ratio=theta)
    x, y = (cell % 20 + 0.5) * 100.0, (cell // 20 + 0.5) * 100.0
    start = np.datetime64("2021-01-01T00:00:00") + (t * 86_400).astype("timedelta64[s]")
    return grid, Incidents.from_xy(x, y, t_from=start)


def ask(grid: Grid, past: Incidents, gap_days: int = 0) -> RiskSurface:
    first = TRAINED.after + timedelta(days=gap_days)
    window = Period(first, first + timedelta(days=27))
    return Etas().answer(past, grid, window, Context(TRAINED), np.random.default_rng(0))


def test_the_model_expects_about_what_happened_and_says_what_it_found() -> None:
    grid, past = simulated_past()
    answer = ask(grid, past)
    assert answer.expected.sum() == pytest.approx(len(past) * 28 / DAYS, rel=0.1)
    words = " ".join(answer.beside.findings)
    assert "of 100 incidents followed from an earlier one in the same cell (90 % interval" in words
    assert "halves every" in words
    assert [table.chart for table in answer.beside.tables] == ["table", "band"]
    fitted_values = answer.beside.tables[0].columns
    assert fitted_values["Value"][0] == pytest.approx(0.4, rel=0.1)
    assert fitted_values["Value"][1] == pytest.approx(math.log(2) / 0.15, rel=0.15)


def test_a_recent_incident_raises_its_cell_and_less_so_later() -> None:
    grid, past = simulated_past()
    last = past.t_from.max()
    same = np.flatnonzero(past.t_from == last)[0]
    more = past.select(np.concatenate([np.arange(len(past)), np.full(3, same)]))
    cell = int(grid.cell_of(past.x, past.y)[same])
    now, later = (ask(grid, more, gap).expected.ravel()[cell] for gap in (0, 30))
    assert now > ask(grid, past).expected.ravel()[cell]
    assert now > later


@pytest.mark.parametrize("case", ["none", "one", "two", "one instant", "one place", "months"])
def test_little_to_go_by_falls_back_and_says_so(case: str) -> None:
    grid, past = simulated_past()
    if case in {"none", "one", "two"}:
        past = past.select(np.arange({"none": 0, "one": 1, "two": 2}[case]))
    elif case == "one instant":
        past = Incidents.from_xy(past.x, past.y, t_from=np.full(len(past), np.datetime64("2021-03-01T10:00:00")))
    elif case == "one place":
        past = Incidents.from_xy(np.full(len(past), 50.0), np.full(len(past), 50.0), t_from=past.t_from)
    else:
        from dataclasses import replace

        past = replace(past, t_to=past.t_from + np.timedelta64(30, "D"))
    answer = ask(grid, past)
    assert np.isfinite(answer.expected).all()
    if case != "one place":
        assert answer.expected.sum() == pytest.approx(len(past) * 28 / DAYS)
        assert "without follow-ups" in answer.beside.findings[0]
    else:
        assert answer.expected.ravel()[0] == pytest.approx(len(past) * 28 / DAYS, rel=0.15)


def test_a_busy_cell_is_no_process_without_end() -> None:
    """Sixty incidents strewn over a year at one address: next year's are about as many, not four times."""
    grid = Grid(0.0, 0.0, 100.0, 10, 10, "EPSG:32617", np.ones((10, 10), bool))
    seconds = np.random.default_rng(4).integers(0, 365 * 86_400, 60)
    t = np.datetime64("2021-01-01T00:00:00") + seconds.astype("timedelta64[s]")
    past = Incidents.from_xy(np.full(60, 550.0), np.full(60, 550.0), t_from=t)
    year, window = Period(date(2021, 1, 1), date(2021, 12, 31)), Period(date(2022, 1, 1), date(2022, 12, 31))
    answer = Etas().answer(past, grid, window, Context(year), np.random.default_rng(0))
    assert answer.beside.tables[0].columns["Value"][0] <= 1
    assert answer.expected.sum() < 150
    assert answer.beside.findings[0].startswith("Each incident would bring at least one more in the same cell")


def test_a_ratio_of_more_than_all_is_never_told() -> None:
    assert "(90 % interval 22 to 100)" in ratio_in_words(Estimate(0.47, 0.22, 1.3), "nearby")
    assert "not by the numbers expected" in ratio_in_words(Estimate(1.0, 0.9, 1.2), "nearby")
    assert "cannot be told" in ratio_in_words(Estimate(0.2, 1e-9, 5e10), "nearby")


@pytest.mark.parametrize(
    ("half", "words"),
    [
        (Estimate(7.25, 5.0, 11.0), "halves every 7.25 days (90 % interval 5 to 11)"),
        (Estimate(400.0, 80.0, 2310.0), "halves every 400 days (90 % interval 80 to 2,310)"),
        (Estimate(0.5, 1e-14, 1e15), "is hardly known: halving every 12 hours fits best"),
        (Estimate(3.0, 1.0, math.inf), "is hardly known: halving every 3 days fits best"),
    ],
)
def test_how_fast_the_risk_fades_is_told_as_well_as_it_is_known(half: Estimate, words: str) -> None:
    assert words in half_life_in_words(half)


def test_a_value_that_is_hardly_known_has_no_interval_in_the_table() -> None:
    columns = fitted_table({"Half-life (days)": Estimate(7.0, 0.04, 1243.0), "Spread (m)": Estimate(60.0, 50.0, 72.0)})
    np.testing.assert_array_equal(columns.columns["Value"], [7.0, 60.0])
    np.testing.assert_array_equal(columns.columns["Low (90 %)"], [np.nan, 50.0])
    np.testing.assert_array_equal(columns.columns["High (90 %)"], [np.nan, 72.0])


def test_a_fading_that_is_hardly_known_is_not_drawn() -> None:
    """Two dozen incidents strewn over a year and a square: nothing tells how fast a risk fades."""
    grid = Grid(0.0, 0.0, 100.0, 6, 6, "EPSG:32617", np.ones((6, 6), bool))
    rng = np.random.default_rng(1)
    x, y = rng.uniform(0, 600, (2, 24))
    seconds = rng.integers(0, 365 * 86_400, 24)
    past = Incidents.from_xy(x, y, t_from=np.datetime64("2021-01-01T00:00:00") + seconds.astype("timedelta64[s]"))
    year = Period(date(2021, 1, 1), date(2021, 12, 31))
    window = Period(date(2022, 1, 1), date(2022, 1, 28))
    beside = Etas().answer(past, grid, window, Context(year), np.random.default_rng(0)).beside
    assert any("is hardly known" in finding for finding in beside.findings), beside.findings
    assert [table.title for table in beside.tables] == ["Fitted values"]
