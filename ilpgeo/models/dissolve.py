"""The exact outlines of sets of grid cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import IntArray
from ilpgeo.core.space import Grid


def outlines(sets: Sequence[IntArray], grid: Grid) -> npt.NDArray[Any]:
    """Return for each set of cells their union, a polygon or multipolygon with corners where its outline turns.

    Parameters
    ----------
    sets
        Flat cell numbers, each set at least one and none twice, in any order.

    Returns
    -------
    npt.NDArray[Any]
        Shape (len(sets),), shapely geometries.

    Notes
    -----
    O(cells). Neighbouring cells meet on equal coordinates, so that shared edges cancel and no sliver or gap arises.
    """
    import shapely

    if not sets:
        return np.empty(0, object)
    row, column = np.divmod(np.concatenate(sets), grid.nx)
    west, east = grid.x0 + column * grid.cell_m, grid.x0 + (column + 1) * grid.cell_m
    south, north = grid.y0 + row * grid.cell_m, grid.y0 + (row + 1) * grid.cell_m
    boxes = np.split(shapely.box(west, south, east, north), np.cumsum([len(cells) for cells in sets])[:-1])
    unions = np.array([shapely.coverage_union_all(each) for each in boxes], object)
    return np.asarray(shapely.simplify(unions, 0.0), object)
