"""Places sorted into small square cells, of which only the occupied ones are kept, and the cells near a cell."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.errors import InvalidInput
from ilpgeo.core.jit import compiled
from ilpgeo.core.protocols import Progress

# Two points of one cell must be within eps although cell numbers are rounded: room for numbers below 2**31.
_SHRINK = 1.0 - 1e-6
_MOST_CELLS_ALONG = 2**31
# Columns kept free between rows, so that no neighbour range runs over into the next row.
_MARGIN = 4
# A cell and those within two rows and columns, but for the corners.
MOST_NEAR = 25


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
            f"a reach of {eps_m:g} m is too small for points {max(wide, high) * side:g} m apart; choose a longer one"
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
def _half_width(row: int) -> int:
    """Return how many columns to either side can hold a neighbour, in the row that is `row` rows away (-2..2)."""
    return 1 if abs(row) == 2 else 2


@compiled
def _first_neighbours(key: IntArray, stride: int) -> npt.NDArray[np.int32]:
    m = len(key)
    first = np.empty((m, 5), np.int32)
    for row in range(-2, 3):
        at = 0
        for c in range(m):
            begin = key[c] + row * stride - _half_width(row)
            while at < m and key[at] < begin:
                at += 1
            first[c, row + 2] = at
    return first


@compiled
def boxes(x: FloatArray, y: FloatArray, start: IntArray) -> FloatArray:
    """Return west, east, south, north of the places of each cell, shape (m, 4); an empty cell has an inverted box."""
    m = len(start) - 1
    box = np.empty((m, 4))
    for c in range(m):
        west, east, south, north = np.inf, -np.inf, np.inf, -np.inf
        for i in range(start[c], start[c + 1]):
            west, east = min(west, x[i]), max(east, x[i])
            south, north = min(south, y[i]), max(north, y[i])
        box[c, 0], box[c, 1], box[c, 2], box[c, 3] = west, east, south, north
    return box


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
        end = key[c] + row * stride + _half_width(row)
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
    start: IntArray | npt.NDArray[np.int32], at_once: int, progress: Progress, begin_share: float, end_share: float
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
