import math
from datetime import date
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.prospective import Prospective, days_before, prospective_risk, weeks_used


def study(ny=17, nx=23, cell_m=50.0, holes=0.2, seed=1) -> Grid:
    inside = np.random.default_rng(seed).random((ny, nx)) >= holes
    inside[0, 0] = True
    return Grid(1000.0, -500.0, cell_m, nx, ny, "EPSG:32617", inside)


def strewn(grid: Grid, n: int, seed: int) -> SimpleNamespace:
    """Points on and around the grid, a third of them in one place, from 70 days ago to 3 days ahead."""
    rng = np.random.default_rng(seed)
    west, south, east, north = grid.bounds
    x, y = rng.uniform(west - 60, east + 60, n).round(1), rng.uniform(south - 60, north + 60, n).round(1)
    x[: n // 3], y[: n // 3] = x[:1].repeat(n // 3), y[:1].repeat(n // 3)
    return SimpleNamespace(x=x, y=y, days_ago=rng.uniform(-3, 70, n), weights=rng.uniform(0, 3, n))


def by_definition(x, y, days_ago, grid, reach_m, reach_weeks, weights) -> tuple[np.ndarray, np.ndarray]:
    risk, support = np.zeros(grid.shape), np.zeros(grid.shape)
    for r, c in np.argwhere(grid.inside):
        for i in range(len(x)):
            row, column = math.floor((y[i] - grid.y0) / grid.cell_m), math.floor((x[i] - grid.x0) / grid.cell_m)
            if not (0 <= row < grid.ny and 0 <= column < grid.nx and grid.inside[row, column]):
                continue
            d = math.hypot(grid.x0 + (c + 0.5) * grid.cell_m - x[i], grid.y0 + (r + 0.5) * grid.cell_m - y[i])
            if d <= reach_m and 0 <= days_ago[i] < 7 * reach_weeks:
                halves, weeks = math.floor(d / (grid.cell_m / 2)), math.floor(days_ago[i] / 7)
                risk[r, c] += weights[i] / (1 + halves) / (1 + weeks)
                support[r, c] += weights[i]
    return risk, support


@settings(max_examples=25, deadline=None)
@given(
    seed=st.integers(0, 2**31),
    n=st.integers(0, 40),
    reach_m=st.floats(10, 1500),
    reach_weeks=st.integers(1, 12),
    cell_m=st.sampled_from([50.0, 130.0]),
)
def test_it_is_the_double_loop(seed, n, reach_m, reach_weeks, cell_m) -> None:
    grid = study(9, 11, cell_m)
    told = strewn(grid, n, seed)
    found = prospective_risk(told.x, told.y, told.days_ago, grid, reach_m, reach_weeks, told.weights)
    risk, support = by_definition(told.x, told.y, told.days_ago, grid, reach_m, reach_weeks, told.weights)
    np.testing.assert_allclose(found.risk, risk, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(found.support, support, rtol=1e-9, atol=1e-12)


def test_one_incident_by_hand() -> None:
    """In the middle of its cell, ten days old: 1/2 for the week, and by half cells of 25 m: 0, 2 (50 m), 2 (71 m)."""
    grid = study(3, 3, holes=0)
    found = prospective_risk(np.array([1075.0]), np.array([-425.0]), np.array([10.0]), grid)
    corner, side = 1 / 3 / 2, 1 / 3 / 2
    assert found.risk == pytest.approx(np.array([[corner, side, corner], [side, 1 / 2, side], [corner, side, corner]]))


@pytest.mark.parametrize(
    ("days_ago", "weight"), [(0.0, 1.0), (6.9, 1.0), (7.0, 0.5), (55.9, 1 / 8), (56.0, 0.0), (-0.1, 0.0)]
)
def test_the_weeks_are_whole_ones(days_ago: float, weight: float) -> None:
    grid = study(3, 3, holes=0)
    found = prospective_risk(np.array([1075.0]), np.array([-425.0]), np.array([days_ago]), grid)
    assert found.risk[1, 1] == pytest.approx(weight)


TRAINED = Period(date(2021, 1, 1), date(2021, 12, 31))
WINDOW = Period(date(2022, 1, 1), date(2022, 1, 31))


def test_it_expects_as_many_as_the_training_days_had_a_day() -> None:
    grid = study(holes=0)
    old, new = np.datetime64("2021-02-01T00:00:00"), np.datetime64("2021-12-30T00:00:00")
    past = Incidents.from_xy(np.array([1075.0] * 9 + [1900.0]), np.full(10, -425.0), t_from=np.array([old] * 9 + [new]))
    answer = Prospective().answer(past, grid, WINDOW, Context(TRAINED), np.random.default_rng(0))
    assert answer.expected.sum() == pytest.approx(10 * 31 / 365)
    assert answer.expected[1, 18] == answer.expected.max()
    assert answer.expected[1, 1] == 0  # nine incidents, ten months ago
    assert answer.support.max() == 1


def test_the_account_tells_how_many_say_where() -> None:
    told = weeks_used(np.array([0.5, 6.9, 7.0, 60.0, -1.0]), np.array([1.0, 2, 4, 8, 16]), 8, np.ones(5, bool))
    assert told.n == 7
    assert told.tables[0].columns["Incidents"].tolist() == [3, 4, 0, 0, 0, 0, 0, 0]
    assert "23% of the incidents are less than 8 weeks old" in told.findings[0]


def test_without_a_recent_incident_nothing_is_shared_out() -> None:
    past = Incidents.from_xy(np.array([1075.0]), np.array([-425.0]), t_from=np.array(["2021-02-01"], "datetime64[s]"))
    answer = Prospective().answer(past, study(holes=0), WINDOW, Context(TRAINED), np.random.default_rng(0))
    assert not answer.expected.any()
    assert not answer.support.any()


def test_days_are_counted_from_local_midnight() -> None:
    t = np.array(["2021-12-31T05:00:00", "2022-01-01T05:00:00"], "datetime64[s]")
    assert days_before(t, date(2022, 1, 1), "America/Toronto").tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"reach_m": 0.0}, "reach_m"),
        ({"reach_weeks": -1.0}, "reach_weeks"),
        ({"days_ago": np.array([np.nan])}, "days_ago"),
    ],
)
def test_what_cannot_be_weighed_is_said(change, words) -> None:
    given_ = {"x": np.ones(1), "y": np.ones(1), "days_ago": np.ones(1), "grid": study()} | change
    with pytest.raises(InvalidInput, match=words):
        prospective_risk(**given_)


def test_incidents_out_of_reach_of_every_centre_are_said_to_count_nothing() -> None:
    grid = Grid(0.0, 0.0, 5000.0, 1, 1, "EPSG:32617", np.ones((1, 1), bool))
    lately = np.full(2, np.datetime64("2021-12-30T00:00:00"))

    def told(x: float) -> tuple[str, ...]:
        past = Incidents.from_xy(np.array([100.0, x]), np.full(2, 2500.0), t_from=lately)
        return Prospective().answer(past, grid, WINDOW, Context(TRAINED), np.random.default_rng(0)).beside.findings

    assert told(200.0) == (
        "No incident that is less than 8 weeks old is within reach of a cell's centre: nothing is expected; choose "
        "smaller cells or a longer reach",
    )
    assert told(2600.0)[1].startswith("Some of those lie within reach of no cell's centre")


def test_without_incidents_none_is_said_to_tell_where() -> None:
    none = weeks_used(np.empty(0), np.empty(0), 8, np.empty(0, bool))
    assert none.findings == ("There are no incidents to go by",)
    old = weeks_used(np.array([90.0]), np.ones(1), 1, np.ones(1, bool))
    assert old.findings[0].startswith("No incident is less than a week old: nothing says where")
