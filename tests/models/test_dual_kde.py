import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from scipy import integrate

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.dual_kde import (
    EARLIER_DIFFERENCE,
    EARLIER_RATIO,
    RESIDENTS_RATIO,
    DualKde,
    Points,
    dual_kde,
    effective_km2,
    shrunk_ratio,
)

TRAINED = Period(date(2021, 1, 1), date(2021, 12, 31))
WINDOW = Period(date(2022, 1, 1), date(2022, 1, 31))


def study(ny=13, nx=15, cell_m=100.0, holes=0.2, seed=1) -> Grid:
    inside = np.random.default_rng(seed).random((ny, nx)) >= holes
    inside[6, 7] = True
    return Grid(1000.0, -500.0, cell_m, nx, ny, "EPSG:32617", inside)


def incidents(grid: Grid, n: int = 90, seed: int = 2, timezone: str = "America/Toronto") -> Incidents:
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    start = np.datetime64("2021-01-01T12:00:00") + rng.integers(0, 364 * 86400, n).astype("timedelta64[s]")
    start[: n // 3] = np.datetime64("2021-12-28T12:00:00")
    return Incidents.from_xy(
        rng.uniform(west - 100, east + 100, n), rng.uniform(south - 100, north + 100, n), t_from=start,
        weight=rng.uniform(0.5, 2, n), timezone=timezone,
    )  # fmt: skip


def density_by_definition(points: Points, grid: Grid, h: float, kernel: str) -> np.ndarray:
    """Points per km2, the mass of each kept in the study area: every point against every cell."""
    answer = np.zeros(grid.shape)
    cells = [tuple(rc) for rc in np.argwhere(grid.inside)]
    for px, py, weight in zip(*points, strict=True):
        own = (math.floor((py - grid.y0) / grid.cell_m), math.floor((px - grid.x0) / grid.cell_m))
        if own not in cells:
            continue
        heights = {}
        for r, c in cells:
            d = math.hypot(grid.x0 + (c + 0.5) * grid.cell_m - px, grid.y0 + (r + 0.5) * grid.cell_m - py) / h
            heights[r, c] = math.exp(-0.5 * d * d) if kernel == "gaussian" else max(1 - d * d, 0.0) ** 2
        for cell, height in heights.items():
            answer[cell] += weight * height / sum(heights.values())
    return answer / (grid.cell_m / 1000) ** 2


def halves(past: Incidents, recent_days: int) -> tuple[Points, Points]:
    # Toronto is five hours behind UTC in December.
    begin = np.datetime64("2022-01-01T05:00:00") - np.timedelta64(recent_days, "D")
    late = past.t_from >= begin
    return (
        Points(past.x[late], past.y[late], past.weight[late]),
        Points(past.x[~late], past.y[~late], past.weight[~late]),
    )


def ask(model: DualKde, past: Incidents, grid: Grid, population=None):
    return model.answer(past, grid, WINDOW, Context(TRAINED, population=population), np.random.default_rng(0))


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
@pytest.mark.parametrize("bandwidth_m", [150.0, 600.0])
def test_both_pictures_are_the_double_loop(kernel, bandwidth_m) -> None:
    grid = study()
    late, early = halves(incidents(grid), 14)
    found = dual_kde(late, early, grid, bandwidth_m, kernel, exact=True)
    for density, points in zip(found, (late, early), strict=True):
        expected = density_by_definition(points, grid, bandwidth_m, kernel)
        assert np.abs(density - expected).max() <= 1e-8 * expected.max()


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_the_difference_is_of_daily_rates(kernel) -> None:
    grid, past = study(), incidents(study())
    late, early = halves(past, 14)
    of, against = (density_by_definition(points, grid, 400.0, kernel) for points in (late, early))
    answer = ask(DualKde(EARLIER_DIFFERENCE, recent_days=14, bandwidth_m=400.0, kernel=kernel), past, grid)
    expected = 30 * (of / 14 - against / 351)
    # The model asks for surfaces good for display: a thousandth of their peak (Gaussian), two (quartic).
    slack = {"gaussian": 1e-3, "quartic": 2e-3}[kernel] * 30 * max((of / 14).max(), (against / 351).max())
    np.testing.assert_allclose(answer.value[grid.inside], expected[grid.inside], rtol=0, atol=slack)
    assert np.isnan(answer.value[~grid.inside]).all()
    assert (answer.neutral, answer.unit) == (0.0, "incidents per km² in 30 days")
    assert (answer.of, answer.against) == ("the last 14 days", "the 351 days before")


@pytest.mark.parametrize("kernel", ["quartic", "gaussian"])
def test_in_exact_mode_both_surfaces_are_the_plain_sums(kernel) -> None:
    grid, past = study(), incidents(study())
    late, early = halves(past, 14)
    density = dual_kde(late, early, grid, 400.0, kernel, exact=True)
    for found, points in zip(density[:2], (late, early), strict=True):
        np.testing.assert_allclose(found, density_by_definition(points, grid, 400.0, kernel), rtol=1e-7, atol=1e-9)


def test_the_ratio_is_of_incidents_seen_and_expected_on_the_kernel_s_ground() -> None:
    grid, past = study(), incidents(study())
    late, early = halves(past, 14)
    of, against = (density_by_definition(points, grid, 400.0, "quartic") for points in (late, early))
    ground = 5 * math.pi / 9 * 0.4**2
    expected = (of * ground + 3) / (against * ground * 14 / 351 + 3)
    answer = ask(DualKde(EARLIER_RATIO, recent_days=14, bandwidth_m=400.0, prior_n=3.0), past, grid)
    np.testing.assert_allclose(answer.value[grid.inside], expected[grid.inside], rtol=1e-8)
    assert answer.neutral == 1.0


def test_against_residents_the_average_place_has_a_ratio_of_one() -> None:
    grid, past = study(), incidents(study())
    people = np.random.default_rng(4).integers(0, 60, grid.shape).astype(float) * grid.inside
    row, column = np.nonzero(people)
    homes = Points(1050.0 + 100 * column, -450.0 + 100 * row, people[row, column])
    everyone = Points(past.x, past.y, past.weight)
    of, against = (density_by_definition(points, grid, 400.0, "quartic") for points in (everyone, homes))
    rate = grid.count(past.x, past.y, past.weight).sum() / people.sum()
    ground = 5 * math.pi / 9 * 0.4**2
    answer = ask(DualKde(RESIDENTS_RATIO, bandwidth_m=400.0, prior_n=2.0), past, grid, people)
    expected = (of * ground + 2) / (against * ground * rate + 2)
    np.testing.assert_allclose(answer.value[grid.inside], expected[grid.inside], rtol=1e-8)
    assert (answer.of, answer.against) == ("incidents", "residents")
    # Incidents in proportion to residents: nothing stands out anywhere.
    alike = Incidents.from_xy(homes.x, homes.y, weight=homes.weight / 10)
    level = ask(DualKde(RESIDENTS_RATIO, bandwidth_m=400.0), alike, grid, people)
    np.testing.assert_allclose(level.value[grid.inside], 1.0, rtol=1e-9)


def test_a_place_nobody_lives_in_has_a_finite_ratio_drawn_to_one() -> None:
    grid = study(holes=0)
    people = np.zeros(grid.shape)
    people[0, 0] = 1000.0
    past = Incidents.from_xy(np.array([2300.0] * 4), np.array([500.0] * 4))
    answer = ask(DualKde(RESIDENTS_RATIO, bandwidth_m=200.0, prior_n=5.0), past, grid, people)
    assert np.isfinite(answer.value).all()
    assert 1 < np.nanmax(answer.value) <= (4 * 1.8 + 5) / 5


@pytest.mark.parametrize("population", [None, np.zeros((13, 15))])
def test_without_residents_the_question_is_refused_with_what_to_do(population) -> None:
    with pytest.raises(
        InvalidInput, match=r"no population to compare with, some or all; .*filled for each.*compare with earlier days"
    ):
        ask(DualKde(RESIDENTS_RATIO), incidents(study()), study(), population)


def test_a_period_of_last_days_only_is_refused() -> None:
    with pytest.raises(InvalidInput, match="365 days, which leaves none"):
        ask(DualKde(recent_days=365), incidents(study()), study())


def test_months_cannot_be_compared_by_days() -> None:
    past = incidents(study())
    monthly = replace(past, t_to=past.t_from + np.timedelta64(31, "D"))
    with pytest.raises(InvalidInput, match="within 31 days, longer than the last 7 days; choose at least 31 last days"):
        ask(DualKde(recent_days=7), monthly, study())
    assert np.isfinite(ask(DualKde(recent_days=31), monthly, study()).value[study().inside]).all()


@pytest.mark.parametrize(("kernel", "outer"), [("quartic", 1.0), ("gaussian", 12.0)])
def test_the_effective_ground_is_the_inverse_of_the_squared_kernel_s_integral(kernel, outer) -> None:
    def height(d: float) -> float:
        return math.exp(-0.5 * d * d) if kernel == "gaussian" else (1 - d * d) ** 2

    mass = integrate.quad(lambda d: 2 * math.pi * d * height(d), 0, outer)[0]
    square = integrate.quad(lambda d: 2 * math.pi * d * (height(d) / mass) ** 2, 0, outer)[0]
    assert effective_km2(1000.0, kernel, 10.0) == pytest.approx(1 / square, rel=1e-6)
    assert effective_km2(10.0, kernel, 500.0) == 0.25


def test_shrinkage_by_hand() -> None:
    assert shrunk_ratio(np.array([0.0, 10.0, 0.0]), np.array([0.0, 0.0, 10.0]), 5.0).tolist() == [1.0, 3.0, 1 / 3]


def test_the_account_tells_both_rates_and_the_interval_of_their_ratio() -> None:
    grid = study(holes=0)
    late, early = np.datetime64("2021-12-30T12:00:00"), np.datetime64("2021-06-01T12:00:00")
    past = Incidents.from_xy(np.full(200, 1500.0), np.full(200, 0.0), t_from=np.repeat([late, early], [20, 180]))
    beside = ask(DualKde(recent_days=5), past, grid).beside
    assert beside.n == 20
    assert beside.tables[0].columns["Incidents a day"].tolist() == [4.0, 0.5]
    # exp(1.645 sqrt(1/20 + 1/180)) = 1.474
    assert "8.00 times" in beside.findings[1]
    assert "5.43 to 11.79" in beside.findings[1]


def test_less_than_an_incident_has_no_interval() -> None:
    late, early = np.datetime64("2021-12-30T12:00:00"), np.datetime64("2021-06-01T12:00:00")
    past = Incidents.from_xy(
        np.full(4, 1500.0), np.full(4, 0.0), t_from=np.array([late, late, early, early]), weight=np.full(4, 1e-9)
    )
    beside = ask(DualKde(recent_days=5), past, study(holes=0)).beside
    assert not any("interval" in finding for finding in beside.findings)


def test_no_more_last_days_are_advised_than_there_may_be() -> None:
    start = np.full(30, np.datetime64("2021-06-01T00:00:00"))
    past = Incidents.from_xy(np.full(30, 50.0), np.full(30, 50.0), t_from=start)
    past = replace(past, t_to=start + np.timedelta64(400 * 86_400))
    grid = Grid(0.0, 0.0, 100.0, 1, 1, "EPSG:32617", np.ones((1, 1), bool))
    year = Period(date(2021, 1, 1), date(2021, 12, 31))
    with pytest.raises(InvalidInput, match="compare with residents, or leave them out"):
        DualKde().answer(past, grid, year, Context(year), np.random.default_rng(0))
    with pytest.raises(InvalidInput, match=r"has 1 day, .*the last 7 days with; choose a longer period$"):
        one = Period(date(2021, 6, 1), date(2021, 6, 1))
        DualKde().answer(past, grid, one, Context(one), np.random.default_rng(0))
