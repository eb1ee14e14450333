from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import gaussian_kde

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models import bandwidth
from ilpgeo.models.bandwidth import Bandwidth, foretell_left_out, rule_of_thumb

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
KERNELS = {
    "quartic": lambda d, h: np.where(d < h, 3 / (np.pi * h**2) * (1 - (d / h) ** 2) ** 2, 0.0),
    "gaussian": lambda d, h: np.where(d < 6.5 * h, np.exp(-0.5 * (d / h) ** 2) / (2 * np.pi * h**2), 0.0),
}


def by_brute_force(x, y, bandwidths, area, kernel, weights) -> dict[tuple[float, float], np.ndarray]:
    """Place by place, incident by incident."""
    answer = {}
    for px, py in set(zip(x.tolist(), y.tolist(), strict=True)):
        away = (x != px) | (y != py)
        distance = np.hypot(x[away] - px, y[away] - py)
        density = np.array([(weights[away] * KERNELS[kernel](distance, h)).sum() for h in bandwidths])
        answer[px, py] = np.log(0.99 * density / weights[away].sum() + 0.01 / area)
    return answer


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(2, 60), side=st.integers(2, 15), kernel=st.sampled_from(list(KERNELS)))
def test_left_out_densities_are_those_of_brute_force(seed, n, side, kernel) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.integers(0, side, (2, n)) * 40.0
    x[0], x[1] = 0.0, 40.0
    weights, bandwidths, area = rng.uniform(0.5, 3, n), np.array([45.0, 80.0, 300.0]), 1e6
    found = foretell_left_out(x, y, bandwidths, area, kernel, weights)
    expected = by_brute_force(x, y, bandwidths, area, kernel, weights)
    ordered = [expected[place] for place in sorted(expected)]
    np.testing.assert_allclose(found.log_density, ordered, rtol=1e-9)
    held = [weights[(x == px) & (y == py)].sum() for px, py in sorted(expected)]
    np.testing.assert_allclose(found.score, np.average(ordered, axis=0, weights=held), rtol=1e-9)


def test_the_rule_of_thumb_is_scipy_s() -> None:
    rng = np.random.default_rng(1)
    x, y = rng.normal(0, [[700.0], [700.0]], (2, 500))
    known = gaussian_kde(np.vstack([x, y]), "scott")
    expected = known.factor * np.sqrt((x.var(ddof=1) + y.var(ddof=1)) / 2)
    assert rule_of_thumb(x, y, "gaussian") == pytest.approx(expected)
    assert gaussian_kde(np.vstack([x, y]), "silverman").factor == pytest.approx(known.factor)
    assert rule_of_thumb(x, y) == pytest.approx(460.8 ** (1 / 6) * expected)


def test_the_quartic_factor_is_that_of_its_roughness_and_variance() -> None:
    r = (np.arange(200_000) + 0.5) / 200_000
    step = 2 * np.pi * r / 200_000
    quartic = 3 / np.pi * (1 - r**2) ** 2
    roughness, variance = (quartic**2 * step).sum(), (quartic * r**2 / 2 * step).sum()
    assert (quartic * step).sum() == pytest.approx(1.0)
    assert (roughness / variance**2 * 4 * np.pi) ** (1 / 6) == pytest.approx(bandwidth.QUARTIC_PER_GAUSSIAN, rel=1e-6)


def test_a_weight_is_as_many_points_and_strays_move_the_robust_rule_less() -> None:
    rng = np.random.default_rng(2)
    x, y = rng.normal(0, 300, (2, 400))
    times = rng.integers(1, 4, 400)
    for robust in (False, True):
        copies = rule_of_thumb(np.repeat(x, times), np.repeat(y, times), robust=robust)
        assert rule_of_thumb(x, y, weights=times.astype(float), robust=robust) == pytest.approx(copies)
    strays = np.append(x, [50_000.0, -50_000.0]), np.append(y, [0.0, 0.0])
    assert rule_of_thumb(*strays) > 5 * rule_of_thumb(x, y)
    assert rule_of_thumb(*strays, robust=True) == pytest.approx(rule_of_thumb(x, y, robust=True), rel=0.06)


def test_one_place_or_one_point_has_no_rule() -> None:
    assert rule_of_thumb(np.full(9, 3.0), np.full(9, 4.0)) == 0.0
    assert rule_of_thumb(np.array([1.0]), np.array([2.0])) == 0.0


