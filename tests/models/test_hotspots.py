from dataclasses import replace
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from ilpgeo.core.answers import Clusters, Contrast, RiskSurface, Zones
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.explained import Diagnostic
from ilpgeo.core.incidents import Incidents
from ilpgeo.core.protocols import Context
from ilpgeo.core.query import Period
from ilpgeo.core.space import Grid
from ilpgeo.models.hotspots import find_hotspots, top_cells
from ilpgeo.models.registry import MODELS, model_class

YEAR = Period(date(2021, 1, 1), date(2021, 12, 31))
CONTEXT = Context(YEAR)


def study(ny: int = 20, nx: int = 20) -> Grid:
    return Grid(0.0, 0.0, 100.0, nx, ny, "EPSG:32617", np.ones((ny, nx), bool))


def two_piles(grid: Grid) -> Incidents:
    # 30 incidents on Friday evenings in cell (2, 3) and its corner neighbour (3, 4), 12 in cell (15, 15), 3 strewn.
    x = np.concatenate([np.full(18, 350.0), np.full(12, 450.0), np.full(12, 1550.0), [50.0, 1950.0, 50.0]])
    y = np.concatenate([np.full(18, 250.0), np.full(12, 350.0), np.full(12, 1550.0), [1950.0, 50.0, 950.0]])
    friday = np.datetime64("2021-01-01T20:30:00") + np.arange(30) * np.timedelta64(7, "D")
    t_from = np.concatenate([friday, np.full(15, np.datetime64("2021-02-01T09:00:00"))])
    return Incidents.from_xy(x, y, t_from=t_from)


def test_by_hand_on_a_surface() -> None:
    grid = study()
    past = two_piles(grid)
    surface = RiskSurface(grid, grid.count(past.x, past.y), grid.count(past.x, past.y))
    first, second = find_hotspots(surface, past, grid, CONTEXT, top_share=3 / 400)
    assert (first.n, first.rank, first.share) == (30, 1, pytest.approx(30 / 45))
    assert (first.area_km2, first.density_km2) == (pytest.approx(0.02), pytest.approx(1500))
    assert first.peak == "Fri 17:00-21:00"
    assert first.polygon.area == pytest.approx(2 * 100**2)
    assert first.name == "South-west of the study area"
    assert (second.n, second.peak, second.polygon.bounds) == (12, "time of week unknown", (1500, 1500, 1600, 1600))


def test_a_window_longer_than_six_hours_says_nothing_about_the_hour() -> None:
    grid = study()
    past = two_piles(grid)
    hours = np.where(np.arange(45) < 30, 7, 0) * np.timedelta64(3600, "s")
    coarse = Incidents(**{name: getattr(past, name) for name in past.__slots__} | {"t_to": past.t_from + hours})
    surface = RiskSurface(grid, grid.count(past.x, past.y), grid.count(past.x, past.y))
    first, *_ = find_hotspots(surface, coarse, grid, CONTEXT, top_share=3 / 400)
    assert first.peak == "time of week unknown"


def test_clusters_that_share_a_cell_count_no_incident_twice() -> None:
    grid = study()
    past = Incidents.from_xy(np.array([10.0, 110.0, 90.0, 20.0, 500.0]), np.array([10.0, 10.0, 90.0, 20.0, 500.0]))
    clusters = Clusters(grid, np.array([0, 0, 1, 0, -1]), grid.cell_of(past.x, past.y), past.weight, 1.0)
    first, second = find_hotspots(clusters, past, grid, CONTEXT)
    assert (first.n, first.polygon.bounds) == (3, (0, 0, 200, 100))
    assert (second.n, second.polygon.bounds) == (1, (0, 0, 100, 100))
    assert first.share + second.share == pytest.approx(0.8)


def test_ties_are_taken_pessimistically() -> None:
    expected = np.array([[2.0, 1.0, 1.0, 1.0], [0.0, 0.0, 0.0, 0.0]])
    counts = np.array([[5.0, 3.0, 1.0, 2.0], [0.0, 0.0, 0.0, 0.0]])
    chosen = top_cells(expected, counts, np.ones((2, 4), bool), 3 / 8)
    assert chosen.tolist() == [[True, False, True, True], [False] * 4]


