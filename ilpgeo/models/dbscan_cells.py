"""Compiled: places sorted into small square cells, of which only the occupied ones are kept."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.models.jit import compiled

# Two points of one cell must be within eps although cell numbers are rounded: room for numbers below 2**31.
_SHRINK = 1.0 - 1e-6
_MOST_CELLS_ALONG = 2**31
# Columns kept free between rows, so that no neighbour range runs over into the next row.
_MARGIN = 4


class Cells(NamedTuple):
    """Occupied cells in order of row and column, and the places in order of cell.

    Attributes
    ----------
    order
        Shape (k,): the place at each position.
    x, y
        Shape (k,): coordinates by position.
    start
        Shape (m + 1,): first position of each occupied cell.
    key
        Shape (m,): row * stride + column of each occupied cell.
    stride
        Keys from one row to the next.
    first
        Shape (m, 5): the first occupied cell at or after the beginning of the neighbour range in the rows -2..2.
    """

    order: IntArray
    x: FloatArray
    y: FloatArray
    start: IntArray
    key: IntArray
    stride: int
    first: npt.NDArray[np.int32]


def sort_into_cells(x: FloatArray, y: FloatArray, eps_m: float) -> Cells:
    """Return the occupied cells of side eps / sqrt(2): any two places of a cell are within eps of each other.

    Notes
    -----
    O(k) where the extent is full, O(k log k) where it is sparse; memory O(k) either way.
    """
    side = eps_m / math.sqrt(2.0) * _SHRINK
    wide, high = (float(np.ptp(axis)) / side for axis in (x, y))
    if not max(wide, high) < _MOST_CELLS_ALONG:
        raise InvalidInput(
            f"dbscan: eps_m = {eps_m:g} is too small for points {max(wide, high) * side:g} m apart; choose a larger one"
        )
    stride = int(wide) + 1 + _MARGIN
    key = _keys(x, y, x.min(), y.min(), side, stride)
    n_keys = (int(high) + 1) * stride
    order = _order_by_counting(key, n_keys) if n_keys <= 4 * len(x) + 1_000_000 else np.argsort(key, kind="stable")
    sorted_key = key[order]
    start = np.flatnonzero(np.concatenate(([True], sorted_key[1:] != sorted_key[:-1])))
    occupied = sorted_key[start]
    start = np.append(start, len(x)).astype(np.int64)
    return Cells(order, x[order], y[order], start, occupied, stride, _first_neighbours(occupied, stride))


@compiled
def _keys(x: FloatArray, y: FloatArray, west: float, south: float, side: float, stride: int) -> IntArray:
    key = np.empty(len(x), np.int64)
    for i in range(len(x)):
        key[i] = np.int64((y[i] - south) / side) * stride + np.int64((x[i] - west) / side)
    return key


@compiled
def _order_by_counting(key: IntArray, n_keys: int) -> IntArray:
    following = np.zeros(n_keys + 1, np.int64)
    for each in key:
        following[each + 1] += 1
    for k in range(n_keys):
        following[k + 1] += following[k]
    order = np.empty(len(key), np.int64)
    for i in range(len(key)):
        order[following[key[i]]] = i
        following[key[i]] += 1
    return order


@compiled
def half_width(row: int) -> int:
    """Return how many columns to either side can hold a neighbour, in the row that is `row` rows away (-2..2)."""
    return 1 if abs(row) == 2 else 2


@compiled
def _first_neighbours(key: IntArray, stride: int) -> npt.NDArray[np.int32]:
    m = len(key)
    first = np.empty((m, 5), np.int32)
    for row in range(-2, 3):
        at = 0
        for c in range(m):
            begin = key[c] + row * stride - half_width(row)
            while at < m and key[at] < begin:
                at += 1
            first[c, row + 2] = at
    return first
