"""Grids: every placed point in an inside cell, aligned corners, and dissolved cells."""

import numpy as np
import pytest
import shapely
from hypothesis import example, given, settings
from hypothesis import strategies as st

from ilpgeo.areas.grids import MOST_CELLS, cell_polygons, dissolve_cells, grid_over
from ilpgeo.areas.locate import Locator
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.space import Grid

CRS = "EPSG:32617"


def test_an_aligned_square_makes_exactly_its_cells():
    grid = grid_over(shapely.box(1000, 2000, 2000, 3000), 100, CRS)
    assert grid.shape == (10, 10)
    assert grid.inside.all()
    assert grid.bounds == (1000, 2000, 2000, 3000)


def test_cells_that_only_touch_the_border_are_outside():
    l_shape = shapely.Polygon([(0, 0), (300, 0), (300, 100), (100, 100), (100, 300), (0, 300)])
    assert grid_over(l_shape, 100, CRS).inside.astype(int).tolist() == [[1, 1, 1], [1, 0, 0], [1, 0, 0]]


def test_a_hole_is_outside():
    ring = shapely.box(0, 0, 500, 500) - shapely.box(100, 100, 400, 400)
    inside = grid_over(ring, 100, CRS).inside
    assert not inside[1:4, 1:4].any()
    assert inside.sum() == 16


def test_grids_of_neighbours_align_and_a_shift_moves_them():
    west, east = (grid_over(shapely.box(a, 17, a + 940, 800), 150, CRS) for a in (13, 953))
    assert (west.x0 % 150, east.x0 % 150, west.y0) == (0, 0, 0)
    moved = grid_over(shapely.box(13, 17, 940, 800), 150, CRS, shift=(75, 50))
    assert (moved.x0, moved.y0) == (-75, -100)


def test_too_many_cells_names_a_size_that_fits():
    area = shapely.box(0, 0, 600_000, 700_000)
    with pytest.raises(InvalidInput, match="cells of 330 m fit"):
        grid_over(area, 100, CRS)
    grid = grid_over(area, 330, CRS)
    assert grid.nx * grid.ny <= MOST_CELLS


@pytest.mark.parametrize("cell_m", [0, -1, np.nan, np.inf, 1e300])
def test_a_cell_size_must_be_positive(cell_m: float):
    with pytest.raises(InvalidInput, match="positive"):
        grid_over(shapely.box(0, 0, 1, 1), cell_m, CRS)


@pytest.mark.parametrize("shift", [(np.nan, 0.0), (0.0, np.inf), (1e300, 0.0)])
def test_a_shift_stays_on_the_earth(shift: tuple[float, float]):
    with pytest.raises(InvalidInput, match="shift must be at most"):
        grid_over(shapely.box(0, 0, 1, 1), 1.0, CRS, shift)


def test_an_empty_study_area_is_refused():
    with pytest.raises(InvalidInput, match="empty"):
        grid_over(shapely.Polygon(), 100, CRS)


def blob(seed: int, size: float, lattice: bool) -> shapely.Geometry:
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi, rng.integers(3, 12)))
    xy = np.c_[np.cos(angle), np.sin(angle)] * rng.uniform(0.1, 1, len(angle))[:, None] * size
    xy = np.round(xy / 50) * 50 if lattice else xy + rng.uniform(-1e6, 1e6, 2)
    return shapely.make_valid(shapely.Polygon(xy), method="structure", keep_collapsed=False)


