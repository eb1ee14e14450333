"""The self-exciting process as a model: what it expects, what it says, and what it does with little."""

import math
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from scipy import integrate

from ilpgeo.core.answers import RiskSurface
from ilpgeo.core.errors import Cancelled
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context, Progress, unwatched
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.intervals import Estimate
from ilpgeo.models.sepp import Sepp
from ilpgeo.models.sepp_forecast import forecast
from ilpgeo.models.sepp_trigger import Trigger
from tests.models.simulated import simulate_hawkes

TRAINED = Period(date(2021, 1, 1), date(2022, 5, 15))
DAYS = float(TRAINED.days)


def square(n: int = 40, cell_m: float = 150.0) -> Grid:
    return Grid(0.0, 0.0, cell_m, n, n, "EPSG:32617", np.ones((n, n), bool))


def dated(t: np.ndarray) -> np.ndarray:
    return np.datetime64("2021-01-01T00:00:00") + (t * 86_400).astype("timedelta64[s]")


@pytest.fixture(scope="module")
def past() -> Incidents:
    s = simulate_hawkes(np.random.default_rng(1), days=DAYS, n_background=3500, branching_ratio=0.4)
    return Incidents.from_xy(s.x, s.y, t_from=dated(s.t))


def ask(past: Incidents, gap_days: int = 0, days: int = 28, progress: Progress = unwatched, **settings) -> RiskSurface:
    first = TRAINED.after + timedelta(days=gap_days)
    window = Period(first, first + timedelta(days=days - 1))
    return Sepp(**settings).answer(
        past, square(), window, Context(TRAINED, progress=progress), np.random.default_rng(0)
    )


def test_it_expects_about_what_happened_and_says_what_it_found(past: Incidents) -> None:
    answer = ask(past)
    assert answer.expected.sum() == pytest.approx(len(past) * 28 / DAYS, rel=0.12)
    words = " | ".join(answer.beside.findings)
    assert "of 100 incidents followed from an earlier one nearby (90 % interval" in words
    assert "halves every" in words
    assert "m to each side (90 % interval" in words
    assert "follow from those already recorded" in words
    values, curve = answer.beside.tables
    assert values.columns["Fitted"].tolist() == ["Branching ratio", "Half-life (days)", "Spread (m)"]
    assert values.columns["Value"] == pytest.approx([0.4, math.log(2) / 0.15, 80.0], rel=0.12)
    assert (values.columns["Low (90 %)"] < values.columns["Value"]).all()
    assert curve.chart == "band"
    assert curve.mark == pytest.approx(values.columns["Value"][1])
    day, height = curve.columns["Days since the incident"], curve.columns["Follow-ups per 100 incidents and day"]
    assert (np.diff(height) < 0).all()
    assert integrate.trapezoid(height, day) == pytest.approx(100 * values.columns["Value"][0], rel=0.06)


def test_recent_incidents_raise_their_surroundings_and_less_so_later(past: Incidents) -> None:
    at = 20 * 40 + 20
    extra = Incidents.from_xy(
        np.full(15, 3075.0), np.full(15, 3075.0), t_from=np.full(15, np.datetime64("2022-05-14T12:00:00"))
    )
    both = Incidents.from_xy(
        np.concatenate([past.x, extra.x]), np.concatenate([past.y, extra.y]),
        t_from=np.concatenate([past.t_from, extra.t_from]),
    )  # fmt: skip
    plain, now, later = ask(past), ask(both), ask(both, gap_days=30)
    assert now.expected.ravel()[at] > plain.expected.ravel()[at] + 1
    assert later.expected.ravel()[at] < now.expected.ravel()[at] - 1
    assert now.expected[2, 2] == pytest.approx(plain.expected[2, 2], rel=0.1)


def test_cancelling_passes_through(past: Incidents) -> None:
    def enough(share: float) -> None:
        if share > 0.02:
            raise Cancelled("not wanted")

    with pytest.raises(Cancelled):
        ask(past, progress=enough)


@pytest.mark.parametrize("case", ["none", "one", "two", "one instant", "one place", "months", "outside the period"])
@pytest.mark.parametrize("background", ["smooth", "cells"])
def test_little_to_go_by_falls_back_and_says_so(past: Incidents, case: str, background: str) -> None:
    n = len(past)
    if case in {"none", "one", "two"}:
        n = {"none": 0, "one": 1, "two": 2}[case]
        given = past.select(np.arange(n))
    elif case == "one instant":
        given = Incidents.from_xy(past.x, past.y, t_from=np.full(n, np.datetime64("2021-03-01T10:00:00")))
    elif case == "one place":
        n = 300
        past = past.select(np.linspace(0, len(past) - 1, n).astype(int))
        given = Incidents.from_xy(np.full(n, 3000.0), np.full(n, 3000.0), t_from=past.t_from)
    elif case == "months":
        given = replace(past, t_to=past.t_from + np.timedelta64(30, "D"))
    else:
        given = replace(past, t_from=past.t_from - np.timedelta64(4000, "D"), t_to=past.t_to)
    answer = ask(given, background=background)
    assert np.isfinite(answer.expected).all()
    if case == "one place":
        assert answer.expected.sum() == pytest.approx(n * 28 / DAYS, rel=0.25)
        assert answer.beside.tables
        return
    assert answer.expected.sum() == pytest.approx(n * 28 / DAYS)
    assert "without follow-ups" in answer.beside.findings[0]
    assert answer.beside.tables == ()


