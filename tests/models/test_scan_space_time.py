import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.errors import Cancelled, InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.replications import p_value
from ilpgeo.models.scan_cylinders import space_time_scan
from ilpgeo.models.scan_space_time import SpaceTimeScan

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


def llr(c: float, e: float, total: float) -> float:
    if c <= e:
        return 0.0
    return c * math.log(c / e) + ((total - c) * math.log((total - c) / (total - e)) if total > c else 0.0)


def every_cylinder(cell, step, shape, n_steps, inside, only_current, max_steps, reach, max_share=0.5):
    """(ratio, cells, first step, last step) of every disc of inside cells over every run, counted one by one."""
    total, found = len(cell), []
    places = [tuple(place) for place in np.argwhere(inside).tolist()]
    at = [divmod(each, shape[1]) for each in cell.tolist()]
    for row, column in places:
        for radius in range(reach + 1):
            disc = frozenset(p for p in places if (p[0] - row) ** 2 + (p[1] - column) ** 2 <= radius**2)
            here = np.array([place in disc for place in at], bool)
            if here.sum() > max_share * total:
                continue
            for last in range(n_steps - 1 if only_current else 0, n_steps):
                for first in range(max(0, last - max_steps + 1), last + 1):
                    then = (step >= first) & (step <= last)
                    found.append(
                        (llr(int((here & then).sum()), here.sum() * then.sum() / total, total), disc, first, last)
                    )
    return found


def without_overlap(cylinders) -> list[float]:
    ratios: list[float] = []
    while cylinders and max(each[0] for each in cylinders) > 0:
        best = max(cylinders, key=lambda each: each[0])
        ratios.append(best[0])
        cylinders = [each for each in cylinders if not each[1] & best[1]]
    return ratios


@st.composite
def questions(draw):
    ny, nx, n_steps = draw(st.integers(1, 5)), draw(st.integers(1, 5)), draw(st.integers(2, 7))
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    inside = rng.random((ny, nx)) < draw(st.sampled_from([0.6, 1.0]))
    inside[0, 0] = True
    n = draw(st.sampled_from([1, 5, 40, 300]))
    cell = rng.choice(np.flatnonzero(inside), n, p=rng.dirichlet(np.full(int(inside.sum()), 0.7)))
    return cell, rng.choice(n_steps, n, p=rng.dirichlet(np.full(n_steps, 0.7))), (ny, nx), n_steps, inside


@settings(deadline=None, max_examples=60)
@given(questions(), st.booleans(), st.integers(1, 4), st.integers(0, 3))
def test_the_highest_ratio_is_that_of_every_cylinder_tried(question, only_current, max_steps, reach) -> None:
    cell, step, shape, n_steps, inside = question
    zones = space_time_scan(
        cell, step, shape, n_steps, inside, only_current=only_current, max_steps=max_steps, max_radius_cells=reach,
        replications=1, rng=np.random.default_rng(0),
    )  # fmt: skip
    longest = min(max_steps, n_steps // 2)
    best = max((each[0] for each in every_cylinder(*question, only_current, longest, reach)), default=0.0)
    assert (zones.found.llr[0] if len(zones.observed) else 0.0) == pytest.approx(best, abs=1e-9, rel=1e-12)
    for cells, first, last, c, e, ratio in zip(
        zones.found.cells, zones.first_step, zones.last_step, zones.observed, zones.expected, zones.found.llr,
        strict=True,
    ):  # fmt: skip
        here, then = np.isin(cell, cells), (step >= first) & (step <= last)
        assert c == (here & then).sum()
        assert e == pytest.approx(here.sum() * then.sum() / len(cell))
        assert llr(c, e, len(cell)) == pytest.approx(ratio, abs=1e-9)
        assert last == n_steps - 1 or not only_current
        assert 1 <= last - first + 1 <= longest


@pytest.mark.parametrize("only_current", [True, False])
def test_secondary_zones_are_the_best_that_share_no_cell(only_current: bool) -> None:
    rng = np.random.default_rng(6)
    cell, step = rng.integers(0, 42, 250), rng.integers(0, 6, 250)
    step[np.isin(cell, [3, 4, 30, 31])] = rng.integers(4, 6, np.isin(cell, [3, 4, 30, 31]).sum())
    zones = space_time_scan(
        cell, step, (6, 7), 6, only_current=only_current, max_steps=3, max_radius_cells=2, alpha=0.5, rng=rng
    )
    reference = without_overlap(every_cylinder(cell, step, (6, 7), 6, np.ones((6, 7), bool), only_current, 3, 2))
    n = len(zones.observed)
    assert n >= 2
    np.testing.assert_allclose(zones.found.llr, reference[:n], atol=1e-9)
    if n < len(reference):
        assert p_value(np.array(reference[n : n + 1]), zones.found.simulated)[0] > 0.5


def test_by_hand() -> None:
    """Two places, four steps, eight incidents; three of four at one place in the last step, as are all of that step.

    E = 4 * 3 / 8 = 1.5, c = 3: 3 ln 2 + 5 ln(5 / 6.5).
    """
    cell = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    step = np.array([0, 3, 3, 3, 0, 1, 1, 2])
    zones = space_time_scan(
        cell, step, (1, 2), 4, max_steps=2, max_radius_cells=0, replications=9, rng=np.random.default_rng(0)
    )
    assert zones.found.llr[0] == pytest.approx(3 * math.log(2) + 5 * math.log(5 / 6.5), abs=1e-12)
    assert (zones.observed[0], zones.expected[0], zones.first_step[0], zones.last_step[0]) == (3, 1.5, 3, 3)


@pytest.mark.parametrize("only_current", [True, False])
def test_replications_are_what_the_brute_force_finds_in_permuted_steps(only_current: bool) -> None:
    from scipy.stats import ks_2samp

    rng = np.random.default_rng(8)
    cell, step = rng.integers(0, 12, 50), rng.integers(0, 5, 50)
    ours = space_time_scan(
        cell, step, (3, 4), 5, only_current=only_current, max_steps=2, max_radius_cells=1, replications=2000, rng=rng
    ).found.simulated
    inside = np.ones((3, 4), bool)
    theirs = [
        max(e[0] for e in every_cylinder(cell, rng.permutation(step), (3, 4), 5, inside, only_current, 2, 1))
        for _ in range(150)
    ]
    assert ks_2samp(ours, theirs).pvalue > 0.01


def test_under_chance_p_is_spread_evenly() -> None:
    from scipy.stats import kstest

    rng = np.random.default_rng(4)
    p = [
        space_time_scan(rng.integers(0, 64, 300), rng.integers(0, 10, 300), (8, 8), 10, max_steps=3,
                        max_radius_cells=2, replications=99, rng=rng).found.p[0]
        for _ in range(150)
    ]  # fmt: skip
    assert kstest(p, "uniform").pvalue > 0.01


def outbreak(seed: int) -> tuple[Incidents, Grid]:
    """Busy places and a busy summer, 3,000 incidents; 40 more around one place in the last three weeks."""
    rng = np.random.default_rng(seed)
    day = np.concatenate([rng.integers(0, 365, 2000), rng.integers(150, 240, 1000), rng.integers(344, 365, 40)])
    x, y = rng.uniform(0, 3000, (2, 3040))
    busy = rng.random(3040) < 0.3
    x[busy] = y[busy] = 650.0
    x[3000:], y[3000:] = 2250 + rng.normal(0, 80, 40), 1450 + rng.normal(0, 80, 40)
    start = np.datetime64("2021-01-01T12:00:00") + (day * 86_400).astype("timedelta64[s]")
    return Incidents.from_xy(x, y, t_from=start), Grid(0, 0, 100, 30, 30, "EPSG:32617", np.ones((30, 30), bool))


@pytest.mark.parametrize("ending", ["now", "any"])
def test_an_outbreak_is_found_and_busy_places_and_seasons_are_not(ending: str) -> None:
    past, grid = outbreak(1)
    answer = SpaceTimeScan(ending=ending).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(3))
    assert answer.p[0] == pytest.approx(0.005)
    assert 14 * 30 + 22 in answer.cells[0]
    assert (answer.first[0], answer.last[0]) == (np.datetime64("2021-12-11"), np.datetime64("2021-12-31"))
    assert not any(6 * 30 + 6 in cells for cells, p in zip(answer.cells, answer.p, strict=True) if p <= 0.05)
    assert answer.beside is not None
    assert answer.beside.tables[0].columns["From"][0] == "2021-12-11"


