"""The kernel sum taken point by point, exact to rounding."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np

from ilpgeo.core.arrays import FloatArray, IntArray
from ilpgeo.core.jit import compiled_reordered
from ilpgeo.core.space import Grid
from ilpgeo.models.kde_bells import add_bells, inside_below, widest
from ilpgeo.models.points import Places


def spread_directly(
    places: Places,
    grid: Grid,
    bandwidth_m: float | FloatArray,
    reach_m: float | FloatArray,
    gaussian: bool,
    onto: FloatArray | None = None,
) -> FloatArray:
    """Return incidents per cell as `ilpgeo.models.kde.kde` defines them; every place must lie in an inside cell.

    Parameters
    ----------
    bandwidth_m, reach_m
        One for all places, or one for each.
    onto
        Shape (ny, nx): what the places are added to, and then returned; None begins with zeros.
    """
    cell, each = grid.cell_m, np.ones(len(places.x))
    # From south to north: what neighbouring points touch is still near.
    order = np.argsort(places.y, kind="stable")
    u, v = (places.x[order] - grid.x0) / cell - 0.5, (places.y[order] - grid.y0) / cell - 0.5
    bandwidth, reach = (each * bandwidth_m)[order] / cell, (each * reach_m)[order] / cell
    answer = np.zeros(grid.shape) if onto is None else onto
    if gaussian:
        add_bells(u, v, places.weight[order], _mask(grid), _below(grid), bandwidth, reach, answer)
    else:
        _add_quartics(u, v, places.weight[order], _mask(grid), bandwidth, reach, answer)
    return answer


@lru_cache(maxsize=2)
def _mask(grid: Grid) -> FloatArray:
    """Return 1 where a cell lies inside; kept, for a back-test asks window by window for a few points each."""
    return grid.inside.astype(np.float64)


@lru_cache(maxsize=2)
def _below(grid: Grid) -> IntArray:
    return inside_below(_mask(grid))


@compiled_reordered
def _add_quartics(
    u: FloatArray,
    v: FloatArray,
    weight: FloatArray,
    inside: FloatArray,
    bandwidth: FloatArray,
    reach: FloatArray,
    answer: FloatArray,
) -> None:
    # Coordinates in cells, so that cell (r, c) has its centre at (c, r).
    ny, nx = inside.shape
    side = widest(reach, ny, nx)
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
