"""Grids over study areas, and cells as polygons."""

from __future__ import annotations

from math import ceil, floor, sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.areas.edges import Edges, Frame, Strips, lay, mark_row
from ilpgeo.core.arrays import BoolArray, CodeArray, FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.jit import compiled
from ilpgeo.core.space import Grid

MOST_CELLS = 4_000_000
_FURTHEST_M = 1e7  # from a pole to the equator


def grid_over(
    polygons: npt.NDArray[Any] | shapely.Geometry,
    cell_m: float,
    crs: str,
    shift: tuple[float, float] = (0.0, 0.0),
) -> Grid:
    """Return the grid that covers a study area; its `inside` holds every cell that shares ground with it.

    A point that `Locator` places in one of the polygons always lies in an inside cell. The corner is a multiple of
    the cell size (plus the shift), so that grids of neighbouring study areas align. Cost: O(edges + cells).

    Parameters
    ----------
    polygons
        One polygon or multipolygon, or an array of them, in `crs`.
    shift
        Metres east and north by which the cells are moved.

    Raises
    ------
    InvalidInput
        When the cell size or the shift is out of bounds, the study area is empty, or the grid would have more than
        `MOST_CELLS` cells; the message says which size would fit.
    """
    if not 0 < cell_m <= _FURTHEST_M:
        raise InvalidInput(f"grid: the cell size must be positive and at most {_FURTHEST_M:,.0f} m, not {cell_m:g}")
    if not all(abs(metres) <= _FURTHEST_M for metres in shift):
        raise InvalidInput(f"grid: the shift must be at most {_FURTHEST_M:,.0f} m either way, not {shift}")
    edges = Edges.of(np.atleast_1d(np.asarray(polygons, object)))
    if not len(edges):
        raise InvalidInput("grid: the study area is empty; choose an area that has a boundary")
    frame = _snapped(edges, cell_m, shift)
    if frame.n_cols * frame.n_rows > MOST_CELLS:
        raise InvalidInput(
            f"grid: cells of {cell_m:g} m would make {frame.n_cols * frame.n_rows:,} cells, more than {MOST_CELLS:,}; "
            f"cells of {_fitting_size(edges, frame, shift):g} m fit, or choose a smaller area"
        )
    strips = lay(edges, frame)
    inside = _inside_cells(strips, frame)
    return Grid(frame.x0, frame.y0, cell_m, frame.n_cols, frame.n_rows, crs, inside)


def cell_polygons(grid: Grid, cells: IntArray) -> npt.NDArray[Any]:
    """Return the squares of flat cell numbers (row * nx + column), in the grid's CRS."""
    row, column = np.divmod(np.asarray(cells, np.int64), grid.nx)
    west, east = (grid.x0 + (column + side) * grid.cell_m for side in (0, 1))
    south, north = (grid.y0 + (row + side) * grid.cell_m for side in (0, 1))
    squares: npt.NDArray[Any] = shapely.box(west, south, east, north)
    return squares


def dissolve_cells(grid: Grid, cells: IntArray) -> shapely.Geometry:
    """Return the union of some cells as a polygon or multipolygon with corners only where the outline turns.

    Cells that touch at a corner only stay apart. No cell: an empty polygon.
    """
    distinct = np.unique(np.asarray(cells, np.int64))
    if not len(distinct):
        return shapely.Polygon()
    return shapely.simplify(shapely.coverage_union_all(cell_polygons(grid, distinct)), 0.0)


def _snapped(edges: Edges, cell_m: float, shift: tuple[float, float]) -> Frame:
    corner, n = [], []
    for axis in (0, 1):
        lowest, highest = edges.extent[axis], float(np.nextafter(edges.extent[2 + axis], -np.inf))
        steps = floor((lowest - shift[axis]) / cell_m)
        while steps * cell_m + shift[axis] > lowest:  # the division may round up to the next whole number
            steps -= 1
        corner.append(steps * cell_m + shift[axis])
        n.append(max(1, floor((highest - corner[axis]) / cell_m) + 1))
    return Frame(corner[0], corner[1], cell_m, n[0], n[1])


def _fitting_size(edges: Edges, frame: Frame, shift: tuple[float, float]) -> float:
    """Return the smallest size in steps of 10 m (of 1 m below 100 m) that keeps to the most cells."""
    size = frame.cell * sqrt(frame.n_cols * frame.n_rows / MOST_CELLS)
    while True:
        step = 10.0 if size >= 100 else 1.0
        size = ceil(size / step) * step
        trial = _snapped(edges, size, shift)
        if trial.n_cols * trial.n_rows <= MOST_CELLS:
            return size
        size += step


def _inside_cells(strips: Strips, frame: Frame) -> BoolArray:
    return _mark(
        strips.first_row, strips.first_strip, strips.start, strips.columns, strips.crossing, frame.n_cols, frame.n_rows
    )


@compiled
def _mark(
    first_row: IntArray,
    first_strip: IntArray,
    start: IntArray,
    columns: CodeArray,
    crossing: FloatArray,
    n_cols: int,
    n_rows: int,
) -> BoolArray:
    inside = np.zeros((n_rows, n_cols), np.bool_)
    stamp = np.full(n_cols, -1, np.int32)
    passed = np.empty(n_cols, np.int32)
    filled = np.empty(n_cols, np.int32)
    for a in range(len(first_row)):
        for s in range(first_strip[a], first_strip[a + 1]):
            row = first_row[a] + s - first_strip[a]
            n_passed, n_filled = mark_row(columns, crossing, start[s], start[s + 1], stamp, s, passed, filled, n_cols)
            for k in range(n_passed):
                inside[row, passed[k]] = True
            for k in range(n_filled):
                inside[row, filled[k]] = True
    return inside