def test_days_are_counted_back_from_the_last_and_those_before_the_first_step_are_said_to_be_left_out() -> None:
    past, grid = outbreak(2)
    answer = SpaceTimeScan(step_days=50).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(3))
    day = past.t_from.astype("datetime64[D]")
    lost = int((day < np.datetime64("2021-01-16")).sum())
    assert lost >= 10
    assert answer.beside is not None
    assert any(finding.startswith(f"{lost} incidents before the first") for finding in answer.beside.findings)
    assert answer.beside.n == len(past) - lost
    assert ((answer.last - answer.first).astype(int) + 1) % 50 == 0


def test_a_period_of_one_step_is_refused_and_cancelling_passes_through() -> None:
    past, grid = outbreak(2)
    week = Context(Period(date(2021, 12, 20), date(2021, 12, 31)))
    with pytest.raises(InvalidInput, match="12 days hold less than two steps of 7"):
        SpaceTimeScan().answer(past, grid, YEAR, week, np.random.default_rng(3))

    def stop(share: float) -> None:
        raise Cancelled("enough")

    with pytest.raises(Cancelled):
        SpaceTimeScan().answer(past, grid, YEAR, Context(YEAR, progress=stop), np.random.default_rng(3))


def test_what_cannot_be_scanned_is_refused() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(InvalidInput, match="outside the study area"):
        space_time_scan(np.array([5]), np.array([0]), (2, 2), 3, rng=rng)
    with pytest.raises(InvalidInput, match="steps must lie between 0 and 2"):
        space_time_scan(np.array([1]), np.array([3]), (2, 2), 3, rng=rng)
    with pytest.raises(InvalidInput, match="none to tell apart"):
        space_time_scan(np.array([1]), np.array([0]), (2, 2), 1, rng=rng)


def test_a_few_incidents_left_out_are_not_counted() -> None:
    t = np.append(np.full(40, np.datetime64("2021-12-20T12:00:00")), np.datetime64("2021-01-01T12:00:00"))
    past = Incidents.from_xy(np.full(41, 50.0), np.full(41, 50.0), t_from=t)
    grid = Grid(0.0, 0.0, 100.0, 3, 3, "EPSG:32617", np.ones((3, 3), bool))
    found = SpaceTimeScan(step_days=7).answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(3)).beside
    assert found is not None
    assert found.findings[-1] == "A few incidents before the first whole step of 7 days are left out"


def test_a_period_of_one_day_is_said_as_one() -> None:
    day = Period(date(2021, 12, 20), date(2021, 12, 20))
    past, grid = outbreak(2)
    with pytest.raises(InvalidInput, match="1 day holds less than two steps"):
        SpaceTimeScan().answer(past, grid, YEAR, Context(day), np.random.default_rng(3))
