"""The exact outline of a set of grid cells."""

from __future__ import annotations

from typing import Any

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.space import Grid


def outline(cells: IntArray, grid: Grid) -> Any:
    """Return the union of cells as a polygon or multipolygon with corners on the grid's lines, nowhere else.

    Parameters
    ----------
    cells
        Flat cell numbers, at least one, in any order.

    Notes
    -----
    O(k log k). Runs of cells along a row become one box each; boxes meet on equal coordinates, so that no sliver and
    no gap arises.
    """
    import shapely

    flat = np.unique(cells)
    row, column = np.divmod(flat, grid.nx)
    begins = np.concatenate(([True], (np.diff(flat) != 1) | (np.diff(row) != 0)))
    ends = np.concatenate((begins[1:], [True]))
    west, east = (grid.x0 + edge * grid.cell_m for edge in (column[begins], column[ends] + 1))
    south, north = (grid.y0 + edge * grid.cell_m for edge in (row[begins], row[begins] + 1))
    union = shapely.union_all(shapely.box(west, south, east, north))
    return shapely.simplify(union, 0.0)
