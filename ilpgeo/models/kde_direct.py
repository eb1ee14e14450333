"""Compiled: the kernel sum taken point by point, exact to rounding."""

from __future__ import annotations

import math

import numpy as np

from ilpgeo.core.arrays import FloatArray
from ilpgeo.core.space import Grid
from ilpgeo.models.jit import compiled_reordered
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
    return _spread(
        (places.x - grid.x0) / cell - 0.5,
        (places.y - grid.y0) / cell - 0.5,
        places.weight,
        grid.inside.astype(np.float64),
        each * bandwidth_m / cell,
        each * reach_m / cell,
        gaussian,
    )


@compiled_reordered
def _spread(
    u: FloatArray,
    v: FloatArray,
    weight: FloatArray,
    inside: FloatArray,
    bandwidth: FloatArray,
    reach: FloatArray,
    gaussian: bool,
) -> FloatArray:
    # Coordinates in cells, so that cell (r, c) has its centre at (c, r).
    ny, nx = inside.shape
    answer = np.zeros((ny, nx))
    widest = 0.0
    for i in range(len(u)):
        widest = max(widest, reach[i])
    side = min(2 * math.ceil(widest) + 2, max(nx, ny) + 1)
    values = np.empty((side, side))
    along, across = np.empty(side), np.empty(side)
    for i in range(len(u)):
        scale = (0.5 if gaussian else 1.0) / (bandwidth[i] * bandwidth[i])
        left, right = max(math.ceil(u[i] - reach[i]), 0), min(math.floor(u[i] + reach[i]), nx - 1)
        low, high = max(math.ceil(v[i] - reach[i]), 0), min(math.floor(v[i] + reach[i]), ny - 1)
        width = right - left + 1
        for k in range(width):
            dx = left + k - u[i]
            along[k] = math.exp(-scale * dx * dx) if gaussian else scale * dx * dx
        total = 0.0
        for row in range(low, high + 1):
            dy = row - v[i]
            mask = inside[row, left : right + 1]
            if gaussian:
                caught = 0.0
                for k in range(width):
                    caught += along[k] * mask[k]
                across[row - low] = math.exp(-scale * dy * dy)
                total += caught * across[row - low]
            else:
                line = values[row - low]
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
            target = answer[row, left : right + 1]
            if gaussian:
                mask, height = inside[row, left : right + 1], across[row - low] * share
                for k in range(width):
                    target[k] += along[k] * height * mask[k]
            else:
                line = values[row - low]
                for k in range(width):
                    target[k] += line[k] * share
    return answer
