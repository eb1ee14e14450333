"""How far each cell is from features of the ground, and how many it holds."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import shapely

from ilpgeo.core.arrays import FloatArray, frozen
from ilpgeo.core.protocols import Progress, unwatched
from ilpgeo.core.space import Grid

_POINT = 0  # shapely's number
_CELLS_PER_REPORT = 20_000


def nearest_m(geometry: npt.NDArray[Any], grid: Grid, progress: Progress = unwatched) -> FloatArray:
    """Return the metres from each inside cell's middle to the nearest feature, 0 in a polygon; NaN outside.

    Parameters
    ----------
    geometry
        At least one shapely geometry, in the grid's CRS.
    progress
        Called with the share done, 0..1.

    Notes
    -----
    O(cells log features) by a k-d tree for points, an STR tree for lines and polygons.
    """
    row, column = np.nonzero(grid.inside)
    x, y = grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m
    distance = np.full(grid.shape, np.nan)
    if (shapely.get_type_id(geometry) == _POINT).all():
        from scipy.spatial import cKDTree

        found, _ = cKDTree(shapely.get_coordinates(geometry)).query(np.column_stack([x, y]))
        distance[row, column] = found
        return frozen(distance)
    tree = shapely.STRtree(geometry)
    for first in range(0, len(row), _CELLS_PER_REPORT):
        part = slice(first, first + _CELLS_PER_REPORT)
        middles = shapely.points(x[part], y[part])
        (cell, _), found = tree.query_nearest(middles, return_distance=True, all_matches=False)
        distance[row[part][cell], column[part][cell]] = found
        progress(min(1.0, (first + _CELLS_PER_REPORT) / len(row)))
    return frozen(distance)


def points_per_cell(points: npt.NDArray[Any], grid: Grid) -> FloatArray:
    """Return how many points each cell of the grid holds, also outside the study area; shape (ny, nx)."""
    everywhere = Grid(grid.x0, grid.y0, grid.cell_m, grid.nx, grid.ny, grid.crs, np.ones(grid.shape, np.bool_))
    return frozen(everywhere.count(shapely.get_x(points), shapely.get_y(points)))
