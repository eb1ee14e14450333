"""Compiled: how many incidents reach each cell, when each has a reach of its own."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.jit import compiled
from ilpgeo.core.space import Grid
from ilpgeo.models.points import Places


def reached_by(places: Places, grid: Grid, reach_m: FloatArray) -> FloatArray:
    """Return per inside cell the weight of the places that reach its centre; a place counts for its own cell anyway.

    Parameters
    ----------
    reach_m
        Shape (k,): how far each place reaches. Every place must lie in an inside cell.

    Notes
    -----
    O(places x cells within reach).
    """
    cell = grid.cell_m
    counted = _count((places.x - grid.x0) / cell - 0.5, (places.y - grid.y0) / cell - 0.5, places.weight,
                     reach_m / cell, grid.ny, grid.nx)  # fmt: skip
    return np.where(grid.inside, counted, 0.0)


@compiled
def _count(u: FloatArray, v: FloatArray, weight: FloatArray, reach: FloatArray, ny: int, nx: int) -> FloatArray:
    # Coordinates in cells, so that cell (r, c) has its centre at (c, r).
    counted = np.zeros((ny, nx))
    for i in range(len(u)):
        own_row, own_column = math.floor(v[i] + 0.5), math.floor(u[i] + 0.5)
        is_own_reached = False
        for row in range(max(math.ceil(v[i] - reach[i]), 0), min(math.floor(v[i] + reach[i]), ny - 1) + 1):
            dy = row - v[i]
            half = math.sqrt(max(reach[i] * reach[i] - dy * dy, 0.0))
            first, last = max(math.ceil(u[i] - half), 0), min(math.floor(u[i] + half), nx - 1)
            is_own_reached |= row == own_row and first <= own_column <= last
            for column in range(first, last + 1):
                counted[row, column] += weight[i]
        if not is_own_reached:
            counted[own_row, own_column] += weight[i]
    return counted
