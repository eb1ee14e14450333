"""Occupied cells near a cell, and the work on cells cut into pieces that can be watched and stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.protocols import Progress
from ilpgeo.models.dbscan_cells import half_width
from ilpgeo.models.jit import compiled

# A cell of side eps / sqrt(2) and those within two rows and columns, but for the corners.
MOST_NEAR = 25


@compiled
def fill_near(
    near: IntArray,
    c: int,
    key: IntArray,
    stride: int,
    first: npt.NDArray[np.int32],
    box: FloatArray,
    of_box: FloatArray,
    eps2: float,
) -> int:
    """Put cell `c` and then the cells that may hold neighbours of its places into `near`; return how many.

    `box` bounds the places that look for neighbours, `of_box` those that may be some; `near` has room for `MOST_NEAR`.
    """
    near[0] = c
    n_near = 1
    for row in range(-2, 3):
        end = key[c] + row * stride + half_width(row)
        e = first[c, row + 2]
        while e < len(key) and key[e] <= end:
            dx = max(box[c, 0] - of_box[e, 1], of_box[e, 0] - box[c, 1], 0.0)
            dy = max(box[c, 2] - of_box[e, 3], of_box[e, 2] - box[c, 3], 0.0)
            if e != c and dx * dx + dy * dy <= eps2:
                near[n_near] = e
                n_near += 1
            e += 1
    return n_near


@compiled
def nearest2(box: FloatArray, c: int, x: np.float64, y: np.float64) -> Any:
    """Return the squared distance from a point to the box of cell `c`."""
    dx = max(box[c, 0] - x, x - box[c, 1], 0.0)
    dy = max(box[c, 2] - y, y - box[c, 3], 0.0)
    return dx * dx + dy * dy


def pieces(
    start: IntArray, at_once: int, progress: Progress, begin_share: float, end_share: float
) -> Iterator[tuple[int, int]]:
    """Yield ranges of cells that hold some `at_once` places each, and report how far all are.

    Parameters
    ----------
    start
        Shape (m + 1,), first position of each cell.
    begin_share, end_share
        What part of the whole work this is, 0 to 1.
    """
    n_cells, n_places = len(start) - 1, int(start[-1])
    begin = 0
    while begin < n_cells:
        progress(begin_share + (end_share - begin_share) * int(start[begin]) / n_places)
        end = min(n_cells, max(begin + 1, int(np.searchsorted(start, start[begin] + at_once))))
        yield begin, end
        begin = end