def test_cells_that_expect_nothing_are_no_hotspots() -> None:
    expected = np.array([[0.0, 0.5, 0.0]])
    assert top_cells(expected, expected, np.ones((1, 3), bool), 1.0).tolist() == [[False, True, False]]


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 2**31), n=st.integers(0, 400), name=st.sampled_from(sorted(MODELS)), least=st.integers(1, 9))
def test_hotspots_of_every_model_keep_their_promises(seed, n, name, least) -> None:
    rng = np.random.default_rng(seed)
    grid = study()
    piles = rng.uniform(0, 2000, (6, 2))[rng.integers(0, 6, n)] + rng.normal(0, 60, (n, 2))
    past = Incidents.from_xy(piles[:, 0], piles[:, 1], t_from=rng.integers(1.6e9, 1.63e9, n).astype("datetime64[s]"))
    model = model_class(name)(**({"min_samples": 5} if name == "dbscan" else {}))
    context = replace(CONTEXT, factors={"bars distance_m": rng.uniform(0, 900, grid.shape)})
    answer = model.answer(past, grid, YEAR, context, rng)
    if isinstance(answer, Diagnostic):
        return
    found = find_hotspots(answer, past, grid, CONTEXT, 0.05, least)
    assert [hotspot.rank for hotspot in found] == list(range(1, len(found) + 1))
    assert all(a.n >= b.n for a, b in pairwise(found))
    assert len({hotspot.name for hotspot in found}) == len(found)
    assert sum(hotspot.n for hotspot in found) <= n
    for hotspot in found:
        assert hotspot.n >= least
        assert hotspot.area_km2 == pytest.approx(hotspot.polygon.area / 1e6)
        assert hotspot.density_km2 == pytest.approx(hotspot.n / hotspot.area_km2)
        assert 0 < hotspot.share <= 1
    if name in {"dbscan", "st_dbscan"}:
        return  # which of two clusters a border point goes to depends on the order, in scikit-learn too
    order = rng.permutation(n)
    again = find_hotspots(
        model.answer(past.select(order), grid, YEAR, context, rng), past.select(order), grid, CONTEXT, 0.05, least
    )
    assert [(h.n, h.peak, h.name) for h in again] == [(h.n, h.peak, h.name) for h in found]
    assert all(a.polygon.equals(b.polygon) for a, b in zip(found, again, strict=True))


def test_what_has_no_hotspots_is_refused() -> None:
    past, grid = two_piles(study()), study()
    surface = RiskSurface(grid, grid.count(past.x, past.y), grid.count(past.x, past.y))
    with pytest.raises(InvalidInput, match="Diagnostic has no hotspots"):
        find_hotspots(Diagnostic("curve", (), (), 0.0), past, grid, CONTEXT)
    with pytest.raises(InvalidInput, match="top_share"):
        find_hotspots(surface, past, grid, CONTEXT, top_share=0.0)
    with pytest.raises(InvalidInput, match="grid"):
        find_hotspots(surface, past, study(3, 3), CONTEXT)
    short = Clusters(grid, np.array([0]), np.array([0]), np.array([1.0]), 1.0)
    with pytest.raises(InvalidInput, match="1 labels for 45"):
        find_hotspots(short, past, grid, CONTEXT)


def test_a_zone_counts_the_incidents_of_its_days_and_only_significant_zones_count() -> None:
    grid = study()
    past = two_piles(grid)
    cells = (np.array([2 * 20 + 3, 3 * 20 + 4]), np.array([15 * 20 + 15]))
    first, last = (
        np.array(["2021-01-01", "2021-01-01"], "datetime64[D]"),
        np.array(["2021-01-29", "2021-12-31"], "datetime64[D]"),
    )
    zones = Zones(
        grid, cells, np.array([5.0, 12.0]), np.array([1.0, 9.0]), np.array([4.0, 1.0]), np.array([0.01, 0.2]), first,
        last, 0.05,
    )  # fmt: skip
    (found,) = find_hotspots(zones, past, grid, CONTEXT)
    assert (found.n, found.area_km2) == (5, pytest.approx(0.02))  # the five Fridays of January


def test_a_contrast_s_hotspots_lie_above_its_neutral_value() -> None:
    grid = study()
    past = two_piles(grid)
    ratio = np.where(grid.count(past.x, past.y) > 5, 3.0, 0.5)
    ratio[15, 15] = np.nan
    contrast = Contrast(grid, ratio, grid.count(past.x, past.y), 1.0, "", "now", "before")
    (found,) = find_hotspots(contrast, past, grid, CONTEXT, top_share=0.5)
    assert found.n == 30


def test_a_cluster_with_a_polygon_of_its_own_is_drawn_as_that() -> None:
    grid = study()
    past = two_piles(grid)
    cell = grid.cell_of(past.x, past.y)
    labels = np.where(np.arange(45) < 30, 0, np.where(np.arange(45) < 42, 1, -1))
    own = np.array([shapely.box(300, 200, 500, 400), shapely.box(1500, 1500, 1600, 1600)])
    first, second = find_hotspots(Clusters(grid, labels, cell, past.weight, 1.0, own), past, grid, CONTEXT)
    assert (first.polygon, first.area_km2) == (own[0], pytest.approx(0.04))
    assert second.polygon == own[1]