def test_one_day_of_data_falls_back() -> None:
    rng = np.random.default_rng(0)
    day = Period(date(2021, 1, 1), date(2021, 1, 1))
    past = Incidents.from_xy(*rng.uniform(0, 6000, (2, 60)), t_from=dated(rng.uniform(0, 1, 60)))
    window = Period(date(2021, 1, 2), date(2021, 1, 8))
    answer = Sepp().answer(past, square(), window, Context(day), rng)
    assert answer.expected.sum() == pytest.approx(60 * 7)
    assert "too short a time" in answer.beside.findings[0]


def test_incidents_dated_outside_the_period_are_told(past: Incidents) -> None:
    moved = past.t_from.copy()
    moved[:40] = np.datetime64("2019-01-01T00:00:00")
    answer = ask(replace(past, t_from=moved, t_to=moved))
    assert any(finding.startswith("40 of") for finding in answer.beside.findings)


def test_where_nothing_follows_it_says_so() -> None:
    rng = np.random.default_rng(2)
    past = Incidents.from_xy(*rng.uniform(0, 6000, (2, 4000)), t_from=dated(rng.uniform(0, DAYS, 4000)))
    answer = ask(past)
    ratio = answer.beside.tables[0].columns["Value"][0]
    assert ratio < 0.05
    assert answer.expected.sum() == pytest.approx(4000 * 28 / DAYS, rel=0.1)


def coming(trigger: Trigger, ratio: float, begin: float, days: float, rate: float, ages: np.ndarray, n: int = 41):
    grid = square(n, 100.0)
    middle = np.full(len(ages), n * 50.0)
    background = np.full(grid.shape, rate / n**2)
    return forecast(trigger, ratio, background, middle, middle, ages, np.ones(len(ages)), grid, begin, days)


@pytest.mark.parametrize(("begin", "days"), [(0.0, 1.0), (0.0, 28.0), (3.0, 90.0)])
@pytest.mark.parametrize("ratio", [0.2, 0.7])
def test_all_generations_add_up_to_the_mean_of_the_process(begin: float, days: float, ratio: float) -> None:
    """Without a cut in time the mean intensity has a differential equation; a wide study area loses nothing."""
    omega, ages = 0.4, np.array([0.5, 2.0, 6.0])
    trigger = Trigger(omega, 60.0, 80.0, 300.0)
    raised = ratio * omega * np.exp(-omega * ages).sum()
    found = coming(trigger, ratio, begin, days, 0.0, ages)
    fading = omega * (1 - ratio)
    expected = raised * (math.exp(-fading * begin) - math.exp(-fading * (begin + days))) / fading
    assert found.expected.sum() == pytest.approx(expected, rel=5e-3)
    assert found.followed.sum() == pytest.approx(expected, rel=5e-3)


def test_a_window_is_the_sum_of_its_parts() -> None:
    trigger, ages = Trigger(0.1, 60.0, 40.0, 300.0), np.array([0.5, 20.0])
    whole = coming(trigger, 0.5, 0.0, 30.0, 2.0, ages).expected
    parts = [coming(trigger, 0.5, begin, 10.0, 2.0, ages).expected for begin in (0.0, 10.0, 20.0)]
    np.testing.assert_allclose(sum(parts), whole, rtol=2e-3)


def test_after_a_long_time_the_background_has_all_its_follow_ups() -> None:
    found = coming(Trigger(0.5, 10.0, 40.0, 50.0), 0.5, 200.0, 30.0, 2.0, np.empty(0))
    assert found.expected.sum() == pytest.approx(2.0 * 30 / (1 - 0.5), rel=0.02)
    assert not found.followed.any()


def test_first_follow_ups_lie_as_the_gaussian_has_them() -> None:
    from scipy.special import ndtr

    trigger = Trigger(2.0, 80.0, 60.0, 400.0)
    found = coming(trigger, 1e-4, 0.0, 30.0, 0.0, np.array([0.0])).expected / 1e-4
    along = np.diff(ndtr((np.arange(42) * 100.0 - 2050.0) / 80.0))
    np.testing.assert_allclose(found, np.outer(along, along), atol=2e-4)


def test_a_spread_that_is_hardly_known_is_told_without_its_interval() -> None:
    words = Sepp()._spread_in_words(Estimate(74.0, 1e-9, 1e16), is_same_place=False)
    assert words == "How far follow-ups spread is hardly known: 74 m to each side fits best"
