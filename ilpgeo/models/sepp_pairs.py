"""Compiled: the earlier incidents near each incident, and the sums a self-exciting process takes over them."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import CodeArray, FloatArray, IntArray
from ilpgeo.models.jit import compiled, compiled_reordered

# The lattice of the search has at most this many cells along an axis.
_MOST_CELLS_ALONG = 2000


class Events(NamedTuple):
    """Distinct events (place and instant), those of one search cell together, each cell in order of time.

    Attributes
    ----------
    x, y, t, weight
        Shape (k,): metres from the corner of the study area, days from the start, incidents.
    of_row
        Shape (n,): the event of each row given.
    cell, start, n_columns, n_rows
        Search cell of each event, first event of each cell (one more than cells), size of the lattice.
    """

    x: FloatArray
    y: FloatArray
    t: FloatArray
    weight: FloatArray
    of_row: IntArray
    cell: IntArray
    start: IntArray
    n_columns: int
    n_rows: int


class Parents(NamedTuple):
    """Earlier events near those from `first` on: event first + k has parent[offset[k]:offset[k + 1]]."""

    first: int
    offset: IntArray
    parent: CodeArray


class Sums(NamedTuple):
    """Sums over the parents of each event, shape (k,): of g, of g times days between, of g times squared metres."""

    mass: FloatArray
    days: FloatArray
    metres2: FloatArray


def order_events(
    x: FloatArray, y: FloatArray, t: FloatArray, weight: FloatArray, extent_m: tuple[float, float], reach_m: float
) -> Events:
    """Return the rows as events in an order that does not depend on the order of the rows.

    Rows of the same place and instant become one event with their weights added up.

    Parameters
    ----------
    x, y
        Shape (n,): metres from the corner of the study area, none negative.
    extent_m
        Size of the study area.
    """
    side = max(reach_m, max(extent_m) / _MOST_CELLS_ALONG)
    n_columns, n_rows = (int(extent // side) + 1 for extent in extent_m)
    cell = np.minimum(y // side, n_rows - 1).astype(np.int64) * n_columns
    cell += np.minimum(x // side, n_columns - 1).astype(np.int64)
    order = np.lexsort((y, x, t, cell))
    sx, sy, st = x[order], y[order], t[order]
    is_first = np.ones(len(x), np.bool_)
    is_first[1:] = (np.diff(sx) != 0) | (np.diff(sy) != 0) | (np.diff(st) != 0)
    number = np.cumsum(is_first) - 1
    of_row = np.empty(len(x), np.int64)
    of_row[order] = number
    k = int(is_first.sum())
    kept_cell = cell[order][is_first]
    start = np.searchsorted(kept_cell, np.arange(n_columns * n_rows + 1)).astype(np.int64)
    total = np.bincount(of_row, weight, k).astype(np.float64)
    return Events(sx[is_first], sy[is_first], st[is_first], total, of_row, kept_cell, start, n_columns, n_rows)


@compiled
def find_parents(
    x: FloatArray,
    y: FloatArray,
    t: FloatArray,
    cell: IntArray,
    start: IntArray,
    n_columns: int,
    n_rows: int,
    first: int,
    last: int,
    reach_m: float,
    reach_days: float,
) -> tuple[IntArray, CodeArray]:
    """Return offsets and parents of the events first..last-1: strictly earlier, within reach along each axis."""
    offset = np.zeros(last - first + 1, np.int64)
    parent = np.empty(1024, np.int32)
    n = 0
    for j in range(first, last):
        row, column = cell[j] // n_columns, cell[j] % n_columns
        earliest = t[j] - reach_days
        for r in range(max(row - 1, 0), min(row + 2, n_rows)):
            for c in range(max(column - 1, 0), min(column + 2, n_columns)):
                low, end = start[r * n_columns + c], start[r * n_columns + c + 1]
                high = end
                while low < high:
                    middle = (low + high) // 2
                    if t[middle] < earliest:
                        low = middle + 1
                    else:
                        high = middle
                for i in range(low, end):
                    if t[i] >= t[j]:
                        break
                    if abs(x[i] - x[j]) <= reach_m and abs(y[i] - y[j]) <= reach_m:
                        if n == len(parent):
                            longer = np.empty(2 * n, np.int32)
                            longer[:n] = parent
                            parent = longer
                        parent[n] = i
                        n += 1
        offset[j - first + 1] = n
    return offset, parent[:n].copy()


@compiled_reordered
def sum_parents(
    x: FloatArray,
    y: FloatArray,
    t: FloatArray,
    weight: FloatArray,
    first: int,
    offset: IntArray,
    parent: CodeArray,
    decay_per_day: float,
    precision: float,
    mass: FloatArray,
    days: FloatArray,
    metres2: FloatArray,
) -> None:
    """Write the sums of g = w exp(-decay dt - precision d^2) over the parents of each event; see `Sums`."""
    for k in range(len(offset) - 1):
        j = first + k
        a = b = c = 0.0
        for e in range(offset[k], offset[k + 1]):
            i = parent[e]
            dt, dx, dy = t[j] - t[i], x[j] - x[i], y[j] - y[i]
            d2 = dx * dx + dy * dy
            g = weight[i] * math.exp(-decay_per_day * dt - precision * d2)
            a += g
            b += g * dt
            c += g * d2
        mass[j], days[j], metres2[j] = a, b, c
