"""Compiled: Gaussian kernels added to a grid row by row, so that what is added to stays in the processor's cache."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled, compiled_reordered

# Heights along one axis that are kept at once, of the points of one turn.
_VALUES_A_TURN = 1 << 14
# A bell is followed by its ratio so many steps before it is worked out afresh: rounding stays below 1e-12.
_STEPS = 64


@compiled_reordered
def add_bells(
    u: FloatArray,
    v: FloatArray,
    weight: FloatArray,
    inside: FloatArray,
    below: IntArray,
    bandwidth: FloatArray,
    reach: FloatArray,
    answer: FloatArray,
) -> None:
    """Add points to `answer`, each divided by what inside cells catch of it.

    Parameters
    ----------
    u, v
        In cells, so that cell (r, c) has its centre at (c, r); v ascending.
    inside
        Shape (ny, nx): 1 inside, 0 outside.
    below
        See `inside_below`.
    bandwidth, reach
        In cells, by point.
    """
    ny, nx = inside.shape
    side = widest(reach, ny, nx)
    n_turn = max(min(_VALUES_A_TURN // side, len(u)), 1)
    # Heights across begin at a multiple of four rows, and are zero where a point does not reach.
    along, across = np.empty((n_turn, side)), np.zeros((n_turn, side + 8))
    left, low, width, high = (
        np.empty(n_turn, np.int64), np.empty(n_turn, np.int64), np.empty(n_turn, np.int64), np.empty(n_turn, np.int64),
    )  # fmt: skip
    lowest_from = np.empty(n_turn, np.int64)
    is_whole = np.empty(n_turn, np.bool_)
    for begin in range(0, len(u), n_turn):
        m = min(n_turn, len(u) - begin)
        for k in range(m):
            i = begin + k
            left[k], width[k], low[k], high[k], is_whole[k] = _lay_out(
                u[i], v[i], weight[i], bandwidth[i], reach[i], inside, below, along[k], across[k]
            )
            if high[k] == 0:
                answer[math.floor(v[i] + 0.5), math.floor(u[i] + 0.5)] += weight[i]
        lowest, top = ny, 0
        for k in range(m - 1, -1, -1):
            lowest, top = min(lowest, low[k]), max(top, high[k])
            lowest_from[k] = lowest
        first = last = 0
        for row in range(lowest - lowest % 4, top, 4):
            while last < m and lowest_from[last] < row + 4:
                last += 1
            while first < last and high[first] <= row:
                first += 1
            for k in range(first, last):
                at = row - low[k] + low[k] % 4
                if at < 0 or row >= high[k]:
                    continue
                line, up = along[k], across[k, at : at + 4]
                if is_whole[k] and row + 4 <= ny:
                    _add_four_rows(answer, row, left[k], width[k], line, up)
                else:
                    _add_masked_rows(answer, inside, row, left[k], width[k], line, up)


@compiled_reordered
def _lay_out(
    u: float,
    v: float,
    weight: float,
    bandwidth: float,
    reach: float,
    inside: FloatArray,
    below: IntArray,
    line: FloatArray,
    up: FloatArray,
) -> tuple[int, int, int, int, bool]:
    # Heights along a row and, times the point's share, across rows; where they begin, and whether all cells are inside.
    # Nothing is high where no inside cell catches anything.
    ny, nx = inside.shape
    scale = 0.5 / (bandwidth * bandwidth)
    left, low = max(math.ceil(u - reach), 0), max(math.ceil(v - reach), 0)
    width, high = min(math.floor(u + reach), nx - 1) - left + 1, min(math.floor(v + reach), ny - 1) + 1
    height = high - low
    up[: low % 4] = 0.0
    up = up[low % 4 :]
    # The kernel is a product of two, and so is its sum over a box that lies inside from end to end.
    total = _bell(left - u, scale, line, width) * _bell(low - v, scale, up, height)
    up[height : height + 4] = 0.0
    n_inside = below[high, left + width] - below[low, left + width] - below[high, left] + below[low, left]
    is_whole = n_inside == width * height
    if not is_whole:
        total = 0.0
        for row in range(height):
            mask, caught = inside[low + row, left : left + width], 0.0
            for column in range(width):
                caught += line[column] * mask[column]
            total += caught * up[row]
    if total <= 0.0:
        return left, width, low, 0, is_whole
    for row in range(height):
        up[row] *= weight / total
    return left, width, low, high, is_whole


@compiled_reordered
def _add_masked_rows(
    answer: FloatArray, inside: FloatArray, row: int, left: int, width: int, line: FloatArray, up: FloatArray
) -> None:
    for i in range(min(4, len(answer) - row)):
        target, mask = answer[row + i, left : left + width], inside[row + i, left : left + width]
        for column in range(width):
            target[column] += line[column] * up[i] * mask[column]


@compiled_reordered
def _add_four_rows(answer: FloatArray, row: int, left: int, width: int, line: FloatArray, up: FloatArray) -> None:
    a, b = answer[row, left : left + width], answer[row + 1, left : left + width]
    c, d = answer[row + 2, left : left + width], answer[row + 3, left : left + width]
    p, q, r, s = up[0], up[1], up[2], up[3]
    for column in range(len(a)):
        height = line[column]
        a[column] += height * p
        b[column] += height * q
        c[column] += height * r
        d[column] += height * s


@compiled
def widest(reach: FloatArray, ny: int, nx: int) -> int:
    """Return how many cells the widest kernel meets along an axis, at most."""
    farthest = 0.0
    for each in reach:
        farthest = max(farthest, each)
    return min(2 * math.ceil(farthest) + 2, max(nx, ny) + 1)


@compiled
def inside_below(inside: FloatArray) -> IntArray:
    """Return how many inside cells lie south-west of each cell corner, shape (ny + 1, nx + 1)."""
    ny, nx = inside.shape
    below = np.zeros((ny + 1, nx + 1), np.int64)
    for row in range(ny):
        running = 0
        for column in range(nx):
            running += int(inside[row, column])
            below[row + 1, column + 1] = below[row, column + 1] + running
    return below


@compiled_reordered
def _bell(start: float, scale: float, heights: FloatArray, n: int) -> float:
    """Write down the heights of a bell at `n` steps from `start`; return their sum."""
    total, again = 0.0, math.exp(-2.0 * scale)
    for begin in range(0, n, _STEPS):
        at = start + begin
        height, ratio = math.exp(-scale * at * at), math.exp(-scale * (2.0 * at + 1.0))
        for k in range(begin, min(begin + _STEPS, n)):
            heights[k] = height
            total += height
            height *= ratio
            ratio *= again
    return total
