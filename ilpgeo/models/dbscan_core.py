"""Compiled: which places are core.

Distances are compared as scikit-learn's tree compares them: dx*dx + dy*dy <= eps*eps in double precision. What cells
alone rule in or out leaves a margin, so that the comparison of the places would rule the same.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

from ilpgeo.core.arrays import A, BoolArray, FloatArray, IntArray
from ilpgeo.core.jit import compiled
from ilpgeo.models.dbscan_cells import Lattice
from ilpgeo.models.dbscan_reach import Keys, advance, first_at

# In cells: what rounding can do to a place's position in its cell is far less.
_MARGIN = 1e-5
# Of so few places around a cell each is compared sooner than it is found out which cells need not be.
_FEW = 128
# An index without a sign need not be checked for counting from the end.
_ONE, _STRIDE = np.uint64(1), np.uint64(8)


@compiled
def find_core(
    first_cell: int,
    last_cell: int,
    x: FloatArray,
    y: FloatArray,
    weight: IntArray,
    start: npt.NDArray[np.int32],
    keys: Keys,
    total: IntArray,
    lattice: Lattice,
    possible: IntArray,
    certain: IntArray,
    eps_m: float,
    least: int,
    core: BoolArray,
) -> None:
    """Mark in `core` the places of some cells that have at least `least` weight within eps, themselves included.

    `weight` has no entries where each place counts one; `total` is the weight of all cells before each. A cell is
    decided whole where the cells that hold only neighbours are enough, or those that hold any are too few; only between
    the two are its places looked at.
    """
    key, rows, reach = keys.key, len(possible), len(possible) // 2
    # For each row the first cell of the possible, the certain, after the certain, after the possible.
    edge = np.empty((rows, 4), np.int64)
    for r in range(rows):
        edge[r, :] = first_at(keys, key[first_cell] + (r - reach) * lattice.stride - possible[r])
    run = np.empty((rows, 4), np.int64)
    room = _FEW + np.int64(_STRIDE)
    few_x, few_y, few_weight = np.empty(room), np.empty(room), np.empty(room if len(weight) else 0, np.int64)
    for c in range(first_cell, last_cell):
        if total[c + 1] - total[c] >= least:
            core[start[c] : start[c + 1]] = True
            continue
        at_most = np.int64(0)
        for r in range(rows):
            middle = key[c] + (r - reach) * lattice.stride
            edge[r, 0] = advance(keys, edge[r, 0], middle - possible[r])
            edge[r, 3] = advance(keys, max(edge[r, 0], edge[r, 3]), middle + possible[r] + 1)
            at_most += total[edge[r, 3]] - total[edge[r, 0]]
        if at_most < least:
            continue
        surely = np.int64(0)
        for r in range(rows):
            if certain[r] >= 0:
                middle = key[c] + (r - reach) * lattice.stride
                edge[r, 1] = advance(keys, max(edge[r, 0], edge[r, 1]), middle - certain[r])
                edge[r, 2] = advance(keys, max(edge[r, 1], edge[r, 2]), middle + certain[r] + 1)
                surely += total[edge[r, 2]] - total[edge[r, 1]]
        if surely >= least:
            core[start[c] : start[c + 1]] = True
            continue
        n_few = _gather_few(x, y, weight, start, edge, few_x, few_y, few_weight)
        for i in range(start[c], start[c + 1]):
            if n_few:
                core[i] = _weight_within(few_x, few_y, few_weight, 0, n_few, x[i], y[i], eps_m * eps_m) >= least
            else:
                core[i] = _is_core(i, c, x, y, weight, start, keys, total, lattice, edge, eps_m, least, run)


@compiled
def _gather_few(
    x: FloatArray,
    y: FloatArray,
    weight: IntArray,
    start: npt.NDArray[np.int32],
    edge: IntArray,
    few_x: FloatArray,
    few_y: FloatArray,
    few_weight: IntArray,
) -> int:
    # How many places the possible cells hold, next to each other in `few_x`, ...; 0 where they are more than few.
    n = 0
    for r in range(len(edge)):
        n += start[edge[r, 3]] - start[edge[r, 0]]
    if n > _FEW:
        return 0
    at = np.uint64(0)
    for r in range(len(edge)):
        begin, end = np.uint64(start[edge[r, 0]]), np.uint64(start[edge[r, 3]])
        following = at + end - begin
        # Mostly a row holds no more than a stride, which is taken as one; what is too much is written over.
        if begin + _STRIDE <= np.uint64(len(x)):
            _copy_stride(x, begin, few_x, at)
            _copy_stride(y, begin, few_y, at)
            if len(weight):
                _copy_stride(weight, begin, few_weight, at)
            begin, at = begin + _STRIDE, at + _STRIDE
        while begin < end:
            few_x[at], few_y[at] = x[begin], y[begin]
            if len(weight):
                few_weight[at] = weight[begin]
            begin, at = begin + _ONE, at + _ONE
        at = following
    return n


@compiled
def _copy_stride(values: A, begin: np.uint64, into: A, at: np.uint64) -> None:
    for k in range(_STRIDE):
        into[at + np.uint64(k)] = values[begin + np.uint64(k)]


@compiled
def _is_core(
    i: int,
    c: int,
    x: FloatArray,
    y: FloatArray,
    weight: IntArray,
    start: npt.NDArray[np.int32],
    keys: Keys,
    total: IntArray,
    lattice: Lattice,
    edge: IntArray,
    eps_m: float,
    least: int,
    run: IntArray,
) -> bool:
    found, unsure = _find_runs(c, x[i], y[i], keys, total, lattice, edge, eps_m * lattice.per_m, run)
    eps2 = eps_m * eps_m
    reach = len(run) // 2
    # The rows in the middle hold most: they decide soonest.
    for away in range(len(run)):
        r = reach + (away + 1) // 2 * (1 if away % 2 else -1)
        for side in range(0, 4, 2):
            if found >= least or found + unsure < least:
                return bool(found >= least)
            begin, end = run[r, side], run[r, side + 1]
            if begin < end:
                unsure -= total[end] - total[begin]
                found += _weight_within(x, y, weight, start[begin], start[end], x[i], y[i], eps2)
    return bool(found >= least)


@compiled
def _half_chord(radius: float, away: float) -> float:
    return math.sqrt(max(radius * radius - away * away, 0.0))


@compiled
def _find_runs(
    c: int,
    px: float,
    py: float,
    keys: Keys,
    total: IntArray,
    lattice: Lattice,
    edge: IntArray,
    radius: float,
    run: IntArray,
) -> tuple[int, int]:
    # Fills `run` with the first and last cells, left and right in each row, that the circle around the place cuts;
    # returns the weight of the cells within it, and of those cut.
    key, reach = keys.key, len(edge) // 2
    row = key[c] // lattice.stride
    along = (px - lattice.west) * lattice.per_m - (key[c] - row * lattice.stride)
    across = (py - lattice.south) * lattice.per_m - row
    within, cut = np.int64(0), np.int64(0)
    upper = _half_chord(radius, -reach - across)
    for r in range(len(edge)):
        above = r - reach
        lower, upper = upper, _half_chord(radius, above + 1.0 - across)
        if edge[r, 0] == edge[r, 3]:
            run[r, :] = 0
            continue
        middle = key[c] + above * lattice.stride
        half = (radius if above == 0 else max(lower, upper)) + _MARGIN
        left = advance(keys, edge[r, 0], middle + math.floor(along - half))
        right = max(edge[r, 3], left)
        beyond = middle + math.floor(along + half)
        while right > left and key[right - 1] > beyond:
            right -= 1
        half = min(lower, upper) - _MARGIN
        begin, end = right, right
        if half > 0.5:
            begin = left
            inner = middle + math.ceil(along - half)
            while begin < right and key[begin] < inner:
                begin += 1
            inner = middle + math.floor(along + half) - 1
            while end > begin and key[end - 1] > inner:
                end -= 1
        run[r, 0], run[r, 1], run[r, 2], run[r, 3] = left, begin, end, right
        within += total[end] - total[begin]
        cut += total[begin] - total[left] + total[right] - total[end]
    return int(within), int(cut)


@compiled
def _weight_within(
    x: FloatArray, y: FloatArray, weight: IntArray, begin: int, end: int, px: float, py: float, eps2: float
) -> int:
    found = np.int64(0)
    for j in range(begin, end):
        dx = x[j] - px
        dy = y[j] - py
        found += (weight[j] if len(weight) else 1) if dx * dx + dy * dy <= eps2 else 0
    return int(found)
