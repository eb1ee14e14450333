import math
from datetime import date

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import norm

from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.nearest_neighbour import NearestNeighbourIndex, clark_evans, nearest_distances, perimeter_m

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))


@settings(deadline=None, max_examples=60)
@given(st.lists(st.tuples(st.integers(0, 12), st.integers(0, 12)), min_size=2, max_size=40))
def test_distances_are_those_of_every_pair_tried(points: list[tuple[int, int]]) -> None:
    x, y = np.array(points, float).T
    apart = np.hypot(x[:, None] - x, y[:, None] - y)
    np.fill_diagonal(apart, np.inf)
    np.testing.assert_allclose(nearest_distances(x, y), apart.min(axis=1), rtol=1e-12)


def test_by_hand() -> None:
    """A hundred points on a lattice of 10 m in a hectare: mean 10, by chance 5, index 2, SE 0.26136."""
    found = clark_evans(100, 10.0, 10_000.0)
    assert (found.expected_m, found.ratio) == (5.0, 2.0)
    assert found.error_m == pytest.approx(0.26136, abs=1e-5)
    assert found.z == pytest.approx(5 / 0.26136, rel=1e-4)
    assert clark_evans(100, 5.3, 10_000.0).p == pytest.approx(2 * norm.sf(0.3 / 0.2613614), rel=1e-5)


@pytest.mark.parametrize(("n", "sides"), [(30, (1000.0, 1000.0)), (200, (1000.0, 1000.0)), (100, (2500.0, 500.0))])
def test_donnelly_s_mean_and_spread_are_those_of_points_thrown_on_a_rectangle(n: int, sides) -> None:
    rng = np.random.default_rng(n)
    means = np.array([nearest_distances(*(rng.random((2, n)) * np.array(sides)[:, None])).mean() for _ in range(2000)])
    found = clark_evans(n, means.mean(), sides[0] * sides[1], 2 * sum(sides))
    assert found.expected_m == pytest.approx(means.mean(), rel=0.006)
    assert found.error_m == pytest.approx(means.std(), rel=0.05)
    # Without the correction the border makes chance look spread out.
    assert clark_evans(n, means.mean(), sides[0] * sides[1]).ratio > 1.01


def test_a_border_s_stairs_do_not_count() -> None:
    whole = Grid(0, 0, 50, 30, 20, "EPSG:32617", np.ones((20, 30), bool))
    assert perimeter_m(whole) == pytest.approx(2 * (1500 + 1000))
    row, column = np.mgrid[:80, :80] + 0.5
    disc = Grid(0, 0, 10, 80, 80, "EPSG:32617", (row - 40) ** 2 + (column - 40) ** 2 < 38**2)
    assert perimeter_m(disc) == pytest.approx(2 * math.pi * 380, rel=0.04)
    one = Grid(0, 0, 50, 3, 3, "EPSG:32617", np.eye(3) == 1)
    assert perimeter_m(one) == pytest.approx(3 * 200)


def ask(x, y, weight=None):
    grid = Grid(0, 0, 100, 30, 30, "EPSG:32617", np.ones((30, 30), bool))
    past = Incidents.from_xy(x, y, weight=weight)
    return NearestNeighbourIndex().answer(past, grid, YEAR, Context(YEAR), np.random.default_rng(0))


def test_chance_clusters_and_lattices_are_told_apart() -> None:
    rng = np.random.default_rng(3)
    x, y = rng.random((2, 400)) * 3000
    assert ask(x, y).findings[0].startswith("Incidents lie neither closer together nor")
    assert ask(x / 4 + 900, y / 4 + 900).findings[0].startswith("Incidents lie closer together than by chance")
    column, row = np.meshgrid(np.arange(20), np.arange(20))
    assert ask(column.ravel() * 150.0 + 75, row.ravel() * 150.0 + 75).findings[0].startswith("Incidents lie farther")


def test_incidents_at_one_place_are_at_distance_zero_and_places_are_tested_once_too() -> None:
    rng = np.random.default_rng(4)
    x, y = rng.random((2, 300)) * 3000
    answer = ask(x, y, np.where(np.arange(300) < 100, 3.0, 1.0))
    table = answer.tables[0].columns
    alone = nearest_distances(x, y)
    assert answer.n == 500
    np.testing.assert_array_equal(table["Points"], [500, 500, 300, 300])
    np.testing.assert_allclose(table["Mean distance (m)"], np.repeat([alone[100:].sum() / 500, alone.mean()], 2))
    assert any(finding.startswith("60% of the incidents share") for finding in answer.findings)
    assert "neither" in answer.findings[2]


def test_one_place_or_one_incident_is_answered_and_nothing_is_refused() -> None:
    one = np.full(5, 1234.0)
    assert len(ask(one, one).tables[0]) == 2
    assert ask(one[:1], one[:1]).findings == ("There are fewer than two incidents to compare",)
    with pytest.raises(InvalidInput, match="no neighbour"):
        nearest_distances(one[:1], one[:1])
    with pytest.raises(InvalidInput, match="nothing to test"):
        clark_evans(1, 5.0, 100.0)
