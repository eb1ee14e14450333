"""Compiled: the earlier incidents near each incident, and the sums a self-exciting process takes over them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from ilpgeo.core.arrays import CodeArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled, compiled_fused, compiled_reordered

# The lattice of the search has at most this many cells along an axis.
_MOST_CELLS_ALONG = 2000
# Pairs worked on together: what the nearest cache holds.
_BLOCK = 512
# Exponentials: adding 1.5 * 2^52 leaves the nearest whole number in the low bits; ln 2 is split so that no digit is
# lost; the bits of 1.0.
_LOG2_E = 1.4426950408889634
_ROUNDING = 6755399441055744.0
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10
_ONE_BITS = 1023 << 52


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


@compiled_fused
def exponentials(exponent: FloatArray, n: int, value: FloatArray, bits: IntArray) -> None:
    """Write exp of the first n exponents, none positive, good to 4e-16 of each; `bits` is `value` seen as integers.

    One exponential at a time is what the library offers; this runs four abreast. Exponents below -700 count as -700.
    """
    for k in range(n):
        value[k] = max(exponent[k], -700.0) * _LOG2_E + _ROUNDING
    for k in range(n):
        whole = value[k] - _ROUNDING
        r = max(exponent[k], -700.0) - whole * _LN2_HIGH - whole * _LN2_LOW
        p = 1.0 / 6227020800.0
        p = p * r + 1.0 / 479001600.0
        p = p * r + 1.0 / 39916800.0
        p = p * r + 1.0 / 3628800.0
        p = p * r + 1.0 / 362880.0
        p = p * r + 1.0 / 40320.0
        p = p * r + 1.0 / 5040.0
        p = p * r + 1.0 / 720.0
        p = p * r + 1.0 / 120.0
        p = p * r + 1.0 / 24.0
        p = p * r + 1.0 / 6.0
        p = p * r + 0.5
        p = p * r + 1.0
        exponent[k] = p * r + 1.0
    for k in range(n):
        # The low bits of the rounded sum are the power of two; they become the exponent of a number.
        bits[k] = (bits[k] << 52) + _ONE_BITS
    for k in range(n):
        value[k] *= exponent[k]


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
    n_events = len(offset) - 1
    room = _BLOCK
    for k in range(n_events):
        room = max(room, offset[k + 1] - offset[k])
    dt, d2, exponent, g = np.empty(room), np.empty(room), np.empty(room), np.empty(room)
    bits = g.view(np.int64)
    begin = 0
    while begin < n_events:
        end = begin + 1
        while end < n_events and offset[end + 1] - offset[begin] <= room:
            end += 1
        base = offset[begin]
        n = offset[end] - base
        for k in range(begin, end):
            xj, yj, tj = x[first + k], y[first + k], t[first + k]
            own, own_dt, own_d2 = parent[offset[k] : offset[k + 1]], dt[offset[k] - base :], d2[offset[k] - base :]
            for e in range(len(own)):
                # Unsigned: an index that cannot be negative need not be asked whether it counts from the end.
                i = np.uint32(own[e])
                dx, dy = xj - x[i], yj - y[i]
                own_dt[e] = tj - t[i]
                own_d2[e] = dx * dx + dy * dy
        for e in range(n):
            exponent[e] = -decay_per_day * dt[e] - precision * d2[e]
        exponentials(exponent, n, g, bits)
        together = parent[base : base + n]
        for e in range(n):
            g[e] *= weight[np.uint32(together[e])]
        for k in range(begin, end):
            a = b = c = 0.0
            own_dt, own_d2 = dt[offset[k] - base :], d2[offset[k] - base :]
            own_g = g[offset[k] - base : offset[k + 1] - base]
            for e in range(len(own_g)):
                a += own_g[e]
                b += own_g[e] * own_dt[e]
                c += own_g[e] * own_d2[e]
            mass[first + k], days[first + k], metres2[first + k] = a, b, c
        begin = end
