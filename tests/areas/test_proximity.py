import numpy as np
import pytest
import shapely

from ilpgeo.areas import proximity
from ilpgeo.areas.proximity import nearest_m, points_per_cell
from ilpgeo.core.errors import Cancelled
from ilpgeo.core.space import Grid


def study(seed: int = 1) -> Grid:
    inside = np.random.default_rng(seed).random((15, 18)) >= 0.2
    return Grid(1000.0, -500.0, 50.0, 18, 15, "EPSG:32617", inside)


def shapes(kind: str, n: int, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    at = rng.uniform((900, -600), (2000, 350), (n, 2))
    if kind == "points":
        return shapely.points(at)
    if kind == "lines":
        return shapely.linestrings(np.stack([at, at + rng.normal(0, 120, (n, 2))], axis=1))
    return shapely.buffer(shapely.points(at), rng.uniform(20, 150, n))


@pytest.mark.parametrize("kind", ["points", "lines", "polygons"])
@pytest.mark.parametrize("n", [1, 7])
def test_it_is_the_least_of_all_distances(kind, n, monkeypatch) -> None:
    monkeypatch.setattr(proximity, "_CELLS_PER_REPORT", 50)
    grid, geometry = study(), shapes(kind, n)
    found = nearest_m(geometry, grid)
    for row, column in np.ndindex(grid.shape):
        middle = shapely.Point(1000 + 50 * (column + 0.5), -500 + 50 * (row + 0.5))
        if grid.inside[row, column]:
            assert found[row, column] == pytest.approx(min(middle.distance(each) for each in geometry), abs=1e-9)
        else:
            assert np.isnan(found[row, column])


def test_points_and_other_shapes_together_are_measured_to_alike() -> None:
    grid = study()
    points, lines = shapes("points", 4), shapes("lines", 3, 5)
    both = nearest_m(np.concatenate([points, lines]), grid)
    np.testing.assert_allclose(both, np.fmin(nearest_m(points, grid), nearest_m(lines, grid)))


def test_points_are_counted_also_outside_the_study_area_but_not_beyond_the_grid() -> None:
    grid, points = study(), shapes("points", 200)
    found = points_per_cell(points, grid)
    x, y = shapely.get_coordinates(points).T
    for row, column in np.ndindex(grid.shape):
        west, south = 1000 + 50 * column, -500 + 50 * row
        assert found[row, column] == ((x >= west) & (x < west + 50) & (y >= south) & (y < south + 50)).sum()
    assert found[~grid.inside].sum() > 0
    assert found.sum() < 200


def test_a_long_measurement_can_be_stopped(monkeypatch) -> None:
    monkeypatch.setattr(proximity, "_CELLS_PER_REPORT", 50)

    def stop(share: float) -> None:
        raise Cancelled("not wanted any more")

    with pytest.raises(Cancelled):
        nearest_m(shapes("lines", 3), study(), stop)
