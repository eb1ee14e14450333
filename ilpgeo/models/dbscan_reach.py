"""Compiled: which cells around a cell, and around a place in it, can hold or surely hold its neighbours.

Everything is counted in cells. `possible` and `certain` have an entry for each row from -reach to reach: how many
columns to either side hold some, or only, points within eps of some, or every, point of the cell in the middle;
-1 is none.
"""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import IntArray
from ilpgeo.models.jit import compiled


def possible_widths(per_block: int) -> IntArray:
    """Return for each row how many columns to either side can hold a neighbour of a point in the middle cell."""
    squared = 2 * per_block**2
    reach = math.isqrt(squared) + 1
    gaps = [max(abs(row) - 1, 0) for row in range(-reach, reach + 1)]
    return np.array([math.isqrt(squared - gap * gap) + 1 for gap in gaps], np.int64)


def certain_widths(per_block: int) -> IntArray:
    """Return for each row of `possible_widths` how many columns hold nothing but neighbours, -1 for none."""
    squared = 2 * per_block**2
    reach = math.isqrt(squared) + 1
    spans = [abs(row) + 1 for row in range(-reach, reach + 1)]
    return np.array([math.isqrt(max(squared - span * span, 0)) - 1 for span in spans], np.int64)


@compiled
def first_at(key: IntArray, wanted: int) -> int:
    """Return the first cell whose key is at least `wanted`."""
    return int(np.searchsorted(key, wanted))


@compiled
def advance(key: IntArray, cell: int, wanted: int) -> int:
    """Return the first cell whose key is at least `wanted`, not looking before `cell`."""
    while key[cell] < wanted:
        cell += 1
    return cell
