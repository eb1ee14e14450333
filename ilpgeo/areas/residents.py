"""Residents per cell, from the population of the areas."""

from __future__ import annotations

import numpy as np
import shapely

from ilpgeo.areas.locate import Locator
from ilpgeo.core.arrays import FloatArray, IntArray, frozen
from ilpgeo.core.space import Areas, Grid


def residents_per_cell(areas: Areas, positions: IntArray, grid: Grid) -> FloatArray:
    """Return the residents of each cell: an area's population spread evenly over the cells whose middle it holds.

    An area that holds no cell's middle gives its population to the cell of a point inside it.

    Parameters
    ----------
    positions
        The areas, none overlapping another, with a known population.

    Returns
    -------
    FloatArray
        Shape (ny, nx), zero outside the study area; the sum is the areas' population, except for areas outside `grid`.
    """
    cells = np.flatnonzero(grid.inside.ravel())
    row, column = np.divmod(cells, grid.nx)
    x, y = grid.x0 + (column + 0.5) * grid.cell_m, grid.y0 + (row + 0.5) * grid.cell_m
    owner = Locator.of(areas.geometry[positions]).locate(x, y)
    held = np.bincount(owner[owner >= 0], minlength=len(positions))
    population = np.asarray(areas.population[positions], np.float64)
    residents = np.zeros(grid.nx * grid.ny)
    residents[cells[owner >= 0]] = (population / np.maximum(held, 1))[owner[owner >= 0]]
    without = np.flatnonzero(held == 0)
    points = shapely.point_on_surface(areas.geometry[positions][without])
    cell = grid.cell_of(shapely.get_x(points), shapely.get_y(points))
    np.add.at(residents, cell[cell >= 0], population[without][cell >= 0])
    return frozen(residents.reshape(grid.shape))