@pytest.mark.parametrize(("kernel", "low", "high"), [("gaussian", 60, 260), ("quartic", 170, 720)])
def test_of_heaps_it_finds_about_the_width_that_is_best(kernel: str, low: float, high: float) -> None:
    rng = np.random.default_rng(3)
    middles = rng.uniform(0, 10_000, (25, 2))
    points = middles[rng.integers(0, 25, 1500)] + rng.normal(0, 250, (1500, 2))
    truth = middles[rng.integers(0, 25, 1500)] + rng.normal(0, 250, (1500, 2))
    ladder = np.geomspace(30, 2000, 25)
    found = foretell_left_out(points[:, 0], points[:, 1], ladder, 1e8, kernel)
    best = ladder[found.score.argmax()]
    assert low < best < high
    # The best by fresh points from the same heaps, the thing it stands for.
    distance = np.hypot(truth[:, None, 0] - points[:, 0], truth[:, None, 1] - points[:, 1])
    fresh = [np.log(0.99 * KERNELS[kernel](distance, h).mean(axis=1) + 0.01 / 1e8).mean() for h in ladder]
    assert abs(int(np.argmax(fresh)) - int(found.score.argmax())) <= 2
    assert found.as_good_as_best()[found.score.argmax()]
    assert not found.as_good_as_best()[[0, -1]].any()


def test_piles_at_equal_places_do_not_drive_the_bandwidth_to_nothing() -> None:
    rng = np.random.default_rng(4)
    corners = np.column_stack([each.ravel() for each in np.meshgrid(np.arange(40), np.arange(40))]) * 100.0
    near = np.hypot(*(corners - 2000.0).T)
    piled = corners[rng.choice(1600, 3000, p=np.exp(-near / 600) / np.exp(-near / 600).sum())]
    ladder = np.geomspace(20, 2000, 21)
    found = foretell_left_out(piled[:, 0], piled[:, 1], ladder, 1.6e7)
    assert 150 < ladder[found.score.argmax()] < 1500


def test_at_most_so_many_places_are_looked_at_and_the_score_is_close(monkeypatch) -> None:
    rng = np.random.default_rng(5)
    x, y = rng.normal(0, 800, (2, 3000))
    ladder = np.array([100.0, 300.0, 900.0])
    whole = foretell_left_out(x, y, ladder, 1e8)
    monkeypatch.setattr(bandwidth, "_MOST_PLACES", 1000)
    told: list[float] = []
    part = foretell_left_out(x, y, ladder, 1e8, rng=np.random.default_rng(6), progress=told.append)
    assert len(part.weight) == 1000 and told[-1] == 1.0
    np.testing.assert_allclose(part.score, whole.score, atol=0.1)


def test_what_cannot_be_is_named() -> None:
    two = np.array([0.0, 10.0])
    with pytest.raises(InvalidInput, match="two places"):
        foretell_left_out(two * 0, two * 0, np.array([10.0]), 1e6)
    with pytest.raises(InvalidInput, match="bandwidths_m must ascend"):
        foretell_left_out(two, two, np.array([20.0, 10.0]), 1e6)
    with pytest.raises(InvalidInput, match="area_m2"):
        foretell_left_out(two, two, np.array([10.0]), 0.0)
    with pytest.raises(InvalidInput, match="kernel"):
        rule_of_thumb(two, two, "boxcar")
    with pytest.raises(InvalidInput, match="widest_m"):
        Bandwidth(narrowest_m=100.0, widest_m=150.0)


def test_the_answer_names_a_bandwidth_with_its_range() -> None:
    rng = np.random.default_rng(7)
    middles = rng.uniform(1000, 9000, (20, 2))
    points = middles[rng.integers(0, 20, 1200)] + rng.normal(0, 200, (1200, 2))
    grid = Grid(0.0, 0.0, 200.0, 50, 50, "EPSG:32617", np.ones((50, 50), bool))
    past = Incidents.from_xy(points[:, 0], points[:, 1])
    found = Bandwidth().answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(1))
    curve, rules = found.tables
    ladder = curve.columns["Bandwidth (m)"]
    assert all(1.15 < b / a < 1.25 for a, b in pairwise(ladder))
    assert ladder[0] == 50 and ladder[-1] == 1600
    assert f"A quartic bandwidth of {curve.mark:g} m foretells" in found.findings[0]
    assert "clearly worse" in found.findings[0]
    assert rules.columns["Bandwidth (m)"][0] == curve.mark


def test_a_best_at_the_end_of_the_ladder_is_said() -> None:
    rng = np.random.default_rng(8)
    x, y = rng.uniform(0, 10_000, (2, 300))
    grid = Grid(0.0, 0.0, 200.0, 50, 50, "EPSG:32617", np.ones((50, 50), bool))
    model = Bandwidth(narrowest_m=50.0, widest_m=200.0)
    found = model.answer(Incidents.from_xy(x, y), grid, YEAR, Context(YEAR), np.random.default_rng(1))
    assert "is the widest, 200 m; the best of all may lie beyond" in found.findings[0]


def test_two_incidents_are_too_few_to_choose_by() -> None:
    grid = Grid(0.0, 0.0, 200.0, 5, 5, "EPSG:32617", np.ones((5, 5), bool))
    past = Incidents.from_xy(np.array([100.0, 200.0]), np.array([100.0, 110.0]))
    found = Bandwidth().answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(1))
    assert found.findings == ("There are too few places with incidents to choose a bandwidth",)
