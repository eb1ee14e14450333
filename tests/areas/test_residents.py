import numpy as np
import pytest
import shapely

from ilpgeo.areas.grids import grid_over
from ilpgeo.areas.residents import residents_per_cell
from ilpgeo.core.query import Level
from ilpgeo.core.space import Areas


def three_areas() -> Areas:
    """Two blocks of four and two cells, and a strip too narrow to hold the middle of a cell."""
    polygons = np.array([shapely.box(0, 0, 200, 200), shapely.box(200, 0, 300, 200), shapely.box(300, 0, 320, 200)])
    return Areas(
        ("a", "b", "c"), ("A", "B", "C"), np.zeros(3, int), np.full(3, -1), np.array([40.0, 6.0, 5.0]), polygons,
        ("block",), (Level.LOCAL,), "EPSG:32617",
    )  # fmt: skip


def test_population_is_spread_evenly_and_none_is_lost() -> None:
    areas = three_areas()
    grid = grid_over(areas.geometry, 100.0, "EPSG:32617")
    residents = residents_per_cell(areas, np.arange(3), grid)
    assert residents[:, :2].tolist() == [[10, 10], [10, 10]]
    assert residents[:, 2].tolist() == [3, 3]
    assert residents[:, 3].sum() == 5
    assert residents.sum() == pytest.approx(51)


def test_only_the_areas_asked_for_count() -> None:
    areas = three_areas()
    grid = grid_over(areas.geometry[:1], 100.0, "EPSG:32617")
    assert residents_per_cell(areas, np.array([0]), grid).sum() == 40
