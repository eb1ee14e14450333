"""Compiled: the kernel sum taken point by point, exact to rounding."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.space import Grid
from ilpgeo.models.jit import compiled, compiled_reordered
from ilpgeo.models.points import Places


def spread_directly(
    places: Places, grid: Grid, bandwidth_m: float | FloatArray, reach_m: float | FloatArray, gaussian: bool
) -> FloatArray:
    """Return incidents per cell as `ilpgeo.models.kde.kde` defines them; every place must lie in an inside cell.

    Parameters
    ----------
    bandwidth_m, reach_m
        One for all places, or one for each.
    """
    cell, each = grid.cell_m, np.ones(len(places.x))
    # From south to north: what neighbouring points touch is still near.
    order = np.argsort(places.y, kind="stable")
    spread = _spread_bells if gaussian else _spread_quartics
    return spread(
        (places.x[order] - grid.x0) / cell - 0.5,
        (places.y[order] - grid.y0) / cell - 0.5,
        places.weight[order],
        grid.inside.astype(np.float64),
        (each * bandwidth_m)[order] / cell,
        (each * reach_m)[order] / cell,
    )


@compiled_reordered
def _spread_quartics(
    u: FloatArray, v: FloatArray, weight: FloatArray, inside: FloatArray, bandwidth: FloatArray, reach: FloatArray
) -> FloatArray:
    # Coordinates in cells, so that cell (r, c) has its centre at (c, r).
    ny, nx = inside.shape
    answer = np.zeros((ny, nx))
    side = _widest(reach, ny, nx)
    values, along = np.empty((side, side)), np.empty(side)
    for i in range(len(u)):
        scale = 1.0 / (bandwidth[i] * bandwidth[i])
        left, right = max(math.ceil(u[i] - reach[i]), 0), min(math.floor(u[i] + reach[i]), nx - 1)
        low, high = max(math.ceil(v[i] - reach[i]), 0), min(math.floor(v[i] + reach[i]), ny - 1)
        width = right - left + 1
        for k in range(width):
            dx = left + k - u[i]
            along[k] = scale * dx * dx
        total = 0.0
        for row in range(low, high + 1):
            dy = row - v[i]
            line, mask = values[row - low], inside[row, left : right + 1]
            room = 1.0 - scale * dy * dy
            for k in range(width):
                height = max(room - along[k], 0.0)
                line[k] = height * height * mask[k]
                total += line[k]
        if total <= 0.0:
            answer[math.floor(v[i] + 0.5), math.floor(u[i] + 0.5)] += weight[i]
            continue
        share = weight[i] / total
        for row in range(low, high + 1):
            line, target = values[row - low], answer[row, left : right + 1]
            for k in range(width):
                target[k] += line[k] * share
    return answer


@compiled_reordered
def _spread_bells(
    u: FloatArray, v: FloatArray, weight: FloatArray, inside: FloatArray, bandwidth: FloatArray, reach: FloatArray
) -> FloatArray:
    ny, nx = inside.shape
    answer = np.zeros((ny, nx))
    below = _inside_below(inside)
    side = _widest(reach, ny, nx)
    along, across = np.empty(side), np.empty(side)
    for i in range(len(u)):
        scale = 0.5 / (bandwidth[i] * bandwidth[i])
        left, right = max(math.ceil(u[i] - reach[i]), 0), min(math.floor(u[i] + reach[i]), nx - 1)
        low, high = max(math.ceil(v[i] - reach[i]), 0), min(math.floor(v[i] + reach[i]), ny - 1)
        width, height = right - left + 1, high - low + 1
        # The kernel is a product of two, and so is its sum over a box that lies inside from end to end.
        total = _bell(left - u[i], scale, along, width) * _bell(low - v[i], scale, across, height)
        n_inside = below[high + 1, right + 1] - below[low, right + 1] - below[high + 1, left] + below[low, left]
        is_whole = n_inside == width * height
        if not is_whole:
            total = 0.0
            for row in range(height):
                mask, caught = inside[low + row, left : right + 1], 0.0
                for k in range(width):
                    caught += along[k] * mask[k]
                total += caught * across[row]
        if total <= 0.0:
            answer[math.floor(v[i] + 0.5), math.floor(u[i] + 0.5)] += weight[i]
            continue
        for row in range(height):
            target, peak = answer[low + row, left : right + 1], across[row] * weight[i] / total
            if is_whole:
                for k in range(width):
                    target[k] += along[k] * peak
            else:
                mask = inside[low + row, left : right + 1]
                for k in range(width):
                    target[k] += along[k] * peak * mask[k]
    return answer


@compiled
def _widest(reach: FloatArray, ny: int, nx: int) -> int:
    widest = 0.0
    for each in reach:
        widest = max(widest, each)
    return min(2 * math.ceil(widest) + 2, max(nx, ny) + 1)


@compiled
def _inside_below(inside: FloatArray) -> IntArray:
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
    total = 0.0
    for k in range(n):
        heights[k] = math.exp(-scale * (start + k) * (start + k))
        total += heights[k]
    return total