@settings(max_examples=150, deadline=None)
@given(
    seed=st.integers(0, 2**32 - 1),
    cell_m=st.sampled_from([100.0, 50.0, 33.3, 0.1, 7.0, 250.0]),
    lattice=st.booleans(),
    shift=st.tuples(st.floats(-300, 300), st.floats(-300, 300)),
)
@example(seed=0, cell_m=100.0, lattice=True, shift=(0.0, 0.0))
def test_every_placed_point_lies_in_an_inside_cell(seed, cell_m, lattice, shift):
    shape = blob(seed, 8 * max(cell_m, 10.0) if cell_m >= 1 else 10.0, lattice)
    if shapely.get_type_id(shape) not in (3, 6) or shape.is_empty:
        return
    shapes = np.array([shape], object)
    grid = grid_over(shapes, cell_m, CRS, shift=shift)
    rng = np.random.default_rng(seed)
    west, south, east, north = shape.bounds
    corners = shapely.get_coordinates(shape)
    edge_points = corners[:-1] + np.diff(corners, axis=0) * rng.uniform(0, 1, (len(corners) - 1, 1))
    near = np.vstack([corners, edge_points])
    near = np.vstack([near, np.nextafter(near, -np.inf), np.nextafter(near, np.inf)])
    anywhere = np.c_[rng.uniform(west, east, 500), rng.uniform(south, north, 500)]
    snapped = np.round(anywhere / cell_m) * cell_m
    x, y = np.vstack([near, anywhere, snapped, np.nextafter(snapped, -np.inf)]).T
    placed = Locator.of(shapes).locate(x, y) >= 0
    assert (grid.cell_of(x[placed], y[placed]) >= 0).all()


@settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), cell_m=st.sampled_from([100.0, 60.0, 250.0]))
def test_inside_are_the_cells_that_share_ground_with_the_area(seed: int, cell_m: float):
    shape = blob(seed, 800.0, lattice=False)
    if shapely.get_type_id(shape) not in (3, 6) or shape.is_empty:
        return
    grid = grid_over(shape, cell_m, CRS)
    shared = shapely.area(shapely.intersection(cell_polygons(grid, np.arange(grid.nx * grid.ny)), shape))
    inside = grid.inside.ravel()
    assert inside[shared > 1e-3].all()
    reached = shapely.dwithin(cell_polygons(grid, np.arange(grid.nx * grid.ny)), shape, 1e-6)
    assert not inside[~reached].any()


def test_the_union_of_areas_is_the_study_area():
    two = np.array([shapely.box(0, 0, 150, 100), shapely.box(150, 0, 300, 100)], object)
    assert grid_over(two, 100, CRS).inside.tolist() == [[True, True, True]]


def whole_grid(nx: int, ny: int) -> Grid:
    return Grid(1_000.5, -300.25, 100.0, nx, ny, CRS, np.ones((ny, nx), np.bool_))


def test_cell_polygons_are_the_cells():
    first, last = cell_polygons(whole_grid(3, 2), np.array([0, 5]))
    assert first.bounds == (1000.5, -300.25, 1100.5, -200.25)
    assert last.bounds == (1200.5, -200.25, 1300.5, -100.25)


def test_a_row_of_cells_has_four_corners():
    row = dissolve_cells(whole_grid(5, 1), np.array([1, 2, 3]))
    assert shapely.get_num_coordinates(row) == 5
    assert row.bounds == (1100.5, -300.25, 1400.5, -200.25)


def test_no_cell_is_an_empty_polygon():
    assert dissolve_cells(whole_grid(2, 2), np.empty(0, np.int64)).is_empty


@settings(max_examples=150, deadline=None)
@given(cells=st.lists(st.integers(0, 63), min_size=1, max_size=64))
def test_dissolved_cells_keep_area_and_are_valid(cells: list[int]):
    grid = whole_grid(8, 8)
    distinct = np.unique(cells)
    outline = dissolve_cells(grid, np.array(cells))
    assert outline.is_valid
    assert outline.area == pytest.approx(len(distinct) * 100.0**2, rel=1e-12)
    assert outline.equals(shapely.union_all(cell_polygons(grid, distinct)))
    for ring in shapely.get_rings(shapely.get_parts(outline)):
        sides = np.diff(shapely.get_coordinates(ring), axis=0)
        turns = (sides[:, 0] == 0) != (np.roll(sides, 1, axis=0)[:, 0] == 0)
        assert turns.all()
